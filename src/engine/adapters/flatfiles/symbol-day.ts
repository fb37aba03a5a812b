/**
 * One symbol's day out of the flat files: trades and quotes merged by SIP time in nanoseconds, quotes before trades at equal
 * time, then by sequence. The rows of the symbol are held in memory (58 bytes each), the rest of the files streams by.
 */
import type { ConditionSets } from '../../model/conditions.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import { SessionCalendar, type TradingDay } from '../../time/calendar.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import { EventRows, isBefore } from './event-rows.ts';
import { readFileRows } from './file-rows.ts';
import { FlatFileError } from './flat-file-error.ts';
import { flatFilePath } from './flat-file-path.ts';
import type { FlatFileReport } from './row-parser.ts';
import { createFlatFileReport } from './row-parser.ts';

export interface FlatFileOptions {
  readonly symbols: SymbolTable;
  readonly conditions: ConditionSets;
  /** Filled while reading; see FlatFileReport. */
  readonly report?: FlatFileReport;
  /** Do without the quotes file. */
  readonly isTradesOnly?: boolean;
  readonly calendar?: SessionCalendar;
  readonly batchCapacity?: number;
  readonly signal?: AbortSignal;
}

/**
 * The events of `symbol` on `day` ('YYYY-MM-DD') under `dir`. Each batch is valid until the next one is asked for; its
 * receivedUs is 0. Throws FlatFileError: missing day, truncated or damaged file, wrong header, bad row, unknown symbol.
 */
export async function* readSymbolDay(
  dir: string,
  day: string,
  symbol: string,
  options: FlatFileOptions,
): AsyncGenerator<EventBatch> {
  const tradingDay = tradingDayOf(day, options.calendar);
  const tradesFile = flatFilePath(dir, 'trades', day);
  const report = options.report ?? createFlatFileReport();
  const common = { ...options, day: tradingDay, report, symbol };
  const trades = new EventRows();
  await readFileRows({ ...common, file: tradesFile, kind: 'trades' }, (row) => trades.push(row));
  const quotes = new EventRows();
  if (options.isTradesOnly !== true) {
    await readFileRows({ ...common, file: flatFilePath(dir, 'quotes', day), kind: 'quotes' }, (row) =>
      quotes.push(row),
    );
  }
  if (trades.length === 0 && quotes.length === 0) {
    throw new FlatFileError(
      'symbol',
      tradesFile,
      0,
      `holds no symbol '${symbol}'; tickers are case-sensitive and written as the tape does (BRK.B, ABDpL).`,
    );
  }
  yield* mergeTwo(trades, quotes, tradingDay, createEventBatch(options.batchCapacity));
}

/** The day by date; a text that is no date is the caller's mistake to report, here it names no file. */
export function tradingDayOf(
  day: string,
  calendar: SessionCalendar = new SessionCalendar(US_EQUITY_CALENDAR),
): TradingDay {
  const tradingDay = calendar.dayOfDate(day);
  if (tradingDay === undefined) throw new FlatFileError('missing', day, 0, 'is not a date written YYYY-MM-DD.');
  return tradingDay;
}

function* mergeTwo(trades: EventRows, quotes: EventRows, day: TradingDay, batch: EventBatch): Generator<EventBatch> {
  const tradeOrder = trades.order();
  const quoteOrder = quotes.order();
  let t = 0;
  let q = 0;
  batch.receivedUs = 0;
  while (t < tradeOrder.length || q < quoteOrder.length) {
    batch.length = 0;
    while (batch.length < batch.capacity && (t < tradeOrder.length || q < quoteOrder.length)) {
      const trade = tradeOrder[t] as number;
      const quote = quoteOrder[q] as number;
      const takeTrade =
        q >= quoteOrder.length ||
        (t < tradeOrder.length &&
          isBefore(trades.columns.key[trade] as number, 0, quotes.columns.key[quote] as number, 0));
      if (takeTrade) trades.copyTo(batch, tradeOrder[t++] as number, day.midnightUs);
      else quotes.copyTo(batch, quoteOrder[q++] as number, day.midnightUs);
    }
    yield batch;
  }
}
