/**
 * The recent past of one lossless topic: numbered items in a ring, kept as the JSON text that windows are sent. One log
 * serves every window; a window's queue is only its place in the log, so a stalled window costs nothing.
 */
import { assert } from '../../lib/assert.ts';

export class EventLog {
  readonly #items: string[] = [];
  readonly #keep: number;
  #next = 1;

  constructor(keep: number) {
    assert(keep > 0, 'a log keeps something');
    this.#keep = keep;
  }

  /** Sequence of the oldest item still here; equals `next` when there is none. */
  get first(): number {
    return this.#next - this.#items.length;
  }

  /** Sequence the next item will get. The first item ever has 1. */
  get next(): number {
    return this.#next;
  }

  append(json: string): void {
    if (this.#items.length < this.#keep) this.#items.push(json);
    else this.#items[(this.#next - 1) % this.#keep] = json;
    this.#next++;
  }

  /** The JSON of item `seq`, which must still be here. */
  at(seq: number): string {
    assert(seq >= this.first && seq < this.#next, 'only items that are still here are read');
    return this.#items[(seq - 1) % this.#keep] as string;
  }
}
