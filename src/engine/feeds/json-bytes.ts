/**
 * JSON over bytes, the cold half: strings with escapes, numbers the fast path does not take, values nobody asked for.
 * All scanners take a position and return the position after the value, or -1 when the bytes are not JSON. The bytes must
 * end in a 0 sentinel, which no JSON value contains, so no scanner needs to know where the end is.
 */
import { decodeUtf8 } from '../model/symbols.ts';

const QUOTE = 34;
const BACKSLASH = 92;
/** Deeper nesting than this is garbage; the limit also bounds the work a hostile frame can cause. */
export const DEPTH_MAX = 32;

export function skipSpace(bytes: Uint8Array, at: number): number {
  let pos = at;
  for (;;) {
    const c = bytes[pos] as number;
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return pos;
    pos++;
  }
}

function hexValue(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  const lower = c | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Skips the string whose opening quote is at `at`; checks escapes as JSON.parse does. */
export function skipString(bytes: Uint8Array, at: number): number {
  let pos = at + 1;
  for (;;) {
    const c = bytes[pos] as number;
    if (c === QUOTE) return pos + 1;
    if (c < 32) return -1;
    if (c !== BACKSLASH) {
      pos++;
      continue;
    }
    const escaped = bytes[pos + 1] as number;
    if (escaped === 117) {
      for (let k = 2; k < 6; k++) if (hexValue(bytes[pos + k] as number) < 0) return -1;
      pos += 6;
    } else if (escapeCode(escaped) >= 0) pos += 2;
    else return -1;
  }
}

function escapeCode(c: number): number {
  switch (c) {
    case QUOTE:
    case BACKSLASH:
    case 47:
      return c;
    case 98:
      return 8;
    case 102:
      return 12;
    case 110:
      return 10;
    case 114:
      return 13;
    case 116:
      return 9;
    default:
      return -1;
  }
}

/** The text between two quotes, [start, end) having passed skipString. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let plain = start;
  let pos = start;
  while (pos < end) {
    if (bytes[pos] !== BACKSLASH) {
      pos++;
      continue;
    }
    text += decodeUtf8(bytes, plain, pos);
    const escaped = bytes[pos + 1] as number;
    if (escaped === 117) {
      let code = 0;
      for (let k = 2; k < 6; k++) code = code * 16 + hexValue(bytes[pos + k] as number);
      text += String.fromCharCode(code);
      pos += 6;
    } else {
      text += String.fromCharCode(escapeCode(escaped));
      pos += 2;
    }
    plain = pos;
  }
  return text + decodeUtf8(bytes, plain, end);
}

/** Skips a number by the JSON grammar. */
export function skipNumber(bytes: Uint8Array, at: number): number {
  let pos = at;
  if (bytes[pos] === 45) pos++;
  if (bytes[pos] === 48) pos++;
  else {
    const digits = skipDigits(bytes, pos);
    if (digits === pos) return -1;
    pos = digits;
  }
  if (bytes[pos] === 46) {
    const digits = skipDigits(bytes, pos + 1);
    if (digits === pos + 1) return -1;
    pos = digits;
  }
  if (((bytes[pos] as number) | 32) === 101) {
    pos++;
    if (bytes[pos] === 43 || bytes[pos] === 45) pos++;
    const digits = skipDigits(bytes, pos);
    if (digits === pos) return -1;
    pos = digits;
  }
  return pos;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  let pos = at;
  while (((bytes[pos] as number) - 48) >>> 0 <= 9) pos++;
  return pos;
}

/** The number written in [start, end), which passed skipNumber. Exact: Number() rounds as JSON.parse does. */
export function readNumber(bytes: Uint8Array, start: number, end: number): number {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return Number(text);
}

/** Skips true, false or null. */
export function skipWord(bytes: Uint8Array, at: number): number {
  const c = bytes[at];
  if (c === 116 && bytes[at + 1] === 114 && bytes[at + 2] === 117 && bytes[at + 3] === 101) return at + 4;
  if (c === 110 && bytes[at + 1] === 117 && bytes[at + 2] === 108 && bytes[at + 3] === 108) return at + 4;
  const isFalse = c === 102 && bytes[at + 1] === 97 && bytes[at + 2] === 108 && bytes[at + 3] === 115;
  return isFalse && bytes[at + 4] === 101 ? at + 5 : -1;
}

/** Skips any JSON value, nested at most DEPTH_MAX deep. */
export function skipValue(bytes: Uint8Array, at: number, depth: number = 0): number {
  const c = bytes[at] as number;
  if (c === QUOTE) return skipString(bytes, at);
  if (c === 123) return depth >= DEPTH_MAX ? -1 : skipObject(bytes, at, depth + 1);
  if (c === 91) return depth >= DEPTH_MAX ? -1 : skipArray(bytes, at, depth + 1);
  if (c === 45 || (c >= 48 && c <= 57)) return skipNumber(bytes, at);
  return skipWord(bytes, at);
}

function skipArray(bytes: Uint8Array, at: number, depth: number): number {
  let pos = skipSpace(bytes, at + 1);
  if (bytes[pos] === 93) return pos + 1;
  for (;;) {
    pos = skipValue(bytes, pos, depth);
    if (pos < 0) return -1;
    pos = skipSpace(bytes, pos);
    if (bytes[pos] === 93) return pos + 1;
    if (bytes[pos] !== 44) return -1;
    pos = skipSpace(bytes, pos + 1);
  }
}

function skipObject(bytes: Uint8Array, at: number, depth: number): number {
  let pos = skipSpace(bytes, at + 1);
  if (bytes[pos] === 125) return pos + 1;
  for (;;) {
    if (bytes[pos] !== QUOTE) return -1;
    pos = skipString(bytes, pos);
    if (pos < 0) return -1;
    pos = skipSpace(bytes, pos);
    if (bytes[pos] !== 58) return -1;
    pos = skipValue(bytes, skipSpace(bytes, pos + 1), depth);
    if (pos < 0) return -1;
    pos = skipSpace(bytes, pos);
    if (bytes[pos] === 125) return pos + 1;
    if (bytes[pos] !== 44) return -1;
    pos = skipSpace(bytes, pos + 1);
  }
}

/**
 * The start of the next object that looks like an event, at or after `from`: `{"`, a key, `":`. Such bytes cannot stand
 * inside a JSON string, where the quotes would be escaped, nor be made by one ending in a brace, which a comma or bracket
 * follows. -1 when there is none before `end`.
 */
export function findNextEvent(bytes: Uint8Array, from: number, end: number): number {
  for (let pos = from; pos < end - 4; pos++) {
    if (bytes[pos] !== 123) continue;
    const key = skipSpace(bytes, pos + 1);
    if (bytes[key] !== QUOTE) continue;
    const after = skipString(bytes, key);
    if (after >= 0 && bytes[skipSpace(bytes, after)] === 58) return pos;
  }
  return -1;
}
