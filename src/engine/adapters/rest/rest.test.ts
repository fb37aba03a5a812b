import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../market-server/fault-plan.ts';
import type { MarketServer } from '../market-server/market-server.ts';
import { startMarketServer } from '../market-server/market-server.ts';
import { createSimStage } from '../market-server/market-stage.ts';
import { simStart } from '../market-server/sim-start.ts';
import { loadSymbols } from '../market-server/symbol-resource.ts';
import { ReferenceCache } from './reference-cache.ts';
import {
  describeReference,
  fetchClockSkew,
  fetchCloses,
  fetchConditions,
  fetchSnapshot,
  fetchTickers,
  loadReferenceData,
} from './reference-data.ts';
import type { RestClientOptions } from './rest-client.ts';
import { RestClient } from './rest-client.ts';
import { exchangesPage, tickersPage } from './rest-schemas.ts';

const KEY = 'secret-key-0123456789';
// Friday 2026-11-20, 10:00 in New York
const NOW_MS = 1_795_186_800_000;
const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function market(
  options: { readonly requestsPerMinute?: number; readonly key?: string; readonly symbols?: number } = {},
): Promise<MarketServer> {
  const start = simStart(0, '2026-11-20', '10:00');
  if (typeof start === 'string') throw new Error(start);
  const stage = createSimStage({
    seed: 5,
    symbols: loadSymbols(options.symbols ?? 2300),
    day: start.day,
    startUs: start.startUs,
    rate: 2000,
    timeOffsetMs: 0,
  });
  const server = await startMarketServer({
    stage,
    port: 0,
    speed: 1,
    key: options.key ?? null,
    faults: NO_FAULTS,
    faultSeed: 1,
    waitsForClient: false,
    requestsPerMinute: options.requestsPerMinute ?? null,
  });
  closers.push(() => server.close());
  return server;
}

async function stub(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise<void>((resolve) => (server.closeAllConnections(), server.close(() => resolve()))));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function client(baseUrl: string, options: Partial<RestClientOptions> = {}): RestClient & { readonly waits: number[] } {
  const waits: number[] = [];
  const sleep = async (ms: number): Promise<void> => void waits.push(Math.round(ms));
  return Object.assign(
    new RestClient({ baseUrl, key: KEY, requestsPerMinute: 1_000_000, sleep, nowMs: () => 0, ...options }),
    { waits },
  );
}

function cacheDir(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'drover-reference-'));
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

describe('REST client', () => {
  it('RC1 pages through all tickers with the key on every page', async () => {
    const server = await market({ key: KEY });
    const rest = client(server.restUrl);
    const answer = await fetchTickers(rest);
    expect(answer.ok && answer.value.length).toBe(2300);
    expect(rest.requests).toBe(3);
    expect(answer.ok && new Set(answer.value.map((row) => row.ticker)).size).toBe(2300);
    expect(answer.ok && answer.value.find((row) => row.ticker === 'SPY')).toEqual({
      ticker: 'SPY',
      name: 'SPY (simulated)',
      type: 'ETF',
      mic: 'ARCX',
    });
  });

  it('RC2 asks for more than the ten conditions the vendor gives by default', async () => {
    const server = await market();
    const all = await fetchConditions(client(server.restUrl));
    expect(all.ok && all.value.length).toBeGreaterThan(90);
    const formT = all.ok ? all.value.find((row) => row.id === 12 && row.dataTypes.includes('trade')) : undefined;
    expect(formT).toMatchObject({ updatesHighLow: false, updatesOpenClose: false, updatesVolume: true });
    const few = (await (await fetch(`${server.restUrl}/v3/reference/conditions?apiKey=k`)).json()) as {
      results: unknown[];
      next_url: string;
    };
    expect(few.results).toHaveLength(10);
    expect(few.next_url).toContain('cursor=');
  });

  it('RC3 follows next_url with :443 of the same host, on its own base, and never to another host', async () => {
    const asked: string[] = [];
    const hosts: (string | undefined)[] = [];
    const base = await stub((request, response) => {
      asked.push(String(request.url));
      hosts.push(request.headers.authorization);
      const next =
        asked.length === 1
          ? 'https://127.0.0.1:443/v3/reference/tickers?cursor=abc&apiKey=leak'
          : 'https://evil.example/v3/reference/tickers?cursor=def';
      json(response, 200, { results: [{ ticker: `T${asked.length}` }], next_url: next });
    });
    const answer = await client(base).all('/v3/reference/tickers', {}, tickersPage);
    expect(asked).toEqual(['/v3/reference/tickers', '/v3/reference/tickers?cursor=abc']);
    expect(hosts).toEqual([`Bearer ${KEY}`, `Bearer ${KEY}`]);
    expect(answer).toMatchObject({ ok: false, error: { code: 'foreign-page' } });
  });

  it('RC4 backs off on 429 and 5xx, honours retry-after, and gives up in the end', async () => {
    let calls = 0;
    const base = await stub((_request, response) => {
      calls++;
      if (calls === 1) json(response, 429, { status: 'ERROR', error: 'too many' }, { 'retry-after': '7' });
      else if (calls === 2) json(response, 503, { status: 'ERROR', error: 'busy' });
      else json(response, 200, { results: [{ id: 4, name: 'ADF' }] });
    });
    const rest = client(base, { backoffMs: 100 });
    expect(await rest.all('/v3/reference/exchanges', {}, exchangesPage)).toEqual({
      ok: true,
      value: [{ id: 4, name: 'ADF', mic: '', type: '' }],
    });
    expect(rest.waits).toEqual([7000, 200]);
    calls = -1000;
    const down = await stub((_request, response) => json(response, 500, { status: 'ERROR', error: 'down' }));
    const tired = client(down, { attempts: 3, backoffMs: 10 });
    expect(await tired.get('/x', {}, tickersPage)).toEqual({
      ok: false,
      error: { code: 'server', status: 500, message: 'down' },
    });
    expect(tired.requests).toBe(3);
  });

  it('RC5 does not retry a refused key and never shows it', async () => {
    const server = await market({ key: 'another' });
    const rest = client(server.restUrl);
    expect(await fetchTickers(rest)).toEqual({
      ok: false,
      error: { code: 'unauthorized', status: 401, message: 'Unknown API Key' },
    });
    expect(rest.requests).toBe(1);
    const echo = await stub((_request, response) => json(response, 400, { status: 'ERROR', error: `bad key ${KEY}` }));
    expect(JSON.stringify(await client(echo).get('/x', {}, tickersPage))).not.toContain(KEY);
  });

  it('RC6 answers a limited server with patience', async () => {
    const server = await market({ requestsPerMinute: 2, symbols: 50 });
    const rest = client(server.restUrl, { attempts: 2 });
    await rest.get('/v1/marketstatus/now', {}, tickersPage);
    await rest.get('/v1/marketstatus/now', {}, tickersPage);
    const answer = await fetchSnapshot(rest);
    expect(answer).toMatchObject({ ok: false, error: { code: 'rate-limited', status: 429 } });
    expect(rest.requests).toBe(4);
  });

  it('RC7 spaces its own requests', async () => {
    const base = await stub((_request, response) => json(response, 200, { results: [] }));
    const rest = client(base, { requestsPerMinute: 5, burst: 2 });
    for (let k = 0; k < 4; k++) await rest.get('/x', {}, tickersPage);
    expect(rest.waits).toEqual([12_000, 24_000]);
  });

  it('RC8 turns garbage, huge answers, silence and a dead host into results', async () => {
    const garbage = await stub((_request, response) => response.end('<html>'));
    expect(await client(garbage).get('/x', {}, tickersPage)).toMatchObject({ ok: false, error: { code: 'malformed' } });
    const huge = await stub((_request, response) => response.end('x'.repeat(50_000)));
    expect(await client(huge, { bodyBytesMax: 10_000 }).get('/x', {}, tickersPage)).toMatchObject({
      ok: false,
      error: { code: 'malformed' },
    });
    const silent = await stub(() => undefined);
    expect(await client(silent, { timeoutMs: 50, attempts: 1 }).get('/x', {}, tickersPage)).toMatchObject({
      ok: false,
      error: { code: 'timeout' },
    });
    expect(await client('http://127.0.0.1:1', { attempts: 2 }).get('/x', {}, tickersPage)).toMatchObject({
      ok: false,
      error: { code: 'network' },
    });
  });

  it('RC9 keeps the rows that make sense and drops the others', async () => {
    const base = await stub((_request, response) =>
      json(response, 200, {
        results: [{ ticker: 'A', extra: { deep: 1 } }, { ticker: 7 }, null, { ticker: 'B', type: null }],
        surprise: true,
      }),
    );
    const answer = await client(base).all('/v3/reference/tickers', {}, tickersPage);
    expect(answer).toEqual({
      ok: true,
      value: [
        { ticker: 'A', name: '', type: '', mic: '' },
        { ticker: 'B', name: '', type: '', mic: '' },
      ],
    });
  });
});

describe('reference data', () => {
  it('RD1 loads every part, dates the closes by the trading calendar, and tells the clock skew', async () => {
    const server = await market({ symbols: 400 });
    const rest = client(server.restUrl);
    const data = await loadReferenceData(rest, new ReferenceCache(cacheDir(), rest.host), NOW_MS);
    expect(data.source).toBe('vendor');
    expect(data.tickers).toHaveLength(400);
    expect(data.closes).toHaveLength(400);
    expect(data.closesDate).toBe('2026-11-19');
    expect(data.exchanges).toHaveLength(27);
    expect(data.holidays[0]).toMatchObject({ date: '2026-11-26', status: 'closed' });
    expect(data.conditions.length).toBeGreaterThan(90);
    expect(typeof data.clockSkewMs).toBe('number');
    expect(describeReference(data)).toBe('Reference data is fresh (400 securities, closes of 2026-11-19).');
    // Monday before the open: Friday's closes.
    const monday = await fetchCloses(
      client(
        await stub((request, response) => json(response, 200, { results: [{ T: 'A', c: 1, v: 2 }], url: request.url })),
      ),
      NOW_MS + 2.9 * 86_400_000,
    );
    expect(monday).toMatchObject({ ok: true, value: { date: '2026-11-20' } });
  });

  it('RD2 goes back a day while a day has no rows', async () => {
    const asked: string[] = [];
    const base = await stub((request, response) => {
      asked.push(String(request.url));
      json(response, 200, asked.length < 3 ? { resultsCount: 0 } : { results: [{ T: 'A', c: 10, v: 5 }] });
    });
    expect(await fetchCloses(client(base), NOW_MS)).toEqual({
      ok: true,
      value: { date: '2026-11-17', rows: [{ ticker: 'A', close: 10, volume: 5 }] },
    });
    expect(asked).toHaveLength(3);
  });

  it('RD3 starts without a network from the cache and says how old it is; the key is nowhere on disk', async () => {
    const server = await market({ symbols: 60, key: KEY });
    const dir = cacheDir();
    const rest = client(server.restUrl);
    await loadReferenceData(rest, new ReferenceCache(dir, rest.host), NOW_MS);
    expect(readdirSync(dir).toSorted()).toEqual([
      'closes.json',
      'conditions.json',
      'exchanges.json',
      'holidays.json',
      'splits.json',
      'tickers.json',
    ]);
    for (const file of readdirSync(dir)) expect(readFileSync(path.join(dir, file), 'utf8')).not.toContain(KEY);
    await server.close();
    const offline = await loadReferenceData(
      client(server.restUrl, { attempts: 1 }),
      new ReferenceCache(dir, rest.host),
      NOW_MS + 5 * 3_600_000,
    );
    expect(offline.source).toBe('cache');
    expect(offline.ageMs).toBe(5 * 3_600_000);
    expect(offline.tickers).toHaveLength(60);
    expect(offline.parts.closes).toMatchObject({ source: 'cache', asOfMs: NOW_MS, error: { code: 'network' } });
    expect(offline.clockSkewMs).toBe(null);
    expect(describeReference(offline)).toContain('5 hours old');
  });

  it('RD4 says plainly that there is nothing, ignores damaged files and those of another host', async () => {
    const dir = cacheDir();
    writeFileSync(path.join(dir, 'tickers.json'), '{"format":1,');
    new ReferenceCache(dir, 'other.example').write('exchanges', [{ id: 1 }], NOW_MS);
    const data = await loadReferenceData(null, new ReferenceCache(dir, '127.0.0.1'), NOW_MS);
    expect(data).toMatchObject({ source: 'none', asOfMs: null, tickers: [], exchanges: [] });
    expect(describeReference(data)).toContain('no reference data');
  });

  it('RD5 does not let an answer it cannot read replace what it has', async () => {
    const dir = cacheDir();
    const strange = await stub((_request, response) => json(response, 200, { results: [{ symbol: 'A' }] }));
    const rest = client(strange);
    const cache = new ReferenceCache(dir, rest.host);
    cache.write('tickers', [{ ticker: 'A', name: '', type: 'CS', mic: 'XNYS' }], NOW_MS - 1000);
    const data = await loadReferenceData(rest, cache, NOW_MS);
    expect(data.tickers).toHaveLength(1);
    expect(data.parts.tickers).toMatchObject({ source: 'cache', error: { code: 'malformed' } });
  });

  it('RD6 measures the clock skew against the middle of the round trip', async () => {
    const base = await stub((_request, response) =>
      json(response, 200, { market: 'open', serverTime: '2026-11-20T10:00:03-05:00' }),
    );
    const times = [NOW_MS, NOW_MS + 200];
    expect(await fetchClockSkew(client(base), () => times.shift() ?? 0)).toBe(3400);
  });
});

describe('reference endpoints of the market server', () => {
  const ask = async (
    server: MarketServer,
    target: string,
    headers: Readonly<Record<string, string>> = { authorization: 'Bearer k' },
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await fetch(server.restUrl + target, { headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('RS1 refuses requests without a key, unknown paths and bad limits with the documented bodies', async () => {
    const server = await market({ symbols: 30 });
    expect(await ask(server, '/v3/reference/tickers', {})).toMatchObject({ status: 401, body: { status: 'ERROR' } });
    expect(await ask(server, '/v9/none')).toMatchObject({ status: 404, body: { status: 'NOT_FOUND' } });
    expect(await ask(server, '/v3/reference/tickers?limit=1001')).toMatchObject({
      status: 400,
      body: { status: 'ERROR' },
    });
    expect(await ask(server, '/v3/reference/tickers?limit=nope')).toMatchObject({ status: 400 });
    expect(await ask(server, '/v3/reference/tickers?apiKey=k', {})).toMatchObject({ status: 200, body: { count: 30 } });
  });

  it('RS2 shows the live market in snapshots, with a day of zeros before the first regular trade', async () => {
    const server = await market({ symbols: 30 });
    const row = async (): Promise<Record<string, unknown> | undefined> =>
      (await ask(server, '/v2/snapshot/locale/us/markets/stocks/tickers/SPY')).body['ticker'] as
        | Record<string, unknown>
        | undefined;
    let snapshot = await row();
    while (snapshot?.['lastTrade'] === undefined || (snapshot['day'] as { o: number }).o === 0) snapshot = await row();
    expect(snapshot).toMatchObject({
      ticker: 'SPY',
      lastQuote: { p: expect.any(Number), P: expect.any(Number) },
      day: { o: expect.any(Number), v: expect.any(Number) },
    });
    const three = await ask(server, '/v3/snapshot?ticker.any_of=SPY,NVDA,NOSUCH');
    expect(
      (three.body['results'] as { ticker: string; error?: string }[]).map((result) => [result.ticker, result.error]),
    ).toEqual([
      ['SPY', undefined],
      ['NVDA', undefined],
      ['NOSUCH', 'NOT_FOUND'],
    ]);
    const early = simStart(0, '2026-11-20', '09:00');
    if (typeof early === 'string') throw new Error(early);
    const stage = createSimStage({
      seed: 5,
      symbols: loadSymbols(5),
      day: early.day,
      startUs: early.startUs,
      rate: 5000,
      timeOffsetMs: 0,
    });
    const second = await startMarketServer({
      stage,
      port: 0,
      speed: 1,
      key: null,
      faults: NO_FAULTS,
      faultSeed: 1,
      waitsForClient: false,
    });
    closers.push(() => second.close());
    let tickers: { lastTrade?: unknown; day: unknown }[] = [];
    while (!tickers.some((one) => one.lastTrade !== undefined))
      tickers = (await ask(second, '/v2/snapshot/locale/us/markets/stocks/tickers')).body['tickers'] as typeof tickers;
    for (const one of tickers) expect(one.day).toEqual({ o: 0, h: 0, l: 0, c: 0, v: 0, vw: 0 });
  });

  it('RS3 states status, holidays, splits and previous bars', async () => {
    const server = await market({ symbols: 900 });
    expect((await ask(server, '/v1/marketstatus/now')).body).toMatchObject({
      market: 'open',
      earlyHours: false,
      exchanges: { nasdaq: 'open' },
    });
    const upcoming = (await ask(server, '/v1/marketstatus/upcoming')).body as unknown as {
      date: string;
      status: string;
      close?: string;
    }[];
    expect(upcoming.find((row) => row.date === '2026-11-27')).toMatchObject({
      status: 'early-close',
      close: '2026-11-27T18:00:00.000Z',
    });
    const splits = (await ask(server, '/stocks/v1/splits?order=asc')).body['results'] as { execution_date: string }[];
    const dates = splits.map((row) => row.execution_date);
    expect(dates.length).toBeGreaterThan(1);
    expect(dates).toEqual(dates.toSorted().toReversed());
    const grouped = (await ask(server, '/v2/aggs/grouped/locale/us/market/stocks/2026-11-19')).body['results'] as {
      T: string;
      c: number;
    }[];
    const previous = (await ask(server, '/v2/aggs/ticker/AAPL/prev')).body['results'] as { c: number }[];
    expect(previous[0]?.c).toBe(grouped.find((row) => row.T === 'AAPL')?.c);
    expect((await ask(server, '/v2/aggs/grouped/locale/us/market/stocks/2026-11-20')).body).toMatchObject({
      resultsCount: 0,
    });
  });
});
