/**
 * Which of a chart's bars the series hold. The library's cost grows with every point it has, so it gets those in sight and
 * a few screens on either side; the rest wait in the book. Pure.
 */
export interface BarWindow {
  /** Places in the book's closed bars: from inclusive, to exclusive. */
  readonly from: number;
  readonly to: number;
}

/** Screens kept on each side of what is in sight. One drag moves by one screen at most. */
const SCREENS_BESIDE = 1.5;
const LEAST_BESIDE = 400;

/** The window for `total` bars with [from, to) in sight. */
export function windowFor(total: number, from: number, to: number): BarWindow {
  const beside = Math.max(LEAST_BESIDE, Math.ceil((to - from) * SCREENS_BESIDE));
  return {
    from: Math.max(0, Math.min(total, Math.floor(from) - beside)),
    to: Math.max(0, Math.min(total, Math.ceil(to) + beside)),
  };
}

/** Whether the window still has bars enough beside what is in sight, and is not needlessly long. */
export function isWindowEnough(window: BarWindow, total: number, from: number, to: number): boolean {
  const beside = Math.max(LEAST_BESIDE, (to - from) * SCREENS_BESIDE) / 2;
  if (window.from > 0 && from - window.from < beside) return false;
  if (window.to < total && window.to - to < beside) return false;
  const wanted = windowFor(total, from, to);
  return window.to - window.from <= 2 * (wanted.to - wanted.from);
}
