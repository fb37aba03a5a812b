/** A filtered window on the console's list. Without a filter it reads the list in place; with one it keeps matching places. */
import type { ConsoleItem, Severity } from '#protocol';
import type { EventList } from '../../stores/event-list.ts';

const WEIGHT: Readonly<Record<Severity, number>> = { debug: 0, info: 1, notice: 2, warn: 3, danger: 4 };

export interface ConsoleView {
  readonly length: number;
  readonly revision: number;
  at(index: number): ConsoleItem | undefined;
  /** The same for a line as long as it is kept, whatever is dropped before it. */
  keyOf(index: number): number;
  readonly subscribe: (listener: () => void) => () => void;
  readonly dispose: () => void;
}

export function createConsoleView(list: EventList<ConsoleItem>, level: Severity, text: string): ConsoleView {
  const needle = text.trim().toLowerCase();
  const least = WEIGHT[level];
  const isOpen = needle === '' && least === 0;
  /** Numbers (dropped + index) of lines that match, oldest first. */
  let matches: number[] = [];
  let scanned = 0;
  let generation = list.generation;
  const listeners = new Set<() => void>();

  const isMatch = (item: ConsoleItem): boolean =>
    (WEIGHT[item.severity] ?? 1) >= least &&
    (needle === '' ||
      item.text.toLowerCase().includes(needle) ||
      item.kind.includes(needle) ||
      (item.symbol ?? '').toLowerCase().includes(needle) ||
      (item.strategy ?? '').includes(needle));
  const scan = (): void => {
    if (isOpen) return;
    const end = list.dropped + list.length;
    if (list.generation !== generation) {
      matches = [];
      scanned = 0;
      generation = list.generation;
    }
    for (let number = Math.max(scanned, list.dropped); number < end; number++)
      if (isMatch(list.at(number - list.dropped) as ConsoleItem)) matches.push(number);
    scanned = end;
    const firstKept = matches.findIndex((number) => number >= list.dropped);
    if (firstKept !== 0) matches = firstKept < 0 ? [] : matches.slice(firstKept);
  };
  scan();
  const leave = list.subscribe(() => {
    scan();
    for (const listener of listeners) listener();
  });
  return {
    get length() {
      return isOpen ? list.length : matches.length;
    },
    get revision() {
      return list.revision;
    },
    at: (index) => list.at(isOpen ? index : (matches[index] as number) - list.dropped),
    keyOf: (index) => (isOpen ? list.dropped + index : (matches[index] as number)),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    dispose: leave,
  };
}
