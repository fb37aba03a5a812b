/**
 * The halt state of a symbol: what halts it, what ends a halt, and what merely looks like one. Every way a halt can be told
 * ends here. Rules HALT1.. in docs/specs/market-view.md.
 */
import { US_PER_SECOND } from '../model/units.ts';
import { Row, ROW_STRIDE } from './row-state.ts';
import { Eligibility, QuoteBit, TRADE_MARK_BIT } from './update-rules.ts';
import type { ViewColumns } from './view-columns.ts';
import { HALT_REASONS, HaltState } from './view-columns.ts';

/** An ordinary print proves trading only this long after the halt message: reports of earlier trades come late. */
const HALT_GRACE_US = 10 * US_PER_SECOND;
/** Silence of an active symbol that suggests a halt nobody told. */
const SILENCE_US = 20 * US_PER_SECOND;
const ACTIVE_TRADES_PER_SECOND = 0.5;
/** The whole market must have spoken this recently for one symbol's silence to mean anything. */
const MARKET_ALIVE_US = 2 * US_PER_SECOND;
/** Reasons that end with the day; regulatory halts may last for weeks. */
const DAY_REASONS: ReadonlySet<string> = new Set([
  '',
  'LUDP',
  'LUDS',
  'T5',
  'M',
  'MWC1',
  'MWC2',
  'MWC3',
  'quote',
  'silence',
]);
const SILENCE = HALT_REASONS.indexOf('silence');

/** Index into HALT_REASONS; 0 for a reason nobody knows. */
export function haltReasonIndex(reason: string): number {
  return Math.max(0, (HALT_REASONS as readonly string[]).indexOf(reason));
}

/** A halt was told. Messages older than the last one heeded are ignored. */
export function beginHalt(c: ViewColumns, rows: Float64Array, s: number, reason: number, timeUs: number): void {
  if (!heed(rows, s, timeUs)) return;
  const state = c.halt[s] as number;
  if (state === HaltState.trading || state === HaltState.suspected) {
    c.haltSinceUs[s] = timeUs;
    (c.haltCount[s] as number)++;
  }
  c.halt[s] = HaltState.halted;
  c.haltReason[s] = reason;
}

/** Trading goes on, as told or as proven by a print. */
export function endHalt(c: ViewColumns, rows: Float64Array, s: number, timeUs: number): void {
  if (heed(rows, s, timeUs)) clearHalt(c, s);
}

export function clearHalt(c: ViewColumns, s: number): void {
  c.halt[s] = HaltState.trading;
  c.haltReason[s] = 0;
  c.haltSinceUs[s] = 0;
}

/** A print while the symbol is not trading: a reopening print, or enough time for the print to prove trading. */
export function printWhileHalted(
  c: ViewColumns,
  rows: Float64Array,
  s: number,
  word: number,
  timeUs: number,
  result: number,
): void {
  const isReopening = (word & TRADE_MARK_BIT.reopening) !== 0;
  if ((result & Eligibility.counts) === 0 && !isReopening) return;
  const provesTrading = (result & Eligibility.late) === 0 && timeUs >= (c.haltSinceUs[s] as number) + HALT_GRACE_US;
  if (c.halt[s] === HaltState.suspected || isReopening || provesTrading) endHalt(c, rows, s, timeUs);
}

/** A quote that speaks of a halt, or one while the symbol is not trading. `flags` are the quote's own. */
export function quoteAndHalt(
  c: ViewColumns,
  rows: Float64Array,
  s: number,
  word: number,
  flags: number,
  timeUs: number,
): void {
  if ((word & QuoteBit.halted) !== 0)
    beginHalt(c, rows, s, (word >> QuoteBit.reasonShift) & QuoteBit.reasonMask, timeUs);
  else if ((word & QuoteBit.resume) !== 0) endHalt(c, rows, s, timeUs);
  else if (c.halt[s] === HaltState.suspected) clearHalt(c, s);
  // Firm two-sided quotes are back, the reopening print is still to come.
  else if (c.halt[s] === HaltState.halted && flags === 0 && timeUs >= (c.haltSinceUs[s] as number) + HALT_GRACE_US)
    c.halt[s] = HaltState.quoting;
}

/** Marks an active symbol that fell silent while the market speaks. True when it was marked. */
export function suspectHalt(c: ViewColumns, rows: Float64Array, s: number, nowUs: number, marketUs: number): boolean {
  if (c.halt[s] !== HaltState.trading) return false;
  if ((rows[s * ROW_STRIDE + Row.rate60s] as number) < ACTIVE_TRADES_PER_SECOND) return false;
  const seenUs = Math.max(c.anyTradeTimeUs[s] as number, c.quoteTimeUs[s] as number);
  if (nowUs - seenUs < SILENCE_US || nowUs - marketUs > MARKET_ALIVE_US) return false;
  c.halt[s] = HaltState.suspected;
  c.haltReason[s] = SILENCE;
  c.haltSinceUs[s] = seenUs;
  return true;
}

/** Whether the halt a row is in ends with the trading day. */
export function endsWithDay(c: ViewColumns, s: number): boolean {
  return DAY_REASONS.has(HALT_REASONS[c.haltReason[s] as number] ?? '');
}

function heed(rows: Float64Array, s: number, timeUs: number): boolean {
  const at = s * ROW_STRIDE + Row.haltTimeUs;
  if (timeUs < (rows[at] as number)) return false;
  rows[at] = timeUs;
  return true;
}
