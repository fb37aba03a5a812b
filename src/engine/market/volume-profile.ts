/**
 * How much of a usual day's volume has traded by a minute of the day: the yardstick of relative volume. The default is the
 * well-known U: busy open, quiet noon, busy close with its auction. A measured profile can take its place.
 */
export const MINUTES_PER_DAY = 1440;

/** Cumulative share of the day's volume, 0..1, by the end of each New York minute. */
export type VolumeProfile = Float64Array;

/** Shares of the day in percent: pre-market, half hours of the regular session from 09:30, closing auction, post-market. */
const PRE_PERCENT = 1.5;
const HALF_HOURS_PERCENT = [13, 8.5, 7, 6, 5.5, 5, 4.5, 4.2, 4.5, 4.8, 5.5, 6.5, 12] as const;
const CLOSING_AUCTION_PERCENT = 9;
const POST_PERCENT = 2.5;

/** Builds a profile from shares per minute (any positive unit). */
export function cumulativeProfile(perMinute: ArrayLike<number>): VolumeProfile {
  const profile = new Float64Array(MINUTES_PER_DAY);
  let total = 0;
  for (let minute = 0; minute < MINUTES_PER_DAY; minute++) {
    total += Math.max(0, perMinute[minute] ?? 0);
    profile[minute] = total;
  }
  if (total > 0) for (let minute = 0; minute < MINUTES_PER_DAY; minute++) (profile[minute] as number) /= total;
  return profile;
}

/** The default U shape of a full day. */
export function defaultVolumeProfile(): VolumeProfile {
  const perMinute = new Float64Array(MINUTES_PER_DAY);
  // Pre-market activity grows towards the open.
  for (let minute = 240; minute < 570; minute++) perMinute[minute] = (PRE_PERCENT * (minute - 239)) / ((330 * 331) / 2);
  for (const [slot, percent] of HALF_HOURS_PERCENT.entries()) {
    for (let minute = 0; minute < 30; minute++) perMinute[570 + slot * 30 + minute] = percent / 30;
  }
  perMinute[960] = CLOSING_AUCTION_PERCENT;
  for (let minute = 961; minute < 1200; minute++)
    perMinute[minute] = (POST_PERCENT * (1200 - minute)) / ((239 * 240) / 2);
  return cumulativeProfile(perMinute);
}
