/**
 * Bars that close when buying and selling are out of balance: the running sum of tick signs (an uptick +1, a downtick -1, an
 * unchanged price repeats the last sign) reaches the target on either side.
 */
import { assert } from '../lib/assert.ts';
import type { BarRule } from './bar-rule.ts';
import { Forming, Slot } from './bar-slots.ts';

export function imbalanceRule(ticks: number): BarRule {
  assert(Number.isSafeInteger(ticks) && ticks >= 1, 'an imbalance bar needs a whole number of ticks');
  return {
    kind: { kind: 'imbalance', ticks },
    defaultTarget: ticks,
    isFull,
  };
}

// One function for every rule of the kind: compiled code that inlined it outlives the rule.
function isFull(rows: Float64Array, base: number, price: number): boolean {
  // `carried` holds the last counted price times the last sign, so that one number remembers both from bar to bar.
  const carried = rows[base + Forming.carried] as number;
  const last = Math.abs(carried);
  const sign = last === 0 ? 0 : price > last ? 1 : price < last ? -1 : Math.sign(carried);
  rows[base + Forming.carried] = sign < 0 ? -price : price;
  // The first print of a day has no sign.
  const sum = ((rows[base + Slot.trades] as number) === 1 ? 0 : (rows[base + Forming.auxiliary] as number)) + sign;
  rows[base + Forming.auxiliary] = sum;
  return Math.abs(sum) >= (rows[base + Forming.target] as number);
}
