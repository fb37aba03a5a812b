/** What travels between the engine's main thread and the history worker. Plain data and shared memory. */
import type { RetentionPolicy } from '../../adapters/store/retention.ts';
import type { EarlierRanges } from '../../kernel/adoption.ts';
import type { EarlierFigures, PastView, ScrubDeskOptions } from './scrub-desk.ts';

export interface HistoryWorkerData {
  readonly scrub: ScrubDeskOptions;
  /** Null: old days stay as they are. */
  readonly retention: RetentionPolicy | null;
  /** Days that must not be touched, beside the current one: their account is not reconciled. */
  readonly keepDays: readonly string[];
}

export type ToHistory =
  | { readonly kind: 'at'; readonly id: number; readonly us: number }
  /** The day up to an input in figures; answered when the tape has been read so far. */
  | { readonly kind: 'earlier'; readonly id: number; readonly untilInputNo: number }
  /** How its opening ranges grew. */
  | { readonly kind: 'ranges'; readonly id: number; readonly untilInputNo: number }
  | { readonly kind: 'stop' };

export type FromHistory =
  | { readonly kind: 'past'; readonly id: number; readonly past: PastView; readonly tookMs: number }
  | { readonly kind: 'earlier'; readonly id: number; readonly day: EarlierFigures }
  | { readonly kind: 'ranges'; readonly id: number; readonly rows: EarlierRanges['rows'] }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'say'; readonly severity: 'info' | 'warn'; readonly text: string };
