/** The report of a day: what was traded, what it brought, what it was said to cost and did cost, and what got in the way. */
import { addCosts } from '../../model/economics.ts';
import type { CostItems } from '../../model/economics.ts';
import type { ClosedTrade } from '../../model/trade.ts';
import type { DayTrading } from './day-trading.ts';
import { drawdownOf } from './drawdown.ts';

/** Dollars and counts of some trades. */
export interface TradeFigures {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  readonly flats: number;
  /** Wins of all trades, 0 to 1; null without trades. */
  readonly winRatio: number | null;
  readonly gross: number;
  /** Commissions and fees as the broker charged them. */
  readonly charged: number;
  /** The same as they were predicted before the entries. */
  readonly chargesPredicted: number;
  readonly net: number;
  /** Spread and slippage beside the charges: everything that trading cost, before and after. */
  readonly costsPredicted: number;
  readonly costsRealised: number;
  readonly profitFactor: number | null;
  readonly expectancy: number | null;
  readonly averageHoldSeconds: number | null;
  readonly maxDrawdown: number;
}

export interface DayReport extends TradeFigures {
  readonly day: string;
  readonly run: string;
  readonly feed: string;
  readonly broker: string;
  readonly seed: number;
  readonly byStrategy: Readonly<Record<string, TradeFigures>>;
  readonly exits: Readonly<Record<string, number>>;
  readonly signals: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Entries that ended without a fill, by how they ended. */
  readonly notEntered: Readonly<Record<string, number>>;
  readonly orders: number;
  readonly fills: number;
  readonly rejected: number;
  readonly unknown: number;
  /** Trades whose signal fired and that are not over by the journal. */
  readonly open: readonly string[];
  readonly gaps: DayTrading['gaps'];
  /** Signals and entries that a halt ended. */
  readonly halts: number;
  readonly risks: DayTrading['risks'];
  readonly notes: DayTrading['notes'];
}

export interface DayFacts {
  readonly day: string;
  readonly feed: string;
  readonly broker: string;
  readonly seed: number;
}

export function dayReport(facts: DayFacts, trading: DayTrading): DayReport {
  const { run, attempts, gaps, risks, notes, orders, fills, rejected, unknown } = trading;
  const closed = closedOf(trading);
  const byStrategy: Record<string, TradeFigures> = {};
  for (const strategy of [...new Set(closed.map((trade) => trade.strategy))].toSorted())
    byStrategy[strategy] = tradeFigures(closed.filter((trade) => trade.strategy === strategy));
  const notEntered = countBy(attempts.map((attempt) => attempt.notEntered));
  const outcomes = countBy(attempts.map((attempt) => attempt.code));
  return {
    ...facts,
    run,
    ...tradeFigures(closed),
    byStrategy,
    exits: countBy(closed.map((trade) => trade.exitReason)),
    signals: attempts.length,
    outcomes,
    notEntered,
    orders,
    fills,
    rejected,
    unknown,
    open: attempts
      .filter((attempt) => attempt.code === 'fired' && attempt.trade === null && attempt.notEntered === '')
      .map((attempt) => attempt.tradeId),
    gaps: gaps.filter((gap) => gap.reason !== 'connect'),
    halts: (outcomes['halt'] ?? 0) + (notEntered['halt'] ?? 0),
    risks,
    notes,
  };
}

/** Closed trades in the order in which they closed. */
export function closedOf({ attempts }: DayTrading): readonly ClosedTrade[] {
  return attempts
    .flatMap(({ trade }) => (trade === null ? [] : [trade]))
    .toSorted((a, b) => a.closedUs - b.closedUs || (a.id < b.id ? -1 : 1));
}

/** `trades` in the order in which they closed. */
export function tradeFigures(trades: readonly ClosedTrade[]): TradeFigures {
  const sum = (of: (trade: ClosedTrade) => number, list = trades): number =>
    list.reduce((total, trade) => total + of(trade), 0);
  const won = trades.filter((trade) => trade.result === 'win');
  const lost = trades.filter((trade) => trade.result === 'loss');
  const net = sum((trade) => trade.net);
  const lostNet = 0 - sum((trade) => trade.net, lost);
  const predicted = (trade: ClosedTrade): CostItems | null =>
    trade.predicted === null ? null : addCosts(trade.predicted.entry, trade.predicted.exit);
  const isAny = trades.length > 0;
  return {
    trades: trades.length,
    wins: won.length,
    losses: lost.length,
    flats: trades.length - won.length - lost.length,
    winRatio: isAny ? won.length / trades.length : null,
    gross: sum((trade) => trade.gross) / 1e6,
    charged: sum((trade) => trade.charges) / 1e6,
    chargesPredicted: sum((trade) => chargesOf(predicted(trade))) / 1e6,
    net: net / 1e6,
    costsPredicted: sum((trade) => tradingCosts(predicted(trade))) / 1e6,
    costsRealised: sum((trade) => tradingCosts(trade.realised)) / 1e6,
    profitFactor: lostNet > 0 ? sum((trade) => trade.net, won) / lostNet : null,
    expectancy: isAny ? net / trades.length / 1e6 : null,
    averageHoldSeconds: isAny ? sum((trade) => trade.heldUs) / trades.length / 1e6 : null,
    maxDrawdown: drawdownOf(trades) / 1e6,
  };
}

function chargesOf(items: CostItems | null): number {
  return items === null ? 0 : items.commission + items.exchange + items.sec + items.taf + items.cat;
}

/** What trading costs: without the share of the data's price, and without tax. */
function tradingCosts(items: CostItems | null): number {
  return items === null ? 0 : items.spread + items.slippage + chargesOf(items);
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
