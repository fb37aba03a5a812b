/** Bars of N counted prints. */
import { assert } from '../lib/assert.ts';
import type { BarRule } from './bar-rule.ts';
import { Forming, Slot } from './bar-slots.ts';

export function tickRule(trades: number): BarRule {
  assert(Number.isSafeInteger(trades) && trades >= 1, 'a tick bar holds at least one print');
  return {
    kind: { kind: 'tick', trades },
    defaultTarget: trades,
    isFull,
  };
}

// One function for every rule of the kind: compiled code that inlined it outlives the rule.
function isFull(rows: Float64Array, base: number): boolean {
  return (rows[base + Slot.trades] as number) >= (rows[base + Forming.target] as number);
}
