/** The range of prices a chart is scaled to, when a single odd print would press all the rest flat. Pure. */
import type { BarView } from '#protocol';

/** Heights of the bodies in sight by which a wick may stand out before it is cut off at the edge. */
const REACH = 2;
/** Bodies closer together than this share of the price are as good as level: nothing can be told from their height. */
const LEVEL = 0.0005;

/** The range [low, high] of everything in sight, less what wicks have beyond a few heights of all bodies. */
export function tamedRange(
  low: number,
  high: number,
  bars: readonly BarView[],
): { readonly low: number; readonly high: number } {
  let bodyLow = Infinity;
  let bodyHigh = -Infinity;
  for (const { open, close } of bars) {
    bodyLow = Math.min(bodyLow, open, close);
    bodyHigh = Math.max(bodyHigh, open, close);
  }
  if (bodyHigh < bodyLow) return { low, high };
  const reach = REACH * Math.max(bodyHigh - bodyLow, bodyHigh * LEVEL);
  // Cut a little below the limit, so that the wick is seen to run out of the picture.
  return {
    low: low < bodyLow - reach ? bodyLow - reach / 4 : low,
    high: high > bodyHigh + reach ? bodyHigh + reach / 4 : high,
  };
}
