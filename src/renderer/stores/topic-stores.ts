/** Small stores that mirror the link's state and the small conflated topics. Each holds the newest value and nothing else. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HealthValue } from '#protocol';
import type { EngineLink, LinkStatus } from '../link/engine-link.ts';

export interface HealthState {
  readonly value: HealthValue | null;
  /** Wall time it arrived, milliseconds. */
  readonly receivedMs: number;
}

export function createLinkStore(link: EngineLink): StoreApi<LinkStatus> {
  const store = createStore<LinkStatus>(() => link.status());
  link.onStatus((status) => store.setState(status, true));
  return store;
}

/** Health is always followed: the strip shows it, and its steady beat tells a live line from a dead one. */
export function createHealthStore(link: EngineLink, nowMs: () => number = Date.now): StoreApi<HealthState> {
  const store = createStore<HealthState>(() => ({ value: null, receivedMs: 0 }));
  link.value<HealthValue>('health', (value) => store.setState({ value, receivedMs: nowMs() }, true));
  return store;
}
