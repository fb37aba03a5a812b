/** A disk that fills up under a trading engine: entries stop, exits go on, and it recovers by itself (docs/specs/recovery.md). */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultyFiles } from '../../adapters/store/faulty-files.ts';
import { createFaultyFiles } from '../../adapters/store/faulty-files.ts';
import { createStoreChannel } from '../../adapters/store/store-channel.ts';
import { StoreClient } from '../../adapters/store/store-client.ts';
import type { StoreCore } from '../../adapters/store/store-core.ts';
import { openStoreCore } from '../../adapters/store/store-core.ts';
import { FrameDecoder } from '../../feeds/frame-decoder.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import type { Order } from '../../model/order.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { FeedTag } from '../../ports/feed.ts';
import type { SimStretch } from '../../testing/sim-inputs.ts';
import { simStretch } from '../../testing/sim-inputs.ts';
import type { OfflineKernel } from './offline-kernel.ts';
import { createOfflineKernel } from './offline-kernel.ts';
import { JournalTap, Recorder } from './recorder.ts';

const SEED = Number(process.env['DROVER_TEST_SEED'] ?? 7);
const FULL_PAGES = 1;
const ROOMY_PAGES = 1_000_000;

interface Rig extends OfflineKernel {
  readonly core: StoreCore;
  readonly client: StoreClient;
  readonly tap: JournalTap;
  readonly disk: FaultyFiles;
  readonly records: JournalRecord[];
  readonly said: string[];
  recorder: Recorder;
  at: number;
}

function openRig(stretch: SimStretch, dataDir: string): Rig {
  const records: JournalRecord[] = [];
  const said: string[] = [];
  const tap = new JournalTap((record) => void records.push(structuredClone(record)));
  const offline = createOfflineKernel(stretch.config, tap);
  const channel = createStoreChannel({ checkpointBytesMax: 1 << 20 });
  const disk = createFaultyFiles();
  let nowUs = 0;
  const core = openStoreCore({
    channel,
    dataDir,
    day: stretch.config.day,
    // Every look at the clock is a little later, so that retries come due.
    nowUs: () => (nowUs += 5_000),
    files: disk.files,
  });
  if (core === null) throw new Error('the store did not open');
  const client = new StoreClient({ channel, symbols: offline.symbols, sets: offline.conditions });
  tap.attach(client);
  const say = (severity: string, text: string): void => void said.push(`${severity} ${text}`);
  const recorder = new Recorder(offline.kernel, client, tap, false, say);
  return { ...offline, core, client, tap, disk, records, said, recorder, at: 0 };
}

/** Feeds inputs up to `to`, the store working in between as its thread would. */
function run(rig: Rig, stretch: SimStretch, to: number): void {
  const decoder = new FrameDecoder(rig.symbols, rig.conditions);
  const batch = createEventBatch();
  for (; rig.at < to; rig.at++) {
    const input = stretch.inputs[rig.at];
    if (input === undefined || input.tag !== FeedTag.vendorJson) continue;
    decoder.start(input.bytes, 0, input.bytes.length);
    let more: boolean;
    do {
      batch.length = 0;
      batch.receivedUs = input.stampUs;
      more = decoder.fill(batch);
      if (batch.length > 0) rig.recorder.market(batch);
    } while (more);
    for (let turn = 0; turn < 12 && rig.core.step(); turn++);
    rig.recorder.tellDurable();
    rig.recorder.watchStore(performance.now());
  }
}

const sent = (records: readonly JournalRecord[]): string[] =>
  records
    .filter(({ kind, body }) => kind === 'order' && (body as { event?: { kind: string } }).event?.kind === 'sent')
    .map(({ id }) => id);

describe(`a disk that fills up, seed ${SEED}`, () => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'drover-disk-full-'));
  let stretch: SimStretch;
  beforeAll(async () => {
    stretch = await simStretch({ seed: SEED, symbols: 60, rate: 700, start: '09:29', minutes: 4 });
  }, 180_000);
  afterAll(() => fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

  it.each([
    { name: 'journal, real feed', lockstep: false, fill: 'journal' as const },
    { name: 'journal, simulated time', lockstep: true, fill: 'journal' as const },
    { name: 'tape, real feed', lockstep: false, fill: 'tape' as const },
  ])('$name', { timeout: 180_000 }, ({ name, lockstep, fill }) => {
    const rig = openRig(stretch, path.join(folder, name.replaceAll(/\W+/g, '-')));
    const { kernel } = rig;
    const half = Math.floor(stretch.inputs.length * 0.4);
    run(rig, stretch, half);
    const { desk } = kernel.main;
    const heldBefore = desk.summaries.positions(kernel.nowUs).length;
    expect(heldBefore, 'positions are open when the disk fills up').toBeGreaterThan(0);

    if (fill === 'journal') rig.core.raiseJournalLimit(FULL_PAGES);
    else rig.disk.roomBytes = 0;
    // The store notices at its next write, as it would on its own thread while the kernel goes on.
    const isOk = (): boolean => rig.client.journalState() === 'ok' && rig.client.tapeState() === 'ok';
    const latest = Math.floor(stretch.inputs.length * 0.75);
    while (isOk() && rig.at < latest) run(rig, stretch, rig.at + 10);
    const stateAtFault = fill === 'journal' ? rig.client.journalState() : rig.client.tapeState();
    expect(stateAtFault).toBe('disk-full');
    const full = rig.records.length;
    if (lockstep)
      rig.recorder = new Recorder(
        kernel,
        rig.client,
        rig.tap,
        true,
        (severity, text) => void rig.said.push(`${severity} ${text}`),
      );
    run(rig, stretch, Math.floor(stretch.inputs.length * 0.88));
    const during = rig.records.slice(full);
    const orders = new Map(
      rig.records.filter(({ kind }) => kind === 'intent').map(({ id, body }) => [id, body as Order]),
    );
    const left = sent(during).map((id) => orders.get(id));
    expect(rig.said.join('\n')).toMatch(
      /danger the disk is full: auto trading is off and nothing is bought, exits go on/,
    );
    expect(rig.recorder.storeFault).toMatch(/the disk is full/);
    expect(desk.summaries.risk().isAuto).toBe(false);
    const own = left.filter((order) => order?.tradeId.startsWith(`${stretch.config.run}-`));
    expect(own.filter((order) => order?.side === 'sell').length, 'exits go on').toBeGreaterThan(0);
    // What left although nothing could be written: exits only. An entry that left was durable before the disk was full.
    const durable = rig.client.durableSeq();
    const seqs = new Map(rig.records.filter(({ kind }) => kind === 'intent').map(({ id, seq }) => [id, seq]));
    for (const order of own)
      if (order?.side === 'buy' && fill === 'journal') expect(seqs.get(order.id)).toBeLessThanOrEqual(durable);
    // By hand neither.
    const symbol = kernel.symbols.names[0] as string;
    const answer = rig.recorder.command({ id: 'hand', name: 'buy', args: { symbol, quantity: 10, limit: null } });
    expect(answer?.ok).toBe(false);

    rig.core.raiseJournalLimit(ROOMY_PAGES);
    rig.disk.roomBytes = Number.POSITIVE_INFINITY;
    run(rig, stretch, stretch.inputs.length - 20);
    for (let turn = 0; turn < 2000 && rig.client.durableSeq() < rig.tap.lastIntentSeq; turn++) rig.core.step();
    run(rig, stretch, stretch.inputs.length);
    expect(rig.recorder.storeFault).toBe('');
    expect(rig.said.at(-1)).toMatch(/notice the disk takes records again; auto trading stays off/);
    expect(desk.summaries.risk().isAuto).toBe(false);
    expect(desk.summaries.risk().locks.filter(({ code }) => code === 'disk')).toEqual([]);
    // Nothing was lost on the way: the journal has every record.
    for (let turn = 0; turn < 2000 && rig.client.durableSeq() < kernel.journal.nextSeq - 1; turn++) {
      rig.client.poll();
      rig.core.step();
    }
    expect(rig.client.durableSeq()).toBe(kernel.journal.nextSeq - 1);
  });
});

describe(`power, seed ${SEED}`, () => {
  it(
    'stops entries before a sleep, and after it doubts everything until the broker has spoken',
    { timeout: 180_000 },
    async () => {
      const stretch = await simStretch({ seed: SEED, symbols: 60, rate: 700, start: '09:29', minutes: 3 });
      const folder = fs.mkdtempSync(path.join(tmpdir(), 'drover-power-'));
      const rig = openRig(stretch, folder);
      const { kernel, recorder } = rig;
      const half = Math.floor(stretch.inputs.length / 2);
      run(rig, stretch, half);
      expect(kernel.main.desk.summaries.risk().isAuto).toBe(true);
      expect(kernel.main.desk.summaries.risk().isReconciled).toBe(true);
      recorder.command({ id: 'p1', name: 'power', args: { event: 'suspend' } });
      expect(kernel.main.desk.summaries.risk().isAuto).toBe(false);
      const sleptUs = kernel.nowUs;
      const full = rig.records.length;
      recorder.time(sleptUs + 5_000_000);
      recorder.command({ id: 'p2', name: 'power', args: { event: 'resume' } });
      expect(kernel.main.desk.summaries.risk().isReconciled).toBe(false);
      const gap = rig.records.slice(full).find(({ kind }) => kind === 'gap');
      expect(gap?.body).toMatchObject({ reason: 'suspend', startUs: sleptUs, endUs: sleptUs + 5_000_000 });
      run(rig, stretch, stretch.inputs.length);
      expect(kernel.main.desk.summaries.risk()).toMatchObject({ isReconciled: true, isAuto: false, drift: [] });
      await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  );
});
