/** The feed's holiday list taken into the calendar. */
import { describe, expect, it } from 'vitest';
import { SessionCalendar } from './calendar.ts';
import { mergeMarketHolidays } from './calendar-refresh.ts';
import { US_EQUITY_CALENDAR } from './us-calendar.ts';

const row = (date: string, status: string, close?: string, exchange = 'NYSE'): Record<string, unknown> => ({
  date,
  status,
  exchange,
  name: 'x',
  ...(close === undefined ? {} : { close }),
});

describe('calendar refresh', () => {
  it('SES9 takes what the feed says and says what changed', () => {
    const { table, changes, ignored } = mergeMarketHolidays(
      US_EQUITY_CALENDAR,
      [
        row('2026-11-26', 'closed'),
        row('2026-11-27', 'early-close', '2026-11-27T18:00:00.000Z'),
        row('2026-12-09', 'closed'),
        row('2026-12-24', 'early-close', '2026-12-24T17:00:00.000Z'),
      ],
      '2026-11-22',
    );
    expect(changes).toEqual([
      { date: '2026-12-09', from: 'full', to: 'closed' },
      { date: '2026-12-24', from: 'early close 13:00', to: 'early close 12:00' },
    ]);
    expect(ignored).toBe(0);
    expect(table.updated).toBe('2026-11-22');
    const calendar = new SessionCalendar(table);
    expect(calendar.dayOfDate('2026-12-09')?.kind).toBe('closed');
    expect(calendar.dayOfDate('2026-12-24')?.phases.map(({ phase }) => phase)).toEqual(['pre', 'regular', 'post']);
    expect(calendar.dayOfDate('2026-11-27')?.kind).toBe('half');
  });

  it('SES10 takes the stricter answer when exchanges disagree', () => {
    const { table, disputed } = mergeMarketHolidays(
      US_EQUITY_CALENDAR,
      [row('2027-03-01', 'early-close', '2027-03-01T18:00:00Z', 'NASDAQ'), row('2027-03-01', 'closed')],
      '2026-11-22',
    );
    expect(disputed).toEqual(['2027-03-01']);
    expect(table.closed).toContain('2027-03-01');
  });

  it('SES11 keeps days the feed does not confirm and names them', () => {
    const { table, unconfirmed } = mergeMarketHolidays(
      US_EQUITY_CALENDAR,
      [row('2026-11-26', 'closed'), row('2026-12-25', 'closed')],
      '2026-11-22',
    );
    expect(unconfirmed).toEqual(['2026-11-27', '2026-12-24']);
    expect(table.earlyCloses.get('2026-11-27')).toBe(780);
  });

  it('SES12 ignores rows that make no sense and counts them', () => {
    const bad = [
      row('2026-13-01', 'closed'),
      row('2026-12-24', 'early-close'),
      row('2026-12-24', 'early-close', '2026-12-24T03:00:00Z'),
      row('2026-12-01', 'open'),
      { exchange: 'NYSE' },
    ];
    const { table, ignored, changes } = mergeMarketHolidays(
      US_EQUITY_CALENDAR,
      [...bad, row('2026-12-02', 'closed', undefined, 'OTC')],
      '2026-11-22',
    );
    expect([ignored, changes.length]).toEqual([5, 0]);
    expect(table.updated).toBe(US_EQUITY_CALENDAR.updated);
  });
});
