/**
 * The latest trades and quotes of every symbol, in rings of fixed depth: one record of eight numbers (a cache line) an
 * event. Pages of symbols that never trade are never touched and cost no memory.
 */
import { assert } from '../lib/assert.ts';
import type { SymbolId } from '../model/units.ts';

const STRIDE = 8;

export interface RecentTrade {
  readonly timeUs: number;
  readonly price: number;
  readonly size: number;
  readonly sequence: number;
  /** NBBO in force before the print. */
  readonly bid: number;
  readonly ask: number;
  readonly venue: number;
  /** ConditionSetId. */
  readonly conditions: number;
  /** Eligibility bits and phase, as `applyTrade` answered. */
  readonly result: number;
}

export interface RecentQuote {
  readonly timeUs: number;
  readonly bid: number;
  readonly ask: number;
  readonly bidSize: number;
  readonly askSize: number;
  readonly sequence: number;
  /** ConditionSetId. */
  readonly conditions: number;
}

/** A ring of records a symbol. Slots: 0 time, 1-4 values, 5 sequence, 6 and 7 packed extras. */
export class RecentRing {
  readonly depth: number;
  readonly data: Float64Array;
  /** Records ever written per symbol; the newest stands at (count - 1) mod depth. */
  readonly counts: Uint32Array;
  readonly #mask: number;

  constructor(symbolCapacity: number, depth: number) {
    assert(depth >= 1 && (depth & (depth - 1)) === 0, 'a ring index is a mask, so the depth is a power of two');
    this.depth = depth;
    this.#mask = depth - 1;
    this.data = new Float64Array(symbolCapacity * depth * STRIDE);
    this.counts = new Uint32Array(symbolCapacity);
  }

  /** Writes one record over the oldest. */
  push(
    symbol: SymbolId,
    timeUs: number,
    a: number,
    b: number,
    c: number,
    d: number,
    sequence: number,
    e: number,
    f: number,
  ): void {
    const count = this.counts[symbol] as number;
    const at = (symbol * this.depth + (count & this.#mask)) * STRIDE;
    const data = this.data;
    data[at] = timeUs;
    data[at + 1] = a;
    data[at + 2] = b;
    data[at + 3] = c;
    data[at + 4] = d;
    data[at + 5] = sequence;
    data[at + 6] = e;
    data[at + 7] = f;
    this.counts[symbol] = count + 1;
  }

  /** Records held for a symbol, 0..depth. */
  held(symbol: SymbolId): number {
    return Math.min(this.counts[symbol] as number, this.depth);
  }

  /** Offset in `data` of the record `back` places before the newest; -1 when there is none. */
  at(symbol: SymbolId, back: number): number {
    if (back >= this.held(symbol)) return -1;
    return (symbol * this.depth + (((this.counts[symbol] as number) - 1 - back) & this.#mask)) * STRIDE;
  }

  /** Whether a held record has this sequence, time and first two values: the same event once more. */
  has(symbol: SymbolId, sequence: number, timeUs: number, a: number, b: number): boolean {
    const held = this.held(symbol);
    for (let back = 0; back < held; back++) {
      const at = this.at(symbol, back);
      const data = this.data;
      if (data[at + 5] === sequence && data[at] === timeUs && data[at + 1] === a && data[at + 2] === b) return true;
    }
    return false;
  }

  clear(): void {
    this.counts.fill(0);
  }
}

/** The newest trades of a symbol, newest first. Allocates: for screens and tests. */
export function recentTrades(ring: RecentRing, symbol: SymbolId): readonly RecentTrade[] {
  return Array.from({ length: ring.held(symbol) }, (_, back) => {
    const at = ring.at(symbol, back);
    const packed = ring.data[at + 6] as number;
    return {
      timeUs: ring.data[at] as number,
      price: ring.data[at + 1] as number,
      size: ring.data[at + 2] as number,
      bid: ring.data[at + 3] as number,
      ask: ring.data[at + 4] as number,
      sequence: ring.data[at + 5] as number,
      venue: packed & 0xff,
      conditions: packed >>> 8,
      result: ring.data[at + 7] as number,
    };
  });
}

/** The newest quotes of a symbol, newest first. Allocates: for screens and tests. */
export function recentQuotes(ring: RecentRing, symbol: SymbolId): readonly RecentQuote[] {
  return Array.from({ length: ring.held(symbol) }, (_, back) => {
    const at = ring.at(symbol, back);
    return {
      timeUs: ring.data[at] as number,
      bid: ring.data[at + 1] as number,
      ask: ring.data[at + 2] as number,
      bidSize: ring.data[at + 3] as number,
      askSize: ring.data[at + 4] as number,
      sequence: ring.data[at + 5] as number,
      conditions: ring.data[at + 6] as number,
    };
  });
}
