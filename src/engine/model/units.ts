/**
 * The units every other file uses. Brands stop one unit from being passed for another; they cost nothing at run time.
 *
 * - Time: integer microseconds since the Unix epoch (1.8e15 fits a double exactly; nanoseconds do not).
 * - Market prices and sizes: the double nearest to the decimal text the feed sent, exactly as JSON.parse would read it.
 * - Money that is ours (order prices, cash, P&L, fees): integer micro-dollars.
 */
declare const brand: unique symbol;
export type Branded<T, B extends string> = T & { readonly [brand]?: B };

export type EpochUs = Branded<number, 'EpochUs'>;
export type DurationUs = Branded<number, 'DurationUs'>;
/** Integer micro-dollars (1 USD = 1,000,000). Safe to 9.007 billion dollars. */
export type Micros = Branded<number, 'Micros'>;
/** Index of a symbol in the SymbolTable, 0.. in order of first sight. */
export type SymbolId = Branded<number, 'SymbolId'>;
/** Number of an input to the kernel, 1.. within a trading day. */
export type InputNo = Branded<number, 'InputNo'>;

export const US_PER_SECOND = 1_000_000;
export const US_PER_MINUTE = 60_000_000;
export const MICROS_PER_DOLLAR = 1_000_000;

/** Dollars (a market price) to micro-dollars, rounded half away from zero. */
export function toMicros(dollars: number): Micros {
  const scaled = Math.round(Math.abs(dollars) * MICROS_PER_DOLLAR);
  return dollars < 0 ? -scaled : scaled;
}
