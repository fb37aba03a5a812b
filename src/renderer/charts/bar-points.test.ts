/** Chart data equals the engine's bars: count and values, whatever their times are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addToVwap,
  candlePoint,
  phaseRuns,
  placeAt,
  runsWhere,
  spreadPoint,
  VWAP_START,
  volumePoint,
  vwapPoint,
} from './bar-points.ts';
import { OPEN_US, testBar, testBars } from './test-bars.ts';

const COLOURS = { up: 'u', down: 'd', flat: 'f' };

describe('bars that share their times', () => {
  // 240 bars inside one second, among them runs that share one microsecond.
  const burst = testBars(1_000, 240, (index) => ({
    openTimeUs: OPEN_US + Math.floor((index - 1_000) / 8) * 4_000,
    closeTimeUs: OPEN_US + Math.floor((index - 1_000) / 8) * 4_000,
  }));

  it('keep a place each: as many candles as bars, strictly ascending', () => {
    const candles = burst.map(candlePoint);
    expect(candles).toHaveLength(240);
    expect(new Set(burst.map((bar) => bar.closeTimeUs)).size).toBe(30);
    expect(new Set(candles.map(({ time }) => time)).size).toBe(240);
    candles.slice(1).forEach((candle, i) => expect(candle.time).toBe((candles[i]?.time ?? Number.NaN) + 1));
  });

  it('keep their values to the last bit', () => {
    let checked = 0;
    for (const bar of burst) {
      expect(candlePoint(bar)).toEqual({
        time: bar.index,
        open: bar.open,
        high: bar.high,
        low: bar.low,
        close: bar.close,
      });
      expect(volumePoint(bar, COLOURS).value).toBe(bar.volume);
      const spread = spreadPoint(bar).value;
      expect(spread).toBe(bar.spreadMean === null ? undefined : (bar.spreadMean / bar.close) * 10_000);
      checked += 1;
    }
    expect(checked).toBe(240);
  });
});

describe('single figures', () => {
  it('colours volume by where the bar closed', () => {
    const colour = (open: number, close: number): string | undefined =>
      volumePoint(testBar(0, { open, close }), COLOURS).color;
    expect([colour(1, 2), colour(2, 1), colour(2, 2)]).toEqual(['u', 'd', 'f']);
  });

  it('leaves the place of a bar without a spread empty rather than drawing zero', () => {
    expect(spreadPoint(testBar(3, { spreadMean: null }))).toEqual({ time: 3 });
  });

  it('sums VWAP as notional over volume, skipping bars without volume', () => {
    const bars = [
      testBar(0, { vwap: 10, volume: 100 }),
      testBar(1, { vwap: null, volume: 0 }),
      testBar(2, { vwap: 13, volume: 200 }),
    ];
    let sums = VWAP_START;
    expect(vwapPoint(0, sums)).toEqual({ time: 0 });
    for (const bar of bars) sums = addToVwap(sums, bar);
    expect(vwapPoint(2, sums).value).toBeCloseTo((10 * 100 + 13 * 200) / 300, 12);
  });
});

describe('stretches', () => {
  it('cover every bar once, in order, with its phase', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('pre', 'regular', 'post'), { maxLength: 60 }), (phases) => {
        const bars = phases.map((phase, i) => testBar(i, { phase }));
        const covered = phaseRuns(bars).flatMap((run) =>
          Array.from({ length: run.to - run.from + 1 }, () => run.phase),
        );
        expect(covered).toEqual(phases);
        const runs = phaseRuns(bars);
        runs.slice(1).forEach((run, i) => expect(run.phase).not.toBe(runs[i]?.phase));
      }),
    );
  });

  it('join marked bars that touch', () => {
    const marked = new Set([2, 3, 4, 9]);
    expect(runsWhere(testBars(0, 12), (bar) => marked.has(bar.index))).toEqual([
      { from: 2, to: 4 },
      { from: 9, to: 9 },
    ]);
  });
});

describe('place of an instant', () => {
  it('is the first bar that closed then or later', () => {
    const bars = testBars(0, 50);
    expect(placeAt(bars, 0)).toBe(0);
    expect(placeAt(bars, (bars[20]?.closeTimeUs ?? 0) - 1)).toBe(20);
    expect(placeAt(bars, bars[20]?.closeTimeUs ?? 0)).toBe(20);
    expect(placeAt(bars, (bars[20]?.closeTimeUs ?? 0) + 1)).toBe(21);
    expect(placeAt(bars, Infinity)).toBe(50);
  });
});
