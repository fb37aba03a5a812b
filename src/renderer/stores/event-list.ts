/**
 * The newest items of a lossless topic in arrival order, bounded. Readers get a revision to watch and read the items in
 * place, so that a burst costs no copies.
 */
export interface EventList<T> {
  readonly revision: number;
  readonly length: number;
  /** Items dropped at the old end since the last snapshot; `dropped + index` names an item for as long as it is kept. */
  readonly dropped: number;
  /** Grows with each snapshot: numbers from before mean nothing any more. */
  readonly generation: number;
  at(index: number): T | undefined;
  append(items: readonly T[], isSnapshot: boolean): void;
  subscribe(listener: () => void): () => void;
}

export function createEventList<T>(keep: number): EventList<T> {
  let items: T[] = [];
  /** Items before this index are dead; they leave in large pieces, because moving an array for each is slow. */
  let start = 0;
  let dropped = 0;
  let revision = 0;
  let generation = 0;
  const listeners = new Set<() => void>();
  return {
    get revision() {
      return revision;
    },
    get length() {
      return items.length - start;
    },
    get dropped() {
      return dropped;
    },
    get generation() {
      return generation;
    },
    at: (index) => items[start + index],
    append: (more, isSnapshot) => {
      if (isSnapshot) {
        items = [];
        start = 0;
        dropped = 0;
        generation += 1;
      }
      for (const item of more) items.push(item);
      const excess = items.length - start - keep;
      if (excess > 0) {
        start += excess;
        dropped += excess;
      }
      if (start > keep / 4) {
        items = items.slice(start);
        start = 0;
      }
      revision += 1;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
