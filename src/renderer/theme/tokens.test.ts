/** Guards the tokens: contrast of every text on every surface, in all four looks. */
import { describe, expect, it } from 'vitest';
import { blend, contrastRatio, parseHex, type Rgb } from './contrast.ts';

/** The test runner blanks imported style sheets, and this project compiles without Node types, so the module is named at run time. */
const nodeFs = 'node:fs';
const { readFileSync } = (await import(nodeFs)) as { readFileSync(path: URL, encoding: 'utf8'): string };
const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** The custom properties that hold under these root attributes, later blocks over earlier ones. */
function tokens(theme: string, palette: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const block of css.matchAll(/(:root[^{]*)\{([^}]*)\}/g)) {
    const wants = [...(block[1] as string).matchAll(/data-(\w+)='(\w+)'/g)];
    if (wants.length === 0 || !wants.every(([, key, value]) => ({ theme, palette })[key as string] === value)) continue;
    for (const line of (block[2] as string).matchAll(/(--[\w-]+):\s*([^;]+);/g))
      found.set(line[1] as string, line[2] as string);
  }
  return found;
}

const looks = [
  ['dark', 'standard'],
  ['light', 'standard'],
  ['dark', 'safe'],
  ['light', 'safe'],
] as const;

describe.each(looks)('tokens of %s %s', (theme, palette) => {
  const all = tokens(theme, palette);
  const colour = (name: string): { rgb: Rgb; alpha: number } => {
    const parsed = parseHex(all.get(name) ?? '');
    if (!parsed) throw new Error(`${name} is not a colour`);
    return parsed;
  };
  const surfaces = ['--surface-0', '--surface-1', '--surface-1-odd', '--surface-2', '--surface-3'];
  const texts = [
    '--text-1',
    '--text-2',
    '--text-3',
    '--up',
    '--down',
    '--accent',
    '--warn',
    '--danger',
    '--live',
    '--entry',
    '--average',
    '--link-a',
    '--link-b',
    '--link-c',
    '--link-d',
  ];

  it('every text is AA on every surface', () => {
    let pairs = 0;
    for (const surface of surfaces) {
      for (const text of texts) {
        const ratio = contrastRatio(colour(text).rgb, colour(surface).rgb);
        expect(ratio, `${text} on ${surface}`).toBeGreaterThanOrEqual(4.5);
        pairs += 1;
      }
    }
    expect(pairs).toBe(75);
  });

  it('figures stay AA while their background fades', () => {
    for (const fade of ['--fade-up', '--fade-down']) {
      const { rgb, alpha } = colour(fade);
      expect(alpha).toBeLessThan(0.5);
      expect(
        contrastRatio(colour('--text-1').rgb, blend(rgb, alpha, colour('--surface-1').rgb)),
        fade,
      ).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('text on filled badges is AA', () => {
    for (const name of ['accent', 'live', 'past'])
      expect(contrastRatio(colour(`--on-${name}`).rgb, colour(`--${name}`).rgb), name).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(colour('--on-danger').rgb, colour('--danger-fill').rgb)).toBeGreaterThanOrEqual(4.5);
  });

  it('up and down differ from each other and from where we bought', () => {
    expect(new Set(['--up', '--down', '--entry', '--warn'].map((name) => all.get(name))).size).toBe(4);
  });
});

it('contrast is the WCAG one', () => {
  expect(contrastRatio([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 5);
  expect(contrastRatio([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2);
});
