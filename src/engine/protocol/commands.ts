/**
 * Commands: what a window may ask of the engine. Plain data in, plain data out. The engine exposes exactly these names on
 * a frozen table without a prototype and checks every argument at run time before acting. Commands that move money answer
 * when they are taken in; what became of them arrives through the topics.
 */
import type { BarView, ClosedTrade, PastPrint, TradeDetail, WhyNotAnswer } from './trading-values.ts';

export interface EngineCommands {
  /** Round trip, for latency. */
  ping(): Promise<{ readonly atUs: number }>;
  /** Writes a line to the engine's log (window errors). */
  report(line: { readonly severity: 'info' | 'warn' | 'danger'; readonly text: string }): Promise<null>;

  /**
   * Closed bars [from, from + count) of today, of `size` trades or of `size` seconds; count at most 5,000. Others than the
   * standard bars of 100 trades are made from the trades in memory as they are asked for: while `isBehind` the total still
   * grows, and they know neither quotes (-1) nor gaps nor halts. `isPartial`: the day's first bars are not there any more.
   */
  bars(ask: {
    readonly symbol: string;
    readonly kind: 'tick' | 'time';
    readonly size: number;
    readonly from: number;
    readonly count: number;
  }): Promise<{
    readonly total: number;
    readonly bars: readonly BarView[];
    readonly forming?: BarView | null;
    readonly isBehind?: boolean;
    readonly isPartial?: boolean;
  }>;
  /**
   * The newest trades of a symbol up to an instant of today, newest first; count at most 500. `isPartial`: the day's trades
   * before the oldest of them are not in memory any more.
   */
  printsAt(ask: {
    readonly symbol: string;
    readonly atUs: number;
    readonly count: number;
  }): Promise<{ readonly prints: readonly PastPrint[]; readonly isPartial: boolean }>;
  trade(ask: { readonly tradeId: string }): Promise<TradeDetail>;
  /** Closed trades of the day, newest first. */
  closedTrades(ask: {
    readonly from: number;
    readonly count: number;
  }): Promise<{ readonly total: number; readonly trades: readonly ClosedTrade[] }>;
  /** Every strategy's rules for a symbol at an instant of today; null = now. */
  whyNot(ask: { readonly symbol: string; readonly atUs: number | null }): Promise<WhyNotAnswer>;

  /** The one switch the whole engine obeys. */
  setAuto(ask: { readonly on: boolean }): Promise<null>;
  setStrategyMode(ask: { readonly strategy: string; readonly mode: 'enabled' | 'shadow' | 'off' }): Promise<null>;
  /** Gives open trades of older versions the exits that the version in use plans for them now. `kept`: those it cannot, and why. */
  migrateTrades(ask: {
    readonly strategy: string;
  }): Promise<{ readonly moved: number; readonly kept: readonly string[] }>;
  setStrategyParams(ask: {
    readonly strategy: string;
    readonly params: Readonly<Record<string, number>>;
  }): Promise<null>;
  /** Through the same risk path as everything else. `limit` in micro-dollars, null = marketable limit chosen by the engine. */
  buy(ask: {
    readonly symbol: string;
    readonly quantity: number;
    readonly limit: number | null;
  }): Promise<{ readonly id: string }>;
  /** Sells an open trade, every trade in a symbol, or everything. */
  flatten(ask: {
    readonly tradeId?: string;
    readonly symbol?: string;
    readonly all?: true;
  }): Promise<{ readonly trades: number }>;
  moveStop(ask: { readonly tradeId: string; readonly price: number }): Promise<null>;
  /** Takes the target away and lets the other exits decide. */
  letRun(ask: { readonly tradeId: string }): Promise<null>;
  cancelOrder(ask: { readonly orderId: string }): Promise<null>;
  /** Drops the connection to the vendor and makes a new one; the way out after a refused key. */
  reconnectFeed(): Promise<null>;
  kill(): Promise<null>;
  /** Undoing a kill takes the words. */
  unkill(ask: { readonly confirmation: string }): Promise<null>;
  /**
   * Shows this window's market rows as of an instant of today, up to now, whole seconds and less; null = live again. The
   * answer says which instant is shown (moved into the recorded day) and what can be asked for.
   */
  scrub(ask: {
    readonly atUs: number | null;
  }): Promise<{ readonly atUs: number | null; readonly fromUs: number; readonly toUs: number }>;
  /** `name`: a limit's key or its name on the risk page. Tightening holds at once; loosening is refused while a lock holds. */
  setRiskLimit(ask: { readonly name: string; readonly limit: number }): Promise<null>;
  /** What a strategy may use: dollars at work (micro-dollars), positions at once, entries a day; null = not limited. */
  setStrategyBudget(ask: {
    readonly strategy: string;
    readonly notionalMax: number | null;
    readonly positionsMax: number | null;
    readonly entriesMax: number | null;
  }): Promise<null>;
}

/** Most that a budget may allow; dollars in micro-dollars. Nothing is the least. */
export const BUDGET_MAX = { notionalMax: 10_000_000_000_000, positionsMax: 1_000, entriesMax: 100_000 } as const;

export const COMMAND_NAMES = [
  'ping',
  'report',
  'bars',
  'printsAt',
  'trade',
  'closedTrades',
  'whyNot',
  'setAuto',
  'setStrategyMode',
  'setStrategyParams',
  'migrateTrades',
  'buy',
  'flatten',
  'moveStop',
  'letRun',
  'cancelOrder',
  'reconnectFeed',
  'kill',
  'unkill',
  'scrub',
  'setRiskLimit',
  'setStrategyBudget',
] as const satisfies readonly (keyof EngineCommands)[];
