/**
 * Where the kills of a drill fall: each waits for a named mark on the disk, and what it left behind is judged against the
 * finished journal. So a drill can prove that it hit the instants that matter.
 *
 * What a run decides, and at which input, is known beforehand from the uninterrupted run. Between fill and commit: the front of
 * the tape has the input that made the fill, and the journal not yet its record. Between intent and send: the journal
 * has the intent, and nothing says yet that the order left.
 */
import fs from 'node:fs';
import path from 'node:path';
import { nodeFileSystem } from '../../adapters/store/file-system.ts';
import type { StoredRow } from '../../adapters/store/journal-sqlite.ts';
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import { readWatermark } from '../../adapters/store/journal-watermark.ts';
import { lastInputOf, readFront } from '../../adapters/store/tape-front.ts';
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import type { DrillHits } from './drill.ts';
import { FrontWatch } from './front-watch.ts';

/** What a kill waits for once its time has come. */
export type KillAim = 'anywhere' | 'intent' | 'fill' | 'checkpoint' | 'start';

/** How far tape and journal had come at a kill. */
export interface KillMark {
  readonly lastSeq: number;
  readonly lastInputNo: number;
  readonly hasHalfCheckpoint: boolean;
}

/** A kill that waits for what never comes falls after this long anyway; a slow machine takes its time to come so far. */
const AIM_MS = 120_000;
const LOOK_MS = 1;
/** Within so many records of the one aimed at nothing is slept any more. */
const NEAR_RECORDS = 12;
/** Looks in one go, before anything else of this process has a turn. */
const LOOKS_AT_ONCE = 200;
const AT_BROKER: ReadonlySet<string> = new Set(['submitted', 'acknowledged', 'working', 'partially-filled']);

/** `sinceMs`: when the killed process was started; what older ones left half written is not its doing. */
export function markOf(dataDir: string, day: string, sinceMs: number): KillMark {
  const lastSeq = lastSeqOf(dataDir, day);
  const reader = new TapeReader({ dataDir, day });
  const { lastInputNo } = reader.stat();
  reader.close();
  // What the tape's blocks lack is in its front, and as good as on the tape.
  const inFront = readFront(nodeFileSystem, path.join(dataDir, 'tape', day)).map((frames) => lastInputOf(frames));
  return {
    lastSeq,
    lastInputNo: Math.max(lastInputNo ?? 0, ...inFront),
    hasHalfCheckpoint: isCheckpointUnderWay(dataDir, sinceMs),
  };
}

/** 0 as well when the kill fell before the journal had its tables. */
function lastSeqOf(dataDir: string, day: string): number {
  try {
    const journal = openJournalReader(dataDir);
    const lastSeq = journal?.lastSeq(day) ?? 0;
    journal?.close();
    return lastSeq;
  } catch {
    return 0;
  }
}

function isCheckpointUnderWay(dataDir: string, sinceMs: number): boolean {
  const folder = path.join(dataDir, 'checkpoints');
  if (!fs.existsSync(folder)) return false;
  const changedMs = (name: string): number =>
    fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return fs.readdirSync(folder).some((name) => name.endsWith('.tmp') && changedMs(name) >= sinceMs);
}

export interface Lookout {
  readonly dataDir: string;
  readonly day: string;
  readonly aim: KillAim;
  /** The journal of the uninterrupted run. */
  readonly rows: readonly StoredRow[];
  readonly sinceMs: number;
  /** Which of the next intents, or fills: 0 is the next one. */
  readonly nth: number;
}

/** Calls `kill` at the instant aimed at; returns the way to call it off. */
export function waitFor(lookout: Lookout, kill: () => void): () => void {
  const { aim } = lookout;
  if (aim === 'anywhere' || aim === 'start') {
    kill();
    return () => undefined;
  }
  const watch = aim === 'checkpoint' ? checkpointWatch(lookout) : recordWatch(lookout, aim);
  const untilMs = performance.now() + AIM_MS;
  let isOff = false;
  const stop = (): void => {
    if (!isOff) watch.close();
    isOff = true;
  };
  const look = (): void => {
    if (isOff) return;
    let sight = watch.look();
    for (let n = 0; sight === 'near' && n < LOOKS_AT_ONCE; n++) sight = watch.look();
    if (sight !== 'there' && performance.now() < untilMs) {
      if (sight === 'near') setImmediate(look);
      else setTimeout(look, LOOK_MS);
      return;
    }
    kill();
    stop();
  };
  look();
  return stop;
}

interface Watch {
  look(): 'there' | 'near' | 'far';
  close(): void;
}

function checkpointWatch({ dataDir, sinceMs }: Lookout): Watch {
  return { look: () => (isCheckpointUnderWay(dataDir, sinceMs) ? 'there' : 'far'), close: () => undefined };
}

/** A record that came and went unseen is given up for the next of its kind. */
function recordWatch({ dataDir, day, rows, nth }: Lookout, aim: 'intent' | 'fill'): Watch {
  const folder = path.join(dataDir, 'journal');
  const committed = (): number => readWatermark(nodeFileSystem, folder).get(day) ?? 0;
  const front = new FrontWatch(path.join(dataDir, 'tape', day));
  const wanted = rows.filter(({ kind }) => kind === aim);
  let next = wanted.findIndex(({ seq }) => seq > committed());
  next = next < 0 ? wanted.length : Math.min(next + nth, wanted.length - 1);
  return {
    look: () => {
      const target = wanted[next];
      if (target === undefined) return 'there';
      const seq = committed();
      if (aim === 'intent') return seq >= target.seq ? 'there' : seq >= target.seq - NEAR_RECORDS ? 'near' : 'far';
      if (seq >= target.seq) next++;
      else if (seq < target.seq - NEAR_RECORDS) return 'far';
      else if (front.look() >= target.inputNo) return 'there';
      return 'near';
    },
    close: () => front.close(),
  };
}

/** `rows` is the journal of the whole run, in which what a kill cut short was made again. */
export function hitsOf(marks: readonly KillMark[], rows: readonly StoredRow[]): DrillHits {
  const hits = {
    afterIntent: 0,
    orderWorking: 0,
    beforeCommit: 0,
    fillBeforeCommit: 0,
    midCheckpoint: 0,
    positionsOpen: 0,
  };
  for (const mark of marks) {
    const known = rows.filter((row) => row.seq <= mark.lastSeq);
    const cut = rows.filter((row) => row.seq > mark.lastSeq && row.inputNo <= mark.lastInputNo);
    if (mark.hasHalfCheckpoint) hits.midCheckpoint++;
    if (cut.length > 0) hits.beforeCommit++;
    if (cut.some((row) => row.kind === 'fill')) hits.fillBeforeCommit++;
    const state = new Map<string, string>();
    const held = new Map<string, number>();
    for (const row of known) {
      if (row.kind === 'intent') state.set(row.id, 'intent');
      else if (row.kind === 'order') state.set(row.id, (JSON.parse(row.bodyJson) as { state?: string }).state ?? '');
      else if (row.kind === 'position') held.set(row.id, (JSON.parse(row.bodyJson) as { held: number }).held);
    }
    const states = [...state.values()];
    if (states.includes('intent') || states.includes('durable')) hits.afterIntent++;
    if (states.some((one) => AT_BROKER.has(one))) hits.orderWorking++;
    if ([...held.values()].some((shares) => shares > 0)) hits.positionsOpen++;
  }
  return hits;
}
