/** Quotes of the past are those the trades met, one a change, at the time they were first met. */
import { expect, it } from 'vitest';
import type { PastPrint } from '#protocol';
import { quotesMet } from './past-quotes.ts';

const print = (atUs: number, bid: number, ask: number): PastPrint => ({
  atUs,
  price: 10,
  size: 100,
  venue: 4,
  side: 0,
  counts: true,
  bid,
  ask,
});

it('joins trades that met one quote, at the first of them, and leaves out what met none', () => {
  const newestFirst = [print(9, 10, 11), print(8, 10, 11), print(7, 0, 0), print(6, 10, 11), print(5, 9, 11)];
  expect(quotesMet(newestFirst).map(({ atUs, bid, ask }) => [atUs, bid, ask])).toEqual([
    [6, 10, 11],
    [5, 9, 11],
  ]);
  expect(quotesMet([])).toEqual([]);
});
