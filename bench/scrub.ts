/**
 * Looking back: the whole market as of any instant of a simulated day, through the history worker's own desk. Writes a day
 * of `--symbols` at `--rate` events a second from `--start` (HHMM) for `--minutes` to a tape, lays its anchors, and asks
 * for `--asks` instants at random and for steps as of somebody who drags. At three instants the view is compared with one
 * built from the tape's beginning. Times are the clock's and the processor's: on a busy machine only the second is the desk's.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openFeed } from '../src/engine/adapters/market-server/sim-feed-host.ts';
import { TapeWriter } from '../src/engine/adapters/store/tape-writer.ts';
import { FailureError, UsageError } from '../src/engine/cli/command.ts';
import { FrameDecoder } from '../src/engine/feeds/frame-decoder.ts';
import { loadReference } from '../src/engine/hosts/kernel-host/reference.ts';
import { ScrubDesk } from '../src/engine/hosts/history/scrub-desk.ts';
import { createColumns } from '../src/engine/lib/columns.ts';
import { FrameRing } from '../src/engine/lib/frame-ring.ts';
import { createRng } from '../src/engine/lib/rng.ts';
import { VIEW_COLUMNS } from '../src/engine/market/view-columns.ts';
import { ConditionSets } from '../src/engine/model/conditions.ts';
import { createEventBatch } from '../src/engine/model/event-batch.ts';
import { SYMBOL_CAPACITY, SymbolTable } from '../src/engine/model/symbols.ts';
import { FeedTag } from '../src/engine/ports/feed.ts';
import { marketDay, newYorkInstant } from '../src/engine/sim/market/market-days.ts';
import { createMarketStaging, packMarketFrame } from '../src/engine/tape/tape-input.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';

const DAY = '2026-11-20';
const LIMIT_MS = 1_000;

export async function run(args: string[]): Promise<void> {
  const isJson = args.includes('--json');
  const given = readNumbers(
    args.filter((word) => word !== '--json'),
    { symbols: 5_500, rate: 60_000, start: 930, minutes: 1, asks: 30, seed: 1 },
  );
  if (!(given.minutes > 0) || !(given.rate > 0)) throw new UsageError("'--minutes' and '--rate' want numbers above 0.");
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'drover-bench-scrub-'));
  try {
    const written = await writeDay(dataDir, given);
    const result = { ...written, ...measure(dataDir, written.reference, given), machine: machineLine() };
    const { reference: _, ...shown } = result;
    if (isJson) console.log(JSON.stringify(shown));
    else for (const [key, value] of Object.entries(shown)) console.log(`${key.padEnd(20)} ${value}`);
    const worstMs = Math.min(result.worstMs, result.worstCpuMs);
    if (worstMs > LIMIT_MS) throw new FailureError(`the slowest answer took ${Math.round(worstMs)} ms.`);
  } finally {
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

type Reference = Awaited<ReturnType<typeof loadReference>>;

interface Written {
  readonly reference: Reference;
  readonly events: number;
  readonly writeS: number;
  readonly tapeMb: number;
}

interface Day {
  readonly symbols: number;
  readonly rate: number;
  readonly start: number;
  readonly minutes: number;
  readonly seed: number;
}

async function writeDay(dataDir: string, given: Day): Promise<Written> {
  const spec = { kind: 'sim', seed: given.seed, symbols: given.symbols, rate: given.rate, speed: 0 } as const;
  const day = marketDay(DAY);
  if (day === undefined) throw new RangeError(`${DAY} is a trading day`);
  const [hours, minutes] = [Math.floor(given.start / 100), given.start % 100];
  const start = `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
  const endUs = newYorkInstant(day, hours * 60 + minutes + given.minutes);
  const ring = new FrameRing(8 << 20);
  const feed = await openFeed(spec, ring, { nowUs: endUs, day: DAY, start });
  if (typeof feed === 'string') throw new FailureError(feed);
  const reference = await loadReference(spec, endUs, { simDay: DAY, start });
  const symbols = new SymbolTable();
  const sets = new ConditionSets();
  // The kernel knows the reference symbols before the market names any: the same ids.
  for (const row of reference) symbols.intern(row.name);
  const writer = new TapeWriter({ dataDir, day: DAY, nowUs: () => endUs });
  const staging = createMarketStaging(8192);
  const decoder = new FrameDecoder(symbols, sets);
  const batch = createEventBatch();
  const sent = { symbols: 0, sets: 1, inputNo: 0, events: 0 };
  const startedMs = performance.now();
  const take = (): void => {
    decoder.start(ring.bytes, ring.start, ring.end);
    for (let more = true; more;) {
      batch.length = 0;
      batch.receivedUs = ring.stampUs;
      more = decoder.fill(batch);
      if (batch.length === 0) continue;
      writer.addSymbols(symbols.names.slice(sent.symbols));
      writer.addSets(sets.sets.slice(sent.sets));
      sent.symbols = symbols.names.length;
      sent.sets = sets.sets.length;
      packMarketFrame(staging, ++sent.inputNo, batch, 0, batch.length);
      writer.addMarket(sent.inputNo, batch.receivedUs, staging.doubles, staging.words, batch.length);
      sent.events += batch.length;
    }
  };
  const running = feed.run();
  for (let isOver = false; !isOver;) {
    while (ring.next()) {
      if (ring.stampUs > endUs) isOver = true;
      else if (ring.tag === FeedTag.vendorJson) take();
      ring.release();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  feed.control({ kind: 'stop' });
  while (ring.next()) ring.release();
  await running;
  writer.close();
  return {
    reference,
    events: sent.events,
    writeS: (performance.now() - startedMs) / 1000,
    tapeMb: writer.bytesWritten / 2 ** 20,
  };
}

function measure(dataDir: string, reference: Reference, given: Day & { readonly asks: number }) {
  const options = { dataDir, day: DAY, reference };
  const indexMs = timed(() => {
    const desk = new ScrubDesk(options);
    while (desk.follow(60_000, () => performance.now()));
    desk.close();
  });
  const folder = path.join(dataDir, 'scrub');
  const anchors = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const anchorBytes = anchors.reduce(
    (sum, { parentPath, name }) => sum + fs.statSync(path.join(parentPath, name)).size,
    0,
  );
  const desk = new ScrubDesk(options);
  while (desk.follow(60_000, () => performance.now()));
  const { fromUs, toUs } = desk.at(0);
  const rng = createRng(3);
  const times: number[] = [];
  const cpu: number[] = [];
  const replayed: number[] = [];
  for (let ask = 0; ask < given.asks; ask++) {
    const us = Math.floor(fromUs + rng.below(toUs - fromUs));
    const before = process.cpuUsage();
    times.push(timed(() => void replayed.push(desk.at(us).eventsReplayed)));
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
  }
  // Somebody who drags forward, a second at a time.
  const steps: number[] = [];
  const dragUs = fromUs + (toUs - fromUs) / 3;
  const stepCpu: number[] = [];
  for (let step = 0; step < 10; step++) {
    const before = process.cpuUsage();
    steps.push(timed(() => void desk.at(dragUs + step * 1_000_000)));
    const { user, system } = process.cpuUsage(before);
    stepCpu.push((user + system) / 1000);
  }
  const compared = compare(
    desk,
    options,
    [0.2, 0.5, 0.9].map((share) => Math.floor(fromUs + (toUs - fromUs) * share)),
  );
  desk.close();
  times.sort((a, b) => a - b);
  cpu.sort((a, b) => a - b);
  steps.sort((a, b) => a - b);
  return {
    daySeconds: (toUs - fromUs) / 1e6,
    indexMs,
    anchors: anchors.length,
    anchorMb: anchorBytes / 2 ** 20,
    asks: times.length,
    medianMs: times[times.length >> 1] as number,
    p95Ms: times[Math.floor(times.length * 0.95)] as number,
    worstMs: times.at(-1) as number,
    medianCpuMs: cpu[cpu.length >> 1] as number,
    worstCpuMs: cpu.at(-1) as number,
    replayedMost: Math.max(...replayed),
    dragMedianMs: steps[steps.length >> 1] as number,
    dragWorstMs: steps.at(-1) as number,
    dragWorstCpuMs: Math.max(...stepCpu),
    comparedFigures: compared,
  };
}

/** The same instants without any anchor: from the tape's first event on. */
function compare(
  desk: ScrubDesk,
  options: ConstructorParameters<typeof ScrubDesk>[0],
  instants: readonly number[],
): number {
  const plain = fs.mkdtempSync(path.join(os.tmpdir(), 'drover-bench-scrub-plain-'));
  try {
    fs.cpSync(path.join(options.dataDir, 'tape'), path.join(plain, 'tape'), { recursive: true });
    const slow = new ScrubDesk({ ...options, dataDir: plain });
    while (slow.follow(0, () => Number.POSITIVE_INFINITY));
    let figures = 0;
    for (const us of instants) {
      const [fast, whole] = [desk.at(us), slow.at(us)].map(({ buffer }) =>
        createColumns(VIEW_COLUMNS, SYMBOL_CAPACITY, buffer),
      );
      for (const name of ['last', 'bid', 'ask', 'volume', 'tradeCount'] as const)
        for (let row = 0; row < options.reference.length; row++) {
          const [a, b] = [fast?.[name][row] as number, whole?.[name][row] as number];
          if (!Object.is(a, b)) throw new FailureError(`${name} of row ${row} is ${a} with anchors and ${b} without.`);
          if (a > 0) figures++;
        }
    }
    slow.close();
    if (figures === 0) throw new FailureError('there was nothing to compare.');
    return figures;
  } finally {
    fs.rmSync(plain, { recursive: true, force: true });
  }
}

function timed(work: () => void): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}
