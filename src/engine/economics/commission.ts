/**
 * What Interactive Brokers charges for an order, by plan and day (docs/specs/economics.md, ECO1 to ECO6). A charge is a
 * function of the whole order so far, so a fill is charged the difference between after and before it: the minimum falls
 * on the first fill, and the parts always add up to the whole.
 */
import { assertNever } from '../lib/assert.ts';
import { mulDiv } from '../lib/exact.ts';
import type { Micros } from '../model/units.ts';
import type { FeeTables, TieredPlan } from './fee-tables.ts';
import { catFee, rowOn, secFee, tafFee } from './fee-tables.ts';

export type CommissionPlan = 'ibkr-fixed' | 'ibkr-tiered' | 'none';

/** An order, or the part of it that has filled. Fills of different price are summed into `value`. */
export interface Filled {
  readonly side: 'buy' | 'sell';
  readonly shares: number;
  readonly value: Micros;
  /** Shares of it that added liquidity; the rest removed it. */
  readonly addedShares: number;
}

export interface Charges {
  readonly commission: Micros;
  readonly exchange: Micros;
  readonly sec: Micros;
  readonly taf: Micros;
  readonly cat: Micros;
}

export const NO_CHARGES: Charges = { commission: 0, exchange: 0, sec: 0, taf: 0, cat: 0 };

export function totalCharges(charges: Charges): Micros {
  return charges.commission + charges.exchange + charges.sec + charges.taf + charges.cat;
}

/** All charges of an order filled so far. `monthShares` is what the account traded this month before the order. */
export function chargesOf(
  fees: FeeTables,
  plan: CommissionPlan,
  date: string,
  filled: Filled,
  monthShares: number,
): Charges {
  if (filled.shares <= 0) return NO_CHARGES;
  const isSale = filled.side === 'sell';
  const sec = isSale ? secFee(fees, date, filled.value) : 0;
  const taf = isSale ? tafFee(fees, date, filled.shares) : 0;
  const cat = catFee(fees, date, filled.shares);
  switch (plan) {
    case 'none':
      return { commission: 0, exchange: 0, sec, taf, cat };
    case 'ibkr-fixed': {
      const row = rowOn(fees.ibkrFixed.rows, date);
      const commission = bounded(filled.shares * row.perShare, row.minimum, row.maximumPercentOfValue, filled.value);
      return { commission, exchange: 0, sec, taf, cat };
    }
    case 'ibkr-tiered': {
      const row = rowOn(fees.ibkrTiered.rows, date);
      const perShares = marginal(row, monthShares, filled.shares);
      const commission = bounded(perShares, row.minimum, row.maximumPercentOfValue, filled.value);
      return { commission, exchange: exchangeFees(row, filled, commission), sec, taf, cat };
    }
    default:
      return assertNever(plan);
  }
}

/** The minimum lifts a small order, and the cap of one percent of its value beats the minimum. */
function bounded(perShares: Micros, minimum: Micros, percent: number, value: Micros): Micros {
  return Math.min(Math.max(perShares, minimum), mulDiv(value, percent, 100));
}

/** Each share is charged at the rate of the tier it falls in. */
function marginal(plan: TieredPlan, monthShares: number, shares: number): Micros {
  let at = monthShares;
  let left = shares;
  let sum = 0;
  for (const tier of plan.tiers) {
    const end = tier.upToShares ?? Infinity;
    if (at >= end) continue;
    const here = Math.min(left, end - at);
    sum += here * tier.perShare;
    at += here;
    left -= here;
    if (left <= 0) break;
  }
  return sum;
}

function exchangeFees(plan: TieredPlan, filled: Filled, commission: Micros): Micros {
  const removed = filled.shares - filled.addedShares;
  // Below one dollar the access fee may not exceed 0.30 % of the price.
  const averageBelowDollar = filled.value < filled.shares * 1_000_000;
  const removing = averageBelowDollar
    ? Math.min(removed * plan.exchangeRemovePerShare, mulDiv(mulDiv(filled.value, removed, filled.shares), 3, 1000))
    : removed * plan.exchangeRemovePerShare;
  const adding = averageBelowDollar ? 0 : filled.addedShares * plan.exchangeAddPerShare;
  const clearing = filled.shares * plan.clearingPerShare;
  const passed =
    mulDiv(commission, plan.nysePassThroughPpm, 1_000_000) + mulDiv(commission, plan.finraPassThroughPpm, 1_000_000);
  return removing + adding + clearing + passed;
}
