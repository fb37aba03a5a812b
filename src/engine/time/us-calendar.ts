/**
 * The days on which the US stock market is closed or closes early, and the hours of its sessions, as dated data. The table
 * is a starting point: `mergeMarketHolidays` (calendar-refresh.ts) lets the feed's own answer win.
 */
import type { CalendarTable, SessionHours } from './calendar.ts';

/** Per year: the days closed beside Saturdays and Sundays, as MMDD. */
const CLOSED: Readonly<Record<number, string>> = {
  1998: '0101 0119 0216 0410 0525 0703 0907 1126 1225',
  1999: '0101 0118 0215 0402 0531 0705 0906 1125 1224',
  2000: '0117 0221 0421 0529 0704 0904 1123 1225',
  2001: '0101 0115 0219 0413 0528 0704 0903 0911 0912 0913 0914 1122 1225',
  2002: '0101 0121 0218 0329 0527 0704 0902 1128 1225',
  2003: '0101 0120 0217 0418 0526 0704 0901 1127 1225',
  2004: '0101 0119 0216 0409 0531 0611 0705 0906 1125 1224',
  2005: '0117 0221 0325 0530 0704 0905 1124 1226',
  2006: '0102 0116 0220 0414 0529 0704 0904 1123 1225',
  2007: '0101 0102 0115 0219 0406 0528 0704 0903 1122 1225',
  2008: '0101 0121 0218 0321 0526 0704 0901 1127 1225',
  2009: '0101 0119 0216 0410 0525 0703 0907 1126 1225',
  2010: '0101 0118 0215 0402 0531 0705 0906 1125 1224',
  2011: '0101 0117 0221 0422 0530 0704 0905 1124 1226',
  2012: '0102 0116 0220 0406 0528 0704 0903 1029 1030 1122 1225',
  2013: '0101 0121 0218 0329 0527 0704 0902 1128 1225',
  2014: '0101 0120 0217 0418 0526 0704 0901 1127 1225',
  2015: '0101 0119 0216 0403 0525 0703 0907 1126 1225',
  2016: '0101 0118 0215 0325 0530 0704 0905 1124 1226',
  2017: '0102 0116 0220 0414 0529 0704 0904 1123 1225',
  2018: '0101 0115 0219 0330 0528 0704 0903 1122 1205 1225',
  2019: '0101 0121 0218 0419 0527 0704 0902 1128 1225',
  2020: '0101 0120 0217 0410 0525 0703 0907 1126 1225',
  2021: '0101 0118 0215 0402 0531 0705 0906 1125 1224',
  2022: '0101 0117 0221 0415 0530 0620 0704 0905 1124 1226',
  2023: '0102 0116 0220 0407 0529 0619 0704 0904 1123 1225',
  2024: '0101 0115 0219 0329 0527 0619 0704 0902 1128 1225',
  2025: '0101 0109 0120 0217 0418 0526 0619 0704 0901 1127 1225',
  2026: '0101 0119 0216 0403 0525 0619 0703 0907 1126 1225',
  2027: '0101 0118 0215 0326 0531 0618 0705 0906 1125 1224',
  2028: '0117 0221 0414 0529 0619 0704 0904 1123 1225',
};

/** Per year: the days closing at 13:00 New York time, as MMDD. */
const EARLY: Readonly<Record<number, string>> = {
  1999: '1126',
  2000: '0703 1124',
  2001: '0703 1123 1224',
  2002: '0705 1129 1224',
  2003: '0703 1128 1224 1226',
  2004: '1126',
  2005: '1125',
  2006: '0703 1124',
  2007: '0703 1123 1224',
  2008: '0703 1128 1224',
  2009: '1127 1224',
  2010: '1126',
  2011: '1125',
  2012: '0703 1123 1224',
  2013: '0703 1129 1224',
  2014: '0703 1128 1224',
  2015: '1127 1224',
  2016: '1125',
  2017: '0703 1124 1224',
  2018: '0703 1123 1224',
  2019: '0703 1129 1224',
  2020: '1127 1224',
  2021: '1126',
  2022: '1125',
  2023: '0703 1124',
  2024: '0703 1129 1224',
  2025: '0703 1128 1224',
  2026: '1127 1224',
  2027: '1126',
  2028: '0703 1124',
};

/** Session hours by date of their start, in minutes of the New York day. Negative minutes belong to the evening before. */
const HOURS: readonly SessionHours[] = [
  {
    fromDate: '1998-01-01',
    full: [
      { phase: 'pre', fromMinute: 240, toMinute: 570 },
      { phase: 'regular', fromMinute: 570, toMinute: 960 },
      { phase: 'post', fromMinute: 960, toMinute: 1200 },
    ],
    lateAfterEarlyCloseMinutes: 240,
  },
];

export const US_EQUITY_CALENDAR: CalendarTable = {
  source:
    'NYSE Group holiday and early-closing releases, 1998 to 2028; extended hours as published by the consolidated tapes',
  updated: '2026-11-22',
  fromDate: '1998-01-01',
  toDate: '2028-12-31',
  closed: dates(CLOSED),
  earlyCloses: new Map(dates(EARLY).map((date) => [date, 780])),
  hours: HOURS,
};

function dates(byYear: Readonly<Record<number, string>>): readonly string[] {
  return Object.entries(byYear).flatMap(([year, days]) =>
    days.split(' ').map((day) => `${year}-${day.slice(0, 2)}-${day.slice(2)}`),
  );
}
