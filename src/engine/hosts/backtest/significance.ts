/**
 * Is it the rules, or would anybody have made that? A backtest beside runs of its random twin over the same days: same
 * universe, exits, costs and about as many entries. The answer is where the strategy stands among them.
 */
import type { ClosedTrade } from '../../model/trade.ts';

export interface RunFigures {
  readonly trades: number;
  /** Dollars. */
  readonly net: number;
  /** Dollars a trade; null without trades. */
  readonly expectancy: number | null;
  readonly averageHoldSeconds: number | null;
}

export interface Significance {
  readonly runs: number;
  /** Share of eligible instants at which the twins entered, so that they enter about as often. */
  readonly chance: number;
  readonly strategy: RunFigures;
  readonly random: readonly RunFigures[];
  readonly randomMeanTrades: number;
  readonly randomMeanExpectancy: number | null;
  /** Percent of random runs whose dollars a trade were lower. Null when the strategy did not trade. */
  readonly percentile: number | null;
  /** Chance of random entries doing at least as well: (1 + those that did) / (runs + 1). Null when it did not trade. */
  readonly pValue: number | null;
}

export function figuresOfRun(trades: readonly ClosedTrade[]): RunFigures {
  const count = trades.length;
  const net = trades.reduce((sum, trade) => sum + trade.net, 0) / 1e6;
  const held = trades.reduce((sum, trade) => sum + trade.heldUs, 0) / 1e6;
  return {
    trades: count,
    net,
    expectancy: count === 0 ? null : net / count,
    averageHoldSeconds: count === 0 ? null : held / count,
  };
}

/** Runs without a trade made nothing: they count as 0 dollars a trade. */
export function judgeSignificance(strategy: RunFigures, random: readonly RunFigures[], chance: number): Significance {
  const runs = random.length;
  const own = strategy.expectancy;
  const asGood = own === null ? 0 : random.filter((run) => (run.expectancy ?? 0) >= own).length;
  const worse = own === null ? 0 : random.filter((run) => (run.expectancy ?? 0) < own).length;
  const trades = random.reduce((sum, run) => sum + run.trades, 0);
  const net = random.reduce((sum, run) => sum + run.net, 0);
  return {
    runs,
    chance,
    strategy,
    random,
    randomMeanTrades: runs === 0 ? 0 : trades / runs,
    randomMeanExpectancy: trades === 0 ? null : net / trades,
    percentile: own === null || runs === 0 ? null : (worse / runs) * 100,
    pValue: own === null || runs === 0 ? null : (1 + asGood) / (runs + 1),
  };
}
