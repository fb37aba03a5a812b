/** Trading days as the simulated market needs them, out of the session calendar. */
import { ensure } from '../../lib/assert.ts';
import { parseDate } from '../../time/civil.ts';
import { newYorkToUs } from '../../time/new-york.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import type { MarketDay } from './event-sink.ts';

const calendar = new SessionCalendar(US_EQUITY_CALENDAR);

/** The market day of a date, or undefined when the market is closed then (or it is no date). */
export function marketDay(date: string): MarketDay | undefined {
  const index = parseDate(date);
  if (index === undefined) return undefined;
  const day = calendar.day(index);
  const regular = day.phases.find((phase) => phase.phase === 'regular');
  if (regular === undefined) return undefined;
  const first = day.phases.find((phase) => phase.phase === 'pre') ?? regular;
  const last = day.phases.findLast((phase) => phase.phase === 'post') ?? regular;
  return {
    day: day.date,
    dayNumber: index,
    previousDayNumber: calendar.previousOpenDay(index).index,
    preOpenUs: first.fromUs,
    openUs: regular.fromUs,
    closeUs: regular.toUs,
    endUs: last.toUs,
  };
}

export function nextMarketDay(day: MarketDay): MarketDay {
  return ensure(marketDay(calendar.nextOpenDay(day.dayNumber).date), 'an open day has regular hours');
}

/** The date itself when the market is open on it, else the last open day before. `index` counts days since 1970-01-01. */
export function openDateAtOrBefore(index: number): string {
  const day = calendar.day(index);
  return (day.kind === 'closed' ? calendar.previousOpenDay(index) : day).date;
}

/** The date itself when the market is open on it, else the next open day. */
export function openDateAtOrAfter(index: number): string {
  const day = calendar.day(index);
  return (day.kind === 'closed' ? calendar.nextOpenDay(index) : day).date;
}

/** The open day before a date. */
export function previousOpenDate(date: string): string | undefined {
  const index = parseDate(date);
  return index === undefined ? undefined : calendar.previousOpenDay(index).date;
}

/** The instant of HH:MM New York time on a market day, epoch microseconds. */
export function newYorkInstant(day: MarketDay, minuteOfDay: number): number {
  return newYorkToUs(day.dayNumber, minuteOfDay);
}

/** Minutes of the day of an HH:MM text, or undefined. */
export function minuteOfClock(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const hours = Number(match[1]);
  const minutes = Number(match[2]);
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : undefined;
}
