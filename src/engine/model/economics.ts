/** Costs of a round trip, itemised the same way before (predicted) and after (realised). Micro-dollars, for the whole quantity. */
import type { Micros } from './units.ts';

export interface CostItems {
  /** Distance from the middle of the NBBO to the touch at the decision, both ways. */
  readonly spread: Micros;
  /** Paid beyond the touch; negative when better. */
  readonly slippage: Micros;
  readonly commission: Micros;
  /** Exchange, clearing and pass-through fees (tiered plan); negative when rebates exceed them. */
  readonly exchange: Micros;
  readonly sec: Micros;
  readonly taf: Micros;
  readonly cat: Micros;
  readonly dataShare: Micros;
  readonly tax: Micros;
}

export function addCosts(a: CostItems, b: CostItems): CostItems {
  return {
    spread: a.spread + b.spread,
    slippage: a.slippage + b.slippage,
    commission: a.commission + b.commission,
    exchange: a.exchange + b.exchange,
    sec: a.sec + b.sec,
    taf: a.taf + b.taf,
    cat: a.cat + b.cat,
    dataShare: a.dataShare + b.dataShare,
    tax: a.tax + b.tax,
  };
}

export function totalCosts(items: CostItems): Micros {
  return (
    items.spread +
    items.slippage +
    items.commission +
    items.exchange +
    items.sec +
    items.taf +
    items.cat +
    items.dataShare +
    items.tax
  );
}

/** What the trade was expected to cost and to bring, kept on the entry order and on the trade. */
export interface CostEstimate {
  readonly shares: number;
  /** Middle of the NBBO the estimate was made at, micro-dollars a share. */
  readonly mid: Micros;
  readonly entry: CostItems;
  readonly exit: CostItems;
  /** Entry plus exit, tax included. */
  readonly total: Micros;
  /** Expected move x confidence x shares. */
  readonly expectedGain: Micros;
  /** expectedGain - total. */
  readonly expectedNet: Micros;
  /** What the gain had to reach: costs before tax x (1 + margin). */
  readonly required: Micros;
  readonly isWorthIt: boolean;
}
