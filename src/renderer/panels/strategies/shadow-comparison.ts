/** The trades of one strategy, real beside shadow. Pure. */
import type { ClosedTrade } from '#protocol';

export interface SideOfBook {
  readonly trades: number;
  readonly wins: number;
  /** Micro-dollars. */
  readonly net: number;
  readonly costs: number;
  readonly best: number;
  readonly worst: number;
  /** Microseconds, mean. */
  readonly hold: number;
}

export interface Comparison {
  readonly real: SideOfBook;
  readonly shadow: SideOfBook;
}

export function compareBooks(trades: readonly ClosedTrade[], strategy: string): Comparison {
  const own = trades.filter((trade) => trade.strategy === strategy);
  return { real: sideOf(own.filter((t) => !t.isShadow)), shadow: sideOf(own.filter((t) => t.isShadow)) };
}

function sideOf(trades: readonly ClosedTrade[]): SideOfBook {
  let net = 0;
  let costs = 0;
  let wins = 0;
  let hold = 0;
  let best = -Infinity;
  let worst = Infinity;
  for (const trade of trades) {
    net += trade.pnlNet;
    costs += trade.costs;
    hold += trade.closedUs - trade.openedUs;
    if (trade.pnlNet > 0) wins += 1;
    best = Math.max(best, trade.pnlNet);
    worst = Math.min(worst, trade.pnlNet);
  }
  const count = trades.length;
  return {
    trades: count,
    wins,
    net,
    costs,
    best: count === 0 ? Number.NaN : best,
    worst: count === 0 ? Number.NaN : worst,
    hold: count === 0 ? Number.NaN : hold / count,
  };
}
