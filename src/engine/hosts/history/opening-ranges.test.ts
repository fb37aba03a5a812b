/** AFR7, AFR8: a kernel that began anew knows no opening range until it is given back, and then the one that was. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBatch } from '../../adapters/store/store-samples.ts';
import { TapeWriter } from '../../adapters/store/tape-writer.ts';
import { FrameDecoder } from '../../feeds/frame-decoder.ts';
import type { Adoption, LostRecord } from '../../kernel/adoption.ts';
import { MEMORY_NOTE } from '../../kernel/adoption.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { RangeSteps } from '../../kernel/session-facts.ts';
import { SessionFactsReader } from '../../kernel/session-facts.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import { FeedTag } from '../../ports/feed.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { defineStrategy, rule, sizeDollars, stopLoss } from '../../strategies/api.ts';
import { MemoryCheckpoint } from '../../testing/memory-checkpoint.ts';
import type { SimStretch } from '../../testing/sim-inputs.ts';
import { drive, simStretch } from '../../testing/sim-inputs.ts';
import type { OfflineKernel } from '../kernel-host/offline-kernel.ts';
import { createOfflineKernel } from '../kernel-host/offline-kernel.ts';
import { OpeningRanges } from './opening-ranges.ts';

const DAY = '2026-11-20';
const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'drover-ranges-'));
const inputsBy: number[] = [];
let stretch: SimStretch;
let whole: OfflineKernel;

beforeAll(async () => {
  stretch = await simStretch({ seed: 5, symbols: 12, rate: 250, start: '09:28', minutes: 9 });
  whole = open().offline;
  drive(whole, stretch.inputs, 0, stretch.inputs.length, () => 0);
  writeTape();
}, 120_000);
afterAll(() => fs.rmSync(dataDir, { recursive: true, force: true }));

function open(): { offline: OfflineKernel; records: JournalRecord[] } {
  const records: JournalRecord[] = [];
  const strategies = stretch.config.strategies.map((choice) => ({ ...choice, mode: 'off' as const }));
  const offline = createOfflineKernel({ ...stretch.config, strategies }, { append: (record) => records.push(record) });
  return { offline, records };
}

/** The frames of the stretch as inputs of a tape; `inputsBy[n]` is the last input of the first n frames. */
function writeTape(): void {
  const writer = new TapeWriter({ dataDir, day: DAY, nowUs: () => 0, blockEventsMax: 2000, groupEventsMax: 8000 });
  const { symbols, conditions } = open().offline;
  const decoder = new FrameDecoder(symbols, conditions);
  const batch = createEventBatch();
  let [names, sets, inputNo] = [0, 1, 0];
  for (const { tag, bytes, stampUs } of stretch.inputs) {
    inputsBy.push(inputNo);
    if (tag !== FeedTag.vendorJson) continue;
    decoder.start(bytes, 0, bytes.length);
    for (let isMore = true; isMore;) {
      batch.length = 0;
      isMore = decoder.fill(batch);
      batch.receivedUs = stampUs;
      if (batch.length === 0) continue;
      writer.addSymbols(symbols.names.slice(names));
      writer.addSets(conditions.sets.slice(sets));
      [names, sets] = [symbols.size, conditions.sets.length];
      writeBatch(writer, ++inputNo, batch);
    }
  }
  inputsBy.push(inputNo);
  writer.close();
}

function rangesOf({ kernel }: OfflineKernel, minutes: number): Map<string, number> {
  const facts = new SessionFactsReader(kernel.sessions, kernel.bars.standard.closed);
  const found = new Map<string, number>();
  kernel.symbols.names.forEach((name, symbol) => {
    const { high } = facts.read(symbol, kernel.nowUs).openingRange(minutes);
    if (Number.isFinite(high)) found.set(name, high);
  });
  return found;
}

/** Index of the first frame at or after a time of day. */
const frameAt = (minutesAfterOpen: number): number => {
  const openUs = (stretch.inputs[0]?.stampUs ?? 0) + 120e6;
  return stretch.inputs.findIndex(({ stampUs }) => stampUs >= openUs + minutesAfterOpen * 60e6);
};

function adoption(afterInputNo: number, records: readonly LostRecord[] = []): Adoption {
  const afresh = { names: [], afterInputNo, peaks: [] };
  return { records, nextSeq: 1, idsFrom: 100_000, exits: null, gapFromUs: null, afresh };
}

function command(kernel: Kernel, name: string, args: unknown, atUs: number): void {
  kernel.accept({ kind: 'command', command: { id: name, name, args }, atUs });
}

/** A kernel that began anew at a frame and has seen the rest of the stretch. */
function anew(cut: number): OfflineKernel {
  const { offline } = open();
  command(offline.kernel, 'adopt', adoption(inputsBy[cut] as number), stretch.inputs[cut]?.stampUs ?? 0);
  drive(offline, stretch.inputs, cut, stretch.inputs.length, () => 0);
  return offline;
}

function readRanges(cut: number): readonly (readonly [string, RangeSteps])[] {
  const reading = new OpeningRanges(dataDir, DAY, inputsBy[cut] as number);
  let ticks = 0;
  // In slices, as the worker reads.
  while (reading.read(5, () => ticks++));
  const rows = reading.rows();
  reading.close();
  return rows;
}

/** Whether opening-range could plan an exit, which takes a range that is known. */
const isKnown = ({ kernel, symbols }: OfflineKernel, name: string): boolean =>
  kernel.strategies.exitsNow('opening-range', symbols.get(name) ?? -1, kernel.nowUs).ok;

describe('opening ranges of before a new beginning', () => {
  it('AFR7 are not known until they are given back, in pieces and over checkpoints, and then are those that were', () => {
    const cut = frameAt(6);
    const second = anew(cut);
    const { kernel } = second;
    const expected = rangesOf(whole, 5);
    expect(expected.size).toBeGreaterThan(8);
    const names = [...expected.keys()];
    expect(names.some((name) => isKnown(whole, name))).toBe(true);
    expect(names.filter((name) => isKnown(second, name))).toEqual([]);
    expect(kernel.lacksRangesUntil).toBe(inputsBy[cut]);
    const rows = readRanges(cut);
    command(kernel, 'giveRanges', { rows: rows.slice(0, 3), isLast: false }, kernel.nowUs);
    expect(names.filter((name) => isKnown(second, name))).toEqual([]);
    const saved = new MemoryCheckpoint();
    kernel.save(saved);
    const third = open().offline;
    for (const name of second.symbols.names) third.symbols.intern(name);
    third.kernel.restore(saved);
    expect(third.kernel.lacksRangesUntil).toBe(inputsBy[cut]);
    command(third.kernel, 'giveRanges', { rows: rows.slice(3), isLast: true }, kernel.nowUs);
    expect(third.kernel.lacksRangesUntil).toBe(0);
    expect(names.filter((name) => isKnown(third, name))).toEqual(names.filter((name) => isKnown(whole, name)));
    const again = new MemoryCheckpoint();
    third.kernel.save(again);
    const facts = new SessionFactsReader(kernel.sessions, kernel.bars.standard.closed);
    facts.restore(again);
    for (const name of names) {
      const { high } = facts.read(second.symbols.get(name) ?? -1, kernel.nowUs).openingRange(5);
      expect([name, high]).toEqual([name, expected.get(name)]);
    }
  });

  it('AFR7 of a range that was cut in the middle both parts count', () => {
    const cut = frameAt(3);
    const second = anew(cut);
    const facts = new SessionFactsReader(second.kernel.sessions, second.kernel.bars.standard.closed);
    facts.beginAnew(stretch.inputs[cut]?.stampUs ?? 0, 1);
    const [name, steps] = readRanges(cut).find(([, all]) => all.length > 3) as readonly [string, RangeSteps];
    const symbol = second.symbols.get(name) ?? -1;
    facts.giveBack(symbol, [steps[0] as number, 1e6, 0.01]);
    expect(facts.read(symbol, second.kernel.nowUs).openingRange(5).high).toBeNaN();
    facts.isAllBack();
    expect(facts.read(symbol, second.kernel.nowUs).openingRange(5)).toEqual({ high: 1e6, low: 0.01 });
    const own = new SessionFactsReader(second.kernel.sessions, second.kernel.bars.standard.closed);
    own.beginAnew(stretch.inputs[cut]?.stampUs ?? 0, 0);
    own.giveBack(symbol, [steps[0] as number, 0.01, 1e6]);
    const bars = rangesOf(second, 5);
    expect(own.read(symbol, second.kernel.nowUs).openingRange(5).high).toBe(bars.get(name) ?? 0.01);
    // Longer ranges than are kept are not known.
    expect(own.read(symbol, second.kernel.nowUs + 61 * 60e6).openingRange(61).high).toBeNaN();
  });

  it('AFR8 what a strategy remembered of what it wanted to buy comes back, also to one that is loaded later', () => {
    const once = defineStrategy({
      name: 'once',
      about: 'Buys once.',
      params: {},
      universe: () => ({ minPrice: 0, minNotional: 0, maxSpreadBps: 1e6 }),
      sessions: [{ phase: 'regular' }, { phase: 'pre' }],
      evaluateOn: 'bar',
      bars: { kind: 'tick', trades: 100 },
      cooldownSeconds: 0,
      entry: ({ memory }) => [rule('first', memory.get('done') === 1 ? 1 : 0, '==', 0)],
      plan: ({ symbol, memory }) => {
        memory.set('done', 1);
        memory.set('odd', Number.POSITIVE_INFINITY);
        return {
          expectedMove: 1,
          confidence: 1,
          validForSeconds: 5,
          sizing: sizeDollars(1000),
          exits: [stopLoss(symbol.ask * 0.9)],
        };
      },
    });
    const { offline, records } = open();
    offline.kernel.strategies.add(once, 'v1', 'shadow', {});
    drive(offline, stretch.inputs, 0, stretch.inputs.length, () => 0);
    const notes = records.filter(({ id }) => id === MEMORY_NOTE);
    expect(notes.length).toBeGreaterThan(5);
    expect(new Set(notes.map(({ symbol }) => symbol)).size).toBe(notes.length);
    const lost = notes.map(({ inputNo: _inputNo, ...record }) => record);
    for (const isLoadedLater of [false, true]) {
      const next = open().offline;
      if (!isLoadedLater) next.kernel.strategies.add(once, 'v1', 'shadow', {});
      command(
        next.kernel,
        'adopt',
        adoption(1, JSON.parse(JSON.stringify(lost)) as LostRecord[]),
        offline.kernel.nowUs,
      );
      if (isLoadedLater) next.kernel.strategies.add(once, 'v1', 'shadow', {});
      for (const { symbol } of notes)
        expect(next.kernel.strategies.memoryOf('once', next.symbols.get(symbol) ?? -1)).toEqual([
          ['done', '1'],
          ['odd', 'Infinity'],
        ]);
    }
  });
});
