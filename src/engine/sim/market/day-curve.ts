/**
 * How busy the market is at each instant of a day: events a second over a full market. U-shaped, with a burst at the open
 * that decays over seconds and minutes, a climb into the close, and thin extended sessions.
 */
import type { MarketDay } from './event-sink.ts';

const PRE_MARKET: readonly (readonly [secondsFromStart: number, rate: number])[] = [
  [0, 900],
  [120, 350],
  [10_800, 700],
  [14_400, 1600],
  [18_000, 3000],
  [19_500, 5000],
  [19_800, 7500],
];

/** Events a second at `timeUs` for FULL_MARKET symbols; 0 outside 04:00-20:00. */
export function naturalRate(timeUs: number, day: MarketDay): number {
  if (timeUs < day.preOpenUs || timeUs >= day.endUs) return 0;
  if (timeUs < day.openUs) return preMarket((timeUs - day.preOpenUs) / 1e6);
  if (timeUs >= day.closeUs) {
    const since = (timeUs - day.closeUs) / 1e6;
    return 400 + 8000 * Math.exp(-since / 60) + 2500 * Math.exp(-since / 1800);
  }
  const since = (timeUs - day.openUs) / 1e6;
  const left = (day.closeUs - timeUs) / 1e6;
  const bend = (2 * since) / (since + left) - 1;
  const opening = 32_000 * Math.exp(-since / 25) + 12_500 * Math.exp(-since / 500);
  const closing = 16_000 * Math.exp(-left / 45) + 7000 * Math.exp(-left / 600);
  return 7000 + 8000 * bend * bend + opening + closing;
}

function preMarket(seconds: number): number {
  for (let i = 1; i < PRE_MARKET.length; i++) {
    const [x1, y1] = PRE_MARKET[i] as readonly [number, number];
    if (seconds > x1) continue;
    const [x0, y0] = PRE_MARKET[i - 1] as readonly [number, number];
    return y0 + ((y1 - y0) * (seconds - x0)) / (x1 - x0);
  }
  return 7500;
}

/** How restless prices are against the middle of the day. */
export function volatilityFactor(timeUs: number, day: MarketDay): number {
  if (timeUs < day.openUs || timeUs >= day.closeUs) return 0.8;
  const since = (timeUs - day.openUs) / 1e6;
  const left = (day.closeUs - timeUs) / 1e6;
  return 0.8 + 1.6 * Math.exp(-since / 900) + 0.4 * Math.exp(-left / 900);
}

/** How much wider spreads are than in the middle of the day. */
export function spreadFactor(timeUs: number, day: MarketDay): number {
  if (timeUs < day.openUs) return 3 + 4 * Math.max(0, (day.openUs - timeUs) / (day.openUs - day.preOpenUs));
  if (timeUs >= day.closeUs) return 4;
  return 1 + 1.5 * Math.exp(-(timeUs - day.openUs) / 120e6);
}
