/** The last minutes of a few health figures, one sample a second, for the little curves of the health page. */
import type { StoreApi } from 'zustand/vanilla';
import type { HealthState } from './topic-stores.ts';

export interface HealthSample {
  readonly eventsPerSecond: number;
  /** Microseconds. */
  readonly lagUs: number;
  readonly load: number;
  readonly rssBytes: number;
}

export interface HealthHistory {
  /** Oldest first, at most HISTORY_SAMPLES. */
  read(): readonly HealthSample[];
}

export const HISTORY_SAMPLES = 300;
const EVERY_MS = 1_000;

export function createHealthHistory(health: Pick<StoreApi<HealthState>, 'subscribe'>): HealthHistory {
  let samples: readonly HealthSample[] = [];
  let lastMs = -Infinity;
  health.subscribe(({ value, receivedMs }) => {
    if (value === null || receivedMs - lastMs < EVERY_MS) return;
    lastMs = receivedMs;
    const { feed, kernel, memory } = value;
    const sample = {
      eventsPerSecond: feed.eventsPerSecond,
      lagUs: feed.lagMs * 1_000,
      load: kernel.load,
      rssBytes: memory.rssBytes,
    };
    samples = [...samples.slice(-(HISTORY_SAMPLES - 1)), sample];
  });
  return { read: () => samples };
}
