/** What makes a kind of bar: when it is full. Everything else (which prints count, what is summed) is common to all kinds. */
import type { BarKind } from '../model/bar.ts';

export interface BarRule {
  readonly kind: BarKind;
  /** The number a new symbol's bars are filled to. */
  readonly defaultTarget: number;
  /**
   * Called after a counted print was added to the row at `base` of `rows` (slots of bar-slots.ts). True closes the bar with
   * that print. `price` and `size` are the print's.
   */
  isFull(rows: Float64Array, base: number, price: number, size: number): boolean;
  /** First instant that no longer belongs to a bar whose stretch begins at `timeUs`; absent when time does not cut. */
  endUs?(rows: Float64Array, base: number, timeUs: number): number;
}
