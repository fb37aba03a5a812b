/** What painting costs, for benches: script milliseconds of each refresh of the market, newest 4,096. */
const KEEP = 4_096;

export interface DroverPerf {
  /** Refreshes since the last reset. */
  refreshes: number;
  lastMs: number;
  maxMs: number;
  /** Of all refreshes. */
  totalMs: number;
  /** Rows on screen that were written anew. */
  rowsTouched: number;
  /** Times the rows were sorted and filtered anew; part of the refresh it falls in. */
  arranges: number;
  arrangeMaxMs: number;
  /** The value below which this share (0..1) of the kept refreshes lie. */
  quantile(share: number): number;
  reset(): void;
  /** A frame of the engine was taken in, and everybody who paints from it has. */
  record(ms: number): void;
  recordPaint(rows: number): void;
  recordArrange(ms: number): void;
}

export function createPerf(): DroverPerf {
  const samples = new Float64Array(KEEP);
  const zero = { refreshes: 0, lastMs: 0, maxMs: 0, totalMs: 0, rowsTouched: 0, arranges: 0, arrangeMaxMs: 0 };
  const perf: DroverPerf = {
    ...zero,
    quantile: (share) => {
      const kept = samples.slice(0, Math.min(KEEP, perf.refreshes)).sort();
      return kept[Math.min(kept.length - 1, Math.floor(kept.length * share))] ?? 0;
    },
    reset: () => Object.assign(perf, zero),
    record: (ms) => {
      samples[perf.refreshes % KEEP] = ms;
      perf.refreshes += 1;
      perf.totalMs += ms;
      perf.lastMs = ms;
      if (ms > perf.maxMs) perf.maxMs = ms;
    },
    recordPaint: (rows) => {
      perf.rowsTouched += rows;
    },
    recordArrange: (ms) => {
      perf.arranges += 1;
      if (ms > perf.arrangeMaxMs) perf.arrangeMaxMs = ms;
    },
  };
  return perf;
}

declare global {
  interface Window {
    __droverPerf?: DroverPerf;
  }
}
