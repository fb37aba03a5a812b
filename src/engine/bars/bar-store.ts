/**
 * The closed bars of the day, by symbol and index, in pages of sixteen. Bounded: when every page is taken, the page that
 * was begun first is given to whoever needs one, so the oldest bars of the market go first and `firstIndex` says so.
 */
import { assert } from '../lib/assert.ts';
import type { Bar } from '../model/bar.ts';
import type { SymbolId } from '../model/units.ts';
import type { CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import { BAR_STRIDE, readBar } from './bar-slots.ts';

const PAGE_BARS = 16;
const PAGE_NUMBERS = PAGE_BARS * BAR_STRIDE;
/** Pages are allocated this many at a time (640 KB). */
const SLAB_PAGES = 256;
const NONE = -1;

export interface BarStoreOptions {
  /** Rows for symbols. */
  readonly capacity: number;
  /** Most bars kept over all symbols; the default takes 320 MB when full. */
  readonly barsMax?: number;
}

export class BarStore {
  readonly capacity: number;
  readonly pagesMax: number;
  /** Bars ever closed per symbol today. */
  readonly #counts: Uint32Array;
  /** Symbols from here on have no bars. */
  #symbols = 0;
  /** Per symbol the page ids in order of index; entry 0 is the page that holds index `#first`. */
  readonly #pages: (Int32Array | undefined)[];
  /** Index of the oldest bar kept; equals the count when none is. */
  readonly #first: Uint32Array;
  readonly #slabs: Float64Array[] = [];
  /** Page id -> symbol that owns it. Pages are handed out and taken back in the order of their ids, round and round. */
  readonly #owners: Int32Array;
  #pagesBegun = 0;
  #evictedBars = 0;
  /** Changes when a page with bars in it is given up: until then bars that were closed stay where and what they are. */
  #generation = 0;

  constructor(options: BarStoreOptions) {
    this.capacity = options.capacity;
    this.pagesMax = Math.max(1, Math.ceil((options.barsMax ?? 2_000_000) / PAGE_BARS));
    this.#counts = new Uint32Array(this.capacity);
    this.#first = new Uint32Array(this.capacity);
    this.#pages = Array.from({ length: this.capacity });
    this.#owners = new Int32Array(this.pagesMax).fill(NONE);
  }

  /** Bars closed today, kept or not: the index the next bar gets. */
  count(symbol: SymbolId): number {
    return this.#counts[symbol] as number;
  }

  /** Index of the oldest bar still kept; equals `count` when none is. */
  firstIndex(symbol: SymbolId): number {
    return this.#first[symbol] as number;
  }

  /** Bars dropped to stay within the bound. */
  get evicted(): number {
    return this.#evictedBars;
  }

  get bytes(): number {
    return this.#slabs.length * SLAB_PAGES * PAGE_NUMBERS * 8;
  }

  /** The bar with this index; undefined when it was never closed or is no longer kept. */
  get(symbol: SymbolId, index: number): Bar | undefined {
    const base = this.#base(symbol, index);
    return base < 0 ? undefined : readBar(this.#slab, base, symbol, index, false);
  }

  /** One number of a bar by its Slot, without an object; NaN when the bar is not kept. */
  value(symbol: SymbolId, index: number, slot: number): number {
    const base = this.#base(symbol, index);
    return base < 0 ? NaN : (this.#slab[base + slot] as number);
  }

  /** Copies slots [0, BAR_STRIDE) at `base` of `rows` as the symbol's next bar. Returns its index. */
  append(symbol: SymbolId, rows: Float64Array, base: number): number {
    const index = this.#counts[symbol] as number;
    const within = index % PAGE_BARS;
    const page =
      within === 0 || this.firstIndex(symbol) >= index ? this.#begin(symbol, index) : this.#pageOf(symbol, index);
    const slab = this.#slabs[page >> 8] as Float64Array;
    const to = (page & 255) * PAGE_NUMBERS + within * BAR_STRIDE;
    for (let i = 0; i < BAR_STRIDE; i++) slab[to + i] = rows[base + i] as number;
    this.#counts[symbol] = index + 1;
    if (symbol >= this.#symbols) this.#symbols = symbol + 1;
    return index;
  }

  /** Forgets everything: a new day. Memory is kept for reuse. */
  clear(): void {
    this.#generation++;
    this.#counts.fill(0);
    this.#first.fill(0);
    this.#pages.fill(undefined);
    this.#owners.fill(NONE);
    this.#pagesBegun = 0;
    this.#symbols = 0;
    this.#evictedBars = 0;
  }

  #slab: Float64Array = new Float64Array(0);

  /** Offset within `#slab`, which is set; -1 when the bar is not kept. */
  #base(symbol: SymbolId, index: number): number {
    if (!(index >= this.firstIndex(symbol) && index < this.count(symbol))) return NONE;
    const page = this.#pageOf(symbol, index);
    this.#slab = this.#slabs[page >> 8] as Float64Array;
    return (page & 255) * PAGE_NUMBERS + (index % PAGE_BARS) * BAR_STRIDE;
  }

  #pageOf(symbol: SymbolId, index: number): number {
    const pages = this.#pages[symbol] as Int32Array;
    return pages[Math.floor(index / PAGE_BARS) - Math.floor(this.firstIndex(symbol) / PAGE_BARS)] as number;
  }

  #begin(symbol: SymbolId, index: number): number {
    const page = this.#pagesBegun % this.pagesMax;
    const owner = this.#owners[page] as number;
    if (owner !== NONE) this.#evict(owner);
    this.#pagesBegun++;
    this.#owners[page] = symbol;
    if (page >> 8 >= this.#slabs.length) this.#slabs.push(new Float64Array(SLAB_PAGES * PAGE_NUMBERS));
    const at = Math.floor(index / PAGE_BARS) - Math.floor(this.firstIndex(symbol) / PAGE_BARS);
    let pages = this.#pages[symbol];
    if (pages === undefined || at >= pages.length) {
      const grown = new Int32Array(pages === undefined ? 4 : pages.length * 2);
      if (pages !== undefined) grown.set(pages);
      this.#pages[symbol] = grown;
      pages = grown;
    }
    pages[at] = page;
    return page;
  }

  /** Takes the oldest page of a symbol away; it is the one begun first of all. */
  #evict(symbol: SymbolId): void {
    this.#generation++;
    const first = this.firstIndex(symbol);
    const next = Math.min((Math.floor(first / PAGE_BARS) + 1) * PAGE_BARS, this.count(symbol));
    this.#evictedBars += next - first;
    this.#first[symbol] = next;
    (this.#pages[symbol] as Int32Array).copyWithin(0, 1);
  }

  save(writer: CheckpointWriter, prefix: string): void {
    const symbols = this.#symbols;
    const used = Math.min(this.#pagesBegun, this.pagesMax);
    writer.section(
      `${prefix}/head`,
      bytes(Float64Array.of(symbols, this.pagesMax, this.#pagesBegun, this.#evictedBars)),
    );
    writer.section(`${prefix}/counts`, bytes(this.#counts.slice(0, symbols)));
    writer.section(`${prefix}/first`, bytes(this.#first.slice(0, symbols)));
    writer.section(`${prefix}/owners`, bytes(this.#owners.slice(0, used)));
    const parts: Uint8Array[] = [];
    for (let page = 0; page < used; page += SLAB_PAGES) {
      const slab = this.#slabs[page >> 8] as Float64Array;
      parts.push(bytes(slab.subarray(0, Math.min(SLAB_PAGES, used - page) * PAGE_NUMBERS)));
    }
    // Bars are appended and never changed; those that come later lie beyond the counts saved here.
    const generation = this.#generation;
    if (writer.later === undefined) writer.section(`${prefix}/pages`, joined(parts));
    else writer.later(`${prefix}/pages`, parts, () => this.#generation === generation);
  }

  /** Into a store of the same bound. */
  restore(reader: CheckpointReader, prefix: string): void {
    const headBytes = reader.section(`${prefix}/head`);
    if (headBytes === undefined) return;
    this.clear();
    const [symbols, pagesMax, pagesBegun, evicted] = new Float64Array(headBytes.slice().buffer) as unknown as [
      number,
      number,
      number,
      number,
    ];
    assert(
      symbols <= this.capacity && pagesMax === this.pagesMax,
      'a checkpoint is restored into a store of its own size',
    );
    this.#counts.set(new Uint32Array(section(reader, `${prefix}/counts`)));
    this.#first.set(new Uint32Array(section(reader, `${prefix}/first`)));
    this.#owners.set(new Int32Array(section(reader, `${prefix}/owners`)));
    this.#pagesBegun = pagesBegun;
    this.#symbols = symbols;
    this.#evictedBars = evicted;
    const all = new Float64Array(section(reader, `${prefix}/pages`));
    const used = Math.min(pagesBegun, this.pagesMax);
    while (this.#slabs.length * SLAB_PAGES < used) this.#slabs.push(new Float64Array(SLAB_PAGES * PAGE_NUMBERS));
    for (let page = 0; page < used; page += SLAB_PAGES) {
      (this.#slabs[page >> 8] as Float64Array).set(
        all.subarray(page * PAGE_NUMBERS, Math.min(page + SLAB_PAGES, used) * PAGE_NUMBERS),
      );
    }
    this.#rebuildPages(used);
  }

  /** The page lists follow from the owners: pages were begun in the order of their ids, round and round. */
  #rebuildPages(used: number): void {
    const lists = new Map<number, number[]>();
    for (let i = 0; i < used; i++) {
      const page = (this.#pagesBegun - used + i) % this.pagesMax;
      const owner = this.#owners[page] as number;
      const list = lists.get(owner);
      if (list === undefined) lists.set(owner, [page]);
      else list.push(page);
    }
    for (const [owner, list] of lists) {
      const pages = new Int32Array(Math.max(4, list.length));
      pages.set(list);
      this.#pages[owner] = pages;
    }
  }
}

function bytes(column: Float64Array | Uint32Array | Int32Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function section(reader: CheckpointReader, name: string): ArrayBuffer {
  return (reader.section(name) ?? new Uint8Array(0)).slice().buffer;
}
