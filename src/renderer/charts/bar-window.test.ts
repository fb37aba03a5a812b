/** The window of bars given to the library: always round what is in sight, never much longer. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isWindowEnough, windowFor } from './bar-window.ts';

it('holds what is in sight with a margin, within the bars there are', () => {
  expect(windowFor(100_000, 50_000, 50_400)).toEqual({ from: 49_400, to: 51_000 });
  expect(windowFor(300, 0, 300)).toEqual({ from: 0, to: 300 });
  expect(windowFor(0, -10, 90)).toEqual({ from: 0, to: 0 });
});

it('is enough when just chosen, whatever is in sight', () => {
  const place = fc.integer({ min: -5_000, max: 120_000 });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100_000 }),
      place,
      fc.integer({ min: 1, max: 4_000 }),
      (total, from, count) => {
        const window = windowFor(total, from, from + count);
        expect(window.from).toBeGreaterThanOrEqual(0);
        expect(window.to).toBeLessThanOrEqual(total);
        expect(window.to - window.from).toBeLessThanOrEqual(count * 4 + 1_200);
        for (let i = Math.max(0, from); i < Math.min(total, from + count); i += 97)
          expect(i >= window.from && i < window.to).toBe(true);
        expect(isWindowEnough(window, total, from, from + count)).toBe(true);
      },
    ),
  );
});

it('is not enough near an end behind which there are more, nor when it has grown long', () => {
  const window = { from: 10_000, to: 12_000 };
  expect(isWindowEnough(window, 50_000, 10_900, 11_100)).toBe(true);
  expect(isWindowEnough(window, 50_000, 10_100, 10_300)).toBe(false);
  expect(isWindowEnough(window, 50_000, 11_800, 12_000)).toBe(false);
  expect(isWindowEnough({ from: 0, to: 12_000 }, 12_000, 11_800, 12_000)).toBe(false);
});
