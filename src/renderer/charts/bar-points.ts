/**
 * Engine bars to what the chart draws, and back. Pure. The horizontal position of a bar is its index and nothing else, so
 * bars that share a millisecond keep places of their own; times are only written on labels.
 */
import type { BarView } from '#protocol';

export interface CandlePoint {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** A point without `value` keeps the place of a bar that has no such figure. */
export interface ValuePoint {
  readonly time: number;
  readonly value?: number;
  readonly color?: string;
}

export interface BarColours {
  readonly up: string;
  readonly down: string;
  /** Volume whose bar closed where it opened. */
  readonly flat: string;
}

export function candlePoint(bar: BarView): CandlePoint {
  return { time: bar.index, open: bar.open, high: bar.high, low: bar.low, close: bar.close };
}

export function volumePoint(bar: BarView, colours: BarColours): ValuePoint {
  const color = bar.close > bar.open ? colours.up : bar.close < bar.open ? colours.down : colours.flat;
  return { time: bar.index, value: bar.volume, color };
}

/** Mean spread at the bar's prints, in basis points of its close. */
export function spreadBps(bar: BarView): number | null {
  return bar.spreadMean === null || !(bar.close > 0) ? null : (bar.spreadMean / bar.close) * 10_000;
}

export function spreadPoint(bar: BarView): ValuePoint {
  const value = spreadBps(bar);
  return value === null ? { time: bar.index } : { time: bar.index, value };
}

/** Running sums of a day's volume-weighted average price. A new trading day starts a new chart, so they never restart. */
export interface VwapSums {
  readonly notional: number;
  readonly volume: number;
}
export const VWAP_START: VwapSums = { notional: 0, volume: 0 };

export function addToVwap(sums: VwapSums, bar: BarView): VwapSums {
  if (bar.vwap === null || !(bar.volume > 0)) return sums;
  return { notional: sums.notional + bar.vwap * bar.volume, volume: sums.volume + bar.volume };
}

export function vwapPoint(index: number, sums: VwapSums): ValuePoint {
  return sums.volume > 0 ? { time: index, value: sums.notional / sums.volume } : { time: index };
}

/** A stretch of consecutive bars, both ends included. */
export interface BarRun {
  readonly from: number;
  readonly to: number;
}

export interface PhaseRun extends BarRun {
  readonly phase: string;
}

/** Consecutive bars of one session phase. */
export function phaseRuns(bars: readonly BarView[]): PhaseRun[] {
  const runs: PhaseRun[] = [];
  for (const bar of bars) {
    const last = runs.at(-1);
    if (last && last.phase === bar.phase && last.to === bar.index - 1)
      runs[runs.length - 1] = { ...last, to: bar.index };
    else runs.push({ phase: bar.phase, from: bar.index, to: bar.index });
  }
  return runs;
}

/** Consecutive bars that something is true of. */
export function runsWhere(bars: readonly BarView[], isTrue: (bar: BarView) => boolean): BarRun[] {
  const runs: BarRun[] = [];
  for (const bar of bars) {
    if (!isTrue(bar)) continue;
    const last = runs.at(-1);
    if (last && last.to === bar.index - 1) runs[runs.length - 1] = { from: last.from, to: bar.index };
    else runs.push({ from: bar.index, to: bar.index });
  }
  return runs;
}

/** The place (in the list) of the first bar that closed at or after an instant; the list's length when none did. */
export function placeAt(bars: readonly BarView[], atUs: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle] as BarView).closeTimeUs < atUs) low = middle + 1;
    else high = middle;
  }
  return low;
}
