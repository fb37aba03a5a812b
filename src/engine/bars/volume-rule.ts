/** Bars of a number of shares: the counted print that reaches it closes the bar. */
import { assert } from '../lib/assert.ts';
import type { BarRule } from './bar-rule.ts';
import { Forming, Slot } from './bar-slots.ts';

export function volumeRule(shares: number): BarRule {
  assert(shares > 0 && Number.isFinite(shares), 'a volume bar holds some shares');
  return {
    kind: { kind: 'volume', shares },
    defaultTarget: shares,
    isFull,
  };
}

// One function for every rule of the kind: compiled code that inlined it outlives the rule.
function isFull(rows: Float64Array, base: number): boolean {
  return (rows[base + Slot.volume] as number) >= (rows[base + Forming.target] as number);
}
