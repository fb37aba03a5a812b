/**
 * Topics. Conflated: last value wins, at most at display rate. Lossless: numbered, resumable. Bulk data is asked for by
 * command. Every frame carries the epoch (new with each engine start) and a sequence; a gap or a new epoch means: drop
 * what you have and wait for the snapshot that follows by itself.
 */
export type ConflatedTopic =
  | 'market'
  | 'health'
  | 'account'
  | 'positions'
  | 'working-orders'
  | 'strategies'
  | 'risk'
  | 'symbol'
  | 'near-misses';
export type LosslessTopic = 'console' | 'alerts' | 'trades' | 'scanner';
export type Topic = ConflatedTopic | LosslessTopic;

/** Engine side bounds, stated here because windows size their stores by them. */
export const CONSOLE_KEEP = 100_000;
export const LOSSLESS_KEEP: Readonly<Record<LosslessTopic, number>> = {
  console: 20_000,
  alerts: 2_000,
  trades: 20_000,
  scanner: 5_000,
};
/** Unacknowledged frames a window may have in flight before its conflated topics collapse. */
export const CREDIT_FRAMES = 4;
/** Lossless frames that may wait for a stalled window before it is resnapshotted. */
export const LOSSLESS_QUEUE_FRAMES = 256;

export type ClientMessage =
  | { readonly kind: 'hello'; readonly version: number }
  /** `key` narrows a topic: the ticker for 'symbol'. `after` resumes a lossless topic after that sequence of `epoch`. */
  | {
      readonly kind: 'subscribe';
      readonly topic: Topic;
      readonly key?: string;
      readonly epoch?: string;
      readonly after?: number;
      readonly hz?: number;
    }
  | { readonly kind: 'unsubscribe'; readonly topic: Topic; readonly key?: string }
  /** Gives credit back: the newest frame number this window has taken in. */
  | { readonly kind: 'ack'; readonly frame: number };

export type ServerMessage =
  | { readonly kind: 'welcome'; readonly version: number; readonly epoch: string; readonly engine: EngineInfo }
  | { readonly kind: 'symbols'; readonly epoch: string; readonly first: number; readonly names: readonly string[] }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

export interface EngineInfo {
  readonly version: string;
  readonly feed: string;
  readonly broker: string;
  readonly isLive: boolean;
  readonly account: string;
  readonly pid: number;
  readonly startedUs: number;
  /** Where the engine keeps its days. */
  readonly dataDir?: string;
}

export interface LosslessFrame<T = unknown> {
  readonly topic: LosslessTopic;
  readonly epoch: string;
  /** Transport frame number, for acks. */
  readonly frame: number;
  /** Sequence of the first item; items are consecutive. */
  readonly first: number;
  /** True when this frame starts a fresh snapshot: forget what you have. */
  readonly snapshot: boolean;
  readonly items: readonly T[];
}

export interface ConflatedFrame<T = unknown> {
  readonly topic: ConflatedTopic;
  readonly key?: string;
  readonly epoch: string;
  readonly frame: number;
  readonly atUs: number;
  readonly value: T;
}
