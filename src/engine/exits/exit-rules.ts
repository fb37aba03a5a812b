/**
 * When does a position leave? Exit rules are data, judged on every tick of the symbol (docs/specs/exits.md, EXI1 to EXI9).
 * Prices are judged at the NBBO bid, which is where a long position can be sold; a lone print never fires anything.
 */
import { assertNever } from '../lib/assert.ts';
import { compare } from '../model/compare.ts';
import type { ExitRule } from '../model/signal.ts';
import type { EpochUs, Micros } from '../model/units.ts';
import { toMicros } from '../model/units.ts';
import type { TradeRecord } from '../positions/trade-record.ts';

/** What the rules are judged by. One object, refilled in place. */
export interface ExitMarket {
  /** False when the quote is one-sided, crossed, not firm, blind or halted: prices are then not judged. */
  isQuoteGood: boolean;
  /** The bid is so far below the offer that it says nothing about what the shares are worth (EXI27). */
  isHollow: boolean;
  bid: Micros;
  ask: Micros;
  /** Changes with every quote. */
  quoteCount: number;
  last: Micros;
  lastTimeUs: EpochUs;
  quoteTimeUs: EpochUs;
  typicalSpread: Micros;
  /** Standard deviation of one-minute log returns; NaN or 0 when not known. */
  volatility: number;
}

export interface ExitSettings {
  /** Distinct quotes that must say the same before a falling price fires a rule. */
  readonly confirmQuotes: number;
  /** Or the price has stayed there for so long. */
  readonly confirmUs: number;
  /** A print at or beyond the firing price that is no older than this confirms a quote that says the same. */
  readonly corroborateUs: number;
  /** A bid is hollow when the spread is this many typical ones and this many basis points of the offer; both. */
  readonly hollowSpreads: number;
  readonly hollowBps: number;
  /** How long a hollow bid must last before it is believed: to fire a rule, and, when prints agree, to be sold into. */
  readonly hollowUs: number;
  /** In so long, after that, the price goes down to a hollow bid at which nothing is traded. */
  readonly hollowDescentUs: number;
  /** Trailing distance, percent of the peak, when the measure it is given in has never been known. */
  readonly fallbackTrailPercent: number;
}

export const DEFAULT_EXIT_SETTINGS: ExitSettings = {
  confirmQuotes: 2,
  confirmUs: 250_000,
  corroborateUs: 1_000_000,
  hollowSpreads: 8,
  hollowBps: 200,
  hollowUs: 2_000_000,
  hollowDescentUs: 10_000_000,
  fallbackTrailPercent: 1,
};

/** Lower goes first. Requests of the user and of risk come before every rule. */
export const PRECEDENCE = {
  kill: 0,
  manual: 1,
  risk: 2,
  'stop-loss': 3,
  trailing: 4,
  'give-back': 5,
  regime: 6,
  'phase-end': 7,
  'time-stop': 8,
  unwind: 9,
  'take-profit': 10,
} as const;
export type ExitCause = keyof typeof PRECEDENCE;

export type RegimeValues = ReadonlyMap<string, number>;

/** The bid at or below which (take-profit: at or above which) the rule fires; 0 when it has no price now. */
export function firingPrice(rule: ExitRule, trade: TradeRecord, settings: ExitSettings, market: ExitMarket): Micros {
  switch (rule.kind) {
    case 'take-profit':
    case 'stop-loss':
      return rule.price;
    case 'trailing': {
      if (trade.peakBid <= 0) return 0;
      if (rule.activateAt !== undefined && trade.peakBid < rule.activateAt) return 0;
      return Math.max(0, trade.peakBid - trailDistance(rule, trade, settings, market));
    }
    case 'give-back': {
      const peakGain = trade.peakBid - trade.position.averageCost;
      if (trade.peakBid <= 0 || peakGain <= 0 || peakGain < rule.minGain) return 0;
      return trade.position.averageCost + Math.round(peakGain * (1 - rule.fraction));
    }
    case 'time-stop':
    case 'phase-end':
    case 'regime':
      return 0;
    default:
      return assertNever(rule);
  }
}

function trailDistance(
  rule: Extract<ExitRule, { kind: 'trailing' }>,
  trade: TradeRecord,
  settings: ExitSettings,
  market: ExitMarket,
): Micros {
  const { unit, amount } = rule.by;
  switch (unit) {
    case 'price':
      return amount;
    case 'percent':
      return Math.round((trade.peakBid * amount) / 100);
    case 'spreads':
      if (market.typicalSpread > 0) trade.trailDistance = Math.round(market.typicalSpread * amount);
      break;
    case 'volatility':
      if (market.volatility > 0) trade.trailDistance = Math.round(trade.peakBid * market.volatility * amount);
      break;
    default:
      return assertNever(unit);
  }
  return trade.trailDistance > 0
    ? trade.trailDistance
    : Math.round((trade.peakBid * settings.fallbackTrailPercent) / 100);
}

/** When a rule of time fires; Infinity for rules of price. */
export function firingTime(rule: ExitRule, trade: TradeRecord): EpochUs {
  if (trade.openedUs === 0) return Infinity;
  if (rule.kind === 'time-stop') return trade.openedUs + rule.afterUs;
  if (rule.kind === 'phase-end') return trade.phaseEndUs - rule.beforeUs;
  return Infinity;
}

/** Updates peak and trough. A new peak or trough counts once two quotes running have reached it: one bad tick moves nothing. */
export function observeQuote(trade: TradeRecord, market: ExitMarket, nowUs: EpochUs): boolean {
  if (!market.isQuoteGood || market.quoteCount === trade.quoteCount) return false;
  const before = trade.bidBefore;
  trade.bidBefore = market.bid;
  trade.quoteCount = market.quoteCount;
  if (trade.position.held <= 0) return true;
  const low = before > 0 ? Math.min(before, market.bid) : market.bid;
  const high = before > 0 ? Math.max(before, market.bid) : market.bid;
  if (low > trade.peakBid) {
    trade.peakBid = low;
    trade.peakUs = nowUs;
  }
  if (trade.troughBid === 0 || high < trade.troughBid) {
    trade.troughBid = high;
    trade.troughUs = nowUs;
  }
  return true;
}

/**
 * The index of the most urgent rule that fires now, or -1. `isNewQuote`: the tick brought a quote not judged before.
 * Rules of falling price need confirmation, which is kept on the trade.
 */
export function firingRule(
  trade: TradeRecord,
  market: ExitMarket,
  settings: ExitSettings,
  regime: RegimeValues,
  isNewQuote: boolean,
  nowUs: EpochUs,
): number {
  let found = -1;
  let foundPrecedence = 99;
  let falling = -1;
  let fallingPrecedence = 99;
  for (let i = 0; i < trade.exits.length; i++) {
    const rule = trade.exits[i] as ExitRule;
    const precedence = PRECEDENCE[rule.kind];
    if (precedence >= trade.exit.precedence) continue;
    if (rule.kind === 'stop-loss' || rule.kind === 'trailing' || rule.kind === 'give-back') {
      if (!market.isQuoteGood || precedence >= fallingPrecedence) continue;
      const price = firingPrice(rule, trade, settings, market);
      if (price > 0 && market.bid <= price) {
        falling = i;
        fallingPrecedence = precedence;
      }
    } else if (precedence < foundPrecedence && firesNow(rule, trade, market, regime, nowUs)) {
      found = i;
      foundPrecedence = precedence;
    }
  }
  if (falling >= 0) {
    if (isConfirmed(trade, falling, market, settings, isNewQuote, nowUs) && fallingPrecedence < foundPrecedence)
      return falling;
  } else if (market.isQuoteGood) {
    trade.exit.confirmRule = -1;
    trade.exit.confirmCount = 0;
  }
  return found;
}

function firesNow(
  rule: ExitRule,
  trade: TradeRecord,
  market: ExitMarket,
  regime: RegimeValues,
  nowUs: EpochUs,
): boolean {
  switch (rule.kind) {
    case 'take-profit':
      return market.isQuoteGood && market.bid >= rule.price;
    case 'time-stop':
    case 'phase-end':
      return nowUs >= firingTime(rule, trade);
    case 'regime': {
      const value = regime.get(rule.measure);
      return value !== undefined && compare(value, rule.operator, rule.threshold);
    }
    case 'stop-loss':
    case 'trailing':
    case 'give-back':
      return false;
    default:
      return assertNever(rule);
  }
}

/**
 * EXI27: whether a bid is too far from the offer to be believed at once. Without a typical spread the basis points alone
 * decide, at a wider distance.
 */
export function isHollowBid(settings: ExitSettings, bid: Micros, ask: Micros, typicalSpread: Micros): boolean {
  if (bid <= 0 || ask <= bid) return false;
  const spread = ask - bid;
  const least = (ask * settings.hollowBps) / 10_000;
  return spread > (typicalSpread > 0 ? Math.max(least, typicalSpread * settings.hollowSpreads) : least * 2);
}

/** Enough quotes, or long enough, or a print that agrees with the quote: any of them, never a single quote alone. */
function isConfirmed(
  trade: TradeRecord,
  rule: number,
  market: ExitMarket,
  settings: ExitSettings,
  isNewQuote: boolean,
  nowUs: EpochUs,
): boolean {
  const exit = trade.exit;
  if (exit.confirmRule < 0) {
    exit.confirmCount = 0;
    exit.confirmSinceUs = nowUs;
  }
  exit.confirmRule = rule;
  if (isNewQuote || exit.confirmCount === 0) exit.confirmCount++;
  // However often a hollow bid is repeated, only its lasting or a print makes it true.
  if (!market.isHollow && exit.confirmCount >= settings.confirmQuotes) return true;
  if (nowUs - exit.confirmSinceUs >= (market.isHollow ? settings.hollowUs : settings.confirmUs)) return true;
  const price = firingPrice(trade.exits[rule] as ExitRule, trade, settings, market);
  return market.last > 0 && market.last <= price && market.lastTimeUs >= nowUs - settings.corroborateUs;
}

/** How a rule is named on the trade and in the journal. */
export function exitLabel(rule: ExitRule): string {
  switch (rule.kind) {
    case 'trailing':
      return `trailing ${rule.by.unit}`;
    case 'regime':
      return `regime ${rule.measure}`;
    case 'take-profit':
    case 'stop-loss':
    case 'give-back':
    case 'time-stop':
    case 'phase-end':
      return rule.kind;
    default:
      return assertNever(rule);
  }
}

/** Micro-dollars of a market price, 0 when it is not a price. */
export function microsOf(dollars: number): Micros {
  return dollars > 0 && dollars < 9_000_000 ? toMicros(dollars) : 0;
}
