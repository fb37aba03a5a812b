/** Sessions over every day of nineteen years: against holiday rules worked out here, the wall clock, and a recorded calendar. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PHASE_CODE, PHASES } from '../market/view-columns.ts';
import { SHARED_DATA } from '../testing/shared-data.ts';
import { SessionCalendar } from './calendar.ts';
import { civilFromDays, daysFromCivil, formatDate, parseDate, weekdayOf } from './civil.ts';
import { newYorkOffsetUs, newYorkToUs } from './new-york.ts';
import { SessionClock } from './session-clock.ts';
import { US_EQUITY_CALENDAR } from './us-calendar.ts';

const FIRST = daysFromCivil(2010, 1, 1);
const LAST = daysFromCivil(2028, 12, 31);
const calendar = new SessionCalendar(US_EQUITY_CALENDAR);
const hour = 3_600_000_000;

const wall = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const wallTime = (us: number): string => wall.format(us / 1000);

/** Exchange holidays by their rules, not by a table. */
function holidays(year: number): { closed: Set<number>; early: Set<number> } {
  const nth = (month: number, weekday: number, n: number): number => {
    const first = daysFromCivil(year, month, 1);
    return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1);
  };
  const observed = (day: number): number => (weekdayOf(day) === 6 ? day - 1 : weekdayOf(day) === 0 ? day + 1 : day);
  const newYear = daysFromCivil(year, 1, 1);
  const memorial = nth(5, 1, 5) < daysFromCivil(year, 6, 1) ? nth(5, 1, 5) : nth(5, 1, 4);
  const july4 = daysFromCivil(year, 7, 4);
  const christmas = daysFromCivil(year, 12, 25);
  const thanksgiving = nth(11, 4, 4);
  const closed = [
    nth(1, 1, 3),
    nth(2, 1, 3),
    easter(year) - 2,
    memorial,
    observed(july4),
    nth(9, 1, 1),
    thanksgiving,
    observed(christmas),
  ];
  // New Year's Day on a Saturday is not observed on the Friday of the year before.
  if (weekdayOf(newYear) !== 6) closed.push(observed(newYear));
  if (year >= 2022) closed.push(observed(daysFromCivil(year, 6, 19)));
  const early = [thanksgiving + 1];
  const tuesdayToFriday = (day: number): boolean => weekdayOf(day) >= 2 && weekdayOf(day) <= 5;
  if (tuesdayToFriday(july4)) early.push(july4 - 1);
  if (tuesdayToFriday(christmas)) early.push(christmas - 1);
  return { closed: new Set(closed), early: new Set(early) };
}

function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return daysFromCivil(year, Math.floor(f / 31), (f % 31) + 1);
}

/** Closed for a hurricane and for two days of mourning. */
const EXTRAORDINARY = new Set(['2012-10-29', '2012-10-30', '2018-12-05', '2025-01-09'].map((date) => parseDate(date)));

describe('sessions', () => {
  it('SES2 SES3 knows every closed and half day from 2010 to 2028 by the rules of the exchange', () => {
    let open = 0;
    for (let index = FIRST; index <= LAST; index++) {
      const [year] = civilFromDays(index);
      const { closed, early } = holidays(year);
      const isClosed =
        weekdayOf(index) === 0 || weekdayOf(index) === 6 || closed.has(index) || EXTRAORDINARY.has(index);
      expect([formatDate(index), calendar.day(index).kind]).toEqual([
        formatDate(index),
        isClosed ? 'closed' : early.has(index) ? 'half' : 'full',
      ]);
      if (!isClosed) open++;
    }
    expect(open).toBeGreaterThan(4700);
  });

  const recorded = path.join(SHARED_DATA, 'us-equity-calendar.json');
  it.skipIf(!existsSync(recorded))('SES2 SES3 agrees with a recorded calendar on every day from 2010 to 2028', () => {
    const table = JSON.parse(readFileSync(recorded, 'utf8')) as {
      closed: string[];
      earlyCloses: Record<string, string>;
    };
    const closed = new Set(table.closed);
    for (let index = FIRST; index <= LAST; index++) {
      const date = formatDate(index);
      const isClosed = weekdayOf(index) === 0 || weekdayOf(index) === 6 || closed.has(date);
      expect([date, calendar.day(index).kind]).toEqual([
        date,
        isClosed ? 'closed' : table.earlyCloses[date] === undefined ? 'full' : 'half',
      ]);
    }
  });

  it('SES1 SES4 puts every phase at its New York wall time on every day, summer and winter', () => {
    const clock = new SessionClock(calendar);
    for (let index = FIRST; index <= LAST; index++) {
      const day = calendar.day(index);
      if (day.kind === 'closed') continue;
      const times = day.kind === 'half' ? ['04:00', '09:30', '13:00', '17:00'] : ['04:00', '09:30', '16:00', '20:00'];
      const edges = [...day.phases.map(({ fromUs }) => fromUs), day.phases.at(-1)?.toUs as number];
      expect(edges.map((us) => wallTime(us))).toEqual(times.map((time) => `${day.date} ${time}:00`));
      const around = edges.flatMap((us) => [PHASES[clock.phaseAt(us - 1)], PHASES[clock.phaseAt(us)]]);
      expect(around).toEqual(['closed', 'pre', 'pre', 'regular', 'regular', 'post', 'post', 'closed']);
    }
  });

  it('SES5 says when the phase changes next, over weekends and holidays', () => {
    const clock = new SessionClock(calendar);
    const at = (date: string, time: number): number => newYorkToUs(parseDate(date) as number, time);
    expect(clock.nextChangeUs(at('2026-11-25', 600))).toBe(at('2026-11-25', 960));
    // Thanksgiving is closed; the Friday after it opens at 04:00 and is a half day.
    expect(clock.nextChangeUs(at('2026-11-25', 1201))).toBe(at('2026-11-27', 240));
    expect(clock.nextChangeUs(at('2026-11-27', 780))).toBe(at('2026-11-27', 1020));
    expect(clock.nextChangeUs(at('2026-11-27', 1020))).toBe(at('2026-11-30', 240));
    expect(clock.minuteOfDay(at('2026-11-27', 570))).toBe(570);
    expect(clock.untilRegularEnd(at('2026-11-27', 570))).toBe(3.5 * hour);
    expect(clock.dayOf(at('2026-11-26', 600)).kind).toBe('closed');
  });

  it('SES4 gives every instant of a year one phase and one day that hold it', () => {
    const clock = new SessionClock(calendar);
    const fresh = (): SessionClock => new SessionClock(calendar);
    const from = newYorkToUs(FIRST, 0);
    const to = newYorkToUs(LAST, 0);
    fc.assert(
      fc.property(fc.integer({ min: from, max: to }), (us) => {
        const day = clock.dayOf(us);
        expect(us >= day.startUs && us < day.endUs).toBe(true);
        expect(wallTime(us).slice(0, 10)).toBe(day.date);
        // The kept span must never leak into the answer.
        expect(clock.phaseAt(us)).toBe(fresh().phaseAt(us));
        expect(us >= clock.fromUs && us < clock.toUs).toBe(true);
      }),
      { numRuns: 2000, seed: 11 },
    );
  });

  it('SES6 takes an overnight session as data: the evening belongs to the next date', () => {
    const hours = US_EQUITY_CALENDAR.hours[0];
    if (hours === undefined) throw new Error('the table has hours');
    const overnight = new SessionCalendar({
      ...US_EQUITY_CALENDAR,
      hours: [
        hours,
        {
          ...hours,
          fromDate: '2026-12-07',
          full: [{ phase: 'overnight', fromMinute: -180, toMinute: 230 }, ...hours.full],
        },
      ],
    });
    const clock = new SessionClock(overnight);
    const sunday = newYorkToUs(parseDate('2026-12-06') as number, 21 * 60);
    expect(clock.dayOf(sunday - 1).date).toBe('2026-12-06');
    expect(clock.phaseAt(sunday - 1)).toBe(PHASE_CODE.closed);
    expect(clock.dayOf(sunday).date).toBe('2026-12-07');
    expect(clock.phaseAt(sunday)).toBe(PHASE_CODE.overnight);
    expect(clock.minuteOfDay(sunday)).toBe(-180);
    expect(clock.nextChangeUs(sunday)).toBe(newYorkToUs(parseDate('2026-12-07') as number, 230));
  });

  it('SES7 says when it only assumes', () => {
    expect(calendar.dayOfDate('2031-01-02')?.isAssumed).toBe(true);
    expect(calendar.dayOfDate('2028-12-29')?.isAssumed).toBe(false);
    expect(calendar.dayOfDate('2026-02-30')).toBeUndefined();
  });

  it('SES4 changes the offset at 2:00 on the right Sundays', () => {
    for (const [date, before, after] of [
      ['2013-03-10', -5, -4],
      ['2013-11-03', -4, -5],
      ['2026-03-08', -5, -4],
      ['2026-11-01', -4, -5],
    ] as const) {
      const midnight = newYorkToUs(parseDate(date) as number, 0);
      expect([newYorkOffsetUs(midnight) / hour, newYorkOffsetUs(midnight + 12 * hour) / hour]).toEqual([before, after]);
      expect(calendar.dayOfDate(date)?.endUs).toBe(midnight + (24 + before - after) * hour);
    }
  });
});

describe('civil dates', () => {
  it('turns days into dates and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), (days) => {
        const [year, month, day] = civilFromDays(days);
        expect(daysFromCivil(year, month, day)).toBe(days);
        expect(new Date(days * 86_400_000).toISOString().slice(0, 10)).toBe(
          `${year < 0 ? year : String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
        );
        expect(new Date(days * 86_400_000).getUTCDay()).toBe(weekdayOf(days));
      }),
      { seed: 5 },
    );
  });
});
