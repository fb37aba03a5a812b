/** What painting costs, for benches: script milliseconds of each refresh of the market grid, newest 4,096. */
const KEEP = 4_096;

export interface DroverPerf {
  /** Refreshes since the last reset. */
  refreshes: number;
  lastMs: number;
  maxMs: number;
  rowsTouched: number;
  arranges: number;
  arrangeMaxMs: number;
  /** The value below which this share (0..1) of the kept refreshes lie. */
  quantile(share: number): number;
  reset(): void;
  record(ms: number, rows: number): void;
  recordArrange(ms: number): void;
}

export function createPerf(): DroverPerf {
  const samples = new Float64Array(KEEP);
  const perf: DroverPerf = {
    refreshes: 0,
    lastMs: 0,
    maxMs: 0,
    rowsTouched: 0,
    arranges: 0,
    arrangeMaxMs: 0,
    quantile: (share) => {
      const kept = samples.slice(0, Math.min(KEEP, perf.refreshes)).sort();
      return kept[Math.min(kept.length - 1, Math.floor(kept.length * share))] ?? 0;
    },
    reset: () =>
      Object.assign(perf, { refreshes: 0, lastMs: 0, maxMs: 0, rowsTouched: 0, arranges: 0, arrangeMaxMs: 0 }),
    record: (ms, rows) => {
      samples[perf.refreshes % KEEP] = ms;
      perf.refreshes += 1;
      perf.rowsTouched += rows;
      perf.lastMs = ms;
      if (ms > perf.maxMs) perf.maxMs = ms;
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
