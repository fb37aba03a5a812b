/**
 * Messages made beforehand and stamped when sent: a sender that makes text on the clock measures itself. Stamps and
 * sequence numbers are written over in place; every pass over the pool goes on counting, so nothing looks like a repeat.
 */
import { FrameMaker } from './frames.ts';

const STAMP = '1772461800000';
const SEQUENCE_BASE = 1_000_000_000;

export interface PooledFrame {
  readonly bytes: Buffer;
  readonly events: number;
  /** Where the 13 digits of each stamp begin. */
  readonly stamps: readonly number[];
  /** Where the 10 digits of each sequence begin, and its number in the first pass. */
  readonly sequences: readonly (readonly [at: number, first: number])[];
}

export class FramePool {
  readonly frames: readonly PooledFrame[];
  /** Added to all sequences with every pass. */
  readonly #stride: number;
  #at = 0;
  #pass = 0;

  constructor(events: number, seed: number) {
    const maker = new FrameMaker({ seed, sequenceBase: SEQUENCE_BASE });
    const frames: PooledFrame[] = [];
    let highest = 0;
    while (maker.events < events) {
      const before = maker.events;
      const text = maker.next(Number(STAMP));
      const stamps = [...text.matchAll(new RegExp(STAMP, 'g'))].map((match) => match.index);
      const sequences = [...text.matchAll(/"q":(\d{10})/g)].map(
        (match) => [match.index + 4, Number(match[1])] as const,
      );
      for (const [, first] of sequences) highest = Math.max(highest, first - SEQUENCE_BASE);
      frames.push({ bytes: Buffer.from(text), events: maker.events - before, stamps, sequences });
    }
    this.frames = frames;
    this.#stride = highest + 1;
  }

  /** The next message, stamped. Its bytes are overwritten when the pool comes round; send a copy. */
  next(nowMs: number): PooledFrame {
    const frame = this.frames[this.#at] as PooledFrame;
    const { bytes, stamps, sequences } = frame;
    for (const at of stamps) writeDigits(bytes, at, nowMs, 13);
    if (this.#pass > 0)
      for (const [at, first] of sequences) writeDigits(bytes, at, first + this.#pass * this.#stride, 10);
    if (++this.#at === this.frames.length) {
      this.#at = 0;
      this.#pass++;
    }
    return frame;
  }
}

function writeDigits(bytes: Buffer, at: number, value: number, digits: number): void {
  let high = Math.floor(value / 1e6);
  let low = value - high * 1e6;
  for (let i = digits - 1; i >= digits - 6; i--) {
    bytes[at + i] = 48 + (low % 10);
    low = (low / 10) | 0;
  }
  for (let i = digits - 7; i >= 0; i--) {
    bytes[at + i] = 48 + (high % 10);
    high = (high / 10) | 0;
  }
}
