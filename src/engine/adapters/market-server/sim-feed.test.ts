import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FrameRing } from '../../lib/frame-ring.ts';
import type { FeedNotice, FeedSpec } from '../../ports/feed.ts';
import { FeedTag } from '../../ports/feed.ts';
import type { FeedHostOptions } from './sim-feed-host.ts';
import { openFeed } from './sim-feed-host.ts';
import type { SimFeed } from './sim-feed.ts';

interface Pushed {
  readonly tag: number;
  readonly stampUs: number;
  readonly text: string;
}

const SPEC: FeedSpec & { kind: 'sim' } = { kind: 'sim', seed: 3, symbols: 200, rate: 3000, speed: 0 };
const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** Runs a feed into a small ring, reading it as a kernel would, until `isDone`. */
async function collect(
  spec: FeedSpec & { kind: 'sim' },
  options: Partial<FeedHostOptions>,
  isDone: (all: readonly Pushed[]) => boolean,
  during: (feed: SimFeed, all: readonly Pushed[]) => void = () => undefined,
): Promise<readonly Pushed[]> {
  const ring = new FrameRing(256 * 1024);
  const opened = await openFeed(spec, ring, { nowUs: 0, day: '2026-11-20', ...options });
  if (typeof opened === 'string') throw new Error(opened);
  const all: Pushed[] = [];
  const running = opened.run();
  const decoder = new TextDecoder();
  while (!isDone(all)) {
    while (ring.next()) {
      all.push({ tag: ring.tag, stampUs: ring.stampUs, text: decoder.decode(ring.bytes.slice(ring.start, ring.end)) });
      ring.release();
    }
    during(opened, all);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  opened.control({ kind: 'stop' });
  while (ring.next()) ring.release();
  await running;
  expect(ring.stats().refused).toBe(0);
  return all;
}

function notices(all: readonly Pushed[]): readonly FeedNotice[] {
  return all.filter((one) => one.tag === FeedTag.notice).map((one) => JSON.parse(one.text) as FeedNotice);
}

const reached = (us: number) => (all: readonly Pushed[]) => (all.at(-1)?.stampUs ?? 0) > us;
const START_US = 1_795_184_700_000_000; // 2026-11-20 09:25 in New York

describe('SimFeed', () => {
  it('SF1 opens a gap, closes it with the first data, and tells simulated time every 50 ms, in rising stamps', async () => {
    const all = await collect(SPEC, {}, reached(START_US + 2e6));
    const told = notices(all);
    expect(told.slice(0, 4).map((notice) => notice.kind)).toEqual(['state', 'gap', 'subscribed', 'state']);
    const gaps = told.filter((notice) => notice.kind === 'gap');
    expect(gaps).toMatchObject([
      { id: 1, endUs: null, reason: 'connect' },
      { id: 1, reason: 'connect', framesLost: 0 },
    ]);
    const first = all.findIndex((one) => one.tag === FeedTag.vendorJson);
    expect(all[first - 1]?.text).toBe(JSON.stringify(gaps[1]));
    const beats = told.filter((notice) => notice.kind === 'heartbeat').map((notice) => notice.atUs);
    expect(beats.length).toBeGreaterThan(30);
    for (const [k, atUs] of beats.slice(1).entries()) expect(atUs - (beats[k] as number)).toBe(50_000);
    for (let k = 1; k < all.length; k++) expect(all[k]?.stampUs).toBeGreaterThan(all[k - 1]?.stampUs as number);
  });

  it('SF2 stamps frames after the events they hold, within the modelled delay', async () => {
    const all = await collect(SPEC, {}, reached(START_US + 1e6));
    let events = 0;
    for (const one of all.filter((pushed) => pushed.tag === FeedTag.vendorJson)) {
      for (const event of JSON.parse(one.text) as { ev: string; t: number }[]) {
        const us = event.ev === 'LULD' ? event.t / 1000 : event.t * 1000;
        expect(one.stampUs).toBeGreaterThan(us);
        expect(one.stampUs - us).toBeLessThan(12_000);
        events++;
      }
    }
    expect(events).toBeGreaterThan(1000);
  });

  it('SF3 gives the same stream whatever the speed and however slowly it is read', async () => {
    const endUs = START_US + 1.5e6;
    const upTo = (all: readonly Pushed[]): readonly Pushed[] => all.filter((one) => one.stampUs <= endUs);
    const fast = upTo(await collect(SPEC, {}, reached(endUs)));
    const paced = upTo(await collect({ ...SPEC, speed: 3 }, {}, reached(endUs)));
    expect(paced).toEqual(fast);
    expect(fast.length).toBeGreaterThan(150);
  });

  it('SF4 continues a recorded stream exactly where it ended, from the seed and from a snapshot', async () => {
    const endUs = START_US + 3e6;
    const dir = mkdtempSync(path.join(os.tmpdir(), 'drover-sim-'));
    dirs.push(dir);
    const whole = await collect(SPEC, { snapshotDir: dir }, reached(endUs));
    const cut = whole[Math.floor(whole.length / 2)] as Pushed;
    const rest = whole.filter((one) => one.stampUs > cut.stampUs && one.stampUs <= endUs);
    for (const options of [{}, { snapshotDir: dir }]) {
      const resumed = await collect(SPEC, { ...options, resumeAfterUs: cut.stampUs }, reached(endUs));
      expect(resumed.filter((one) => one.stampUs <= endUs)).toEqual(rest);
    }
    expect(readdirSync(dir).length).toBeGreaterThan(0);
  });

  it('SF5 waits when the ring is full instead of dropping', async () => {
    let reads = 0;
    // The reader sleeps for most of the time; the ring holds a fraction of a second.
    const all = await collect({ ...SPEC, rate: 20_000 }, {}, reached(START_US + 2e6), () => {
      reads++;
      if (reads % 20 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    });
    const sequences = new Map<string, number>();
    const ids: number[] = [];
    for (const one of all.filter((pushed) => pushed.tag === FeedTag.vendorJson)) {
      for (const event of JSON.parse(one.text) as { ev: string; sym: string; i: string }[]) {
        if (event.ev !== 'T') continue;
        // Trade ids of a symbol count up by one: a dropped frame would leave a hole.
        expect(Number(event.i)).toBe((sequences.get(event.sym) ?? 0) + 1);
        sequences.set(event.sym, Number(event.i));
        ids.push(Number(event.i));
      }
    }
    expect(ids.length).toBeGreaterThan(2000);
  });

  it('SF6 obeys pause, resume and speed', async () => {
    let pausedAt = 0;
    let pausedCount = 0;
    let state: 'running' | 'paused' | 'resumed' = 'running';
    let ticks = 0;
    const all = await collect({ ...SPEC, speed: 20 }, {}, reached(START_US + 8e6), (feed, seen) => {
      ticks++;
      if (state === 'running' && seen.length > 100) {
        feed.control({ kind: 'pause' });
        state = 'paused';
        pausedAt = ticks;
      } else if (state === 'paused' && ticks === pausedAt + 30) pausedCount = seen.length;
      else if (state === 'paused' && ticks === pausedAt + 60) {
        expect(seen.length).toBe(pausedCount);
        feed.control({ kind: 'resume' });
        feed.control({ kind: 'speed', speed: 0 });
        state = 'resumed';
      }
    });
    expect(state).toBe('resumed');
    expect(all.length).toBeGreaterThan(pausedCount);
  });

  it('SF7 shows a lost connection as a gap with its frames counted', async () => {
    let isAsked = false;
    const all = await collect({ ...SPEC, speed: 20 }, {}, reached(START_US + 6e6), (feed, seen) => {
      if (isAsked || seen.length < 100) return;
      isAsked = true;
      feed.control({ kind: 'fault', fault: { name: 'disconnect', seconds: 2 } });
    });
    const gaps = notices(all).filter((notice) => notice.kind === 'gap' && notice.reason === 'disconnect') as Extract<
      FeedNotice,
      { kind: 'gap' }
    >[];
    expect(gaps).toHaveLength(2);
    const [opened, closed] = gaps as [Extract<FeedNotice, { kind: 'gap' }>, Extract<FeedNotice, { kind: 'gap' }>];
    expect(closed.id).toBe(opened.id);
    expect((closed.endUs ?? 0) - closed.startUs).toBeGreaterThan(1.8e6);
    expect(closed.framesLost).toBeGreaterThan(50);
    const inside = all.filter(
      (one) => one.tag === FeedTag.vendorJson && one.stampUs > opened.startUs && one.stampUs < (closed.endUs ?? 0),
    );
    expect(inside).toEqual([]);
  });

  it('SF8 refuses a day on which the market is closed with a sentence', async () => {
    const answer = await openFeed(SPEC, new FrameRing(4096), { nowUs: 0, day: '2026-11-26' });
    expect(answer).toBe("the market is closed on '2026-11-26'; name a trading day as YYYY-MM-DD.");
  });
});
