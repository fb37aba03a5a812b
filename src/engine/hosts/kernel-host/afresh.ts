/**
 * A start that cannot afford to run the day's tape again (a real-time feed, and no checkpoint near its end): the kernel begins
 * anew behind the last input of the tape, takes orders, positions and exit plans from journal and exits file, and watches exits
 * at once (docs/specs/recovery.md, AFR1..). The market of the earlier day is given back later, by a thread of its own.
 */
import type { CheckpointChoice } from '../../adapters/store/checkpoint-files.ts';
import type { ExitsRead } from '../../adapters/store/exits-file.ts';
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import { namesAtEnd, tapeTail } from '../../adapters/store/tape-tail.ts';
import type { Afresh, ExitsBooks, TradePeak } from '../../kernel/adoption.ts';
import { ADOPTED_KINDS, MEMORY_NOTE } from '../../kernel/adoption.ts';
import type { InputNo } from '../../model/units.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import type { RecoveryReport } from './recovery.ts';
import { FRESH, STATE_VERSION } from './recovery.ts';

/** Compressed tape that a start runs again before it watches exits: about a million events, a second or two. */
const REPLAY_BYTES_MAX = 8 << 20;
/** Decisions of the latest records are shown again; earlier ones are in the journal. */
const HISTORY_RECORDS = 20_000;

export interface AfreshPlan {
  readonly afresh: Afresh;
  readonly report: RecoveryReport;
}

export interface AfreshOptions {
  readonly dataDir: string;
  readonly day: string;
  readonly newest: CheckpointChoice;
  readonly exits: ExitsRead;
  readonly replayBytesMax: number | undefined;
}

/** Null when the tape behind the newest checkpoint is short enough to be run again. */
export function planAfresh(options: AfreshOptions): AfreshPlan | null {
  const { dataDir, day, newest, exits, replayBytesMax = REPLAY_BYTES_MAX } = options;
  const { checkpoint, rejected } = newest;
  const usable = checkpoint !== null && checkpoint.meta.stateVersion === STATE_VERSION ? checkpoint.meta.inputNo : 0;
  // What lies before a new beginning is not run again in any case.
  const begun = lastAfresh(dataDir, day);
  const from = usable >= begun ? usable : Math.max(0, begun - 1);
  const tail = tapeTail(dataDir, day, from);
  if (tail.lastInputNo === 0 || tail.bytes <= replayBytesMax) return null;
  const problems = rejected.map((bad) => `checkpoint ${bad.file} was passed over: ${bad.detail}`);
  problems.push(
    `there is no usable checkpoint near the end of the recording: positions and exit plans come from the journal and are watched at once; the market of the earlier day follows, and strategies wait for it`,
  );
  return {
    afresh: {
      names: namesAtEnd(dataDir, day, tail.lastInputNo),
      afterInputNo: tail.lastInputNo,
      peaks: peaksOf(exits),
    },
    report: { ...FRESH, resumeAfterUs: tail.lastUs, problems },
  };
}

/** Input number of the latest new beginning of the day, 0 when there was none or nobody remembers. */
export function lastAfresh(dataDir: string, day: string): InputNo {
  return beginningsOf(dataDir, day).at(-1)?.inputNo ?? 0;
}

export interface Beginning {
  readonly inputNo: InputNo;
  /** The first record behind it. Earlier inputs may have made records from this number on that never reached the disk. */
  readonly fromSeq: number;
}

/** The new beginnings of a day, in order. */
export function beginningsOf(dataDir: string, day: string): readonly Beginning[] {
  const found: Beginning[] = [];
  try {
    const journal = openJournalReader(dataDir);
    if (journal === null) return [];
    for (const row of journal.read({ day, kind: 'risk', id: 'recovery' })) {
      const { isAfresh, fromSeq } = JSON.parse(row.bodyJson) as { isAfresh?: boolean; fromSeq?: number };
      if (isAfresh === true) found.push({ inputNo: row.inputNo, fromSeq: fromSeq ?? row.seq });
    }
    journal.close();
  } catch {
    // Not readable before the store has repaired it.
  }
  return found;
}

export function peaksOf({ content }: ExitsRead): TradePeak[] {
  const { books } = (content?.state ?? {}) as { readonly books?: ExitsBooks };
  return (books?.trades ?? []).map(({ id, peakBid, peakUs, troughBid }) => ({ id, peakBid, peakUs, troughBid }));
}

/** What the books need of the whole day, and the latest decisions for the screens. */
export function recordsForAfresh(dataDir: string, day: string, lastSeq: number): JournalRecord[] {
  const journal = openJournalReader(dataDir);
  if (journal === null) return [];
  const records: JournalRecord[] = [];
  try {
    const queries = [...ADOPTED_KINDS].map((kind) => ({ day, kind }));
    const memories = { day, kind: 'note', id: MEMORY_NOTE } as const;
    const latest = { day, kind: 'decision', fromSeq: Math.max(1, lastSeq - HISTORY_RECORDS) } as const;
    for (const query of [...queries, memories, latest])
      for (const { bodyJson, day: _day, ...row } of journal.read(query))
        records.push({ ...row, body: JSON.parse(bodyJson) as unknown });
  } finally {
    journal.close();
  }
  return records.toSorted((a, b) => a.seq - b.seq);
}
