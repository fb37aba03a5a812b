/**
 * Every fault of the market server, once, through the real sockets, threads and files: what the user sees, what is stored,
 * that the feed comes back, that nothing is counted twice.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import type { FeedRig, FeedRigOptions } from '../../testing/feed-rig.ts';
import { engineOptions, openFeedRig, openMarket, openStage } from '../../testing/feed-rig.ts';
import { startLiveEngine, useEngineBundle } from '../../testing/live-engine.ts';

// Whole engines: on a busy machine their start alone takes a while.
vi.setConfig({ testTimeout: 180_000 });

let release: () => void;
let rig: FeedRig | null = null;

beforeAll(async () => {
  release = await useEngineBundle('feed-faults');
}, 180_000);
afterAll(() => release());
afterEach(async () => {
  await rig?.close();
  rig = null;
}, 20_000);

async function open(options: FeedRigOptions): Promise<FeedRig> {
  rig = await openFeedRig(options);
  return rig;
}

function feed(of: FeedRig) {
  const health = of.live.health();
  if (health === undefined) throw new Error('there is no health yet');
  return health.feed;
}

/** Live, and market data arrives. */
async function flowing(of: FeedRig): Promise<void> {
  await of.live.until(
    'data',
    () => of.live.health()?.feed.state === 'live' && !feed(of).openGap && of.seen().quotes > 0,
  );
}

/** Live again after a gap that is over, with more data than before. */
async function recovered(of: FeedRig, gaps: number): Promise<void> {
  await of.live.until(
    `gap ${gaps} to be over`,
    () => feed(of).gaps >= gaps && !feed(of).openGap && feed(of).state === 'live',
  );
  const before = of.seen().quotes;
  await of.live.until('data after the gap', () => of.seen().quotes > before + 50);
}

/** The engine's volumes are the server's, to the share. */
function expectAllCounted(of: FeedRig): void {
  const { engine, server } = of.volumes();
  const traded = [...server].filter(([, volume]) => volume > 0);
  expect(traded.length).toBeGreaterThan(20);
  for (const [name, volume] of traded) expect(engine.get(name) ?? 0, name).toBeCloseTo(volume, 3);
}

/** Nothing is in the engine that the server did not send, and something is missing. */
function expectSomeMissing(of: FeedRig): void {
  const { engine, server } = of.volumes();
  let missing = 0;
  for (const [name, volume] of engine) {
    expect(volume, name).toBeLessThanOrEqual((server.get(name) ?? 0) + 1e-3);
    missing += (server.get(name) ?? 0) - volume;
  }
  expect(missing).toBeGreaterThan(0);
}

/** A lost connection: one gap beside those of the start and the end of the market: told, journalled, on the tape, closed. */
async function expectOneGap(of: FeedRig, reason: string): Promise<void> {
  const lines = of.live.text();
  expect(lines).toMatch(new RegExp(`gap: the feed has a gap from here on \\(${reason}\\)`));
  expect(lines).toMatch(new RegExp(`gap: the feed gap of [\\d.]+ s is over \\(${reason}\\)`));
  const told = of.live.health()?.detail?.gaps ?? [];
  expect(told.filter((gap) => gap.endUs !== null).map((gap) => gap.reason)).toEqual(['connect', reason]);
  const { journal, tape } = await of.stored();
  expect(journal.map((gap) => [gap.reason, gap.endUs === null])).toEqual([
    ['connect', true],
    ['connect', false],
    [reason, true],
    [reason, false],
    ['disconnect', true],
  ]);
  const end = journal[3];
  expect(end?.endUs ?? 0).toBeGreaterThan(end?.startUs ?? Infinity);
  expect(tape.filter((notice) => notice.kind === 'gap')).toEqual(journal);
}

describe('a feed without faults', () => {
  it('loads reference data first, follows the market time, counts every share once', async () => {
    const of = await open({});
    await flowing(of);
    await of.live.until('a thousand events', () => of.seen().quotes > 1000);
    const health = of.live.health();
    expect(health?.phase).toBe('regular');
    // On a busy machine data is late for a moment, which is an alarm of its own.
    await of.live.until('no alarm', () => feed(of).alarm === '');
    expect(feed(of)).toMatchObject({ state: 'live', gaps: 1, badEvents: 0, dropped: 0 });
    expect(of.live.text()).toMatch(/reference: Reference data is fresh \(50 securities, closes of 2026-11-19\)/);
    expect(of.live.text()).toMatch(/follows the market's time/);
    expect(of.live.engine.symbolNames(0).slice(0, 50)).toEqual([...of.stage.names].toSorted());
    const { view } = of.live.engine;
    for (let id = 0; id < 50; id++) expect(view.previousClose[id]).toBeGreaterThan(0);
    await of.settle();
    expectAllCounted(of);
    const { trades, quotes } = of.seen();
    const { trades: onTape, journal } = await of.stored();
    expect(onTape).toBe(trades);
    expect(trades + quotes).toBeLessThanOrEqual(of.server.events());
    expect(journal.map((gap) => [gap.reason, gap.endUs === null])).toEqual([
      ['connect', true],
      ['connect', false],
      ['disconnect', true],
    ]);
  });
});

describe('a start in the middle of the day', () => {
  it('declares as missing everything since the last data of the run before', async () => {
    const of = await open({});
    await flowing(of);
    await of.live.until('a thousand events', () => of.seen().quotes > 1000);
    await of.live.stop();
    const second = await startLiveEngine(engineOptions(of.dataDir, of.server.url));
    await second.until('data again', () => second.health()?.feed.state === 'live' && !second.health()?.feed.openGap);
    await second.stop();
    const reader = new TapeReader({ dataDir: of.dataDir, day: '2026-11-20' });
    reader.seek({});
    let lastUs = 0;
    const starts: number[][] = [];
    for (let input = reader.next(); input !== null; input = reader.next()) {
      const notice = input.body as FeedNotice | undefined;
      if (input.kind === 'feed' && notice?.kind === 'gap' && notice.reason === 'connect' && notice.endUs === null)
        starts.push([notice.startUs, lastUs]);
      if (input.kind === 'feed' || input.kind === 'market') lastUs = input.receivedUs;
    }
    reader.close();
    expect(starts.length).toBe(2);
    expect(starts[1]?.[0]).toBe(starts[1]?.[1]);
  });
});

describe('a connection that ends', () => {
  it('drop: told, stored, connected again, nothing twice', async () => {
    const of = await open({ faults: 'drop@1s' });
    await flowing(of);
    await recovered(of, 2);
    expect(of.live.text()).toMatch(/feed: feed waiting: connection closed \(1006\).*trying again in/);
    await of.settle();
    expectSomeMissing(of);
    await expectOneGap(of, 'disconnect');
  });

  it('half-open: neither data nor pongs end the connection', async () => {
    const of = await open({ faults: 'half-open@1s', session: { silenceUs: 60_000_000 } });
    await flowing(of);
    await recovered(of, 2);
    expect(of.live.text()).toMatch(/half-open: neither data nor a pong/);
    await of.settle();
    expectSomeMissing(of);
    await expectOneGap(of, 'half-open');
  });

  it('slow-kill: late at first, then cut off without a word', async () => {
    const of = await open({ faults: 'stall=1200ms@1s,slow-kill=64kb' });
    await flowing(of);
    await recovered(of, 2);
    expect(of.live.text()).toMatch(/connection closed \(1006\)/);
    await of.settle();
    expectSomeMissing(of);
    await expectOneGap(of, 'disconnect');
  });

  it('max-connections: says who is to blame, waits, comes back', async () => {
    const of = await open({ faults: 'max-connections@1s' });
    await flowing(of);
    await recovered(of, 2);
    expect(of.live.text()).toMatch(/feed says max_connections/);
    expect(of.live.text()).toMatch(/another program uses this key.*trying again in 0\.6 s/);
    await of.settle();
    expectSomeMissing(of);
    await expectOneGap(of, 'max-connections');
  });
});

describe('a stall', () => {
  it('short: an alarm at ten in the morning, everything late and counted once, no gap', async () => {
    const of = await open({ faults: 'stall=4500ms@1s', session: { silenceUs: 60_000_000 } });
    await flowing(of);
    await of.live.until('the alarm', () => /No market data for \d+ s/.test(feed(of).alarm));
    await of.live.until('the end of the alarm', () => feed(of).alarm === '');
    expect(feed(of).gaps).toBe(1);
    await of.settle();
    expectAllCounted(of);
  });

  it('long: the connection is given up, what it held back is lost and never half counted', async () => {
    const of = await open({ faults: 'stall=30s@1s' });
    await flowing(of);
    await recovered(of, 2);
    expect(of.live.text()).toMatch(/no data for \d+ s while the market is open/);
    await of.settle();
    expectSomeMissing(of);
    await expectOneGap(of, 'stall');
  });
});

describe('damaged frames', () => {
  it('garbage: bad events are counted and cost nobody else', async () => {
    const of = await open({ faults: 'garbage=0.3' });
    await flowing(of);
    await of.live.until('bad events', () => feed(of).badEvents > 5 && of.seen().quotes > 2000);
    expect(feed(of)).toMatchObject({ state: 'live', gaps: 1, openGap: false });
    await of.settle();
    const { trades, quotes } = of.seen();
    expect(trades + quotes).toBeLessThan(of.server.events());
    expect(trades + quotes).toBeGreaterThan(of.server.events() * 0.9);
    // A flipped digit may still move the market's time; the engine's clock must not follow it.
    expect(Math.abs((of.live.health()?.nowUs ?? 0) / 1000 - of.stage.rest.nowMs())).toBeLessThan(30_000);
    expect((await of.stored()).trades).toBe(trades);
  });

  it('truncated: whole events of a cut frame count, the rest is missing, nothing is made up', async () => {
    const of = await open({ faults: 'truncate=0.3' });
    await flowing(of);
    await of.live.until('bad events', () => feed(of).badEvents > 5 && of.seen().quotes > 2000);
    expect(feed(of)).toMatchObject({ state: 'live', gaps: 1, openGap: false });
    await of.settle();
    expectSomeMissing(of);
  });

  it('duplicate: every frame twice, every share once', async () => {
    const of = await open({ faults: 'duplicate=1' });
    await flowing(of);
    await of.live.until('events', () => of.seen().quotes > 2000);
    expect(feed(of).gaps).toBe(1);
    await of.settle();
    expectAllCounted(of);
    expect(feed(of).repeatedFrames).toBeGreaterThan(20);
  });

  it('reorder: frames that change places lose nothing and count once', async () => {
    const of = await open({ faults: 'reorder=0.5' });
    await flowing(of);
    await of.live.until('events', () => of.seen().quotes > 2000);
    expect(feed(of).gaps).toBe(1);
    await of.settle();
    // The last frame may be one that still waits for its successor.
    const { engine, server } = of.volumes();
    let missing = 0;
    for (const [name, volume] of server) {
      expect(engine.get(name) ?? 0, name).toBeLessThanOrEqual(volume + 1e-3);
      if (Math.abs((engine.get(name) ?? 0) - volume) > 1e-3) missing++;
    }
    expect(missing).toBeLessThan(10);
  });
});

describe('a server that refuses', () => {
  it('missing-ack: names the pair nobody confirmed and lives with the rest', async () => {
    const of = await open({ faults: 'missing-ack=LULD' });
    await flowing(of);
    await of.live.until('the warning', () => /the feed did not confirm LULD\.\*/.test(of.live.text()));
    expect(feed(of).detail).toMatch(/LULD/);
    await of.settle();
    expectAllCounted(of);
    const { tape } = await of.stored();
    expect(tape.some((notice) => notice.kind === 'subscribed' && notice.missing.includes('LULD.*'))).toBe(true);
  });

  it('auth failure: says so, never tries again by itself, comes back when told to', async () => {
    const of = await open({ faults: 'auth-fail' });
    await of.live.until('the refusal', () => of.live.health()?.feed.state === 'failed');
    expect(feed(of).alarm).toMatch(/not live \(failed\)/);
    expect(of.live.text()).toMatch(/danger feed: feed failed: the vendor refused the key/);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(of.live.text().match(/feed connecting/g)?.length).toBe(1);
    await of.server.close();
    const stage = openStage();
    const good = await openMarket(stage, { port: of.server.port });
    try {
      await of.live.engine.command('reconnectFeed', undefined);
      await flowing(of);
      const { journal } = await of.stored();
      expect(journal.map((gap) => [gap.reason, gap.endUs === null]).slice(0, 2)).toEqual([
        ['connect', true],
        ['connect', false],
      ]);
    } finally {
      await good.close();
    }
  });
});
