/** The sums of a day's average price before any of its bars, without adding up the whole day again for each look at the past. */
import type { BarView } from '#protocol';
import { addToVwap, VWAP_START, type VwapSums } from './bar-points.ts';

/** Bars between two sums that are kept. */
const KEEP_EVERY = 512;

interface Kept {
  /** The last bar in it, by which one sees that the bars are still the same. */
  readonly bar: BarView;
  readonly sums: VwapSums;
}

/** Sums of `bars` up to, not including, a place. Bars are told by identity: others at the same places are added up anew. */
export function createVwapSums(): (bars: readonly BarView[], place: number) => VwapSums {
  const kept: Kept[] = [];
  return (bars, place) => {
    while (kept.length > 0 && bars[kept.length * KEEP_EVERY - 1] !== kept.at(-1)?.bar) kept.pop();
    const from = Math.min(kept.length, Math.floor(place / KEEP_EVERY));
    let sums = from === 0 ? VWAP_START : (kept[from - 1] as Kept).sums;
    for (let at = from * KEEP_EVERY; at < place; at++) {
      const bar = bars[at] as BarView;
      sums = addToVwap(sums, bar);
      if (at + 1 === (kept.length + 1) * KEEP_EVERY) kept.push({ bar, sums });
    }
    return sums;
  };
}
