import { afterEach, describe, expect, it } from 'vitest';
import type { FaultPlan } from './fault-plan.ts';
import { NO_FAULTS, parseFaults } from './fault-plan.ts';
import type { MarketServer, MarketServerOptions, ServerStatus } from './market-server.ts';
import { startMarketServer } from './market-server.ts';
import { createSimStage } from './market-stage.ts';
import { simStart } from './sim-start.ts';
import { loadSymbols } from './symbol-resource.ts';
import { TestClient } from './test-client.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function faults(text: string): FaultPlan {
  const plan = parseFaults(text);
  if (typeof plan === 'string') throw new Error(plan);
  return plan;
}

async function serve(
  options: Partial<MarketServerOptions> & {
    readonly rate?: number;
    readonly start?: string;
    readonly symbols?: number;
  } = {},
): Promise<MarketServer> {
  const start = simStart(0, '2026-11-20', options.start ?? '10:00');
  if (typeof start === 'string') throw new Error(start);
  const stage = createSimStage({
    seed: 5,
    symbols: loadSymbols(options.symbols ?? 300),
    day: start.day,
    startUs: start.startUs,
    rate: options.rate ?? 3000,
    timeOffsetMs: 0,
  });
  const server = await startMarketServer({
    stage,
    port: 0,
    speed: 1,
    key: null,
    faults: NO_FAULTS,
    faultSeed: 1,
    waitsForClient: false,
    ...options,
  });
  closers.push(() => server.close());
  return server;
}

async function connect(
  server: MarketServer,
  key: string | null = 'any',
  params: string | null = null,
): Promise<TestClient> {
  const client = await TestClient.open(server.url, key, params);
  closers.push(() => client.close());
  return client;
}

describe('market server protocol', () => {
  it('MS1 greets, authenticates and acknowledges each pair, in arrays', async () => {
    const server = await serve();
    const client = await connect(server, 'any', 'T.*,Q.*,LULD.*');
    await client.until(() => client.statuses.length >= 5);
    expect(client.statuses).toEqual([
      { status: 'connected', message: 'Connected Successfully' },
      { status: 'auth_success', message: 'authenticated' },
      { status: 'success', message: 'subscribed to: T.*' },
      { status: 'success', message: 'subscribed to: Q.*' },
      { status: 'success', message: 'subscribed to: LULD.*' },
    ]);
    await client.until(() => client.events.length > 200);
    expect(client.frames.every((frame) => frame.startsWith('[') && frame.endsWith(']'))).toBe(true);
    expect(client.events.length).toBeGreaterThan(client.frames.length);
    expect(new Set(client.events.map((event) => event['ev']))).toContain('T');
  });

  it('MS2 is silent about unknown channels and repeated pairs, refuses what the plan lacks, and acknowledges unknown tickers', async () => {
    const server = await serve();
    const client = await connect(server, 'any', 'XYZ.*,T.NOSUCH,T.NOSUCH,NOI.*');
    await client.until(() => client.statuses.length >= 4);
    client.send('subscribe', 'T.NOSUCH');
    client.send('unsubscribe', 'T.NOSUCH');
    await client.until(() => client.statuses.some((message) => message.message.startsWith('unsubscribed')));
    expect(client.statuses.slice(2)).toEqual([
      { status: 'success', message: 'subscribed to: T.NOSUCH' },
      { status: 'error', message: 'not authorized: NOI.*' },
      { status: 'success', message: 'unsubscribed to: T.NOSUCH' },
    ]);
    expect(client.events).toEqual([]);
  });

  it('MS3 sends only what was subscribed, for whole channels and single tickers, the same bytes to all', async () => {
    const server = await serve({ waitsForClient: true });
    const [trades, apple, all] = await Promise.all([
      connect(server, 'a', 'T.*'),
      connect(server, 'b', 'Q.AAPL,T.TSLA'),
      connect(server, 'c', 'T.*,Q.*,LULD.*'),
    ]);
    await apple.until(() => apple.events.length > 40);
    const until = Number(apple.events[40]?.['t']);
    await Promise.all(
      [trades, all].map((client) => client.until(() => Number(client.events.at(-1)?.['t']) > until + 50)),
    );
    expect(new Set(trades.events.map((event) => event['ev']))).toEqual(new Set(['T']));
    expect(new Set(apple.events.map((event) => `${String(event['ev'])}.${String(event['sym'])}`))).toEqual(
      new Set(['Q.AAPL', 'T.TSLA']),
    );
    const before = (client: TestClient): readonly unknown[] =>
      client.events.filter((event) => Number(event['t']) <= until);
    const of = (client: TestClient, is: (event: Readonly<Record<string, unknown>>) => boolean): readonly unknown[] =>
      before(client).filter((event) => is(event as Record<string, unknown>));
    expect(before(apple)).toEqual(
      of(
        all,
        (event) => (event['ev'] === 'Q' && event['sym'] === 'AAPL') || (event['ev'] === 'T' && event['sym'] === 'TSLA'),
      ),
    );
    expect(before(trades)).toEqual(of(all, (event) => event['ev'] === 'T'));
  });

  it('MS4 stops what was unsubscribed', async () => {
    const server = await serve();
    const client = await connect(server, 'any', 'T.*,Q.*');
    await client.until(() => client.events.length > 50);
    client.send('unsubscribe', 'Q.*');
    await client.until(() => client.statuses.some((message) => message.message === 'unsubscribed to: Q.*'));
    client.events.length = 0;
    await client.until(() => client.events.length > 20);
    expect(client.events.every((event) => event['ev'] === 'T')).toBe(true);
  });

  it('MS5 answers a wrong key with auth_failed and drops the connection without a close frame', async () => {
    const server = await serve({ key: 'right' });
    const client = await connect(server, 'wrong');
    await client.closed();
    expect(client.statuses.at(-1)).toEqual({ status: 'auth_failed', message: 'authentication failed' });
    expect(client.closeCode).toBe(1006);
    const good = await connect(server, 'right', 'T.*');
    expect(good.statuses.some((message) => message.status === 'auth_success')).toBe(true);
  });

  it('MS6 gives up on a client that does not authenticate, and serves nothing before it does', async () => {
    const server = await serve({ authTimeoutMs: 700 });
    const client = await connect(server, null);
    client.send('subscribe', 'T.*');
    await client.closed();
    expect(client.statuses.map((message) => message.status)).toEqual(['connected', 'error', 'auth_timeout']);
    expect(client.events).toEqual([]);
  });

  it('MS7 answers nonsense with an error and lives on', async () => {
    const server = await serve();
    const client = await connect(server, 'any');
    client.socket.send('{nonsense');
    client.socket.send('[]');
    client.send('dance', '');
    await client.until(() => client.statuses.filter((message) => message.status === 'error').length === 3);
    client.send('subscribe', 'T.*');
    await client.until(() => client.events.length > 0);
    expect(client.closeCode).toBe(null);
  });

  it('MS8 makes second and minute bars of what was traded, with the closing trade of each second in them', async () => {
    const server = await serve({ speed: 30, waitsForClient: true, symbols: 20, rate: 300 });
    const client = await connect(server, 'any', 'T.AAPL,A.AAPL,AM.*');
    await client.until(
      () =>
        client.events.filter((event) => event['ev'] === 'AM').length > 30 &&
        client.events.filter((event) => event['ev'] === 'A').length > 20,
    );
    const trades = client.events.filter((event) => event['ev'] === 'T');
    const bars = client.events.filter((event) => event['ev'] === 'A' && Number(event['s']) > Number(trades[0]?.['t']));
    expect(bars.length).toBeGreaterThan(5);
    for (const bar of bars) {
      const inside = trades.filter(
        (trade) => Number(trade['t']) >= Number(bar['s']) && Number(trade['t']) < Number(bar['e']),
      );
      const priced = inside.filter(
        (trade) => !((trade['c'] as number[] | undefined) ?? []).some((id) => [2, 7, 20, 37, 52, 53].includes(id)),
      );
      expect(Number(bar['v'])).toBe(Math.floor(inside.reduce((sum, trade) => sum + Number(trade['ds']), 0) + 1e-6));
      expect(Number(bar['h'])).toBe(Math.max(...priced.map((trade) => Number(trade['p']))));
      expect(Number(bar['o'])).toBe(priced[0]?.['p']);
    }
    const minute = client.events.find((event) => event['ev'] === 'AM');
    expect(Object.keys(minute ?? {})).toEqual(
      expect.arrayContaining(['v', 'av', 'op', 'vw', 'o', 'c', 'h', 'l', 'a', 'z', 's', 'e', 'dv', 'dav']),
    );
  });

  it('MS9 accepts any path and lists its address', async () => {
    const server = await serve();
    const client = await TestClient.open(`ws://127.0.0.1:${server.port}/`, 'any', 'T.*');
    closers.push(() => client.close());
    await client.until(() => client.events.length > 0);
    expect(server.restUrl).toBe(`http://127.0.0.1:${server.port}`);
  });
});

describe('market server faults', () => {
  it('MF1 reads the grammar and refuses nonsense with a sentence', () => {
    expect(
      parseFaults(
        'drop@30s, half-open@45s,stall=5s@60s,garbage=0.001,missing-ack=Q,auth-fail,max-connections=old,slow-kill=1mb',
      ),
    ).toEqual({
      timed: [
        { kind: 'drop', atMs: 30_000 },
        { kind: 'half-open', atMs: 45_000 },
        { kind: 'stall', atMs: 60_000, forMs: 5000 },
      ],
      garbage: 0.001,
      truncate: 0,
      duplicate: 0,
      reorder: 0,
      missingAck: ['Q'],
      authFail: true,
      maxConnections: 'old',
      slowKillBytes: 1_048_576,
    });
    for (const bad of [
      'drop',
      'stall=5s',
      'garbage=2',
      'explode',
      'drop@soon',
      'slow-kill=big',
      'max-connections=both',
      '@@',
    ])
      expect(typeof parseFaults(bad), bad).toBe('string');
  });

  it('MF2 drop: the connection ends without a close frame, and a new one works', async () => {
    const seen: ServerStatus[] = [];
    const server = await serve({ faults: faults('drop@150ms'), onStatus: (status) => seen.push(status) });
    const client = await connect(server, 'any', 'T.*');
    await client.closed();
    expect(client.closeCode).toBe(1006);
    expect(seen).toEqual([{ event: 'fault', detail: 'drop' }]);
    const again = await connect(server, 'any', 'T.*');
    await again.until(() => again.events.length > 20);
    expect(again.closeCode).toBe(null);
  });

  it('MF3 half-open: open, silent, and no pong', async () => {
    const server = await serve({ faults: faults('half-open@100ms') });
    const client = await connect(server, 'any', 'T.*');
    await client.until(() => client.events.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const events = client.events.length;
    let pongs = 0;
    client.socket.on('pong', () => pongs++);
    client.socket.ping();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(client.events.length).toBe(events);
    expect(pongs).toBe(0);
    expect(client.closeCode).toBe(null);
  });

  it('MF4 stall: data arrives late and whole', async () => {
    const server = await serve({ faults: faults('stall=300ms@100ms') });
    const client = await connect(server, 'any', 'T.*,Q.*');
    const arrivals: number[] = [];
    client.socket.on('message', () => arrivals.push(performance.now()));
    await client.until(() => arrivals.length > 10 && (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0) > 600);
    const pauses = arrivals.slice(1).map((ms, k) => ms - (arrivals[k] as number));
    expect(Math.max(...pauses)).toBeGreaterThan(250);
    expect(sequenceProblems(client)).toBe(0);
    const times = client.events.map((event) => Number(event['t']));
    expect(Math.max(...times.slice(1).map((t, k) => t - (times[k] as number)))).toBeLessThan(200);
  });

  it('MF5 garbage and truncate: damaged frames arrive, the others stay whole', async () => {
    const server = await serve({ faults: faults('garbage=0.2,truncate=0.2'), rate: 8000 });
    const client = await connect(server, 'any', 'T.*,Q.*');
    await client.until(() => client.frames.length > 150);
    expect(client.malformed).toBeGreaterThan(5);
    expect(client.malformed).toBeLessThan(client.frames.length / 2);
  });

  it('MF6 duplicate and reorder: frames come twice and late', async () => {
    const doubled = await connect(await serve({ faults: faults('duplicate=0.3') }), 'any', 'T.*');
    await doubled.until(() => doubled.frames.length > 100);
    const data = doubled.frames.slice(3);
    expect(data.filter((frame, k) => k > 0 && frame === data[k - 1]).length).toBeGreaterThan(5);
    const mixed = await connect(await serve({ faults: faults('reorder=0.3') }), 'any', 'T.*,Q.*');
    await mixed.until(() => mixed.frames.length > 100);
    const times = mixed.events.map((event) => Number(event['t']));
    expect(times.some((t, k) => k > 0 && t < (times[k - 1] as number))).toBe(true);
    expect(new Set(mixed.frames).size).toBe(mixed.frames.length);
  });

  it('MF7 missing-ack: the pair is neither acknowledged nor served', async () => {
    const server = await serve({ faults: faults('missing-ack=Q') });
    const client = await connect(server, 'any', 'T.*,Q.*,LULD.*');
    await client.until(() => client.events.length > 100);
    expect(client.statuses.filter((message) => message.status === 'success').map((message) => message.message)).toEqual(
      ['subscribed to: T.*', 'subscribed to: LULD.*'],
    );
    expect(client.events.some((event) => event['ev'] === 'Q')).toBe(false);
  });

  it('MF8 auth-fail: every key is refused', async () => {
    const client = await connect(await serve({ faults: faults('auth-fail') }), 'any');
    await client.closed();
    expect(client.statuses.at(-1)?.status).toBe('auth_failed');
    expect(client.closeCode).toBe(1006);
  });

  it('MF9 max-connections: the newcomer is told after its subscription, or the older one has to go', async () => {
    const strict = await serve({ faults: faults('max-connections') });
    const holder = await connect(strict, 'any', 'T.*');
    const late = await connect(strict, 'any', 'T.*');
    await late.closed();
    expect(late.statuses.map((message) => message.status)).toEqual([
      'connected',
      'auth_success',
      'success',
      'max_connections',
    ]);
    expect(late.closeCode).toBe(1008);
    expect(late.events).toEqual([]);
    expect(holder.closeCode).toBe(null);
    const generous = await serve({ faults: faults('max-connections=old') });
    const first = await connect(generous, 'any', 'T.*');
    const second = await connect(generous, 'any', 'T.*');
    await first.closed();
    expect(first.statuses.at(-1)?.status).toBe('max_connections');
    await second.until(() => second.events.length > 0);
  });

  it('MF10 max-connections at a time: the standing client is closed once', async () => {
    const server = await serve({ faults: faults('max-connections@100ms') });
    const client = await connect(server, 'any', 'T.*');
    await client.closed();
    expect(client.statuses.at(-1)?.status).toBe('max_connections');
    const again = await connect(server, 'any', 'T.*');
    await again.until(() => again.events.length > 10);
  });

  it('MF11 slow-kill: a client that does not read is cut off without a word', async () => {
    const server = await serve({ faults: faults('slow-kill=256kb'), rate: 200_000 });
    const client = await connect(server, 'any', 'T.*,Q.*');
    await client.until(() => client.events.length > 0);
    client.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 800));
    client.socket.resume();
    await client.closed();
    expect(client.closeCode).toBe(1006);
    expect(client.statuses.map((message) => message.status)).toEqual([
      'connected',
      'auth_success',
      'success',
      'success',
    ]);
  });
});

/** Events of one kind and symbol whose sequence did not rise. */
function sequenceProblems(client: TestClient): number {
  const last = new Map<string, number>();
  let problems = 0;
  for (const event of client.events) {
    const key = `${String(event['ev'])}.${String(event['sym'] ?? event['T'])}`;
    if (Number(event['q']) <= (last.get(key) ?? 0)) problems++;
    last.set(key, Number(event['q']));
  }
  return problems;
}
