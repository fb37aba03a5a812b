/**
 * State of a symbol that only the view itself needs, one row of numbers (two cache lines) a symbol:
 * activity rates and one-minute returns. It changes with events alone, never with the clock, so that replaying the events
 * gives the same numbers however often the clock was told in between.
 */
import { US_PER_MINUTE, US_PER_SECOND } from '../model/units.ts';

export const ROW_STRIDE = 16;
export const Row = {
  /** End of the rate bucket being counted, epoch microseconds; 0 before the first trade. */
  bucketEndUs: 0,
  bucketCount: 1,
  rate1s: 2,
  rate10s: 3,
  rate60s: 4,
  /** End of the minute being formed. */
  minuteEndUs: 5,
  /** Last counted price of the minute before. */
  minuteClose: 6,
  variance: 7,
  returns: 8,
  /** Shares of the largest closing cross so far. */
  closingCrossSize: 9,
  /** Day index up to which the short-sale restriction holds; 0 none. */
  ssrUntilDay: 10,
  /** Time of the halt or resume message last heeded. */
  haltTimeUs: 11,
  /** Day index for which the previous close was given by reference data; 0 never. */
  referenceDay: 12,
} as const;

const BUCKET_US = 125_000;
const BUCKETS_PER_SECOND = US_PER_SECOND / BUCKET_US;
const MINUTES_REMEMBERED = 30;

/** decay(n) = q^n for n buckets, by two table reads; zero beyond two hours. */
interface Decay {
  readonly q: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

function decayTable(seconds: number): Decay {
  const q = Math.exp(-1 / (BUCKETS_PER_SECOND * seconds));
  const low = new Float64Array(256);
  const high = new Float64Array(256);
  let value = 1;
  for (let i = 0; i < 256; i++, value *= q) low[i] = value;
  const step = value;
  value = 1;
  for (let i = 0; i < 256; i++, value *= step) high[i] = value;
  return { q, low, high };
}

const over1s = decayTable(1);
const over10s = decayTable(10);
const over60s = decayTable(60);

function power(decay: Decay, buckets: number): number {
  return buckets >= 65_536 ? 0 : (decay.low[buckets & 255] as number) * (decay.high[buckets >> 8] as number);
}

/** Rate after the bucket being counted closed and `empty` empty ones followed. */
function folded(decay: Decay, rate: number, count: number, empty: number): number {
  return (rate * decay.q + count * BUCKETS_PER_SECOND * (1 - decay.q)) * power(decay, empty);
}

function emptyBuckets(rows: Float64Array, base: number, timeUs: number): number {
  return Math.floor((timeUs - (rows[base + Row.bucketEndUs] as number)) / BUCKET_US);
}

/** Counts one trade. True when a bucket closed and the rates moved. Late trades count in the bucket at hand. */
export function countTrade(rows: Float64Array, base: number, timeUs: number): boolean {
  if (timeUs < (rows[base + Row.bucketEndUs] as number)) {
    (rows[base + Row.bucketCount] as number)++;
    return false;
  }
  const count = rows[base + Row.bucketCount] as number;
  const empty = emptyBuckets(rows, base, timeUs);
  rows[base + Row.rate1s] = folded(over1s, rows[base + Row.rate1s] as number, count, empty);
  rows[base + Row.rate10s] = folded(over10s, rows[base + Row.rate10s] as number, count, empty);
  rows[base + Row.rate60s] = folded(over60s, rows[base + Row.rate60s] as number, count, empty);
  rows[base + Row.bucketEndUs] = (Math.floor(timeUs / BUCKET_US) + 1) * BUCKET_US;
  rows[base + Row.bucketCount] = 1;
  return true;
}

/** Trades a second as of `nowUs`, weighted over about 1, 10 or 60 seconds; changes nothing. */
export function rateAt(rows: Float64Array, base: number, window: 1 | 10 | 60, nowUs: number): number {
  const slot = window === 1 ? Row.rate1s : window === 10 ? Row.rate10s : Row.rate60s;
  const rate = rows[base + slot] as number;
  if (nowUs < (rows[base + Row.bucketEndUs] as number)) return rate;
  const decay = window === 1 ? over1s : window === 10 ? over10s : over60s;
  return folded(decay, rate, rows[base + Row.bucketCount] as number, emptyBuckets(rows, base, nowUs));
}

/**
 * Closes the minute being formed when `timeUs` lies beyond it; `last` is the counted price before this print. Returns the
 * new deviation of one-minute log returns (about the last 30 minutes, silent minutes are returns of zero), or -1 when no
 * minute closed.
 */
export function closeMinute(rows: Float64Array, base: number, timeUs: number, last: number): number {
  const endUs = rows[base + Row.minuteEndUs] as number;
  if (timeUs < endUs) return -1;
  const before = rows[base + Row.minuteClose] as number;
  let variance = rows[base + Row.variance] as number;
  let returns = rows[base + Row.returns] as number;
  if (endUs > 0 && last > 0) {
    if (before > 0) {
      const change = Math.log(last / before);
      returns = Math.min(returns + 1, MINUTES_REMEMBERED);
      variance += (change * change - variance) / returns;
    }
    // A day off does not count as a thousand silent minutes.
    const silent = Math.min(Math.floor((timeUs - endUs) / US_PER_MINUTE), 2 * MINUTES_REMEMBERED);
    if (before > 0) {
      for (let i = 0; i < silent; i++) {
        returns = Math.min(returns + 1, MINUTES_REMEMBERED);
        variance -= variance / returns;
      }
    }
    rows[base + Row.minuteClose] = last;
  }
  rows[base + Row.minuteEndUs] = (Math.floor(timeUs / US_PER_MINUTE) + 1) * US_PER_MINUTE;
  rows[base + Row.variance] = variance;
  rows[base + Row.returns] = returns;
  return returns === 0 ? -1 : Math.sqrt(variance);
}
