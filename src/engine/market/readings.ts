/** What can be read off a row of the market view with a little arithmetic. NaN when it cannot be computed. */
import type { SymbolId } from '../model/units.ts';
import type { ViewColumns } from './view-columns.ts';

/** Dollars between ask and bid; negative when crossed, NaN when a side is missing. */
export function spreadOf(c: ViewColumns, s: SymbolId): number {
  const bid = c.bid[s] as number;
  const ask = c.ask[s] as number;
  return bid > 0 && ask > 0 ? ask - bid : NaN;
}

/** Spread in basis points of the middle. */
export function spreadBpsOf(c: ViewColumns, s: SymbolId): number {
  return (spreadOf(c, s) / middleOf(c, s)) * 10_000;
}

/** Spread as a multiple of what is typical for the symbol. */
export function spreadRatioOf(c: ViewColumns, s: SymbolId): number {
  const typical = c.typicalSpread[s] as number;
  return typical > 0 ? spreadOf(c, s) / typical : NaN;
}

/** Middle of the NBBO, dollars. */
export function middleOf(c: ViewColumns, s: SymbolId): number {
  const bid = c.bid[s] as number;
  const ask = c.ask[s] as number;
  return bid > 0 && ask > 0 ? (bid + ask) / 2 : NaN;
}

/** Opening price of the regular session against the previous close, as a fraction. */
export function gapOf(c: ViewColumns, s: SymbolId): number {
  return fractionFrom(c.previousClose[s] as number, c.dayOpen[s] as number);
}

/** Last price against the previous close, as a fraction. */
export function changeOf(c: ViewColumns, s: SymbolId): number {
  return fractionFrom(c.previousClose[s] as number, c.last[s] as number);
}

/** Volume-weighted average price: of one phase, or of the whole day. */
export function vwapOf(c: ViewColumns, s: SymbolId, phase: 'pre' | 'regular' | 'post' | 'day' = 'day'): number {
  const volume =
    phase === 'day'
      ? c.volume[s]
      : phase === 'pre'
        ? c.preVolume[s]
        : phase === 'regular'
          ? c.regularVolume[s]
          : c.postVolume[s];
  const notional =
    phase === 'day'
      ? c.notional[s]
      : phase === 'pre'
        ? c.preNotional[s]
        : phase === 'regular'
          ? c.regularNotional[s]
          : c.postNotional[s];
  return (volume as number) > 0 ? (notional as number) / (volume as number) : NaN;
}

/** Distance from the last price to the nearer limit-up/limit-down band, as a fraction of the price; negative beyond it. */
export function luldDistanceOf(c: ViewColumns, s: SymbolId): number {
  const last = c.last[s] as number;
  const low = c.luldLow[s] as number;
  if (!(last > 0) || !(low > 0)) return NaN;
  return Math.min(last - low, (c.luldHigh[s] as number) - last) / last;
}

function fractionFrom(base: number, value: number): number {
  return base > 0 && value > 0 ? value / base - 1 : NaN;
}
