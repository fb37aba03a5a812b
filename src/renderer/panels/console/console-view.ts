/**
 * A filtered window on the console's list. Without a filter it reads the list in place; with one it keeps matching places.
 * Paused, it stands still while the list goes on, and counts what waits.
 */
import type { ConsoleItem, Severity } from '#protocol';
import type { EventList } from '../../stores/event-list.ts';

const WEIGHT: Readonly<Record<Severity, number>> = { debug: 0, info: 1, notice: 2, warn: 3, danger: 4 };

export interface ConsoleFilter {
  /** The least severity shown. */
  readonly level: Severity;
  readonly text: string;
  /** Empty: every kind. */
  readonly kinds: readonly string[];
  /** Ticker in full, or ''. */
  readonly symbol: string;
  /** Name in full, or ''. */
  readonly strategy: string;
}

export const NO_FILTER: ConsoleFilter = { level: 'debug', text: '', kinds: [], symbol: '', strategy: '' };

export interface ConsoleView {
  readonly length: number;
  readonly revision: number;
  /** Lines that match and came while paused. */
  readonly waiting: number;
  at(index: number): ConsoleItem | undefined;
  /** The same for a line as long as it is kept, whatever is dropped before it. */
  keyOf(index: number): number;
  pause(isPaused: boolean): void;
  readonly subscribe: (listener: () => void) => () => void;
  readonly dispose: () => void;
}

export function matcher(filter: ConsoleFilter): ((item: ConsoleItem) => boolean) | undefined {
  const needle = filter.text.trim().toLowerCase();
  const least = WEIGHT[filter.level];
  const symbol = filter.symbol.trim().toUpperCase();
  const kinds = new Set(filter.kinds);
  if (needle === '' && least === 0 && symbol === '' && filter.strategy === '' && kinds.size === 0) return undefined;
  return (item) =>
    (WEIGHT[item.severity] ?? 1) >= least &&
    (kinds.size === 0 || kinds.has(item.kind)) &&
    (symbol === '' || item.symbol === symbol) &&
    (filter.strategy === '' || item.strategy === filter.strategy) &&
    (needle === '' ||
      item.text.toLowerCase().includes(needle) ||
      item.kind.includes(needle) ||
      (item.symbol ?? '').toLowerCase().includes(needle) ||
      (item.strategy ?? '').toLowerCase().includes(needle));
}

export function createConsoleView(list: EventList<ConsoleItem>, filter: ConsoleFilter): ConsoleView {
  const isMatch = matcher(filter);
  /** Numbers (dropped + index) of lines that match, oldest first; those up to `from` are dropped already. */
  let matches: number[] = [];
  let from = 0;
  let scanned = 0;
  let generation = list.generation;
  /** Number of the first line that is not shown; Infinity while running. */
  let until = Infinity;
  /** How many of `matches` are before `until`. */
  let before = 0;
  let revision = 0;
  const listeners = new Set<() => void>();
  const end = (): number => list.dropped + list.length;

  const scan = (): void => {
    if (list.generation !== generation) {
      matches = [];
      from = 0;
      scanned = 0;
      before = 0;
      generation = list.generation;
      // After a fresh start nothing of what was paused is there any more.
      if (until !== Infinity) until = list.dropped;
    }
    if (!isMatch) return;
    for (let number = Math.max(scanned, list.dropped); number < end(); number++)
      if (isMatch(list.at(number - list.dropped) as ConsoleItem)) matches.push(number);
    scanned = end();
    while (from < matches.length && (matches[from] as number) < list.dropped) from += 1;
    if (from > 4_096) {
      matches = matches.slice(from);
      before = Math.max(0, before - from);
      from = 0;
    }
  };
  const shown = (): number => {
    if (!isMatch) return Math.max(0, Math.min(until, end()) - list.dropped);
    return until === Infinity ? matches.length - from : Math.max(0, before - from);
  };
  scan();
  const tell = (): void => {
    revision += 1;
    for (const listener of listeners) listener();
  };
  const leave = list.subscribe(() => {
    scan();
    tell();
  });
  return {
    get length() {
      return shown();
    },
    get revision() {
      return revision;
    },
    get waiting() {
      if (until === Infinity) return 0;
      return isMatch ? matches.length - Math.max(before, from) : Math.max(0, end() - Math.max(until, list.dropped));
    },
    at: (index) => list.at(isMatch ? (matches[from + index] as number) - list.dropped : index),
    keyOf: (index) => (isMatch ? (matches[from + index] as number) : list.dropped + index),
    pause: (isPaused) => {
      until = isPaused ? end() : Infinity;
      before = matches.length;
      tell();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    dispose: leave,
  };
}
