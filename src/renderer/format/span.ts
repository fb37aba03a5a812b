/** A span of time as a clock that does not change its width: "00:03:41". Pure. */
const pad = (value: number): string => String(value).padStart(2, '0');

/** Microseconds; days are counted into the hours. Negative spans are zero. */
export function spanText(us: number): string {
  if (!Number.isFinite(us)) return '–';
  const seconds = Math.max(0, Math.floor(us / 1e6));
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

/** "6:19" for what is under an hour, else "1:06:19"; for countdowns in words. */
export function countdownText(us: number): string {
  if (!Number.isFinite(us)) return '–';
  const seconds = Math.max(0, Math.ceil(us / 1e6));
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}
