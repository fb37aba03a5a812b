/** Times to text. Epoch microseconds in; New York time out unless a name says otherwise. Pure but for a cache of offsets. */
const QUARTER_HOUR_MS = 900_000;
const offsets = new Map<number, number>();
const OFFSETS_MAX = 512;

const newYork = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Milliseconds to add to UTC for New York time. Offsets change only on quarter hours, so one lookup serves each. */
export function newYorkOffsetMs(epochMs: number): number {
  const bucket = Math.floor(epochMs / QUARTER_HOUR_MS);
  const known = offsets.get(bucket);
  if (known !== undefined) return known;
  const startMs = bucket * QUARTER_HOUR_MS;
  const part: Record<string, number> = {};
  for (const { type, value } of newYork.formatToParts(startMs)) part[type] = Number(value);
  const localMs = Date.UTC(
    part['year'] as number,
    (part['month'] as number) - 1,
    part['day'] as number,
    part['hour'] as number,
    part['minute'] as number,
    part['second'] as number,
  );
  if (offsets.size >= OFFSETS_MAX) offsets.clear();
  offsets.set(bucket, localMs - startMs);
  return localMs - startMs;
}

/** Clocks of markets are far from 1970: what is that small counts from a clock that was never set. */
const FIRST_US = 86_400_000_000 * 365;

/** False while an engine has no market time yet. */
export const isTime = (us: number): boolean => Number.isFinite(us) && us >= FIRST_US;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** "09:47:12.304"; 'second' drops the milliseconds, 'minute' the seconds too. */
export function timeText(us: number, precision: 'ms' | 'second' | 'minute' = 'ms'): string {
  if (!isTime(us)) return '–';
  const epochMs = Math.floor(us / 1000);
  return clockText(epochMs + newYorkOffsetMs(epochMs), precision);
}

/** "2026-11-20" in New York. */
export function dateText(us: number): string {
  if (!isTime(us)) return '–';
  const epochMs = Math.floor(us / 1000);
  return new Date(epochMs + newYorkOffsetMs(epochMs)).toISOString().slice(0, 10);
}

/** For a tooltip: the same instant in New York, here, and in UTC. */
export function timeExplained(us: number): string {
  if (!isTime(us)) return 'no time yet';
  const epochMs = Math.floor(us / 1000);
  const localOffsetMs = -new Date(epochMs).getTimezoneOffset() * 60_000;
  return `${dateText(us)} ${timeText(us)} New York\n${clockText(epochMs + localOffsetMs, 'ms')} here\n${clockText(epochMs, 'ms')} UTC`;
}

/** "6h12m", "12m04s", "41s", "0.4s". For time to close, ages and time left. */
export function durationText(us: number): string {
  if (!Number.isFinite(us)) return '–';
  const seconds = Math.max(0, us / 1e6);
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${pad(whole % 60, 2)}s`;
  const hours = Math.floor(whole / 3600);
  if (hours < 48) return `${hours}h${pad(Math.floor((whole % 3600) / 60), 2)}m`;
  return `${Math.floor(hours / 24)}d${pad(hours % 24, 2)}h`;
}

function clockText(shiftedMs: number, precision: 'ms' | 'second' | 'minute'): string {
  const day = ((shiftedMs % 86_400_000) + 86_400_000) % 86_400_000;
  const minutes = `${pad(Math.floor(day / 3_600_000), 2)}:${pad(Math.floor(day / 60_000) % 60, 2)}`;
  if (precision === 'minute') return minutes;
  const seconds = `${minutes}:${pad(Math.floor(day / 1000) % 60, 2)}`;
  return precision === 'second' ? seconds : `${seconds}.${pad(day % 1000, 3)}`;
}
