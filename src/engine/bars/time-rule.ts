/** Bars of fixed length in time, cut at whole multiples since midnight UTC; stretches without a counted print make no bar. */
import { assert } from '../lib/assert.ts';
import { US_PER_SECOND } from '../model/units.ts';
import type { BarRule } from './bar-rule.ts';
import { Forming } from './bar-slots.ts';

export function timeRule(seconds: number): BarRule {
  assert(Number.isSafeInteger(seconds) && seconds >= 1, 'a time bar lasts whole seconds');
  return {
    kind: { kind: 'time', seconds },
    defaultTarget: seconds * US_PER_SECOND,
    isFull,
    endUs,
  };
}

// One function for every rule of the kind: compiled code that inlined it outlives the rule.
function isFull(): boolean {
  return false;
}

function endUs(rows: Float64Array, base: number, timeUs: number): number {
  const lengthUs = rows[base + Forming.target] as number;
  return (Math.floor(timeUs / lengthUs) + 1) * lengthUs;
}
