/** Numbers to text. Pure. What is missing (NaN, or 0 where 0 means "none yet") becomes a dash of its own. */
export const NONE = '–';
const MINUS = '\u2212';

/** A price in dollars: two decimals, four below one dollar, thousands grouped. 0 and NaN mean "none yet". */
export function priceText(value: number): string {
  if (!(value > 0) || value === Infinity) return NONE;
  if (value < 0.99995) return value.toFixed(4);
  return grouped(value.toFixed(2));
}

/** Percent with its sign; no sign when it rounds to zero. */
export function signedText(value: number, decimals = 2): string {
  if (!Number.isFinite(value)) return NONE;
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return text;
  return (value < 0 ? MINUS : '+') + grouped(text);
}

/** Basis points: one decimal, none from 1,000 up, where a tenth says nothing. */
export function bpsText(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  return fixedText(value, Math.abs(value) >= 999.95 ? 0 : 1);
}

export function fixedText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return NONE;
  const text = Math.abs(value).toFixed(decimals);
  return (value < 0 && Number(text) !== 0 ? MINUS : '') + grouped(text);
}

/** At least so many decimals, and for small figures as many as show two digits that count: 0.0034, not 0.00. */
export function significantText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size === 0 || size >= 0.1) return fixedText(value, decimals);
  return fixedText(value, Math.min(DECIMALS_MOST, Math.max(decimals, 1 - Math.floor(Math.log10(size)))));
}
const DECIMALS_MOST = 10;

/** A count in full, thousands grouped: "5,500". */
export function countText(value: number): string {
  return fixedText(value, 0);
}

const UNITS = ['k', 'm', 'b', 't'] as const;

/** A large count in k, m, b, t with two decimals ("12.34m"); below 1,000 the whole number. */
export function compactText(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : '';
  if (size < 999.5) return (Math.round(size) === 0 ? '' : sign) + Math.round(size).toString();
  let scaled = size / 1000;
  let unit = 0;
  while (scaled >= 999.995 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return sign + grouped(scaled.toFixed(2)) + (UNITS[unit] as string);
}

/** Bytes in MB or GB, binary, as task managers show them. */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes)) return NONE;
  const mega = bytes / 1_048_576;
  return mega >= 1000 ? `${(mega / 1024).toFixed(2)} GB` : `${Math.round(mega)} MB`;
}

/** A latency in microseconds as "820 µs", "1.4 ms" or "2.30 s". */
export function latencyText(us: number): string {
  if (!Number.isFinite(us)) return NONE;
  if (us < 999.5) return `${Math.round(us)} µs`;
  if (us < 999_950) return us < 99_950 ? `${(us / 1000).toFixed(1)} ms` : `${Math.round(us / 1000)} ms`;
  return `${(us / 1e6).toFixed(2)} s`;
}

/** Puts a comma before every third digit of the whole part. */
function grouped(text: string): string {
  const dot = text.indexOf('.');
  const whole = dot < 0 ? text.length : dot;
  if (whole <= 3) return text;
  let out = text.slice(0, whole % 3);
  for (let i = whole % 3; i < whole; i += 3) out += (out === '' ? '' : ',') + text.slice(i, i + 3);
  return out + text.slice(whole);
}
