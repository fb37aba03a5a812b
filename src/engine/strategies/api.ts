/**
 * What a strategy file is written against. A strategy is data and two pure functions: `entry` lists named rules, `plan`
 * says what to expect of the trade and how to leave it. Nothing ambient: no clock, no randomness, no I/O; what a strategy
 * may know is handed in. docs/STRATEGIES.md is the guide, with examples.
 */
import type { BarKind, SessionPhase } from '../model/bar.ts';
import type { ExitRule, SizingHint } from '../model/signal.ts';
import type { Micros } from '../model/units.ts';
import type { RuleNode } from './rules.ts';

export { all, any, not, rule } from './rules.ts';
export type { RuleNode } from './rules.ts';

/** One tunable number. The engine refuses values outside [min, max]. */
export interface ParamSpec {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Shown beside the number: 'bps', '$', 'x', 's', '%', 'bars', '' ... */
  readonly unit: string;
  /** One sentence for the person who turns the knob. */
  readonly about: string;
  readonly integer?: boolean;
}
export type ParamSchema = Readonly<Record<string, ParamSpec>>;
export type ParamValues<S extends ParamSchema> = { readonly [K in keyof S]: number };

/** Which symbols are looked at at all. Absent means "any". */
export interface Universe {
  readonly minPrice?: number;
  readonly maxPrice?: number;
  /** Shares traded so far today. */
  readonly minVolume?: number;
  readonly minNotional?: number;
  readonly maxSpreadBps?: number;
  readonly minTrades?: number;
  /** Only these, when given. */
  readonly symbols?: readonly string[];
}

/** When entries are allowed: a phase, optionally narrowed to minutes after its start and before its end. */
export interface SessionWindow {
  readonly phase: Exclude<SessionPhase, 'closed'>;
  readonly afterStartMinutes?: number;
  readonly beforeEndMinutes?: number;
}

/** A symbol as it stands: dollars, shares, basis points, seconds. NaN means "not known (yet)"; rules over NaN never pass. */
export interface SymbolFacts {
  readonly name: string;
  readonly last: number;
  readonly bid: number;
  readonly ask: number;
  readonly mid: number;
  readonly bidSize: number;
  readonly askSize: number;
  readonly spread: number;
  readonly spreadBps: number;
  readonly typicalSpread: number;
  /** Spread as a multiple of its own typical. */
  readonly spreadRatio: number;
  readonly volume: number;
  readonly notional: number;
  readonly trades: number;
  /** VWAP of the current session phase. */
  readonly vwap: number;
  readonly vwapDistanceBps: number;
  readonly relativeVolume: number;
  readonly tickRate1s: number;
  readonly tickRate10s: number;
  readonly tickRate60s: number;
  readonly volatility: number;
  readonly dayOpen: number;
  readonly dayHigh: number;
  readonly dayLow: number;
  readonly previousClose: number;
  readonly changePercent: number;
  readonly gapPercent: number;
  readonly upTicks: number;
  readonly downTicks: number;
  readonly luldLow: number;
  readonly luldHigh: number;
  readonly secondsSinceTrade: number;
  readonly secondsSinceQuote: number;
}

/** Closed bars of one symbol; `ago` 0 is the newest. NaN where there is no such bar. */
export interface BarSeries {
  readonly count: number;
  open(ago?: number): number;
  high(ago?: number): number;
  low(ago?: number): number;
  close(ago?: number): number;
  volume(ago?: number): number;
  vwap(ago?: number): number;
  trades(ago?: number): number;
  spreadMean(ago?: number): number;
  openTimeUs(ago?: number): number;
  closeTimeUs(ago?: number): number;
  /** Highest high / lowest low of the newest `bars` bars; NaN when there are fewer. */
  highest(bars: number): number;
  lowest(bars: number): number;
}

/** Streaming indicators over the closes (or ranges) of this symbol's bars of today. NaN until they are warm. */
export interface Indicators {
  sma(period: number): number;
  ema(period: number): number;
  rsi(period: number): number;
  atr(period: number): number;
  /** Standard deviation of the last `period` closes. */
  deviation(period: number): number;
}

export interface SessionFacts {
  /** The trading day as a number, 20131007. */
  readonly day: number;
  readonly phase: SessionPhase;
  readonly minutesSinceStart: number;
  readonly minutesToEnd: number;
  /** Highest high and lowest low of the first minutes of the regular session; NaN before they are over. */
  openingRange(minutes: number): { readonly high: number; readonly low: number };
}

export interface AccountFacts {
  readonly equity: number;
  readonly buyingPower: number;
  readonly openPositions: number;
  readonly dayPnl: number;
}

/** Numbers a strategy keeps per symbol; they survive restarts and reloads. */
export interface SymbolMemory {
  get(name: string): number;
  set(name: string, value: number): void;
}

export interface Context<S extends ParamSchema> {
  readonly symbol: SymbolFacts;
  readonly bars: BarSeries;
  readonly indicators: Indicators;
  readonly session: SessionFacts;
  readonly account: AccountFacts;
  readonly memory: SymbolMemory;
  /** A number in [0, 1) that is the same whenever this evaluation is repeated; the only chance a strategy gets. */
  readonly chance: () => number;
  readonly p: ParamValues<S>;
}

/** What the strategy expects of the trade, judged against costs before anything is sent. */
export interface TradePlan {
  /** Expected favourable move in dollars a share, before costs. */
  readonly expectedMove: number;
  /** 0..1. */
  readonly confidence: number;
  /** Seconds the entry stays worth chasing. */
  readonly validForSeconds: number;
  readonly sizing: SizingHint;
  readonly exits: readonly ExitRule[];
  readonly tags?: readonly string[];
}

export interface StrategyDefinition<S extends ParamSchema = ParamSchema> {
  /** kebab-case, unique. */
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  readonly params: S;
  readonly universe: (p: ParamValues<S>) => Universe;
  readonly sessions: readonly SessionWindow[];
  /** When `entry` is judged: at each close of the strategy's bars, or at every counted trade (costs more). */
  readonly evaluateOn: 'bar' | 'tick';
  readonly bars: BarKind;
  /** Seconds after an entry or exit in a symbol during which it is left alone. */
  readonly cooldownSeconds: number;
  readonly entry: (context: Context<S>) => readonly RuleNode[];
  readonly plan: (context: Context<S>) => TradePlan;
}

/** Checks nothing and changes nothing: it makes the compiler infer and check the parameter names. */
export function defineStrategy<const S extends ParamSchema>(definition: StrategyDefinition<S>): StrategyDefinition<S> {
  return definition;
}

const dollars = (amount: number): Micros => Math.round(amount * 1_000_000);

/** Sells when the bid reaches `price` dollars. */
export const takeProfit = (price: number): ExitRule => ({ kind: 'take-profit', price: dollars(price) });
/** Sells when the bid falls to `price` dollars. */
export const stopLoss = (price: number): ExitRule => ({ kind: 'stop-loss', price: dollars(price) });
/** Sells when the bid falls `amount` dollars below its peak since entry, from `activateAt` dollars on when given. */
export const trailing = (amount: number, activateAt?: number): ExitRule => ({
  kind: 'trailing',
  by: { unit: 'price', amount: dollars(amount) },
  ...(activateAt === undefined ? {} : { activateAt: dollars(activateAt) }),
});
export const trailingPercent = (percent: number): ExitRule => ({
  kind: 'trailing',
  by: { unit: 'percent', amount: percent },
});
export const trailingSpreads = (spreads: number): ExitRule => ({
  kind: 'trailing',
  by: { unit: 'spreads', amount: spreads },
});
/** Sells when `fraction` of a peak gain of at least `minGain` dollars a share has been given back. */
export const giveBack = (fraction: number, minGain: number): ExitRule => ({
  kind: 'give-back',
  fraction,
  minGain: dollars(minGain),
});
export const timeStop = (seconds: number): ExitRule => ({ kind: 'time-stop', afterUs: Math.round(seconds * 1e6) });
/** Sells `seconds` before the session phase ends. */
export const phaseEnd = (seconds: number): ExitRule => ({ kind: 'phase-end', beforeUs: Math.round(seconds * 1e6) });
/** Sizing helpers, in dollars. */
export const sizeDollars = (amount: number): SizingHint => ({ kind: 'dollars', amount: dollars(amount) });
export const sizePercent = (percent: number): SizingHint => ({ kind: 'percent-of-equity', percent });
export const sizeRisk = (amount: number, stopDistance: number): SizingHint => ({
  kind: 'risk',
  amount: dollars(amount),
  stopDistance: dollars(stopDistance),
});
