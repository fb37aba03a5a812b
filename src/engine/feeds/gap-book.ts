/**
 * The account of holes in the data. At most one connection gap is open at a time and the reason it was opened with
 * stays; an overflow of our own ring is a gap of its own beside it.
 */
import { assert } from '../lib/assert.ts';
import type { EpochUs } from '../model/units.ts';
import type { FeedNotice, GapReason } from '../ports/feed.ts';

type GapNotice = Extract<FeedNotice, { readonly kind: 'gap' }>;

export class GapBook {
  #nextId = 1;
  #connection: GapNotice | null = null;
  #overflow: GapNotice | null = null;

  get isOpen(): boolean {
    return this.#connection !== null;
  }

  get isOverflowing(): boolean {
    return this.#overflow !== null;
  }

  open(startUs: EpochUs, reason: GapReason): GapNotice {
    assert(this.#connection === null, 'a gap inside a gap is the same gap');
    this.#connection = { kind: 'gap', id: this.#nextId++, startUs, endUs: null, reason, framesLost: 0 };
    return this.#connection;
  }

  close(endUs: EpochUs): GapNotice {
    assert(this.#connection !== null, 'only an open gap can be closed');
    const closed = { ...this.#connection, endUs: Math.max(endUs, this.#connection.startUs) };
    this.#connection = null;
    return closed;
  }

  /** A frame was refused by our ring. The opening notice for the first, null for the rest. */
  frameLost(lastGoodUs: EpochUs): GapNotice | null {
    if (this.#overflow !== null) {
      this.#overflow = { ...this.#overflow, framesLost: this.#overflow.framesLost + 1 };
      return null;
    }
    this.#overflow = {
      kind: 'gap',
      id: this.#nextId++,
      startUs: lastGoodUs,
      endUs: null,
      reason: 'overflow',
      framesLost: 1,
    };
    return this.#overflow;
  }

  /** The ring takes frames again: the closing notice with the number of frames lost. */
  overflowEnded(endUs: EpochUs): GapNotice {
    assert(this.#overflow !== null, 'only an overflow that began can end');
    const closed = { ...this.#overflow, endUs: Math.max(endUs, this.#overflow.startUs) };
    this.#overflow = null;
    return closed;
  }
}
