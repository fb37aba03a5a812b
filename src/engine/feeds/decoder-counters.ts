/** What the frame decoder counts: everything it delivered, ignored, refused or could not read. Nothing is dropped unseen. */

/** Why one well-formed event was refused. The codes are stable: they are stored and shown. */
export const REFUSAL_REASONS = ['symbol', 'type', 'time', 'price', 'size', 'conditions'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export interface DecoderCounters {
  frames: number;
  bytes: number;
  trades: number;
  quotes: number;
  lulds: number;
  statuses: number;
  /** A and AM: known, and of no use here because bars are built from trades. */
  aggregates: number;
  imbalances: number;
  fairValues: number;
  /** Objects with an `ev` we do not know, or without a usable one. */
  unknown: number;
  /** Elements of a frame that are not objects. */
  notEvents: number;
  /** Keys we do not know, in any event. */
  unknownKeys: number;
  /** Events of exchange test tickers. */
  excluded: number;
  /** Events of a new symbol after the symbol table was full. */
  tableFull: number;
  /** Broken stretches of bytes: each is one event (or separator) that could not be read. */
  malformed: number;
  /** Frames that ended before their end. */
  truncated: number;
  /** A `ds` that was there and was not a usable decimal; `s` was taken instead. */
  badDecimalSizes: number;
  /** Statuses forgotten because nobody took them in time. */
  statusesLost: number;
  /** Frames over the size limit, refused whole. */
  oversized: number;
  readonly refused: Record<RefusalReason, number>;
}

export function createDecoderCounters(): DecoderCounters {
  return {
    frames: 0,
    bytes: 0,
    trades: 0,
    quotes: 0,
    lulds: 0,
    statuses: 0,
    aggregates: 0,
    imbalances: 0,
    fairValues: 0,
    unknown: 0,
    notEvents: 0,
    unknownKeys: 0,
    excluded: 0,
    tableFull: 0,
    malformed: 0,
    truncated: 0,
    badDecimalSizes: 0,
    statusesLost: 0,
    oversized: 0,
    refused: { symbol: 0, type: 0, time: 0, price: 0, size: 0, conditions: 0 },
  };
}

/** Everything that should have been an event and could not be used, for whatever reason. */
export function unusableTotal(counters: DecoderCounters): number {
  const { malformed, truncated, oversized, notEvents, tableFull } = counters;
  return refusedTotal(counters) + malformed + truncated + oversized + notEvents + tableFull;
}

/** Events that were well-formed and refused, over all reasons. */
export function refusedTotal(counters: DecoderCounters): number {
  let total = 0;
  for (const reason of REFUSAL_REASONS) total += counters.refused[reason];
  return total;
}
