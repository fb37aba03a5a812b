/**
 * After a recovery: does the journal, or the exits file, know more than the tape gave back? Then inputs were lost, and what
 * was decided on them is taken over from there (docs/specs/recovery.md, ADO1..). Detection only; the kernel does the taking.
 */
import type { ExitsRead } from '../../adapters/store/exits-file.ts';
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import type { Adoption, Afresh, ExitsBooks, LostRecord } from '../../kernel/adoption.ts';
import { ADOPTED_KINDS, counterOf, idsAfterLoss, MEMORY_NOTE } from '../../kernel/adoption.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { recordsForAfresh } from './afresh.ts';
import type { RecoveryReport } from './recovery.ts';

export interface Takeover {
  readonly adoption: Adoption;
  /** Engine time at which the kernel goes on. */
  readonly atUs: number;
  /** All records taken over, of every kind, for the day's history. */
  readonly records: readonly JournalRecord[];
  /** What happened, in one sentence. */
  readonly sentence: string;
}

export interface TakeoverOptions {
  readonly dataDir: string;
  readonly day: string;
  readonly run: string;
  readonly kernel: Kernel;
  readonly report: RecoveryReport;
  /** Highest sequence of the day in the journal on disk. */
  readonly journalSeq: number;
  readonly exits: ExitsRead;
  /** The recording that this new one stands in for, because it cannot be read. */
  readonly replaces: string | null;
  /** The kernel begins anew: everything the journal knows of the day is taken over. */
  readonly afresh?: Afresh;
  /** Records of the day were lost from the journal: the exits file then fills in, also when it is the older one. */
  readonly hasJournalLost?: boolean;
}

/** What the exits file says beyond positions for people. */
interface ExitsState {
  readonly run?: string;
  readonly highestId?: number;
  readonly books?: ExitsBooks;
}

/** Null when nothing was lost that anybody remembers. */
export function planTakeover(options: TakeoverOptions): Takeover | null {
  const { kernel, report, journalSeq, afresh } = options;
  const replayedSeq = kernel.journal.nextSeq - 1;
  const exits = readExitsState(options);
  const exitsSeq = exits === null ? 0 : exits.seq;
  const isExitsAhead = exits !== null && exitsSeq > Math.max(journalSeq, replayedSeq);
  const isExitsWanted = afresh !== undefined && options.hasJournalLost === true;
  const isJournalAhead = journalSeq > replayedSeq;
  if (!isJournalAhead && !isExitsAhead && report.holeAtInputNo === null && afresh === undefined) return null;
  const records = isJournalAhead ? readRecords(options, replayedSeq + 1) : [];
  let highest = Math.max(kernel.highestId(), exits?.state.highestId ?? 0);
  let atUs = Math.max(
    kernel.nowUs,
    isExitsAhead ? exits.atUs : 0,
    afresh === undefined ? 0 : (report.resumeAfterUs ?? 0),
  );
  const lost: LostRecord[] = [];
  // The shadow desk plays with its own money: its lost trades are dropped, its ids are not given again.
  const shadow = `${options.run}S-`;
  for (const { inputNo: _inputNo, ...record } of records) {
    highest = Math.max(highest, counterOf(record.id), counterOf(record.cause));
    atUs = Math.max(atUs, record.atUs);
    // What a strategy remembers holds for both desks.
    if (record.id === MEMORY_NOTE || (ADOPTED_KINDS.has(record.kind) && isOwn(record, shadow))) lost.push(record);
  }
  const adoption: Adoption = {
    records: lost,
    nextSeq: Math.max(journalSeq, replayedSeq) + 1,
    idsFrom: idsAfterLoss(highest),
    exits: isExitsAhead || isExitsWanted ? (exits?.state.books ?? null) : null,
    gapFromUs: report.holeFromUs ?? (kernel.nowUs > 0 ? kernel.nowUs : null),
    ...(afresh === undefined ? {} : { afresh }),
  };
  return { adoption, atUs, records, sentence: sentenceOf(options, records.length, isExitsAhead) };
}

/** Not the shadow desk's, by id or by cause. Trades carried over from another day have that day's ids. */
function isOwn(record: Omit<JournalRecord, 'inputNo'>, shadow: string): boolean {
  return record.kind === 'risk' || (!record.id.startsWith(shadow) && !record.cause.startsWith(shadow));
}

function readExitsState(options: TakeoverOptions): { seq: number; atUs: number; state: ExitsState } | null {
  const { content } = options.exits;
  if (content === null || typeof content.state !== 'object' || content.state === null) return null;
  const state = content.state as ExitsState;
  if (content.day === options.day && state.run === options.run) return { ...content, state };
  // A new recording in place of one that cannot be read: everything in the file is news to it.
  if (options.replaces !== null && content.day === options.replaces) return { ...content, state };
  return null;
}

function readRecords(options: TakeoverOptions, fromSeq: number): JournalRecord[] {
  if (options.afresh !== undefined) return recordsForAfresh(options.dataDir, options.day, options.journalSeq);
  const journal = openJournalReader(options.dataDir);
  if (journal === null) return [];
  const records: JournalRecord[] = [];
  try {
    for (const { bodyJson, day: _day, ...row } of journal.read({ day: options.day, fromSeq }))
      records.push({ ...row, body: JSON.parse(bodyJson) as unknown });
  } finally {
    journal.close();
  }
  return records;
}

function sentenceOf(options: TakeoverOptions, records: number, isExitsAhead: boolean): string {
  const { report, replaces } = options;
  const parts: string[] = [];
  if (replaces !== null)
    parts.push(`the recording ${replaces} cannot be read any more and ${options.day} was begun in its place`);
  if (report.holeAtInputNo !== null) parts.push(`the tape lacks inputs from number ${report.holeAtInputNo} on`);
  else if (options.afresh !== undefined) parts.push('the kernel began anew');
  else if (records > 0) parts.push('the tape lost its end');
  if (records > 0) parts.push(`${records} journal records behind it were taken over`);
  if (isExitsAhead) parts.push('open positions newer than the journal were taken from the exits file');
  return `${parts.join('; ')}. Auto trading is off; ids continue far above the old ones; the broker is asked what is open`;
}
