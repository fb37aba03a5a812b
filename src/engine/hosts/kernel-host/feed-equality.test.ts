/**
 * One recorded day by three ways into a kernel: through the socket of a market server and a whole engine with its threads
 * and its tape, through the in-process replay feed, and from the files. The same market state, the same bars, bit for bit.
 */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMarketDay } from '../../adapters/flatfiles/market-day.ts';
import { NO_FAULTS } from '../../adapters/market-server/fault-plan.ts';
import { startMarketServer } from '../../adapters/market-server/market-server.ts';
import { createReplayStage } from '../../adapters/market-server/market-stage.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { defaultConfig } from '../../kernel/kernel-config.ts';
import { hashMarket } from '../../market/market-hash.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import { newYorkInstant, marketDay } from '../../sim/market/market-days.ts';
import { engineOptions } from '../../testing/feed-rig.ts';
import { generateDay } from '../../testing/generated-day.ts';
import { startLiveEngine, useEngineBundle } from '../../testing/live-engine.ts';
import { HAS_SHARED_DATA, SHARED_DATA } from '../../testing/shared-data.ts';
import { createOfflineKernel } from './offline-kernel.ts';
import { runOffline } from './offline-run.ts';
import { recover } from './recovery.ts';

const NO_JOURNAL = { append: () => undefined };
const folder = mkdtempSync(path.join(os.tmpdir(), 'drover-equal-'));
let release: () => void;

beforeAll(async () => {
  release = await useEngineBundle('feed-equality');
}, 180_000);
afterAll(async () => {
  release();
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

function emptyKernel(day: string) {
  const base = defaultConfig('T', day, 1);
  const strategies = base.strategies.map((choice) => ({ ...choice, mode: 'off' as const }));
  return createOfflineKernel({ ...base, strategies }, NO_JOURNAL);
}

interface Outcome {
  readonly hash: string;
  readonly events: number;
  /** Closed 100-trade bars by name, symbol ids left out. */
  readonly bars: ReadonlyMap<string, readonly object[]>;
}

/** After the end of the day, so that its last bars are closed whichever way time went. */
function outcomeOf(kernel: Kernel, day: string, names: readonly string[]): Outcome {
  const hours = marketDay(day);
  if (hours === undefined) throw new RangeError(day);
  kernel.accept({ kind: 'time', nowUs: newYorkInstant(hours, 20 * 60 + 30) });
  const bars = new Map<string, readonly object[]>();
  const { closed } = kernel.bars.standard;
  for (const name of names) {
    const symbol = kernel.symbols.get(name) ?? -1;
    const list: object[] = [];
    for (let index = closed.firstIndex(symbol); index < closed.count(symbol); index++)
      list.push({ ...closed.get(symbol, index), symbol: name });
    bars.set(name, list);
  }
  const { trades, quotes } = kernel.view.totals;
  return { hash: hashMarket(kernel.view), events: trades + quotes, bars };
}

async function fromFiles(dir: string, day: string, names: readonly string[]): Promise<Outcome> {
  const { kernel, symbols, conditions } = emptyKernel(day);
  for await (const batch of readMarketDay(dir, day, { symbols, conditions })) kernel.accept({ kind: 'market', batch });
  return outcomeOf(kernel, day, names);
}

async function fromReplayFeed(dir: string, day: string, names: readonly string[]): Promise<Outcome> {
  const offline = emptyKernel(day);
  await runOffline({
    offline,
    lastIntent: () => 0,
    feed: { kind: 'replay', dir, day, speed: 0 },
    options: { nowUs: 0 },
  });
  return outcomeOf(offline.kernel, day, names);
}

function isStop(notice: FeedNotice): boolean {
  return notice.kind === 'gap' && notice.reason === 'disconnect';
}

/** Server, socket, feed thread, ring, kernel thread, tape; then the tape once more through a kernel. */
async function throughSocket(dir: string, day: string, names: readonly string[]): Promise<Outcome> {
  const stage = await createReplayStage(dir, [day], () => 0);
  if (typeof stage === 'string') throw new Error(stage);
  let isOver = false;
  const server = await startMarketServer({
    stage,
    port: 0,
    speed: 0,
    key: null,
    faults: NO_FAULTS,
    faultSeed: 1,
    waitsForClient: true,
    onStatus: (status) => (isOver ||= status.event === 'end-of-data'),
  });
  const dataDir = mkdtempSync(path.join(folder, 'data-'));
  const live = await startLiveEngine(engineOptions(dataDir, server.url, { silenceUs: 600e6, pongTimeoutUs: 600e6 }));
  await live.until('the end of the data', () => isOver, 280_000);
  const seen = (): number => live.health()?.feed.eventsTotal ?? 0;
  await live.until('every event', () => seen() === server.events(), 180_000);
  expect(live.health()?.feed).toMatchObject({ gaps: 1, openGap: false, dropped: 0, badEvents: 0 });
  const { view } = live.engine;
  const volumes = new Map(live.engine.symbolNames(0).map((name, id) => [name, view.volume[id]]));
  await live.stop();
  await server.close();
  const offline = emptyKernel(day);
  const report = recover({
    dataDir,
    day,
    kernel: offline.kernel,
    restoreTables: () => undefined,
    useCheckpoint: false,
    // The stop of the engine is a gap of its own, and no part of the day.
    onInput: (input) => !(input.kind === 'feed' && isStop(input.body as FeedNotice)),
  });
  expect(report.problems).toEqual([]);
  for (const name of names)
    expect(volumes.get(name)).toBe(offline.kernel.view.columns.volume[offline.symbols.get(name) ?? -1]);
  return outcomeOf(offline.kernel, day, names);
}

async function compare(dir: string, day: string, names: readonly string[]): Promise<Outcome> {
  const files = await fromFiles(dir, day, names);
  const replay = await fromReplayFeed(dir, day, names);
  const socket = await throughSocket(dir, day, names);
  for (const other of [replay, socket]) {
    expect(other.events).toBe(files.events);
    expect(other.hash).toBe(files.hash);
    for (const name of names) {
      const [mine, theirs] = [files.bars.get(name) ?? [], other.bars.get(name) ?? []];
      const first = mine.findIndex((bar, i) => JSON.stringify(bar) !== JSON.stringify(theirs[i]));
      if (first >= 0) expect({ name, first, bar: theirs[first] }).toEqual({ name, first, bar: mine[first] });
      expect(theirs.length).toBe(mine.length);
    }
  }
  return files;
}

describe('a recorded day by three ways', () => {
  it('is the same for a generated day', async () => {
    const symbols = ['AA', 'BRK.B', 'C', 'ABDpL'];
    const dir = path.join(folder, 'generated');
    generateDay({ dir, day: '2024-01-10', symbols, seed: 17, trades: 400, isMillisecond: true });
    const outcome = await compare(dir, '2024-01-10', symbols);
    expect(outcome.events).toBeGreaterThan(4_000);
    for (const name of symbols) expect(outcome.bars.get(name)?.length).toBeGreaterThan(1);
  }, 120_000);

  it.skipIf(!HAS_SHARED_DATA)(
    'is the same for 2013-10-07',
    async () => {
      const outcome = await compare(SHARED_DATA, '2013-10-07', ['AIG', 'BAC', 'IBM', 'SPY']);
      expect(outcome.events).toBeGreaterThan(1_200_000);
      expect(outcome.bars.get('SPY')?.length).toBeGreaterThan(2400);
    },
    400_000,
  );
});
