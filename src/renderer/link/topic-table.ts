/**
 * The topics this window follows: reference counts, cursors, and the checks that turn a gap or a new epoch into a fresh
 * snapshot. Knows nothing of lines and retries.
 */
import { epochNumber, FrameType, readJsonFrame, readRowsFrame, type ClientMessage, type ConflatedFrame, type LosslessFrame, type Topic } from '#protocol';
import type { LinkCounters, LosslessHandler, RowsHandler } from './engine-link.ts';
import { textCodec } from './text-codec.ts';

/** Asking again sooner than this cannot help and would load an engine that is already in trouble. */
const RESNAPSHOT_EVERY_MS = 1_000;
/** Rows a second; the display does not use more. */
const MARKET_HZ = 10;

type ValueListener = (value: unknown, frame: ConflatedFrame) => void;

interface Entry {
  readonly topic: Topic;
  readonly key: string | undefined;
  readonly rows: Set<RowsHandler>;
  readonly values: Set<ValueListener>;
  readonly events: Set<LosslessHandler<unknown>>;
  latest: ConflatedFrame | undefined;
  /** Sequence the next lossless item must have; 0 before the first frame of this epoch. */
  next: number;
  /** Frames are ignored until a snapshot comes. */
  isAwaitingSnapshot: boolean;
  askedMs: number;
}

export interface TopicTable {
  readonly market: (handler: RowsHandler) => () => void;
  readonly value: (topic: Topic, listener: ValueListener, key: string | undefined) => () => void;
  readonly events: (topic: Topic, handler: LosslessHandler<unknown>) => () => void;
  /** The engine said welcome: subscribe to everything, resuming what can be resumed. */
  readonly welcome: (epoch: string) => void;
  readonly disconnected: () => void;
  readonly symbols: (epoch: string, first: number, names: readonly string[]) => void;
  /** Takes one frame in; returns its number for the ack, or 0. */
  readonly take: (bytes: Uint8Array) => number;
  /** Asks again for snapshots that have not come. */
  readonly tick: () => void;
}

export function createTopicTable(options: {
  readonly send: (message: ClientMessage) => void;
  readonly nowMs: () => number;
  readonly counters: LinkCounters;
  readonly onFault: (error: unknown) => void;
}): TopicTable {
  const { send, nowMs, counters } = options;
  const entries = new Map<string, Entry>();
  const names: string[] = [];
  let epoch = '';
  let isWelcome = false;
  let lastFrame = 0;

  const idOf = (topic: Topic, key: string | undefined): string => (key === undefined ? topic : `${topic} ${key}`);
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      options.onFault(error);
    }
  };

  const subscribe = (entry: Entry, isResume: boolean): void => {
    entry.askedMs = nowMs();
    if (!isWelcome) return;
    const key = entry.key === undefined ? {} : { key: entry.key };
    const hz = entry.topic === 'market' ? { hz: MARKET_HZ } : {};
    const resume = isResume && entry.next > 0 ? { epoch, after: entry.next - 1 } : {};
    entry.isAwaitingSnapshot = entry.topic === 'market' || (entry.events.size > 0 && !('after' in resume));
    send({ kind: 'subscribe', topic: entry.topic, ...key, ...hz, ...resume });
  };
  const unsubscribe = (entry: Entry): void => {
    if (isWelcome) send({ kind: 'unsubscribe', topic: entry.topic, ...(entry.key === undefined ? {} : { key: entry.key }) });
  };
  const resnapshot = (entry: Entry): void => {
    entry.isAwaitingSnapshot = true;
    entry.next = 0;
    if (nowMs() - entry.askedMs < RESNAPSHOT_EVERY_MS) return;
    unsubscribe(entry);
    subscribe(entry, false);
  };

  const enter = (topic: Topic, key: string | undefined, add: (entry: Entry) => void, remove: (entry: Entry) => void): (() => void) => {
    const id = idOf(topic, key);
    let entry = entries.get(id);
    const isNew = entry === undefined;
    entry ??= { topic, key, rows: new Set(), values: new Set(), events: new Set(), latest: undefined, next: 0, isAwaitingSnapshot: false, askedMs: 0 };
    entries.set(id, entry);
    const joined = entry;
    add(joined);
    // A second follower of a topic made of changes needs what the first one already has.
    if (isNew) subscribe(joined, false);
    else if (joined.values.size === 0) {
      joined.askedMs = 0;
      resnapshot(joined);
    }
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      remove(joined);
      if (joined.rows.size + joined.values.size + joined.events.size > 0) return;
      entries.delete(id);
      unsubscribe(joined);
    };
  };

  /** Notes a frame's number; true when frames before it are missing. */
  const isAfterGap = (frame: number): boolean => {
    const isGap = lastFrame !== 0 && frame !== lastFrame + 1;
    lastFrame = frame;
    if (isGap) counters.gaps += 1;
    return isGap;
  };

  const takeRows = (bytes: Uint8Array): number => {
    const frame = readRowsFrame(bytes);
    if (!frame) return refuse();
    const isGap = isAfterGap(frame.frame);
    const entry = entries.get('market');
    if (!entry) return frame.frame;
    if (frame.epoch !== epochNumber(epoch)) {
      counters.gaps += 1;
      resnapshot(entry);
      return frame.frame;
    }
    if (frame.snapshot) {
      entry.isAwaitingSnapshot = false;
      counters.snapshots += 1;
    } else if (isGap || entry.isAwaitingSnapshot) {
      resnapshot(entry);
      return frame.frame;
    }
    for (const handler of entry.rows) guarded(() => handler.rows(frame));
    return frame.frame;
  };

  const takeValue = (bytes: Uint8Array): number => {
    const frame = readJsonFrame(bytes, textCodec) as ConflatedFrame | null | undefined;
    if (!frame || typeof frame !== 'object' || typeof frame.topic !== 'string' || !Number.isInteger(frame.frame)) return refuse();
    isAfterGap(frame.frame);
    const entry = entries.get(idOf(frame.topic, frame.key));
    if (!entry || frame.epoch !== epoch) return frame.frame;
    entry.latest = frame;
    for (const listener of entry.values) guarded(() => listener(frame.value, frame));
    return frame.frame;
  };

  const takeEvents = (bytes: Uint8Array): number => {
    const frame = readJsonFrame(bytes, textCodec) as LosslessFrame | null | undefined;
    const isWhole = frame && typeof frame === 'object' && Array.isArray(frame.items) && Number.isInteger(frame.first) && Number.isInteger(frame.frame);
    if (!isWhole) return refuse();
    isAfterGap(frame.frame);
    const entry = entries.get(frame.topic);
    if (!entry || frame.epoch !== epoch) return frame.frame;
    let { items, first } = frame;
    if (frame.snapshot) {
      entry.isAwaitingSnapshot = false;
      counters.snapshots += 1;
    } else {
      if (entry.isAwaitingSnapshot || (entry.next > 0 && first > entry.next)) {
        if (!entry.isAwaitingSnapshot) counters.gaps += 1;
        resnapshot(entry);
        return frame.frame;
      }
      const repeated = entry.next > 0 ? Math.min(items.length, entry.next - first) : 0;
      items = items.slice(repeated);
      first += repeated;
      if (items.length === 0) return frame.frame;
    }
    entry.next = first + items.length;
    for (const handler of entry.events) guarded(() => handler.items(items, first, frame.snapshot));
    return frame.frame;
  };

  const refuse = (): number => {
    counters.badFrames += 1;
    return 0;
  };

  return {
    market: (handler) => {
      const leave = enter('market', undefined, (entry) => entry.rows.add(handler), (entry) => entry.rows.delete(handler));
      if (names.length > 0) handler.symbols(0, names);
      return leave;
    },
    value: (topic, listener, key) => {
      const leave = enter(topic, key, (entry) => entry.values.add(listener), (entry) => entry.values.delete(listener));
      const latest = entries.get(idOf(topic, key))?.latest;
      if (latest) listener(latest.value, latest);
      return leave;
    },
    events: (topic, handler) => enter(topic, undefined, (entry) => entry.events.add(handler), (entry) => entry.events.delete(handler)),
    welcome: (newEpoch) => {
      isWelcome = true;
      lastFrame = 0;
      const isNewEpoch = newEpoch !== epoch;
      epoch = newEpoch;
      names.length = 0;
      for (const entry of entries.values()) {
        if (isNewEpoch) {
          entry.next = 0;
          entry.latest = undefined;
          for (const handler of entry.rows) guarded(handler.reset);
        }
        subscribe(entry, !isNewEpoch);
      }
    },
    disconnected: () => {
      isWelcome = false;
    },
    symbols: (ofEpoch, first, more) => {
      if (ofEpoch !== epoch) return;
      for (let i = 0; i < more.length; i++) names[first + i] = more[i] as string;
      for (const handler of entries.get('market')?.rows ?? []) guarded(() => handler.symbols(first, more));
    },
    take: (bytes) => {
      if (bytes[0] === FrameType.rows) return takeRows(bytes);
      if (bytes[0] === FrameType.value) return takeValue(bytes);
      if (bytes[0] === FrameType.events) return takeEvents(bytes);
      return refuse();
    },
    tick: () => {
      if (!isWelcome) return;
      for (const entry of entries.values()) if (entry.isAwaitingSnapshot) resnapshot(entry);
    },
  };
}
