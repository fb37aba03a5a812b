/** The one terminal outcome of a signal candidate: it fired, or the first gate that refused it. */
import type { CostEstimate } from './economics.ts';
import type { EpochUs, SymbolId } from './units.ts';

export type OutcomeCode =
  | 'fired'
  | 'rule'
  | 'economics'
  | 'size'
  | 'price'
  | 'risk'
  | 'session'
  | 'halt'
  | 'blind'
  | 'stale'
  | 'crossed'
  | 'cooldown'
  | 'budget'
  | 'auto-off'
  | 'already-owned'
  | 'locked'
  | 'kill'
  | 'reconciling'
  | 'clock-skew'
  | 'shadow'
  | 'expired';

export interface Outcome {
  readonly signalId: string;
  readonly code: OutcomeCode;
  /** The gate in particular, 'notional' or 'spread-cap' for example; '' when the code says it all. */
  readonly gate: string;
  /** The number that was judged and what it was judged against; NaN never, null when there is none. */
  readonly value: number | null;
  readonly limit: number | null;
  readonly strategy: string;
  readonly symbol: SymbolId;
  readonly atUs: EpochUs;
  /** Set when fired. */
  readonly tradeId: string;
  readonly costs: CostEstimate | null;
  readonly shares: number;
}
