/** Bars of an amount of dollars traded: the counted print that reaches it closes the bar. */
import { assert } from '../lib/assert.ts';
import type { BarRule } from './bar-rule.ts';
import { Forming, Slot } from './bar-slots.ts';

export function notionalRule(dollars: number): BarRule {
  assert(dollars > 0 && Number.isFinite(dollars), 'a notional bar holds some dollars');
  return {
    kind: { kind: 'notional', dollars },
    defaultTarget: dollars,
    isFull,
  };
}

// One function for every rule of the kind: compiled code that inlined it outlives the rule.
function isFull(rows: Float64Array, base: number): boolean {
  return (rows[base + Slot.notional] as number) >= (rows[base + Forming.target] as number);
}
