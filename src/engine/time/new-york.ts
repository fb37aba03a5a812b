/**
 * The offset of New York from UTC at any instant, from the time-zone data of the JavaScript runtime. Asking Intl costs
 * microseconds, so the two changes of each year are found once and kept.
 */
import { US_PER_MINUTE, US_PER_SECOND } from '../model/units.ts';
import { daysFromCivil } from './civil.ts';

export const US_PER_DAY = 86_400_000_000;

interface OffsetSpan {
  readonly fromUs: number;
  readonly toUs: number;
  readonly offsetUs: number;
}

const format = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

const spansOfYear = new Map<number, readonly OffsetSpan[]>();
let latest: OffsetSpan = { fromUs: 0, toUs: 0, offsetUs: 0 };

/** Local time minus UTC, microseconds (negative in New York). */
export function newYorkOffsetUs(us: number): number {
  if (us >= latest.fromUs && us < latest.toUs) return latest.offsetUs;
  const year = 1970 + Math.floor(us / US_PER_DAY / 365.2425);
  for (const near of [year, year + 1, year - 1]) {
    for (const span of spans(near)) {
      if (us >= span.fromUs && us < span.toUs) {
        latest = span;
        return span.offsetUs;
      }
    }
  }
  return askOffsetUs(us);
}

/** The instant at which New York clocks show `minute` minutes after midnight of day `days`. */
export function newYorkToUs(days: number, minute: number): number {
  const local = days * US_PER_DAY + minute * US_PER_MINUTE;
  const guess = local - newYorkOffsetUs(local);
  return local - newYorkOffsetUs(guess);
}

function spans(year: number): readonly OffsetSpan[] {
  const known = spansOfYear.get(year);
  if (known !== undefined) return known;
  const found: OffsetSpan[] = [];
  const endUs = daysFromCivil(year + 1, 1, 1) * US_PER_DAY;
  let fromUs = daysFromCivil(year, 1, 1) * US_PER_DAY;
  let offsetUs = askOffsetUs(fromUs);
  // Changes are months apart, so steps of four weeks cannot jump over two of them.
  for (let at = fromUs; at < endUs;) {
    const next = Math.min(at + 28 * US_PER_DAY, endUs);
    const nextOffsetUs = askOffsetUs(next);
    if (nextOffsetUs !== offsetUs) {
      const changeUs = bisect(at, next, offsetUs);
      found.push({ fromUs, toUs: changeUs, offsetUs });
      fromUs = changeUs;
      offsetUs = nextOffsetUs;
    }
    at = next;
  }
  if (fromUs < endUs) found.push({ fromUs, toUs: endUs, offsetUs });
  spansOfYear.set(year, found);
  return found;
}

/** The first whole second in (low, high] at which the offset is no longer `offsetUs`. */
function bisect(lowUs: number, highUs: number, offsetUs: number): number {
  let low = Math.floor(lowUs / US_PER_SECOND);
  let high = Math.ceil(highUs / US_PER_SECOND);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (askOffsetUs(middle * US_PER_SECOND) === offsetUs) low = middle;
    else high = middle;
  }
  return high * US_PER_SECOND;
}

function askOffsetUs(us: number): number {
  const wholeSecondUs = Math.floor(us / US_PER_SECOND) * US_PER_SECOND;
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(wholeSecondUs / 1000)) part[type] = Number(value);
  const days = daysFromCivil(part['year'] as number, part['month'] as number, part['day'] as number);
  const seconds = (part['hour'] as number) * 3600 + (part['minute'] as number) * 60 + (part['second'] as number);
  return days * US_PER_DAY + seconds * US_PER_SECOND - wholeSecondUs;
}
