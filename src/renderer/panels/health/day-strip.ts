/** Places on the day strip: 04:00 to 20:00 New York time, with the gaps of the day. Pure. */
import type { GapView } from '#protocol';
import { newYorkOffsetMs } from '../../format/time.ts';

const FIRST_HOUR = 4;
const LAST_HOUR = 20;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A gap of a second must still be seen. */
const LEAST_SHARE = 0.003;

export interface StripGap {
  /** Shares of the strip, 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly gap: GapView;
}

/** Local milliseconds since the New York midnight before `nowUs`; negative on an earlier day. */
function sinceMidnightMs(us: number, nowUs: number): number {
  const localMs = (at: number): number => at / 1000 + newYorkOffsetMs(Math.floor(at / 1000));
  const midnightMs = Math.floor(localMs(nowUs) / DAY_MS) * DAY_MS;
  return localMs(us) - midnightMs;
}

/** Share of the strip at an instant, not limited to 0..1. */
export function stripShare(us: number, nowUs: number): number {
  return (sinceMidnightMs(us, nowUs) / HOUR_MS - FIRST_HOUR) / (LAST_HOUR - FIRST_HOUR);
}

export function hourShare(hour: number): number {
  return (hour - FIRST_HOUR) / (LAST_HOUR - FIRST_HOUR);
}

const inside = (share: number): number => Math.min(1, Math.max(0, share));

/** The gaps of the day that touch the strip. An open gap reaches to now. */
export function stripGaps(gaps: readonly GapView[], nowUs: number): readonly StripGap[] {
  return gaps.flatMap((gap) => {
    const from = stripShare(gap.startUs, nowUs);
    const to = stripShare(gap.endUs ?? nowUs, nowUs);
    if (to < 0 || from > 1) return [];
    const left = Math.min(inside(from), 1 - LEAST_SHARE);
    return [{ from: left, to: Math.max(inside(to), left + LEAST_SHARE), gap }];
  });
}

/** Length of what was missed today, microseconds, on the strip or not. */
export function gapTotalUs(gaps: readonly GapView[], nowUs: number): number {
  return gaps.reduce((sum, { startUs, endUs }) => sum + Math.max(0, (endUs ?? nowUs) - startUs), 0);
}

const REASONS: Readonly<Record<string, string>> = {
  connect: 'before the first data',
  disconnect: 'the connection was lost',
  'half-open': 'the connection was dead without saying so',
  overflow: 'we were too slow and lost frames',
  stall: 'no data came',
  suspend: 'this machine slept',
  'max-connections': 'the vendor allows no further connection',
};

export function gapWords(reason: string): string {
  return REASONS[reason] ?? reason;
}
