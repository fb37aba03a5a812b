/** Rows of a topic that came as they were keep their identity. */
import { expect, it } from 'vitest';
import { keptRows } from './seen-topic.ts';

it('keeps rows that came again, takes the others, forgets what is gone', () => {
  const first = [
    { symbol: 'ABC', gates: 6 },
    { symbol: 'DEF', gates: 5 },
  ];
  const known = keptRows(new Map(), first);
  const next = keptRows(known, [
    { symbol: 'DEF', gates: 5 },
    { symbol: 'ABC', gates: 4 },
  ]);
  const rows = [...next.values()];
  expect(rows).toEqual([
    { symbol: 'DEF', gates: 5 },
    { symbol: 'ABC', gates: 4 },
  ]);
  expect(rows[0]).toBe(first[1]);
  expect(rows[1]).not.toBe(first[0]);
  expect(keptRows(next, []).size).toBe(0);
});
