/**
 * The journal: how long an intent takes to be on disk, alone and under market load, and records a second in groups. The real
 * worker thread, SQLite with a sync at every commit; what was acknowledged is read back and counted.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openJournalReader } from '../src/engine/adapters/store/journal-sqlite.ts';
import { startStoreWorker, StoreClient } from '../src/engine/adapters/store/store-client.ts';
import type { StoreStats } from '../src/engine/adapters/store/store-report.ts';
import { createSampleMarket, SAMPLE_DAY, SAMPLE_OPEN_US } from '../src/engine/adapters/store/store-samples.ts';
import { FailureError } from '../src/engine/cli/command.ts';
import { ConditionSets } from '../src/engine/model/conditions.ts';
import { createEventBatch } from '../src/engine/model/event-batch.ts';
import { SymbolTable } from '../src/engine/model/symbols.ts';
import type { JournalKind, JournalRecord } from '../src/engine/ports/journal.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';

export async function run(args: string[]): Promise<void> {
  const { commits, records, rate } = readNumbers(args, { commits: 300, records: 50_000, rate: 60_000 });
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'drover-bench-journal-'));
  try {
    await measureJournal(dataDir, commits, records, rate);
  } finally {
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measureJournal(dataDir: string, commits: number, records: number, rate: number): Promise<void> {
  const workerUrl = path.join(path.dirname(fileURLToPath(import.meta.url)), 'store-worker.js');
  const { channel } = startStoreWorker({ dataDir, day: SAMPLE_DAY, workerUrl });
  let stats: StoreStats | null = null;
  const symbols = new SymbolTable();
  const sets = new ConditionSets();
  for (let i = 0; i < 5500; i++) symbols.intern(`S${i}`);
  for (let i = 1; i < 4; i++) sets.intern([i]);
  const client = new StoreClient({
    channel,
    symbols,
    sets,
    onReport: (report) => {
      if (report.kind === 'closed') stats = report.stats;
    },
  });
  if (client.waitOpen(10_000) !== 'open') throw new FailureError('the store did not open.');
  console.log(machineLine());
  let seq = 0;
  let inputNo = 0;
  const next = (kind: JournalKind): JournalRecord => ({
    seq: ++seq,
    inputNo,
    atUs: SAMPLE_OPEN_US + seq,
    kind,
    id: `o-${seq}`,
    cause: `s-${seq}`,
    symbol: 'S1',
    body: {
      side: 'buy',
      quantity: 100,
      limit: 12_340_000,
      gates: Array.from({ length: 6 }, (_, i) => ({
        name: `gate ${i}`,
        value: i / 3,
        operator: '<',
        threshold: 5,
        pass: true,
      })),
    },
  });
  const waits = (beforeEach: () => void): number[] => {
    const times: number[] = [];
    for (let k = 0; k < commits; k++) {
      beforeEach();
      const started = performance.now();
      client.appendJournal(next('intent'));
      if (!client.waitDurable(seq, 10_000)) throw new FailureError('an intent was not on disk within 10 s.');
      times.push(performance.now() - started);
      client.poll();
    }
    return times.sort((a, b) => a - b);
  };
  const line = (name: string, times: number[]): void => {
    const at = (part: number): string =>
      (times[Math.min(times.length - 1, Math.floor(times.length * part))] as number).toFixed(2);
    const total = times.reduce((sum, time) => sum + time, 0);
    console.log(
      `${name}: median ${at(0.5)} ms, 99th percentile ${at(0.99)} ms, worst ${at(1)} ms, ${Math.round((commits / total) * 1000)} commits/s one after the other`,
    );
  };
  line(
    'intent to disk, quiet',
    waits(() => undefined),
  );
  const market = createSampleMarket(1, 5500, rate);
  const batch = createEventBatch(256);
  const startedMs = performance.now();
  let sent = 0;
  line(
    `intent to disk, ${rate} events/s on the tape`,
    waits(() => {
      const due = ((performance.now() - startedMs) / 1000) * rate;
      for (; sent < due; sent += 256) {
        market.fill(batch, 256);
        client.appendBatch(++inputNo, batch);
      }
    }),
  );
  const started = performance.now();
  for (let k = 0; k < records; k++) {
    while (!client.appendJournal(next('decision'))) client.poll();
    if (k % 500 === 0) client.poll();
  }
  if (!client.waitDurable(seq, 60_000)) throw new FailureError('the records were not on disk within a minute.');
  console.log(
    `groups: ${Math.round((records / (performance.now() - started)) * 1000).toLocaleString('en-US')} records/s durable, ${records} records`,
  );
  if (!(await client.close())) throw new FailureError('the store did not close.');
  const journal = openJournalReader(dataDir);
  const found = journal === null ? 0 : [...journal.read({ day: SAMPLE_DAY })].length;
  journal?.close();
  if (found !== seq) throw new FailureError(`${found} of ${seq} records were found.`);
  const { commits: groups, tapeEvents, tapeBytes } = stats ?? { commits: 0, tapeEvents: 0, tapeBytes: 0 };
  console.log(
    `${found} records in ${groups} commits; ${tapeEvents} events on the tape, ${(tapeBytes / Math.max(1, tapeEvents)).toFixed(2)} bytes each`,
  );
}
