/**
 * Reads trades and quotes whose layout is known, straight from the bytes into the columns of a batch. AssemblyScript: compiled to the
 * module in reader-module.ts by `node scripts/reader-module.mjs`, which the tests compare. Memory: layout.ts.
 *
 * It takes an event only if everything about it is plain: a known layout, a known ticker, a known condition set, numbers of
 * up to 15 digits, no escapes, all values in range. Anything else is left to the decoder, which reads it from its
 * start in the general way; so nothing is decided here that is not decided there, this is only the short way to it.
 */
import {
  COLUMNS,
  CONDITION_IDS,
  DIGITS,
  INDICATOR_IDS,
  IS_LAYOUT_KNOWN,
  NODE_ARRAYS,
  NODE_FIELD,
  NODE_HEAD,
  NODE_LENGTH,
  NODE_NEXT,
  NODE_NUMBERS,
  NODE_OTHER,
  NODE_STRINGS,
  NODE_TAIL,
  NODE_VALUE,
  NEXT,
  POWERS_F64,
  POWERS_I64,
  ROOTS,
  SET_IDS,
  SET_KEYS,
  SYMBOL_NAMES,
  SYMBOL_SLOTS,
  TEXT,
  TEXTS,
  TRADES,
  VALUES,
} from './layout';

// Fields as event-fields.ts numbers them.
const EV = 1;
const SYM = 2;
const P = 4;
const S = 5;
const DS = 6;
const T = 7;
const C = 8;
const I = 9;
const X = 10;
const Z = 11;
const Q = 12;
const TRFI = 13;
const BP = 14;
const BS = 15;
const BX = 16;
const AP = 17;
const AS = 18;
const AX = 19;

// Limits as event-rules.ts has them.
const PRICE_LIMIT: f64 = 1e9;
const SIZE_LIMIT: f64 = 1e12;
const TIME_MIN_MS: f64 = 631152000000;
const TIME_MAX_MS: f64 = 4102444800000;
const CONDITION_ID_LIMIT: f64 = 65536;
const SEQUENCE_LIMIT: f64 = 9007199254740991;

const ZEROS: u64 = 0x3030303030303030;
const HIGH: u64 = 0x8080808080808080;

/** The first twelve digits of the latest stamp of thirteen, as they stand in the bytes, and their value times ten. */
let stampHead: u64 = 0;
let stampTail: u32 = 0;
let stampTens: f64 = 0;

/**
 * Reads events from the opening brace at `start`, at most `room`, as long as each is plain and the next one follows its
 * comma at once, into the rows of the batch from `first` on. Answers how many rows it wrote.
 */
export function read(start: i32, room: i32, first: i32): i32 {
  let rows = 0;
  let at = start;
  store<i32>(TRADES, 0);
  while (rows < room) {
    const after = readEvent(at, first + rows);
    if (after == 0) break;
    rows++;
    store<i32>(NEXT, after);
    // `,{`
    if (load<u16>(after) != 0x7b2c) break;
    at = after + 1;
  }
  return rows;
}

/** The value of eight digits, the first in the lowest byte, each without its 0x30. */
// @ts-ignore: decorator
@inline
function eightDigits(digits: u64): u64 {
  let value = (digits * 2561) >> 8;
  value = ((value & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((value & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

/** How many of eight bytes (without their 0x30) are digits, from the lowest. */
// @ts-ignore: decorator
@inline
function digitCount(bytes: u64): i32 {
  const stop = ((bytes + 0x7676767676767676) | bytes) & HIGH;
  return stop == 0 ? 8 : <i32>(ctz(stop) >> 3);
}

// @ts-ignore: decorator
@inline
function power(places: i32): u64 {
  return load<u64>(POWERS_I64 + (places << 3));
}

/** Address after the event at `start`, whose row was written; 0 when it is none for the short way. */
function readEvent(start: i32, row: i32): i32 {
  store<i32>(IS_LAYOUT_KNOWN, 0);
  let letter: u32 = 0;
  let pos = start + 1;
  const second = load<u32>(start + 5);
  // `{"ev":"Q",`
  if (load<u32>(pos) == 0x22766522 && (second & 0xff00ffff) == 0x2200223a && load<u8>(start + 9) == 44) {
    letter = (second >> 16) & 0xff;
    pos = start + 10;
  }
  let at = load<i32>(ROOTS + (letter << 2));
  let conditionIds = 0;
  let indicatorIds = 0;
  while (at != 0) {
    if (load<u32>(at, NODE_HEAD) != load<u32>(pos)) {
      at = load<i32>(at, NODE_OTHER);
      continue;
    }
    const value = pos + load<i32>(at, NODE_LENGTH);
    if (load<u32>(at, NODE_TAIL) != load<u32>(value - 4)) {
      at = load<i32>(at, NODE_OTHER);
      continue;
    }
    const kind = load<i32>(at, NODE_VALUE);
    const field = load<i32>(at, NODE_FIELD);
    let end = value;
    if (kind == DIGITS) {
      const bytes = load<u64>(value);
      if (bytes == stampHead && load<u32>(value + 8) == stampTail) {
        // Stamps of neighbouring events differ in their last digit, if at all.
        const units = <u32>load<u8>(value + 12) - 48;
        if (units > 9) return 0;
        store<f64>(VALUES + (field << 3), stampTens + <f64>(<i32>units));
        end = value + 13;
      } else {
        const first = bytes ^ ZEROS;
        let digits = digitCount(first);
        if (digits == 0) {
          at = load<i32>(at, NODE_OTHER);
          continue;
        }
        let number: u64;
        if (digits < 8) number = eightDigits(first << (64 - (digits << 3)));
        else {
          number = eightDigits(first);
          const more = load<u64>(value + 8) ^ ZEROS;
          const count = digitCount(more);
          if (count == 8) return 0;
          if (count > 0) number = number * power(count) + eightDigits(more << (64 - (count << 3)));
          digits += count;
        }
        if (digits > 1 && (bytes & 0xff) == 48) return 0;
        end = value + digits;
        if (load<u8>(end) == 46) {
          const fraction = load<u64>(end + 1) ^ ZEROS;
          const places = digitCount(fraction);
          if (places == 0 || digits + places > 15) return 0;
          number = number * power(places) + eightDigits(fraction << (64 - (places << 3)));
          store<f64>(VALUES + (field << 3), <f64>(<i64>number) / load<f64>(POWERS_F64 + (places << 3)));
          end += places + 1;
        } else {
          if (digits == 13) {
            stampHead = bytes;
            stampTail = load<u32>(value + 8);
            stampTens = <f64>(<i64>number - (<i64>load<u8>(value + 12) - 48));
          }
          store<f64>(VALUES + (field << 3), <f64>(<i64>number));
        }
      }
    } else if (kind == TEXT) {
      if (load<u8>(value) != 34) {
        at = load<i32>(at, NODE_OTHER);
        continue;
      }
      end = value + 1;
      let hit: u64;
      // Eight bytes at once: the first quote, backslash or control character.
      for (;;) {
        const bytes = load<u64>(end);
        const quotes = bytes ^ 0x2222222222222222;
        const slashes = bytes ^ 0x5c5c5c5c5c5c5c5c;
        hit = (quotes - 0x0101010101010101) & ~quotes;
        hit |= (slashes - 0x0101010101010101) & ~slashes;
        hit |= (bytes - 0x2020202020202020) & ~bytes;
        hit &= HIGH;
        if (hit != 0) break;
        end += 8;
      }
      end += <i32>(ctz(hit) >> 3);
      if (load<u8>(end) != 34) return 0;
      store<i32>(TEXTS + (field << 3), value + 1);
      store<i32>(TEXTS + 4 + (field << 3), end);
      end++;
    } else {
      if (load<u8>(value) != 91) {
        at = load<i32>(at, NODE_OTHER);
        continue;
      }
      const ids = field == C ? CONDITION_IDS : INDICATOR_IDS;
      let count = 0;
      end = value + 1;
      for (;;) {
        const bytes = load<u64>(end) ^ ZEROS;
        const digits = digitCount(bytes);
        // Ids of one to three digits, and few of them, as usual.
        if (digits == 0 || digits > 3 || count == 3 || (digits > 1 && (bytes & 0xff) == 0)) return 0;
        store<i32>(ids + (count << 2), <i32>eightDigits(bytes << (64 - (digits << 3))));
        count++;
        end += digits + 1;
        const after = load<u8>(end - 1);
        if (after == 44) continue;
        if (after == 93) break;
        return 0;
      }
      if (field == C) conditionIds = count;
      else indicatorIds = count;
    }
    const after = load<u8>(end);
    if (after == 44) {
      pos = end + 1;
      at = load<i32>(at, NODE_NEXT);
      continue;
    }
    if (after != 125) return 0;
    store<i32>(IS_LAYOUT_KNOWN, 1);
    if (letter == 0) {
      if ((load<i32>(at, NODE_STRINGS) & (1 << EV)) == 0) return 0;
      const ev = load<i32>(TEXTS + (EV << 3));
      if (load<i32>(TEXTS + 4 + (EV << 3)) - ev != 1) return 0;
      letter = load<u8>(ev);
    }
    const isTaken =
      letter == 81
        ? writeQuote(at, row, conditionIds, indicatorIds)
        : letter == 84
          ? writeTrade(at, row, conditionIds)
          : false;
    return isTaken ? end + 1 : 0;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function valueOf(numbers: i32, field: i32): f64 {
  return (numbers & (1 << field)) != 0 ? load<f64>(VALUES + (field << 3)) : 0;
}

/** A venue or tape id; 0 when it is not a small integer. */
// @ts-ignore: decorator
@inline
function byteOf(numbers: i32, field: i32): i32 {
  const value = valueOf(numbers, field);
  return value <= 255 && value == floor(value) ? <i32>value : 0;
}

/** Epoch microseconds of `t`, which has to be in milliseconds; -1 when it is not. */
// @ts-ignore: decorator
@inline
function timeOf(numbers: i32): f64 {
  const stamp = valueOf(numbers, T);
  return stamp >= TIME_MIN_MS && stamp < TIME_MAX_MS ? floor(stamp * 1000) : -1;
}

/** Id of the ticker, or -1 when it is long or not known. */
function symbolOf(): i32 {
  const from = load<i32>(TEXTS + (SYM << 3));
  const length = load<i32>(TEXTS + 4 + (SYM << 3)) - from;
  if (length == 0 || length > 8) return -1;
  const name = load<u64>(from) & (<u64>-1 >> (64 - (length << 3)));
  const low = <u32>name;
  const high = <u32>(name >> 32);
  let slot: u32 = ((low * 0x9e3779b1) ^ (high * 0x85ebca6b)) >> 17;
  let entry: u32 = load<u16>(SYMBOL_SLOTS + (slot << 1));
  while (entry != 0) {
    const address = SYMBOL_NAMES + (entry << 4);
    if (load<u64>(address) == name) return load<i32>(address + 8);
    slot = (slot + 1) & 0x7fff;
    entry = load<u16>(SYMBOL_SLOTS + (slot << 1));
  }
  return -1;
}

/** Adds the ids of one field to a key of up to three ids, ten bits each; -1 when it does not fit. */
// @ts-ignore: decorator
@inline
function addId(key: i32, count: i32, id: i32): i32 {
  return key < 0 || count > 2 || id > 1021 ? -1 : key | ((id + 1) << (10 * count));
}

/** Id of the condition set with this key, or -1 when it is not known. */
function setOf(key: i32): i32 {
  if (key <= 0) return key;
  const slot = (<u32>key * 0x9e3779b1) >> 20;
  return load<i32>(SET_KEYS + (slot << 2)) == key ? <i32>load<u16>(SET_IDS + (slot << 1)) : -1;
}

/** Address of a row of a column, by the column's place in EVENT_COLUMNS. */
// @ts-ignore: decorator
@inline
function cell(column: i32, row: i32, shift: i32): i32 {
  return load<i32>(COLUMNS + (column << 2)) + (row << shift);
}

// @ts-ignore: decorator
@inline
function writeRest(row: i32, numbers: i32, symbol: i32, kind: i32, flags: i32, set: i32): void {
  const value = valueOf(numbers, Q);
  const sequence = value >= 1 && value <= SEQUENCE_LIMIT && value == floor(value) ? value : 0;
  store<u8>(cell(0, row, 0), kind);
  store<i32>(cell(1, row, 2), symbol);
  store<f64>(cell(3, row, 3), sequence);
  store<u8>(cell(10, row, 0), byteOf(numbers, Z));
  store<u8>(cell(11, row, 0), sequence == 0 ? flags | 2 : flags);
  store<u16>(cell(12, row, 1), set);
}

// @ts-ignore: decorator
@inline
function writeNumbers(row: i32, timeUs: f64, price: f64, size: f64, price2: f64, size2: f64): void {
  store<f64>(cell(2, row, 3), timeUs);
  store<f64>(cell(4, row, 3), price);
  store<f64>(cell(5, row, 3), size);
  store<f64>(cell(6, row, 3), price2);
  store<f64>(cell(7, row, 3), size2);
}

function writeQuote(at: i32, row: i32, conditionIds: i32, indicatorIds: i32): bool {
  const numbers = load<i32>(at, NODE_NUMBERS);
  const others = load<i32>(at, NODE_STRINGS) | load<i32>(at, NODE_ARRAYS);
  if ((load<i32>(at, NODE_STRINGS) & (1 << SYM)) == 0) return false;
  if ((others & ((1 << T) | (1 << BP) | (1 << BS) | (1 << AP) | (1 << AS))) != 0) return false;
  if ((load<i32>(at, NODE_STRINGS) & ((1 << C) | (1 << I))) != 0) return false;
  const timeUs = timeOf(numbers);
  const bid = valueOf(numbers, BP);
  const ask = valueOf(numbers, AP);
  const bidSize = valueOf(numbers, BS);
  const askSize = valueOf(numbers, AS);
  if (timeUs < 0 || bid >= PRICE_LIMIT || ask >= PRICE_LIMIT || bidSize >= SIZE_LIMIT || askSize >= SIZE_LIMIT)
    return false;
  let key = 0;
  let count = 0;
  if ((numbers & (1 << C)) != 0) {
    const id = load<f64>(VALUES + (C << 3));
    if (id >= CONDITION_ID_LIMIT || id != floor(id)) return false;
    key = addId(key, count++, <i32>id);
  } else for (let i = 0; i < conditionIds; i++) key = addId(key, count++, load<i32>(CONDITION_IDS + (i << 2)));
  if ((numbers & (1 << I)) != 0) {
    const id = load<f64>(VALUES + (I << 3));
    if (id >= CONDITION_ID_LIMIT || id != floor(id)) return false;
    key = addId(key, count++, <i32>id);
  } else for (let i = 0; i < indicatorIds; i++) key = addId(key, count++, load<i32>(INDICATOR_IDS + (i << 2)));
  const symbol = symbolOf();
  const set = setOf(key);
  if (symbol < 0 || set < 0) return false;
  writeNumbers(row, timeUs, bid, bid > 0 ? bidSize : 0, ask, ask > 0 ? askSize : 0);
  store<u8>(cell(8, row, 0), byteOf(numbers, BX));
  store<u8>(cell(9, row, 0), byteOf(numbers, AX));
  writeRest(row, numbers, symbol, 2, 0, set);
  return true;
}

function writeTrade(at: i32, row: i32, conditionIds: i32): bool {
  const numbers = load<i32>(at, NODE_NUMBERS);
  const strings = load<i32>(at, NODE_STRINGS);
  const others = strings | load<i32>(at, NODE_ARRAYS);
  if ((strings & (1 << SYM)) == 0 || (strings & (1 << C)) != 0) return false;
  if ((others & ((1 << P) | (1 << T) | (1 << S))) != 0) return false;
  const size = ((numbers | others) & (1 << DS)) != 0 ? decimalSize(numbers, strings) : valueOf(numbers, S);
  const timeUs = timeOf(numbers);
  const price = valueOf(numbers, P);
  if (timeUs < 0 || !(price > 0) || price >= PRICE_LIMIT || size < 0 || size >= SIZE_LIMIT) return false;
  let key = 0;
  if ((numbers & (1 << C)) != 0) {
    const id = load<f64>(VALUES + (C << 3));
    if (id >= CONDITION_ID_LIMIT || id != floor(id)) return false;
    key = addId(key, 0, <i32>id);
  } else for (let i = 0; i < conditionIds; i++) key = addId(key, i, load<i32>(CONDITION_IDS + (i << 2)));
  const symbol = symbolOf();
  const set = setOf(key);
  if (symbol < 0 || set < 0) return false;
  writeNumbers(row, timeUs, price, size, 0, 0);
  store<u8>(cell(8, row, 0), byteOf(numbers, X));
  store<u8>(cell(9, row, 0), 0);
  store<i32>(TRADES, load<i32>(TRADES) + 1);
  writeRest(row, numbers, symbol, 1, valueOf(numbers, TRFI) > 0 ? 1 : 0, set);
  return true;
}

/** The value of `ds`, a plain decimal of up to 15 digits; -1 when it is something else. */
function decimalSize(numbers: i32, strings: i32): f64 {
  if ((numbers & (1 << DS)) != 0) return load<f64>(VALUES + (DS << 3));
  if ((strings & (1 << DS)) == 0) return -1;
  const from = load<i32>(TEXTS + (DS << 3));
  const to = load<i32>(TEXTS + 4 + (DS << 3));
  const bytes = load<u64>(from) ^ ZEROS;
  const digits = digitCount(bytes);
  if (digits == 0 || digits == 8 || (digits > 1 && (bytes & 0xff) == 0)) return -1;
  const whole = eightDigits(bytes << (64 - (digits << 3)));
  if (from + digits == to) return <f64>(<i64>whole);
  if (load<u8>(from + digits) != 46) return -1;
  const fraction = load<u64>(from + digits + 1) ^ ZEROS;
  const places = digitCount(fraction);
  if (places == 0 || places == 8 || from + digits + 1 + places != to) return -1;
  const number = whole * power(places) + eightDigits(fraction << (64 - (places << 3)));
  return <f64>(<i64>number) / load<f64>(POWERS_F64 + (places << 3));
}
