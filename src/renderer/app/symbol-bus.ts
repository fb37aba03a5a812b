/** The symbol this window looks at. Panels say which one was picked and follow what others pick. */
export interface SymbolBus {
  readonly current: string | undefined;
  pick(symbol: string): void;
  follow(listener: (symbol: string) => void): () => void;
  /** Picks it, and asks for its page: what a click on a symbol means, where moving a cursor only picks. */
  open(symbol: string): void;
  onOpen(listener: () => void): () => void;
}

export function createSymbolBus(): SymbolBus {
  const listeners = new Set<(symbol: string) => void>();
  const openers = new Set<() => void>();
  let current: string | undefined;
  const pick = (symbol: string): void => {
    current = symbol;
    for (const listener of listeners) listener(symbol);
  };
  return {
    get current() {
      return current;
    },
    pick,
    follow: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open: (symbol) => {
      pick(symbol);
      for (const listener of openers) listener();
    },
    onOpen: (listener) => {
      openers.add(listener);
      return () => void openers.delete(listener);
    },
  };
}
