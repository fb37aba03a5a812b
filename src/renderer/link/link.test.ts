/** The link against a small true engine side: states, subscriptions, credit, gaps, resumption, commands. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameType, jsonFrame, type RowsFrame } from '#protocol';
import { createFakeServer, type FakeServer } from './fake-link.ts';
import type { EngineLink, LinkState } from './engine-link.ts';
import { createEngineLink } from './link.ts';
import { textCodec } from './text-codec.ts';

let link: EngineLink;
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const open = async (server: FakeServer): Promise<LinkState[]> => {
  const states: LinkState[] = [];
  link = createEngineLink({
    connector: server.connector,
    schedule: (work) => void setTimeout(work, 16),
    random: () => 0.5,
    onFault: () => undefined,
  });
  link.onStatus(({ state }) => states.at(-1) !== state && states.push(state));
  await settle(20);
  return states;
};
const fillLast = (price: number) => (into: { last: { [i: number]: number } }, rows: readonly number[]) =>
  rows.forEach((_, i) => void (into.last[i] = price));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  link.close();
  vi.useRealTimers();
});

describe('states', () => {
  it('connects, is live while frames come, stale when they stop, live again with the next one', async () => {
    const server = createFakeServer();
    const states = await open(server);
    link.value('health', () => undefined);
    expect(states).toEqual(['connecting', 'live']);
    await settle(1_900);
    expect(link.status().state).toBe('live');
    await settle(600);
    expect(link.status().state).toBe('stale');
    server.value('health', { a: 1 });
    await settle(20);
    expect(states).toEqual(['connecting', 'live', 'stale', 'live']);
  });

  it('reconnects with a growing, capped back-off, and says so', async () => {
    const server = createFakeServer();
    const states = await open(server);
    server.refuseConnections(true);
    server.cut();
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const { retryAtMs, state } = link.status();
      expect(state).toBe('reconnecting');
      waits.push(retryAtMs - Date.now());
      await settle(retryAtMs - Date.now() + 1);
    }
    expect(waits[0]).toBeLessThan(400);
    expect(Math.round((waits.at(-1) as number) / 100)).toBe(60);
    for (let i = 1; i < waits.length; i++) expect(waits[i]).toBeGreaterThanOrEqual((waits[i - 1] as number) - 1);
    server.refuseConnections(false);
    link.retryNow();
    await settle(20);
    expect(states).toEqual(['connecting', 'live', 'reconnecting', 'live']);
    expect(link.counters.reconnects).toBeGreaterThan(0);
  });

  it('a final close is stopped and stays so', async () => {
    const server = createFakeServer();
    await open(server);
    server.cut('The engine ended several times.', 'stopped');
    await settle(60_000);
    expect(link.status()).toMatchObject({
      state: 'stopped',
      message: 'The engine ended several times.',
      isRefused: false,
    });
  });

  it('another version is a state of its own, without retries', async () => {
    const server = createFakeServer({ version: 999 });
    const states = await open(server);
    await settle(60_000);
    expect(states).toEqual(['connecting', 'version-mismatch']);
    expect(server.heard.filter(({ kind }) => kind === 'hello')).toHaveLength(1);
  });

  it('an engine that refuses the version by notice is the same state', async () => {
    const server = createFakeServer();
    await open(server);
    server.raw(jsonFrame(FrameType.notice, { kind: 'error', code: 'version-mismatch', message: 'no' }, textCodec));
    expect(link.status().state).toBe('version-mismatch');
  });
});

describe('subscriptions', () => {
  it('are counted: one on the wire however many follow, gone with the last', async () => {
    const server = createFakeServer();
    await open(server);
    const seen: unknown[] = [];
    const leaveA = link.value('health', (value) => seen.push(value));
    server.value('health', 1);
    await settle(20);
    const leaveB = link.value('health', (value) => seen.push(value));
    expect(seen).toEqual([1, 1]);
    leaveA();
    leaveA();
    server.value('health', 2);
    await settle(20);
    expect(seen).toEqual([1, 1, 2]);
    leaveB();
    expect(server.subscriptions.size).toBe(0);
    expect(server.heard.filter((m) => m.kind === 'subscribe')).toHaveLength(1);
  });

  it('acknowledges the newest frame once a display frame, and only after taking it in', async () => {
    const server = createFakeServer();
    await open(server);
    link.value('health', () => undefined);
    for (let i = 0; i < 3; i++) server.value('health', i);
    expect(server.inFlight).toBe(3);
    await settle(20);
    expect(server.inFlight).toBe(0);
    expect(server.heard.filter((m) => m.kind === 'ack')).toEqual([{ kind: 'ack', frame: 3 }]);
  });

  it('a listener that throws costs neither the others nor the credit', async () => {
    const server = createFakeServer();
    await open(server);
    const seen: unknown[] = [];
    link.value('health', () => {
      throw new Error('broken panel');
    });
    link.value('health', (value) => seen.push(value));
    server.value('health', 7);
    await settle(20);
    expect(seen).toEqual([7]);
    expect(server.inFlight).toBe(0);
  });
});

describe('market rows', () => {
  const follow = (): { frames: RowsFrame[]; names: string[]; resets: number } => {
    const got = { frames: [] as RowsFrame[], names: [] as string[], resets: 0 };
    link.market({
      symbols: (first, names) => names.forEach((name, i) => void (got.names[first + i] = name)),
      rows: (frame) => got.frames.push(frame),
      reset: () => void (got.resets += 1),
    });
    return got;
  };

  it('names come before rows, snapshot before changes', async () => {
    const server = createFakeServer();
    server.onMarketSnapshotWanted(() => server.rows([0, 1], fillLast(10), { snapshot: true }));
    await open(server);
    server.setNames(['AAA', 'BBB']);
    const got = follow();
    server.rows([1], fillLast(11));
    await settle(20);
    expect(got.names).toEqual(['AAA', 'BBB']);
    expect(got.frames.map((f) => [f.snapshot, [...f.rows], f.columns.last[0]])).toEqual([
      [true, [0, 1], 10],
      [false, [1], 11],
    ]);
  });

  it('a lost frame leads to a new snapshot, and changes in between are not applied', async () => {
    const server = createFakeServer();
    let price = 10;
    server.onMarketSnapshotWanted(() => server.rows([0], fillLast(price), { snapshot: true }));
    await open(server);
    server.setNames(['AAA']);
    const got = follow();
    await settle(1_100);
    server.loseFrames(1);
    price = 20;
    server.rows([0], fillLast(20));
    server.rows([0], fillLast(21));
    await settle(20);
    expect(got.frames).toHaveLength(1);
    await settle(20);
    expect(got.frames.map((f) => [f.snapshot, f.columns.last[0]])).toEqual([
      [true, 10],
      [true, 20],
    ]);
    expect(link.counters.gaps).toBe(1);
  });

  it('asks again when the snapshot itself was lost', async () => {
    const server = createFakeServer();
    server.onMarketSnapshotWanted(() => server.rows([0], fillLast(5), { snapshot: true }));
    await open(server);
    server.loseFrames(1);
    const got = follow();
    await settle(20);
    expect(got.frames).toHaveLength(0);
    await settle(1_500);
    expect(got.frames.at(-1)?.snapshot).toBe(true);
  });

  it('a new epoch resets the market and follows anew', async () => {
    const server = createFakeServer();
    server.onMarketSnapshotWanted(() => server.rows([0], fillLast(5), { snapshot: true }));
    await open(server);
    server.setNames(['AAA']);
    const got = follow();
    await settle(20);
    server.restart('epoch-2');
    server.cut();
    await settle(2_000);
    expect(link.status().epoch).toBe('epoch-2');
    expect(got.resets).toBe(1);
    expect(got.frames.filter((f) => f.snapshot)).toHaveLength(2);
  });

  it('rows of a foreign epoch are dropped', async () => {
    const server = createFakeServer();
    await open(server);
    const got = follow();
    server.restart('epoch-2');
    server.rows([0], fillLast(5), { snapshot: true });
    await settle(20);
    expect(got.frames).toHaveLength(0);
    expect(link.counters.gaps).toBe(1);
  });

  it('garbage is counted and harmless', async () => {
    const server = createFakeServer();
    await open(server);
    for (const bytes of [
      new Uint8Array(0),
      new Uint8Array([4]),
      new Uint8Array([5, 123]),
      new Uint8Array([6, 110, 117, 108, 108]),
      new Uint8Array([99]),
      new Uint8Array([3, 1]),
    ])
      server.raw(bytes);
    await settle(20);
    expect(link.counters.badFrames).toBe(6);
    expect(link.status().state).toBe('live');
  });
});

describe('lossless topics', () => {
  it('arrive whole and in order over a lost connection, resumed by sequence', async () => {
    const server = createFakeServer();
    await open(server);
    const items: unknown[] = [];
    let snapshots = 0;
    link.events('console', {
      items: (more, first, snapshot) => {
        if (snapshot) snapshots += 1;
        expect(first).toBe(items.length + 1);
        items.push(...more);
      },
    });
    server.append('console', 'a', 'b');
    await settle(20);
    server.cut();
    server.append('console', 'c');
    await settle(2_000);
    server.append('console', 'd');
    await settle(20);
    expect(items).toEqual(['a', 'b', 'c', 'd']);
    expect(snapshots).toBe(1);
    expect(server.heard.filter((m) => m.kind === 'subscribe' && m.after === 2)).toHaveLength(1);
  });

  it('a lost frame is noticed by the next one and healed by a snapshot', async () => {
    const server = createFakeServer();
    await open(server);
    let items: unknown[] = [];
    link.events('alerts', {
      items: (more, _first, snapshot) => void (items = snapshot ? [...more] : [...items, ...more]),
    });
    server.append('alerts', 1);
    await settle(1_100);
    server.loseFrames(1);
    server.append('alerts', 2);
    server.append('alerts', 3);
    await settle(50);
    expect(items).toEqual([1, 2, 3]);
  });
});

describe('commands', () => {
  it('go out and come back as plain data', async () => {
    const server = createFakeServer();
    const lines: unknown[] = [];
    server.onCommand('report', (line) => void lines.push(line));
    await open(server);
    await link.commands.report({ severity: 'info', text: 'hello' });
    expect(lines).toEqual([{ severity: 'info', text: 'hello' }]);
    expect((await link.commands.ping()).atUs).toBeGreaterThan(0);
  });

  it('fail, rather than hang, when the line goes or is not there', async () => {
    const server = createFakeServer();
    server.onCommand('ping', () => new Promise(() => undefined));
    await open(server);
    const hanging = link.commands.ping().catch((error: unknown) => error);
    await settle(1);
    server.refuseConnections(true);
    server.cut();
    expect(await hanging).toMatchObject({ code: 'engine-stopped' });
    expect(await link.commands.ping().catch((error: unknown) => error)).toMatchObject({ code: 'engine-stopped' });
  });

  it('an unknown command is an error with its code', async () => {
    const server = createFakeServer();
    await open(server);
    const unknown = link.commands as unknown as { nothing(): Promise<unknown> };
    expect(await unknown.nothing().catch((error: unknown) => error)).toMatchObject({ code: 'unknown-command' });
  });
});
