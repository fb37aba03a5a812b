/** The symbol this window looks at. Panels say which one was picked and follow what others pick. */
export interface SymbolBus {
  readonly current: string | undefined;
  pick(symbol: string): void;
  follow(listener: (symbol: string) => void): () => void;
}

export function createSymbolBus(): SymbolBus {
  const listeners = new Set<(symbol: string) => void>();
  let current: string | undefined;
  return {
    get current() {
      return current;
    },
    pick: (symbol) => {
      current = symbol;
      for (const listener of listeners) listener(symbol);
    },
    follow: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
