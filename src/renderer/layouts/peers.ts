/**
 * The windows of one workstation, among themselves: who is there, which symbol a link group shows, and panels that return
 * when their window closes. The engine has no part in it. Works wherever windows share an origin, on the desktop as well.
 */
import { WINDOW_ROLES, type WindowRole } from '#protocol';
import { panelsOfDock, type PanelState } from './dock-layout.ts';
import type { WindowLayout } from './window-layout.ts';

export interface Peer {
  readonly id: string;
  readonly role: WindowRole;
  /** Kinds of panels it shows. */
  readonly kinds: readonly string[];
}

export type PeerMessage =
  /** `isAnswer`: not to be answered again. */
  | { readonly kind: 'hello'; readonly from: Peer; readonly isAnswer: boolean }
  /** The window goes; these panels want to be shown elsewhere, unless it was only reloaded. */
  | {
      readonly kind: 'bye';
      readonly from: Peer;
      readonly panels: readonly PanelState[];
      readonly home: string;
      readonly isFinal: boolean;
    }
  | { readonly kind: 'pick'; readonly topic: string; readonly name: string };

/** What carries messages to the other windows; a BroadcastChannel in the product. */
export interface PeerChannel {
  post(message: PeerMessage): void;
  listen(listener: (message: PeerMessage) => void): void;
}

export interface Peers {
  /** The others that are there now. */
  others(): readonly Peer[];
  /** This window shows these kinds of panels now. */
  shows(kinds: readonly string[]): void;
  onChange(listener: () => void): () => void;
  /** Panels of a window that closed, for this window to show. */
  onReturn(listener: (panels: readonly PanelState[], from: string) => void): () => void;
  /** This window goes. `isFinal`: for good, so that nobody waits whether it was only a reload. */
  leave(layout: WindowLayout | undefined, isFinal: boolean): void;
  pick(topic: string, name: string): void;
  onPick(listener: (topic: string, name: string) => void): () => void;
}

/** A reload is over by then. */
const RELOAD_MS = 2_000;

export function createPeers(given: Omit<Peer, 'kinds'>, channel: PeerChannel): Peers {
  let self: Peer = { ...given, kinds: [] };
  const others = new Map<string, Peer>();
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const changed = listenerSet<[]>();
  const returned = listenerSet<[readonly PanelState[], string]>();
  const picked = listenerSet<[string, string]>();
  const takeBack = (message: Extract<PeerMessage, { kind: 'bye' }>): void => {
    waiting.delete(message.from.id);
    if (takerOf(message.home, [self, ...others.values()]) === self.id) returned.tell(message.panels, message.from.id);
  };
  channel.listen((message) => {
    if (!isPeerMessage(message)) return;
    if (message.kind === 'pick') return picked.tell(message.topic, message.name);
    const { id } = message.from;
    clearTimeout(waiting.get(id));
    waiting.delete(id);
    if (message.kind === 'hello') {
      others.set(id, message.from);
      if (!message.isAnswer) channel.post({ kind: 'hello', from: self, isAnswer: true });
    } else {
      others.delete(id);
      if (message.panels.length > 0) {
        if (message.isFinal) takeBack(message);
        else
          waiting.set(
            id,
            setTimeout(() => takeBack(message), RELOAD_MS),
          );
      }
    }
    changed.tell();
  });
  channel.post({ kind: 'hello', from: self, isAnswer: false });
  return {
    others: () => [...others.values()],
    shows: (kinds) => {
      if (kinds.join() === self.kinds.join()) return;
      self = { ...self, kinds };
      channel.post({ kind: 'hello', from: self, isAnswer: true });
    },
    onChange: changed.add,
    onReturn: returned.add,
    leave: (layout, isFinal) => {
      const panels = self.role === 'panel' && layout !== undefined ? panelsOfDock(layout.dock) : [];
      channel.post({ kind: 'bye', from: self, panels, home: layout?.home ?? '', isFinal });
    },
    pick: (topic, name) => channel.post({ kind: 'pick', topic, name }),
    onPick: picked.add,
  };
}

/** Every window comes to the same answer: home when it is there, else the first window with a layout of its own. */
export function takerOf(home: string, windows: readonly Pick<Peer, 'id' | 'role'>[]): string | undefined {
  if (windows.some(({ id }) => id === home)) return home;
  const able = windows.filter(({ role }) => role !== 'panel' && role !== 'status');
  return able.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))[0];
}

export function broadcastPeers(): PeerChannel {
  const channel = new BroadcastChannel('drover.windows');
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => channel.addEventListener('message', (event) => listener(event.data as PeerMessage)),
  };
}

/** Another version of the page may be open in another window. */
function isPeerMessage(value: unknown): value is PeerMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, from, panels, topic, name } = value as Record<string, unknown>;
  if (kind === 'pick') return typeof topic === 'string' && typeof name === 'string';
  if (kind !== 'hello' && kind !== 'bye') return false;
  if (typeof from !== 'object' || from === null) return false;
  const { id, role, kinds } = from as Record<string, unknown>;
  if (typeof id !== 'string' || !Array.isArray(kinds) || !(WINDOW_ROLES as readonly unknown[]).includes(role))
    return false;
  return kind === 'hello' || Array.isArray(panels);
}

export function listenerSet<A extends readonly unknown[]>() {
  const listeners = new Set<(...args: A) => void>();
  return {
    add: (listener: (...args: A) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell: (...args: A): void => {
      for (const listener of [...listeners]) listener(...args);
    },
  };
}
