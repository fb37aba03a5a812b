/**
 * What the windows are shown of strategies, orders, positions and risk. Money is micro-dollars, market prices are dollars,
 * times are epoch microseconds, ratios are plain numbers. The windows hold no truth of their own: they show this.
 */
import type { Severity } from './values.ts';

export interface RuleView {
  readonly name: string;
  readonly value: number | null;
  readonly operator: string;
  readonly threshold: number | null;
  readonly unit: string;
  readonly pass: boolean;
}

/** When one exit rule of an open trade would fire, and what it would bring. */
export interface ExitView {
  readonly rule: string;
  /** Price at which it fires, micro-dollars; null for rules of time. */
  readonly price: number | null;
  /** Instant at which it fires; null for rules of price. */
  readonly atUs: number | null;
  /** From the current bid: micro-dollars a share, percent, typical spreads; null for rules of time. */
  readonly distance: number | null;
  readonly distancePercent: number | null;
  readonly distanceSpreads: number | null;
  /** Expected net result of the whole trade if it fires now as stated, micro-dollars. */
  readonly netIfFires: number | null;
  readonly isNext: boolean;
}

export interface PositionRow {
  readonly tradeId: string;
  readonly symbol: string;
  readonly strategy: string;
  readonly version: string;
  readonly isShadow: boolean;
  readonly quantity: number;
  /** Average entry price and average cost with all costs, micro-dollars a share. */
  readonly entry: number;
  readonly bid: number;
  readonly last: number;
  readonly pnlNet: number;
  readonly pnlPercent: number;
  readonly peak: number;
  readonly trough: number;
  readonly openedUs: number;
  readonly state: string;
  readonly isBlind: boolean;
  readonly isHalted: boolean;
  readonly exits: readonly ExitView[];
}

export interface OrderRow {
  readonly orderId: string;
  readonly tradeId: string;
  readonly symbol: string;
  readonly strategy: string;
  readonly purpose: 'entry' | 'exit' | 'manual' | 'flatten';
  readonly side: 'buy' | 'sell';
  readonly state: string;
  readonly quantity: number;
  readonly filled: number;
  readonly limit: number | null;
  readonly bid: number;
  readonly ask: number;
  readonly createdUs: number;
  readonly repricesLeft: number;
}

export interface CostView {
  readonly spread: number;
  readonly commission: number;
  readonly fees: number;
  readonly slippage: number;
  readonly tax: number;
  readonly data: number;
  readonly total: number;
}

/** One line of the life of a trade, each with the id of its cause. */
export interface TimelineItem {
  readonly atUs: number;
  readonly inputNo: number;
  readonly kind: string;
  readonly id: string;
  readonly cause: string;
  readonly text: string;
}

export interface FillView {
  readonly atUs: number;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly price: number;
  readonly executionId: string;
}

export interface ClosedTrade {
  readonly tradeId: string;
  readonly symbol: string;
  readonly strategy: string;
  readonly version: string;
  readonly isShadow: boolean;
  readonly quantity: number;
  readonly entry: number;
  readonly exit: number;
  readonly openedUs: number;
  readonly closedUs: number;
  readonly pnlNet: number;
  readonly pnlPercent: number;
  readonly costs: number;
  readonly exitReason: string;
}

/** One rule of an exit plan as it was given. Prices micro-dollars. */
export interface ExitPlanRule {
  readonly rule: string;
  readonly kind: string;
  /** The fixed price of a stop or target; null for the others. */
  readonly price: number | null;
  /** A trailing distance in percent of the peak, or in micro-dollars; null when it is measured otherwise or nothing trails. */
  readonly trailPercent: number | null;
  readonly trailPrice: number | null;
  /** Time after the first fill; null for the others. */
  readonly afterUs: number | null;
}

/** The exit plan from `atUs` on, until the next step. The first is the signal's own, the later ones were made by hand. */
export interface ExitPlanStep {
  readonly atUs: number;
  readonly rules: readonly ExitPlanRule[];
}

export interface TradeDetail {
  readonly tradeId: string;
  readonly symbol: string;
  readonly strategy: string;
  readonly version: string;
  readonly isOpen: boolean;
  readonly isShadow: boolean;
  readonly signalUs: number;
  readonly openedUs: number;
  readonly closedUs: number | null;
  readonly quantity: number;
  readonly entry: number | null;
  readonly exit: number | null;
  readonly pnlNet: number;
  readonly exitReason: string;
  /** The rules as they were when it fired, and the same rules now (null where they cannot be judged now). */
  readonly rulesAtFire: readonly RuleView[];
  readonly rulesNow: readonly RuleView[];
  readonly predicted: CostView | null;
  readonly realised: CostView | null;
  readonly expectedMove: number;
  readonly confidence: number;
  readonly exits: readonly ExitView[];
  /** Every exit plan the trade had, oldest first; empty when its signal is not kept any more. */
  readonly plans: readonly ExitPlanStep[];
  readonly fills: readonly FillView[];
  readonly timeline: readonly TimelineItem[];
}

export interface AccountValue {
  readonly cash: number;
  readonly settledCash: number;
  readonly buyingPower: number;
  readonly equity: number;
  readonly dayPnlNet: number;
  readonly realised: number;
  readonly unrealised: number;
  readonly costs: number;
  readonly exposure: number;
  readonly openPositions: number;
  readonly openPositionsMax: number;
  /** The most used of all limits, 0..1. */
  readonly riskUsed: number;
  readonly isAuto: boolean;
  readonly killState: string;
}

export interface ParamView {
  readonly name: string;
  readonly value: number;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly about: string;
}

export interface StrategyView {
  readonly name: string;
  readonly about: string;
  readonly version: string;
  readonly mode: 'enabled' | 'shadow' | 'off';
  readonly source: 'built-in' | 'user';
  readonly file: string;
  /** Why the engine switched it off or could not load it, '' while it is well. */
  readonly fault: string;
  readonly params: readonly ParamView[];
  readonly evaluations: number;
  readonly signals: number;
  readonly trades: number;
  readonly pnlNet: number;
  readonly openPositions: number;
  /** Of these, how many still run the exits of an older version. */
  readonly olderPositions: number;
  /** Of a next version tried in shadow: the strategy it is tried beside. Else ''. */
  readonly triedFor: string;
  /** For setStrategyBudget; null = no bound of its own. */
  readonly budget: {
    readonly notionalMax: number | null;
    readonly positionsMax: number | null;
    readonly entriesMax: number | null;
    readonly entriesToday: number;
  };
}

export interface RiskValue {
  readonly limits: readonly {
    readonly name: string;
    readonly value: number;
    readonly limit: number;
    readonly unit: string;
    /** For setRiskLimit, with the bounds nobody can leave and the direction that makes it stricter. */
    readonly key?: string;
    readonly min?: number;
    readonly max?: number;
    readonly tighter?: 'lower' | 'higher';
  }[];
  readonly locks: readonly {
    readonly code: string;
    readonly reason: string;
    readonly sinceUs: number;
    readonly untilUs: number | null;
  }[];
  readonly kill: {
    readonly state: string;
    readonly steps: readonly { readonly atUs: number; readonly text: string }[];
    readonly left: readonly string[];
  };
  readonly outcomes: readonly { readonly code: string; readonly count: number }[];
}

export interface NearMissRow {
  readonly symbol: string;
  readonly strategy: string;
  readonly atUs: number;
  readonly failed: number;
  readonly gates: number;
  readonly gate: RuleView;
  readonly distance: number;
}

export interface ScannerItem {
  readonly seq: number;
  readonly atUs: number;
  readonly symbol: string;
  readonly rule: string;
  readonly text: string;
}

export interface AlertItem {
  readonly seq: number;
  readonly atUs: number;
  readonly kind: 'fill' | 'stop' | 'target' | 'halt' | 'feed' | 'risk' | 'broker' | 'strategy' | 'engine';
  readonly severity: Severity;
  readonly text: string;
  readonly symbol?: string;
  readonly tradeId?: string;
}

/** A bar on the wire; the same numbers the engine has. Times epoch microseconds, null where there is none. */
export interface BarView {
  readonly index: number;
  readonly phase: string;
  readonly openTimeUs: number;
  readonly closeTimeUs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly vwap: number | null;
  readonly trades: number;
  readonly spreadMean: number | null;
  readonly spreadMin: number | null;
  readonly spreadMax: number | null;
  readonly bidAtClose: number;
  readonly askAtClose: number;
  readonly quotes: number;
  readonly printsAtAsk: number;
  readonly printsAtBid: number;
  readonly ineligiblePrints: number;
  readonly ineligibleVolume: number;
  readonly hasGap: boolean;
  readonly hasHalt: boolean;
  readonly isShort: boolean;
  readonly isForming: boolean;
}

export interface PrintView {
  readonly atUs: number;
  readonly price: number;
  readonly size: number;
  readonly venue: number;
  /** 1 at or above the ask, -1 at or below the bid, 0 between or unknown. */
  readonly side: -1 | 0 | 1;
  readonly counts: boolean;
}

/** A trade of the day's tape with the best bid and ask it met, dollars; 0 when that side was missing. */
export interface PastPrint extends PrintView {
  readonly bid: number;
  readonly ask: number;
}

export interface QuoteView {
  readonly atUs: number;
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
}

export interface StrategyRulesView {
  readonly strategy: string;
  readonly mode: string;
  readonly atUs: number;
  readonly pass: boolean;
  readonly rules: readonly RuleView[];
}

/** The 'symbol' topic: everything of one symbol beyond its market row. */
export interface SymbolValue {
  readonly symbol: string;
  readonly atUs: number;
  readonly phase: string;
  readonly halt: string;
  readonly haltReason: string;
  readonly barCount: number;
  /** The newest closed bars since the last frame may be fetched by index with `bars`; the forming one is here. */
  readonly forming: BarView | null;
  readonly prints: readonly PrintView[];
  readonly quotes: readonly QuoteView[];
  readonly strategies: readonly StrategyRulesView[];
  readonly positions: readonly PositionRow[];
  readonly orders: readonly OrderRow[];
}

export interface WhyNotAnswer {
  readonly symbol: string;
  readonly atUs: number;
  readonly evaluations: readonly StrategyRulesView[];
  readonly candidates: readonly {
    readonly atUs: number;
    readonly strategy: string;
    readonly outcome: string;
    readonly detail: string;
    readonly signalId: string;
  }[];
}
