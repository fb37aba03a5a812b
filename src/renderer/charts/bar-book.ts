/**
 * The bars one chart shows: closed ones in a row without holes, and the forming one after them. Pure. Takes what the engine
 * answers in any order it may come and says what changed, so that the chart is told the least.
 */
import type { BarView } from '#protocol';
import { placeAt } from './bar-points.ts';

export type BookChange =
  /** Nothing to draw. */
  | { readonly kind: 'none' }
  /** Closed bars from this place on are new. */
  | { readonly kind: 'appended'; readonly from: number }
  /** Older bars came in front. */
  | { readonly kind: 'prepended'; readonly count: number }
  | { readonly kind: 'replaced' };

export interface BarBook {
  /** The closed bars to show: all of them, or while the book ends at an instant those that had closed by then. */
  readonly closed: readonly BarView[];
  /** None while the book ends at an instant. */
  readonly forming: BarView | null;
  /** Every closed bar there is, those after the instant included. */
  readonly all: readonly BarView[];
  /** Index of the oldest closed bar kept here; equals `end` while there is none. */
  readonly first: number;
  /** Index the bar after the last one to show has or will have. */
  readonly end: number;
  /** Ends the book at an instant, epoch microseconds; null: now. True when other bars are to be shown than before. */
  endAt(us: number | null): boolean;
  /** Takes an answer in: bars in ascending index. What would leave a hole is refused. */
  take(bars: readonly BarView[]): BookChange;
  /** True when the forming bar that is shown changed. One that is ahead of the closed bars waits for them. */
  setForming(bar: BarView | null): boolean;
  clear(): void;
}

export function createBarBook(): BarBook {
  let all: BarView[] = [];
  let closed: readonly BarView[] = all;
  let forming: BarView | null = null;
  let endUs: number | null = null;
  const next = (): number => {
    const last = all.at(-1);
    return last === undefined ? 0 : last.index + 1;
  };
  const isShown = (): boolean => endUs === null && forming !== null && forming.index === next();
  const cut = (): void => {
    closed = endUs === null ? all : all.slice(0, placeAt(all, endUs + 1));
  };
  /** What a change of all bars is for those that are shown. */
  const shown = (change: BookChange): BookChange => {
    const before = closed.length;
    cut();
    if (endUs === null || change.kind === 'replaced') return change;
    if (change.kind === 'prepended' && before > 0) return change;
    return closed.length === before ? { kind: 'none' } : { kind: 'replaced' };
  };
  const grow = (bars: readonly BarView[], head: BarView, tail: BarView): BookChange => {
    if (all.length === 0) {
      all = [...bars];
      return { kind: 'replaced' };
    }
    const first = (all[0] as BarView).index;
    if (head.index >= first && head.index <= next()) {
      const fresh = bars.filter((bar) => bar.index >= next());
      if (fresh.length === 0) return { kind: 'none' };
      const from = all.length;
      for (const bar of fresh) all.push(bar);
      return { kind: 'appended', from };
    }
    if (head.index < first && tail.index >= first - 1) {
      const older = bars.filter((bar) => bar.index < first);
      all = [...older, ...all];
      return { kind: 'prepended', count: older.length };
    }
    return { kind: 'none' };
  };
  return {
    get closed() {
      return closed;
    },
    get all() {
      return all;
    },
    get forming() {
      return isShown() ? forming : null;
    },
    get first() {
      return all[0]?.index ?? next();
    },
    get end() {
      return closed.length === all.length ? next() : (all[closed.length] as BarView).index;
    },
    endAt: (us) => {
      if (us === endUs) return false;
      const before = closed.length;
      const hadForming = isShown();
      endUs = us;
      cut();
      return closed.length !== before || isShown() !== hadForming;
    },
    take: (given) => {
      const bars = inARow(given);
      const head = bars[0];
      const tail = bars.at(-1);
      if (head === undefined || tail === undefined) return { kind: 'none' };
      return shown(grow(bars, head, tail));
    },
    setForming: (bar) => {
      const before = isShown() ? forming : null;
      forming = bar;
      const now = isShown() ? forming : null;
      return before !== now;
    },
    clear: () => {
      all = [];
      forming = null;
      cut();
    },
  };
}

/** The longest head of the list whose indices follow on one another. */
function inARow(bars: readonly BarView[]): readonly BarView[] {
  for (let i = 1; i < bars.length; i++)
    if ((bars[i] as BarView).index !== (bars[i - 1] as BarView).index + 1) return bars.slice(0, i);
  return bars;
}
