/**
 * Where a position stands between the exit below it and the one above: stop ---|--o------- target. Pure; micro-dollars in,
 * places 0..1 out. The bar always spans the nearest falling exit to the target, widened so that the price stays on it.
 */
import type { ExitView } from '#protocol';

export interface DistanceScale {
  readonly low: number;
  readonly high: number;
  /** Places on the bar, 0 left to 1 right; null where there is none. */
  readonly stop: number | null;
  readonly trail: number | null;
  readonly target: number | null;
  readonly entry: number;
  readonly price: number;
}

export type ExitKind = 'stop' | 'target' | 'trail' | 'time' | 'other';

/** What kind of exit a rule is, by the name the engine gives it. */
export function exitKind(rule: string): ExitKind {
  if (rule === 'stop-loss') return 'stop';
  if (rule === 'take-profit') return 'target';
  if (rule.startsWith('trailing') || rule === 'give-back') return 'trail';
  if (rule === 'time-stop' || rule === 'phase-end') return 'time';
  return 'other';
}

/** Null when the market has no price. `entry` and exits in micro-dollars, `bid` in dollars. */
export function distanceScale(entry: number, bid: number, exits: readonly ExitView[]): DistanceScale | null {
  if (!(bid > 0) || !(entry > 0)) return null;
  const price = bid * 1e6;
  const of = (kind: ExitKind, better: (a: number, b: number) => number): number | null => {
    let found: number | null = null;
    for (const exit of exits)
      if (exit.price !== null && exitKind(exit.rule) === kind)
        found = found === null ? exit.price : better(found, exit.price);
    return found;
  };
  const stop = of('stop', Math.max);
  const trail = of('trail', Math.max);
  const target = of('target', Math.min);
  const marks = [entry, price, stop, trail, target].filter((mark) => mark !== null);
  const low = Math.min(...marks);
  const high = Math.max(...marks);
  const place = (mark: number): number => (high > low ? (mark - low) / (high - low) : 0.5);
  const placed = (mark: number | null): number | null => (mark === null ? null : place(mark));
  return {
    low,
    high,
    stop: placed(stop),
    trail: placed(trail),
    target: placed(target),
    entry: place(entry),
    price: place(price),
  };
}
