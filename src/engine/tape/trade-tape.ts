/**
 * Every trade of the day in memory, in arrival order per symbol, with the NBBO at the print. Trades sit in pages of 16
 * that belong to one symbol; a page is a run of rows in typed-array slabs, so that appending makes no garbage and the n-th
 * trade of a symbol is two array reads away. A trade is one run of 32 bytes: with thousands of symbols every append meets
 * cold memory, so it must be one cache line and one page of the processor's, not one a field.
 *
 * Values come back exactly as they went in: prices and sizes are packed as integers of 1/10,000, 1/1,000,000 or 1/100,
 * whichever is exact, else the double itself goes to a side table. 32 bytes a trade, and a little over 1 for the page directory.
 *
 * Bounded: at `maxTrades` the page that was opened longest ago is given up for the new one (docs/specs/tape.md, MEM3).
 */
import { assert } from '../lib/assert.ts';
import { alignedNumbers } from '../lib/columns.ts';
import type { EventBatch } from '../model/event-batch.ts';
import type { EpochUs, SymbolId } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';

const PAGE_BITS = 4;
const PAGE_ROWS = 1 << PAGE_BITS;
const SLAB_PAGES = 1024;
const PAGE_MASK = SLAB_PAGES - 1;
const PAGE_SHIFT = 10;
const SLAB_ROWS = SLAB_PAGES * PAGE_ROWS;
const SLAB_SHIFT = 14;
const SLAB_MASK = SLAB_ROWS - 1;
/** 2^40 microseconds are 12.7 days; the base lies 5 days before the first trade. */
const TIME_HIGH = 4294967296;
const BASE_BEFORE_US = 5 * 86_400_000_000;
const ROW_BYTES = 32;
/** Doubles that no packing can hold exactly, at most. Beyond it a value reads NaN and `inexact` counts it. */
const ODD_MAX = 4_000_000;
/** Fields of a row in the side table. */
const FIELD = { time: 0, price: 1, size: 2, bid: 3, ask: 4, sequence: 5 } as const;
const ODD_TIME_HIGH = 255;
const ODD = 0xe0000000;
const CHECKPOINT_VERSION = 2;

/** The words of a row. `marks` is conditions, then venue and tape; `rest` is the high byte of the time, then flags. */
const WORD = { time: 0, price: 1, size: 2, bid: 3, ask: 4, sequence: 5, marks: 6, rest: 7 } as const;
const ROW_SHIFT = 3;
/** A symbol's head, 16 bytes: trades so far and first row of the page being filled as integers, highest time as a double. */
const HEAD_WORDS = 4;
const NO_PAGE = -1;
const VENUE_SHIFT = 16;
const TAPE_SHIFT = 24;
const FLAGS_SHIFT = 8;

/** One trade as it was printed. Prices in dollars, times in epoch microseconds. */
export interface TapeTrade {
  readonly symbol: SymbolId;
  readonly timeUs: EpochUs;
  readonly sequence: number;
  readonly price: number;
  readonly size: number;
  readonly venue: number;
  readonly tape: number;
  readonly flags: number;
  /** ConditionSetId. */
  readonly conditions: number;
  /** Best bid and ask when the print arrived; 0 when that side was missing. */
  readonly bid: number;
  readonly ask: number;
}

export interface TradeTapeOptions {
  /** Symbols, at most. */
  readonly capacity: number;
  /** Trades kept, at most; rounded up to whole slabs of 16,384. */
  readonly maxTrades: number;
  /** With more trades than this a checkpoint leaves them out, because copying them would stall the kernel (MEM6). */
  readonly checkpointTradesMax?: number;
}

export class TradeTape implements Checkpointable {
  readonly capacity: number;
  readonly maxTrades: number;
  /** Trades appended, those given up again included. */
  total = 0;
  /** Trades given up because the tape was full. */
  dropped = 0;
  /** True after a restore from a checkpoint that left the trades out: the day's earlier trades are on disk only. */
  isPartial = false;
  /** Values lost because the side table was full; they read NaN. */
  inexact = 0;

  readonly #slabs: Uint32Array[] = [];
  readonly #maxPages: number;
  /** HEAD_WORDS a symbol: all that an append within a page has to know, in one place. */
  readonly #heads: Int32Array;
  /** The same memory; the highest time of symbol s is number 2 s + 1. */
  readonly #highest: Float64Array;
  /** Index of the oldest trade held. */
  readonly #oldest: Uint32Array;
  /** Per symbol: page ordinal -> page, -1 when given up. Grown by doubling. */
  readonly #directories: (Int32Array | undefined)[];
  readonly #pageSymbol: Int32Array[] = [];
  readonly #pageOrdinal: Int32Array[] = [];
  /** Highest time of the symbol up to and with this page, written when it is full: a search by time is exact with late prints. */
  readonly #pageMaxUs: Float64Array[] = [];
  readonly #odd = new Map<number, number>();
  #pagesOpened = 0;
  #directoryEntries = 0;
  #baseUs = Number.NaN;
  readonly #checkpointTradesMax: number;

  constructor(options: TradeTapeOptions) {
    assert(options.capacity > 0 && options.maxTrades > 0, 'a tape holds at least one trade of one symbol');
    this.capacity = options.capacity;
    const slabs = Math.max(1, Math.ceil(options.maxTrades / SLAB_ROWS));
    this.maxTrades = slabs * SLAB_ROWS;
    this.#checkpointTradesMax = options.checkpointTradesMax ?? 400_000;
    this.#maxPages = slabs * SLAB_PAGES;
    this.#highest = alignedNumbers(options.capacity * 2);
    this.#heads = new Int32Array(this.#highest.buffer, this.#highest.byteOffset, options.capacity * HEAD_WORDS);
    for (let symbol = 0; symbol < options.capacity; symbol++) {
      this.#heads[symbol * HEAD_WORDS + 1] = NO_PAGE;
      this.#highest[symbol * 2 + 1] = Number.NEGATIVE_INFINITY;
    }
    this.#oldest = new Uint32Array(options.capacity);
    this.#directories = Array.from({ length: options.capacity }, () => undefined);
  }

  /** Takes row `i` of the batch, which is a trade, with the NBBO it met. */
  append(batch: EventBatch, i: number, bid: number, ask: number): void {
    const symbol = batch.symbol[i] as number;
    assert(symbol >= 0 && symbol < this.capacity, 'symbol ids are below the capacity');
    const heads = this.#heads;
    const head = symbol * HEAD_WORDS;
    const n = heads[head] as number;
    let first = heads[head + 1] as number;
    // At a page boundary, and when the page was given up while it was being filled.
    if ((n & (PAGE_ROWS - 1)) === 0 || first < 0)
      first = this.#openPage(symbol, n >>> PAGE_BITS, batch.timeUs[i] as number) * PAGE_ROWS;
    const row = first + (n & (PAGE_ROWS - 1));
    const slab = this.#slabs[row >>> SLAB_SHIFT] as Uint32Array;
    const at = (row & SLAB_MASK) << ROW_SHIFT;
    const timeUs = batch.timeUs[i] as number;
    const offset = timeUs - this.#baseUs;
    const high = Math.floor(offset / TIME_HIGH);
    const isPlainTime =
      high >= 0 && high < ODD_TIME_HIGH && Math.floor(offset) === offset && offset + this.#baseUs === timeUs;
    slab[at + WORD.time] = isPlainTime ? offset - high * TIME_HIGH : 0;
    slab[at + WORD.rest] =
      (isPlainTime ? high : this.#putOddTime(timeUs, row)) | ((batch.flags[i] as number) << FLAGS_SHIFT);
    slab[at + WORD.price] = this.#pack(batch.price[i] as number, row, FIELD.price);
    slab[at + WORD.size] = this.#pack(batch.size[i] as number, row, FIELD.size);
    slab[at + WORD.bid] = this.#pack(bid, row, FIELD.bid);
    slab[at + WORD.ask] = this.#pack(ask, row, FIELD.ask);
    const sequence = batch.sequence[i] as number;
    const plain = sequence >>> 0 === sequence && sequence < ODD && !Object.is(sequence, -0);
    slab[at + WORD.sequence] = plain ? sequence : this.#putOdd(sequence, row, FIELD.sequence);
    slab[at + WORD.marks] =
      (batch.conditions[i] as number) |
      ((batch.venue[i] as number) << VENUE_SHIFT) |
      ((batch.tape[i] as number) << TAPE_SHIFT);
    if (timeUs > (this.#highest[symbol * 2 + 1] as number)) this.#highest[symbol * 2 + 1] = timeUs;
    heads[head] = n + 1;
    this.total++;
  }

  /** Trades of the symbol so far, those given up again included. */
  count(symbol: SymbolId): number {
    return this.#heads[symbol * HEAD_WORDS] ?? 0;
  }

  /** Index of the oldest trade of the symbol that is still held; equals `count` when none is. */
  oldest(symbol: SymbolId): number {
    return this.#oldest[symbol] ?? 0;
  }

  /** The n-th trade of the symbol, 0 is the first of the day. Undefined when there is none or it was given up. */
  at(symbol: SymbolId, n: number): TapeTrade | undefined {
    const row = this.#row(symbol, n);
    if (row < 0) return undefined;
    const sequence = this.#word(row, WORD.sequence);
    const marks = this.#word(row, WORD.marks);
    return {
      symbol,
      timeUs: this.#time(row),
      sequence: sequence === ODD ? this.#getOdd(row, FIELD.sequence) : sequence,
      price: this.#unpack(this.#word(row, WORD.price), row, FIELD.price),
      size: this.#unpack(this.#word(row, WORD.size), row, FIELD.size),
      venue: (marks >>> VENUE_SHIFT) & 0xff,
      tape: marks >>> TAPE_SHIFT,
      flags: (this.#word(row, WORD.rest) >>> FLAGS_SHIFT) & 0xff,
      conditions: marks & 0xffff,
      bid: this.#unpack(this.#word(row, WORD.bid), row, FIELD.bid),
      ask: this.#unpack(this.#word(row, WORD.ask), row, FIELD.ask),
    };
  }

  /** Time, price and size alone, for loops that must not allocate. NaN when the trade is not held. */
  timeAt(symbol: SymbolId, n: number): EpochUs {
    const row = this.#row(symbol, n);
    return row < 0 ? Number.NaN : this.#time(row);
  }

  priceAt(symbol: SymbolId, n: number): number {
    const row = this.#row(symbol, n);
    return row < 0 ? Number.NaN : this.#unpack(this.#word(row, WORD.price), row, FIELD.price);
  }

  sizeAt(symbol: SymbolId, n: number): number {
    const row = this.#row(symbol, n);
    return row < 0 ? Number.NaN : this.#unpack(this.#word(row, WORD.size), row, FIELD.size);
  }

  /** Index of the first held trade of the symbol whose time is `us` or later, in arrival order; `count` when none is. */
  findByTime(symbol: SymbolId, us: EpochUs): number {
    const count = this.count(symbol);
    const oldest = this.oldest(symbol);
    let low = oldest >>> PAGE_BITS;
    let high = (count + PAGE_ROWS - 1) >>> PAGE_BITS;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#maxUs(symbol, middle) >= us) high = middle;
      else low = middle + 1;
    }
    for (let n = Math.max(oldest, low * PAGE_ROWS); n < count; n++) if (this.timeAt(symbol, n) >= us) return n;
    return count;
  }

  /** State bytes a trade held: slabs, directories and side table. */
  bytesPerTrade(): number {
    const held = this.total - this.dropped;
    return held === 0 ? 0 : this.byteLength() / held;
  }

  /** Bytes of all state; a Map entry of the side table is taken as 40. */
  byteLength(): number {
    const slabs = this.#slabs.length * (SLAB_ROWS * ROW_BYTES + SLAB_PAGES * 16);
    return slabs + this.#directoryEntries * 4 + this.#odd.size * 40 + this.#heads.byteLength + this.#oldest.byteLength;
  }

  save(writer: CheckpointWriter): void {
    const isWhole = this.total - this.dropped <= this.#checkpointTradesMax && !this.isPartial;
    const pages = Math.min(this.#pagesOpened, this.#maxPages);
    const head = Float64Array.of(
      CHECKPOINT_VERSION,
      isWhole ? 1 : 0,
      this.capacity,
      this.#maxPages,
      this.total,
      this.dropped,
      this.inexact,
      this.#pagesOpened,
      this.#baseUs,
    );
    writer.section('tape/head', bytesOf(head));
    if (!isWhole) return;
    writer.section('tape/heads', bytesOf(this.#heads));
    writer.section('tape/oldest', bytesOf(this.#oldest));
    for (let k = 0; k * SLAB_PAGES < pages; k++) {
      writer.section(`tape/symbols/${k}`, bytesOf(this.#pageSymbol[k] as Int32Array));
      writer.section(`tape/ordinals/${k}`, bytesOf(this.#pageOrdinal[k] as Int32Array));
      writer.section(`tape/maxima/${k}`, bytesOf(this.#pageMaxUs[k] as Float64Array));
      writer.section(`tape/slab/${k}`, bytesOf(this.#slabs[k] as Uint32Array));
    }
    const odd = new Float64Array(this.#odd.size * 2);
    let at = 0;
    for (const [key, value] of this.#odd) {
      odd[at++] = key;
      odd[at++] = value;
    }
    writer.section('tape/odd', bytesOf(odd));
  }

  /** Into an empty tape of the same capacity and size; of any other the trades stay on disk only (`isPartial`). */
  restore(reader: CheckpointReader): void {
    assert(this.total === 0 && this.#slabs.length === 0, 'a checkpoint is restored into a fresh tape');
    const section = reader.section('tape/head');
    if (section === undefined) return;
    const head = new Float64Array(section.slice().buffer);
    const [version, isWhole, capacity, maxPages] = head;
    this.isPartial =
      version !== CHECKPOINT_VERSION || isWhole !== 1 || capacity !== this.capacity || maxPages !== this.#maxPages;
    if (this.isPartial) return;
    this.total = head[4] as number;
    this.dropped = head[5] as number;
    this.inexact = head[6] as number;
    this.#pagesOpened = head[7] as number;
    this.#baseUs = head[8] as number;
    fill(this.#heads, reader, 'tape/heads');
    fill(this.#oldest, reader, 'tape/oldest');
    const pages = Math.min(this.#pagesOpened, this.#maxPages);
    for (let k = 0; k * SLAB_PAGES < pages; k++) {
      this.#addSlab();
      fill(this.#pageSymbol[k] as Int32Array, reader, `tape/symbols/${k}`);
      fill(this.#pageOrdinal[k] as Int32Array, reader, `tape/ordinals/${k}`);
      fill(this.#pageMaxUs[k] as Float64Array, reader, `tape/maxima/${k}`);
      fill(this.#slabs[k] as Uint32Array, reader, `tape/slab/${k}`);
    }
    // In the order they were opened, so that of two pages with one ordinal (the first given up) the later one counts.
    for (let opened = this.#pagesOpened - pages; opened < this.#pagesOpened; opened++) {
      const page = opened % this.#maxPages;
      const symbol = (this.#pageSymbol[page >>> PAGE_SHIFT] as Int32Array)[page & PAGE_MASK] as number;
      const ordinal = (this.#pageOrdinal[page >>> PAGE_SHIFT] as Int32Array)[page & PAGE_MASK] as number;
      this.#enterDirectory(symbol, ordinal, page);
    }
    const odd = new Float64Array((reader.section('tape/odd') ?? new Uint8Array(0)).slice().buffer);
    for (let at = 0; at + 1 < odd.length; at += 2) this.#odd.set(odd[at] as number, odd[at + 1] as number);
  }

  #row(symbol: number, n: number): number {
    if (!(n >= 0) || n >= this.count(symbol) || n < (this.#oldest[symbol] as number)) return -1;
    return this.#page(symbol, n >>> PAGE_BITS) * PAGE_ROWS + (n & (PAGE_ROWS - 1));
  }

  #page(symbol: number, ordinal: number): number {
    const directory = this.#directories[symbol];
    return directory === undefined || ordinal >= directory.length ? -1 : (directory[ordinal] as number);
  }

  #openPage(symbol: number, ordinal: number, timeUs: number): number {
    const page = this.#pagesOpened % this.#maxPages;
    if (this.#pagesOpened >= this.#maxPages) this.#giveUp(page);
    else if ((page & PAGE_MASK) === 0) this.#addSlab();
    this.#pagesOpened++;
    if (Number.isNaN(this.#baseUs)) this.#baseUs = Math.floor(timeUs) - BASE_BEFORE_US;
    const before = ordinal > 0 ? this.#page(symbol, ordinal - 1) : NO_PAGE;
    if (before >= 0)
      (this.#pageMaxUs[before >>> PAGE_SHIFT] as Float64Array)[before & PAGE_MASK] = this.#highest[
        symbol * 2 + 1
      ] as number;
    this.#heads[symbol * HEAD_WORDS + 1] = page * PAGE_ROWS;
    (this.#pageSymbol[page >>> PAGE_SHIFT] as Int32Array)[page & PAGE_MASK] = symbol;
    (this.#pageOrdinal[page >>> PAGE_SHIFT] as Int32Array)[page & PAGE_MASK] = ordinal;
    this.#enterDirectory(symbol, ordinal, page);
    return page;
  }

  #enterDirectory(symbol: number, ordinal: number, page: number): void {
    let directory = this.#directories[symbol];
    if (directory === undefined || ordinal >= directory.length) {
      const grown = new Int32Array(Math.max(4, ordinal + 1, (directory?.length ?? 0) * 2)).fill(-1);
      if (directory !== undefined) grown.set(directory);
      this.#directoryEntries += grown.length - (directory?.length ?? 0);
      this.#directories[symbol] = grown;
      directory = grown;
    }
    directory[ordinal] = page;
  }

  /** Pages are reused in the order they were opened, so the page given up is the oldest one of its symbol. */
  #giveUp(page: number): void {
    const symbol = (this.#pageSymbol[page >>> PAGE_SHIFT] as Int32Array)[page & PAGE_MASK] as number;
    const ordinal = (this.#pageOrdinal[page >>> PAGE_SHIFT] as Int32Array)[page & PAGE_MASK] as number;
    (this.#directories[symbol] as Int32Array)[ordinal] = NO_PAGE;
    if (this.#heads[symbol * HEAD_WORDS + 1] === page * PAGE_ROWS) this.#heads[symbol * HEAD_WORDS + 1] = NO_PAGE;
    const oldest = Math.min(this.count(symbol), (ordinal + 1) * PAGE_ROWS);
    this.dropped += oldest - (this.#oldest[symbol] as number);
    this.#oldest[symbol] = oldest;
    if (this.#odd.size === 0) return;
    for (let key = page * PAGE_ROWS * 8; key < (page + 1) * PAGE_ROWS * 8; key++) this.#odd.delete(key);
  }

  #addSlab(): void {
    const numbers = alignedNumbers((SLAB_ROWS * ROW_BYTES) / 8);
    this.#slabs.push(new Uint32Array(numbers.buffer, numbers.byteOffset, SLAB_ROWS << ROW_SHIFT));
    this.#pageSymbol.push(new Int32Array(SLAB_PAGES));
    this.#pageOrdinal.push(new Int32Array(SLAB_PAGES));
    this.#pageMaxUs.push(new Float64Array(SLAB_PAGES));
  }

  #putOddTime(timeUs: number, row: number): number {
    this.#putOdd(timeUs, row, FIELD.time);
    return ODD_TIME_HIGH;
  }

  /** Highest time of the symbol up to and with the page of an ordinal. */
  #maxUs(symbol: number, ordinal: number): number {
    if (ordinal >= (this.count(symbol) - 1) >>> PAGE_BITS) return this.#highest[symbol * 2 + 1] as number;
    const page = this.#page(symbol, ordinal);
    return page < 0
      ? Number.NEGATIVE_INFINITY
      : ((this.#pageMaxUs[page >>> PAGE_SHIFT] as Float64Array)[page & PAGE_MASK] as number);
  }

  #word(row: number, word: number): number {
    return (this.#slabs[row >>> SLAB_SHIFT] as Uint32Array)[((row & SLAB_MASK) << ROW_SHIFT) + word] as number;
  }

  #time(row: number): number {
    const high = this.#word(row, WORD.rest) & 0xff;
    if (high === ODD_TIME_HIGH) return this.#getOdd(row, FIELD.time);
    return this.#baseUs + high * TIME_HIGH + this.#word(row, WORD.time);
  }

  /** The packed form of a price or size (MEM2): 0xxx 1/10,000; 10xx 1/1,000,000; 110x 1/100; 1110.. side table. */
  #pack(value: number, row: number, field: number): number {
    const scaled = Math.round(value * 10_000);
    if (scaled > 0 && scaled < 0x80000000 && scaled / 10_000 === value) return scaled;
    if (value === 0 && !Object.is(value, -0)) return 0;
    return this.#packRare(value, row, field);
  }

  #packRare(value: number, row: number, field: number): number {
    const fine = Math.round(value * 1_000_000);
    if (fine > 0 && fine < 0x40000000 && fine / 1_000_000 === value) return 0x80000000 + fine;
    const coarse = Math.round(value * 100);
    if (coarse > 0 && coarse < 0x20000000 && coarse / 100 === value) return 0xc0000000 + coarse;
    return this.#putOdd(value, row, field);
  }

  #unpack(packed: number, row: number, field: number): number {
    if (packed < 0x80000000) return packed / 10_000;
    if (packed < 0xc0000000) return (packed - 0x80000000) / 1_000_000;
    if (packed < ODD) return (packed - 0xc0000000) / 100;
    return this.#getOdd(row, field);
  }

  #putOdd(value: number, row: number, field: number): number {
    if (this.#odd.size < ODD_MAX) this.#odd.set(row * 8 + field, value);
    else this.inexact++;
    return ODD;
  }

  #getOdd(row: number, field: number): number {
    return this.#odd.get(row * 8 + field) ?? Number.NaN;
  }
}

type Numbers = Float64Array | Int32Array | Uint32Array;

function bytesOf(numbers: Numbers): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function fill(target: Numbers, reader: CheckpointReader, name: string): void {
  const bytes = reader.section(name);
  assert(
    bytes !== undefined && bytes.length === target.byteLength,
    `section ${name} belongs to the tape that the head describes`,
  );
  bytesOf(target).set(bytes);
}
