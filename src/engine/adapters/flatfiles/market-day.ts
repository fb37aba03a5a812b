/**
 * The whole market's day out of the flat files, merged by time over all symbols. The files are sorted by ticker, so the rows
 * are collected up to a bound, sorted, written to a temporary file when the bound is reached, and the sorted files are merged.
 *
 * Bounds: memory holds `rowsMax` rows (58 bytes each, 2 million by default) and 4 bytes an index, then one block of 256 KB a
 * sorted file while merging; the temporary folder takes 64 bytes a row.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { EventBatch } from '../../model/event-batch.ts';
import { createEventBatch, EventKind } from '../../model/event-batch.ts';
import { EventRows, isBefore } from './event-rows.ts';
import { readFileRows } from './file-rows.ts';
import { flatFilePath } from './flat-file-path.ts';
import { createFlatFileReport } from './row-parser.ts';
import type { FlatFileOptions } from './symbol-day.ts';
import { tradingDayOf } from './symbol-day.ts';

export interface MarketDayOptions extends FlatFileOptions {
  /** Where sorted runs are written; the system's temporary folder when absent. */
  readonly tempDir?: string;
  /** Rows held in memory before they are written out. */
  readonly rowsMax?: number;
}

const ROWS_MAX = 2_000_000;
/** A row on disk: six doubles, then symbol i32, conditions u16, venue, venue2, tape, flags u8, padded to 64 bytes. */
const RECORD_BYTES = 64;
const BLOCK_RECORDS = 4096;

/**
 * Every event of `day` under `dir` in playing order: SIP time in nanoseconds, quotes before trades, sequence, file order.
 * Each batch is valid until the next one is asked for; its receivedUs is 0. Throws FlatFileError.
 */
export async function* readMarketDay(dir: string, day: string, options: MarketDayOptions): AsyncGenerator<EventBatch> {
  const tradingDay = tradingDayOf(day, options.calendar);
  const report = options.report ?? createFlatFileReport();
  const rowsMax = Math.max(1, options.rowsMax ?? ROWS_MAX);
  const rows = new EventRows(Math.min(rowsMax, 1 << 16));
  const runs = new SortedRuns(options.tempDir ?? os.tmpdir());
  const batch = createEventBatch(options.batchCapacity);
  batch.receivedUs = 0;
  try {
    for (const kind of options.isTradesOnly === true ? (['trades'] as const) : (['trades', 'quotes'] as const)) {
      await readFileRows({ ...options, file: flatFilePath(dir, kind, day), kind, day: tradingDay, report }, (row) => {
        if (rows.length >= rowsMax) runs.write(rows);
        rows.push(row);
      });
    }
    if (runs.count === 0) {
      const order = rows.order();
      for (let at = 0; at < order.length;) {
        batch.length = 0;
        while (batch.length < batch.capacity && at < order.length)
          rows.copyTo(batch, order[at++] as number, tradingDay.midnightUs);
        yield batch;
      }
      return;
    }
    runs.write(rows);
    yield* runs.merge(batch, tradingDay.midnightUs);
  } finally {
    runs.remove();
  }
}

/** Sorted runs of rows in files of a temporary folder, and their merge. */
class SortedRuns {
  readonly #parent: string;
  #folder: string | undefined;
  readonly #files: string[] = [];

  constructor(parent: string) {
    this.#parent = parent;
  }

  get count(): number {
    return this.#files.length;
  }

  /** Writes the rows in playing order as another run and empties them. */
  write(rows: EventRows): void {
    if (rows.length === 0) return;
    this.#folder ??= mkdtempSync(path.join(this.#parent, 'drover-merge-'));
    const file = path.join(this.#folder, `run-${this.#files.length}`);
    const descriptor = openSync(file, 'w');
    try {
      const order = rows.order();
      const block = new RunBlock();
      for (let at = 0; at < order.length;) {
        block.length = 0;
        while (block.length < BLOCK_RECORDS && at < order.length) block.put(rows, order[at++] as number);
        writeSync(descriptor, block.bytes, 0, block.length * RECORD_BYTES);
      }
    } finally {
      closeSync(descriptor);
    }
    this.#files.push(file);
    rows.clear();
  }

  /** All runs as one stream. Runs are in file order, so ties keep it. */
  *merge(batch: EventBatch, midnightUs: number): Generator<EventBatch> {
    const readers: RunReader[] = [];
    try {
      for (const file of this.#files) readers.push(new RunReader(file));
      const heap = new ReaderHeap(readers);
      batch.length = 0;
      for (let reader = heap.first(); reader !== undefined; reader = heap.first()) {
        reader.block.copyTo(batch, reader.at, midnightUs);
        reader.next();
        heap.moved();
        if (batch.length === batch.capacity) {
          yield batch;
          batch.length = 0;
        }
      }
      if (batch.length > 0) yield batch;
    } finally {
      for (const reader of readers) reader.close();
    }
  }

  remove(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

class RunBlock {
  readonly bytes = new Uint8Array(BLOCK_RECORDS * RECORD_BYTES);
  readonly numbers = new Float64Array(this.bytes.buffer);
  readonly #words = new Int32Array(this.bytes.buffer);
  length = 0;

  put(rows: EventRows, i: number): void {
    const c = rows.columns;
    const at = this.length++;
    this.numbers[at * 8] = c.key[i] as number;
    this.numbers[at * 8 + 1] = c.sequence[i] as number;
    this.numbers[at * 8 + 2] = c.price[i] as number;
    this.numbers[at * 8 + 3] = c.size[i] as number;
    this.numbers[at * 8 + 4] = c.price2[i] as number;
    this.numbers[at * 8 + 5] = c.size2[i] as number;
    this.#words[at * 16 + 12] = c.symbol[i] as number;
    this.#words[at * 16 + 13] =
      (c.conditions[i] as number) | ((c.venue[i] as number) << 16) | ((c.venue2[i] as number) << 24);
    this.#words[at * 16 + 14] = (c.tape[i] as number) | ((c.flags[i] as number) << 8);
  }

  copyTo(batch: EventBatch, i: number, midnightUs: number): void {
    const to = batch.length++;
    const key = this.numbers[i * 8] as number;
    const packed = this.#words[i * 16 + 13] as number;
    const last = this.#words[i * 16 + 14] as number;
    batch.kind[to] = key % 2 === 1 ? EventKind.trade : EventKind.quote;
    batch.timeUs[to] = midnightUs + Math.floor(key / 2000);
    batch.sequence[to] = this.numbers[i * 8 + 1] as number;
    batch.price[to] = this.numbers[i * 8 + 2] as number;
    batch.size[to] = this.numbers[i * 8 + 3] as number;
    batch.price2[to] = this.numbers[i * 8 + 4] as number;
    batch.size2[to] = this.numbers[i * 8 + 5] as number;
    batch.symbol[to] = this.#words[i * 16 + 12] as number;
    batch.conditions[to] = packed & 0xffff;
    batch.venue[to] = (packed >>> 16) & 0xff;
    batch.venue2[to] = packed >>> 24;
    batch.tape[to] = last & 0xff;
    batch.flags[to] = (last >>> 8) & 0xff;
  }
}

class RunReader {
  readonly block = new RunBlock();
  readonly #descriptor: number;
  at = 0;
  key = 0;
  sequence = 0;
  isDone = false;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'r');
    this.#fill();
  }

  next(): void {
    if (++this.at >= this.block.length) this.#fill();
    else this.#head();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #fill(): void {
    this.at = 0;
    this.block.length = readSync(this.#descriptor, this.block.bytes, 0, this.block.bytes.length, null) / RECORD_BYTES;
    if (this.block.length === 0) this.isDone = true;
    else this.#head();
  }

  #head(): void {
    this.key = this.block.numbers[this.at * 8] as number;
    this.sequence = this.block.numbers[this.at * 8 + 1] as number;
  }
}

/** A binary heap of readers by their head row; ties go to the earlier run. */
class ReaderHeap {
  readonly #readers: RunReader[];
  readonly #heap: number[];

  constructor(readers: RunReader[]) {
    this.#readers = readers;
    this.#heap = readers.map((_, i) => i).filter((i) => readers[i]?.isDone === false);
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  first(): RunReader | undefined {
    const top = this.#heap[0];
    return top === undefined ? undefined : this.#readers[top];
  }

  /** The first reader moved on: puts it where it belongs now. */
  moved(): void {
    if ((this.first() as RunReader).isDone) {
      const last = this.#heap.pop() as number;
      if (this.#heap.length === 0) return;
      this.#heap[0] = last;
    }
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const moving = heap[from] as number;
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#isEarlier(heap[child + 1] as number, heap[child] as number)) child++;
      if (!this.#isEarlier(heap[child] as number, moving)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = moving;
  }

  #isEarlier(a: number, b: number): boolean {
    const x = this.#readers[a] as RunReader;
    const y = this.#readers[b] as RunReader;
    return isBefore(x.key, x.sequence, y.key, y.sequence) || (x.key === y.key && x.sequence === y.sequence && a < b);
  }
}
