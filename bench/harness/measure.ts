/** Repeats a piece of work and says how long it took: warm-up first, then the spread over the runs; processor time and medians. */

export interface Measured {
  readonly runs: number;
  readonly medianMs: number;
  readonly bestMs: number;
  readonly worstMs: number;
}

/** `work` is one run; it gives something back that depends on all of it, which `check` refuses when it is wrong. */
export function measure<T>(work: () => T, check: (result: T) => void, { warmUps = 3, runs = 10 } = {}): Measured {
  for (let at = 0; at < warmUps; at++) check(work());
  const times: number[] = [];
  for (let at = 0; at < runs; at++) {
    const startedMs = performance.now();
    const result = work();
    times.push(performance.now() - startedMs);
    check(result);
  }
  times.sort((a, b) => a - b);
  return {
    runs,
    medianMs: times[times.length >> 1] as number,
    bestMs: times[0] as number,
    worstMs: times.at(-1) as number,
  };
}

/** One line: how many of what in a second, at the median, and the spread. */
export function rateLine(name: string, count: number, unit: string, measured: Measured): string {
  const rate = (ms: number): string => ((count / ms) * 1000).toLocaleString('en-US', { maximumFractionDigits: 0 });
  return `${name}: ${rate(measured.medianMs)} ${unit}/s (${rate(measured.worstMs)} to ${rate(measured.bestMs)} over ${measured.runs} runs)`;
}

/** Processor time of this process, milliseconds: what else the machine does meanwhile is not counted. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
