/** What the palette finds. */
import { describe, expect, it } from 'vitest';
import { matchScore, matchSymbols } from './commands.ts';

describe('palette matching', () => {
  it('symbols: exact first, then prefixes by length, then the rest', () => {
    const names = ['AAPL', 'AA', 'BAA', 'AAP', 'ZZZ', 'XAAPLX'];
    expect(matchSymbols(names, 'aa', 10)).toEqual(['AA', 'AAP', 'AAPL', 'BAA', 'XAAPLX']);
    expect(matchSymbols(names, 'aapl', 1)).toEqual(['AAPL']);
    expect(matchSymbols(names, '', 10)).toEqual([]);
    expect(matchSymbols(names, 'a b', 10)).toEqual([]);
  });

  it('commands: every word must be there, beginnings weigh more', () => {
    expect(matchScore('Theme: dark', 'dark theme')).toBeGreaterThan(0);
    expect(matchScore('Theme: dark', 'light')).toBe(0);
    expect(matchScore('Theme: dark', 'theme')).toBeGreaterThan(matchScore('A theme', 'theme'));
    expect(matchScore('Rows: dense', 'ense')).toBeLessThan(matchScore('Rows: dense', 'dense'));
  });
});
