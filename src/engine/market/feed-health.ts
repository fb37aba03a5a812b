/**
 * Judges the feed by the hour: silence at 10:00 is an alarm, at 03:00 it is not. Pure functions over what is known; the
 * kernel asks about once a second. docs/specs/feed.md, FEED40 and following.
 */
import type { EpochUs, SymbolId } from '../model/units.ts';
import type { FeedState } from '../ports/feed.ts';
import type { ViewColumns } from './view-columns.ts';
import { HaltState, PHASE_CODE } from './view-columns.ts';

export type PhaseCode = (typeof PHASE_CODE)[keyof typeof PHASE_CODE];
export type FeedAlarmCode = 'feed-down' | 'feed-silent' | 'feed-late' | 'feed-gap';

export interface FeedFacts {
  readonly state: FeedState;
  readonly phase: PhaseCode;
  readonly nowUs: EpochUs;
  /** Receive time of the latest market data; 0 when there was none. */
  readonly lastDataUs: EpochUs;
  /** p99 of the lag over the last window; NaN without data. */
  readonly lagP99Us: number;
  readonly isGapOpen: boolean;
  /** Delay the plan itself has (15 min for delayed plans). */
  readonly planDelayUs?: number;
}

export interface FeedAlarm {
  readonly code: FeedAlarmCode;
  readonly message: string;
}

/** Silence of the whole market longer than this is an alarm, by phase; Infinity where silence is normal. */
export const SILENCE_US: Readonly<Record<PhaseCode, number>> = {
  [PHASE_CODE.closed]: Infinity,
  [PHASE_CODE.pre]: 60_000_000,
  [PHASE_CODE.regular]: 3_000_000,
  [PHASE_CODE.post]: 60_000_000,
  [PHASE_CODE.overnight]: Infinity,
};
/** A p99 lag above this is an alarm. */
export const LATE_US = 2_000_000;

/** The worst thing wrong with the feed now, or null. */
export function judgeFeed(facts: FeedFacts): FeedAlarm | null {
  const limitUs = SILENCE_US[facts.phase];
  if (limitUs === Infinity)
    return facts.state === 'failed' ? { code: 'feed-down', message: 'The feed has failed.' } : null;
  if (facts.state !== 'live')
    return { code: 'feed-down', message: `The feed is not live (${facts.state}) while the market is open.` };
  const silentUs = facts.nowUs - facts.lastDataUs;
  if (silentUs > limitUs)
    return { code: 'feed-silent', message: `No market data for ${Math.round(silentUs / 1e6)} s.` };
  if (facts.isGapOpen) return { code: 'feed-gap', message: 'Market data is being lost.' };
  const lateUs = facts.lagP99Us - (facts.planDelayUs ?? 0);
  if (lateUs > LATE_US) return { code: 'feed-late', message: `Market data is ${(lateUs / 1e6).toFixed(1)} s late.` };
  return null;
}

/** A symbol is called stale after this many of its usual intervals, within the bounds below. */
const INTERVALS = 60;
const STALE_MIN_US = 10_000_000;
const STALE_MAX_US = 900_000_000;

/** Silence after which a symbol with `eventsPerS` usual events a second is stale; Infinity when it may be silent all phase. */
export function staleAfterUs(eventsPerS: number, phase: PhaseCode): number {
  if (phase !== PHASE_CODE.regular) return Infinity;
  if (!(eventsPerS > 0)) return STALE_MAX_US;
  return Math.min(STALE_MAX_US, Math.max(STALE_MIN_US, (INTERVALS / eventsPerS) * 1e6));
}

/** Usual events a second of a symbol over the day so far: quotes and trades since `sinceUs`. */
export function usualRate(view: ViewColumns, symbol: SymbolId, sinceUs: EpochUs, nowUs: EpochUs): number {
  const events = (view.tradeCount[symbol] as number) + (view.quoteCount[symbol] as number);
  const seconds = (nowUs - sinceUs) / 1e6;
  return seconds > 0 ? events / seconds : 0;
}

/** Time of the latest sign of life of a symbol; 0 when there was none. */
export function lastSeenUs(view: ViewColumns, symbol: SymbolId): EpochUs {
  return Math.max(view.quoteTimeUs[symbol] as number, view.anyTradeTimeUs[symbol] as number);
}

/**
 * Silent far beyond what is usual for it at this hour. A halted symbol is silent for a reason and not stale; one whose halt
 * is only suspected from its silence is.
 */
export function isStale(
  view: ViewColumns,
  symbol: SymbolId,
  phase: PhaseCode,
  sinceUs: EpochUs,
  nowUs: EpochUs,
): boolean {
  const halt = view.halt[symbol] as number;
  if (halt === HaltState.halted || halt === HaltState.quoting) return false;
  const seenUs = Math.max(lastSeenUs(view, symbol), sinceUs);
  return nowUs - seenUs > staleAfterUs(usualRate(view, symbol, sinceUs, nowUs), phase);
}

/**
 * May a position in this symbol still be trusted to its exits? Blind: the feed is down, silent or holed while the market
 * is open, or the symbol is stale. A late feed is not blind yet; the alarm says so.
 */
export function isBlind(alarm: FeedAlarm | null, isSymbolStale: boolean): boolean {
  return isSymbolStale || (alarm !== null && alarm.code !== 'feed-late');
}
