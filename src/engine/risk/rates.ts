/** How many in the last second: a short list of times, bounded by the limit it guards (docs/specs/risk.md, RSK5). */
import type { EpochUs } from '../model/units.ts';

const WINDOW_US = 1_000_000;

export interface RateWindow {
  times: number[];
}

/** How many of the window's times lie within the last second. Forgets older ones. */
export function countWithinSecond(window: RateWindow, nowUs: EpochUs): number {
  let first = 0;
  while (first < window.times.length && (window.times[first] as number) <= nowUs - WINDOW_US) first++;
  if (first > 0) window.times.splice(0, first);
  return window.times.length;
}

export function note(window: RateWindow, nowUs: EpochUs): void {
  window.times.push(nowUs);
}

/** When the oldest of the window leaves it; `nowUs` when there is room already. */
export function roomAtUs(window: RateWindow, limit: number, nowUs: EpochUs): EpochUs {
  const count = countWithinSecond(window, nowUs);
  return count < limit ? nowUs : (window.times[count - limit] as number) + WINDOW_US;
}
