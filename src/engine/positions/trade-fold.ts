/**
 * The position of a trade is a pure fold of its fills (docs/specs/orders.md, POS1 to POS4): corrected fills simply fold to
 * something else, so nothing can drift. Sales use up purchases first in, first out.
 */
import type { Fill } from '../model/fill.ts';
import type { Lot, TradePosition } from '../model/trade.ts';
import type { Micros } from '../model/units.ts';

export const FLAT: TradePosition = {
  held: 0,
  bought: 0,
  sold: 0,
  costBasis: 0,
  averageCost: 0,
  boughtValue: 0,
  soldValue: 0,
  realisedGross: 0,
  charges: 0,
  chargesExpected: 0,
  lots: [],
};

/** `chargesExpected`: what fills without a commission report are still expected to be charged. */
export function foldFills(fills: readonly Fill[], chargesExpected: Micros): TradePosition {
  let bought = 0;
  let sold = 0;
  let boughtValue = 0;
  let soldValue = 0;
  let charges = 0;
  for (const fill of fills) {
    charges += fill.commission ?? 0;
    if (fill.side === 'buy') {
      bought += fill.quantity;
      boughtValue += fill.quantity * fill.price;
    } else {
      sold += fill.quantity;
      soldValue += fill.quantity * fill.price;
    }
  }
  const lots: Lot[] = [];
  let toConsume = sold;
  let costOfSold = 0;
  let costBasis = 0;
  for (const fill of fills) {
    if (fill.side !== 'buy') continue;
    const used = Math.min(toConsume, fill.quantity);
    toConsume -= used;
    costOfSold += used * fill.price;
    const left = fill.quantity - used;
    if (left > 0) {
      lots.push({ key: fill.key, quantity: left, price: fill.price, atUs: fill.atUs });
      costBasis += left * fill.price;
    }
  }
  const held = bought - sold;
  return {
    held,
    bought,
    sold,
    costBasis,
    averageCost: held > 0 ? Math.round(costBasis / held) : 0,
    boughtValue,
    soldValue,
    realisedGross: soldValue - costOfSold,
    charges,
    chargesExpected,
    lots,
  };
}

/** Gain if everything held were sold at `bid` now, charges of what has filled included, exit charges not. */
export function openGain(position: TradePosition, bid: Micros): Micros {
  return (
    position.realisedGross + position.held * bid - position.costBasis - position.charges - position.chargesExpected
  );
}
