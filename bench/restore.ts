/**
 * Restore: how long after a kill -9 the exits are watched again, the market view is whole and entries may go on, with a long
 * day behind it, from the newest checkpoint and without any; and how much memory that takes.
 *
 * The day is made by a whole engine on the simulated market, as fast as it goes; `--events 20000000` takes minutes.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { newestCheckpoint } from '../src/engine/adapters/store/checkpoint-files.ts';
import { readExits } from '../src/engine/adapters/store/exits-file.ts';
import { FailureError } from '../src/engine/cli/command.ts';
import type { DrillLine } from '../src/engine/hosts/drill/drill-child.ts';
import type { DrillPlan } from '../src/engine/hosts/drill/drill-plan.ts';
import { workerFile } from '../src/engine/hosts/kernel-host/worker-files.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';

export interface RestoreOptions {
  readonly events: number;
  readonly symbols: number;
  readonly rate: number;
  readonly seed: number;
  /** Starts from the newest checkpoint. */
  readonly starts: number;
  /** 1: also a start without any checkpoint. */
  readonly cold: number;
}

export interface Restored {
  readonly exitsFileMs: number;
  readonly exitCheckMs: number;
  readonly viewMs: number;
  readonly entriesMs: number;
  readonly tailEvents: number;
  readonly positions: number;
  readonly openPositions: number;
  readonly peakRssBytes: number;
}

export interface RestoreReport {
  readonly dayEvents: number;
  readonly warm: readonly Restored[];
  readonly cold: Restored | null;
}

/** A full day of the whole tape. */
const FULL_DAY = 600_000_000;

export async function run(args: string[]): Promise<void> {
  const options = readNumbers(args, { events: 400_000, symbols: 5_500, rate: 60_000, seed: 1, starts: 3, cold: 1 });
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'drover-bench-restore-'));
  try {
    console.log(machineLine());
    print(await measureRestore(dataDir, options, (line) => console.log(line)));
  } finally {
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

export async function measureRestore(
  dataDir: string,
  options: RestoreOptions,
  say: (line: string) => void,
): Promise<RestoreReport> {
  // What a kill leaves is what is on the disk: the whole of the day asked for, and positions to bring back first.
  const isMade = (line: DrillLine) =>
    line.storedEvents >= options.events &&
    holdsPositions(dataDir) &&
    (options.starts === 0 || newestCheckpoint(dataDir).checkpoint !== null);
  const made = await runUntil(plan(dataDir, options), isMade);
  say(`a day of ${count(made.line.events)} events, ${made.line.openPositions} positions open, killed with SIGKILL`);
  const warm: Restored[] = [];
  for (let n = 0; n < options.starts; n++) warm.push(await restart(dataDir, options));
  let cold: Restored | null = null;
  if (options.cold !== 0) {
    fs.rmSync(path.join(dataDir, 'checkpoints'), { recursive: true, force: true });
    cold = await restart(dataDir, options);
  }
  return { dayEvents: made.line.events, warm, cold };
}

function holdsPositions(dataDir: string): boolean {
  const state = (readExits(dataDir).content?.state ?? {}) as { readonly positions?: readonly unknown[] };
  return (state.positions ?? []).length > 0;
}

function plan(dataDir: string, options: RestoreOptions): DrillPlan {
  return {
    options: {
      dataDir,
      feed: 'sim',
      broker: 'paper',
      seed: options.seed,
      speed: 10_000,
      symbols: options.symbols,
      rate: options.rate,
      auto: true,
      simDay: '2026-11-20',
      start: '09:31',
      strategyModes: { 'random-buy': 'enabled' },
      strategyParams: { 'random-buy': { oneIn: 40, minNotional: 10_000, meanHoldSeconds: 400, maxSpreadBps: 60 } },
      runId: `RESTORE${options.seed}`,
      // A short day, run as fast as it goes, would be over before the first one that the usual pace takes.
      checkpoints: { everyMs: 20_000, everyEvents: Math.min(300_000, options.events / 2), apartMs: 1_000 },
    },
    untilUs: Number.MAX_SAFE_INTEGER,
  };
}

async function restart(dataDir: string, options: RestoreOptions): Promise<Restored> {
  const { line, peakRssBytes } = await runUntil(plan(dataDir, options), ({ start }) => start?.stage === 'running');
  const { start } = line;
  if (start === null || start.exitCheckMs === null) throw new FailureError('the engine did not say how it came up.');
  return {
    exitsFileMs: start.exitsFileMs ?? Number.NaN,
    exitCheckMs: start.exitCheckMs,
    viewMs: start.viewMs ?? Number.NaN,
    entriesMs: start.entriesMs ?? Number.NaN,
    tailEvents: start.events,
    positions: start.positions,
    openPositions: line.openPositions,
    peakRssBytes,
  };
}

/** Runs the engine in a process of its own until a line of it is what is wanted, then kills it. */
function runUntil(
  drillPlan: DrillPlan,
  isWanted: (line: DrillLine) => boolean,
): Promise<{ readonly line: DrillLine; readonly peakRssBytes: number }> {
  const child = spawn(process.execPath, [workerFile('drill-child'), JSON.stringify(drillPlan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let seen: { readonly line: DrillLine; readonly peakRssBytes: number } | null = null;
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as DrillLine;
      if (seen !== null || !isWanted(line)) return;
      seen = { line, peakRssBytes: peakRss(child, line.rssBytes) };
      child.kill('SIGKILL');
    });
    child.once('close', (code) => {
      if (seen === null) reject(new FailureError(`the engine ended with code ${String(code)} before it was through.`));
      else resolve(seen);
    });
  });
}

/** The most memory the process had so far, where the system tells; else what it has now. */
function peakRss(child: ChildProcess, nowBytes: number): number {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'));
    return match === null ? nowBytes : Number(match[1]) * 1024;
  } catch {
    return nowBytes;
  }
}

const count = (value: number): string => Math.round(value).toLocaleString('en-US');

function print({ dayEvents, warm, cold }: RestoreReport): void {
  for (const one of warm) console.log(`from the newest checkpoint: ${lineOf(one)}`);
  if (cold === null) return;
  console.log(`without a checkpoint: ${lineOf(cold)}`);
  // From a checkpoint the day's length does not matter: what is replayed is what came after it. Without one all of it is.
  const full = (cold.viewMs / 1000) * (FULL_DAY / dayEvents);
  console.log(
    `projected to ${count(FULL_DAY)} events: from a checkpoint the same, without one the view after ${count(full)} s`,
  );
}

function lineOf(one: Restored): string {
  return (
    `positions on screen ${one.exitsFileMs} ms, first exit check ${one.exitCheckMs} ms, view ${one.viewMs} ms, ` +
    `entries ${one.entriesMs} ms after the process began; ${count(one.tailEvents)} events replayed, ` +
    `${one.openPositions} positions, peak RSS ${count(one.peakRssBytes / 2 ** 20)} MB`
  );
}
