/**
 * Watches the set of monitors. Plugging sends a burst of events, and the window manager moves windows about meanwhile: what
 * happens is told when the set has been quiet for a moment, together with the set as it was before.
 */
import { screen } from 'electron';
import type { DisplayShape } from './displays.ts';
import { displaySetKey } from './displays.ts';

const QUIET_MS = 600;
/** Windows that were put somewhere still report moves for a while. */
const AFTER_MS = 600;

export interface DisplayWatch {
  now(): readonly DisplayShape[];
  /** Between the first sign of a change and the end of the moves it causes: where windows are now means nothing. */
  isSettling(): boolean;
}

export interface DisplayEvents {
  readonly onUnrest: () => void;
  readonly onSettled: (before: readonly DisplayShape[], now: readonly DisplayShape[]) => Promise<void>;
  readonly onDone: () => void;
}

export function watchDisplays(events: DisplayEvents): DisplayWatch {
  let before: readonly DisplayShape[] = screen.getAllDisplays();
  let timer: NodeJS.Timeout | undefined;
  let round = 0;
  const settled = async (mine: number): Promise<void> => {
    const now = screen.getAllDisplays();
    // Every monitor is off for a moment: nothing can be placed, and nothing is forgotten.
    if (now.length === 0) return;
    const earlier = before;
    before = now;
    await events.onSettled(earlier, now);
    if (mine !== round) return;
    timer = setTimeout(() => {
      timer = undefined;
      events.onDone();
    }, AFTER_MS);
  };
  const unrest = (): void => {
    const now = screen.getAllDisplays();
    // A task bar that grew: the monitors are the same, and windows stay where the user put them.
    if (timer === undefined && displaySetKey(now) === displaySetKey(before)) {
      before = now;
      return;
    }
    round++;
    const mine = round;
    events.onUnrest();
    clearTimeout(timer);
    timer = setTimeout(() => void settled(mine), QUIET_MS);
  };
  for (const event of ['display-added', 'display-removed', 'display-metrics-changed'] as const)
    screen.on(event as 'display-added', unrest);
  return { now: () => before, isSettling: () => timer !== undefined };
}
