/**
 * Where things lie in the memory of the event reader (reader.as), in bytes. Both sides read this file: TypeScript as it is,
 * the reader's compiler too, so it holds plain numbers and nothing else.
 */

/** Address after the last event taken. */
export const NEXT = 512;
/** How many of the events read last were trades. */
export const TRADES = 528;
/** 1 when the layout of the event tried last is known, whatever else kept it from being taken. */
export const IS_LAYOUT_KNOWN = 520;

/** First node by the letter of `ev`; entry 0 is for events that begin otherwise. One address (i32) each. */
export const ROOTS = 1024;
/** Values of the fields being read, one f64 a field. */
export const VALUES = 2048;
/** Begin and end of texts, two i32 a field. */
export const TEXTS = 2304;
/** Ids of `c` and of `i`, up to eight i32 each. */
export const CONDITION_IDS = 2560;
export const INDICATOR_IDS = 2624;
/** Powers of ten from 10^0 to 10^15: as i64, then as f64. */
export const POWERS_I64 = 2688;
export const POWERS_F64 = 2816;

/** Where the columns of the batch begin, one address (i32) each, in the order of EVENT_COLUMNS. */
export const COLUMNS = 3072;
/** Known condition sets: packed ids (i32), then the set's id (u16). */
export const SET_KEYS = 20_480;
export const SET_IDS = 36_864;
export const SETS = 4096;

/** Known tickers: hash slots (u16), then entries of four i32: two of name, one of id, one unused. */
export const SYMBOL_SLOTS = 45_056;
export const SYMBOL_NAMES = 110_592;
export const SYMBOL_ENTRIES_MAX = 24_000;

/** Known layouts: nodes of twelve i32, see below. */
export const NODES = 494_624;
export const NODE_BYTES = 48;
export const NODES_MAX = 2048;

/** First and last four bytes of `"key":`. */
export const NODE_HEAD = 0;
export const NODE_TAIL = 4;
/** Bytes of `"key":`. */
export const NODE_LENGTH = 8;
/** What the value is: DIGITS, TEXT or LIST. */
export const NODE_VALUE = 12;
export const NODE_FIELD = 16;
/** Address of the first key that was seen to follow; 0 is none. */
export const NODE_NEXT = 20;
/** Address of another key, or another kind of value, seen in this place; 0 is none. */
export const NODE_OTHER = 24;
/** Bit per field of an event that ends after this key: its value was a number, a text, a list of ids. */
export const NODE_NUMBERS = 28;
export const NODE_STRINGS = 32;
export const NODE_ARRAYS = 36;

export const DIGITS = 1;
export const TEXT = 2;
export const LIST = 3;

/** The frame, and what follows it: at least 16 zero bytes. */
export const FRAME = 593_920;
export const FRAME_BYTES = 1_044_480;
/** The batch. */
export const BATCH = 1_638_400;
export const BATCH_ROWS = 4096;
export const MEMORY_PAGES = 31;
