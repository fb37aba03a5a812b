/**
 * The one shape in which market data reaches the kernel, whatever it came from (socket, flat file, tape, simulator):
 * columns of a bounded batch. Decoders fill it in place; nothing in it is allocated per event.
 */
import type { ColumnsOf } from '../lib/columns.ts';
import { createColumns } from '../lib/columns.ts';

export const EventKind = {
  /** price, size, venue, conditions (ConditionSetId of sale conditions) */
  trade: 1,
  /** price/size/venue = bid; price2/size2/venue2 = ask. A missing side has price 0 and size 0. Zero is never a price. */
  quote: 2,
  /** price = lower band, price2 = upper band; conditions = ConditionSetId of the indicators */
  luld: 3,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

export const EventFlag = {
  /** The print was off-exchange (a TRF id was present). */
  trf: 1,
  /** The event arrived without a sequence number. */
  noSequence: 2,
} as const;

export const EVENT_COLUMNS = {
  kind: 'u8',
  symbol: 'i32',
  /** SIP time, epoch microseconds; NaN never: an event without a usable time is refused by the decoder. */
  timeUs: 'f64',
  /** SIP sequence, 0 when absent. */
  sequence: 'f64',
  price: 'f64',
  size: 'f64',
  price2: 'f64',
  size2: 'f64',
  venue: 'u8',
  venue2: 'u8',
  /** Listing tape 1 A, 2 B, 3 C; 0 when absent. */
  tape: 'u8',
  flags: 'u8',
  /** ConditionSetId; 0 is the empty set. For quotes: conditions then indicators (indicator ids are 500 and above or 1). */
  conditions: 'u16',
} as const;

export const EVENT_BATCH_CAPACITY = 4096;

export interface EventBatch extends ColumnsOf<typeof EVENT_COLUMNS> {
  /** Rows in use, 0..capacity. */
  length: number;
  readonly capacity: number;
  /** When the bytes of this batch were read off the wire, epoch microseconds. One batch, one receive time. */
  receivedUs: number;
}

export function createEventBatch(capacity: number = EVENT_BATCH_CAPACITY): EventBatch {
  return { ...createColumns(EVENT_COLUMNS, capacity), length: 0, capacity, receivedUs: 0 };
}

/** A batch over memory of somebody else's, from byte `start` on. */
export function createEventBatchIn(buffer: ArrayBuffer, start: number, capacity: number): EventBatch {
  return { ...createColumns(EVENT_COLUMNS, capacity, buffer, start), length: 0, capacity, receivedUs: 0 };
}
