/**
 * The dated tables of resources/fees.json: which rate stood on which New York trade date. Days are 'YYYY-MM-DD' and compare
 * as text. Before its first row a table has no rate: the first row is used, since history older than that is not traded.
 */
import tables from '../../../resources/fees.json' with { type: 'json' };
import { ensure } from '../lib/assert.ts';
import { mulDiv } from '../lib/exact.ts';
import type { Micros } from '../model/units.ts';

export interface Dated {
  readonly from: string;
}

export interface TieredPlan extends Dated {
  readonly tiers: readonly { readonly upToShares: number | null; readonly perShare: Micros }[];
  readonly minimum: Micros;
  readonly maximumPercentOfValue: number;
  readonly exchangeRemovePerShare: Micros;
  readonly exchangeAddPerShare: Micros;
  readonly closingAuctionPerShare: Micros;
  readonly clearingPerShare: Micros;
  readonly nysePassThroughPpm: number;
  readonly finraPassThroughPpm: number;
}

export interface FixedPlan extends Dated {
  readonly perShare: Micros;
  readonly minimum: Micros;
  readonly maximumPercentOfValue: number;
}

export interface FeeTables {
  readonly secSection31: { readonly rows: readonly (Dated & { readonly perMillion: Micros })[] };
  readonly finraTaf: { readonly rows: readonly (Dated & { readonly perShare: Micros; readonly cap: Micros })[] };
  readonly cat: { readonly rows: readonly (Dated & { readonly nanosPerShare: number })[] };
  readonly ibkrFixed: { readonly rows: readonly FixedPlan[] };
  readonly ibkrTiered: { readonly rows: readonly TieredPlan[] };
  readonly tickSizes: {
    readonly rows: readonly (Dated & { readonly atOrAboveOneDollar: Micros; readonly belowOneDollar: Micros })[];
  };
  readonly roundLots: {
    readonly rows: readonly (Dated & {
      readonly bands: readonly { readonly upToPrice: Micros | null; readonly shares: number }[];
    })[];
  };
  readonly settlement: { readonly rows: readonly (Dated & { readonly days: number })[] };
  readonly dayTradingRule: { readonly rows: readonly (Dated & { readonly stands: boolean })[] };
}

export const FEE_TABLES: FeeTables = tables;

/** The row in force on `date`. */
export function rowOn<T extends Dated>(rows: readonly T[], date: string): T {
  let found = ensure(rows[0], 'every fee table has a row');
  for (const row of rows) if (row.from <= date) found = row;
  return found;
}

/** SEC section 31 fee of a sale of `value`, rounded to the micro-dollar. */
export function secFee(fees: FeeTables, date: string, value: Micros): Micros {
  return mulDiv(value, rowOn(fees.secSection31.rows, date).perMillion, 1_000_000_000_000);
}

/** FINRA trading activity fee of one sale of `shares`. */
export function tafFee(fees: FeeTables, date: string, shares: number): Micros {
  const row = rowOn(fees.finraTaf.rows, date);
  return Math.min(shares * row.perShare, row.cap);
}

/** Consolidated audit trail fee of one side. */
export function catFee(fees: FeeTables, date: string, shares: number): Micros {
  return mulDiv(shares, rowOn(fees.cat.rows, date).nanosPerShare, 1000);
}

/** Trading days from trade to settlement. */
export function settlementDays(fees: FeeTables, date: string): number {
  return rowOn(fees.settlement.rows, date).days;
}
