/** The market of this window: mirrors the engine while somebody looks, and tells painters once a display frame. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineLink } from '../link/engine-link.ts';
import { createMarketMirror, type MarketMirror } from './market-mirror.ts';
import type { DroverPerf } from './perf.ts';

export interface MarketStore {
  readonly mirror: MarketMirror;
  /** The instant the mirror shows (epoch microseconds) while it is a market looked back at, null while it is the live one. */
  readonly past: StoreApi<number | null>;
  /** Called after each batch of changes; reading `mirror.versions` tells which rows. The first follower opens the topic. */
  follow(listener: () => void): () => void;
}

export function createMarketStore(link: Pick<EngineLink, 'market'>, perf?: DroverPerf): MarketStore {
  const mirror = createMarketMirror();
  const past = createStore<number | null>(() => null);
  const listeners = new Set<() => void>();
  let leave: (() => void) | undefined;
  const tell = (): void => {
    past.setState(mirror.isPast ? mirror.atUs : null, true);
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
    past,
    follow: (listener) => {
      listeners.add(listener);
      leave ??= join();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        leave?.();
        leave = undefined;
        // Nothing of it is on screen any more; the next frame says again what it is.
        past.setState(null, true);
      };
    },
  };
}
