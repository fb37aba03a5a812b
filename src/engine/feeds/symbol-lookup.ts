/**
 * Ticker bytes to symbol ids, in front of the SymbolTable: names of up to eight plain bytes are two integers here, so the
 * usual lookup is one probe and two comparisons. Excluded tickers are kept out of the table.
 */
import type { SymbolTable } from '../model/symbols.ts';
import { SYMBOL_LENGTH_MAX, isUsableSymbol } from './event-rules.ts';
import { readText } from './json-bytes.ts';
import { SYMBOL_ENTRIES_MAX } from './known-events/layout.ts';

const SLOTS = 1 << 15;
/** Integers an entry: two of name, one of id, one unused. */
const STRIDE = 4;
/** Keeps the first n of four bytes read as a little-endian integer. */
const LOW_MASKS = Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1, -1, -1, -1, -1);
/** The cache stops growing here; whatever does not fit is looked up the slow way. */
const ENTRIES_MAX = SYMBOL_ENTRIES_MAX;

export class SymbolLookup {
  static readonly tableFull = -1;
  static readonly excluded = -2;
  static readonly unusable = -3;

  readonly #symbols: SymbolTable;
  readonly #excluded: ReadonlySet<string>;
  /** Hash slot -> entry, 0 for none. */
  readonly #slots: Uint16Array;
  /** Entries from 1 in order of first sight, so that the busiest symbols, which come first, share cache lines. */
  readonly #names: Int32Array;
  #entries = 0;

  /** `tables` hold the cache, empty at first: 32,768 slots, and STRIDE integers for each of ENTRIES_MAX entries and one more. */
  constructor(
    symbols: SymbolTable,
    excluded: ReadonlySet<string>,
    tables: { readonly symbolSlots: Uint16Array; readonly symbolNames: Int32Array },
  ) {
    this.#symbols = symbols;
    this.#excluded = excluded;
    this.#slots = tables.symbolSlots;
    this.#names = tables.symbolNames;
  }

  /** The id of the name in bytes[from, to), or one of the negative answers above. `view` shows the same bytes. */
  find(bytes: Uint8Array, view: DataView, from: number, to: number, isEscaped: boolean): number {
    const length = to - from;
    if (length > 8 || isEscaped) return this.#intern(bytes, from, to);
    if (length === 0) return SymbolLookup.unusable;
    const low = view.getInt32(from, true) & (LOW_MASKS[length] as number);
    const high = length > 4 ? view.getInt32(from + 4, true) & (LOW_MASKS[length - 4] as number) : 0;
    const slots = this.#slots;
    const names = this.#names;
    let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 17;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      const at = entry * STRIDE;
      if (names[at] === low && names[at + 1] === high) return names[at + 2] as number;
      slot = (slot + 1) & (SLOTS - 1);
    }
    const id = this.#intern(bytes, from, to);
    if ((id >= 0 || id === SymbolLookup.excluded) && this.#entries < ENTRIES_MAX) {
      const entry = ++this.#entries;
      slots[slot] = entry;
      names[entry * STRIDE] = low;
      names[entry * STRIDE + 1] = high;
      names[entry * STRIDE + 2] = id;
    }
    return id;
  }

  #intern(bytes: Uint8Array, from: number, to: number): number {
    // A character is at most six bytes on the wire (\uXXXX).
    if (to - from > SYMBOL_LENGTH_MAX * 6) return SymbolLookup.unusable;
    const text = readText(bytes, from, to);
    if (!isUsableSymbol(text)) return SymbolLookup.unusable;
    if (this.#excluded.has(text)) return SymbolLookup.excluded;
    return this.#symbols.intern(text);
  }
}
