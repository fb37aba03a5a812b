/** New York time against Intl itself, across both changes of the clock. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateText, durationText, timeExplained, timeText } from './time.ts';

const intl = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

describe('timeText', () => {
  it('is New York time in winter and summer', () => {
    expect(timeText(Date.UTC(2026, 10, 20, 14, 47, 12, 304) * 1000)).toBe('09:47:12.304');
    expect(timeText(Date.UTC(2026, 6, 20, 13, 47, 12, 304) * 1000)).toBe('09:47:12.304');
    expect(timeText(Date.UTC(2026, 6, 20, 13, 47, 12, 304) * 1000, 'second')).toBe('09:47:12');
    expect(timeText(Number.NaN)).toBe('–');
    expect(timeText(0)).toBe('–');
  });

  it('agrees with Intl at any instant of 2000 to 2040', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) }), (ms) => {
        const expected = intl.format(ms);
        expect(`${dateText(ms * 1000)}, ${timeText(ms * 1000, 'second')}`).toBe(expected);
      }),
    );
  });

  it('is right in every minute of the hours in which the clock changes', () => {
    for (const start of [Date.UTC(2026, 2, 8, 6), Date.UTC(2026, 10, 1, 5)]) {
      for (let minute = 0; minute < 120; minute++) {
        const ms = start + minute * 60_000;
        expect(`${dateText(ms * 1000)}, ${timeText(ms * 1000, 'second')}`).toBe(intl.format(ms));
      }
    }
  });

  it('explains itself in three zones', () => {
    expect(timeExplained(Date.UTC(2026, 10, 20, 14, 47, 12, 304) * 1000)).toContain('14:47:12.304 UTC');
  });
});

it.each([
  [400_000, '0.4s'],
  [41e6, '41s'],
  [724e6, '12m04s'],
  [22_320e6, '6h12m'],
  [72 * 3600e6, '3d00h'],
  [-5, '0.0s'],
])('durationText %d', (us, text) => expect(durationText(us)).toBe(text));
