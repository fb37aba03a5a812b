/**
 * A power cut: what was written and not yet synced is gone (docs/specs/recovery.md, RST3). Kernel, recorder, store and SQLite
 * are the real ones; at a seeded instant every file of the tape, every checkpoint and the exits file fall back to what
 * their last sync put on the medium, and a new kernel comes up on what is left.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultyFiles } from '../../adapters/store/faulty-files.ts';
import { createFaultyFiles } from '../../adapters/store/faulty-files.ts';
import { readExits } from '../../adapters/store/exits-file.ts';
import type { StoredRow } from '../../adapters/store/journal-sqlite.ts';
import { openJournal } from '../../adapters/store/journal-sqlite.ts';
import { createStoreChannel } from '../../adapters/store/store-channel.ts';
import { StoreClient } from '../../adapters/store/store-client.ts';
import { openStoreCore } from '../../adapters/store/store-core.ts';
import { foldFrontIfIdle } from '../../adapters/store/tape-fold.ts';
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import { FrameDecoder } from '../../feeds/frame-decoder.ts';
import { toRow } from '../../journal/journal-record.ts';
import { createRng } from '../../lib/rng.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import type { Fill } from '../../model/fill.ts';
import { FeedTag } from '../../ports/feed.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import type { SimStretch } from '../../testing/sim-inputs.ts';
import { drive, simStretch } from '../../testing/sim-inputs.ts';
import { Checkpoints } from './checkpoints.ts';
import { createOfflineKernel } from './offline-kernel.ts';
import { JournalTap, Recorder } from './recorder.ts';
import { recover, restoreTables } from './recovery.ts';
import { planTakeover } from './takeover.ts';

const SEED = Number(process.env['DROVER_TEST_SEED'] ?? 5);
const CUTS = Number(process.env['DROVER_POWER_CUTS'] ?? 3);
const rng = createRng(`power-cut/${SEED}`);

/** Trades until the power goes; returns the highest sequence that anybody was told is on disk, and what left. */
function tradeUntilCut(
  stretch: SimStretch,
  dataDir: string,
  to: number,
  tapeBeforeJournal: 'sync' | 'write',
): { told: number; sent: string[]; inputNo: number } {
  const sent: string[] = [];
  let newest: JournalRecord | null = null;
  const tap = new JournalTap((record) => {
    const { event } = record.body as { event?: { kind: string } };
    if (record.kind === 'order' && event?.kind === 'sent') sent.push(record.id);
    if (record.kind === 'intent') newest = record;
  });
  const { kernel, symbols, conditions } = createOfflineKernel(stretch.config, tap);
  const channel = createStoreChannel({ checkpointBytesMax: 64 << 20 });
  const disk: FaultyFiles = createFaultyFiles();
  let clockUs = 0;
  const { day } = stretch.config;
  const core = openStoreCore({
    channel,
    dataDir,
    day,
    nowUs: () => (clockUs += 2_000),
    files: disk.files,
    tapeBeforeJournal,
    syncEveryUs: 3_000_000,
  });
  if (core === null) throw new Error('the store did not open');
  const client = new StoreClient({ channel, symbols, sets: conditions });
  tap.attach(client);
  const recorder = new Recorder(kernel, client, tap, false);
  const checkpoints = new Checkpoints(kernel, client, stretch.config, symbols, conditions);
  recorder.command({ id: 'configure', name: 'configure', args: stretch.config });
  const decoder = new FrameDecoder(symbols, conditions);
  const batch = createEventBatch();
  let nowMs = performance.now();
  /** With a real market: once an intent is on the medium and what it was decided on is not. */
  const isTime = (): boolean =>
    tapeBeforeJournal === 'sync' ||
    (newest !== null && newest.seq <= client.durableSeq() && newest.inputNo > client.tapeProgress().syncedInputNo);
  for (let at = 0; at < stretch.inputs.length && (at < to || !isTime()); at++) {
    const input = stretch.inputs[at];
    if (input === undefined || input.tag !== FeedTag.vendorJson) continue;
    decoder.start(input.bytes, 0, input.bytes.length);
    let more: boolean;
    do {
      batch.length = 0;
      batch.receivedUs = input.stampUs;
      more = decoder.fill(batch);
      if (batch.length > 0) recorder.market(batch);
    } while (more);
    // The store's thread lags behind now and then, and is cut wherever it is.
    for (let turn = rng.below(4); turn > 0 && core.step(); turn--);
    recorder.tellDurable();
    // A tenth of a second a frame: checkpoints come often, and the cut falls into some of them.
    checkpoints.pulse((nowMs += 100), input.stampUs, at * 100);
  }
  const told = client.durableSeq();
  disk.loseUnsynced();
  return { told, sent, inputNo: kernel.inputNo };
}

function rowsOf(dataDir: string, day: string): StoredRow[] {
  const opened = openJournal({ dataDir, nowUs: () => 1 });
  if (!opened.ok) throw new Error(opened.message);
  const rows = [...opened.journal.read({ day })];
  opened.journal.close();
  return rows;
}

const lineOf = (row: Omit<StoredRow, 'day'>): string =>
  `${row.seq} ${row.inputNo} ${row.atUs} ${row.kind} ${row.id} ${row.cause} ${row.bodyJson}`;

/** Shares by ticker from the fills of the main desk in the journal. */
function heldOf(rows: readonly StoredRow[], run: string): Map<string, number> {
  const fills = new Map<string, { symbol: string; shares: number }>();
  for (const row of rows) {
    if (row.kind !== 'fill' || !row.cause.startsWith(`${run}-`)) continue;
    const { side, quantity } = JSON.parse(row.bodyJson) as Fill;
    fills.set(row.id, { symbol: row.symbol, shares: side === 'buy' ? quantity : -quantity });
  }
  const held = new Map<string, number>();
  for (const { symbol, shares } of fills.values()) held.set(symbol, (held.get(symbol) ?? 0) + shares);
  for (const [symbol, shares] of held) if (shares === 0) held.delete(symbol);
  return held;
}

describe(`power cuts, seed ${SEED}`, () => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'drover-power-cut-'));
  let stretch: SimStretch;
  /** Inputs that the cuts took, and restarts that had a checkpoint: without any the test would say nothing. */
  let cutInputs = 0;
  let checkpoints = 0;
  let journalAhead = 0;
  beforeAll(async () => {
    stretch = await simStretch({ seed: SEED, symbols: 60, rate: 700, start: '09:29', minutes: 2 });
  }, 180_000);
  afterAll(() => fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

  it.each(Array.from({ length: CUTS }, (_, n) => n))('RST3 CKP8 cut %i', { timeout: 180_000 }, (n) => {
    const { day, run } = stretch.config;
    const to = Math.floor(stretch.inputs.length * (0.55 + 0.4 * rng.next()));
    const running = path.join(folder, `running-${n}`);
    // As with simulated time, where the front of the tape is synced before an order leaves; then as with a real market.
    const mode = n === 0 ? 'sync' : 'write';
    const { told, sent, inputNo } = tradeUntilCut(stretch, running, to, mode);
    // The old process still holds its locks; the machine that starts again has only the files.
    const dataDir = path.join(folder, `after-${n}`);
    fs.cpSync(running, dataDir, { recursive: true, filter: (file) => !file.endsWith('store.lock') });
    foldFrontIfIdle(dataDir, day);
    const rows = rowsOf(dataDir, day);

    // Nothing that anybody relied on is gone, and nothing is there twice.
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1));
    expect(rows.length).toBeGreaterThanOrEqual(told);
    const intents = rows.filter(({ kind }) => kind === 'intent').map(({ id }) => id);
    expect(new Set(intents).size).toBe(intents.length);
    expect(
      sent.filter((id) => !intents.includes(id)),
      'orders left without their intent on disk',
    ).toEqual([]);
    expect(intents.length, 'there was trading').toBeGreaterThan(2);

    const made: JournalRecord[] = [];
    const { kernel, conditions } = createOfflineKernel(stretch.config, { append: (record) => void made.push(record) });
    const report = recover({
      dataDir,
      day,
      kernel,
      restoreTables: (reader) => restoreTables(reader, kernel.symbols, conditions),
    });
    expect(report.holeAtInputNo).toBeNull();
    const tape = new TapeReader({ dataDir, day });
    const { lastInputNo } = tape.stat();
    tape.close();
    expect(lastInputNo, 'a checkpoint never outlives the tape before it').toBeGreaterThanOrEqual(
      report.checkpointInputNo ?? 0,
    );
    cutInputs += inputNo - (lastInputNo ?? 0);
    checkpoints += report.checkpointInputNo === null ? 0 : 1;
    const bySeq = new Map(rows.map((row) => [row.seq, lineOf(row)]));
    const differing = made
      .map((record) => toRow(record))
      .filter((row) => (bySeq.get(row.seq) ?? lineOf(row)) !== lineOf(row));
    expect(differing.map(lineOf), 'decisions made again differ').toEqual([]);

    const takeover = planTakeover({
      dataDir,
      day,
      run,
      kernel,
      report,
      journalSeq: rows.length,
      exits: readExits(dataDir),
      replaces: null,
    });
    const lastIntentInput = rows.reduce(
      (last, { kind, inputNo: at }) => (kind === 'intent' ? Math.max(last, at) : last),
      0,
    );
    if (mode === 'sync')
      expect(lastInputNo ?? 0, 'an intent outlives its cause').toBeGreaterThanOrEqual(lastIntentInput);
    if (rows.length >= kernel.journal.nextSeq) {
      journalAhead++;
      // The end of the tape is gone: a gap that is shown, and nothing is sent before the broker was asked.
      expect(takeover?.adoption.gapFromUs).toBe(kernel.nowUs);
      expect(takeover?.sentence).toContain('the tape lost its end');
      expect(takeover?.records.map(({ seq }) => seq)).toEqual(
        Array.from({ length: rows.length - kernel.journal.nextSeq + 1 }, (_, i) => kernel.journal.nextSeq + i),
      );
    }
    if (takeover !== null)
      kernel.accept({
        kind: 'command',
        command: { id: 'r', name: 'adopt', args: takeover.adoption },
        atUs: takeover.atUs,
      });
    const held = new Map<string, number>();
    for (const trade of kernel.main.desk.summaries.positions(kernel.nowUs))
      held.set(trade.ticker, (held.get(trade.ticker) ?? 0) + trade.position.held);
    // Inputs that were on the medium and records that were not: those fills were made again and are in `made`.
    const again = made.map((record) => ({ ...toRow(record), day })).filter(({ seq }) => seq > rows.length);
    expect(Object.fromEntries(held)).toEqual(Object.fromEntries(heldOf([...rows, ...again], run)));

    // The rest of the day goes through it.
    const first = made.length;
    const rest = stretch.inputs.findIndex((input) => input.stampUs > kernel.nowUs);
    drive(createdOf(kernel, conditions), stretch.inputs, rest, stretch.inputs.length, () =>
      made.reduce((seq, record) => (record.kind === 'intent' ? Math.max(seq, record.seq) : seq), 0),
    );
    const later = made.slice(first).filter(({ kind }) => kind === 'intent');
    for (const { id } of later) expect(intents.includes(id) && takeover !== null, `${id} was given twice`).toBe(false);
    expect(kernel.main.desk.summaries.risk()).toMatchObject({ isReconciled: true, drift: [] });
  });

  it('took something in those cuts', () => {
    expect(cutInputs).toBeGreaterThan(0);
    expect(checkpoints).toBeGreaterThan(0);
    expect(journalAhead, 'a journal that outlived its tape').toBeGreaterThan(0);
  });
});

function createdOf(
  kernel: ReturnType<typeof createOfflineKernel>['kernel'],
  conditions: ReturnType<typeof createOfflineKernel>['conditions'],
): ReturnType<typeof createOfflineKernel> {
  return { kernel, symbols: kernel.symbols, conditions };
}
