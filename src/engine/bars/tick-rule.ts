/** Bars of N counted prints. */
import { assert } from '../lib/assert.ts';
import type { BarRule } from './bar-rule.ts';
import { Forming, Slot } from './bar-slots.ts';

export function tickRule(trades: number): BarRule {
  assert(Number.isSafeInteger(trades) && trades >= 1, 'a tick bar holds at least one print');
  return {
    kind: { kind: 'tick', trades },
    defaultTarget: trades,
    isFull: (rows, base) => (rows[base + Slot.trades] as number) >= (rows[base + Forming.target] as number),
  };
}
