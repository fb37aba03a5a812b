/** Values of the small conflated topics, and items of the lossless ones. Times are epoch microseconds, money micro-dollars. */
export interface HealthValue {
  readonly nowUs: number;
  readonly phase: 'closed' | 'pre' | 'regular' | 'post' | 'overnight';
  readonly phaseEndsUs: number | null;
  readonly engineState: 'starting' | 'recovering' | 'reconciling' | 'running' | 'stopping';
  readonly feed: {
    readonly name: string;
    readonly state: string;
    readonly detail: string;
    readonly eventsPerSecond: number;
    readonly eventsTotal: number;
    readonly lagMs: number;
    readonly lagMaxMs: number;
    readonly gaps: number;
    readonly openGap: boolean;
    readonly dropped: number;
    readonly badEvents: number;
    /** Frames that came a second time and were not counted again. */
    readonly repeatedFrames?: number;
    readonly ringUsed: number;
    /** A sentence when something is wrong for this hour of day, else ''. */
    readonly alarm: string;
  };
  readonly kernel: {
    readonly load: number;
    readonly inputNo: number;
    readonly laneP50Us: number;
    readonly laneP99Us: number;
    readonly queue: number;
  };
  readonly memory: { readonly rssBytes: number; readonly heapBytes: number };
  readonly symbols: number;
  readonly isAuto: boolean;
  readonly broker: {
    readonly name: string;
    readonly account: string;
    readonly isLive: boolean;
    readonly state: string;
  };
  readonly clients: number;
  /** What the health page shows beyond the strip; absent while the engine starts. */
  readonly detail?: HealthDetail;
}

/** A hole in the market data of today. */
export interface GapView {
  readonly startUs: number;
  /** Null while it is open. */
  readonly endUs: number | null;
  readonly reason: string;
  readonly framesLost: number;
}

/** Newest gaps that are told; older ones are in the journal. */
export const GAPS_TOLD = 100;

export interface HealthDetail {
  /** Lag of market data over the last window of about ten seconds, microseconds; null without data. */
  readonly lag: { readonly p50Us: number; readonly p99Us: number; readonly maxUs: number } | null;
  /** Oldest first, at most GAPS_TOLD. */
  readonly gaps: readonly GapView[];
  /** Pauses of the kernel thread for collecting garbage, since start. */
  readonly gc: {
    readonly pauses: number;
    readonly totalMs: number;
    readonly maxMs: number;
    readonly lastMinuteMs: number;
  };
  /** Null until the store has reported. */
  readonly store: {
    readonly tapeBytes: number;
    readonly tapeEvents: number;
    readonly freeBytes: number | null;
    readonly commits: number;
    readonly records: number;
    /** 'ok', or what is wrong with it. */
    readonly tape: string;
    readonly journal: string;
  } | null;
  /** The kernel's pause for taking a picture of its state, milliseconds; `atUs` null before the first is on disk. */
  readonly checkpoint: { readonly atUs: number | null; readonly pauseMs: number; readonly pauseMaxMs: number };
  readonly start?: StartView;
}

/** How the engine came up. Times are milliseconds since its process began, null while not reached. */
export interface StartView {
  /** What is being done: reading the exits file, bringing the market view back, asking the broker; or all is done. */
  readonly stage: 'exits-file' | 'market' | 'reconciling' | 'running';
  readonly exitsFileMs: number | null;
  /** Open positions by the exits file. */
  readonly positions: number;
  /** Every exit plan is judged from here on. */
  readonly exitCheckMs: number | null;
  /** The market view has the whole day; null while running: the start began anew and strategies wait for the earlier day. */
  readonly viewMs: number | null;
  /** The broker agrees; entries may go on. */
  readonly entriesMs: number | null;
  /** Replayed from the tape. */
  readonly inputs: number;
  readonly events: number;
  /** The input the checkpoint was taken after; null without one. */
  readonly checkpointInputNo: number | null;
}

export type Severity = 'debug' | 'info' | 'notice' | 'warn' | 'danger';

export interface ConsoleItem {
  readonly seq: number;
  readonly atUs: number;
  readonly kind: string;
  readonly severity: Severity;
  readonly text: string;
  readonly symbol?: string;
  readonly strategy?: string;
  readonly tradeId?: string;
}
