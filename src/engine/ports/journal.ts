/**
 * The journal: every decision and everything that happened to our money, in the order of the kernel's inputs. The kernel
 * appends; the journal worker commits in groups and reports how far it is on disk. An order leaves only when the record of
 * its intent is at or below that mark.
 */
import type { EpochUs, InputNo } from '../model/units.ts';

export type JournalKind =
  | 'run' // engine start: run id, versions, configuration hash, seed
  | 'signal'
  | 'decision' // terminal outcome of a candidate
  | 'intent' // an order about to leave
  | 'order' // order event (state change)
  | 'fill'
  | 'position'
  | 'trade' // a closed trade with its economics
  | 'command' // user command
  | 'config'
  | 'risk' // locks, limits, kill switch steps
  | 'broker' // broker event, as received (an input)
  | 'gap'
  | 'note';

export interface JournalRecord {
  /** 1.. without holes within a day's journal. */
  readonly seq: number;
  readonly inputNo: InputNo;
  readonly atUs: EpochUs;
  readonly kind: JournalKind;
  /** Id of the thing: order id, fill id, signal id ... */
  readonly id: string;
  /** Id of its cause, '' at the root of a chain. */
  readonly cause: string;
  /** Ticker, '' when none. */
  readonly symbol: string;
  readonly body: unknown;
}

export interface JournalSink {
  append(record: JournalRecord): void;
}
