/**
 * Link groups: panels of one letter show one symbol, in every window. A panel of the group '-' keeps its own. Each panel
 * gets a bus that speaks for its group; panels do not know that there are groups.
 */
import type { SymbolBus } from '../app/symbol-bus.ts';
import type { SettingsStorage } from '../stores/settings-store.ts';
import { listenerSet, type Peers } from './peers.ts';

export const LINK_GROUPS = ['A', 'B', 'C', 'D', '-'] as const;
export type LinkGroup = (typeof LINK_GROUPS)[number];

export const LINK_WORDS: Readonly<Record<LinkGroup, string>> = {
  A: 'Group A, blue',
  B: 'Group B, green',
  C: 'Group C, violet',
  D: 'Group D, yellow',
  '-': 'Not linked',
};

export interface LinkGroups {
  /** The bus of one panel; `group` is asked at each use, so that a panel may change its group. */
  busOf(group: () => LinkGroup): PanelBus;
}

export interface PanelBus extends SymbolBus {
  /** The panel changed its group: its followers are told what the new one shows. */
  moved(): void;
  /** Follows the group from here on; without it nothing is told. */
  join(): void;
  leave(): void;
}

const KEY = 'drover.links';
/** A panel that follows a pick of another window may pick the same again while it moves there; that is no wish of the user. */
const ECHO_MS = 250;

export function isLinkGroup(value: unknown): value is LinkGroup {
  return (LINK_GROUPS as readonly unknown[]).includes(value);
}

export function createLinkGroups(
  peers: Pick<Peers, 'pick' | 'onPick'>,
  storage: SettingsStorage,
  nowMs: () => number = () => performance.now(),
): LinkGroups {
  const current = readSaved(storage);
  const heardMs = new Map<string, number>();
  const news = listenerSet<[LinkGroup]>();
  const opened = listenerSet<[]>();
  const topicOf = (group: LinkGroup): string => `symbol.${group}`;
  const set = (group: LinkGroup, symbol: string): void => {
    if (current.get(group) !== symbol) {
      current.set(group, symbol);
      storage.save(KEY, JSON.stringify(Object.fromEntries(current)));
    }
    news.tell(group);
  };
  peers.onPick((topic, name) => {
    const group = LINK_GROUPS.find((candidate) => topicOf(candidate) === topic);
    if (group === undefined || group === '-') return;
    heardMs.set(group, nowMs());
    set(group, name);
  });
  const pick = (group: LinkGroup, symbol: string): void => {
    const isEcho = nowMs() - (heardMs.get(group) ?? -Infinity) < ECHO_MS;
    const isNew = current.get(group) !== symbol;
    if (isEcho && isNew) return;
    set(group, symbol);
    if (isNew) peers.pick(topicOf(group), symbol);
  };
  return {
    busOf: (group) => {
      let own: string | undefined;
      const listeners = listenerSet<[string]>();
      const read = (): string | undefined => (group() === '-' ? own : current.get(group()));
      let leave: (() => void) | undefined;
      const hear = (changed: LinkGroup): void => {
        const symbol = current.get(changed);
        if (changed === group() && changed !== '-' && symbol !== undefined) listeners.tell(symbol);
      };
      const pickHere = (symbol: string): void => {
        if (group() !== '-') return pick(group(), symbol);
        own = symbol;
        listeners.tell(symbol);
      };
      return {
        get current() {
          return read();
        },
        pick: pickHere,
        open: (symbol) => {
          pickHere(symbol);
          opened.tell();
        },
        onOpen: opened.add,
        follow: listeners.add,
        join: () => void (leave ??= news.add(hear)),
        leave: () => {
          leave?.();
          leave = undefined;
        },
        moved: () => {
          const symbol = read();
          if (symbol !== undefined) listeners.tell(symbol);
        },
      };
    },
  };
}

function readSaved(storage: SettingsStorage): Map<LinkGroup, string> {
  try {
    const saved: unknown = JSON.parse(storage.load(KEY) ?? '{}');
    if (typeof saved !== 'object' || saved === null) return new Map();
    return new Map(
      Object.entries(saved).filter(
        (entry): entry is [LinkGroup, string] => isLinkGroup(entry[0]) && typeof entry[1] === 'string',
      ),
    );
  } catch {
    return new Map();
  }
}
