/**
 * What a restart hands to the kernel when the tape lost inputs that the journal or the exits file still know something of
 * (docs/specs/recovery.md). Plain data: it is recorded as the body of the `adopt` command, so that a replay does the same.
 */
import type { Order } from '../model/order.ts';
import type { JournalKind } from '../ports/journal.ts';
import type { EpochUs, InputNo, Micros } from '../model/units.ts';
import type { TradeRecord } from '../positions/trade-record.ts';
import type { RangeSteps } from './session-facts.ts';

/** A journal record whose input is lost. */
export interface LostRecord {
  readonly seq: number;
  readonly atUs: number;
  readonly kind: JournalKind;
  readonly id: string;
  readonly cause: string;
  readonly symbol: string;
  readonly body: unknown;
}

/** Trades that are open or opening and their orders, as the exits file keeps them. Symbol ids in them mean nothing. */
export interface ExitsBooks {
  readonly trades: readonly TradeRecord[];
  readonly orders: readonly Order[];
}

/** How far a trade went in our favour, as the exits file last knew it: what a trailing stop hangs from. */
export interface TradePeak {
  readonly id: string;
  readonly peakBid: Micros;
  readonly peakUs: EpochUs;
  readonly troughBid: Micros;
}

/** The kernel begins anew with this input: what lies before it on the tape was not run (docs/specs/recovery.md, AFR1..). */
export interface Afresh {
  /** In the order of the recording so far: ids stay what they were. */
  readonly names: readonly string[];
  /** Last input on the tape that was not run. */
  readonly afterInputNo: InputNo;
  readonly peaks: readonly TradePeak[];
}

export interface Adoption {
  /** In order of sequence; only kinds that change the books. */
  readonly records: readonly LostRecord[];
  /** First sequence number that is free in the journal. */
  readonly nextSeq: number;
  /** Ids continue here. */
  readonly idsFrom: number;
  /** Given when the exits file is younger than the journal. */
  readonly exits: ExitsBooks | null;
  /** Market data between these times is missing from the view; null when none is. */
  readonly gapFromUs: number | null;
  /** Present when the kernel begins anew here. */
  readonly afresh?: Afresh;
}

/** Part of the earlier day in figures: rows of DAY_FACT_COLUMNS by name. */
export interface EarlierDay {
  readonly rows: readonly (readonly [string, readonly (number | null)[]])[];
  /** When the recorded day began. */
  readonly fromUs: EpochUs;
  readonly isLast: boolean;
}

/** How the opening ranges of the earlier part of the day grew, by name. */
export interface EarlierRanges {
  readonly rows: readonly (readonly [string, RangeSteps])[];
  readonly isLast: boolean;
}

/** Id of the notes that keep what a strategy remembered of a symbol when it wanted to buy it. */
export const MEMORY_NOTE = 'memory';

export interface MemoryNote {
  readonly code: 'strategy-memory';
  readonly strategy: string;
  /** Values as text: what is not finite is kept as well. */
  readonly memory: readonly (readonly [string, string])[];
}

export interface AdoptionResult {
  readonly orders: number;
  readonly fills: number;
  readonly problems: readonly string[];
}

/** Records that a fold of the books needs. */
export const ADOPTED_KINDS: ReadonlySet<JournalKind> = new Set([
  'signal',
  'intent',
  'order',
  'fill',
  'trade',
  'command',
  'risk',
]);

/** A day has fewer orders than this, so the next multiple was never reached by an id that nobody remembers. */
const ID_STEP = 100_000;

/** The number at which ids continue after a loss, given the highest counter that is known. */
export function idsAfterLoss(highest: number): number {
  return (Math.floor(highest / ID_STEP) + 1) * ID_STEP;
}

/** The counter in an id such as RUN-O1z, RUN-T3 or RUN-s12; 0 for anything else. */
export function counterOf(id: string): number {
  const match = /-(?:([OTQ])([0-9a-z]+)|s(\d+))$/.exec(id);
  if (match === null) return 0;
  const value = match[1] === undefined ? Number(match[3]) : Number.parseInt(match[2] ?? '', 36);
  return Number.isSafeInteger(value) ? value : 0;
}
