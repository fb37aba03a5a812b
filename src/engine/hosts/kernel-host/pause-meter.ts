/** Pauses of this thread for collecting garbage, as the runtime reports them. */
import { PerformanceObserver } from 'node:perf_hooks';

const MINUTE_MS = 60_000;

export class PauseMeter {
  #pauses = 0;
  #totalMs = 0;
  #maxMs = 0;
  /** Start and length of the pauses of the last minute, one after the other. */
  #recent: number[] = [];

  /** Starts listening; returns the way out. */
  observe(): () => void {
    const observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) this.add(startTime, duration);
    });
    observer.observe({ entryTypes: ['gc'] });
    return () => observer.disconnect();
  }

  add(atMs: number, lengthMs: number): void {
    this.#pauses++;
    this.#totalMs += lengthMs;
    this.#maxMs = Math.max(this.#maxMs, lengthMs);
    this.#recent.push(atMs, lengthMs);
  }

  read(nowMs: number): { pauses: number; totalMs: number; maxMs: number; lastMinuteMs: number } {
    let first = 0;
    while (first < this.#recent.length && (this.#recent[first] as number) < nowMs - MINUTE_MS) first += 2;
    if (first > 0) this.#recent = this.#recent.slice(first);
    let lastMinuteMs = 0;
    for (let i = 1; i < this.#recent.length; i += 2) lastMinuteMs += this.#recent[i] as number;
    return { pauses: this.#pauses, totalMs: this.#totalMs, maxMs: this.#maxMs, lastMinuteMs };
  }
}
