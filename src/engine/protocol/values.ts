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
