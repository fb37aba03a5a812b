/** Lets any part of the window open a panel by its kind, or an overlay of the shell, without knowing dock and shell. */
export interface PanelBus {
  open(kind: string): void;
  /** Returns the way out. */
  follow(listener: (kind: string) => void): () => void;
}

/** Kinds that are no panels: the shell shows them above everything. */
export const OVERLAYS = { palette: 'overlay.palette', keys: 'overlay.keys' } as const;

export function createPanelBus(): PanelBus {
  const listeners = new Set<(kind: string) => void>();
  return {
    open: (kind) => {
      for (const listener of listeners) listener(kind);
    },
    follow: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
