/** The rows of one flat file, of one symbol or of all, handed on one by one as they are parsed. */
import type { ConditionSets } from '../../model/conditions.ts';
import { encodeUtf8, type SymbolTable } from '../../model/symbols.ts';
import type { TradingDay } from '../../time/calendar.ts';
import { readCsvBlocks } from './csv-blocks.ts';
import type { EventRow } from './event-rows.ts';
import { isBefore } from './event-rows.ts';
import { FlatFileError } from './flat-file-error.ts';
import type { FlatFileKind } from './flat-file-path.ts';
import type { FlatFileReport } from './row-parser.ts';
import { RowParser } from './row-parser.ts';

const NEWLINE = 10;
const RETURN = 13;
const COMMA = 44;
const QUOTE = 34;

export interface FileRowsOptions {
  readonly file: string;
  readonly kind: FlatFileKind;
  readonly day: TradingDay;
  readonly symbols: SymbolTable;
  readonly conditions: ConditionSets;
  readonly report: FlatFileReport;
  /** Only the rows of this ticker; every row when absent. Rows of other tickers are not looked at beyond their ticker. */
  readonly symbol?: string;
  readonly signal?: AbortSignal;
}

/**
 * Calls `take` with every row, in file order; the row object is reused. `endOfBlock` is awaited now and then, for a taker that
 * has to write. Returns the number of rows taken. Throws FlatFileError.
 */
export async function readFileRows(
  options: FileRowsOptions,
  take: (row: EventRow) => void,
  endOfBlock?: () => Promise<void>,
): Promise<number> {
  const { file, symbols, report } = options;
  const parser = new RowParser(file, options.kind, options.day, options.conditions, report);
  const wanted = options.symbol === undefined ? undefined : utf8(options.symbol);
  const latest = new LatestRows();
  let line = 0;
  let taken = 0;
  let tickerField = 0;
  for await (const { bytes, start, end } of readCsvBlocks(file, options.signal)) {
    for (let at = start; at < end;) {
      const newline = bytes.indexOf(NEWLINE, at);
      const next = newline < 0 || newline >= end ? end : newline + 1;
      let stop = newline < 0 || newline >= end ? end : newline;
      if (stop > at && bytes[stop - 1] === RETURN) stop--;
      line++;
      if (line === 1) tickerField = parser.header(bytes, at, stop);
      else if (stop > at && (wanted === undefined || tickerField !== 0 || beginsWith(bytes, at, stop, wanted))) {
        if (parser.parse(bytes, at, stop, line)) {
          const row = parser.row;
          const isOther = wanted !== undefined && !same(bytes, parser.tickerStart(), parser.tickerEnd(), wanted);
          if (!isOther) {
            row.symbol = symbols.internBytes(bytes, parser.tickerStart(), parser.tickerEnd());
            if (row.symbol < 0)
              throw new FlatFileError(
                'symbol',
                file,
                line,
                `more than ${symbols.capacity} symbols; there is no room for another.`,
              );
            if (latest.isOutOfOrder(row)) {
              report.unsorted++;
              report.firstUnsorted ??= { file, line };
            }
            take(row);
            taken++;
          }
        }
      }
      at = next;
    }
    if (endOfBlock !== undefined) await endOfBlock();
  }
  if (line === 0) throw new FlatFileError('header', file, 0, 'is empty; it lacks even the header.');
  return taken;
}

/** The latest key and sequence of every symbol, to notice rows out of order. */
class LatestRows {
  #keys = new Float64Array(1024).fill(-Infinity);
  #sequences = new Float64Array(1024);

  isOutOfOrder(row: EventRow): boolean {
    const s = row.symbol;
    if (s >= this.#keys.length) this.#grow(s);
    if (isBefore(row.key, row.sequence, this.#keys[s] as number, this.#sequences[s] as number)) return true;
    this.#keys[s] = row.key;
    this.#sequences[s] = row.sequence;
    return false;
  }

  #grow(symbol: number): void {
    const keys = new Float64Array(Math.max(symbol + 1, this.#keys.length * 2)).fill(-Infinity);
    keys.set(this.#keys);
    this.#keys = keys;
    const sequences = new Float64Array(keys.length);
    sequences.set(this.#sequences);
    this.#sequences = sequences;
  }
}

function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  return bytes.subarray(0, encodeUtf8(text, bytes));
}

function same(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}

/** Whether the line's first field is `text`, quoted or not. */
function beginsWith(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  const at = bytes[start] === QUOTE ? start + 1 : start;
  const after = at + text.length;
  if (after >= end || (bytes[after] !== COMMA && bytes[after] !== QUOTE)) return false;
  return same(bytes, at, after, text);
}
