/**
 * Market rows for one window. It remembers the version of each row it sent last, so a frame holds exactly the rows that
 * changed since, however long ago that was: a stalled window costs nothing and catches up with a single frame.
 */
import { createRowsFrame } from '#protocol';
import type { RowSource } from './row-source.ts';

/** Rows whose tick rate is looked at again each frame although nothing happened to them: 1 in this many. */
const SWEEP_FRAMES = 50;
/** A silent row is sent again when its tick rate faded by this share of what the window shows. */
const FADE_SHARE = 0.4;
/** A row that shows less than this many trades a second shows 0.0 and need not fade further. */
const FADE_FLOOR = 0.05;

export class RowStream {
  #source: RowSource;
  readonly #epoch: number;
  #seen: Uint32Array;
  #sentRates: Float32Array;
  #changed: Uint32Array;
  #isFirst = true;
  #sweepAt = 0;

  constructor(source: RowSource, epoch: number) {
    this.#source = source;
    this.#epoch = epoch;
    const capacity = source.versions.length;
    this.#seen = new Uint32Array(capacity);
    this.#sentRates = new Float32Array(capacity);
    this.#changed = new Uint32Array(capacity);
  }

  /** Switches between the live and a past view; the next frame is a snapshot. */
  switchTo(source: RowSource): void {
    this.#source = source;
    this.#seen = new Uint32Array(source.versions.length);
    this.#sentRates = new Float32Array(source.versions.length);
    this.#changed = new Uint32Array(source.versions.length);
    this.#isFirst = true;
    this.#sweepAt = 0;
  }

  /**
   * The rows below `known` that changed since the last frame, or undefined when none did. `known` is how many names the
   * window has: a row never arrives before its name. The first frame is a snapshot, even an empty one.
   */
  next(frame: number, known: number): Uint8Array | undefined {
    const rows = Math.min(known, this.#source.rowCount());
    let count = this.#collectChanged(rows);
    count = this.#collectFaded(rows, count);
    if (count === 0 && !this.#isFirst) return undefined;
    const head = {
      snapshot: this.#isFirst,
      past: this.#source.isPast,
      frame,
      epoch: this.#epoch,
      atUs: this.#source.nowUs(),
    };
    const made = createRowsFrame(count, head);
    made.rows.set(this.#changed.subarray(0, count));
    this.#source.fill(made.rows, count, made.columns);
    for (let i = 0; i < count; i++) this.#sentRates[made.rows[i] as number] = made.columns.tickRate[i] as number;
    this.#isFirst = false;
    return made.bytes;
  }

  /** The version is read before the row: a change that lands in between is sent again, never missed. */
  #collectChanged(rows: number): number {
    const versions = this.#source.versions;
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const version = Atomics.load(versions, row);
      if (version === this.#seen[row]) continue;
      this.#seen[row] = version;
      this.#changed[count++] = row;
    }
    return count;
  }

  #collectFaded(rows: number, already: number): number {
    if (this.#source.isPast || rows === 0) return already;
    let count = already;
    const step = Math.ceil(rows / SWEEP_FRAMES);
    const from = this.#sweepAt >= rows ? 0 : this.#sweepAt;
    const to = Math.min(rows, from + step);
    this.#sweepAt = to;
    const isTaken = (row: number): boolean => {
      let low = 0;
      let high = already;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((this.#changed[middle] as number) < row) low = middle + 1;
        else high = middle;
      }
      return low < already && this.#changed[low] === row;
    };
    for (let row = from; row < to; row++) {
      const shown = this.#sentRates[row] as number;
      if (shown < FADE_FLOOR || this.#source.tickRate(row) > shown * (1 - FADE_SHARE) || isTaken(row)) continue;
      this.#changed[count++] = row;
    }
    return count;
  }
}
