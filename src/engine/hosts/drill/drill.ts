/**
 * The kill -9 drill: one run is left alone, another is killed at seeded random instants and started again until it is
 * through. Then the two journals are compared record by record, and the killed run's own recording is replayed.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import type { StoredRow } from '../../adapters/store/journal-sqlite.ts';
import { createRng } from '../../lib/rng.ts';
import type { KillAim, KillMark, Lookout } from './kill-marks.ts';
import { hitsOf, markOf, waitFor } from './kill-marks.ts';
import { DRILL_MINUTES, drillPlan } from './drill-plan.ts';
import { workerFile } from '../kernel-host/worker-files.ts';

export interface DrillReport {
  readonly seed: number;
  readonly kills: number;
  readonly starts: number;
  readonly recordsCompared: number;
  readonly intents: number;
  readonly fills: number;
  readonly decisions: number;
  readonly differences: number;
  readonly lost: number;
  readonly doubled: number;
  readonly first: string | null;
  /** What the kills fell into, read from what they left behind. */
  readonly hits: DrillHits;
}

/** Kills that fell between two steps that belong together. */
export interface DrillHits {
  /** An intent was on disk and nothing said yet that the order had left. */
  readonly afterIntent: number;
  /** An order worked at the exchange, or was on its way there. */
  readonly orderWorking: number;
  /** The tape had inputs whose records were not in the journal yet: decided, or filled, and not committed. */
  readonly beforeCommit: number;
  /** A fill was among those. */
  readonly fillBeforeCommit: number;
  /** A checkpoint was being written. */
  readonly midCheckpoint: number;
  readonly positionsOpen: number;
}

const DAY = '2026-11-20';
/** In turn: each kind of instant falls several times among twenty kills. */
const AIMS: readonly KillAim[] = ['fill', 'intent', 'checkpoint', 'anywhere', 'start'];

export async function runDrill(
  folder: string,
  kills: number,
  seed: number,
  say: (line: string) => void,
  minutes: number = DRILL_MINUTES,
): Promise<DrillReport> {
  const calm = path.join(folder, 'calm');
  const killed = path.join(folder, 'killed');
  mkdirSync(calm, { recursive: true });
  mkdirSync(killed, { recursive: true });
  const calmMs = await runToEnd(calm, seed, minutes);
  say(`the uninterrupted run took ${(calmMs / 1000).toFixed(1)} s`);
  const rows = rowsOf(calm);
  // So many records, intents and fills a kill may let pass: a third of an even share.
  const share = (kind: string): number => rows.filter((row) => row.kind === kind).length / (3 * Math.max(1, kills));
  const rng = createRng(`drill/${seed}`);
  let done = 0;
  let starts = 0;
  const marks: KillMark[] = [];
  while (done < kills) {
    starts++;
    const aim = AIMS[done % AIMS.length] as KillAim;
    // A third of an even share: the wait for what is aimed at comes on top, and the run must not be through before the last kill.
    const afterMs = aim === 'start' ? 200 + rng.next() * 1800 : 50 + rng.next() * Math.max(500, calmMs / (3 * kills));
    const nth = Math.floor(rng.next() * share(aim));
    const sinceMs = Date.now();
    const lookout = { dataDir: killed, day: DAY, aim, rows, nth, sinceMs };
    const end = await runOrKill(lookout, seed, minutes, afterMs | 0);
    if (end === 'killed') {
      done++;
      marks.push(markOf(killed, DAY, sinceMs));
    } else if (end !== 0) throw new Error(`the engine did not come up again after ${done} kills (exit ${String(end)})`);
    if (end === 0) {
      say(`the run was through after ${done} kills`);
      break;
    }
    if (done % 10 === 0) say(`${done} kills`);
  }
  starts++;
  await runToEnd(killed, seed, minutes);
  return { seed, kills: done, starts, ...compare(calm, killed, marks) };
}

function start(dataDir: string, seed: number, minutes: number): ChildProcess {
  return spawn(process.execPath, [workerFile('drill-child'), JSON.stringify(drillPlan(dataDir, seed, minutes))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function runToEnd(dataDir: string, seed: number, minutes: number): Promise<number> {
  const startMs = performance.now();
  const child = start(dataDir, seed, minutes);
  child.stdout?.resume();
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the engine ended with code ${String(code)}`);
  return performance.now() - startMs;
}

async function runOrKill(
  lookout: Lookout,
  seed: number,
  minutes: number,
  afterMs: number,
): Promise<'killed' | number | null> {
  const child = start(lookout.dataDir, seed, minutes);
  let isKilled = false;
  let callOff = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    timer ??= setTimeout(() => {
      callOff = waitFor(lookout, () => {
        isKilled = true;
        child.kill('SIGKILL');
      });
    }, afterMs);
  };
  // However slow the machine is: the time runs from the first sign of life, and every run gets somewhere.
  if (lookout.aim === 'start') arm();
  child.stdout?.on('data', arm);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  callOff();
  return isKilled ? 'killed' : code;
}

function compare(
  calm: string,
  killed: string,
  marks: readonly KillMark[],
): Omit<DrillReport, 'seed' | 'kills' | 'starts'> {
  const [rowsA, rowsB] = [rowsOf(calm), rowsOf(killed)];
  // Both runs stop a little after the end, not at the same record: what both have is compared, to the byte.
  const count = Math.min(rowsA.length, rowsB.length);
  let differences = 0;
  let first: string | null = null;
  const kinds: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const [x, y] = [rowsA[i] as StoredRow, rowsB[i] as StoredRow];
    kinds[x.kind] = (kinds[x.kind] ?? 0) + 1;
    if (line(x) === line(y)) continue;
    differences++;
    first ??= `${line(x)}  |  ${line(y)}`;
  }
  return {
    recordsCompared: count,
    intents: kinds['intent'] ?? 0,
    fills: kinds['fill'] ?? 0,
    decisions: kinds['decision'] ?? 0,
    differences,
    lost: holes(rowsB),
    doubled: doubles(rowsB),
    first,
    hits: hitsOf(marks, rowsB),
  };
}

function rowsOf(dataDir: string): StoredRow[] {
  const journal = openJournalReader(dataDir);
  if (journal === null) throw new Error('a run left no journal');
  const rows = [...journal.read({ day: DAY })];
  journal.close();
  return rows;
}

const line = (row: StoredRow): string =>
  `${row.seq} ${row.inputNo} ${row.atUs} ${row.kind} ${row.id} ${row.cause} ${row.bodyJson}`;

/** Sequence numbers that are missing in the middle: records that were acknowledged and are gone. */
function holes(rows: readonly StoredRow[]): number {
  let missing = 0;
  for (let i = 1; i < rows.length; i++) missing += (rows[i] as StoredRow).seq - (rows[i - 1] as StoredRow).seq - 1;
  return missing;
}

/** Orders or executions that were journalled twice. */
function doubles(rows: readonly StoredRow[]): number {
  const seen = new Set<string>();
  let twice = 0;
  for (const row of rows) {
    if (row.kind !== 'intent' && row.kind !== 'fill') continue;
    // A commission that came later books the fill again under its own record; only the same body is a double.
    const key = `${row.kind} ${row.id} ${row.bodyJson}`;
    if (seen.has(key)) twice++;
    seen.add(key);
  }
  return twice;
}
