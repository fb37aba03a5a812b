/**
 * The bars one chart shows: closed ones in a row without holes, and the forming one after them. Pure. Takes what the engine
 * answers in any order it may come and says what changed, so that the chart is told the least.
 */
import type { BarView } from '#protocol';

export type BookChange =
  /** Nothing to draw. */
  | { readonly kind: 'none' }
  /** Closed bars from this place on are new. */
  | { readonly kind: 'appended'; readonly from: number }
  /** Older bars came in front. */
  | { readonly kind: 'prepended'; readonly count: number }
  | { readonly kind: 'replaced' };

export interface BarBook {
  readonly closed: readonly BarView[];
  readonly forming: BarView | null;
  /** Index of the oldest closed bar kept here; equals `end` while there is none. */
  readonly first: number;
  /** Index the next closed bar will have. */
  readonly end: number;
  /** Takes an answer in: bars in ascending index. What would leave a hole is refused. */
  take(bars: readonly BarView[]): BookChange;
  /** True when the forming bar that is shown changed. One that is ahead of the closed bars waits for them. */
  setForming(bar: BarView | null): boolean;
  clear(): void;
}

export function createBarBook(): BarBook {
  let closed: BarView[] = [];
  let forming: BarView | null = null;
  const end = (): number => {
    const last = closed.at(-1);
    return last === undefined ? 0 : last.index + 1;
  };
  const isShown = (): boolean => forming !== null && forming.index === end();
  return {
    get closed() {
      return closed;
    },
    get forming() {
      return isShown() ? forming : null;
    },
    get first() {
      return closed[0]?.index ?? end();
    },
    get end() {
      return end();
    },
    take: (given) => {
      const bars = inARow(given);
      const head = bars[0];
      const tail = bars.at(-1);
      if (head === undefined || tail === undefined) return { kind: 'none' };
      if (closed.length === 0) {
        closed = [...bars];
        return { kind: 'replaced' };
      }
      const first = (closed[0] as BarView).index;
      if (head.index >= first && head.index <= end()) {
        const fresh = bars.filter((bar) => bar.index >= end());
        if (fresh.length === 0) return { kind: 'none' };
        const from = closed.length;
        for (const bar of fresh) closed.push(bar);
        return { kind: 'appended', from };
      }
      if (head.index < first && tail.index >= first - 1) {
        const older = bars.filter((bar) => bar.index < first);
        closed = [...older, ...closed];
        return { kind: 'prepended', count: older.length };
      }
      return { kind: 'none' };
    },
    setForming: (bar) => {
      const before = isShown() ? forming : null;
      forming = bar;
      const now = isShown() ? forming : null;
      return before !== now;
    },
    clear: () => {
      closed = [];
      forming = null;
    },
  };
}

/** The longest head of the list whose indices follow on one another. */
function inARow(bars: readonly BarView[]): readonly BarView[] {
  for (let i = 1; i < bars.length; i++)
    if ((bars[i] as BarView).index !== (bars[i - 1] as BarView).index + 1) return bars.slice(0, i);
  return bars;
}
