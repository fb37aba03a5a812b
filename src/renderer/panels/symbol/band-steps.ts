/** The LULD band as it moved while a window looked. Pure. */
import type { BandStep } from '../../charts/chart-marks.ts';

const KEEP = 500;

/** The steps with one more; the same array while the band stands. A step back in index (a new day) starts anew. */
export function addBandStep(steps: readonly BandStep[], now: BandStep): readonly BandStep[] {
  const low = now.low > 0 ? now.low : 0;
  const high = now.high > 0 ? now.high : 0;
  const last = steps.at(-1);
  if (last === undefined) return low > 0 && high > low ? [{ index: now.index, low, high }] : steps;
  if (now.index < last.index) return low > 0 ? [{ index: now.index, low, high }] : [];
  if (last.low === low && last.high === high) return steps;
  const kept = last.index === now.index ? steps.slice(0, -1) : steps;
  return [...kept, { index: now.index, low, high }].slice(-KEEP);
}
