/**
 * The calendar of trading days as data, and the one way it becomes a day with phases. Rules: docs/specs/sessions.md.
 */
import type { SessionPhase } from '../model/bar.ts';
import { formatDate, parseDate, weekdayOf } from './civil.ts';
import { newYorkToUs } from './new-york.ts';

export interface PhaseHours {
  readonly phase: SessionPhase;
  /** Minutes of the New York day of the trading date; negative minutes belong to the evening before. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** The hours in force from a date on. */
export interface SessionHours {
  readonly fromDate: string;
  /** In order of time, never overlapping. */
  readonly full: readonly PhaseHours[];
  /** After an early close the late session lasts this long. */
  readonly lateAfterEarlyCloseMinutes: number;
}

export interface CalendarTable {
  readonly source: string;
  /** Date on which the table was made or last refreshed. */
  readonly updated: string;
  /** First and last date the table speaks for; outside of them every weekday is assumed to be a full day. */
  readonly fromDate: string;
  readonly toDate: string;
  /** Dates closed beside Saturdays and Sundays. */
  readonly closed: readonly string[];
  /** Date to minute of the New York day at which the regular session ends early. */
  readonly earlyCloses: ReadonlyMap<string, number>;
  /** Ordered by fromDate. */
  readonly hours: readonly SessionHours[];
}

export interface PhaseSpan {
  readonly phase: SessionPhase;
  readonly fromUs: number;
  readonly toUs: number;
}

export interface TradingDay {
  /** 'YYYY-MM-DD' of the New York trading date. */
  readonly date: string;
  /** Days since 1970-01-01. */
  readonly index: number;
  readonly kind: 'full' | 'half' | 'closed';
  /** True outside the dates the table speaks for. */
  readonly isAssumed: boolean;
  /** New York midnight at which the date begins; `minuteOfDay` counts from here. */
  readonly midnightUs: number;
  /** The trading day is [startUs, endUs); with overnight hours it starts on the evening before. */
  readonly startUs: number;
  readonly endUs: number;
  /** Open phases in order of time; empty on closed days. */
  readonly phases: readonly PhaseSpan[];
}

export class SessionCalendar {
  readonly table: CalendarTable;
  readonly #closed: ReadonlySet<string>;
  readonly #days = new Map<number, TradingDay>();

  constructor(table: CalendarTable) {
    this.table = table;
    this.#closed = new Set(table.closed);
  }

  /** The trading day of 'YYYY-MM-DD'; undefined when that is no date. */
  dayOfDate(date: string): TradingDay | undefined {
    const index = parseDate(date);
    return index === undefined ? undefined : this.day(index);
  }

  /** The trading day of a date given as days since 1970-01-01. */
  day(index: number): TradingDay {
    const known = this.#days.get(index);
    if (known !== undefined) return known;
    const date = formatDate(index);
    const hours = this.#hours(index);
    const midnightUs = newYorkToUs(index, 0);
    const day: TradingDay = {
      date,
      index,
      kind: hours.length === 0 ? 'closed' : this.table.earlyCloses.has(date) ? 'half' : 'full',
      isAssumed: date < this.table.fromDate || date > this.table.toDate,
      midnightUs,
      startUs: this.#startUs(index),
      endUs: this.#startUs(index + 1),
      phases: hours.map(({ phase, fromMinute, toMinute }) => ({
        phase,
        fromUs: newYorkToUs(index, fromMinute),
        toUs: newYorkToUs(index, toMinute),
      })),
    };
    // A backtest over years may not fill memory with days; a handful is in use at any time.
    if (this.#days.size >= 64) this.#days.clear();
    this.#days.set(index, day);
    return day;
  }

  /** The next trading day after `index` that is not closed. */
  nextOpenDay(index: number): TradingDay {
    for (let next = index + 1; ; next++) {
      const day = this.day(next);
      if (day.kind !== 'closed') return day;
    }
  }

  /** The latest trading day before `index` that was not closed. */
  previousOpenDay(index: number): TradingDay {
    for (let previous = index - 1; ; previous--) {
      const day = this.day(previous);
      if (day.kind !== 'closed') return day;
    }
  }

  #startUs(index: number): number {
    const first = this.#hours(index)[0];
    return newYorkToUs(index, first === undefined ? 0 : Math.min(0, first.fromMinute));
  }

  /** The phases of a date, cut short on half days; empty on closed days. */
  #hours(index: number): readonly PhaseHours[] {
    const date = formatDate(index);
    const weekday = weekdayOf(index);
    if (weekday === 0 || weekday === 6 || this.#closed.has(date)) return [];
    const hours = this.table.hours.findLast((row) => row.fromDate <= date) ?? this.table.hours[0];
    if (hours === undefined) return [];
    const close = this.table.earlyCloses.get(date);
    if (close === undefined) return hours.full;
    return hours.full.flatMap((row) => {
      if (row.phase === 'regular') return [{ ...row, toMinute: close }];
      if (row.phase === 'post')
        return [
          { ...row, fromMinute: close, toMinute: Math.min(row.toMinute, close + hours.lateAfterEarlyCloseMinutes) },
        ];
      return [row];
    });
  }
}
