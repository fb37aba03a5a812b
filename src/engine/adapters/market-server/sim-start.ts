/** Where a simulated market begins: the latest trading day at 09:25 New York time unless told otherwise. */
import { newYorkOffsetUs, US_PER_DAY } from '../../time/new-york.ts';
import type { MarketDay } from '../../sim/market/event-sink.ts';
import { marketDay, minuteOfClock, newYorkInstant, openDateAtOrBefore } from '../../sim/market/market-days.ts';

export const DEFAULT_START = '09:25';

export interface SimStart {
  readonly day: MarketDay;
  readonly startUs: number;
}

/** The day and instant, or one sentence saying what is wrong. `nowUs` decides the day when none is given. */
export function simStart(nowUs: number, date?: string, clock: string = DEFAULT_START): SimStart | string {
  const minute = minuteOfClock(clock);
  if (minute === undefined) return `start '${clock}' is no time of day; write HH:MM, New York time.`;
  const today = Math.floor((nowUs + newYorkOffsetUs(nowUs)) / US_PER_DAY);
  const day = marketDay(date ?? openDateAtOrBefore(today));
  if (day === undefined) return `the market is closed on '${date ?? ''}'; name a trading day as YYYY-MM-DD.`;
  const startUs = newYorkInstant(day, minute);
  if (startUs >= day.endUs) return `start '${clock}' is after the end of the trading day.`;
  return { day, startUs: Math.max(startUs, day.preOpenUs) };
}
