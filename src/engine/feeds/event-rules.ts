/**
 * The limits and conversions every decoder of market events applies, whatever the wire looked like.
 * docs/specs/feed.md numbers the rules.
 */
import type { EpochUs } from '../model/units.ts';

/** Prices at or above this are refused: the dearest share ever quoted is under a million dollars. */
export const PRICE_LIMIT = 1e9;
/** Sizes at or above this are refused: no company has a trillion shares, and sums must stay finite. */
export const SIZE_LIMIT = 1e12;
/** Condition and indicator ids are small integers. */
export const CONDITION_ID_LIMIT = 65_536;
/** More ids than this on one event is garbage. */
export const CONDITIONS_MAX = 32;
/** Longest symbol in characters. */
export const SYMBOL_LENGTH_MAX = 256;
/** 1990-01-01 and 2100-01-01 in milliseconds: every time outside is a broken stamp. */
export const TIME_MIN_MS = 631_152_000_000;
export const TIME_MAX_MS = 4_102_444_800_000;

/**
 * Epoch microseconds of a stamp in milliseconds, microseconds or nanoseconds, told apart by magnitude (the three ranges
 * of 1990..2100 do not overlap). -1 when it is none of them. Nanosecond stamps lose up to 128 ns in the double.
 */
export function stampToUs(stamp: number): EpochUs {
  if (stamp >= TIME_MIN_MS && stamp < TIME_MAX_MS) return Math.floor(stamp * 1e3);
  if (stamp >= TIME_MIN_MS * 1e3 && stamp < TIME_MAX_MS * 1e3) return Math.floor(stamp);
  if (stamp >= TIME_MIN_MS * 1e6 && stamp < TIME_MAX_MS * 1e6) return Math.floor(stamp / 1e3);
  return -1;
}

/** A venue or tape id as it fits its column; 0 when it is not a small integer. */
export function byteOrZero(value: number): number {
  return (value & 255) === value ? value + 0 : 0;
}

/** A usable sequence number: a positive safe integer; 0 when it is none. */
export function sequenceOrZero(value: number): number {
  return value >= 1 && value <= Number.MAX_SAFE_INTEGER && value === Math.floor(value) ? value : 0;
}

/** Whether a decoded symbol may enter the table: not empty, not endless, no spaces or controls, valid Unicode. */
export function isUsableSymbol(text: string): boolean {
  if (text.length === 0 || text.length > SYMBOL_LENGTH_MAX) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code === 0x7f || code === 0xfffd) return false;
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = text.charCodeAt(i + 1);
      if (code >= 0xdc00 || !(next >= 0xdc00 && next <= 0xdfff)) return false;
      i++;
    }
  }
  return true;
}
