/**
 * The tape: bytes an event on disk, what it costs the kernel and the store worker, reading back, trades in memory, scrubbing.
 * Runs over recorded days where `../shared` (or DROVER_SHARED) has them, and over generated events of `--symbols`.
 * Every event read back must hash equal to what was written.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readMarketDay } from '../src/engine/adapters/flatfiles/market-day.ts';
import { Codec } from '../src/engine/adapters/store/compression.ts';
import { ScrubFiles } from '../src/engine/adapters/store/scrub-files.ts';
import {
  createSampleMarket,
  EVENT_COLUMN_NAMES,
  SAMPLE_DAY,
  SAMPLE_OPEN_US,
} from '../src/engine/adapters/store/store-samples.ts';
import { TapeReader } from '../src/engine/adapters/store/tape-reader.ts';
import { TapeWriter } from '../src/engine/adapters/store/tape-writer.ts';
import { FailureError } from '../src/engine/cli/command.ts';
import { crc32c } from '../src/engine/lib/crc32c.ts';
import { FrameRing } from '../src/engine/lib/frame-ring.ts';
import { createRng } from '../src/engine/lib/rng.ts';
import { MarketView } from '../src/engine/market/market-view.ts';
import { ConditionSets } from '../src/engine/model/conditions.ts';
import type { EventBatch } from '../src/engine/model/event-batch.ts';
import { createEventBatch, EventKind } from '../src/engine/model/event-batch.ts';
import { SymbolTable } from '../src/engine/model/symbols.ts';
import { MarketScrub, ScrubIndexer } from '../src/engine/tape/market-scrub.ts';
import { createMarketStaging, packMarketFrame } from '../src/engine/tape/tape-input.ts';
import { TradeTape } from '../src/engine/tape/trade-tape.ts';
import { SessionCalendar } from '../src/engine/time/calendar.ts';
import { SessionClock } from '../src/engine/time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../src/engine/time/us-calendar.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';

interface Material {
  readonly name: string;
  readonly day: string;
  readonly symbols: SymbolTable;
  readonly sets: ConditionSets;
  readonly events: number;
  batches(): AsyncIterable<EventBatch> | Iterable<EventBatch>;
}

export async function run(args: string[]): Promise<void> {
  const { events, symbols, seed, batch } = readNumbers(args, { events: 1_500_000, symbols: 5500, seed: 1, batch: 512 });
  console.log(machineLine());
  const real = recordedDay('2013-10-07');
  if (real === null)
    console.log('no recorded day found: generated events only (set DROVER_SHARED to the folder that has data/)');
  for (const material of [...(real === null ? [] : [real]), generated(events, symbols, seed, batch)])
    await measureMaterial(material);
  kernelSide(seed, symbols, batch);
  memoryTape(seed, symbols);
}

function recordedDay(day: string): Material | null {
  const dir = path.join(process.env['DROVER_SHARED'] ?? path.resolve('../shared'), 'data');
  if (!fs.existsSync(path.join(dir, 'us_stocks_sip'))) return null;
  const symbols = new SymbolTable();
  const sets = new ConditionSets();
  const options = { symbols, conditions: sets, calendar: new SessionCalendar(US_EQUITY_CALENDAR) };
  return {
    name: `recorded ${day}`,
    day,
    symbols,
    sets,
    events: 0,
    batches: () => stamped(readMarketDay(dir, day, options)),
  };
}

/** Flat files have no receive time; the tape needs one that moves. */
async function* stamped(batches: AsyncIterable<EventBatch>): AsyncGenerator<EventBatch> {
  for await (const batch of batches) {
    batch.receivedUs = (batch.timeUs[batch.length - 1] as number) + 1000;
    yield batch;
  }
}

function generated(events: number, symbolCount: number, seed: number, rows: number): Material {
  const symbols = new SymbolTable();
  const sets = new ConditionSets();
  for (let i = 0; i < symbolCount; i++) symbols.intern(`S${i}`);
  for (const set of [[1], [12, 37], [14, 41]]) sets.intern(set);
  const batches = function* (): Generator<EventBatch> {
    const market = createSampleMarket(seed, symbolCount);
    const batch = createEventBatch(rows);
    for (let done = 0; done < events; done += rows) {
      market.fill(batch, rows);
      yield batch;
    }
  };
  return { name: `generated, ${symbolCount} symbols, seed ${seed}`, day: SAMPLE_DAY, symbols, sets, events, batches };
}

async function measureMaterial(material: Material): Promise<void> {
  console.log(`\n${material.name}`);
  for (const [name, codec, quality] of [
    ['brotli 1', Codec.brotli, 1],
    ['brotli 4', Codec.brotli, 4],
    ['deflate 1', Codec.deflate, 1],
    ['lz4', Codec.lz4, 0],
  ] as const) {
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'drover-bench-tape-'));
    try {
      const written = await writeAll(material, dataDir, codec, quality);
      const read = readAll(material, dataDir);
      if (read.hash !== written.hash || read.events !== written.events)
        throw new FailureError(
          `the tape gave back ${read.events} events with hash ${read.hash}, not ${written.events} with ${written.hash}.`,
        );
      const { events, bytes, ms } = written;
      const perS = (count: number, took: number): string => Math.round((count / took) * 1000).toLocaleString('en-US');
      console.log(
        `  ${name.padEnd(10)} ${(bytes / events).toFixed(2)} bytes/event  write ${perS(events, ms)} events/s (${((events * 64) / ms / 1000).toFixed(0)} MB/s of rows)  read ${perS(read.events, read.ms)} events/s  ${events} events, ${bytes} bytes, hash ${read.hash}`,
      );
      if (codec === Codec.deflate) scrub(material, dataDir);
    } finally {
      fs.rmSync(dataDir, { recursive: true, force: true });
    }
  }
}

async function writeAll(material: Material, dataDir: string, codec: number, quality: number) {
  const writer = new TapeWriter({ dataDir, day: material.day, nowUs: () => SAMPLE_OPEN_US, codec, quality });
  const staging = createMarketStaging(8192);
  let symbolsSent = 0;
  let setsSent = 1;
  let inputNo = 0;
  let events = 0;
  let hash = 0;
  let ms = 0;
  for await (const batch of material.batches()) {
    writer.addSymbols(material.symbols.names.slice(symbolsSent));
    writer.addSets(material.sets.sets.slice(setsSent));
    symbolsSent = material.symbols.names.length;
    setsSent = material.sets.sets.length;
    packMarketFrame(staging, ++inputNo, batch, 0, batch.length);
    const started = performance.now();
    writer.addMarket(inputNo, batch.receivedUs, staging.doubles, staging.words, batch.length);
    ms += performance.now() - started;
    events += batch.length;
    hash = hashOf(batch, hash);
  }
  const started = performance.now();
  writer.close();
  return { events, bytes: writer.bytesWritten, ms: ms + performance.now() - started, hash };
}

function readAll(material: Material, dataDir: string) {
  const reader = new TapeReader({ dataDir, day: material.day });
  let hash = 0;
  let ms = 0;
  for (;;) {
    const started = performance.now();
    const input = reader.next();
    ms += performance.now() - started;
    if (input === null) break;
    hash = hashOf(reader.batch, hash);
  }
  reader.close();
  return { events: reader.eventsRead, hash, ms };
}

function hashOf(batch: EventBatch, before: number): number {
  let hash = before;
  for (const name of EVENT_COLUMN_NAMES) {
    const column = batch[name];
    const bytes = new Uint8Array(column.buffer, column.byteOffset, batch.length * column.BYTES_PER_ELEMENT);
    hash = crc32c(bytes, 0, bytes.length, hash);
  }
  return hash;
}

function scrub(material: Material, dataDir: string): void {
  const symbols = new SymbolTable();
  const sets = new ConditionSets();
  const sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
  const hooks = { makeView: (): MarketView => new MarketView({ symbols, conditions: sets, sessions }) };
  const reader = new TapeReader({ dataDir, day: material.day, symbols, sets });
  const files = new ScrubFiles(dataDir, material.day);
  const indexer = new ScrubIndexer(files, hooks);
  let firstUs = Number.NaN;
  let lastUs = 0;
  const started = performance.now();
  for (let input = reader.next(); input !== null; input = reader.next()) {
    if (Number.isNaN(firstUs)) firstUs = input.receivedUs;
    lastUs = input.receivedUs;
    indexer.take(input, reader.batch);
  }
  const indexMs = performance.now() - started;
  const view = new MarketScrub(files, reader, hooks);
  const rng = createRng(3);
  const times: number[] = [];
  let replayed = 0;
  for (let k = 0; k < 20; k++) {
    const begun = performance.now();
    replayed += view.at(firstUs + rng.below(lastUs - firstUs)).eventsReplayed;
    times.push(performance.now() - begun);
  }
  reader.close();
  times.sort((a, b) => a - b);
  console.log(
    `  scrub: ${files.list().length} anchors in ${Math.round(indexMs)} ms; 20 random instants median ${Math.round(times[10] as number)} ms, worst ${Math.round(times[19] as number)} ms, ${replayed} events replayed`,
  );
}

/** What an event costs the kernel's thread: copying the rows and pushing the frame. */
function kernelSide(seed: number, symbols: number, rows: number): void {
  const market = createSampleMarket(seed, symbols);
  const batch = createEventBatch(rows);
  market.fill(batch, rows);
  const staging = createMarketStaging(rows);
  const ring = new FrameRing(16 << 20);
  let pushed = 0;
  const times: number[] = [];
  for (let k = 0; k < 4000; k++) {
    const started = performance.now();
    const length = packMarketFrame(staging, k, batch, 0, rows);
    if (ring.push(staging.bytes, 0, length, 1, k)) pushed++;
    times.push(performance.now() - started);
    while (ring.next()) ring.release();
  }
  if (pushed !== 4000) throw new FailureError(`${pushed} of 4000 frames fitted.`);
  times.sort((a, b) => a - b);
  const ns = (at: number): string => (((times[at] as number) * 1e6) / rows).toFixed(1);
  console.log(`\nkernel side, ${rows} rows a batch: ${ns(2000)} ns/event median, ${ns(3960)} at the 99th percentile`);
}

function memoryTape(seed: number, symbols: number): void {
  const market = createSampleMarket(seed, symbols);
  const batch = createEventBatch(4096);
  const tape = new TradeTape({ capacity: symbols, maxTrades: 4_000_000 });
  let ms = 0;
  let volume = 0;
  let expected = 0;
  while (tape.total < 300_000) {
    market.fill(batch, 4096);
    const started = performance.now();
    for (let i = 0; i < 4096; i++) if (batch.kind[i] === EventKind.trade) tape.append(batch, i, 10, 10.01);
    ms += performance.now() - started;
    for (let i = 0; i < 4096; i++) if (batch.kind[i] === EventKind.trade) expected += batch.size[i] as number;
  }
  for (let s = 0; s < symbols; s++) for (let n = 0; n < tape.count(s); n++) volume += tape.sizeAt(s, n);
  if (volume !== expected) throw new FailureError(`the tape in memory holds ${volume} shares, not ${expected}.`);
  console.log(
    `trades in memory: ${tape.bytesPerTrade().toFixed(1)} bytes/trade at ${tape.total} trades of ${symbols} symbols (30 and the directory when pages are full), ${((ms * 1e6) / tape.total).toFixed(0)} ns/append, ${volume} shares`,
  );
}
