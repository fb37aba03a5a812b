/**
 * Takes the feed's own list of coming holidays (`/v1/marketstatus/upcoming`) into the calendar table. The feed wins where it
 * speaks; the table stays where it is silent. Rules SES9 to SES12 in docs/specs/sessions.md.
 */
import type { CalendarTable } from './calendar.ts';
import { parseDate } from './civil.ts';
import { newYorkOffsetUs, US_PER_DAY } from './new-york.ts';

/** One row of the feed: one exchange and date. Taken as it comes, nothing in it is trusted. */
export interface HolidayRow {
  readonly date?: unknown;
  readonly exchange?: unknown;
  readonly status?: unknown;
  readonly close?: unknown;
}

export interface CalendarChange {
  readonly date: string;
  readonly from: string;
  readonly to: string;
}

export interface CalendarRefresh {
  readonly table: CalendarTable;
  /** What the feed changed, by date. */
  readonly changes: readonly CalendarChange[];
  /** Dates on which the exchanges of the feed disagree; the stricter answer was taken. */
  readonly disputed: readonly string[];
  /** Days of the table within the feed's reach that the feed does not know; they were kept. */
  readonly unconfirmed: readonly string[];
  /** Rows that could not be understood. */
  readonly ignored: number;
}

const EXCHANGES: ReadonlySet<unknown> = new Set(['NYSE', 'NASDAQ']);
const CLOSED = 0;

/** `refreshedOn` is the date of the answer, 'YYYY-MM-DD'. */
export function mergeMarketHolidays(
  table: CalendarTable,
  rows: readonly HolidayRow[],
  refreshedOn: string,
): CalendarRefresh {
  const told = new Map<string, number>();
  const disputed = new Set<string>();
  let ignored = 0;
  for (const row of rows) {
    if (!EXCHANGES.has(row.exchange)) continue;
    const answer = closeMinute(row);
    if (answer === undefined) {
      ignored++;
      continue;
    }
    const date = row.date as string;
    const known = told.get(date);
    if (known !== undefined && known !== answer) disputed.add(date);
    // The earlier close is the stricter one, a closed day the strictest.
    told.set(date, known === undefined ? answer : Math.min(known, answer));
  }
  const closed = new Set(table.closed);
  const early = new Map(table.earlyCloses);
  const changes: CalendarChange[] = [];
  for (const [date, answer] of [...told].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const from = describe(closed, early, date);
    closed.delete(date);
    early.delete(date);
    if (answer === CLOSED) closed.add(date);
    else early.set(date, answer);
    const to = describe(closed, early, date);
    if (from !== to) changes.push({ date, from, to });
  }
  const last = [...told.keys()].reduce((a, b) => (a > b ? a : b), '');
  const unconfirmed = [...table.closed, ...table.earlyCloses.keys()]
    .filter((date) => date >= refreshedOn && date <= last && !told.has(date))
    .toSorted();
  return {
    table: {
      ...table,
      source:
        told.size === 0
          ? table.source
          : `${table.source.split('; refreshed')[0]}; refreshed from the feed's holiday list`,
      updated: told.size === 0 ? table.updated : refreshedOn,
      toDate: last > table.toDate ? last : table.toDate,
      closed: [...closed].toSorted(),
      earlyCloses: early,
    },
    changes,
    disputed: [...disputed].toSorted(),
    unconfirmed,
    ignored,
  };
}

/** Minute of the New York day at which the row's date closes, 0 for a closed day; undefined when the row makes no sense. */
function closeMinute(row: HolidayRow): number | undefined {
  if (typeof row.date !== 'string') return undefined;
  const days = parseDate(row.date);
  if (days === undefined) return undefined;
  if (row.status === 'closed') return CLOSED;
  if (row.status !== 'early-close' || typeof row.close !== 'string') return undefined;
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?Z$/.exec(row.close);
  const closeDays = match === null ? undefined : parseDate(match[1] as string);
  if (match === null || closeDays === undefined) return undefined;
  const utc = closeDays * US_PER_DAY + (Number(match[2]) * 60 + Number(match[3])) * 60_000_000;
  const minute = (utc + newYorkOffsetUs(utc) - days * US_PER_DAY) / 60_000_000;
  return minute > 570 && minute < 960 ? minute : undefined;
}

function describe(closed: ReadonlySet<string>, early: ReadonlyMap<string, number>, date: string): string {
  if (closed.has(date)) return 'closed';
  const minute = early.get(date);
  return minute === undefined
    ? 'full'
    : `early close ${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
}
