/**
 * Things that will happen at known instants (crosses, halts ending, reversals), in a binary heap of plain numbers: ordered
 * by time, then by when they were added, so that two runs agree.
 */
import { assert } from '../../lib/assert.ts';

const FIELDS = 5;

export class Agenda {
  /** Rows of (timeUs, order, kind, symbol, value). */
  readonly #rows: Float64Array;
  #size = 0;
  #order = 0;

  constructor(capacity: number) {
    this.#rows = new Float64Array(capacity * FIELDS);
  }

  get size(): number {
    return this.#size;
  }

  /** The instant of the next item, Infinity when there is none. */
  nextUs(): number {
    return this.#size === 0 ? Infinity : (this.#rows[0] as number);
  }

  kind(): number {
    return this.#rows[2] as number;
  }

  symbol(): number {
    return this.#rows[3] as number;
  }

  value(): number {
    return this.#rows[4] as number;
  }

  /** False when the agenda is full; nothing is added then. */
  add(timeUs: number, kind: number, symbol: number, value: number): boolean {
    if ((this.#size + 1) * FIELDS > this.#rows.length) return false;
    let at = this.#size++;
    const order = this.#order++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#rows[parent * FIELDS] as number) <= timeUs) break;
      this.#rows.copyWithin(at * FIELDS, parent * FIELDS, parent * FIELDS + FIELDS);
      at = parent;
    }
    this.#set(at, timeUs, order, kind, symbol, value);
    return true;
  }

  /** Takes the next item off. */
  drop(): void {
    assert(this.#size > 0, 'drop follows a look at the next item');
    const last = --this.#size;
    if (last === 0) return;
    const from = last * FIELDS;
    const rows = this.#rows;
    const timeUs = rows[from] as number;
    const order = rows[from + 1] as number;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#before(child + 1, child)) child++;
      const childUs = rows[child * FIELDS] as number;
      if (childUs > timeUs || (childUs === timeUs && (rows[child * FIELDS + 1] as number) > order)) break;
      rows.copyWithin(at * FIELDS, child * FIELDS, child * FIELDS + FIELDS);
      at = child;
    }
    rows.copyWithin(at * FIELDS, from, from + FIELDS);
  }

  clear(): void {
    this.#size = 0;
  }

  save(): Float64Array {
    const saved = new Float64Array(2 + this.#size * FIELDS);
    saved[0] = this.#size;
    saved[1] = this.#order;
    saved.set(this.#rows.subarray(0, this.#size * FIELDS), 2);
    return saved;
  }

  restore(saved: Float64Array): void {
    this.#size = saved[0] as number;
    this.#order = saved[1] as number;
    this.#rows.set(saved.subarray(2));
  }

  #before(a: number, b: number): boolean {
    const timeA = this.#rows[a * FIELDS] as number;
    const timeB = this.#rows[b * FIELDS] as number;
    return (
      timeA < timeB ||
      (timeA === timeB && (this.#rows[a * FIELDS + 1] as number) < (this.#rows[b * FIELDS + 1] as number))
    );
  }

  #set(at: number, timeUs: number, order: number, kind: number, symbol: number, value: number): void {
    const rows = this.#rows;
    const base = at * FIELDS;
    rows[base] = timeUs;
    rows[base + 1] = order;
    rows[base + 2] = kind;
    rows[base + 3] = symbol;
    rows[base + 4] = value;
  }
}
