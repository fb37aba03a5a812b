/**
 * An input to the kernel as the tape keeps it, and the frames in which the kernel hands inputs to the store worker. A
 * market frame is rows of 64 bytes copied out of the batch's columns, because that is the cheapest thing the kernel can
 * do: about ten nanoseconds an event and no garbage. Encoding and compression happen on the other side.
 */
import { assert } from '../lib/assert.ts';
import type { EventBatch } from '../model/event-batch.ts';
import type { EpochUs, InputNo } from '../model/units.ts';

/** Stable numbers: they are on disk. */
export const TAPE_KINDS = ['', 'market', 'feed', 'time', 'durable', 'broker', 'command', 'hole', 'note'] as const;
export type TapeKind = Exclude<(typeof TAPE_KINDS)[number], ''>;
export const TAPE_KIND_CODE: Readonly<Record<TapeKind, number>> = {
  market: 1,
  feed: 2,
  time: 3,
  durable: 4,
  broker: 5,
  command: 6,
  hole: 7,
  note: 8,
};

/** What a reader yields. For `market` the rows are in the reader's batch; `body` is the parsed JSON of the other kinds. */
export interface TapeInput {
  readonly inputNo: InputNo;
  readonly kind: TapeKind;
  readonly receivedUs: EpochUs;
  /** Journal sequence for `durable`, 0 otherwise. */
  readonly seq: number;
  readonly body: unknown;
}

/** Body of a `hole`: inputs that never reached the tape because the store could not keep up or the disk was full. */
export interface TapeHole {
  readonly fromInputNo: InputNo;
  readonly toInputNo: InputNo;
  readonly inputs: number;
  readonly events: number;
  readonly reason: string;
}

const ROW_DOUBLES = 8;
const HEAD_DOUBLES = 2;
export const MARKET_ROW_BYTES = ROW_DOUBLES * 8;
export const MARKET_HEAD_BYTES = HEAD_DOUBLES * 8;

/** Where a market frame is put together before it is pushed. */
export interface MarketStaging {
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  readonly words: Uint32Array;
  readonly rowsMax: number;
}

export function createMarketStaging(rowsMax: number): MarketStaging {
  const buffer = new ArrayBuffer(MARKET_HEAD_BYTES + rowsMax * MARKET_ROW_BYTES);
  return {
    bytes: new Uint8Array(buffer),
    doubles: new Float64Array(buffer),
    words: new Uint32Array(buffer),
    rowsMax,
  };
}

/** Copies rows [from, to) of the batch into the staging area; returns the frame's length in bytes. */
export function packMarketFrame(
  staging: MarketStaging,
  inputNo: InputNo,
  batch: EventBatch,
  from: number,
  to: number,
): number {
  assert(to - from <= staging.rowsMax, 'the caller cuts batches to the staging size');
  const { doubles, words } = staging;
  doubles[0] = inputNo;
  doubles[1] = batch.receivedUs;
  let at = HEAD_DOUBLES;
  for (let i = from; i < to; i++, at += ROW_DOUBLES) {
    doubles[at] = batch.timeUs[i] as number;
    doubles[at + 1] = batch.sequence[i] as number;
    doubles[at + 2] = batch.price[i] as number;
    doubles[at + 3] = batch.size[i] as number;
    doubles[at + 4] = batch.price2[i] as number;
    doubles[at + 5] = batch.size2[i] as number;
    const word = at * 2 + 12;
    words[word] = batch.symbol[i] as number;
    words[word + 1] =
      (batch.kind[i] as number) |
      ((batch.venue[i] as number) << 8) |
      ((batch.venue2[i] as number) << 16) |
      ((batch.tape[i] as number) << 24);
    words[word + 2] = (batch.flags[i] as number) | ((batch.conditions[i] as number) << 16);
  }
  return at * 8;
}

/** Appends the rows of a market frame to `batch`, which has room. `doubles` and `words` start at the frame. */
export function unpackMarketRows(doubles: Float64Array, words: Uint32Array, rows: number, batch: EventBatch): void {
  assert(batch.length + rows <= batch.capacity, 'the caller made room');
  let at = HEAD_DOUBLES;
  for (let i = batch.length, end = i + rows; i < end; i++, at += ROW_DOUBLES) {
    batch.timeUs[i] = doubles[at] as number;
    batch.sequence[i] = doubles[at + 1] as number;
    batch.price[i] = doubles[at + 2] as number;
    batch.size[i] = doubles[at + 3] as number;
    batch.price2[i] = doubles[at + 4] as number;
    batch.size2[i] = doubles[at + 5] as number;
    const word = at * 2 + 12;
    batch.symbol[i] = words[word] as number;
    const packed = words[word + 1] as number;
    batch.kind[i] = packed & 255;
    batch.venue[i] = (packed >>> 8) & 255;
    batch.venue2[i] = (packed >>> 16) & 255;
    batch.tape[i] = packed >>> 24;
    const more = words[word + 2] as number;
    batch.flags[i] = more & 255;
    batch.conditions[i] = more >>> 16;
  }
  batch.length += rows;
}
