/**
 * The time machine's clock: a place in the bars of a trade that steps or plays forward. Pure. Market time passes at the
 * chosen speed; a place is an instant, and shown is every bar that had closed by then.
 */
import type { BarView, FillView } from '#protocol';

/** Bars shown before the signal, in time. */
export const BEFORE_US = 300_000_000;
/** And after the trade was over. */
export const AFTER_US = 120_000_000;

/** Bars from five minutes before the signal to two after the end; at least `least` before the signal where there are. */
export function barsAround(bars: readonly BarView[], signalUs: number, endUs: number, least = 40): readonly BarView[] {
  const at = bars.findIndex(({ closeTimeUs }) => closeTimeUs >= signalUs);
  const signalAt = at < 0 ? bars.length : at;
  const byTime = bars.findIndex(({ openTimeUs }) => openTimeUs >= signalUs - BEFORE_US);
  const from = Math.max(0, Math.min(byTime < 0 ? signalAt : byTime, signalAt - least));
  const past = bars.findIndex(({ openTimeUs }) => openTimeUs > endUs + AFTER_US);
  return bars.slice(from, past < 0 ? bars.length : past);
}

/** How many bars had closed by `atUs`. */
export function closedBy(bars: readonly BarView[], atUs: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bars[middle] as BarView).closeTimeUs <= atUs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The next instant at which something changes: a bar closes or a fill comes. `way` -1 goes back. Undefined at the end.
 */
export function nextInstant(
  bars: readonly BarView[],
  fills: readonly FillView[],
  atUs: number,
  way: 1 | -1,
): number | undefined {
  let found: number | undefined;
  const look = (candidateUs: number): void => {
    if (way > 0 ? candidateUs <= atUs : candidateUs >= atUs) return;
    if (found === undefined || (way > 0 ? candidateUs < found : candidateUs > found)) found = candidateUs;
  };
  const place = closedBy(bars, atUs);
  // The bars are in order: only those next to the place can be it. Several may close in one instant.
  if (way > 0) {
    const bar = bars[place];
    if (bar) look(bar.closeTimeUs);
  } else {
    for (let i = place - 1; i >= 0; i--) {
      const bar = bars[i] as BarView;
      look(bar.closeTimeUs);
      if (bar.closeTimeUs < atUs) break;
    }
  }
  for (const fill of fills) look(fill.atUs);
  return found;
}
