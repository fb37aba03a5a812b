/** The strategies that come with Drover, in the order they are judged. */
import type { StrategyDefinition } from '../api.ts';
import { openingRange } from './opening-range.ts';
import { randomBuy } from './random-buy.ts';
import { trendFollow } from './trend-follow.ts';
import { vwapReversion } from './vwap-reversion.ts';

export const BUILTIN_STRATEGIES: readonly StrategyDefinition[] = [
  trendFollow,
  vwapReversion,
  openingRange,
  randomBuy,
] as unknown as readonly StrategyDefinition[];
