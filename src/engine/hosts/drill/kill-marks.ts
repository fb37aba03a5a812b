/**
 * Where the kills of a drill fell: what each left behind on disk, judged in the end against the finished journal. So a drill
 * can prove that it hit the instants that matter, and kills can be aimed at them.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { StoredRow } from '../../adapters/store/journal-sqlite.ts';
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import type { DrillHits } from './drill.ts';

/** What a kill waits for once its time has come. */
export type KillAim = 'anywhere' | 'intent' | 'checkpoint' | 'start';

/** How far tape and journal had come at a kill. */
export interface KillMark {
  readonly lastSeq: number;
  readonly lastInputNo: number;
  readonly hasHalfCheckpoint: boolean;
}

/** A kill that waits for what never comes falls after this long anyway. */
const AIM_MS = 3_000;
const LOOK_MS = 1;
const AT_BROKER: ReadonlySet<string> = new Set(['submitted', 'acknowledged', 'working', 'partially-filled']);

export function markOf(dataDir: string, day: string): KillMark {
  const lastSeq = lastSeqOf(dataDir, day);
  const reader = new TapeReader({ dataDir, day });
  const { lastInputNo } = reader.stat();
  reader.close();
  return { lastSeq, lastInputNo: lastInputNo ?? 0, hasHalfCheckpoint: isCheckpointUnderWay(dataDir) };
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

function isCheckpointUnderWay(dataDir: string): boolean {
  const folder = path.join(dataDir, 'checkpoints');
  return fs.existsSync(folder) && fs.readdirSync(folder).some((name) => name.endsWith('.tmp'));
}

/** Calls `kill` at the instant aimed at; returns the way to call it off. */
export function waitFor(dataDir: string, aim: KillAim, kill: () => void): () => void {
  if (aim === 'anywhere' || aim === 'start') {
    kill();
    return () => undefined;
  }
  const untilMs = performance.now() + AIM_MS;
  const wal = path.join(dataDir, 'journal/drover.sqlite-wal');
  const size = (): number => fs.statSync(wal, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const before = size();
  const timer = setInterval(() => {
    const isThere = aim === 'checkpoint' ? isCheckpointUnderWay(dataDir) : size() !== before;
    if (!isThere && performance.now() < untilMs) return;
    clearInterval(timer);
    kill();
  }, LOOK_MS);
  return () => clearInterval(timer);
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
