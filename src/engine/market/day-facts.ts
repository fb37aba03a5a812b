/**
 * What the earlier part of a day comes to, symbol by symbol, and how a view that began in the middle of the day takes it in
 * (docs/specs/recovery.md, AFR5): sums are added, highs and lows widened, the open is the earlier one. Prices that may have moved
 * since (bid, ask) are never taken: a symbol is quoted again when it is quoted.
 */
import type { SymbolId } from '../model/units.ts';
import type { MarketView } from './market-view.ts';
import type { ViewColumns } from './view-columns.ts';
import { HaltState } from './view-columns.ts';

const ADDED = [
  'volume',
  'notional',
  'preVolume',
  'preNotional',
  'regularVolume',
  'regularNotional',
  'postVolume',
  'postNotional',
  'upTicks',
  'downTicks',
  'haltCount',
] as const satisfies readonly (keyof ViewColumns)[];
const HIGHEST = ['dayHigh', 'sessionHigh'] as const satisfies readonly (keyof ViewColumns)[];
const LOWEST = ['dayLow', 'sessionLow'] as const satisfies readonly (keyof ViewColumns)[];
/** Taken when the view has none of its own yet. */
const MISSING = [
  'previousClose',
  'averageVolume',
  'regularClose',
  'volatility',
] as const satisfies readonly (keyof ViewColumns)[];
/** The last print, as long as none came since. */
const LAST = [
  'last',
  'lastSize',
  'lastTimeUs',
  'lastVenue',
  'lastDirection',
] as const satisfies readonly (keyof ViewColumns)[];
/** A halt or band nobody contradicted: nothing at all came of the symbol since. */
const STANDING = [
  'halt',
  'haltReason',
  'haltSinceUs',
  'luldLow',
  'luldHigh',
  'luldTimeUs',
] as const satisfies readonly (keyof ViewColumns)[];
const OTHERS = [
  'tradeCount',
  'quoteCount',
  'typicalSpread',
  'isSsr',
  'anyTradeTimeUs',
] as const satisfies readonly (keyof ViewColumns)[];

/** The columns that facts are made of, in the order of a row of values. */
export const DAY_FACT_COLUMNS: readonly (keyof ViewColumns)[] = [
  'dayOpen',
  ...ADDED,
  ...HIGHEST,
  ...LOWEST,
  ...MISSING,
  ...LAST,
  ...STANDING,
  ...OTHERS,
];
/** Quotes after which a view trusts its own typical spread. */
const SPREAD_QUOTES = 512;
const PLACES = new Map(DAY_FACT_COLUMNS.map((name, place) => [name, place]));

/** One row of facts, null for what is not a number; null when nothing happened in the symbol. */
export function dayFacts(columns: ViewColumns, symbol: SymbolId): readonly (number | null)[] | null {
  const seen = (columns.tradeCount[symbol] as number) + (columns.quoteCount[symbol] as number);
  if (seen === 0 && columns.luldTimeUs[symbol] === 0) return null;
  return DAY_FACT_COLUMNS.map((name) => {
    const value = columns[name][symbol] as number;
    return Number.isFinite(value) ? value : null;
  });
}

export function takeDayFacts(view: MarketView, symbol: SymbolId, values: readonly (number | null)[]): void {
  const c = view.columns;
  const of = (name: keyof ViewColumns): number => values[PLACES.get(name) as number] ?? Number.NaN;
  const now = (name: keyof ViewColumns): number => c[name][symbol] as number;
  const isUntouched = now('tradeCount') + now('quoteCount') === 0 && now('luldTimeUs') === 0;
  if (of('dayOpen') > 0) c.dayOpen[symbol] = of('dayOpen');
  for (const name of HIGHEST) if (of(name) > now(name)) c[name][symbol] = of(name);
  for (const name of LOWEST) if (of(name) > 0 && (now(name) === 0 || of(name) < now(name))) c[name][symbol] = of(name);
  for (const name of MISSING) if (!(now(name) > 0) && of(name) > 0) c[name][symbol] = of(name);
  if (now('lastTimeUs') === 0 && of('lastTimeUs') > 0) for (const name of LAST) c[name][symbol] = of(name);
  if (of('anyTradeTimeUs') > now('anyTradeTimeUs')) c.anyTradeTimeUs[symbol] = of('anyTradeTimeUs');
  if (of('isSsr') === 1) c.isSsr[symbol] = 1;
  if (isUntouched && of('halt') !== HaltState.suspected) for (const name of STANDING) c[name][symbol] = of(name) || 0;
  const [quotes, earlier] = [now('quoteCount'), Math.min(of('quoteCount') || 0, SPREAD_QUOTES)];
  if (of('typicalSpread') > 0 && quotes < SPREAD_QUOTES)
    c.typicalSpread[symbol] = (now('typicalSpread') * quotes + of('typicalSpread') * earlier) / (quotes + earlier);
  for (const name of ADDED) if (of(name) > 0) c[name][symbol] = now(name) + of(name);
  // The rings of latest events stand by the counts, so they turn with them.
  const [trades, moreQuotes] = [of('tradeCount') || 0, of('quoteCount') || 0];
  view.recentTrades.turn(symbol, trades);
  c.tradeCount[symbol] = now('tradeCount') + trades;
  view.recentQuotes.turn(symbol, moreQuotes);
  c.quoteCount[symbol] = now('quoteCount') + moreQuotes;
  view.totals.trades += trades;
  view.totals.quotes += moreQuotes;
  (c.version[symbol] as number)++;
}
