/**
 * A bounded single-producer, single-consumer ring of byte frames in shared memory, between the thread that owns a socket
 * and the kernel. The producer never waits: when a frame does not fit it is refused, counted, and the producer decides
 * (the feed worker records a gap and asks for a resync).
 *
 * Layout: 64 control bytes (head, tail, counters, doorbell), then the data. A frame is an 16-byte header
 * (u32 length, u32 tag, f64 stampUs) and its bytes, padded to 8; a frame never wraps: a length of SKIP sends the reader
 * back to the start. A frame of up to half the ring fits an empty ring; a longer one may be refused once before it does.
 */
import { assert } from './assert.ts';

const CONTROL_BYTES = 64;
export const FRAME_HEADER_BYTES = 16;
const HEADER_BYTES = FRAME_HEADER_BYTES;
/** Length that sends a reader back to the start. */
export const FRAME_SKIP = 0xffffffff;
const SKIP = FRAME_SKIP;

// Int32 slots of the control block. Positions are 32-bit byte offsets into the data area.
const HEAD = 0; // written by the producer
const TAIL = 1; // written by the consumer
const REFUSED = 2;
const DOORBELL = 3;
const PUSHED = 4;
const POPPED = 5;

export interface FrameRingStats {
  readonly capacityBytes: number;
  readonly usedBytes: number;
  readonly pushed: number;
  readonly popped: number;
  readonly refused: number;
}

export class FrameRing {
  readonly buffer: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly #control: Int32Array;
  readonly #words: Uint32Array;
  readonly #stamps: Float64Array;
  readonly #capacity: number;

  /** Fields of the frame that `next` found; valid until `release`. */
  start = 0;
  end = 0;
  tag = 0;
  stampUs = 0;
  #nextTail = 0;
  /** Where `next` looks while frames are held; -1 when none is. */
  #cursor = -1;
  #held = 0;

  constructor(source: number | SharedArrayBuffer) {
    this.buffer =
      typeof source === 'number' ? new SharedArrayBuffer(CONTROL_BYTES + Math.ceil(source / 8) * 8) : source;
    this.#control = new Int32Array(this.buffer, 0, CONTROL_BYTES / 4);
    this.bytes = new Uint8Array(this.buffer, CONTROL_BYTES);
    this.#words = new Uint32Array(this.buffer, CONTROL_BYTES);
    this.#stamps = new Float64Array(this.buffer, CONTROL_BYTES);
    this.#capacity = this.bytes.length;
    assert(this.#capacity >= 1024, 'a ring smaller than a frame is a mistake');
  }

  /** Producer: copies bytes[start, end) in. False when it does not fit; the refusal is counted. */
  push(bytes: Uint8Array, start: number, end: number, tag: number, stampUs: number): boolean {
    const length = end - start;
    const total = HEADER_BYTES + ((length + 7) & ~7);
    const at = this.#reserve(total);
    if (at < 0) {
      Atomics.add(this.#control, REFUSED, 1);
      return false;
    }
    this.#words[at >> 2] = length;
    this.#words[(at >> 2) + 1] = tag;
    this.#stamps[(at >> 3) + 1] = stampUs;
    this.bytes.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at + HEADER_BYTES);
    const next = at + total;
    Atomics.store(this.#control, HEAD, next === this.#capacity ? 0 : next);
    Atomics.add(this.#control, PUSHED, 1);
    this.ring();
    return true;
  }

  /** Producer: whether a frame of `length` bytes would be taken now. Counts nothing; for producers that may wait. */
  hasRoom(length: number): boolean {
    const total = HEADER_BYTES + ((length + 7) & ~7);
    const head = Atomics.load(this.#control, HEAD);
    const tail = Atomics.load(this.#control, TAIL);
    if (head < tail) return head + total < tail;
    return head + total < this.#capacity || (head + total === this.#capacity && tail > 0) || total < tail;
  }

  #reserve(total: number): number {
    const head = Atomics.load(this.#control, HEAD);
    const tail = Atomics.load(this.#control, TAIL);
    if (head >= tail) {
      // One byte less than full, so that head == tail always means empty.
      if (head + total < this.#capacity || (head + total === this.#capacity && tail > 0)) return head;
      if (total < tail) {
        this.#words[head >> 2] = SKIP;
        return 0;
      }
      // An empty ring whose ends are both too short would refuse this length for ever: send both sides to the start.
      if (head === tail && head > 0) {
        this.#words[head >> 2] = SKIP;
        Atomics.store(this.#control, HEAD, 0);
        this.ring();
      }
      return -1;
    }
    return head + total < tail ? head : -1;
  }

  /** Consumer: finds the next frame. False when empty. The bytes stay in place until `release`. */
  next(): boolean {
    const head = Atomics.load(this.#control, HEAD);
    let tail = this.#cursor >= 0 ? this.#cursor : Atomics.load(this.#control, TAIL);
    if (head === tail) return false;
    if (this.#words[tail >> 2] === SKIP) {
      tail = 0;
      if (head === 0) {
        if (this.#cursor >= 0) this.#cursor = 0;
        else Atomics.store(this.#control, TAIL, 0);
        return false;
      }
    }
    const length = this.#words[tail >> 2] as number;
    this.tag = this.#words[(tail >> 2) + 1] as number;
    this.stampUs = this.#stamps[(tail >> 3) + 1] as number;
    this.start = tail + HEADER_BYTES;
    this.end = this.start + length;
    const next = this.start + ((length + 7) & ~7);
    this.#nextTail = next === this.#capacity ? 0 : next;
    return true;
  }

  /** Consumer: gives the space of the current frame back. */
  release(): void {
    Atomics.store(this.#control, TAIL, this.#nextTail);
    Atomics.add(this.#control, POPPED, 1);
  }

  /** Consumer: goes on to the next frame and keeps the space of this one until `releaseHeld`. Not mixed with `release`. */
  hold(): void {
    this.#cursor = this.#nextTail;
    this.#held++;
  }

  /** Consumer: gives the space of all held frames back. */
  releaseHeld(): void {
    if (this.#held === 0) return;
    Atomics.store(this.#control, TAIL, this.#cursor);
    Atomics.add(this.#control, POPPED, this.#held);
    this.#cursor = -1;
    this.#held = 0;
  }

  /** Frames that were taken and not given back, and the bytes up to the end of them. */
  held(): { readonly frames: number; readonly bytes: number } {
    if (this.#held === 0) return { frames: 0, bytes: 0 };
    const tail = Atomics.load(this.#control, TAIL);
    const bytes = this.#cursor >= tail ? this.#cursor - tail : this.#capacity - tail + this.#cursor;
    return { frames: this.#held, bytes };
  }

  /**
   * For a third party that copies frames which the consumer still holds: where they begin and end in `bytes`, and how many
   * were ever given back and put in. The counts are at most what the places say. What is copied must be checked afterwards:
   * a copier that sleeps for a whole round of the ring finds other frames there.
   */
  span(): { readonly tail: number; readonly head: number; readonly popped: number; readonly pushed: number } {
    const popped = Atomics.load(this.#control, POPPED);
    const tail = Atomics.load(this.#control, TAIL);
    const pushed = Atomics.load(this.#control, PUSHED);
    return { popped, tail, pushed, head: Atomics.load(this.#control, HEAD) };
  }

  /** Wakes a consumer that waits; cheap when nobody does. */
  ring(): void {
    Atomics.add(this.#control, DOORBELL, 1);
    Atomics.notify(this.#control, DOORBELL);
  }

  /** The doorbell's count, to be read before looking at the queues and handed to `wait`. */
  doorbell(): number {
    return Atomics.load(this.#control, DOORBELL);
  }

  /** Blocks this thread until the bell was rung after `seen`, or `timeoutMs` passed. Worker threads only. */
  wait(seen: number, timeoutMs: number): void {
    Atomics.wait(this.#control, DOORBELL, seen, timeoutMs);
  }

  stats(): FrameRingStats {
    const head = Atomics.load(this.#control, HEAD);
    const tail = Atomics.load(this.#control, TAIL);
    return {
      capacityBytes: this.#capacity,
      usedBytes: head >= tail ? head - tail : this.#capacity - tail + head,
      pushed: Atomics.load(this.#control, PUSHED) >>> 0,
      popped: Atomics.load(this.#control, POPPED) >>> 0,
      refused: Atomics.load(this.#control, REFUSED) >>> 0,
    };
  }
}
