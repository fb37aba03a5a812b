/** Every entry of the native menu does something, and says its key as the table of keys does. */
import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { MENU_KEYS } from '#protocol';
import { menuTemplate } from './menu-template.ts';
import type { MenuActions, MenuState } from './menu-template.ts';

const STATE: MenuState = {
  theme: 'dark',
  broker: 'paper',
  trading: { isAuto: false, openPositions: 2, killState: 'off', isLive: false, account: 'DPAPER1' },
  window: {
    panels: [
      { kind: 'market', title: 'Market' },
      { kind: 'console', title: 'Console' },
    ],
    density: 'dense',
    palette: 'standard',
  },
};

function spied(): { readonly actions: MenuActions; readonly done: string[] } {
  const done: string[] = [];
  const note =
    (name: string) =>
    (...args: readonly unknown[]): void =>
      void done.push([name, ...args].join(' '));
  const actions: MenuActions = {
    openWindow: note('openWindow'),
    openWalls: note('openWalls'),
    restartEngine: note('restartEngine'),
    setTheme: note('setTheme'),
    openDataFolder: note('openDataFolder'),
    openDocs: note('openDocs'),
    showAbout: note('showAbout'),
    trade: note('trade'),
    command: note('command'),
  };
  return { actions, done };
}

function leaves(items: readonly MenuItemConstructorOptions[]): readonly MenuItemConstructorOptions[] {
  return items.flatMap((item) => (Array.isArray(item.submenu) ? leaves(item.submenu) : [item]));
}

const click = (item: MenuItemConstructorOptions): void =>
  item.click?.({} as Electron.MenuItem, undefined, {} as Electron.KeyboardEvent);

describe('the native menu', () => {
  it.each([false, true])('has no entry that does nothing (mac: %s)', (isMac) => {
    const { actions, done } = spied();
    const items = leaves(menuTemplate(actions, STATE, isMac));
    expect(items.length).toBeGreaterThan(35);
    for (const item of items) {
      if (item.type === 'separator' || item.enabled === false || item.role !== undefined) continue;
      done.length = 0;
      click(item);
      expect(done, item.label).toHaveLength(1);
    }
  });

  it('does what its words say where money moves', () => {
    const { actions, done } = spied();
    const trading = leaves(menuTemplate(actions, STATE, false)).filter(({ label }) =>
      ['Auto Trading', 'Flatten All…', 'Kill Switch…'].includes(label ?? ''),
    );
    for (const item of trading) click(item);
    expect(done).toEqual(['trade auto-on', 'trade flatten-all', 'trade kill']);
    const isOn = { ...STATE, trading: { ...STATE.trading, isAuto: true } as MenuState['trading'] };
    const auto = leaves(menuTemplate(actions, isOn, false)).find(({ label }) => label === 'Auto Trading');
    expect(auto?.checked).toBe(true);
    if (auto !== undefined) click(auto);
    expect(done.at(-1)).toBe('trade auto-off');
  });

  it('has exactly the keys of the table', () => {
    const keys = leaves(menuTemplate(spied().actions, STATE, false)).flatMap(({ accelerator }) =>
      accelerator === undefined || accelerator === '' ? [] : [String(accelerator)],
    );
    expect(keys.toSorted()).toEqual(
      Object.values(MENU_KEYS)
        .map(({ accelerator }) => accelerator)
        .toSorted(),
    );
  });
});
