/**
 * What a set of closed trades amounts to. Pure; money in whole micro-dollars, spans in microseconds. What cannot be said of
 * no trades (a rate, an average) is NaN, never a zero that looks like a result.
 */
import type { ClosedTrade } from '#protocol';
import { newYorkOffsetMs } from '../../format/time.ts';

export type TradeResult = Pick<ClosedTrade, 'tradeId' | 'pnlNet' | 'costs' | 'openedUs' | 'closedUs'>;

export interface TradeStatistics {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  /** Neither won nor lost: exactly nothing. They count in the rate and in the averages of all trades. */
  readonly flats: number;
  readonly net: number;
  readonly costs: number;
  /** wins / trades, 0..1. */
  readonly winRate: number;
  readonly averageWin: number;
  /** Negative. */
  readonly averageLoss: number;
  /** Average win / average loss, both as sizes. Infinity when nothing was lost. */
  readonly winLossRatio: number;
  /** Sum won / sum lost. Infinity when nothing was lost. */
  readonly profitFactor: number;
  /** Net result of a trade on average. */
  readonly expectancy: number;
  readonly averageHoldUs: number;
  readonly best: number;
  readonly worst: number;
}

export function statisticsOf(trades: readonly TradeResult[]): TradeStatistics {
  let wins = 0;
  let losses = 0;
  let won = 0;
  let lost = 0;
  let costs = 0;
  let heldUs = 0;
  let best = -Infinity;
  let worst = Infinity;
  for (const trade of trades) {
    const { pnlNet } = trade;
    if (pnlNet > 0) {
      wins += 1;
      won += pnlNet;
    } else if (pnlNet < 0) {
      losses += 1;
      lost -= pnlNet;
    }
    costs += trade.costs;
    heldUs += trade.closedUs - trade.openedUs;
    best = Math.max(best, pnlNet);
    worst = Math.min(worst, pnlNet);
  }
  const count = trades.length;
  const averageWin = wins > 0 ? won / wins : NaN;
  const averageLoss = losses > 0 ? -lost / losses : NaN;
  return {
    trades: count,
    wins,
    losses,
    flats: count - wins - losses,
    net: won - lost,
    costs,
    winRate: count > 0 ? wins / count : NaN,
    averageWin,
    averageLoss,
    winLossRatio: ratio(wins, averageWin, losses, -averageLoss),
    profitFactor: ratio(wins, won, losses, lost),
    expectancy: count > 0 ? (won - lost) / count : NaN,
    averageHoldUs: count > 0 ? heldUs / count : NaN,
    best: count > 0 ? best : NaN,
    worst: count > 0 ? worst : NaN,
  };
}

/** Gains against losses: 0 without gains, Infinity without losses, NaN without either. */
function ratio(wins: number, gain: number, losses: number, loss: number): number {
  if (losses === 0) return wins === 0 ? NaN : Infinity;
  return wins === 0 ? 0 : gain / loss;
}

export interface EquityPoint {
  readonly atUs: number;
  /** Net result of the day so far, and the highest it was (never below the start, which is 0). */
  readonly net: number;
  readonly peak: number;
}

/** The day's result after each closed trade, in order of closing, beginning at 0 when the first one opened. */
export function equityCurve(trades: readonly TradeResult[]): readonly EquityPoint[] {
  if (trades.length === 0) return [];
  const ordered = trades.toSorted((a, b) => a.closedUs - b.closedUs || (a.tradeId < b.tradeId ? -1 : 1));
  const startUs = ordered.reduce((least, { openedUs }) => Math.min(least, openedUs), Infinity);
  const points: EquityPoint[] = [{ atUs: startUs, net: 0, peak: 0 }];
  let net = 0;
  let peak = 0;
  for (const trade of ordered) {
    net += trade.pnlNet;
    peak = Math.max(peak, net);
    points.push({ atUs: trade.closedUs, net, peak });
  }
  return points;
}

/** The deepest fall from a peak, a size in micro-dollars. */
export function maximumDrawdown(points: readonly EquityPoint[]): number {
  return points.reduce((deepest, { net, peak }) => Math.max(deepest, peak - net), 0);
}

export interface StatisticsGroup {
  readonly key: string;
  readonly statistics: TradeStatistics;
}

/** Groups in order of their key. */
export function groupedStatistics<T extends TradeResult>(
  trades: readonly T[],
  keyOf: (trade: T) => string,
): readonly StatisticsGroup[] {
  const groups = new Map<string, T[]>();
  for (const trade of trades) {
    const key = keyOf(trade);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trade]);
    else group.push(trade);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, group]) => ({ key, statistics: statisticsOf(group) }));
}

/** The New York hour in which a trade closed: "09:00". */
export function hourOfClose({ closedUs }: Pick<TradeResult, 'closedUs'>): string {
  const epochMs = Math.floor(closedUs / 1000);
  const hour = Math.floor((epochMs + newYorkOffsetMs(epochMs)) / 3_600_000) % 24;
  return `${String(hour).padStart(2, '0')}:00`;
}
