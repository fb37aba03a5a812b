/** Days a vendor announces that the calendar's table does not have: unscheduled closings, early closes added later. */
import type { CalendarTable } from './calendar.ts';

export interface CalendarDay {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly kind: 'closed' | 'half';
}

/** Minute of the New York day at which an early close ends the regular session. */
const EARLY_CLOSE_MINUTE = 780;

export function withCalendarDays(table: CalendarTable, days: readonly CalendarDay[] | undefined): CalendarTable {
  if (days === undefined || days.length === 0) return table;
  const closed = days.filter((day) => day.kind === 'closed').map((day) => day.date);
  const halves = days
    .filter((day) => day.kind === 'half')
    .map((day): [string, number] => [day.date, EARLY_CLOSE_MINUTE]);
  return {
    ...table,
    closed: [...new Set([...table.closed, ...closed])].toSorted(),
    earlyCloses: new Map([...table.earlyCloses, ...halves]),
  };
}
