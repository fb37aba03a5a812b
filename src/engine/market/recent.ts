/**
 * The latest trades and quotes of every symbol, in rings of fixed depth: a record of 64 bytes a trade, 32 bytes a quote. How
 * many were ever written is the view's own count of trades or quotes, so an event touches one more cache line and no other.
 * Pages of symbols that never trade are never touched and cost no memory.
 */
import { assert } from '../lib/assert.ts';
import type { SymbolId } from '../model/units.ts';

const TRADE_STRIDE = 8;
const QUOTE_STRIDE = 4;

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
}

/** Records: time, price, size, bid, ask, sequence, venue + 256 x conditions, result. */
export class TradeRing {
  readonly depth: number;
  readonly data: Float64Array;
  readonly #mask: number;
  readonly #counts: Uint32Array;

  /** `counts` is the view's trade count: record n of a symbol stands at n mod depth. */
  constructor(counts: Uint32Array, depth: number) {
    assert(depth >= 1 && (depth & (depth - 1)) === 0, 'a ring index is a mask, so the depth is a power of two');
    this.depth = depth;
    this.#mask = depth - 1;
    this.#counts = counts;
    this.data = new Float64Array(counts.length * depth * TRADE_STRIDE);
  }

  /** Offset in `data` of the record that count `n` of a symbol is to be written to. */
  slot(symbol: SymbolId, n: number): number {
    return (symbol * this.depth + (n & this.#mask)) * TRADE_STRIDE;
  }

  held(symbol: SymbolId): number {
    return Math.min(this.#counts[symbol] as number, this.depth);
  }

  /** The count is about to grow by `by` without records: those that are held keep their age. */
  turn(symbol: SymbolId, by: number): void {
    turnRing(this.data, symbol * this.depth * TRADE_STRIDE, this.depth, TRADE_STRIDE, by & this.#mask);
  }

  /** Whether a held record is the same print once more. */
  has(symbol: SymbolId, sequence: number, timeUs: number, price: number, size: number): boolean {
    const data = this.data;
    const held = this.held(symbol);
    for (let n = 0; n < held; n++) {
      const at = this.slot(symbol, n);
      if (data[at + 5] === sequence && data[at] === timeUs && data[at + 1] === price && data[at + 2] === size)
        return true;
    }
    return false;
  }

  /** Newest first. Allocates: for screens and tests. */
  list(symbol: SymbolId): readonly RecentTrade[] {
    const count = this.#counts[symbol] as number;
    return Array.from({ length: this.held(symbol) }, (_, back) => {
      const at = this.slot(symbol, count - 1 - back);
      const value = (slot: number): number => this.data[at + slot] as number;
      return {
        timeUs: value(0),
        price: value(1),
        size: value(2),
        bid: value(3),
        ask: value(4),
        sequence: value(5),
        venue: value(6) & 0xff,
        conditions: value(6) >>> 8,
        result: value(7),
      };
    }).filter((trade) => trade.timeUs > 0);
  }
}

/** Records: time, bid, ask, then the two sizes as 32-bit floats (exact to 16,777,216 shares). */
export class QuoteRing {
  readonly depth: number;
  readonly data: Float64Array;
  readonly sizes: Float32Array;
  readonly #mask: number;
  readonly #counts: Uint32Array;

  /** `counts` is the view's quote count: record n of a symbol stands at n mod depth. */
  constructor(counts: Uint32Array, depth: number) {
    assert(depth >= 1 && (depth & (depth - 1)) === 0, 'a ring index is a mask, so the depth is a power of two');
    this.depth = depth;
    this.#mask = depth - 1;
    this.#counts = counts;
    this.data = new Float64Array(counts.length * depth * QUOTE_STRIDE);
    this.sizes = new Float32Array(this.data.buffer);
  }

  /** Offset in `data` of the record that count `n` of a symbol is to be written to; in `sizes` it is twice that. */
  slot(symbol: SymbolId, n: number): number {
    return (symbol * this.depth + (n & this.#mask)) * QUOTE_STRIDE;
  }

  held(symbol: SymbolId): number {
    return Math.min(this.#counts[symbol] as number, this.depth);
  }

  /** As TradeRing.turn. */
  turn(symbol: SymbolId, by: number): void {
    turnRing(this.data, symbol * this.depth * QUOTE_STRIDE, this.depth, QUOTE_STRIDE, by & this.#mask);
  }

  /**
   * Whether a held record has this time, NBBO and sizes. Sequences are not kept: a late quote equal in everything else tells
   * nothing that is not known.
   */
  has(symbol: SymbolId, timeUs: number, bid: number, ask: number, bidSize: number, askSize: number): boolean {
    const held = this.held(symbol);
    for (let n = 0; n < held; n++) {
      const at = this.slot(symbol, n);
      if (this.data[at] !== timeUs || this.data[at + 1] !== bid || this.data[at + 2] !== ask) continue;
      if (this.sizes[at * 2 + 6] === Math.fround(bidSize) && this.sizes[at * 2 + 7] === Math.fround(askSize))
        return true;
    }
    return false;
  }

  /** Newest first. Allocates: for screens and tests. */
  list(symbol: SymbolId): readonly RecentQuote[] {
    const count = this.#counts[symbol] as number;
    return Array.from({ length: this.held(symbol) }, (_, back) => {
      const at = this.slot(symbol, count - 1 - back);
      return {
        timeUs: this.data[at] as number,
        bid: this.data[at + 1] as number,
        ask: this.data[at + 2] as number,
        bidSize: this.sizes[at * 2 + 6] as number,
        askSize: this.sizes[at * 2 + 7] as number,
      };
    }).filter((quote) => quote.timeUs > 0);
  }
}

/** Moves every record `by` places on, the last ones to the front. */
function turnRing(data: Float64Array, base: number, depth: number, stride: number, by: number): void {
  if (by === 0) return;
  const records = data.slice(base, base + depth * stride);
  data.set(records.subarray(0, (depth - by) * stride), base + by * stride);
  data.set(records.subarray((depth - by) * stride), base);
}

/** The newest trades of a symbol, newest first. */
export function recentTrades(ring: TradeRing, symbol: SymbolId): readonly RecentTrade[] {
  return ring.list(symbol);
}

/** The newest quotes of a symbol, newest first. */
export function recentQuotes(ring: QuoteRing, symbol: SymbolId): readonly RecentQuote[] {
  return ring.list(symbol);
}
