/** `drover bars`: the tick bars of one symbol and day out of the flat files, one JSON object a line. */
import { createFlatFileReport } from '../../adapters/flatfiles/row-parser.ts';
import { FlatFileError } from '../../adapters/flatfiles/flat-file-error.ts';
import { readSymbolDay } from '../../adapters/flatfiles/symbol-day.ts';
import { applyBatch } from '../../bars/apply-batch.ts';
import { TickBars } from '../../bars/tick-bars.ts';
import { MarketView } from '../../market/market-view.ts';
import type { Bar } from '../../model/bar.ts';
import { ConditionSets } from '../../model/conditions.ts';
import { SymbolTable } from '../../model/symbols.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { parseDate } from '../../time/civil.ts';
import { SessionClock } from '../../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError, UsageError } from '../command.ts';

const TRADES_MAX = 1_000_000_000;

export const barsCommand: CliCommand = {
  name: 'bars',
  summary: 'tick bars of one symbol and day from flat files, one JSON object a line',
  options: {
    input: { type: 'string', value: 'DIR', help: 'folder holding us_stocks_sip/', required: true },
    day: { type: 'string', value: 'YYYY-MM-DD', help: 'trading day', required: true },
    symbol: { type: 'string', value: 'S', help: 'ticker as the tape writes it', required: true },
    trades: { type: 'string', value: 'N', help: 'counted prints a bar (100)' },
    'trades-only': { type: 'boolean', help: 'do without the quotes file' },
  },
  run: runBars,
};

async function runBars(values: CliValues, context: CliContext): Promise<number> {
  const input = single(values, 'input');
  const day = single(values, 'day');
  const symbol = single(values, 'symbol');
  const trades = values['trades'] === undefined ? 100 : wholeNumber(single(values, 'trades'));
  if (parseDate(day) === undefined) throw new UsageError(`--day '${day}' is not a date; write it YYYY-MM-DD.`);
  const symbols = new SymbolTable(1);
  const conditions = new ConditionSets();
  const calendar = new SessionCalendar(US_EQUITY_CALENDAR);
  const view = new MarketView({ symbols, conditions, sessions: new SessionClock(calendar) });
  const bars = new TickBars({ capacity: 1, tradesPerBar: trades });
  const report = createFlatFileReport();
  const options = {
    symbols,
    conditions,
    calendar,
    report,
    isTradesOnly: values['trades-only'] === true,
    signal: context.signal,
  };
  let printed = 0;
  const print = (): void => {
    for (; printed < bars.closed.count(0); printed++) {
      const bar = bars.closed.get(0, printed);
      if (bar !== undefined) context.stdout(barLine(symbol, bar));
    }
  };
  try {
    for await (const batch of readSymbolDay(input, day, symbol, options)) {
      applyBatch(batch, view, bars);
      print();
    }
  } catch (error) {
    if (error instanceof FlatFileError) throw new FailureError(error.message);
    if (context.signal.aborted) return 1;
    throw error;
  }
  bars.finish();
  print();
  if (report.firstUnsorted !== null) {
    const { file, line } = report.firstUnsorted;
    context.stderr(
      `drover bars: ${file}, line ${line}: out of time order, the first of ${report.unsorted} such rows; they were put in order.`,
    );
  }
  if (report.zeroPrices > 0) context.stderr(`drover bars: ${report.zeroPrices} trades at price 0 were skipped.`);
  return 0;
}

/** The public form of a bar; scripts depend on the keys and their order. NaN becomes null. */
export function barLine(symbol: string, bar: Bar): string {
  return JSON.stringify({
    symbol,
    phase: bar.phase,
    index: bar.index,
    openTime: bar.openTimeUs,
    closeTime: bar.closeTimeUs,
    open: bar.open,
    high: bar.high,
    low: bar.low,
    close: bar.close,
    volume: bar.volume,
    trades: bar.trades,
    vwap: bar.vwap,
    spreadMean: bar.spreadMean,
    quotes: bar.quotes,
    short: bar.isShort,
    notional: bar.notional,
    spreadMin: bar.spreadMin,
    spreadMax: bar.spreadMax,
    bidAtClose: bar.bidAtClose,
    askAtClose: bar.askAtClose,
    printsAtAsk: bar.printsAtAsk,
    printsAtBid: bar.printsAtBid,
    ineligiblePrints: bar.ineligiblePrints,
    ineligibleVolume: bar.ineligibleVolume,
    gap: bar.hasGap,
    halt: bar.hasHalt,
  });
}

function single(values: CliValues, name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || value === '') throw new UsageError(`option '--${name}' takes one value.`);
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > TRADES_MAX)
    throw new UsageError(`--trades '${text}' is not a whole number of 1 or more.`);
  return value;
}
