/**
 * How late market data is: receive time less event time, per event or per batch, in a histogram with buckets an eighth
 * of an octave wide. No garbage, fixed memory, quantiles good to 9 %. Lag is the only early warning of a feed that
 * falls behind.
 */
import type { EpochUs } from '../model/units.ts';

/** Eight buckets per doubling from 1 us to 2^42 us (51 days). Bucket 0 holds everything below 1 us, clock skew included. */
const STEPS = 8;
const BUCKETS = 42 * STEPS + 2;

export interface LagReading {
  readonly count: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  /** Smallest lag seen; below zero our clock is behind the exchange's. */
  readonly minUs: number;
}

export class LagMeter {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #maxUs = -Infinity;
  #minUs = Infinity;

  add(receivedUs: EpochUs, eventUs: EpochUs): void {
    this.addLag(receivedUs - eventUs, 1);
  }

  /** Counts `weight` events of the same lag, e.g. a batch by its newest event. */
  addLag(lagUs: number, weight: number): void {
    const bucket = lagUs < 1 ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log2(lagUs) * STEPS));
    this.#counts[bucket] = (this.#counts[bucket] as number) + weight;
    this.#count += weight;
    if (lagUs > this.#maxUs) this.#maxUs = lagUs;
    if (lagUs < this.#minUs) this.#minUs = lagUs;
  }

  /** The reading since the last reset; NaN quantiles without events. */
  read(): LagReading {
    return {
      count: this.#count,
      p50Us: this.quantile(0.5),
      p99Us: this.quantile(0.99),
      maxUs: this.#count === 0 ? NaN : this.#maxUs,
      minUs: this.#count === 0 ? NaN : this.#minUs,
    };
  }

  /** Upper edge of the bucket that holds quantile `q`, never above the largest lag seen. */
  quantile(q: number): number {
    if (this.#count === 0) return NaN;
    let left = Math.max(1, Math.ceil(q * this.#count));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket] as number;
      if (left <= 0) return Math.min(bucket === 0 ? 0 : 2 ** (bucket / STEPS), this.#maxUs);
    }
    return this.#maxUs;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#maxUs = -Infinity;
    this.#minUs = Infinity;
  }
}
