/**
 * What the rest of the window knows of the connection to the engine, whatever carries it. One link a window. Topics are
 * counted: the first subscriber subscribes on the wire, the last one leaving unsubscribes.
 */
import type { Remote } from 'comlink';
import type { ConflatedFrame, ConflatedTopic, EngineCommands, EngineInfo, LosslessTopic, RowsFrame } from '#protocol';

/**
 * connecting: first attempt. live: frames arrive. stale: connected, yet nothing for a while. reconnecting: the connection
 * or the engine is gone and is being sought. stopped: the engine is not coming back by itself. version-mismatch: this
 * window and the engine are of different builds and will not talk.
 */
export type LinkState = 'connecting' | 'live' | 'stale' | 'reconnecting' | 'stopped' | 'version-mismatch';

export interface LinkStatus {
  readonly state: LinkState;
  /** One sentence for people; empty when there is nothing to say. */
  readonly message: string;
  /** Wall time of the newest frame, milliseconds; 0 before the first. */
  readonly lastFrameMs: number;
  readonly attempt: number;
  /** Wall time of the next attempt, milliseconds; 0 when none is planned. */
  readonly retryAtMs: number;
  readonly engine: EngineInfo | null;
  readonly epoch: string;
  /** Stopped because the engine runs but does not let this page in. */
  readonly isRefused: boolean;
}

/** Counters a health page shows; every fault the link healed by itself is visible here. */
export interface LinkCounters {
  frames: number;
  bytes: number;
  badFrames: number;
  gaps: number;
  snapshots: number;
  reconnects: number;
}

export interface RowsHandler {
  /** Names of rows `first`.. of this epoch. */
  readonly symbols: (first: number, names: readonly string[]) => void;
  readonly rows: (frame: RowsFrame) => void;
  /** The engine started anew: row numbers mean nothing any more. */
  readonly reset: () => void;
}

export interface LosslessHandler<T> {
  /** `snapshot`: forget what you have first. Items are consecutive from `first`, with nothing missing or repeated. */
  readonly items: (items: readonly T[], first: number, snapshot: boolean) => void;
}

export interface EngineLink {
  readonly commands: Remote<EngineCommands>;
  readonly counters: Readonly<LinkCounters>;
  status(): LinkStatus;
  onStatus(listener: (status: LinkStatus) => void): () => void;
  market(handler: RowsHandler): () => void;
  value<T>(
    topic: Exclude<ConflatedTopic, 'market'>,
    listener: (value: T, frame: ConflatedFrame<T>) => void,
    key?: string,
  ): () => void;
  events<T>(topic: LosslessTopic, handler: LosslessHandler<T>): () => void;
  /** Tries now instead of waiting for the back-off. */
  retryNow(): void;
  close(): void;
}

/** Carries frames. A self-healing line opens again by itself after it closed; the others are made anew by the link. */
export interface Line {
  send(frame: Uint8Array): void;
  close(): void;
  /** The user does not want to wait. */
  retry?(): void;
}

export type LineEnd = 'stopped' | 'refused';

export interface LineEvents {
  readonly open: () => void;
  readonly frame: (bytes: Uint8Array) => void;
  /**
   * `message` is a sentence. `end`: no use in trying again, because the engine is stopped, or runs but refuses this page.
   * May be called again with news.
   */
  readonly closed: (message: string, end?: LineEnd) => void;
}

export interface Connector {
  readonly isSelfHealing: boolean;
  connect(events: LineEvents): Line;
}

/** A frame older than this on a connected line makes it stale. */
export const STALE_AFTER_MS = 2_000;
/** A line that opened and says nothing for this long is given up. */
export const WELCOME_WITHIN_MS = 8_000;
