/**
 * The short way through the decoder. A vendor writes every event of a kind the same way: the same keys in the same order,
 * without spaces, with values of the same types. Each layout that was read the general way is kept as a path in a tree of keys;
 * a later event of that layout is read by a small compiled module that follows the path (reader.as). An event that leaves
 * the known by one byte is read the general way from its start, so what an event means never depends on what was
 * learnt; how fast it is read does.
 *
 * The frame, the tables of tickers and condition sets and the tree lie in the module's memory, which both sides read.
 */
import { assert } from '../../lib/assert.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import { createEventBatchIn, EVENT_COLUMNS } from '../../model/event-batch.ts';
import { FIELD, fieldOfKey } from '../event-fields.ts';
import { readText, skipString, skipValue } from '../json-bytes.ts';
import * as layout from './layout.ts';
import { READER_MODULE } from './reader-module.ts';

/** What is used of WebAssembly: the core compiles without a platform's types. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => {
    readonly buffer: ArrayBuffer;
  };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { readonly read: (start: number, room: number, first: number) => number } };
};

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN = 123;
const CLOSE = 125;
/** Keys of one to five letters: quoted and with the colon they are covered by two words of four bytes. */
const KEY_LETTERS_MAX = 5;
const KEYS_MAX = 40;

const { DIGITS, TEXT, LIST, NODES, NODE_BYTES, FRAME } = layout;

interface Key {
  readonly at: number;
  readonly valueAt: number;
  readonly field: number;
}

let compiled: object | null = null;

export class KnownEvents {
  /** Room for a frame; position 0 of a frame is index 0. */
  readonly frame: Uint8Array;
  readonly symbolSlots: Uint16Array;
  readonly symbolNames: Int32Array;
  readonly setKeys: Int32Array;
  readonly setIds: Uint16Array;
  readonly #view: DataView;
  readonly #words: Int32Array;
  /** A batch in the module's memory: events reach it without being copied. */
  readonly batch: EventBatch;
  readonly #read: (start: number, room: number, first: number) => number;
  #nodes = 0;

  constructor() {
    const size = { initial: layout.MEMORY_PAGES, maximum: layout.MEMORY_PAGES };
    const memory = new WebAssembly.Memory(size);
    compiled ??= new WebAssembly.Module(bytesOf(READER_MODULE));
    this.#read = new WebAssembly.Instance(compiled, { env: { memory } }).exports.read;
    const { buffer } = memory;
    this.frame = new Uint8Array(buffer, FRAME, layout.FRAME_BYTES);
    this.symbolSlots = new Uint16Array(buffer, layout.SYMBOL_SLOTS, 1 << 15);
    this.symbolNames = new Int32Array(buffer, layout.SYMBOL_NAMES, (layout.SYMBOL_ENTRIES_MAX + 1) * 4);
    this.setKeys = new Int32Array(buffer, layout.SET_KEYS, layout.SETS);
    this.setIds = new Uint16Array(buffer, layout.SET_IDS, layout.SETS);
    this.#view = new DataView(buffer, FRAME, layout.FRAME_BYTES);
    this.#words = new Int32Array(buffer);
    this.batch = createEventBatchIn(buffer, layout.BATCH, layout.BATCH_ROWS);
    const columns = Object.keys(EVENT_COLUMNS) as (keyof typeof EVENT_COLUMNS)[];
    this.#words.set(
      columns.map((name) => this.batch[name].byteOffset),
      layout.COLUMNS >> 2,
    );
    const tens = new DataView(buffer);
    for (let places = 0; places < 16; places++) {
      tens.setBigInt64(layout.POWERS_I64 + 8 * places, 10n ** BigInt(places), true);
      tens.setFloat64(layout.POWERS_F64 + 8 * places, Number(`1e${places}`), true);
    }
  }

  /** Position after the last event of the latest `read` that read any. */
  get next(): number {
    return (this.#words[layout.NEXT >> 2] as number) - FRAME;
  }

  /** How many of the events that the latest `read` read were trades. */
  get tradesRead(): number {
    return this.#words[layout.TRADES >> 2] as number;
  }

  /**
   * Reads plain events from the opening brace at `pos` of the frame on, at most `room`, and appends them to the batch, which must
   * have the room. Answers how many; 0 when already the first is not plain. Free of copying for `this.batch`.
   */
  read(pos: number, room: number, batch: EventBatch): number {
    const own = this.batch;
    if (batch === own) {
      const rows = this.#read(FRAME + pos, room, own.length);
      own.length += rows;
      return rows;
    }
    const rows = this.#read(FRAME + pos, room < own.capacity ? room : own.capacity, 0);
    copyRows(own, batch, rows);
    return rows;
  }

  /**
   * Keeps the layout of the event in [start, end) of the frame, which the general way has just read after `read` refused it,
   * if it is a plain one.
   */
  learn(start: number, end: number): void {
    if (this.#words[layout.IS_LAYOUT_KNOWN >> 2] === 1) return;
    const b = this.frame;
    if (b[start] !== OPEN || this.#nodes > layout.NODES_MAX - KEYS_MAX - 1) return;
    const letter = this.#rootLetter(start);
    let pos = letter === 0 ? start + 1 : start + 10;
    // Nodes are made last, so that an event found to be no plain one leaves nothing behind.
    const keys: Key[] = [];
    let seen = letter === 0 ? 0 : 1 << FIELD.ev;
    for (;;) {
      const key = this.#plainKey(pos);
      if (key === undefined || keys.length === KEYS_MAX) return;
      if (key.field !== FIELD.ignored && (seen & (1 << key.field)) !== 0) return;
      seen |= 1 << key.field;
      keys.push(key);
      pos = skipValue(b, key.valueAt);
      if (pos < 0 || pos >= end || b[pos] === CLOSE) break;
      if (b[pos] !== COMMA) return;
      pos++;
    }
    if (pos !== end - 1) return;
    let parent = 0;
    for (const key of keys) parent = this.#node(letter, parent, key);
  }

  /** The letter X of `{"ev":"X",`; 0 when the event does not begin like that. */
  #rootLetter(start: number): number {
    const b = this.frame;
    const isUsual = readText(b, start, start + 7) === '{"ev":"' && b[start + 8] === QUOTE && b[start + 9] === COMMA;
    return isUsual ? (b[start + 7] as number) : 0;
  }

  /** A key without escapes whose value begins right after its colon and is digits, a text or a list of ids. */
  #plainKey(pos: number): Key | undefined {
    const b = this.frame;
    if (b[pos] !== QUOTE) return undefined;
    const after = skipString(b, pos);
    const letters = after - pos - 2;
    if (after < 0 || letters < 1 || letters > KEY_LETTERS_MAX || b[after] !== COLON) return undefined;
    const name = readText(b, pos + 1, after - 1);
    const field = name.includes('\\') ? FIELD.unknown : fieldOfKey(name);
    const kind = kindOf(b[after + 1] as number);
    if (field === FIELD.unknown || kind === 0) return undefined;
    if (kind === LIST && field !== FIELD.c && field !== FIELD.i) return undefined;
    return { at: pos, valueAt: after + 1, field };
  }

  /** Address of the node for `key` after `parent` (0: at the root of `letter`), made when there is none. */
  #node(letter: number, parent: number, key: Key): number {
    const words = this.#words;
    const head = this.#view.getInt32(key.at, true);
    const tail = this.#view.getInt32(key.valueAt - 4, true);
    const kind = kindOf(this.frame[key.valueAt] as number);
    const link = (parent === 0 ? layout.ROOTS + 4 * letter : parent + layout.NODE_NEXT) >> 2;
    let last = link;
    for (let at = words[link] as number; at !== 0; at = words[last] as number) {
      const node = at >> 2;
      const isSame =
        words[node] === head &&
        words[node + (layout.NODE_TAIL >> 2)] === tail &&
        words[node + (layout.NODE_VALUE >> 2)] === kind;
      if (isSame) return at;
      last = (at + layout.NODE_OTHER) >> 2;
    }
    const made = NODES + this.#nodes++ * NODE_BYTES;
    const masks = parent === 0 ? [0, letter === 0 ? 0 : 1 << FIELD.ev, 0] : this.#masks(parent);
    masks[kind === DIGITS ? 0 : kind === TEXT ? 1 : 2]! |= 1 << key.field;
    words.set([head, tail, key.valueAt - key.at, kind, key.field, 0, 0, ...masks], made >> 2);
    words[last] = made;
    return made;
  }

  #masks(node: number): number[] {
    const from = (node + layout.NODE_NUMBERS) >> 2;
    return [...this.#words.subarray(from, from + 3)];
  }
}

/** Appends the first rows of a batch to another. Row by row: they are few, and making views of columns costs more. */
function copyRows(from: EventBatch, to: EventBatch, rows: number): void {
  let row = to.length;
  for (let n = 0; n < rows; n++, row++) {
    to.kind[row] = from.kind[n] as number;
    to.symbol[row] = from.symbol[n] as number;
    to.timeUs[row] = from.timeUs[n] as number;
    to.sequence[row] = from.sequence[n] as number;
    to.price[row] = from.price[n] as number;
    to.size[row] = from.size[n] as number;
    to.price2[row] = from.price2[n] as number;
    to.size2[row] = from.size2[n] as number;
    to.venue[row] = from.venue[n] as number;
    to.venue2[row] = from.venue2[n] as number;
    to.tape[row] = from.tape[n] as number;
    to.flags[row] = from.flags[n] as number;
    to.conditions[row] = from.conditions[n] as number;
  }
  to.length = row;
}

function kindOf(firstByte: number): number {
  if (firstByte >= 48 && firstByte <= 57) return DIGITS;
  return firstByte === QUOTE ? TEXT : firstByte === 91 ? LIST : 0;
}

function bytesOf(hexadecimal: string): Uint8Array {
  assert(hexadecimal.length % 2 === 0, 'two digits a byte');
  return Uint8Array.from({ length: hexadecimal.length / 2 }, (_, i) =>
    parseInt(hexadecimal.slice(2 * i, 2 * i + 2), 16),
  );
}
