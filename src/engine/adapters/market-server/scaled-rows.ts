/**
 * The regular session of a recorded day, in memory, symbol by symbol: what a scaled market is made of. 28 bytes a row and a
 * stated limit, so that memory is known before.
 */
import { ConditionSets } from '../../model/conditions.ts';
import { marketDay } from '../../sim/market/market-days.ts';
import { Row, sortDay } from './day-rows.ts';

/** Some 600 MB; a whole market's day is not what this is for. */
export const SCALED_ROWS_MAX = 20_000_000;

export interface SymbolRows {
  readonly name: string;
  readonly tape: number;
  count: number;
  /** Milliseconds since the session began. */
  atMs: Uint32Array;
  isTrade: Uint8Array;
  /** Hundredths of a cent. */
  price: Int32Array;
  price2: Int32Array;
  /** Whole shares. */
  size: Uint32Array;
  size2: Uint32Array;
  venue: Uint8Array;
  venue2: Uint8Array;
  conditions: Uint16Array;
  indicator: Uint16Array;
}

export interface SessionRows {
  readonly symbols: readonly SymbolRows[];
  readonly conditions: ConditionSets;
  readonly openUs: number;
  readonly closeUs: number;
  readonly rows: number;
}

/** Or one sentence saying why not. The files were looked for already. */
export async function readSession(dir: string, day: string): Promise<SessionRows | string> {
  const hours = marketDay(day);
  if (hours === undefined) return `the market was closed on '${day}'; name a trading day as YYYY-MM-DD.`;
  const { openUs, closeUs } = hours;
  const conditions = new ConditionSets();
  const symbols: SymbolRows[] = [];
  const indexes = new Map<string, number>();
  const index = (name: string, tape: number): number => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    indexes.set(name, symbols.length);
    return symbols.push(emptyRows(name, tape)) - 1;
  };
  const sorted = await sortDay(dir, day, { index }, conditions);
  let rows = 0;
  try {
    for (; sorted.hasRow; sorted.shift()) {
      const { row } = sorted;
      const timeUs = row[Row.timeUs] as number;
      if (timeUs < openUs || timeUs >= closeUs) continue;
      if (++rows > SCALED_ROWS_MAX)
        return `${day} has more than ${SCALED_ROWS_MAX.toLocaleString('en-US')} events; scale a smaller folder.`;
      append(symbols[row[Row.symbol] as number] as SymbolRows, row, openUs);
    }
  } finally {
    sorted.close();
  }
  const used = symbols.filter((symbol) => symbol.count > 0).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (used.length === 0) return `there is nothing of the regular session of ${day} in '${dir}'.`;
  return { symbols: used, conditions, openUs, closeUs, rows };
}

function append(rows: SymbolRows, row: Float64Array, openUs: number): void {
  if (rows.count === rows.atMs.length) grow(rows);
  const at = rows.count++;
  const isTrade = ((row[Row.fine] as number) & 1) === 1;
  rows.atMs[at] = Math.floor(((row[Row.timeUs] as number) - openUs) / 1000);
  rows.isTrade[at] = isTrade ? 1 : 0;
  rows.price[at] = (row[Row.price] as number) / 100;
  rows.price2[at] = (row[Row.price2] as number) / 100;
  rows.size[at] = isTrade ? Math.max(1, (row[Row.size] as number) / 1_000_000) : (row[Row.size] as number);
  rows.size2[at] = row[Row.size2] as number;
  rows.venue[at] = row[Row.venue] as number;
  rows.venue2[at] = row[Row.venue2] as number;
  rows.conditions[at] = row[Row.conditions] as number;
  rows.indicator[at] = isTrade ? 0 : (row[Row.id] as number);
}

function emptyRows(name: string, tape: number): SymbolRows {
  return {
    name,
    tape,
    count: 0,
    atMs: new Uint32Array(1024),
    isTrade: new Uint8Array(1024),
    price: new Int32Array(1024),
    price2: new Int32Array(1024),
    size: new Uint32Array(1024),
    size2: new Uint32Array(1024),
    venue: new Uint8Array(1024),
    venue2: new Uint8Array(1024),
    conditions: new Uint16Array(1024),
    indicator: new Uint16Array(1024),
  };
}

function grow(rows: SymbolRows): void {
  const size = rows.atMs.length * 2;
  const wider = <T extends Uint8Array | Uint16Array | Uint32Array | Int32Array>(old: T, fresh: T): T => {
    fresh.set(old);
    return fresh;
  };
  rows.atMs = wider(rows.atMs, new Uint32Array(size));
  rows.isTrade = wider(rows.isTrade, new Uint8Array(size));
  rows.price = wider(rows.price, new Int32Array(size));
  rows.price2 = wider(rows.price2, new Int32Array(size));
  rows.size = wider(rows.size, new Uint32Array(size));
  rows.size2 = wider(rows.size2, new Uint32Array(size));
  rows.venue = wider(rows.venue, new Uint8Array(size));
  rows.venue2 = wider(rows.venue2, new Uint8Array(size));
  rows.conditions = wider(rows.conditions, new Uint16Array(size));
  rows.indicator = wider(rows.indicator, new Uint16Array(size));
}
