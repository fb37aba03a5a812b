/**
 * Rows of a flat file in memory: growing columns, 58 bytes a row, and the order they are to be played in. The key of a row is
 * its SIP time in nanoseconds since the day's midnight, doubled, plus one for trades: one exact number that sorts by time and
 * puts quotes before trades at equal time. Rows of one key follow their sequence, then the order they were read in.
 */
import type { EventBatch } from '../../model/event-batch.ts';
import { EventKind } from '../../model/event-batch.ts';

interface Columns {
  readonly key: Float64Array;
  readonly sequence: Float64Array;
  readonly price: Float64Array;
  readonly size: Float64Array;
  readonly price2: Float64Array;
  readonly size2: Float64Array;
  readonly symbol: Int32Array;
  readonly conditions: Uint16Array;
  readonly venue: Uint8Array;
  readonly venue2: Uint8Array;
  readonly tape: Uint8Array;
  readonly flags: Uint8Array;
}

function columnsOf(capacity: number): Columns {
  return {
    key: new Float64Array(capacity),
    sequence: new Float64Array(capacity),
    price: new Float64Array(capacity),
    size: new Float64Array(capacity),
    price2: new Float64Array(capacity),
    size2: new Float64Array(capacity),
    symbol: new Int32Array(capacity),
    conditions: new Uint16Array(capacity),
    venue: new Uint8Array(capacity),
    venue2: new Uint8Array(capacity),
    tape: new Uint8Array(capacity),
    flags: new Uint8Array(capacity),
  };
}

/** One row, filled by a parser and handed to `EventRows.push`. */
export interface EventRow {
  key: number;
  sequence: number;
  price: number;
  size: number;
  price2: number;
  size2: number;
  symbol: number;
  conditions: number;
  venue: number;
  venue2: number;
  tape: number;
  flags: number;
}

export function createEventRow(): EventRow {
  return {
    key: 0,
    sequence: 0,
    price: 0,
    size: 0,
    price2: 0,
    size2: 0,
    symbol: 0,
    conditions: 0,
    venue: 0,
    venue2: 0,
    tape: 0,
    flags: 0,
  };
}

/** Whether a row (key, sequence) belongs before another. */
export function isBefore(key: number, sequence: number, otherKey: number, otherSequence: number): boolean {
  return key < otherKey || (key === otherKey && sequence < otherSequence);
}

export class EventRows {
  columns: Columns;
  length = 0;
  /** False once a row was pushed that belongs before the one pushed before it. */
  isSorted = true;
  #capacity: number;

  constructor(capacity = 1 << 14) {
    this.#capacity = capacity;
    this.columns = columnsOf(capacity);
  }

  push(row: EventRow): void {
    if (this.length === this.#capacity) this.#grow();
    const c = this.columns;
    const i = this.length++;
    c.key[i] = row.key;
    c.sequence[i] = row.sequence;
    c.price[i] = row.price;
    c.size[i] = row.size;
    c.price2[i] = row.price2;
    c.size2[i] = row.size2;
    c.symbol[i] = row.symbol;
    c.conditions[i] = row.conditions;
    c.venue[i] = row.venue;
    c.venue2[i] = row.venue2;
    c.tape[i] = row.tape;
    c.flags[i] = row.flags;
    if (i > 0 && isBefore(row.key, row.sequence, c.key[i - 1] as number, c.sequence[i - 1] as number))
      this.isSorted = false;
  }

  clear(): void {
    this.length = 0;
    this.isSorted = true;
  }

  /** Copies row `i` to the end of the batch. `midnightUs` is what keys count from. */
  copyTo(batch: EventBatch, i: number, midnightUs: number): void {
    const c = this.columns;
    const to = batch.length++;
    const key = c.key[i] as number;
    const isTrade = key % 2 === 1;
    batch.kind[to] = isTrade ? EventKind.trade : EventKind.quote;
    batch.timeUs[to] = midnightUs + Math.floor(key / 2000);
    batch.symbol[to] = c.symbol[i] as number;
    batch.sequence[to] = c.sequence[i] as number;
    batch.price[to] = c.price[i] as number;
    batch.size[to] = c.size[i] as number;
    batch.price2[to] = c.price2[i] as number;
    batch.size2[to] = c.size2[i] as number;
    batch.venue[to] = c.venue[i] as number;
    batch.venue2[to] = c.venue2[i] as number;
    batch.tape[to] = c.tape[i] as number;
    batch.flags[to] = c.flags[i] as number;
    batch.conditions[to] = c.conditions[i] as number;
  }

  /** Row numbers in playing order: a stable merge of the runs that are in order already, of which files have few. */
  order(): Uint32Array {
    const order = Uint32Array.from({ length: this.length }, (_, i) => i);
    if (this.isSorted || this.length < 2) return order;
    let runs = this.#runs();
    let from = order;
    let to = new Uint32Array(this.length);
    while (runs.length > 2) {
      const merged: number[] = [0];
      for (let r = 0; r + 1 < runs.length; r += 2) {
        const end = runs[r + 2] ?? (runs[r + 1] as number);
        this.#merge(from, to, runs[r] as number, runs[r + 1] as number, end);
        merged.push(end);
      }
      runs = merged;
      [from, to] = [to, from];
    }
    return from;
  }

  /** Boundaries of the stretches that are in order, from 0 to length. */
  #runs(): number[] {
    const { key, sequence } = this.columns;
    const runs = [0];
    for (let i = 1; i < this.length; i++) {
      if (isBefore(key[i] as number, sequence[i] as number, key[i - 1] as number, sequence[i - 1] as number))
        runs.push(i);
    }
    runs.push(this.length);
    return runs;
  }

  #merge(from: Uint32Array, to: Uint32Array, start: number, middle: number, end: number): void {
    const { key, sequence } = this.columns;
    let a = start;
    let b = middle;
    for (let at = start; at < end; at++) {
      const i = from[a] as number;
      const k = from[b] as number;
      const takeB =
        a >= middle ||
        (b < end && isBefore(key[k] as number, sequence[k] as number, key[i] as number, sequence[i] as number));
      to[at] = takeB ? (from[b++] as number) : (from[a++] as number);
    }
  }

  #grow(): void {
    const capacity = this.#capacity * 2;
    const grown = columnsOf(capacity);
    for (const name of Object.keys(grown) as (keyof Columns)[]) grown[name].set(this.columns[name]);
    this.columns = grown;
    this.#capacity = capacity;
  }
}
