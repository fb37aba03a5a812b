/** How the market as a whole stands: how many rise and fall, are at the day's ends, are halted or blind. One pass over the columns. */
import { ROW_FLAGS } from '#protocol';
import type { MarketMirror } from './market-mirror.ts';

export interface MarketBreadth {
  readonly up: number;
  readonly down: number;
  /** Last is the day's high (low), and the day has a range. */
  readonly atHigh: number;
  readonly atLow: number;
  readonly halted: number;
  readonly blind: number;
  /** Median of volume against what is usual by this minute, over symbols that know theirs; NaN without any. */
  readonly relativeVolume: number;
}

/** Enough rows for a median that stands still. */
const SAMPLE_EVERY = 4;

export function marketBreadth(mirror: MarketMirror): MarketBreadth {
  const { last, previousClose, dayHigh, dayLow, flags, relativeVolume } = mirror.columns;
  const usual: number[] = [];
  let up = 0;
  let down = 0;
  let atHigh = 0;
  let atLow = 0;
  let halted = 0;
  let blind = 0;
  for (let row = 0; row < mirror.count; row++) {
    const price = last[row] as number;
    const close = previousClose[row] as number;
    const flag = flags[row] as number;
    if ((flag & ROW_FLAGS.halted) !== 0) halted++;
    if ((flag & ROW_FLAGS.blind) !== 0) blind++;
    if (!(price > 0)) continue;
    if (close > 0 && price > close) up++;
    else if (close > 0 && price < close) down++;
    const high = dayHigh[row] as number;
    const low = dayLow[row] as number;
    if (high > low && low > 0) {
      if (price >= high) atHigh++;
      else if (price <= low) atLow++;
    }
    const ratio = relativeVolume[row] as number;
    if (row % SAMPLE_EVERY === 0 && ratio > 0) usual.push(ratio);
  }
  usual.sort((a, b) => a - b);
  return { up, down, atHigh, atLow, halted, blind, relativeVolume: usual[usual.length >> 1] ?? Number.NaN };
}
