/** Numbers and lists of ids of an event, with care: the forms that the decoder's own loop does not take. */
import { FIELD } from './event-fields.ts';
import { CONDITIONS_MAX, CONDITION_ID_LIMIT } from './event-rules.ts';
import type { EventScratch } from './event-scratch.ts';
import { readNumber, skipNumber, skipSpace, skipWord } from './json-bytes.ts';

const COMMA = 44;

/** Exact powers of ten. */
export const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * Reads the number at `at` into values[field]; the position after it, or -1. Up to 15 significant digits are exact in
 * integers and divided once by an exact power of ten, which rounds correctly; everything else goes through Number().
 */
export function readNumberInto(event: EventScratch, at: number, field: number): number {
  const b = event.bytes;
  let pos = at;
  if (b[pos] === 45) pos++;
  const first = pos;
  let whole = 0;
  let digit = (b[pos] as number) - 48;
  while (digit >= 0 && digit <= 9 && pos - first < 9) {
    whole = (whole * 10 + digit) | 0;
    digit = (b[++pos] as number) - 48;
  }
  let digits = pos - first;
  if (digits === 0 || (digits > 1 && b[first] === 48)) return -1;
  let value = whole;
  if (digit >= 0 && digit <= 9) {
    const more = pos;
    let low = 0;
    while (digit >= 0 && digit <= 9 && pos - more < 9) {
      low = (low * 10 + digit) | 0;
      digit = (b[++pos] as number) - 48;
    }
    digits = pos - first;
    if (digits > 15) return readSlowNumberInto(event, at, field);
    value = whole * (POWERS_OF_TEN[pos - more] as number) + low;
  }
  if (digit === -2) {
    const fractionAt = ++pos;
    let fraction = 0;
    digit = (b[pos] as number) - 48;
    while (digit >= 0 && digit <= 9 && pos - fractionAt < 9) {
      fraction = (fraction * 10 + digit) | 0;
      digit = (b[++pos] as number) - 48;
    }
    const places = pos - fractionAt;
    if (places === 0) return -1;
    if (digits + places > 15 || (digit >= 0 && digit <= 9)) return readSlowNumberInto(event, at, field);
    const scale = POWERS_OF_TEN[places] as number;
    value = (value * scale + fraction) / scale;
  }
  // 'e' - 48 and 'E' - 48
  if (digit === 53 || digit === 21) return readSlowNumberInto(event, at, field);
  event.values[field] = first === at ? value : -value;
  return pos;
}

function readSlowNumberInto(event: EventScratch, at: number, field: number): number {
  const b = event.bytes;
  const after = skipNumber(b, at);
  if (after >= 0) event.values[field] = readNumber(b, at, after);
  return after;
}

/**
 * Reads an array of condition ids; the position after it. A negative answer -2 - at means that the array at `at` is
 * not one of ids (or not JSON at all), and the caller has to look at it as a plain value.
 */
export function readIds(event: EventScratch, at: number, field: number): number {
  const b = event.bytes;
  const ids = field === FIELD.c ? event.conditionIds : event.indicatorIds;
  let count = 0;
  // One id of two or three digits, as on nearly every quote: `[604]`.
  const hundreds = (b[at + 1] as number) - 48;
  const tens = (b[at + 2] as number) - 48;
  const ones = (b[at + 3] as number) - 48;
  if (b[at + 4] === 93 && hundreds > 0 && hundreds <= 9 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9) {
    ids[0] = hundreds * 100 + tens * 10 + ones;
    if (field === FIELD.c) event.conditionCount = 1;
    else event.indicatorCount = 1;
    return at + 5;
  }
  if (b[at + 3] === 93 && hundreds > 0 && hundreds <= 9 && tens >= 0 && tens <= 9) {
    ids[0] = hundreds * 10 + tens;
    if (field === FIELD.c) event.conditionCount = 1;
    else event.indicatorCount = 1;
    return at + 4;
  }
  let pos = skipSpace(b, at + 1);
  if (b[pos] === 93) pos++;
  else {
    for (;;) {
      if (b[pos] === 110) pos = skipWord(b, pos);
      else {
        // The slot of unread values is free to use here.
        pos = readNumberInto(event, pos, FIELD.unknown);
        const id = event.values[FIELD.unknown] as number;
        if (!(id >= 0 && id < CONDITION_ID_LIMIT) || id !== Math.floor(id) || count === CONDITIONS_MAX) return -2 - at;
        if (pos >= 0) ids[count++] = id;
      }
      if (pos < 0) return -2 - at;
      let c = b[pos] as number;
      if (c <= 32) {
        pos = skipSpace(b, pos);
        c = b[pos] as number;
      }
      pos++;
      if (c === 93) break;
      if (c !== COMMA) return -2 - at;
      pos = skipSpace(b, pos);
    }
  }
  if (field === FIELD.c) event.conditionCount = count;
  else event.indicatorCount = count;
  return pos;
}
