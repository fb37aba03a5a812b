/**
 * One line of a trades or quotes file to one row. Which rows are skipped and which stop everything is stated in
 * docs/specs/flat-files.md; a row is never repaired.
 */
import type { ConditionSets } from '../../model/conditions.ts';
import { EventFlag } from '../../model/event-batch.ts';
import type { TradingDay } from '../../time/calendar.ts';
import { CsvFields, readDecimal, readWhole } from './csv-fields.ts';
import type { EventRow } from './event-rows.ts';
import { createEventRow } from './event-rows.ts';
import { FlatFileError } from './flat-file-error.ts';
import type { FlatFileKind } from './flat-file-path.ts';

const REQUIRED = {
  trades: ['ticker', 'conditions', 'correction', 'exchange', 'price', 'sequence_number', 'sip_timestamp', 'size'],
  quotes: [
    'ticker',
    'conditions',
    'ask_exchange',
    'ask_price',
    'ask_size',
    'bid_exchange',
    'bid_price',
    'bid_size',
    'sequence_number',
    'sip_timestamp',
  ],
} as const satisfies Record<FlatFileKind, readonly string[]>;
const OPTIONAL = ['tape', 'trf_id', 'indicators'] as const;
type Column = (typeof REQUIRED)[FlatFileKind][number] | (typeof OPTIONAL)[number];

export const PRICE_MAX = 10_000_000;
export const SIZE_MAX = 1e12;
const CONDITIONS_MAX = 32;
const COMMA = 44;

/** What a reader met; counted over both files. */
export interface FlatFileReport {
  rows: number;
  /** Cancel, error and correction records (correction 10, 11, 12): a live listener never sees them. */
  correctionRecords: number;
  /** Trades at price 0: zero is never a price. */
  zeroPrices: number;
  /** Rows that stood behind a later row of their symbol and were put in order. */
  unsorted: number;
  firstUnsorted: { readonly file: string; readonly line: number } | null;
}

export function createFlatFileReport(): FlatFileReport {
  return { rows: 0, correctionRecords: 0, zeroPrices: 0, unsorted: 0, firstUnsorted: null };
}

export class RowParser {
  readonly row: EventRow = createEventRow();
  readonly #file: string;
  readonly #kind: FlatFileKind;
  readonly #day: TradingDay;
  readonly #conditions: ConditionSets;
  readonly #report: FlatFileReport;
  readonly #fields = new CsvFields();
  readonly #columns = new Map<Column, number>();
  readonly #ids = new Int32Array(CONDITIONS_MAX);
  #fieldCount = 0;
  #line = 1;

  constructor(file: string, kind: FlatFileKind, day: TradingDay, conditions: ConditionSets, report: FlatFileReport) {
    this.#file = file;
    this.#kind = kind;
    this.#day = day;
    this.#conditions = conditions;
    this.#report = report;
  }

  /** Takes the header line; columns may come in any order. Returns the field number of the ticker. */
  header(bytes: Uint8Array, start: number, end: number): number {
    const from = bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start;
    if (!this.#fields.split(bytes, from, end)) this.#fail('header', 'the header is no list of column names.');
    this.#fieldCount = this.#fields.count;
    const names = Array.from({ length: this.#fieldCount }, (_, i) => this.#fields.text(bytes, i).trim());
    for (const name of [...REQUIRED[this.#kind], ...OPTIONAL]) {
      const at = names.indexOf(name);
      if (at >= 0) this.#columns.set(name, at);
      else if (!(OPTIONAL as readonly string[]).includes(name)) {
        this.#fail(
          'header',
          `the header lacks the column '${name}'; this is not a ${this.#kind}_v1 file of the vendor.`,
        );
      }
    }
    return this.#columns.get('ticker') as number;
  }

  /** Fills `row` but its symbol. False when the row is one that is skipped and counted. Throws FlatFileError on a bad row. */
  parse(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    this.#line = line;
    if (!this.#fields.split(bytes, start, end)) this.#fail('row', 'a quoted field is not closed.');
    if (this.#fields.count !== this.#fieldCount)
      this.#fail('row', `${this.#fields.count} fields where the header has ${this.#fieldCount}.`);
    this.#report.rows++;
    const row = this.row;
    const isTrade = this.#kind === 'trades';
    if (isTrade) {
      const correction = this.#whole(bytes, 'correction', 0);
      if (correction >= 10 && correction <= 12) {
        this.#report.correctionRecords++;
        return false;
      }
    }
    row.key = this.#nanosOfDay(bytes) * 2 + (isTrade ? 1 : 0);
    row.sequence = this.#whole(bytes, 'sequence_number', 0);
    row.flags = row.sequence === 0 ? EventFlag.noSequence : 0;
    row.tape = this.#columns.has('tape') ? this.#whole(bytes, 'tape', 0) : 0;
    row.conditions = this.#conditionSet(bytes);
    if (isTrade) return this.#trade(bytes, row);
    this.#quote(bytes, row);
    return true;
  }

  tickerStart(): number {
    return this.#fields.starts[this.#columns.get('ticker') as number] as number;
  }

  tickerEnd(): number {
    return this.#fields.ends[this.#columns.get('ticker') as number] as number;
  }

  #trade(bytes: Uint8Array, row: EventRow): boolean {
    row.price = this.#number(bytes, 'price', PRICE_MAX, false);
    row.size = this.#number(bytes, 'size', SIZE_MAX, false);
    row.price2 = 0;
    row.size2 = 0;
    row.venue = this.#whole(bytes, 'exchange', 0) & 0xff;
    row.venue2 = 0;
    if (this.#columns.has('trf_id') && this.#whole(bytes, 'trf_id', 0) > 0) row.flags |= EventFlag.trf;
    if (row.price > 0) return true;
    this.#report.zeroPrices++;
    return false;
  }

  #quote(bytes: Uint8Array, row: EventRow): void {
    row.price = this.#number(bytes, 'bid_price', PRICE_MAX, true);
    row.price2 = this.#number(bytes, 'ask_price', PRICE_MAX, true);
    const bidSize = this.#number(bytes, 'bid_size', SIZE_MAX, true);
    const askSize = this.#number(bytes, 'ask_size', SIZE_MAX, true);
    row.size = row.price > 0 ? bidSize : 0;
    row.size2 = row.price2 > 0 ? askSize : 0;
    row.venue = this.#whole(bytes, 'bid_exchange', 0) & 0xff;
    row.venue2 = this.#whole(bytes, 'ask_exchange', 0) & 0xff;
  }

  #number(bytes: Uint8Array, column: Column, max: number, mayBeEmpty: boolean): number {
    const field = this.#columns.get(column) as number;
    const start = this.#fields.starts[field] as number;
    const end = this.#fields.ends[field] as number;
    if (start === end && mayBeEmpty) return 0;
    const value = readDecimal(bytes, start, end);
    if (!(value >= 0 && value <= max)) {
      this.#fail(
        'row',
        `${column} '${this.#fields.text(bytes, field).slice(0, 40)}' is not a number between 0 and ${max}.`,
      );
    }
    return value;
  }

  #whole(bytes: Uint8Array, column: Column, empty: number): number {
    const field = this.#columns.get(column) as number;
    const start = this.#fields.starts[field] as number;
    const end = this.#fields.ends[field] as number;
    if (start === end) return empty;
    const value = readWhole(bytes, start, end);
    if (value < 0)
      this.#fail('row', `${column} '${this.#fields.text(bytes, field).slice(0, 40)}' is not a whole number.`);
    return value;
  }

  #nanosOfDay(bytes: Uint8Array): number {
    const field = this.#columns.get('sip_timestamp') as number;
    const start = this.#fields.starts[field] as number;
    const end = this.#fields.ends[field] as number;
    // Nanoseconds do not fit a double, so the microseconds and the last three digits are read apart.
    const us = end - start === 19 ? readMicroseconds(bytes, start) : -1;
    const nanos = readWhole(bytes, end - 3, end);
    if (us < 0 || nanos < 0) {
      this.#fail(
        'row',
        `sip_timestamp '${this.#fields.text(bytes, field).slice(0, 40)}' is not a time in nanoseconds since 1970.`,
      );
    }
    if (us < this.#day.startUs || us >= this.#day.endUs) {
      this.#fail('row', `sip_timestamp '${this.#fields.text(bytes, field)}' is not on ${this.#day.date} in New York.`);
    }
    return (us - this.#day.midnightUs) * 1000 + nanos;
  }

  #conditionSet(bytes: Uint8Array): number {
    let count = this.#readIds(bytes, 'conditions', 0);
    if (this.#columns.has('indicators')) count = this.#readIds(bytes, 'indicators', count);
    return count === 0 ? 0 : this.#conditions.intern(this.#ids, count);
  }

  #readIds(bytes: Uint8Array, column: Column, from: number): number {
    const field = this.#columns.get(column) as number;
    const end = this.#fields.ends[field] as number;
    let count = from;
    for (let at = this.#fields.starts[field] as number; at < end; at++) {
      const idStart = at;
      while (at < end && bytes[at] !== COMMA) at++;
      const id = readWhole(bytes, idStart, at);
      if (id < 0 || id > 65_535 || count === CONDITIONS_MAX) {
        this.#fail(
          'row',
          `${column} '${this.#fields.text(bytes, field).slice(0, 40)}' is not a list of condition numbers.`,
        );
      }
      this.#ids[count++] = id;
    }
    return count;
  }

  #fail(problem: 'header' | 'row', sentence: string): never {
    throw new FlatFileError(problem, this.#file, this.#line, sentence);
  }
}

function readMicroseconds(bytes: Uint8Array, start: number): number {
  const high = readWhole(bytes, start, start + 8);
  const low = readWhole(bytes, start + 8, start + 16);
  return high < 0 || low < 0 ? -1 : high * 100_000_000 + low;
}
