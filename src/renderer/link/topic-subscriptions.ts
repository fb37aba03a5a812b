/** The wire side of following topics: reference counts, and asking for (new) snapshots within reason. */
import type { ClientMessage, ConflatedFrame, Topic } from '#protocol';
import type { LosslessHandler, RowsHandler } from './engine-link.ts';

/** Asking again sooner than this cannot help and would load an engine that is already in trouble. */
const RESNAPSHOT_EVERY_MS = 1_000;
/** Rows a second; the display does not use more. */
const MARKET_HZ = 5;

export type ValueListener = (value: unknown, frame: ConflatedFrame) => void;

export interface TopicEntry {
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

export interface TopicSubscriptions {
  readonly all: () => Iterable<TopicEntry>;
  readonly find: (topic: Topic, key?: string) => TopicEntry | undefined;
  /** Follows a topic; `add` and `remove` keep the follower in its entry. Returns the way out. */
  readonly enter: (
    topic: Topic,
    key: string | undefined,
    add: (entry: TopicEntry) => void,
    remove: (entry: TopicEntry) => void,
  ) => () => void;
  /** Asks for a fresh start, at most once a second. */
  readonly resnapshot: (entry: TopicEntry) => void;
  /** The engine listens (again): every topic is subscribed, resumed when `isSameEpoch`. */
  readonly open: (epoch: string, isSameEpoch: boolean) => void;
  readonly close: () => void;
}

export function createTopicSubscriptions(
  send: (message: ClientMessage) => void,
  nowMs: () => number,
): TopicSubscriptions {
  const entries = new Map<string, TopicEntry>();
  let epoch = '';
  let isOpen = false;
  const idOf = (topic: Topic, key: string | undefined): string => (key === undefined ? topic : `${topic} ${key}`);

  const subscribe = (entry: TopicEntry, isResume: boolean): void => {
    entry.askedMs = nowMs();
    if (!isOpen) return;
    const key = entry.key === undefined ? {} : { key: entry.key };
    const hz = entry.topic === 'market' ? { hz: MARKET_HZ } : {};
    const resume = isResume && entry.next > 0 ? { epoch, after: entry.next - 1 } : {};
    entry.isAwaitingSnapshot = entry.topic === 'market' || (entry.events.size > 0 && !('after' in resume));
    send({ kind: 'subscribe', topic: entry.topic, ...key, ...hz, ...resume });
  };
  const unsubscribe = (entry: TopicEntry): void => {
    if (isOpen)
      send({ kind: 'unsubscribe', topic: entry.topic, ...(entry.key === undefined ? {} : { key: entry.key }) });
  };
  const resnapshot = (entry: TopicEntry): void => {
    entry.isAwaitingSnapshot = true;
    entry.next = 0;
    if (nowMs() - entry.askedMs < RESNAPSHOT_EVERY_MS) return;
    unsubscribe(entry);
    subscribe(entry, false);
  };

  const enter = (
    topic: Topic,
    key: string | undefined,
    add: (entry: TopicEntry) => void,
    remove: (entry: TopicEntry) => void,
  ): (() => void) => {
    const id = idOf(topic, key);
    let entry = entries.get(id);
    const isNew = entry === undefined;
    entry ??= {
      topic,
      key,
      rows: new Set(),
      values: new Set(),
      events: new Set(),
      latest: undefined,
      next: 0,
      isAwaitingSnapshot: false,
      askedMs: 0,
    };
    entries.set(id, entry);
    const joined = entry;
    add(joined);
    // A second follower of a topic made of changes needs what the first one already has.
    if (isNew) subscribe(joined, false);
    else if (joined.values.size === 0) {
      joined.askedMs = 0;
      resnapshot(joined);
    }
    let isFollowing = true;
    return () => {
      if (!isFollowing) return;
      isFollowing = false;
      remove(joined);
      if (joined.rows.size + joined.values.size + joined.events.size > 0) return;
      entries.delete(id);
      unsubscribe(joined);
    };
  };

  return {
    all: () => entries.values(),
    find: (topic, key) => entries.get(idOf(topic, key)),
    enter,
    resnapshot,
    open: (newEpoch, isSameEpoch) => {
      epoch = newEpoch;
      isOpen = true;
      for (const entry of entries.values()) subscribe(entry, isSameEpoch);
    },
    close: () => {
      isOpen = false;
    },
  };
}
