/** The trade this window looks at. Lists say which one was picked; the trade page follows. */
export interface TradeBus {
  readonly current: string | undefined;
  pick(tradeId: string): void;
  follow(listener: (tradeId: string) => void): () => void;
}

export function createTradeBus(): TradeBus {
  const listeners = new Set<(tradeId: string) => void>();
  let current: string | undefined;
  return {
    get current() {
      return current;
    },
    pick: (tradeId) => {
      current = tradeId;
      for (const listener of listeners) listener(tradeId);
    },
    follow: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
