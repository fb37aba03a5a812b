/**
 * Whether a hand drags one of this window's charts. Beside a drag that must follow the hand, what paints by the dozen does a
 * part at a time: drawing the chart and laying out a whole grid in one display frame takes longer than a frame.
 */
let hands = 0;

export const isChartDragged = (): boolean => hands > 0;

/** Called when a drag begins; call what it returns once it has ended. */
export function beginChartDrag(): () => void {
  hands += 1;
  let isOver = false;
  return () => {
    if (!isOver) hands -= 1;
    isOver = true;
  };
}
