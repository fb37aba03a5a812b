/** How far a line of closed trades fell from its best. */
import type { ClosedTrade } from '../../model/trade.ts';

/** The deepest fall of the running net result, micro-dollars, never negative; trades in order of their end. */
export function drawdownOf(trades: readonly ClosedTrade[]): number {
  let equity = 0;
  let peak = 0;
  let deepest = 0;
  for (const trade of trades) {
    equity += trade.net;
    peak = Math.max(peak, equity);
    deepest = Math.max(deepest, peak - equity);
  }
  return deepest;
}
