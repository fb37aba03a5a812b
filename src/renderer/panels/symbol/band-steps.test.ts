/** The band as it moved: one step a change, none while it stands. */
import { expect, it } from 'vitest';
import { addBandStep } from './band-steps.ts';

it('adds a step only when the band moved, and starts anew on a new day', () => {
  const first = addBandStep([], { index: 5, low: 9, high: 11 });
  expect(first).toEqual([{ index: 5, low: 9, high: 11 }]);
  expect(addBandStep(first, { index: 9, low: 9, high: 11 })).toBe(first);
  const moved = addBandStep(first, { index: 9, low: 9.5, high: 11.5 });
  expect(moved).toHaveLength(2);
  expect(addBandStep(moved, { index: 9, low: 9.6, high: 11.6 })).toEqual([
    first[0],
    { index: 9, low: 9.6, high: 11.6 },
  ]);
  expect(addBandStep(moved, { index: 12, low: Number.NaN, high: 0 }).at(-1)).toEqual({ index: 12, low: 0, high: 0 });
  expect(addBandStep(moved, { index: 0, low: 8, high: 10 })).toEqual([{ index: 0, low: 8, high: 10 }]);
  expect(addBandStep([], { index: 0, low: Number.NaN, high: Number.NaN })).toEqual([]);
});
