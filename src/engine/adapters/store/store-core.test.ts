/** GRP, CHN: the worker's logic and the kernel's client together, in one thread, with a disk that can be broken. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ConditionSets } from '../../model/conditions.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import { SymbolTable } from '../../model/symbols.ts';
import type { JournalKind } from '../../ports/journal.ts';
import type { TapeHole } from '../../tape/tape-input.ts';
import { createRng } from '../../lib/rng.ts';
import { newestCheckpoint } from './checkpoint-files.ts';
import { readExits } from './exits-file.ts';
import type { FaultyFiles } from './faulty-files.ts';
import { createFaultyFiles } from './faulty-files.ts';
import { openJournalReader } from './journal-sqlite.ts';
import type { StoreChannelOptions } from './store-channel.ts';
import { createStoreChannel } from './store-channel.ts';
import { StoreClient } from './store-client.ts';
import type { StoreCore, StoreCoreOptions } from './store-core.ts';
import { openStoreCore } from './store-core.ts';
import type { StoreReport } from './store-report.ts';
import { createSampleMarket, SAMPLE_DAY, SAMPLE_OPEN_US, temporaryFolder } from './store-samples.ts';
import { foldFrontIfIdle } from './tape-fold.ts';
import { FRONT_FILES } from './tape-front.ts';
import { TapeReader } from './tape-reader.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

interface Bench {
  readonly dataDir: string;
  readonly core: StoreCore;
  readonly client: StoreClient;
  readonly reports: StoreReport[];
  readonly faulty: FaultyFiles;
  readonly clock: { us: number };
  /** Steps until there is nothing to do, a millisecond a step. */
  run(steps?: number): void;
}

function start(
  options: Partial<StoreCoreOptions> & StoreChannelOptions = {},
  dataDir = temporaryFolder('core'),
): Bench {
  folders.push(dataDir);
  const clock = { us: SAMPLE_OPEN_US };
  const faulty = createFaultyFiles();
  const channel = createStoreChannel(options);
  const symbols = new SymbolTable(64);
  const sets = new ConditionSets();
  for (let i = 0; i < 20; i++) symbols.intern(`C${i}`);
  for (let i = 1; i < 5; i++) sets.intern([i]);
  const reports: StoreReport[] = [];
  const client = new StoreClient({ channel, symbols, sets, onReport: (report) => void reports.push(report) });
  const core = openStoreCore({
    channel,
    dataDir,
    day: SAMPLE_DAY,
    nowUs: () => clock.us,
    files: faulty.files,
    ...options,
  });
  if (core === null) {
    client.poll();
    throw new Error(JSON.stringify(reports));
  }
  const run = (steps = 1000): void => {
    for (let k = 0; k < steps && !core.isClosed; k++) {
      clock.us += 1000;
      core.step();
      client.poll();
    }
  };
  return { dataDir, core, client, reports, faulty, clock, run };
}

function record(seq: number, kind: JournalKind = 'intent', inputNo = seq) {
  return { seq, inputNo, atUs: SAMPLE_OPEN_US + seq, kind, id: `r-${seq}`, cause: '', symbol: 'C1', body: { seq } };
}

function readTape(dataDir: string): { numbers: number[]; holes: TapeHole[]; events: number } {
  const reader = new TapeReader({ dataDir, day: SAMPLE_DAY });
  const numbers: number[] = [];
  const holes: TapeHole[] = [];
  for (let input = reader.next(); input !== null; input = reader.next()) {
    if (input.kind === 'hole') holes.push(input.body as TapeHole);
    else numbers.push(input.inputNo);
  }
  reader.close();
  expect(reader.damage).toEqual([]);
  return { numbers, holes, events: reader.eventsRead };
}

function close(bench: Bench): void {
  void bench.client.close(0);
  bench.run();
  expect(bench.client.life()).toBe('closed');
}

describe('store', () => {
  it('GRP1 GRP2 intents commit at once, the rest in company; the client sees how far', () => {
    const bench = start();
    bench.client.appendJournal(record(1, 'decision'));
    bench.run(3);
    expect(bench.client.durableSeq()).toBe(0);
    bench.run(12);
    expect(bench.client.durableSeq()).toBe(1);
    for (let seq = 2; seq <= 50; seq++) bench.client.appendJournal(record(seq, seq === 50 ? 'intent' : 'decision'));
    bench.run(1);
    expect(bench.client.durableSeq()).toBe(50);
    close(bench);
    expect(bench.reports.find(({ kind }) => kind === 'closed')).toMatchObject({
      stats: { durableSeq: 50, commits: 2, records: 50 },
    });
    const again = start({}, bench.dataDir);
    expect(again.client.durableSeq()).toBe(50);
    again.client.poll();
    expect(again.reports[0]).toMatchObject({ kind: 'opened', lastSeq: 50, journal: { state: 'clean' } });
    close(again);
  });

  /** Forty batches in three parts, each followed by an intent; a turn of the store after each. */
  function trade(bench: Bench): void {
    const market = createSampleMarket(1, 20);
    const batch = createEventBatch(500);
    for (let inputNo = 1; inputNo <= 40; inputNo++) {
      market.fill(batch, 500);
      bench.client.appendBatch(inputNo, batch);
      if (inputNo % 10 !== 0 && inputNo !== 33) continue;
      const seq = bench.client.durableSeq() + 1;
      bench.client.appendJournal(record(seq, 'intent', inputNo));
      bench.run(1);
      expect(bench.client.durableSeq()).toBe(seq);
    }
  }

  /** What a start finds: the files alone, after a kill now. */
  function afterKill(bench: Bench): { numbers: number[]; holes: TapeHole[]; events: number } {
    const dataDir = temporaryFolder('core-after');
    folders.push(dataDir);
    fs.cpSync(bench.dataDir, dataDir, { recursive: true, filter: (file) => !file.endsWith('store.lock') });
    foldFrontIfIdle(dataDir, SAMPLE_DAY);
    expect(fs.readdirSync(path.join(dataDir, 'tape', SAMPLE_DAY)).filter((name) => !name.endsWith('.seg'))).toEqual([]);
    return readTape(dataDir);
  }

  it.each(['sync', 'write'] as const)('GRP3 FRT1 (%s) what an intent was decided on outlives a kill', (mode) => {
    const bench = start({ tapeBeforeJournal: mode });
    trade(bench);
    // The tape's own blocks are behind: nobody waited for them.
    expect(bench.client.tapeProgress().writtenInputNo).toBeLessThan(40);
    const { numbers, events } = afterKill(bench);
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(events).toBe(20_000);
    close(bench);
    expect(readTape(bench.dataDir)).toMatchObject({ events: 20_000, holes: [] });
    expect(fs.readdirSync(path.join(bench.dataDir, 'tape', SAMPLE_DAY))).toEqual(['000001.seg']);
  });

  it('GRP3 FRT1 with simulated time an intent waits for all of it, however far behind the tape is', () => {
    const bench = start({ tapeBeforeJournal: 'sync', tapeRingBytes: 32 << 20 });
    const market = createSampleMarket(5, 20);
    const batch = createEventBatch(2000);
    for (let inputNo = 1; inputNo <= 100; inputNo++) {
      market.fill(batch, 2000);
      bench.client.appendBatch(inputNo, batch);
    }
    bench.client.appendJournal(record(1, 'intent', 100));
    bench.run(1);
    expect(bench.client.durableSeq()).toBe(1);
    expect(bench.client.tapeProgress().writtenInputNo).toBeLessThan(50);
    expect(afterKill(bench).events).toBe(200_000);
    close(bench);
  });

  it('GRP3 FRT1 a record before any input leaves nothing to copy, and the next intent is still covered', () => {
    const bench = start({ tapeBeforeJournal: 'sync' });
    bench.client.appendJournal(record(1, 'intent', 0));
    bench.run(1);
    expect(bench.client.durableSeq()).toBe(1);
    const batch = createEventBatch(300);
    createSampleMarket(6, 20).fill(batch, 300);
    bench.client.appendBatch(1, batch);
    bench.client.appendJournal(record(2, 'intent', 1));
    bench.run(1);
    expect(bench.client.durableSeq()).toBe(2);
    expect(bench.reports.filter((report) => report.kind === 'front')).toEqual([]);
    expect(afterKill(bench).events).toBe(300);
    close(bench);
  });

  it('GRP3 a power cut takes nothing that an intent was decided on when the front is synced', () => {
    const bench = start({ tapeBeforeJournal: 'sync' });
    trade(bench);
    bench.faulty.loseUnsynced();
    expect(afterKill(bench).events).toBe(20_000);
  });

  it('GRP3 FRT3 a power cut takes the end of the tape when it is not; the journal is there and nothing false is put in', () => {
    const bench = start({ tapeBeforeJournal: 'write' });
    trade(bench);
    bench.faulty.loseUnsynced();
    const { numbers, holes } = afterKill(bench);
    expect(numbers.length).toBeLessThan(40);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
    expect(holes).toEqual([]);
    const journal = openJournalReader(bench.dataDir);
    expect(journal?.lastSeq(SAMPLE_DAY)).toBe(5);
    journal?.close();
  });

  it('FRT1 FRT2 the front goes on through blocks, both files and rounds of the ring, and is right at every instant', () => {
    const bench = start({ tapeBeforeJournal: 'write', tapeRingBytes: 400_000, flushEveryUs: 7000 });
    const market = createSampleMarket(4, 20);
    const batch = createEventBatch(300);
    const rng = createRng('front/1');
    let seq = 0;
    for (let inputNo = 1; inputNo <= 400; inputNo++) {
      market.fill(batch, 1 + rng.below(300));
      expect(bench.client.appendBatch(inputNo, batch)).toBe(true);
      if (rng.below(4) > 0) bench.run(rng.below(3));
      if (rng.below(3) > 0) continue;
      bench.client.appendJournal(record(++seq, 'intent', inputNo));
      bench.run(1);
      expect(bench.client.durableSeq()).toBe(seq);
      if (seq % 16 > 0) continue;
      expect(afterKill(bench).numbers, `input ${inputNo}`).toEqual(Array.from({ length: inputNo }, (_, i) => i + 1));
    }
    expect(seq).toBeGreaterThan(90);
    close(bench);
    expect(readTape(bench.dataDir).numbers.length).toBe(400);
  });

  it('FRT2 a torn or garbled front is taken as far as it is whole and never beyond', () => {
    const bench = start({ tapeBeforeJournal: 'write' });
    trade(bench);
    const front = FRONT_FILES.map((name) => path.join(bench.dataDir, 'tape', SAMPLE_DAY, name)).find((file) =>
      fs.existsSync(file),
    ) as string;
    const whole = fs.readFileSync(front);
    const rng = createRng('front/2');
    for (let n = 0; n < 12; n++) {
      const at = rng.below(whole.length);
      const bytes = n % 2 === 0 ? whole.subarray(0, at) : Buffer.from(whole);
      if (n % 2 === 1) bytes[at] = (bytes[at] as number) ^ (1 << rng.below(8));
      fs.writeFileSync(front, bytes);
      const { numbers } = afterKill(bench);
      expect(numbers.length, `changed at ${at}`).toBeLessThan(40 + (n % 2));
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
    }
  });

  it('CHN2 a full tape ring costs a hole that says what is missing, and then goes on', () => {
    const bench = start({ tapeRingBytes: 200_000 });
    const market = createSampleMarket(2, 20);
    const batch = createEventBatch(500);
    for (let inputNo = 1; inputNo <= 20; inputNo++) {
      market.fill(batch, 500);
      bench.client.appendBatch(inputNo, batch);
    }
    expect(bench.client.tapeState()).toBe('overflow');
    bench.run(5);
    market.fill(batch, 500);
    expect(bench.client.appendBatch(21, batch)).toBe(true);
    expect(bench.client.appendInput(22, 'broker', batch.receivedUs, { kind: 'link' })).toBe(true);
    close(bench);
    const { numbers, holes, events } = readTape(bench.dataDir);
    const lost = 20 - numbers.filter((n) => n <= 20).length;
    expect(lost).toBeGreaterThan(5);
    expect(holes).toEqual([
      { fromInputNo: 21 - lost, toInputNo: 20, inputs: lost, events: lost * 500, reason: 'overflow' },
    ]);
    expect(numbers.slice(-2)).toEqual([21, 22]);
    expect(events).toBe((21 - lost) * 500);
    expect([bench.client.inputsDropped, bench.client.eventsDropped]).toEqual([lost, lost * 500]);
  });

  it('GRP4 GRP5 a full disk stops neither reading nor the kernel; everything held is written when there is room', () => {
    const bench = start({ journalPagesMax: 60, journalRingBytes: 30_000 });
    const batch = createEventBatch(100);
    const market = createSampleMarket(3, 20);
    bench.faulty.roomBytes = 3000;
    for (let seq = 1; seq <= 3000; seq++) {
      market.fill(batch, 100);
      if (seq <= 100) bench.client.appendBatch(seq, batch);
      expect(bench.client.appendJournal({ ...record(seq), body: { pad: 'x'.repeat(100) } })).toBe(true);
      if (seq % 20 === 0) bench.run(1);
    }
    bench.run(50);
    expect(bench.client.journalState()).toBe('disk-full');
    expect(bench.client.tapeState()).toBe('disk-full');
    expect(bench.client.durableSeq()).toBeLessThan(3000);
    expect(bench.reports).toContainEqual(expect.objectContaining({ kind: 'journal', state: 'disk-full' }));
    expect(bench.reports).toContainEqual(expect.objectContaining({ kind: 'tape', state: 'disk-full' }));
    bench.faulty.roomBytes = Infinity;
    bench.core.raiseJournalLimit(100_000);
    bench.run(1500);
    expect([bench.client.journalState(), bench.client.tapeState(), bench.client.durableSeq()]).toEqual([
      'ok',
      'ok',
      3000,
    ]);
    close(bench);
    const journal = openJournalReader(bench.dataDir);
    expect(journal?.gaps(SAMPLE_DAY)).toEqual([]);
    expect([...(journal?.read() ?? [])].length).toBe(3000);
    journal?.close();
    expect(readTape(bench.dataDir)).toMatchObject({ holes: [], events: 10_000 });
  });

  it('CHN3 more records than can be held are refused, not forgotten quietly', () => {
    const bench = start({ journalRingBytes: 4096 });
    const client = new StoreClient({
      channel: bench.client.channel,
      symbols: new SymbolTable(8),
      sets: new ConditionSets(),
      overflowMax: 10,
    });
    const taken = Array.from({ length: 100 }, (_, i) => client.appendJournal(record(i + 1)));
    expect(client.recordsRefused).toBe(taken.filter((isTaken) => !isTaken).length);
    expect(client.recordsRefused).toBeGreaterThan(10);
    expect(client.journalState()).toBe('overflow');
  });

  it('CKP6 EXF4 checkpoints and exits go through the worker; the caller may reuse its memory at once', () => {
    const bench = start();
    const bytes = new Uint8Array(3_000_000).fill(7);
    const meta = { day: SAMPLE_DAY, inputNo: 5, atUs: 1, seq: 1, engineVersion: 't', stateVersion: 1 };
    bench.client.appendJournal(record(1));
    bench.client.writeExits({ day: SAMPLE_DAY, inputNo: 4, atUs: 1, seq: 0, state: 'old' });
    bench.client.writeExits({ day: SAMPLE_DAY, inputNo: 5, atUs: 1, seq: 1, state: 'new' });
    expect(bench.client.writeCheckpoint(meta, (writer) => writer.section('a', bytes)).ok).toBe(true);
    bytes.fill(8);
    expect(bench.client.writeCheckpoint({ ...meta, inputNo: 6 }, (writer) => writer.section('a', bytes)).ok).toBe(true);
    expect(bench.client.writeCheckpoint(meta, (writer) => writer.section('a', bytes))).toMatchObject({
      ok: false,
      code: 'busy',
    });
    bench.run(50);
    expect(readExits(bench.dataDir).content?.state).toBe('new');
    const { checkpoint } = newestCheckpoint(bench.dataDir);
    expect(checkpoint?.meta.inputNo).toBe(6);
    expect(Buffer.compare(checkpoint?.section('a') ?? Buffer.from('?'), bytes)).toBe(0);
    expect(bench.reports.filter(({ kind }) => kind === 'checkpoint').length).toBe(2);
    close(bench);
  });

  it('CHN4 two writers on one folder: the second is refused and says why; after the first it may', () => {
    const bench = start();
    expect(() => start({}, bench.dataDir)).toThrow(/in use by another Drover/);
    expect(fs.existsSync(path.join(bench.dataDir, 'store.lock'))).toBe(true);
    close(bench);
    close(start({}, bench.dataDir));
  });
});
