/** The span of the time slider. */
import { newYorkOffsetMs } from '../../format/time.ts';

const DAY_FROM_HOUR = 4;
const DAY_TO_HOUR = 20;
export const SECOND_US = 1_000_000;
const HOUR_US = 3600 * SECOND_US;

/** 04:00 and 20:00 New York time of the day that `us` lies in. */
export function dayOf(us: number): { readonly fromUs: number; readonly toUs: number } {
  const offsetUs = newYorkOffsetMs(us / 1000) * 1000;
  const midnightUs = Math.floor((us + offsetUs) / (24 * HOUR_US)) * 24 * HOUR_US - offsetUs;
  return { fromUs: midnightUs + DAY_FROM_HOUR * HOUR_US, toUs: midnightUs + DAY_TO_HOUR * HOUR_US };
}
