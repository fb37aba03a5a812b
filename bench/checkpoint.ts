/**
 * Checkpoints: how long the kernel stands still to copy its state, how long the worker takes to write it, what that costs an
 * intent waiting at the same time, and how long reading one back takes.
 *
 * First a market view of 20,000 symbols with a trade tape, then a whole kernel (bars, strategies, ledger, desks with many
 * trades) of 5,500 symbols that goes on trading in between (`--kernelEvents 0` leaves it out).
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { newestCheckpoint } from '../src/engine/adapters/store/checkpoint-files.ts';
import { readExits, writeExits } from '../src/engine/adapters/store/exits-file.ts';
import { warmCheckpoints } from '../src/engine/adapters/store/store-channel.ts';
import { startStoreWorker, StoreClient } from '../src/engine/adapters/store/store-client.ts';
import type { StoreReport } from '../src/engine/adapters/store/store-report.ts';
import { createSampleMarket, SAMPLE_DAY, SAMPLE_OPEN_US } from '../src/engine/adapters/store/store-samples.ts';
import { FrameDecoder } from '../src/engine/feeds/frame-decoder.ts';
import { createOfflineKernel } from '../src/engine/hosts/kernel-host/offline-kernel.ts';
import { drive, simStretch } from '../src/engine/testing/sim-inputs.ts';
import { FailureError } from '../src/engine/cli/command.ts';
import { hashMarket } from '../src/engine/market/market-hash.ts';
import { MarketView } from '../src/engine/market/market-view.ts';
import { ConditionSets } from '../src/engine/model/conditions.ts';
import { createEventBatch, EventKind } from '../src/engine/model/event-batch.ts';
import { SymbolTable } from '../src/engine/model/symbols.ts';
import { TradeTape } from '../src/engine/tape/trade-tape.ts';
import { SessionCalendar } from '../src/engine/time/calendar.ts';
import { SessionClock } from '../src/engine/time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../src/engine/time/us-calendar.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';

export async function run(args: string[]): Promise<void> {
  const options = readNumbers(args, {
    symbols: 20_000,
    events: 1_000_000,
    checkpoints: 25,
    trades: 1,
    kernelEvents: 1_000_000,
  });
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'drover-bench-checkpoint-'));
  try {
    console.log(machineLine());
    await measureCheckpoints(path.join(dataDir, 'view'), options);
    if (options.kernelEvents > 0) await measureKernel(path.join(dataDir, 'kernel'), options);
  } finally {
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

function fresh(symbolCount: number) {
  const symbols = new SymbolTable();
  const conditions = new ConditionSets();
  for (let i = 0; i < symbolCount; i++) symbols.intern(`S${i}`);
  for (let i = 1; i < 4; i++) conditions.intern([i]);
  const sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
  const view = new MarketView({ symbols, conditions, sessions });
  return { symbols, conditions, view, tape: new TradeTape({ capacity: symbols.capacity, maxTrades: 2_000_000 }) };
}

async function measureCheckpoints(
  dataDir: string,
  options: { symbols: number; events: number; checkpoints: number; trades: number },
): Promise<void> {
  const { symbols, conditions, view, tape } = fresh(options.symbols);
  const market = createSampleMarket(1, options.symbols);
  const batch = createEventBatch(4096);
  const feed = (events: number): void => {
    for (let done = 0; done < events; done += 4096) {
      market.fill(batch, 4096);
      for (let i = 0; i < 4096; i++) {
        if (batch.kind[i] === EventKind.trade) {
          view.applyTrade(batch, i);
          if (options.trades !== 0) tape.append(batch, i, 1, 2);
        } else view.applyQuote(batch, i);
      }
    }
  };
  feed(options.events);
  const workerUrl = path.join(path.dirname(fileURLToPath(import.meta.url)), 'store-worker.js');
  const { channel } = startStoreWorker({ dataDir, day: SAMPLE_DAY, workerUrl });
  const reports: (StoreReport & { kind: 'checkpoint' })[] = [];
  const client = new StoreClient({
    channel,
    symbols,
    sets: conditions,
    onReport: (report) => {
      if (report.kind === 'checkpoint') reports.push(report);
    },
  });
  if (client.waitOpen(10_000) !== 'open') throw new FailureError('the store did not open.');
  warmCheckpoints(channel, 128 << 20);
  const pauses: number[] = [];
  const waits: number[] = [];
  let bytes = 0;
  for (let n = 1; n <= options.checkpoints; n++) {
    feed(20_000);
    const meta = {
      day: SAMPLE_DAY,
      inputNo: n,
      atUs: SAMPLE_OPEN_US,
      seq: n - 1,
      engineVersion: 'bench',
      stateVersion: 1,
    };
    const started = performance.now();
    const result = client.writeCheckpoint(meta, (writer) => {
      view.save(writer);
      tape.save(writer);
    });
    pauses.push(performance.now() - started);
    while (client.continueCheckpoint() === 'more');
    if (!result.ok) throw new FailureError(result.message);
    bytes = result.bytes;
    const asked = performance.now();
    client.appendJournal({
      seq: n,
      inputNo: n,
      atUs: SAMPLE_OPEN_US,
      kind: 'intent',
      id: `o${n}`,
      cause: '',
      symbol: '',
      body: {},
    });
    if (!client.waitDurable(n, 30_000)) throw new FailureError('an intent was not on disk within 30 s.');
    waits.push(performance.now() - asked);
    const deadline = performance.now() + 60_000;
    while (reports.length < n && performance.now() < deadline) {
      client.poll();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  if (!(await client.close())) throw new FailureError('the store did not close.');
  report('kernel pause', pauses);
  report('intent to disk meanwhile', waits);
  report(
    'worker, copy to file',
    reports.map(({ tookMs }) => tookMs),
  );
  const last = reports.at(-1)?.result;
  if (last?.kind !== 'written') throw new FailureError('the last checkpoint was not written.');
  console.log(
    `${(bytes / 2 ** 20).toFixed(1)} MB of state, ${(last.bytes / 2 ** 20).toFixed(1)} MB in the file, ${options.symbols} symbols, ${tape.total} trades`,
  );
  readBack(dataDir, options.symbols, String(hashMarket(view)));
}

/** A whole kernel over the simulated open, taking checkpoints as the engine does. */
async function measureKernel(dataDir: string, options: { kernelEvents: number; checkpoints: number }): Promise<void> {
  const stretch = await simStretch({
    seed: 1,
    symbols: 5_500,
    rate: 40_000,
    start: '09:30',
    minutes: options.kernelEvents / 40_000 / 60,
  });
  const workerUrl = path.join(path.dirname(fileURLToPath(import.meta.url)), 'store-worker.js');
  const { channel } = startStoreWorker({ dataDir, day: stretch.config.day, workerUrl });
  let intent = 0;
  const offline = createOfflineKernel(stretch.config, {
    append: (record) => void (intent = record.kind === 'intent' ? record.seq : intent),
  });
  const { kernel, symbols, conditions } = offline;
  const written: (StoreReport & { kind: 'checkpoint' })[] = [];
  const client = new StoreClient({
    channel,
    symbols,
    sets: conditions,
    onReport: (report) => void (report.kind === 'checkpoint' ? written.push(report) : 0),
  });
  if (client.waitOpen(10_000) !== 'open') throw new FailureError('the store did not open.');
  const decoder = new FrameDecoder(symbols, conditions);
  const batch = createEventBatch();
  const pauses: number[] = [];
  const later: number[] = [];
  let bytes = 0;
  const step = Math.floor(stretch.inputs.length / (options.checkpoints + 1));
  for (let n = 1; n <= options.checkpoints; n++) {
    drive(offline, stretch.inputs, (n - 1) * step, n * step, () => intent, decoder, batch);
    const meta = {
      day: stretch.config.day,
      inputNo: kernel.inputNo,
      atUs: kernel.nowUs,
      seq: kernel.journal.nextSeq - 1,
      engineVersion: 'bench',
      stateVersion: 1,
    };
    const started = performance.now();
    const result = client.writeCheckpoint(meta, (writer) => kernel.save(writer));
    pauses.push(performance.now() - started);
    if (!result.ok) throw new FailureError(result.message);
    bytes = result.bytes;
    for (let more = 'more'; more === 'more';) {
      const from = performance.now();
      more = client.continueCheckpoint();
      later.push(performance.now() - from);
    }
    const deadline = performance.now() + 60_000;
    while (written.length < n && performance.now() < deadline) {
      client.poll();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  if (!(await client.close())) throw new FailureError('the store did not close.');
  const { desk } = kernel.main;
  const trades = desk.summaries.account(kernel.nowUs);
  console.log(
    `whole kernel: ${symbols.size} symbols, ${(bytes / 2 ** 20).toFixed(1)} MB of state, ${trades.closedTrades} closed and ${trades.openPositions} open trades`,
  );
  report('kernel pause', pauses);
  report('each later turn', later);
  report(
    'worker, copy to file',
    written.map(({ tookMs }) => tookMs),
  );
}

function readBack(dataDir: string, symbolCount: number, hash: string): void {
  const started = performance.now();
  const { checkpoint, rejected } = newestCheckpoint(dataDir);
  const back = fresh(symbolCount);
  if (checkpoint === null || rejected.length > 0) throw new FailureError('the newest checkpoint was refused.');
  back.view.restore(checkpoint);
  back.tape.restore(checkpoint);
  const tookMs = performance.now() - started;
  if (String(hashMarket(back.view)) !== hash) throw new FailureError('the restored market is another one.');
  console.log(`read back and checked in ${tookMs.toFixed(0)} ms, hash ${hash}`);
  const state = {
    positions: Array.from({ length: 40 }, (_, i) => ({
      symbol: `S${i}`,
      quantity: 100,
      exits: [{ kind: 'stop-loss', price: 1 }],
    })),
  };
  const write = performance.now();
  writeExits(dataDir, { day: SAMPLE_DAY, inputNo: 1, atUs: 1, seq: 1, state });
  const read = performance.now();
  if (readExits(dataDir).from !== 'current') throw new FailureError('the exits file was not read.');
  console.log(
    `exits file of 40 positions: written in ${(read - write).toFixed(1)} ms, read in ${(performance.now() - read).toFixed(1)} ms`,
  );
}

function report(name: string, times: number[]): void {
  times.sort((a, b) => a - b);
  const at = (part: number): string =>
    (times[Math.min(times.length - 1, Math.floor(times.length * part))] as number).toFixed(2);
  console.log(
    `${name}: best ${at(0)} ms, median ${at(0.5)} ms, 99th percentile ${at(0.99)} ms, worst ${at(1)} ms, ${times.length} times`,
  );
}
