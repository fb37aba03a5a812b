/** What the REST endpoints know about the market they describe, simulated or replayed. */
import type { BarAggregator } from '../../sim/market/bar-aggregator.ts';

export interface RestListing {
  readonly name: string;
  readonly type: string;
  readonly tape: number;
  readonly mic: string;
}

export interface DailyBar {
  readonly name: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface RestMarket {
  readonly listings: readonly RestListing[];
  readonly bars: BarAggregator;
  /** The market's own time, epoch ms. */
  nowMs(): number;
  /** Bars of a finished day, empty when the market was closed or the day is not over. */
  daily(date: string): Promise<readonly DailyBar[]> | readonly DailyBar[];
  /** The day under way and the one before it, YYYY-MM-DD. */
  today(): string;
  previousDay(): string;
}
