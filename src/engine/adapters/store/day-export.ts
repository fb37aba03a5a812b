/** One recorded day as Parquet files: what the market sent, the bars made of it, and what we did. */
import { applyBatch } from '../../bars/apply-batch.ts';
import { TickBars } from '../../bars/tick-bars.ts';
import { MarketView } from '../../market/market-view.ts';
import type { Bar } from '../../model/bar.ts';
import { ConditionSets } from '../../model/conditions.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import { EventKind } from '../../model/event-batch.ts';
import { SymbolTable } from '../../model/symbols.ts';
import type { JournalRow } from '../../journal/journal-record.ts';
import type { JournalKind } from '../../ports/journal.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { SessionClock } from '../../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import { openJournalReader } from './journal-sqlite.ts';
import type { ParquetFile, ParquetTable } from './parquet.ts';
import { ParquetExport } from './parquet.ts';
import { TapeReader } from './tape-reader.ts';
import type { TapeDamage } from './tape-scan.ts';

export interface DayExportOptions {
  readonly dataDir: string;
  readonly day: string;
  readonly outDir: string;
  /** Trades a bar; 0 for no bars. */
  readonly tradesPerBar: number;
  readonly signal?: AbortSignal;
}

export interface DayExport {
  readonly files: readonly ParquetFile[];
  /** What could not be read of the tape, and journal rows with a wrong checksum. */
  readonly tapeDamage: readonly TapeDamage[];
  readonly journalDamage: number;
}

const MARKET_HEAD = { input_no: 'number', received: 'time', symbol: 'text', time: 'time', sequence: 'number' } as const;
const TRADE_COLUMNS = {
  ...MARKET_HEAD,
  price: 'number',
  size: 'number',
  venue: 'integer',
  tape: 'integer',
  conditions: 'text',
  flags: 'integer',
} as const;
const QUOTE_COLUMNS = {
  ...MARKET_HEAD,
  bid: 'number',
  bid_size: 'number',
  bid_venue: 'integer',
  ask: 'number',
  ask_size: 'number',
  ask_venue: 'integer',
  tape: 'integer',
  conditions: 'text',
} as const;
const BAND_COLUMNS = { ...MARKET_HEAD, low: 'number', high: 'number', conditions: 'text' } as const;
const RECORD_COLUMNS = {
  seq: 'number',
  input_no: 'number',
  time: 'time',
  kind: 'text',
  id: 'text',
  cause: 'text',
  symbol: 'text',
  body: 'text',
} as const;
const BAR_NUMBERS = [
  'open',
  'high',
  'low',
  'close',
  'volume',
  'notional',
  'vwap',
  'trades',
  'spreadMean',
  'spreadMin',
  'spreadMax',
  'bidAtClose',
  'askAtClose',
  'quotes',
  'printsAtAsk',
  'printsAtBid',
  'ineligiblePrints',
  'ineligibleVolume',
] as const satisfies readonly (keyof Bar)[];
const BAR_COLUMNS = {
  symbol: 'text',
  phase: 'text',
  index: 'integer',
  open_time: 'time',
  close_time: 'time',
  ...Object.fromEntries(
    BAR_NUMBERS.map((name) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), 'number' as const]),
  ),
  has_gap: 'integer',
  has_halt: 'integer',
  is_short: 'integer',
} as const;

/** Journal tables: file name -> the kinds in it. Each record is in one of them. */
const JOURNAL_TABLES: Readonly<Record<string, readonly JournalKind[]>> = {
  orders: ['intent', 'order'],
  fills: ['fill'],
  decisions: ['signal', 'decision'],
  events: ['run', 'position', 'trade', 'command', 'config', 'risk', 'broker', 'gap', 'note'],
};

export async function exportDay(options: DayExportOptions): Promise<DayExport> {
  const target = await ParquetExport.open(options.outDir);
  try {
    const tapeDamage = await exportTape(target, options);
    const journalDamage = await exportJournal(target, options);
    return { files: await target.write(), tapeDamage, journalDamage };
  } finally {
    target.close();
  }
}

async function exportTape(target: ParquetExport, options: DayExportOptions): Promise<readonly TapeDamage[]> {
  const reader = new TapeReader({
    dataDir: options.dataDir,
    day: options.day,
    symbols: new SymbolTable(),
    sets: new ConditionSets(),
  });
  const tables = {
    trades: await target.table('trades', TRADE_COLUMNS),
    quotes: await target.table('quotes', QUOTE_COLUMNS),
    bands: await target.table('luld', BAND_COLUMNS),
  };
  const barTable = await target.table('bars', BAR_COLUMNS);
  const { symbols, sets } = reader;
  const sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
  const view = new MarketView({ symbols, conditions: sets, sessions });
  const bars =
    options.tradesPerBar > 0 ? new TickBars({ capacity: symbols.capacity, tradesPerBar: options.tradesPerBar }) : null;
  const printed = new Int32Array(symbols.capacity);
  try {
    for (let input = reader.next(); input !== null; input = reader.next()) {
      if (options.signal?.aborted === true) break;
      if (input.kind !== 'market') continue;
      addRows(tables, reader, input.inputNo);
      if (bars === null) continue;
      applyBatch(reader.batch, view, bars);
      addBars(barTable, bars, reader, reader.batch, printed);
    }
    if (bars !== null) {
      bars.finish();
      for (let symbol = 0; symbol < symbols.size; symbol++) addBarsOf(barTable, bars, reader, symbol, printed);
    }
    return reader.damage;
  } finally {
    reader.close();
  }
}

function addRows(
  tables: { trades: ParquetTable; quotes: ParquetTable; bands: ParquetTable },
  reader: TapeReader,
  inputNo: number,
): void {
  const { batch, symbols, sets } = reader;
  for (let i = 0; i < batch.length; i++) {
    const head = [
      inputNo,
      batch.receivedUs,
      symbols.name(batch.symbol[i] as number),
      batch.timeUs[i] as number,
      batch.sequence[i] as number,
    ];
    const conditions = sets.get(batch.conditions[i] as number).join(',');
    const price = batch.price[i] as number;
    const size = batch.size[i] as number;
    const venue = batch.venue[i] as number;
    const tape = batch.tape[i] as number;
    const kind = batch.kind[i] as number;
    if (kind === EventKind.trade)
      tables.trades.add(...head, price, size, venue, tape, conditions, batch.flags[i] as number);
    else if (kind === EventKind.quote) {
      const ask = [batch.price2[i] as number, batch.size2[i] as number, batch.venue2[i] as number];
      tables.quotes.add(...head, price, size, venue, ...ask, tape, conditions);
    } else tables.bands.add(...head, price, batch.price2[i] as number, conditions);
  }
}

function addBars(
  table: ParquetTable,
  bars: TickBars,
  reader: TapeReader,
  batch: EventBatch,
  printed: Int32Array,
): void {
  for (let i = 0; i < batch.length; i++)
    if (batch.kind[i] === EventKind.trade) addBarsOf(table, bars, reader, batch.symbol[i] as number, printed);
}

function addBarsOf(table: ParquetTable, bars: TickBars, reader: TapeReader, symbol: number, printed: Int32Array): void {
  // A new trading day begins the numbering anew.
  if ((printed[symbol] as number) > bars.closed.count(symbol)) printed[symbol] = 0;
  for (let n = printed[symbol] as number; n < bars.closed.count(symbol); n++) {
    printed[symbol] = n + 1;
    const bar = bars.closed.get(symbol, n);
    if (bar === undefined) continue;
    const numbers = BAR_NUMBERS.map((name) => (Number.isNaN(bar[name]) ? null : bar[name]));
    const marks = [bar.hasGap ? 1 : 0, bar.hasHalt ? 1 : 0, bar.isShort ? 1 : 0];
    table.add(reader.symbols.name(symbol), bar.phase, bar.index, bar.openTimeUs, bar.closeTimeUs, ...numbers, ...marks);
  }
}

async function exportJournal(target: ParquetExport, options: DayExportOptions): Promise<number> {
  const tables = new Map<JournalKind, ParquetTable>();
  for (const [name, kinds] of Object.entries(JOURNAL_TABLES)) {
    const table = await target.table(name, RECORD_COLUMNS);
    for (const kind of kinds) tables.set(kind, table);
  }
  const journal = openJournalReader(options.dataDir);
  if (journal === null) return 0;
  try {
    const closed = new Map<string, JournalRow>();
    for (const row of journal.read({ day: options.day })) {
      const table = tables.get(row.kind);
      if (table !== undefined) addRecord(table, row);
      // A trade is told again when its commission arrives: the last word is the one to be added up.
      if (row.kind === 'trade' && isClosedTrade(row)) closed.set(row.id, row);
    }
    const closedTable = await target.table('closed_trades', RECORD_COLUMNS);
    for (const row of [...closed.values()].toSorted((a, b) => a.seq - b.seq)) addRecord(closedTable, row);
    return journal.damagedRows.length;
  } finally {
    journal.close();
  }
}

function addRecord(table: ParquetTable, row: JournalRow): void {
  table.add(row.seq, row.inputNo, row.atUs, row.kind, row.id, row.cause, row.symbol, row.bodyJson);
}

/** An entry that was given up is told as a trade without one. */
function isClosedTrade(row: JournalRow): boolean {
  return (JSON.parse(row.bodyJson) as { readonly notEntered?: string }).notEntered === undefined;
}
