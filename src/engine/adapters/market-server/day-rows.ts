/**
 * One recorded day of the vendor's flat files as rows in time order. The files are sorted by ticker, so they are sorted
 * again: chunks of bounded size in memory, spilled to a temporary file, then merged. Memory does not grow with the day.
 */
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import type { ConditionSets } from '../../model/conditions.ts';

/** Numbers a row: see `Row`. */
const FIELDS = 15;
const CHUNK_ROWS = 300_000;
const MERGE_BUFFER_ROWS = 2048;

/** Offsets into a row. Prices in micro-dollars; sizes in micro-shares (trades) or shares (quotes). */
export const Row = {
  timeUs: 0,
  /** Nanoseconds within the microsecond, times two, plus one for trades: quotes come first at equal times. */
  fine: 1,
  sequence: 2,
  symbol: 3,
  price: 4,
  size: 5,
  price2: 6,
  size2: 7,
  venue: 8,
  venue2: 9,
  conditions: 10,
  id: 11,
  participantMs: 12,
  trfId: 13,
  trfMs: 14,
} as const;

export interface SymbolIndex {
  /** The symbol's index, given on first sight. */
  index(name: string, tape: number): number;
}

/** The flat file of a day, or undefined when there is none. `dir` may be the bucket's root or `us_stocks_sip` itself. */
export function flatFile(dir: string, kind: 'trades_v1' | 'quotes_v1', day: string): string | undefined {
  const [year, month] = day.split('-');
  for (const root of [dir, path.join(dir, 'us_stocks_sip')]) {
    for (const name of [`${day}.csv.gz`, `${day}.csv`]) {
      const file = path.join(root, kind, year as string, month as string, name);
      if (existsSync(file)) return file;
    }
  }
  return undefined;
}

/** The days for which the folder has trades, in order. */
export function recordedDays(dir: string): string[] {
  const days = new Set<string>();
  for (const root of [path.join(dir, 'trades_v1'), path.join(dir, 'us_stocks_sip', 'trades_v1')]) {
    if (!existsSync(root)) continue;
    for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      const day = /(\d{4}-\d{2}-\d{2})\.csv(\.gz)?$/.exec(entry)?.[1];
      if (day !== undefined) days.add(day);
    }
  }
  return [...days].toSorted();
}

export interface SortedDay {
  /** The next row in time order, valid until the following `shift`; undefined at the end. */
  readonly row: Float64Array;
  readonly hasRow: boolean;
  shift(): void;
  /** Rows read, rows left out because they correct others, and rows that made no sense. */
  readonly counts: { readonly rows: number; readonly corrections: number; readonly malformed: number };
  close(): void;
}

export async function sortDay(
  dir: string,
  day: string,
  symbols: SymbolIndex,
  conditions: ConditionSets,
  chunkRows: number = CHUNK_ROWS,
): Promise<SortedDay> {
  const sorter = new Sorter(chunkRows);
  const counts = { rows: 0, corrections: 0, malformed: 0 };
  try {
    for (const kind of ['quotes_v1', 'trades_v1'] as const) {
      const file = flatFile(dir, kind, day);
      if (file === undefined) continue;
      await readCsv(file, (header) => {
        const into = kind === 'trades_v1' ? tradeParser(header, symbols, conditions) : quoteParser(header, symbols);
        return (fields) => {
          const result = into(fields, sorter.slot());
          if (result === 'row') {
            counts.rows++;
            sorter.commit();
          } else if (result === 'correction') counts.corrections++;
          else counts.malformed++;
        };
      });
    }
  } catch (error) {
    sorter.discard();
    throw error;
  }
  return sorter.finish(counts);
}

type Parser = (fields: readonly string[], row: Float64Array) => 'row' | 'correction' | 'malformed';

function tradeParser(header: readonly string[], symbols: SymbolIndex, conditions: ConditionSets): Parser {
  const at = columnsOf(header);
  let made = 0;
  return (fields, row) => {
    const ticker = fields[at('ticker')] ?? '';
    const correction = Number(fields[at('correction')] ?? 0);
    if (correction >= 10 && correction <= 12) return 'correction';
    const price = Math.round(Number(fields[at('price')]) * 1_000_000);
    const size = Math.round(Number(fields[at('size')]) * 1_000_000);
    if (!setTime(row, fields[at('sip_timestamp')] ?? '', 1) || !(price > 0) || !(size >= 0) || ticker === '')
      return 'malformed';
    const id = Number(fields[at('id')] || Number.NaN);
    row[Row.symbol] = symbols.index(ticker, Number(fields[at('tape')]) || 0);
    row[Row.sequence] = Number(fields[at('sequence_number')]) || 0;
    row[Row.price] = price;
    row[Row.size] = size;
    row[Row.venue] = Number(fields[at('exchange')]) || 0;
    row[Row.conditions] = conditions.intern(idsOf(fields[at('conditions')] ?? ''));
    row[Row.id] = Number.isSafeInteger(id) && id >= 0 ? id : ++made;
    row[Row.participantMs] = milliseconds(fields[at('participant_timestamp')] ?? '');
    row[Row.trfId] = Number(fields[at('trf_id')]) || 0;
    row[Row.trfMs] = milliseconds(fields[at('trf_timestamp')] ?? '');
    return 'row';
  };
}

function quoteParser(header: readonly string[], symbols: SymbolIndex): Parser {
  const at = columnsOf(header);
  return (fields, row) => {
    const ticker = fields[at('ticker')] ?? '';
    const bid = Math.round(Number(fields[at('bid_price')]) * 1_000_000);
    const ask = Math.round(Number(fields[at('ask_price')]) * 1_000_000);
    if (!setTime(row, fields[at('sip_timestamp')] ?? '', 0) || !(bid >= 0) || !(ask >= 0) || ticker === '')
      return 'malformed';
    row[Row.symbol] = symbols.index(ticker, Number(fields[at('tape')]) || 0);
    row[Row.sequence] = Number(fields[at('sequence_number')]) || 0;
    row[Row.price] = bid;
    row[Row.size] = Math.floor(Number(fields[at('bid_size')]) || 0);
    row[Row.price2] = ask;
    row[Row.size2] = Math.floor(Number(fields[at('ask_size')]) || 0);
    row[Row.venue] = Number(fields[at('bid_exchange')]) || 0;
    row[Row.venue2] = Number(fields[at('ask_exchange')]) || 0;
    // The websocket carries one condition and a list of indicators; the first of each is kept.
    row[Row.conditions] = idsOf(fields[at('conditions')] ?? '')[0] ?? 0;
    row[Row.id] = idsOf(fields[at('indicators')] ?? '')[0] ?? 0;
    row[Row.participantMs] = milliseconds(fields[at('participant_timestamp')] ?? '');
    return 'row';
  };
}

type Column =
  | 'ticker'
  | 'correction'
  | 'price'
  | 'size'
  | 'sip_timestamp'
  | 'id'
  | 'tape'
  | 'sequence_number'
  | 'exchange'
  | 'conditions'
  | 'participant_timestamp'
  | 'trf_id'
  | 'trf_timestamp'
  | 'bid_price'
  | 'ask_price'
  | 'bid_size'
  | 'ask_size'
  | 'bid_exchange'
  | 'ask_exchange'
  | 'indicators';

/** Where each column stands; -1 for one the file does not have. */
function columnsOf(header: readonly string[]): (name: Column) => number {
  const at: Record<string, number> = {};
  for (const [index, name] of header.entries()) at[name] = index;
  return (name) => at[name] ?? -1;
}

/** A nanosecond stamp does not fit a double: microseconds and the rest are kept apart. */
function setTime(row: Float64Array, text: string, kind: 0 | 1): boolean {
  if (text.length < 16) return false;
  const us = Number(text.slice(0, -3));
  const ns = Number(text.slice(-3));
  if (!Number.isSafeInteger(us) || !Number.isSafeInteger(ns)) return false;
  row[Row.timeUs] = us;
  row[Row.fine] = ns * 2 + kind;
  return true;
}

function milliseconds(text: string): number {
  return text.length > 6 ? Number(text.slice(0, -6)) || 0 : 0;
}

const NO_IDS: readonly number[] = [];

function idsOf(text: string): readonly number[] {
  if (text === '') return NO_IDS;
  if (!text.includes(',')) {
    const id = Number(text);
    return Number.isInteger(id) && id > 0 ? [id] : NO_IDS;
  }
  return text
    .split(',')
    .map(Number)
    .filter((id) => Number.isInteger(id) && id > 0);
}

async function readCsv(
  file: string,
  begin: (header: readonly string[]) => (fields: readonly string[]) => void,
): Promise<void> {
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  const stream = file.endsWith('.gz') ? raw.pipe(createGunzip({ chunkSize: 1 << 18 })) : raw;
  raw.on('error', (error) => stream.destroy(error));
  let rest = '';
  let take: ((fields: readonly string[]) => void) | undefined;
  for await (const chunk of stream) {
    const text = rest + (chunk as Buffer).toString('latin1');
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = text.charCodeAt(end - 1) === 13 ? text.slice(from, end - 1) : text.slice(from, end);
      from = end + 1;
      if (line === '') continue;
      if (take === undefined) take = begin(splitCsv(line));
      else take(splitCsv(line));
    }
    rest = text.slice(from);
  }
  if (rest !== '' && take !== undefined) take(splitCsv(rest));
}

function splitCsv(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  for (let at = 0; at <= line.length;) {
    if (line[at] === '"') {
      const end = line.indexOf('"', at + 1);
      const stop = end < 0 ? line.length : end;
      fields.push(line.slice(at + 1, stop));
      at = stop + 2;
    } else {
      const end = line.indexOf(',', at);
      const stop = end < 0 ? line.length : end;
      fields.push(line.slice(at, stop));
      at = stop + 1;
    }
  }
  return fields;
}

function isBefore(a: Float64Array, ai: number, b: Float64Array, bi: number): number {
  const time = (a[ai] as number) - (b[bi] as number);
  if (time !== 0) return time;
  const fine = (a[ai + 1] as number) - (b[bi + 1] as number);
  return fine !== 0 ? fine : (a[ai + 2] as number) - (b[bi + 2] as number);
}

class Sorter {
  readonly #rows: Float64Array;
  readonly #capacity: number;
  #count = 0;
  #dir: string | null = null;
  #file = -1;
  #fileBytes = 0;
  readonly #runs: { readonly at: number; readonly rows: number }[] = [];

  constructor(chunkRows: number) {
    this.#capacity = chunkRows;
    this.#rows = new Float64Array(chunkRows * FIELDS);
  }

  slot(): Float64Array {
    return this.#rows.subarray(this.#count * FIELDS, (this.#count + 1) * FIELDS).fill(0);
  }

  commit(): void {
    if (++this.#count === this.#capacity) this.#spill();
  }

  finish(counts: SortedDay['counts']): SortedDay {
    const last = this.#sorted();
    const runs = this.#runs.map((run) => new Run(this.#file, run.at, run.rows));
    if (last.length > 0) runs.push(new Run(-1, 0, last.length / FIELDS, last));
    return new Merge(runs, counts, () => this.discard());
  }

  discard(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
    if (this.#dir !== null) rmSync(this.#dir, { recursive: true, force: true });
    this.#dir = null;
  }

  #sorted(): Float64Array {
    const rows = this.#rows;
    // A plain array, because its sort makes use of the runs that a file sorted by ticker consists of.
    const order = Array.from({ length: this.#count }, (_, i) => i * FIELDS);
    order.sort((a, b) => isBefore(rows, a, rows, b));
    const sorted = new Float64Array(this.#count * FIELDS);
    for (let k = 0; k < order.length; k++)
      sorted.set(rows.subarray(order[k] as number, (order[k] as number) + FIELDS), k * FIELDS);
    this.#count = 0;
    return sorted;
  }

  #spill(): void {
    if (this.#dir === null) {
      this.#dir = mkdtempSync(path.join(os.tmpdir(), 'drover-replay-'));
      this.#file = openSync(path.join(this.#dir, 'rows'), 'w+');
    }
    const sorted = this.#sorted();
    writeSync(this.#file, new Uint8Array(sorted.buffer), 0, sorted.byteLength, this.#fileBytes);
    this.#runs.push({ at: this.#fileBytes, rows: sorted.length / FIELDS });
    this.#fileBytes += sorted.byteLength;
  }
}

/** A sorted stretch of rows, in memory or in the temporary file. */
class Run {
  rows: Float64Array;
  at = 0;
  #loaded: number;
  #left: number;
  readonly #file: number;
  #offset: number;

  constructor(file: number, offset: number, rows: number, all?: Float64Array) {
    this.#file = file;
    this.#offset = offset;
    this.#left = all === undefined ? rows : 0;
    this.rows = all ?? new Float64Array(Math.min(rows, MERGE_BUFFER_ROWS) * FIELDS);
    this.#loaded = all === undefined ? 0 : rows;
    if (all === undefined) this.#load();
  }

  get isEmpty(): boolean {
    return this.at >= this.#loaded * FIELDS;
  }

  shift(): void {
    this.at += FIELDS;
    if (this.isEmpty && this.#left > 0) this.#load();
  }

  #load(): void {
    const rows = Math.min(this.#left, MERGE_BUFFER_ROWS);
    const bytes = new Uint8Array(this.rows.buffer, 0, rows * FIELDS * 8);
    let got = 0;
    while (got < bytes.length) {
      const read = readSync(this.#file, bytes, got, bytes.length - got, this.#offset + got);
      if (read === 0) break;
      got += read;
    }
    this.#offset += got;
    this.#left -= rows;
    this.#loaded = Math.floor(got / (FIELDS * 8));
    this.at = 0;
  }
}

class Merge implements SortedDay {
  readonly counts: SortedDay['counts'];
  readonly row = new Float64Array(FIELDS);
  hasRow = false;
  readonly #runs: Run[];
  readonly #close: () => void;

  constructor(runs: Run[], counts: SortedDay['counts'], close: () => void) {
    this.#runs = runs;
    this.counts = counts;
    this.#close = close;
    this.shift();
  }

  /** Runs are few (a day of any size over CHUNK_ROWS), so the smallest head is found by looking at each. */
  shift(): void {
    let best: Run | undefined;
    for (const run of this.#runs) {
      if (run.isEmpty) continue;
      if (best === undefined || isBefore(run.rows, run.at, best.rows, best.at) < 0) best = run;
    }
    this.hasRow = best !== undefined;
    if (best === undefined) return;
    this.row.set(best.rows.subarray(best.at, best.at + FIELDS));
    best.shift();
  }

  close(): void {
    this.#close();
  }
}
