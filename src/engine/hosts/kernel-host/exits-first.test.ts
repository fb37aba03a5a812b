/**
 * A real-time feed and no usable checkpoint: the kernel begins anew on journal and exits file, watches exits at once, and gets the
 * earlier day back behind it (docs/specs/recovery.md, AFR1 to AFR6). Whole engines on a market server of their own.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AccountValue, PositionRow, RiskValue } from '#protocol';
import type { MarketServer } from '../../adapters/market-server/market-server.ts';
import { startMarketServer } from '../../adapters/market-server/market-server.ts';
import { NO_FAULTS } from '../../adapters/market-server/fault-plan.ts';
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import { replay } from '../../cli/commands/replay.ts';
import type { CliContext } from '../../cli/command.ts';
import { engineOptions, openStage } from '../../testing/feed-rig.ts';
import type { JournalBooks } from '../../testing/journal-books.ts';
import { readBooks } from '../../testing/journal-books.ts';
import type { LiveEngine } from '../../testing/live-engine.ts';
import { snapshotLiving, startLiveEngine, useEngineBundle } from '../../testing/live-engine.ts';
import type { EngineOptions } from '../runtime-port.ts';

const DAY = '2026-11-20';
/** What is checked is order and content; a slow machine may take its time. */
const WAIT_MS = 120_000;
const tmp = fs.mkdtempSync(path.join(tmpdir(), 'drover-exits-first-'));
let server: MarketServer;
let restore = (): void => undefined;

beforeAll(async () => {
  restore = await useEngineBundle('drover-exits-first-test');
  server = await startMarketServer({
    stage: openStage({ rate: 1500 }),
    port: 0,
    speed: 10,
    key: null,
    faults: NO_FAULTS,
    faultSeed: 1,
    waitsForClient: true,
  });
}, 180_000);
afterAll(async () => {
  await server.close();
  restore();
  await fs.promises.rm(tmp, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

function options(dataDir: string, more: Partial<EngineOptions> = {}): EngineOptions {
  return {
    ...engineOptions(dataDir, server.url),
    strategyModes: { 'random-buy': 'enabled', 'trend-follow': 'off', 'opening-range': 'off', 'mean-revert': 'off' },
    strategyParams: { 'random-buy': { oneIn: 3, minNotional: 1000, meanHoldSeconds: 600, maxSpreadBps: 100 } },
    runId: 'FIRST',
    ...more,
  };
}

async function start(dataDir: string, more: Partial<EngineOptions> = {}): Promise<LiveEngine> {
  const live = await startLiveEngine(options(dataDir, more));
  for (const topic of ['account', 'positions', 'risk'] as const) live.engine.watch(topic, undefined);
  return live;
}

function heldOf(live: LiveEngine): Record<string, number> {
  const held: Record<string, number> = {};
  for (const row of (live.value('positions') ?? []) as readonly PositionRow[])
    if (!row.isShadow && row.quantity > 0) held[row.symbol] = (held[row.symbol] ?? 0) + row.quantity;
  return held;
}

const booksOf = (dataDir: string): JournalBooks => readBooks(dataDir, 'FIRST', DAY);

/** An exit may have sold meanwhile, and what was decided before may have been bought; nothing else changes what is held. */
function expectNothingNew(held: Record<string, number>, before: JournalBooks): void {
  for (const [symbol, shares] of Object.entries(held))
    expect(shares, symbol).toBeLessThanOrEqual((before.held[symbol] ?? 0) + (before.coming[symbol] ?? 0));
}

/** Signals between the new beginning and the return of the earlier day. */
function signalsInBetween(dataDir: string): number {
  const journal = openJournalReader(dataDir);
  let [begun, back, signals] = [false, false, 0];
  for (const row of journal?.read({ day: DAY }) ?? []) {
    begun ||= row.bodyJson.includes('"isAfresh":true');
    back ||= row.bodyJson.includes('"day-given-back"');
    if (begun && !back && row.kind === 'signal') signals++;
  }
  journal?.close();
  return begun && back ? signals : -1;
}

const startOf = (live: LiveEngine) => live.health()?.detail?.start;
const volumeOf = (live: LiveEngine): Map<string, number> =>
  new Map(live.engine.symbolNames(0).map((name, id) => [name, live.engine.view.volume[id] as number]));

async function replayOf(dataDir: string): Promise<{ differences: number; recordsCompared: number; first: unknown }> {
  const said: string[] = [];
  const context = { json: true, stdout: (line: string) => void said.push(line), stderr: () => undefined };
  await replay.run({ 'data-dir': dataDir, day: DAY }, context as unknown as CliContext);
  return JSON.parse(said.at(-1) ?? '{}') as never;
}

it(
  'AFR1 AFR2 AFR3 AFR4 AFR5 AFR6 watches exits before any tape is run, loses nothing, and gives the day back',
  { timeout: 600_000 },
  async () => {
    const whole = path.join(tmp, 'whole');
    const first = await start(whole, { auto: true });
    await first.until('positions', () => Object.keys(heldOf(first)).length >= 4, 180_000);
    await first.engine.command('setRiskLimit', { name: 'positionsMax', limit: 17 });
    const names = first.engine.symbolNames(0);
    const volumes = volumeOf(first);
    const dir = snapshotLiving(whole, path.join(tmp, 'killed'));
    await first.stop();
    fs.rmSync(path.join(dir, 'checkpoints'), { recursive: true, force: true });
    const before = booksOf(dir);
    expect(Object.keys(before.held).length).toBeGreaterThanOrEqual(3);

    const second = await start(dir, { replayBytesMax: 0 });
    await second.until('exits to be judged', () => (startOf(second)?.exitCheckMs ?? null) !== null, WAIT_MS);
    expect(startOf(second)).toMatchObject({ inputs: 0, events: 0, checkpointInputNo: null });
    expect(second.text()).toMatch(/the kernel began anew; \d+ journal records behind it were taken over/);
    await second.until('the broker', () => second.health()?.broker.state === 'ready', WAIT_MS);
    await second.until('positions', () => second.value('positions') !== undefined, WAIT_MS);
    expect(second.health()?.isAuto).toBe(false);
    const after = heldOf(second);
    expectNothingNew(after, before);
    if (booksOf(dir).executions.size === before.executions.size) expect(after).toEqual(before.held);
    // The first word may have been said before the takeover.
    const positionsMax = (): number | undefined =>
      (second.value('risk') as RiskValue | undefined)?.limits.find(({ key }) => key === 'positionsMax')?.limit;
    await second.until('the changed limit', () => positionsMax() === 17, WAIT_MS);
    // The earlier day comes back behind it: ids as they were, volumes at least what they had been.
    await second.until('the earlier day', () => (startOf(second)?.viewMs ?? null) !== null, WAIT_MS);
    expect(second.engine.symbolNames(0).slice(0, names.length)).toEqual(names);
    const now = volumeOf(second);
    for (const [name, volume] of volumes) expect(now.get(name) ?? 0, name).toBeGreaterThanOrEqual(volume);
    // Then it trades on, and can sell all it has, once.
    const intents = booksOf(dir).intents.length;
    await second.engine.command('setAuto', { on: true });
    await second.until(
      'new trades',
      () => second.text().includes('FIRST-') && booksOf(dir).intents.length > intents + 1,
      60_000,
    );
    await second.engine.command('setAuto', { on: false });
    snapshotLiving(dir, path.join(tmp, 'again'));
    await second.engine.command('flatten', { all: true });
    await second.until('flat', () => (second.value('account') as AccountValue).openPositions === 0, 180_000);
    // The opening ranges follow, and the recording has them as inputs.
    await second.until(
      'the opening ranges',
      () => second.text().includes('opening ranges of the earlier day are back'),
      WAIT_MS,
    );
    await second.until('the account', () => second.health()?.broker.state === 'ready', WAIT_MS);
    const account = second.value('account') as AccountValue;
    await second.stop();
    const end = booksOf(dir);
    expect(end.held).toEqual({});
    expect(new Set(end.intents.map(({ id }) => id)).size).toBe(end.intents.length);
    expect(Math.abs(account.dayPnlNet - end.flow), 'the loss of the day is counted from its beginning').toBeLessThan(
      20_000_000,
    );
    // The recording, new beginning and all, replays to the same records.
    expect(signalsInBetween(dir), 'strategies judged on half a day').toBe(0);
    const compared = await replayOf(dir);
    expect(compared.first).toBeNull();
    expect(compared.differences).toBe(0);
    expect(compared.recordsCompared).toBe(end.kinds.length);

    // Killed again, and again without checkpoints: with room for a replay it runs from the new beginning on.
    const again = path.join(tmp, 'again');
    fs.rmSync(path.join(again, 'checkpoints'), { recursive: true, force: true });
    const known = booksOf(again);
    const third = await start(again, { replayBytesMax: 1 << 30 });
    await third.until('the broker', () => third.health()?.broker.state === 'ready', WAIT_MS);
    expect(startOf(third)?.inputs).toBeGreaterThan(0);
    expectNothingNew(heldOf(third), known);
    await third.until('the earlier day', () => (startOf(third)?.viewMs ?? null) !== null, WAIT_MS);
    // Told twice, as a host in a hurry may: nobody hears that it is over while threads still write.
    let isOver = false;
    void third.engine.stop().then(() => (isOver = true));
    await third.stop();
    expect(isOver).toBe(true);
    expect((await replayOf(again)).differences).toBe(0);
  },
);
