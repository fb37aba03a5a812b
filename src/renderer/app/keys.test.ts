/** The table of keys against the files that listen to keys: who adds a handler must say what it does. */
import { describe, expect, it } from 'vitest';
import { keyGroups, keysOf } from './keys.ts';

const SOURCES = import.meta.glob<string>(['../**/*.ts', '../**/*.tsx', '!../**/*.test.*', '!../dev/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

function listeningFiles(): readonly string[] {
  const found = Object.entries(SOURCES).filter(([, text]) =>
    /onKey(?:Down|Up|Press)|'key(?:down|up|press)'/u.test(text),
  );
  // Names as the test's own folder sees them: './x' is app/x.
  return found.map(([file]) => file.replace(/^\.\.\//u, '').replace(/^\.\//u, 'app/')).toSorted();
}

describe('keys', () => {
  it('tells of every file that listens to keys, and of none that does not', () => {
    const told = keyGroups(true, false).flatMap(({ files }) => files);
    expect(told.toSorted()).toEqual(listeningFiles());
  });

  it('shows the menu’s keys on the desktop, and in a browser those the page takes itself', () => {
    const keys = (isDesktop: boolean): readonly string[] =>
      (keyGroups(isDesktop, false)[0]?.lines ?? []).map((line) => line.keys);
    expect(keys(true)).toEqual(expect.arrayContaining(['Ctrl K', 'Ctrl Shift K', 'Ctrl Shift A', 'Ctrl Q', '?']));
    expect(keys(false)).toEqual(expect.arrayContaining(['Ctrl K', 'Ctrl Shift K', 'Ctrl Shift O', '?']));
    expect(keys(false)).not.toContain('Ctrl Q');
    expect(keysOf('CmdOrCtrl+Shift+K', true)).toBe('Cmd Shift K');
  });

  it('lists no key twice in a group', () => {
    for (const { title, lines } of keyGroups(true, false)) {
      const keys = lines.map((line) => line.keys);
      expect(new Set(keys).size, title).toBe(keys.length);
    }
  });
});
