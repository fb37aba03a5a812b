/** SEG, DMG, RD: segments on disk, what damage costs, and that nothing is ever silent. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/rng.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import type { TapeInput } from '../../tape/tape-input.ts';
import { createFaultyFiles } from './faulty-files.ts';
import {
  copyBatch,
  createSampleMarket,
  differenceOf,
  fillHostile,
  SAMPLE_DAY,
  SAMPLE_OPEN_US,
  temporaryFolder,
  writeBatch,
} from './store-samples.ts';
import { TapeReader } from './tape-reader.ts';
import type { TapeWriterOptions } from './tape-writer.ts';
import { TapeWriter } from './tape-writer.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = temporaryFolder('tape');
  folders.push(folder);
  return folder;
}

interface Recorded {
  readonly dataDir: string;
  readonly inputs: { readonly input: Omit<TapeInput, 'body'> & { body: unknown }; readonly batch: EventBatch | null }[];
  readonly names: string[];
}

type Options = Partial<TapeWriterOptions>;

function openWriter(dataDir: string, options: Options = {}): TapeWriter {
  return new TapeWriter({ dataDir, day: SAMPLE_DAY, nowUs: () => SAMPLE_OPEN_US, ...options });
}

/** Writes `count` inputs, most of them market, and remembers them. */
function record(
  dataDir: string,
  seed: number,
  count: number,
  options: Options = {},
  isHostile = false,
  close = true,
): Recorded {
  const rng = createRng(seed);
  const market = createSampleMarket(seed, 60);
  const writer = openWriter(dataDir, options);
  const names = Array.from({ length: 60 }, (_, i) => `S${i}${i % 7 === 0 ? '.p' : ''}`);
  const inputs: Recorded['inputs'] = [];
  writer.addSymbols(names.slice(0, 50));
  writer.addSets([[1], [12, 37], [14, 41], [2], [3], [4], [5], [6]]);
  let us = SAMPLE_OPEN_US;
  let inputNo = writer.foundInputNo;
  for (let k = 0; k < count; k++) {
    inputNo += 1 + (k % 97 === 0 ? 3 : 0);
    if (k === count >> 1) writer.addSymbols(names.slice(50));
    const kind =
      (['market', 'market', 'market', 'time', 'durable', 'broker', 'feed', 'command'] as const)[rng.below(8)] ?? 'time';
    if (kind === 'market') {
      const batch = createEventBatch(200);
      if (isHostile) fillHostile(batch, 1 + rng.below(200), rng);
      else market.fill(batch, 1 + rng.below(200));
      for (let i = 0; i < batch.length; i++) {
        if (k < count >> 1 && (batch.symbol[i] as number) >= 50) batch.symbol[i] = 3;
        if ((batch.conditions[i] as number) > 8) batch.conditions[i] = 0;
      }
      us = Math.max(us, isHostile ? us + 1000 : batch.receivedUs);
      batch.receivedUs = us;
      expect(writeBatch(writer, inputNo, batch).ok).toBe(true);
      inputs.push({ input: { inputNo, kind, receivedUs: us, seq: 0, body: undefined }, batch: copyBatch(batch) });
      continue;
    }
    us += rng.below(1000);
    const body = kind === 'time' || kind === 'durable' ? undefined : { text: `é${k}`, n: rng.next() };
    const seq = kind === 'durable' ? k : 0;
    writer.addInput(inputNo, kind, us, seq, body === undefined ? null : new TextEncoder().encode(JSON.stringify(body)));
    inputs.push({ input: { inputNo, kind, receivedUs: us, seq, body }, batch: null });
    if (rng.next() < 0.02) writer.flush();
  }
  if (close) expect(writer.close().ok).toBe(true);
  else {
    writer.flush();
    writer.abandon();
  }
  return { dataDir, inputs, names };
}

/** Reads on; every input read must be one that was written, in order. Returns how many were. */
function compare(
  reader: TapeReader,
  recorded: Recorded['inputs'],
): { read: number; firstMissing: number | null; missing: number[] } {
  const seen = new Set<number>();
  const byNumber = new Map(recorded.map((entry) => [entry.input.inputNo, entry]));
  let last = 0;
  for (let input = reader.next(); input !== null; input = reader.next()) {
    const expected = byNumber.get(input.inputNo);
    expect(expected, `input ${input.inputNo} was written`).toBeDefined();
    expect(input.inputNo).toBeGreaterThan(last);
    last = input.inputNo;
    expect({ ...input }).toEqual(expected?.input);
    if (expected?.batch != null) expect(differenceOf(expected.batch, reader.batch)).toBe('');
    seen.add(input.inputNo);
  }
  const missing = recorded.map(({ input }) => input.inputNo).filter((inputNo) => !seen.has(inputNo));
  return { read: seen.size, firstMissing: missing[0] ?? null, missing };
}

function segmentFiles(dataDir: string): string[] {
  const folder = path.join(dataDir, 'tape', SAMPLE_DAY);
  return fs.readdirSync(folder).map((name) => path.join(folder, name));
}

const SMALL: Options = { blockEventsMax: 300, groupEventsMax: 3000, segmentBytesMax: 60_000 };

describe('tape segments', () => {
  it('SEG1 SEG2 give every input back, over several segments, ids as they were', () => {
    for (const [seed, isHostile] of [
      [1, false],
      [2, true],
    ] as const) {
      const recorded = record(newFolder(), seed, 600, SMALL, isHostile);
      expect(segmentFiles(recorded.dataDir).length).toBeGreaterThan(1);
      const reader = new TapeReader({ dataDir: recorded.dataDir, day: SAMPLE_DAY });
      expect(compare(reader, recorded.inputs)).toEqual({ read: 600, firstMissing: null, missing: [] });
      expect(reader.damage).toEqual([]);
      expect(reader.symbols.names).toEqual(recorded.names);
      expect(reader.sets.sets.length).toBe(9);
      const stat = reader.stat(true);
      expect(stat.damage).toEqual([]);
      expect(stat.inputs).toBe(600);
      expect(stat.events).toBe(recorded.inputs.reduce((sum, { batch }) => sum + (batch?.length ?? 0), 0));
      reader.close();
    }
  });

  it('RD3 passes over the rest, and the tables end as if it had been read', () => {
    const { dataDir, inputs, names } = record(newFolder(), 3, 500, SMALL);
    const tables = (from: number, isSkimmed: boolean) => {
      const reader = new TapeReader({ dataDir, day: SAMPLE_DAY });
      reader.seek({ fromInputNo: from });
      if (isSkimmed) reader.skim();
      else while (reader.next() !== null);
      expect(reader.next()).toBe(null);
      reader.close();
      return { names: reader.symbols.names.slice(), sets: reader.sets.sets };
    };
    for (const { input } of [inputs[0], inputs[250], inputs[499]] as Recorded['inputs'])
      expect(tables(input.inputNo, true)).toEqual(tables(input.inputNo, false));
    expect(tables(inputs[499]?.input.inputNo ?? 0, true).names).toEqual(names);
  });

  it('RD2 RD3 seeks to any input and any time, whatever the group', () => {
    const recorded = record(newFolder(), 3, 500, SMALL);
    const reader = new TapeReader({ dataDir: recorded.dataDir, day: SAMPLE_DAY });
    const rng = createRng(3);
    for (let k = 0; k < 30; k++) {
      const { input } = recorded.inputs[rng.below(500)] as Recorded['inputs'][number];
      const last = recorded.inputs[Math.min(499, rng.below(500))]?.input.inputNo ?? 0;
      const from = recorded.inputs.filter(
        (entry) => entry.input.inputNo >= input.inputNo && entry.input.inputNo <= last,
      );
      reader.seek({ fromInputNo: input.inputNo, toInputNo: last });
      expect(compare(reader, from).read).toBe(from.length);
      const since = recorded.inputs.filter((entry) => entry.input.receivedUs >= input.receivedUs);
      reader.seek({ fromUs: input.receivedUs });
      expect(compare(reader, since).read).toBe(since.length);
    }
    reader.seek({ fromUs: SAMPLE_OPEN_US - 1e9 });
    expect(compare(reader, recorded.inputs).read).toBe(500);
    reader.seek({ fromInputNo: 1e9 });
    expect(reader.next()).toBeNull();
    expect(reader.damage).toEqual([]);
    reader.close();
  });

  it('RD4 a table that knows symbols already gets the same names under its own ids', () => {
    const recorded = record(newFolder(), 4, 50, SMALL);
    const reader = new TapeReader({ dataDir: recorded.dataDir, day: SAMPLE_DAY });
    reader.symbols.intern('OTHER');
    reader.sets.intern([99]);
    let events = 0;
    for (let input = reader.next(), k = 0; input !== null; input = reader.next(), k++) {
      const original = recorded.inputs[k]?.batch ?? { length: 0, symbol: new Int32Array(0) };
      for (let i = 0; i < original.length; i++, events++)
        expect(reader.symbols.name(reader.batch.symbol[i] as number)).toBe(
          recorded.names[original.symbol[i] as number],
        );
    }
    expect(events).toBeGreaterThan(500);
    reader.close();
  });

  it('RD5 a live reader follows the writer and never takes a half-written block for damage', () => {
    const dataDir = newFolder();
    const market = createSampleMarket(5, 10);
    const writer = openWriter(dataDir, SMALL);
    writer.addSymbols(Array.from({ length: 10 }, (_, i) => `L${i}`));
    writer.addSets([[1], [2], [3]]);
    const reader = new TapeReader({ dataDir, day: SAMPLE_DAY });
    reader.seek({ live: true });
    const batch = createEventBatch(100);
    let read = 0;
    for (let inputNo = 1; inputNo <= 300; inputNo++) {
      market.fill(batch, 100);
      writeBatch(writer, inputNo, batch);
      if (inputNo % 10 === 0) writer.flush();
      if (inputNo % 25 === 0) {
        // What a reader may see while the operating system takes the write.
        const file = segmentFiles(dataDir).at(-1) as string;
        const size = fs.statSync(file).size;
        fs.appendFileSync(file, Buffer.from([0x44, 0x42, 0x4c, 0x4b, 1, 2, 3]));
        for (let input = reader.next(); input !== null; input = reader.next()) expect(input.inputNo).toBe(++read);
        fs.truncateSync(file, size);
      }
    }
    writer.close();
    for (let input = reader.next(); input !== null; input = reader.next()) expect(input.inputNo).toBe(++read);
    expect(read).toBe(300);
    expect(reader.damage).toEqual([]);
    reader.close();
  });

  it('SEG4 SEG5 a writer after a crash cuts the tail, closes the segment and goes on in a new one', () => {
    const dataDir = newFolder();
    const first = record(dataDir, 6, 200, { ...SMALL, segmentBytesMax: 1e9 }, false, false);
    const file = segmentFiles(dataDir)[0] as string;
    fs.truncateSync(file, fs.statSync(file).size - 10);
    const second = record(dataDir, 7, 100, SMALL);
    const reader = new TapeReader({ dataDir, day: SAMPLE_DAY });
    const result = compare(reader, [
      ...first.inputs.filter(({ input }) => input.inputNo <= (second.inputs[0]?.input.inputNo ?? 0) - 4),
      ...second.inputs,
    ]);
    expect(result.missing).toEqual([]);
    expect(reader.damage).toEqual([]);
    expect(result.read).toBeLessThan(300);
    expect(result.read).toBeGreaterThan(250);
    const third = openWriter(dataDir);
    expect(third.found).toEqual([]);
    expect(third.foundInputNo).toBe(second.inputs.at(-1)?.input.inputNo);
    reader.close();
  });

  it('SEG6 inputs that are on the tape already are not written twice', () => {
    const dataDir = newFolder();
    const first = record(dataDir, 8, 50, SMALL);
    const writer = openWriter(dataDir, SMALL);
    for (const { input } of first.inputs) writer.addInput(input.inputNo, 'time', input.receivedUs, 0, null);
    expect(writer.repeatedInputs).toBe(50);
    writer.close();
    const reader = new TapeReader({ dataDir, day: SAMPLE_DAY });
    expect(compare(reader, first.inputs).read).toBe(50);
    reader.close();
  });
});

describe('damaged tape', () => {
  it('DMG1 DMG2 a flipped byte anywhere: at most one group is lost, reported, and the rest is right', () => {
    const recorded = record(newFolder(), 9, 400, { ...SMALL, segmentBytesMax: 30_000 });
    const files = segmentFiles(recorded.dataDir);
    const rng = createRng(99);
    let withLoss = 0;
    for (let k = 0; k < 80; k++) {
      const file = files[rng.below(files.length)] as string;
      const whole = fs.readFileSync(file);
      const bytes = Buffer.from(whole);
      const at = rng.below(bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 << rng.below(8));
      fs.writeFileSync(file, bytes);
      const reader = new TapeReader({ dataDir: recorded.dataDir, day: SAMPLE_DAY });
      const stat = reader.stat(true);
      const { missing, read } = compare(reader, recorded.inputs);
      const where = `${path.basename(file)} byte ${at}`;
      expect(stat.damage.length, where).toBe(1);
      expect(read, where).toBeGreaterThan(200);
      if (missing.length > 0) {
        withLoss++;
        const holes = reader.damage.filter(({ kind }) => kind === 'hole' || kind === 'tail');
        expect(holes.length, where).toBe(1);
        for (const inputNo of missing) {
          expect(inputNo).toBeGreaterThan(holes[0]?.afterInputNo ?? 0);
          expect(inputNo).toBeLessThan(holes[0]?.beforeInputNo ?? Infinity);
        }
      }
      reader.close();
      fs.writeFileSync(file, whole);
    }
    expect(withLoss).toBeGreaterThan(50);
  });

  it('DMG3 cut off anywhere: everything before the cut is there, and a new writer goes on', () => {
    const rng = createRng(77);
    for (let k = 0; k < 25; k++) {
      const dataDir = newFolder();
      const recorded = record(dataDir, 10 + k, 120, { ...SMALL, segmentBytesMax: 1e9 }, false, k % 2 === 0);
      const file = segmentFiles(dataDir)[0] as string;
      const size = fs.statSync(file).size;
      const cut = rng.below(size);
      fs.truncateSync(file, cut);
      if (k % 3 === 0) fs.appendFileSync(file, Buffer.alloc(rng.below(9000)));
      const writer = openWriter(dataDir);
      expect(writer.found.length, `seed ${10 + k} cut ${cut} of ${size}`).toBeGreaterThan(0);
      const nextNo = 1_000_000;
      writer.addInput(nextNo, 'time', SAMPLE_OPEN_US + 1e12, 0, null);
      writer.close();
      const reader = new TapeReader({ dataDir, day: SAMPLE_DAY });
      const inputs = [
        ...recorded.inputs,
        {
          input: { inputNo: nextNo, kind: 'time' as const, receivedUs: SAMPLE_OPEN_US + 1e12, seq: 0, body: undefined },
          batch: null,
        },
      ];
      const { missing, read } = compare(reader, inputs);
      expect(missing).not.toContain(nextNo);
      // What is missing is the end, not the middle.
      expect(missing).toEqual(recorded.inputs.slice(read - 1).map(({ input }) => input.inputNo));
      reader.close();
    }
  });

  it('DMG4 a full disk loses nothing that was accepted: the block waits, and is written when there is room', () => {
    const dataDir = newFolder();
    const faulty = createFaultyFiles();
    const writer = openWriter(dataDir, { ...SMALL, files: faulty.files });
    writer.addSymbols(['A']);
    const batch = createEventBatch(100);
    const market = createSampleMarket(1, 1);
    for (let inputNo = 1; inputNo <= 40; inputNo++) {
      if (inputNo === 20) faulty.roomBytes = 100;
      market.fill(batch, 100);
      for (let i = 0; i < 100; i++) batch.conditions[i] = 0;
      const result = writeBatch(writer, inputNo, batch);
      if (!result.ok) {
        expect(result.code).toBe('disk-full');
        faulty.roomBytes = Infinity;
      }
    }
    expect(writer.close().ok).toBe(true);
    const reader = new TapeReader({ dataDir, day: SAMPLE_DAY });
    let read = 0;
    for (let input = reader.next(); input !== null; input = reader.next()) expect(input.inputNo).toBe(++read);
    expect(read).toBe(40);
    expect(reader.stat(true).damage).toEqual([]);
    reader.close();
  });

  it('DMG5 a power cut keeps everything up to the last sync', () => {
    const dataDir = newFolder();
    const faulty = createFaultyFiles();
    const writer = openWriter(dataDir, { ...SMALL, files: faulty.files });
    for (let inputNo = 1; inputNo <= 500; inputNo++) {
      writer.addInput(inputNo, 'time', SAMPLE_OPEN_US + inputNo, 0, null);
      if (inputNo === 300) expect(writer.sync().ok).toBe(true);
    }
    writer.flush();
    faulty.loseUnsynced();
    writer.abandon();
    const after = openWriter(dataDir);
    expect(after.foundInputNo).toBe(300);
  });
});
