import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openMarket, openStage } from '../../testing/feed-rig.ts';
import { changedRows, lastKnownOffsetUs, openVendorMarket } from './vendor-market.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'drover-vendor-'));
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

/** Now: how far the market's time is from ours is reckoned from the real clock. */
const NOW_MS = Date.now();

function spec(restUrl: string) {
  return { kind: 'massive', url: restUrl.replace('http', 'ws'), restUrl } as const;
}

/** Answers every path by `bodies` (the longest start that fits), after `delayMs`; 404 elsewhere. */
async function stubServer(bodies: Readonly<Record<string, unknown>>, delayMs = 0) {
  const http = createServer((request, response) => {
    const known = Object.keys(bodies).find((start) => (request.url ?? '').startsWith(start));
    setTimeout(() => {
      response.writeHead(known === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known === undefined ? { status: 'NOT_FOUND' } : bodies[known]));
    }, delayMs);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

describe('reference data of a start', () => {
  it('comes from the server, in order of names, with closes and volumes; without the server from the disk, with its age', async () => {
    const server = await openMarket(openStage());
    const dataDir = path.join(folder, 'a');
    // A slow machine may take its time: what is checked is the content.
    const patient = { key: 'k', dataDir, nowMs: NOW_MS, patienceMs: 60_000 };
    const vendor = await openVendorMarket(spec(server.restUrl), patient);
    const fresh = await vendor.soon();
    // The simulated market stands at 10:00 of 2026-11-20.
    expect(Math.round(vendor.offsetUs / 3.6e9)).toBe(Math.round((Date.UTC(2026, 10, 20, 15) - Date.now()) / 3.6e6));
    expect(fresh.isFresh).toBe(true);
    expect(fresh.rows.length).toBe(50);
    expect(fresh.rows.map((row) => row.name)).toEqual(fresh.rows.map((row) => row.name).toSorted());
    for (const row of fresh.rows) {
      expect(row.previousClose).toBeGreaterThan(0);
      expect(row.averageVolume).toBeGreaterThan(0);
      expect([1, 2, 3]).toContain(row.tape);
    }
    expect(fresh.calendarDays).toEqual([]);
    await server.close();
    const later = { key: 'k', dataDir, nowMs: Date.now() + 7.2e6 + vendor.offsetUs / 1000 };
    const offline = await openVendorMarket(spec(server.restUrl), later);
    const stored = await offline.soon();
    expect(stored.isFresh).toBe(false);
    expect(stored.rows).toEqual(fresh.rows);
    expect(stored.sentence).toMatch(/from an earlier start, [\d.]+ hours old at most .*closes are those of 2026-11-19/);
    expect(await offline.later()).toBe(null);
  });

  it('starts with nothing when there is neither network nor cache, and asks nobody without a key', async () => {
    const options = { key: '', dataDir: path.join(folder, 'b'), nowMs: NOW_MS };
    const vendor = await openVendorMarket(
      { kind: 'massive', url: 'wss://socket.massive.com/stocks', restUrl: 'https://api.massive.com' },
      options,
    );
    const reference = await vendor.soon();
    expect([vendor.offsetUs, reference.rows, reference.isFresh]).toEqual([0, [], false]);
    expect(reference.sentence).toMatch(/There is no reference data/);
    expect(await vendor.later()).toBe(null);
  });

  it('does not wait for a slow server, and has its answer later; test tickers are left out', async () => {
    const close = { T: 'AA', c: 10, v: 1000 };
    const server = await stubServer(
      {
        '/v3/reference/tickers': { results: ['AA', 'ZVZZT', 'NEW'].map((ticker) => ({ ticker, name: ticker })) },
        '/v2/aggs/grouped': { results: [close] },
        '/v1/marketstatus/upcoming': [
          { date: '2026-12-09', exchange: 'NYSE', status: 'closed' },
          { date: '2026-12-10', exchange: 'NASDAQ', status: 'early-close' },
          { date: '2026-12-25', exchange: 'NYSE', status: 'closed' },
          { date: '2026-12-11', exchange: 'OTC', status: 'closed' },
        ],
      },
      300,
    );
    const options = { key: 'k', dataDir: path.join(folder, 'c'), nowMs: NOW_MS, patienceMs: 50 };
    const vendor = await openVendorMarket(spec(server.url), options);
    expect((await vendor.soon()).rows).toEqual([]);
    const answer = await vendor.later();
    expect(answer?.rows).toEqual([
      { name: 'AA', type: '', tape: 0, previousClose: 10, averageVolume: 1000 },
      { name: 'NEW', type: '', tape: 0, previousClose: 0, averageVolume: 0 },
    ]);
    expect(answer?.calendarDays).toEqual([
      { date: '2026-12-09', kind: 'closed' },
      { date: '2026-12-10', kind: 'half' },
    ]);
    await server.close();
  });

  it('RCV8 takes a market to live where it lived, when its server is slow to say so, and says when it has moved', async () => {
    const serverTime = (ms: number) => ({ market: 'open', serverTime: new Date(ms).toISOString() });
    const bodies = { '/v1/marketstatus/now': serverTime(NOW_MS - 7.2e6) };
    const quick = await stubServer(bodies);
    const dataDir = path.join(folder, 'd');
    const at = spec(quick.url);
    expect(lastKnownOffsetUs(at, dataDir)).toBe(null);
    const first = await openVendorMarket(at, { key: 'k', dataDir, nowMs: NOW_MS, patienceMs: 60_000 });
    expect(Math.round(first.offsetUs / 3.6e9)).toBe(-2);
    expect(await first.moved()).toBe(null);
    expect(lastKnownOffsetUs(at, dataDir)).toBe(first.offsetUs);
    // The same server, somewhere else by now, and slower than anybody waits.
    bodies['/v1/marketstatus/now'] = serverTime(NOW_MS - 14.4e6);
    const hurried = await openVendorMarket(at, { key: 'k', dataDir, nowMs: NOW_MS, patienceMs: 0 });
    expect(hurried.offsetUs).toBe(first.offsetUs);
    expect(Math.round(((await hurried.moved()) ?? 0) / 3.6e9)).toBe(-4);
    expect(Math.round((lastKnownOffsetUs(at, dataDir) ?? 0) / 3.6e9)).toBe(-4);
    await quick.close();
    const gone = await openVendorMarket(at, { key: 'k', dataDir, nowMs: NOW_MS });
    expect(Math.round(gone.offsetUs / 3.6e9)).toBe(-4);
  });

  it('passes on what changed and never takes a known close away', () => {
    const row = (name: string, previousClose: number, averageVolume: number) => ({
      name,
      type: 'CS',
      tape: 1,
      previousClose,
      averageVolume,
    });
    const before = [row('A', 1, 5), row('B', 2, 5), row('C', 3, 5)];
    const after = [row('A', 1, 5), row('B', 2.5, 5), row('C', 0, 0), row('D', 0, 0)];
    expect(changedRows(before, after).map(({ name }) => name)).toEqual(['B', 'D']);
  });
});
