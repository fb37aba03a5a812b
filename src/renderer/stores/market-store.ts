/** The market of this window: mirrors the engine while somebody looks, and tells painters once a display frame. */
import type { EngineLink } from '../link/engine-link.ts';
import { createMarketMirror, type MarketMirror } from './market-mirror.ts';
import type { DroverPerf } from './perf.ts';

export interface MarketStore {
  readonly mirror: MarketMirror;
  /** Called after each batch of changes; reading `mirror.versions` tells which rows. The first follower opens the topic. */
  follow(listener: () => void): () => void;
}

export function createMarketStore(link: EngineLink, perf?: DroverPerf): MarketStore {
  const mirror = createMarketMirror();
  const listeners = new Set<() => void>();
  let leave: (() => void) | undefined;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const join = (): (() => void) =>
    link.market({
      symbols: (first, names) => {
        mirror.applyNames(first, names);
        tell();
      },
      rows: (frame) => {
        const startedMs = performance.now();
        mirror.applyRows(frame);
        tell();
        perf?.record(performance.now() - startedMs);
      },
      reset: () => {
        mirror.reset();
        tell();
      },
    });
  return {
    mirror,
    follow: (listener) => {
      listeners.add(listener);
      leave ??= join();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        leave?.();
        leave = undefined;
      };
    },
  };
}
