/** What the store worker tells the engine: facts with a stable kind, for the health screen and the console. */
import type { EpochUs, InputNo } from '../../model/units.ts';
import type { CheckpointWritten } from './checkpoint-files.ts';
import type { JournalOpenReport } from './journal-sqlite.ts';
import type { StoreState } from './store-channel.ts';
import type { TapeDamage } from './tape-scan.ts';

export interface StoreStats {
  readonly atUs: EpochUs;
  readonly durableSeq: number;
  readonly commits: number;
  readonly records: number;
  readonly tapeBytes: number;
  readonly tapeEvents: number;
  readonly tapeInputs: number;
  readonly tapeSegment: number;
  readonly writtenInputNo: InputNo;
  readonly syncedInputNo: InputNo;
  /** Inputs handed in that an earlier run had on the tape already. */
  readonly repeatedInputs: number;
  readonly tapeRingBytes: number;
  readonly journalRingBytes: number;
  readonly freeBytes: number | null;
}

export type StoreReport =
  | {
      readonly kind: 'opened';
      readonly journal: JournalOpenReport;
      /** Highest journal sequence of the day on disk. */
      readonly lastSeq: number;
      readonly tapeDamage: readonly TapeDamage[];
      /** Highest input number of the day on the tape. */
      readonly lastInputNo: InputNo;
    }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'stats'; readonly stats: StoreStats }
  /** The journal cannot be written, or can again. `waiting` records are held and tried again. */
  | { readonly kind: 'journal'; readonly state: StoreState; readonly message: string; readonly waiting: number }
  | { readonly kind: 'tape'; readonly state: StoreState; readonly message: string }
  /** The copy of what is not on the tape yet cannot be written; '' when it can again. */
  | { readonly kind: 'front'; readonly message: string }
  /** The database was found damaged while in use and was put aside. */
  | { readonly kind: 'salvaged'; readonly journal: JournalOpenReport }
  /** Records handed in again with other content than on disk; the ones on disk stay. */
  | { readonly kind: 'conflict'; readonly seqs: readonly number[] }
  | {
      readonly kind: 'checkpoint';
      readonly result: CheckpointWritten;
      readonly inputNo: InputNo;
      readonly tookMs: number;
    }
  | { readonly kind: 'exits'; readonly code: string; readonly message: string }
  | { readonly kind: 'closed'; readonly stats: StoreStats };
