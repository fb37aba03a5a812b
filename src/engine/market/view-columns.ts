/**
 * The columns of the market view: one row a symbol, in shared memory, written by the kernel alone and readable by any
 * thread of the engine process. Units: dollars, shares, epoch microseconds, basis points where the name says so.
 * A price of 0 means "none yet"; NaN means "not computable".
 */
import type { ColumnsOf } from '../lib/columns.ts';

export const VIEW_COLUMNS = {
  // last trade that was allowed to set last
  last: 'f64',
  lastSize: 'f64',
  lastTimeUs: 'f64',
  lastVenue: 'u8',
  // NBBO
  bid: 'f64',
  ask: 'f64',
  bidSize: 'f64',
  askSize: 'f64',
  bidVenue: 'u8',
  askVenue: 'u8',
  quoteTimeUs: 'f64',
  quoteConditions: 'u16',
  // the day
  dayOpen: 'f64',
  dayHigh: 'f64',
  dayLow: 'f64',
  previousClose: 'f64',
  /** Highest and lowest eligible print over all phases of the day. */
  sessionHigh: 'f64',
  sessionLow: 'f64',
  volume: 'f64',
  notional: 'f64',
  tradeCount: 'u32',
  quoteCount: 'u32',
  // per phase, for VWAP by session phase
  preVolume: 'f64',
  preNotional: 'f64',
  regularVolume: 'f64',
  regularNotional: 'f64',
  postVolume: 'f64',
  postNotional: 'f64',
  // activity
  /** Exponentially weighted events a second over about 1, 10 and 60 s. Trades only. */
  tickRate1s: 'f32',
  tickRate10s: 'f32',
  tickRate60s: 'f32',
  rateTimeUs: 'f64',
  /** Volume so far against the usual volume by this minute of the day; NaN without a profile. */
  relativeVolume: 'f32',
  /** Typical NBBO spread of this symbol, dollars (slow average over quotes that are firm and uncrossed). */
  typicalSpread: 'f32',
  /** Realised volatility: standard deviation of one-minute log returns over about 30 minutes, as a fraction. */
  volatility: 'f32',
  upTicks: 'u32',
  downTicks: 'u32',
  lastDirection: 'u8',
  // state
  /** SessionPhase as PHASE_CODE. */
  phase: 'u8',
  /** HaltState. */
  halt: 'u8',
  /** HALT_REASONS index. */
  haltReason: 'u8',
  haltSinceUs: 'f64',
  luldLow: 'f64',
  luldHigh: 'f64',
  luldTimeUs: 'f64',
  /** Short-sale restriction (Rule 201). */
  isSsr: 'u8',
  /** No trustworthy data: feed down, gap not yet healed, or silent far beyond what is usual at this hour. */
  isBlind: 'u8',
  /** The latest quote is crossed or locked or non-firm: CROSSED 1, LOCKED 2, NON_FIRM 4, ONE_SIDED 8. */
  quoteFlags: 'u8',
  // last seen, whatever the print's eligibility
  anyTradeTimeUs: 'f64',
  tradeSequence: 'f64',
  quoteSequence: 'f64',
  /** Bumped after every change of the row; readers compare it with what they last saw. */
  version: 'u32',
  /** Last counted print of the regular session, then the closing cross; the previous close of tomorrow. */
  regularClose: 'f64',
  /** Usual shares a day, from reference data; 0 when unknown. */
  averageVolume: 'f64',
  /** Halts told by the feed since the start of the day; a bar that saw it change contains a halt. */
  haltCount: 'u32',
  /** Since when the NBBO is crossed; means nothing while it is not. */
  crossedSinceUs: 'f64',
} as const;

export type ViewColumns = ColumnsOf<typeof VIEW_COLUMNS>;

export const PHASES = ['closed', 'pre', 'regular', 'post', 'overnight'] as const;
export const PHASE_CODE = { closed: 0, pre: 1, regular: 2, post: 3, overnight: 4 } as const;

export const HaltState = { trading: 0, halted: 1, quoting: 2, suspected: 3 } as const;
export const HALT_REASONS = [
  '',
  'LUDP',
  'LUDS',
  'T1',
  'T2',
  'T3',
  'T5',
  'T6',
  'T8',
  'T12',
  'H4',
  'H9',
  'H10',
  'H11',
  'M',
  'MWC1',
  'MWC2',
  'MWC3',
  'IPO1',
  'D',
  'quote',
  'silence',
] as const;

export const QuoteFlag = { crossed: 1, locked: 2, nonFirm: 4, oneSided: 8 } as const;
