/** Bars for the tests of this folder: plausible, seeded by their index alone. */
import type { BarView } from '#protocol';

/** 2026-11-20 09:30 in New York. */
export const OPEN_US = Date.UTC(2026, 10, 20, 14, 30) * 1000;

export function testBar(index: number, change: Partial<BarView> = {}): BarView {
  const open = 50 + Math.sin(index / 9);
  const close = 50 + Math.sin((index + 1) / 9);
  return {
    index,
    phase: 'regular',
    openTimeUs: OPEN_US + index * 900_000,
    closeTimeUs: OPEN_US + index * 900_000 + 850_000,
    open,
    close,
    high: Math.max(open, close) + 0.03,
    low: Math.min(open, close) - 0.02,
    volume: 8_000 + (index % 13) * 400,
    vwap: (open + close) / 2,
    trades: 100,
    spreadMean: index % 50 === 7 ? null : 0.01 + (index % 5) * 0.002,
    spreadMin: 0.01,
    spreadMax: 0.03,
    bidAtClose: close - 0.005,
    askAtClose: close + 0.005,
    quotes: 340,
    printsAtAsk: 51,
    printsAtBid: 40,
    ineligiblePrints: 3,
    ineligibleVolume: 40,
    hasGap: false,
    hasHalt: false,
    isShort: false,
    isForming: false,
    ...change,
  };
}

export function testBars(
  from: number,
  count: number,
  change: (index: number) => Partial<BarView> = () => ({}),
): BarView[] {
  return Array.from({ length: count }, (_, i) => testBar(from + i, change(from + i)));
}
