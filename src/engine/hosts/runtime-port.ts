/**
 * What the gateway needs from a running engine. The kernel host implements it over its threads; tests implement it with a
 * small true market of their own. The gateway reads market rows straight from shared memory and asks for nothing else often.
 */
import type { ConflatedTopic, EngineInfo, LosslessTopic } from '#protocol';
import type { ViewColumns } from '../market/view-columns.ts';
import type { FeedThreadOptions } from './feed-thread.ts';

/** A checkpoint is due after this much wall time or these many market events, and never sooner than `apartMs` after the last. */
export interface CheckpointPace {
  readonly everyMs: number;
  readonly everyEvents: number;
  readonly apartMs: number;
}

export interface EngineOptions {
  readonly dataDir: string;
  /** `sim`, `massive`, `massive:ws://host:port`, `replay:DIR@DAY`, `scaled:DIR@DAY`; already checked by feed-spec.ts. */
  readonly feed: string;
  /** `paper`, `ibkr:paper`, `ibkr:live`. */
  readonly broker: string;
  readonly seed: number;
  /** Simulated or replayed seconds a real second. */
  readonly speed: number;
  /** Symbols of the simulated market. */
  readonly symbols: number;
  /** Simulated events a second; null follows the hour of the day. */
  readonly rate: number | null;
  readonly strategiesDir?: string;
  /** Auto trading is on from the start; off unless asked for. */
  readonly auto?: boolean;
  /** HH:MM New York time at which a simulated day begins; 09:25 when absent. */
  readonly start?: string;
  /** YYYY-MM-DD of a simulated day; the latest trading day when absent. */
  readonly simDay?: string;
  /** Modes of strategies that differ from the defaults, by name. */
  readonly strategyModes?: Readonly<Record<string, 'enabled' | 'shadow' | 'off'>>;
  /** Parameters of strategies that differ from the defaults. */
  readonly strategyParams?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Timeouts and the like of the connection to a vendor; the defaults when absent. */
  readonly feedThread?: FeedThreadOptions;
  /** Checkpoints more often than usual, for drills. */
  readonly checkpoints?: CheckpointPace;
  /** Compressed tape a start with a real feed runs again before it watches exits; the usual measure when absent. */
  readonly replayBytesMax?: number;
  /** Id of the run; made from the clock when absent. Two runs with the same id and input give the same ids. */
  readonly runId?: string;
}

export type EngineExit = { readonly kind: 'exit' | 'crash'; readonly message: string };

/** What the machine does that an engine wants to know: a sleep is a gap in the feed. */
export type PowerEvent = 'suspend' | 'resume' | 'on-battery' | 'on-ac' | 'shutdown';

/** The whole market at an instant of the recorded day. */
export interface PastMarket {
  readonly view: ViewColumns;
  readonly rows: number;
  readonly atUs: number;
  /** The instants that can be asked for so far. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly tookMs: number;
}

export interface EngineRuntime {
  readonly info: EngineInfo;
  /** New with each start. */
  readonly epoch: string;
  /** Shared memory; the row index is the SymbolId; view.version[row] changes after each change of the row. */
  readonly view: ViewColumns;
  /** Names known so far. */
  readonly symbolCount: () => number;
  /** Names from id `first` on. */
  readonly symbolNames: (first: number) => readonly string[];
  onEvent(listener: (topic: LosslessTopic, items: readonly unknown[]) => void): () => void;
  /** The latest value of a small topic; `key` as in watch. */
  onValue(listener: (topic: ConflatedTopic, key: string | undefined, value: unknown) => void): () => void;
  /** Somebody looks at this topic now. Called once for any number of lookers. */
  watch(topic: ConflatedTopic, key: string | undefined): void;
  /** Nobody looks at this topic any more. */
  unwatch(topic: ConflatedTopic, key: string | undefined): void;
  /** `args` is plain data that passed the command's schema. Rejects with a PlainError. */
  command(name: string, args: unknown): Promise<unknown>;
  onExit(listener: (reason: EngineExit) => void): () => void;
  power?(event: PowerEvent): void;
  /** The market as of an instant of today; instants outside are moved to its ends. Rejects with a PlainError. */
  past?(atUs: number): Promise<PastMarket>;
  stop(): Promise<void>;
}

export type StartEngine = (options: EngineOptions) => Promise<EngineRuntime>;
