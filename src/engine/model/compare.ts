/** Comparisons as rules of entry and exit write them. */
import { assertNever } from '../lib/assert.ts';
import type { Operator } from './signal.ts';

/** False whenever a side is NaN, `!=` included: what is not known passes nothing. */
export function compare(value: number, operator: Operator, threshold: number): boolean {
  switch (operator) {
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '==':
      return value === threshold;
    case '!=':
      return value === value && threshold === threshold && value !== threshold;
    default:
      return assertNever(operator);
  }
}
