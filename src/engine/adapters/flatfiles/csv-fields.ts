/** The fields of a CSV line, split and read at the level of bytes. Nothing is allocated per line. */
import { decodeUtf8 } from '../../model/symbols.ts';

const COMMA = 44;
const QUOTE = 34;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
/** Digits of a number that is exact as an integer in a double. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);
const FIELDS_MAX = 64;

export class CsvFields {
  readonly starts = new Int32Array(FIELDS_MAX);
  readonly ends = new Int32Array(FIELDS_MAX);
  count = 0;

  /** Splits bytes[start, end); quotes around a field are left out. False for an open quote or far too many fields. */
  split(bytes: Uint8Array, start: number, end: number): boolean {
    let count = 0;
    let at = start;
    for (;;) {
      if (count === FIELDS_MAX) return false;
      if (at < end && bytes[at] === QUOTE) {
        const close = bytes.indexOf(QUOTE, at + 1);
        if (close < 0 || close >= end) return false;
        this.starts[count] = at + 1;
        this.ends[count++] = close;
        at = close + 1;
        if (at < end && bytes[at] !== COMMA) return false;
      } else {
        this.starts[count] = at;
        while (at < end && bytes[at] !== COMMA) at++;
        this.ends[count++] = at;
      }
      if (at >= end) break;
      at++;
    }
    this.count = count;
    return true;
  }

  text(bytes: Uint8Array, field: number): string {
    return decodeUtf8(bytes, this.starts[field] as number, this.ends[field] as number);
  }
}

/** The double nearest to the decimal text, exactly as JSON.parse would read it; NaN when the text is no number. */
export function readDecimal(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let digits = 0;
  let decimals = -1;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= ZERO && byte <= NINE) {
      value = value * 10 + byte - ZERO;
      if (value > 0) digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === DOT && decimals < 0 && i > start) decimals = 0;
    else return readSlowly(bytes, start, end);
  }
  if (start === end || decimals === 0) return readSlowly(bytes, start, end);
  if (digits > EXACT_DIGITS || decimals > EXACT_DIGITS) return readSlowly(bytes, start, end);
  // Both operands are exact, so the one division rounds to the nearest double.
  return decimals > 0 ? value / (POWERS[decimals] as number) : value;
}

function readSlowly(bytes: Uint8Array, start: number, end: number): number {
  const text = decodeUtf8(bytes, start, end);
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
}

/** A whole number of at most 15 digits; -1 when the text is anything else. */
export function readWhole(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 1 || end - start > EXACT_DIGITS) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte < ZERO || byte > NINE) return -1;
    value = value * 10 + byte - ZERO;
  }
  return value;
}
