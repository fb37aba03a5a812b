/** An odd print does not press the chart flat, and what is usual is never cut. */
import { describe, expect, it } from 'vitest';
import { tamedRange } from './tamed-range.ts';
import { testBar } from './test-bars.ts';

const bar = (open: number, close: number) => testBar(0, { open, close });

describe('range of a chart', () => {
  it('keeps usual wicks', () => {
    expect(tamedRange(99, 103, [bar(100, 101), bar(101, 102)])).toEqual({ low: 99, high: 103 });
  });

  it('cuts a wick far beyond the bodies, on its side only', () => {
    expect(tamedRange(99, 160, [bar(100, 101), bar(101, 102)])).toEqual({ low: 99, high: 103 });
    expect(tamedRange(1, 103, [bar(100, 101), bar(101, 102)])).toEqual({ low: 99, high: 103 });
  });

  it('has a measure for level prices, and none without bars', () => {
    expect(tamedRange(99.99, 100.01, [bar(100, 100)])).toEqual({ low: 99.99, high: 100.01 });
    expect(tamedRange(90, 100.01, [bar(100, 100)]).low).toBeCloseTo(99.975, 6);
    expect(tamedRange(1, 2, [])).toEqual({ low: 1, high: 2 });
  });
});
