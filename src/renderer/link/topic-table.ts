/**
 * Takes the frames of followed topics in: cursors, and the checks that turn a gap or a new epoch into a fresh snapshot.
 * Knows nothing of lines and retries.
 */
import {
  epochNumber,
  FrameType,
  readJsonFrame,
  readRowsFrame,
  type ClientMessage,
  type ConflatedFrame,
  type LosslessFrame,
  type Topic,
} from '#protocol';
import type { LinkCounters, LosslessHandler, RowsHandler } from './engine-link.ts';
import { textCodec } from './text-codec.ts';
import { createTopicSubscriptions, type ValueListener } from './topic-subscriptions.ts';

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
  const subscriptions = createTopicSubscriptions(send, nowMs);
  const names: string[] = [];
  let epoch = '';
  let lastFrame = 0;

  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      options.onFault(error);
    }
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
    const entry = subscriptions.find('market');
    if (!entry) return frame.frame;
    if (frame.epoch !== epochNumber(epoch)) {
      counters.gaps += 1;
      subscriptions.resnapshot(entry);
      return frame.frame;
    }
    if (frame.snapshot) {
      entry.isAwaitingSnapshot = false;
      counters.snapshots += 1;
    } else if (isGap || entry.isAwaitingSnapshot) {
      subscriptions.resnapshot(entry);
      return frame.frame;
    }
    for (const handler of entry.rows) guarded(() => handler.rows(frame));
    return frame.frame;
  };

  const takeValue = (bytes: Uint8Array): number => {
    const frame = readJsonFrame(bytes, textCodec) as ConflatedFrame | null | undefined;
    if (!frame || typeof frame !== 'object' || typeof frame.topic !== 'string' || !Number.isInteger(frame.frame))
      return refuse();
    isAfterGap(frame.frame);
    const entry = subscriptions.find(frame.topic, frame.key);
    if (!entry || frame.epoch !== epoch) return frame.frame;
    entry.latest = frame;
    for (const listener of entry.values) guarded(() => listener(frame.value, frame));
    return frame.frame;
  };

  const takeEvents = (bytes: Uint8Array): number => {
    const frame = readJsonFrame(bytes, textCodec) as LosslessFrame | null | undefined;
    const isWhole =
      frame &&
      typeof frame === 'object' &&
      Array.isArray(frame.items) &&
      Number.isInteger(frame.first) &&
      Number.isInteger(frame.frame);
    if (!isWhole) return refuse();
    isAfterGap(frame.frame);
    const entry = subscriptions.find(frame.topic);
    if (!entry || frame.epoch !== epoch) return frame.frame;
    let { items, first } = frame;
    if (frame.snapshot) {
      entry.isAwaitingSnapshot = false;
      counters.snapshots += 1;
    } else {
      if (entry.isAwaitingSnapshot || (entry.next > 0 && first > entry.next)) {
        if (!entry.isAwaitingSnapshot) counters.gaps += 1;
        subscriptions.resnapshot(entry);
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
      const leave = subscriptions.enter(
        'market',
        undefined,
        (entry) => entry.rows.add(handler),
        (entry) => entry.rows.delete(handler),
      );
      if (names.length > 0) handler.symbols(0, names);
      return leave;
    },
    value: (topic, listener, key) => {
      const leave = subscriptions.enter(
        topic,
        key,
        (entry) => entry.values.add(listener),
        (entry) => entry.values.delete(listener),
      );
      const latest = subscriptions.find(topic, key)?.latest;
      if (latest) listener(latest.value, latest);
      return leave;
    },
    events: (topic, handler) =>
      subscriptions.enter(
        topic,
        undefined,
        (entry) => entry.events.add(handler),
        (entry) => entry.events.delete(handler),
      ),
    welcome: (newEpoch) => {
      lastFrame = 0;
      const isNewEpoch = newEpoch !== epoch;
      epoch = newEpoch;
      names.length = 0;
      for (const entry of isNewEpoch ? subscriptions.all() : []) {
        entry.next = 0;
        entry.latest = undefined;
        for (const handler of entry.rows) guarded(handler.reset);
      }
      subscriptions.open(epoch, !isNewEpoch);
    },
    disconnected: subscriptions.close,
    symbols: (ofEpoch, first, more) => {
      if (ofEpoch !== epoch) return;
      for (let i = 0; i < more.length; i++) names[first + i] = more[i] as string;
      for (const handler of subscriptions.find('market')?.rows ?? []) guarded(() => handler.symbols(first, more));
    },
    take: (bytes) => {
      if (bytes[0] === FrameType.rows) return takeRows(bytes);
      if (bytes[0] === FrameType.value) return takeValue(bytes);
      if (bytes[0] === FrameType.events) return takeEvents(bytes);
      return refuse();
    },
    tick: () => {
      for (const entry of subscriptions.all()) if (entry.isAwaitingSnapshot) subscriptions.resnapshot(entry);
    },
  };
}
