import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_SESSION } from '../../feeds/feed-session.ts';
import { createRng } from '../../lib/rng.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import type { Script, ScriptedFeedServer } from '../../testing/scripted-feed-server.ts';
import { answerAsVendor, startScriptedFeedServer, status } from '../../testing/scripted-feed-server.ts';
import { MassiveClient } from './client.ts';
import { createSocketClock } from './socket-clock.ts';

const KEY = 'secret-key-4711';
const QUICK = {
  ...DEFAULT_SESSION,
  greetingTimeoutUs: 400_000,
  authTimeoutUs: 400_000,
  ackTimeoutUs: 300_000,
  backoffMinUs: 50_000,
  backoffMaxUs: 200_000,
  survivalUs: 500_000,
  maxConnectionsWaitUs: 600_000,
  pingEveryUs: 150_000,
  pongTimeoutUs: 300_000,
  silenceUs: 2_000_000,
};
const trade = (n: number): string => `[{"ev":"T","sym":"A","p":${100 + n},"s":1,"t":1772461800000,"q":${n + 1}}]`;

interface Rig {
  readonly server: ScriptedFeedServer;
  readonly client: MassiveClient;
  readonly frames: string[];
  readonly notices: FeedNotice[];
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function rig(script: Script = {}, isExpectingData = false): Promise<Rig> {
  const server = await startScriptedFeedServer(script);
  const frames: string[] = [];
  const notices: FeedNotice[] = [];
  const client = new MassiveClient({
    url: server.url,
    key: KEY,
    session: QUICK,
    rng: createRng(5),
    clock: createSocketClock(),
    isExpectingData: () => isExpectingData,
    onFrame: (bytes) => frames.push(Buffer.from(bytes).toString('utf8')),
    onNotice: (notice) => notices.push(notice),
  });
  closers.push(async () => {
    client.stop();
    await server.close();
  });
  client.start();
  return { server, client, frames, notices };
}

async function until(what: () => boolean, what_for: string): Promise<void> {
  for (let n = 0; n < 1500; n++) {
    if (what()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`waited in vain for ${what_for}`);
}

const last = (one: Rig): ScriptedFeedServer['connections'][number] =>
  one.server.connections.at(-1) as ScriptedFeedServer['connections'][number];
const states = (one: Rig): string[] => one.notices.flatMap((notice) => (notice.kind === 'state' ? [notice.state] : []));
const gaps = (one: Rig): Extract<FeedNotice, { kind: 'gap' }>[] =>
  one.notices.filter((notice) => notice.kind === 'gap');

describe('MassiveClient', () => {
  it('shakes hands as the vendor wants it and hands market frames on as they came', async () => {
    const one = await rig();
    await until(() => one.client.session.state === 'live', 'live');
    expect(last(one).received).toEqual([
      { action: 'auth', params: KEY },
      { action: 'subscribe', params: 'T.*,Q.*,LULD.*' },
    ]);
    last(one).send(trade(0));
    last(one).send(`[{"ev":"status","status":"error","message":"not authorized"},${trade(1).slice(1)}`);
    await until(() => one.frames.length === 2, 'two frames');
    expect(one.frames[0]).toBe(trade(0));
    expect(one.notices).toContainEqual(
      expect.objectContaining({ kind: 'status', status: 'error', message: 'not authorized' }),
    );
    expect(states(one)).toEqual(['connecting', 'authenticating', 'subscribing', 'live']);
    expect(gaps(one).map((gap) => [gap.reason, gap.endUs === null])).toEqual([
      ['connect', true],
      ['connect', false],
    ]);
  });

  it('gives up on a refused key, even when the vendor just drops the line, and never shows the key', async () => {
    const one = await rig({
      answer: (connection) => {
        connection.send(status('auth_failed', `authentication failed for ${KEY}`));
        connection.socket.terminate();
      },
    });
    await until(() => one.client.session.state === 'failed', 'failed');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(one.server.connections).toHaveLength(1);
    expect(JSON.stringify(one.notices)).toContain('<key>');
    expect(JSON.stringify(one.notices)).not.toContain(KEY);
  });

  it('waits after max_connections and comes back', async () => {
    const one = await rig({
      answer: (connection, message, number) => {
        answerAsVendor(connection, message);
        if (message.action === 'subscribe' && number === 1) {
          connection.send(status('max_connections', 'Maximum number of websocket connections exceeded.'));
          connection.socket.close(1008);
        }
      },
    });
    await until(() => one.client.session.state === 'waiting', 'waiting');
    const waitingSince = performance.now();
    await until(() => one.server.connections.length === 2, 'a second connection');
    // The wait is the contract here, not a speed: it may be longer, never shorter.
    expect(performance.now() - waitingSince).toBeGreaterThan(500);
    await until(() => one.client.session.state === 'live', 'live again');
  });

  it('reports missing acknowledgements by name', async () => {
    const one = await rig({
      answer: (connection, message) =>
        answerAsVendor(connection, { ...message, params: message.params.replace(',LULD.*', '') }),
    });
    await until(() => one.client.session.state === 'live', 'live');
    expect(one.notices).toContainEqual(
      expect.objectContaining({ kind: 'subscribed', asked: 3, acknowledged: 2, missing: ['LULD.*'] }),
    );
  });

  it('comes back after a drop, an abrupt cut and a clean close, with each gap accounted for and no frame twice', async () => {
    const one = await rig();
    const ends = [1000, 1001, 0];
    for (let n = 0; n <= ends.length; n++) {
      await until(
        () => one.server.connections.length === n + 1 && last(one).received.length === 2,
        `connection ${n + 1}`,
      );
      last(one).send(trade(n));
      await until(() => one.frames.length === n + 1, `frame ${n + 1}`);
      const code = ends[n];
      if (code === undefined) break;
      if (code === 0) last(one).socket.terminate();
      else last(one).socket.close(code);
    }
    expect(one.frames).toEqual([0, 1, 2, 3].map(trade));
    const closed = gaps(one).filter((gap) => gap.endUs !== null);
    expect(closed.map((gap) => gap.reason)).toEqual(['connect', 'disconnect', 'disconnect', 'disconnect']);
    for (const gap of closed) expect(gap.endUs as number).toBeGreaterThan(gap.startUs);
  });

  it('finds a half-open connection and a server that never greets', async () => {
    const halfOpen = await rig({ pongs: false });
    await until(() => gaps(halfOpen).some((gap) => gap.reason === 'connect'), 'connect gap');
    await until(() => halfOpen.client.session.state === 'live', 'live');
    last(halfOpen).send(trade(0));
    await until(() => gaps(halfOpen).some((gap) => gap.reason === 'half-open'), 'half-open gap');
    await until(() => halfOpen.server.connections.length >= 2, 'reconnect');
    const silent = await rig({ greets: false });
    await until(() => silent.server.connections.length >= 2, 'another try');
    expect(silent.server.connections[0]?.received).toEqual([]);
  });

  it('calls a silent market a stall in trading hours', async () => {
    const one = await rig({}, true);
    await until(() => one.client.session.state === 'live', 'live');
    last(one).send(trade(0));
    await until(() => gaps(one).some((gap) => gap.reason === 'stall' && gap.endUs === null), 'stall gap');
    expect(gaps(one).filter((gap) => gap.reason === 'stall' && gap.endUs === null)).toHaveLength(1);
  });

  it('survives garbage: binary noise, half frames, an oversized frame, an address that is none', async () => {
    const one = await rig();
    await until(() => one.client.session.state === 'live', 'live');
    last(one).socket.send(Buffer.from([0, 255, 1, 254, 34, 123]));
    last(one).send('[{"ev":"status","status":"succ');
    last(one).send(trade(7));
    await until(() => one.frames.includes(trade(7)), 'the good frame');
    expect(one.client.session.state).toBe('live');
    last(one).socket.send(Buffer.alloc(9 * 1024 * 1024, 32));
    await until(() => one.server.connections.length === 2, 'reconnect after an oversized frame');
    const notices: FeedNotice[] = [];
    const lost = new MassiveClient({
      url: 'not a url',
      key: KEY,
      session: QUICK,
      rng: createRng(1),
      clock: createSocketClock(),
      isExpectingData: () => false,
      onFrame: () => {},
      onNotice: (notice) => notices.push(notice),
    });
    lost.start();
    await until(() => notices.some((notice) => notice.kind === 'state' && notice.state === 'waiting'), 'waiting');
    lost.stop();
  });
});
