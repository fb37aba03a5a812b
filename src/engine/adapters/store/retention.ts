/**
 * What the data folder holds by day, and how old days leave it: first compacted to Parquet, then their tape and scrub files
 * removed, later the Parquet too (docs/specs/tape.md, RET1..). The current day is never touched, and a tape goes only after
 * its Parquet files were counted against it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { errorText } from './file-system.ts';
import { openJournalReader } from './journal-sqlite.ts';
import { TapeReader } from './tape-reader.ts';

export interface DayUsage {
  readonly day: string;
  readonly tapeBytes: number;
  readonly scrubBytes: number;
  readonly parquetBytes: number;
  readonly journalRecords: number;
}

export interface DataUsage {
  readonly days: readonly DayUsage[];
  readonly journalBytes: number;
  readonly checkpointBytes: number;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** Trading days to keep of each kind, counted back from the current one; null keeps all. */
export interface RetentionPolicy {
  readonly tapeDays: number | null;
  readonly scrubDays: number | null;
  readonly parquetDays: number | null;
}

export const DEFAULT_RETENTION: RetentionPolicy = { tapeDays: 5, scrubDays: 5, parquetDays: null };

export type RetentionStep =
  | { readonly kind: 'compact'; readonly day: string; readonly bytes: number }
  | { readonly kind: 'remove-scrub'; readonly day: string; readonly bytes: number }
  | { readonly kind: 'remove-parquet'; readonly day: string; readonly bytes: number };

export interface RetentionDone {
  readonly step: RetentionStep;
  readonly ok: boolean;
  /** Bytes given back; negative when the Parquet is larger than what it replaces. */
  readonly freedBytes: number;
  readonly message: string;
}

/** A date, and a letter for a second market recorded on it. */
const DAY = /^\d{4}-\d{2}-\d{2}(?:-[b-z])?$/;

export function dataUsage(dataDir: string): DataUsage {
  const names = new Set<string>();
  for (const kind of ['tape', 'scrub', 'parquet'])
    for (const name of list(path.join(dataDir, kind))) if (DAY.test(name)) names.add(name);
  const journal = openJournalReader(dataDir);
  const records = new Map((journal?.days() ?? []).map(({ day, records: count }) => [day, count]));
  journal?.close();
  for (const day of records.keys()) names.add(day);
  const days = [...names].toSorted().map((day) => ({
    day,
    tapeBytes: folderBytes(path.join(dataDir, 'tape', day)),
    scrubBytes: folderBytes(path.join(dataDir, 'scrub', day)),
    parquetBytes: folderBytes(path.join(dataDir, 'parquet', day)),
    journalRecords: records.get(day) ?? 0,
  }));
  const stats = fs.statfsSync(dataDir);
  return {
    days,
    journalBytes: folderBytes(path.join(dataDir, 'journal')),
    checkpointBytes: folderBytes(path.join(dataDir, 'checkpoints')),
    totalBytes: folderBytes(dataDir),
    freeBytes: stats.bavail * stats.bsize,
  };
}

/** What the policy asks for. Days are those on disk, so a holiday does not count. */
export function planRetention(usage: DataUsage, policy: RetentionPolicy, currentDay: string): RetentionStep[] {
  const steps: RetentionStep[] = [];
  const dateOf = (day: string): string => day.slice(0, 10);
  const past = usage.days.filter(({ day }) => dateOf(day) < dateOf(currentDay)).toReversed();
  const dates = [...new Set(past.map(({ day }) => dateOf(day)))];
  past.forEach((day) => {
    // The current day is the first of those kept; recordings of one date are of one age.
    const age = dates.indexOf(dateOf(day.day));
    const isOld = (keep: number | null): boolean => keep !== null && age + 1 >= Math.max(1, keep);
    if (day.tapeBytes > 0 && isOld(policy.tapeDays))
      steps.push({ kind: 'compact', day: day.day, bytes: day.tapeBytes });
    if (day.scrubBytes > 0 && isOld(policy.scrubDays))
      steps.push({ kind: 'remove-scrub', day: day.day, bytes: day.scrubBytes });
    if (day.parquetBytes > 0 && isOld(policy.parquetDays))
      steps.push({ kind: 'remove-parquet', day: day.day, bytes: day.parquetBytes });
  });
  return steps;
}

/** Does the steps one by one; one that fails changes nothing and does not stop the others. */
export async function applyRetention(
  dataDir: string,
  steps: readonly RetentionStep[],
  signal?: AbortSignal,
): Promise<RetentionDone[]> {
  const done: RetentionDone[] = [];
  for (const step of steps) {
    if (signal?.aborted === true) break;
    try {
      done.push(await applyStep(dataDir, step, signal));
    } catch (error) {
      done.push({ step, ok: false, freedBytes: 0, message: errorText(error) });
    }
  }
  return done;
}

async function applyStep(dataDir: string, step: RetentionStep, signal?: AbortSignal): Promise<RetentionDone> {
  if (step.kind === 'compact') return compact(dataDir, step, signal);
  const folder = path.join(dataDir, step.kind === 'remove-scrub' ? 'scrub' : 'parquet', step.day);
  fs.rmSync(folder, { recursive: true, force: true });
  return { step, ok: true, freedBytes: step.bytes, message: '' };
}

async function compact(
  dataDir: string,
  step: RetentionStep & { kind: 'compact' },
  signal?: AbortSignal,
): Promise<RetentionDone> {
  const outDir = path.join(dataDir, 'parquet', step.day);
  const temporary = `${outDir}.new`;
  fs.rmSync(temporary, { recursive: true, force: true });
  const reader = new TapeReader({ dataDir, day: step.day });
  const { events, damage } = reader.stat();
  reader.close();
  // Loaded when it is needed: it brings a whole database with it, which a start would wait for.
  const { exportDay } = await import('./day-export.ts');
  const result = await exportDay({
    dataDir,
    day: step.day,
    outDir: temporary,
    tradesPerBar: 100,
    ...(signal === undefined ? {} : { signal }),
  });
  const rows = result.files
    .filter(({ name }) => ['trades', 'quotes', 'luld'].includes(name))
    .reduce((sum, file) => sum + file.rows, 0);
  const isWhole = damage.length === 0 && result.tapeDamage.length === 0;
  if (signal?.aborted === true || (isWhole && rows !== events)) {
    fs.rmSync(temporary, { recursive: true, force: true });
    return { step, ok: false, freedBytes: 0, message: `${rows} of ${events} events were written; the tape stays` };
  }
  fs.rmSync(outDir, { recursive: true, force: true });
  fs.renameSync(temporary, outDir);
  fs.rmSync(path.join(dataDir, 'tape', step.day), { recursive: true, force: true });
  const message = isWhole ? '' : `the tape was damaged; ${rows} events were readable`;
  return { step, ok: true, freedBytes: step.bytes - folderBytes(outDir), message };
}

function list(folder: string): string[] {
  return isFolder(folder) ? fs.readdirSync(folder) : [];
}

function isFolder(folder: string): boolean {
  try {
    return fs.statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

function folderBytes(folder: string): number {
  if (!isFolder(folder)) return 0;
  let bytes = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    // A file may go while we count: the store writes beside us.
    bytes += fs.statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
