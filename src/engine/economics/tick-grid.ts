/** The price grid and the round lot of a day (docs/specs/economics.md, ECO7, ECO8). Orders off the grid are rejected (IBKR 110). */
import type { Micros } from '../model/units.ts';
import type { FeeTables } from './fee-tables.ts';
import { rowOn } from './fee-tables.ts';

const ONE_DOLLAR = 1_000_000;

export interface TickGrid {
  readonly atOrAboveOneDollar: Micros;
  readonly belowOneDollar: Micros;
}

export function tickGridOn(fees: FeeTables, date: string): TickGrid {
  return rowOn(fees.tickSizes.rows, date);
}

export function tickAt(grid: TickGrid, price: Micros): Micros {
  return price >= ONE_DOLLAR ? grid.atOrAboveOneDollar : grid.belowOneDollar;
}

export function isOnGrid(grid: TickGrid, price: Micros): boolean {
  return price > 0 && Number.isInteger(price) && price % tickAt(grid, price) === 0;
}

/** The highest grid price at or below `price`; one tick at least. */
export function roundDown(grid: TickGrid, price: Micros): Micros {
  const tick = tickAt(grid, price);
  return Math.max(Math.floor(price / tick) * tick, grid.belowOneDollar);
}

/** The lowest grid price at or above `price`. */
export function roundUp(grid: TickGrid, price: Micros): Micros {
  const tick = tickAt(grid, price);
  // Rounding up inside the fine grid may land on one dollar, which is on both grids.
  return Math.max(Math.ceil(price / tick) * tick, grid.belowOneDollar);
}

/** Shares in a round lot at `price`. The official lot follows an average price set twice a year; the current price stands in. */
export function roundLotOn(fees: FeeTables, date: string, price: Micros): number {
  const row = rowOn(fees.roundLots.rows, date);
  for (const band of row.bands) if (band.upToPrice === null || price <= band.upToPrice) return band.shares;
  return 100;
}
