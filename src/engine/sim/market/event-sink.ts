/**
 * Where a market's events go as they happen: a frame writer, a bar aggregator, a counter in a test. Calls carry numbers
 * only, so that nothing is allocated per event.
 *
 * Units: `timeMs` is SIP time in epoch milliseconds; prices are integer micro-dollars (0 = this side is missing); sizes
 * are integer micro-shares (1,000,000 = one share) on trades and whole shares on quotes.
 */
export interface EventSink {
  trade(
    symbol: number,
    timeMs: number,
    participantMs: number,
    venue: number,
    priceMicros: number,
    sizeMicros: number,
    /** Id in the sink's ConditionSets; 0 is the empty set. */
    conditionSet: number,
    tradeId: number,
    sequence: number,
    /** 201, 202 or 203 for an off-exchange print, else 0. */
    trfId: number,
    trfMs: number,
  ): void;
  quote(
    symbol: number,
    timeMs: number,
    participantMs: number,
    bidVenue: number,
    bidMicros: number,
    bidShares: number,
    askVenue: number,
    askMicros: number,
    askShares: number,
    /** One quote condition, 0 for none. */
    condition: number,
    /** One quote indicator, 0 for none. */
    indicator: number,
    sequence: number,
  ): void;
  /** `timeSubNs` is 0..999,999: what the vendor's nanosecond stamp adds to `timeMs`. */
  luld(
    symbol: number,
    timeMs: number,
    timeSubNs: number,
    lowMicros: number,
    highMicros: number,
    indicator: number,
    sequence: number,
  ): void;
}

/** One security of the market. */
export interface ListedSymbol {
  readonly name: string;
  /** The vendor's type code: CS, ETF, ADRC, PFD, WARRANT, ... */
  readonly type: string;
  /** Listing tape: 1 NYSE, 2 American/Arca/BZX, 3 Nasdaq. */
  readonly tape: number;
  /** Primary exchange as a MIC. */
  readonly mic: string;
  /** About where it trades, dollars; 0 when unknown. */
  readonly typicalPrice: number;
}

/** The hours of one trading day as instants, epoch microseconds, and the days around it. */
export interface MarketDay {
  /** YYYY-MM-DD in New York. */
  readonly day: string;
  /** Days since 1970-01-01 of this day and of the trading day before it: the inputs of the price path. */
  readonly dayNumber: number;
  readonly previousDayNumber: number;
  readonly preOpenUs: number;
  readonly openUs: number;
  readonly closeUs: number;
  readonly endUs: number;
}
