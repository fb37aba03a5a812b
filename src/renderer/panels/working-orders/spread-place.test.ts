/** Where a limit stands in the spread. */
import { describe, expect, it } from 'vitest';
import { spreadPlace } from './spread-place.ts';

const words = (side: 'buy' | 'sell', price: number | null, bid = 10, ask = 10.1): string =>
  spreadPlace(side, price === null ? null : Math.round(price * 1e6), bid, ask).words;

describe('a limit in the spread', () => {
  it('says whether it takes, joins or waits', () => {
    expect([9.9, 10, 10.02, 10.05, 10.1, 10.2].map((price) => words('buy', price))).toEqual([
      'under bid, waits',
      'at bid, joins',
      '20 % of spread',
      'at mid',
      'at ask, takes',
      'over ask, takes',
    ]);
    expect([9.9, 10, 10.1, 10.2].map((price) => words('sell', price))).toEqual([
      'through bid, takes',
      'at bid, takes',
      'at ask, joins',
      'over ask, waits',
    ]);
  });

  it('says what it cannot know', () => {
    expect(words('buy', null)).toBe('market');
    expect(words('buy', 10, 0, 10.1)).toBe('no quote');
    expect(words('buy', 10, 10.2, 10.1)).toBe('crossed market');
    expect(words('sell', 10, 10, 10)).toBe('at mid');
    expect(words('buy', 10.5, 10, 10)).toBe('over ask, takes');
  });
});
