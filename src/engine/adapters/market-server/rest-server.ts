/**
 * The vendor's reference endpoints over the simulated or replayed market: paging with next_url, default limits, key checks
 * and error bodies as the vendor has them. Which paths there are is listed in docs/specs/market-server.md.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { marketDay, previousOpenDate } from '../../sim/market/market-days.ts';
import { newYorkOffsetUs } from '../../time/new-york.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import { CONDITIONS, EXCHANGES } from './reference-tables.ts';
import type { RestListing, RestMarket } from './rest-market.ts';
import { snapshotOf, universalSnapshotOf } from './rest-snapshot.ts';

export interface RestOptions {
  /** Null accepts any key, but not none. */
  readonly key: string | null;
  /** Requests a minute before 429; null for no limit. */
  readonly requestsPerMinute: number | null;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const TICKERS_PATH = '/v3/reference/tickers';
const SNAPSHOT_PATH = '/v2/snapshot/locale/us/markets/stocks/tickers';

export function createRestHandler(
  market: RestMarket,
  options: RestOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  let requests = 0;
  let windowMs = 0;
  const isOverLimit = (): boolean => {
    if (options.requestsPerMinute === null) return false;
    const nowMs = performance.now();
    if (nowMs - windowMs >= 60_000) {
      windowMs = nowMs;
      requests = 0;
    }
    return ++requests > options.requestsPerMinute;
  };
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
    const key = keyOf(request, url);
    if (key === null)
      return error(
        401,
        'API Key was not provided. See https://polygon.io/docs for information on how to use API keys.',
      );
    if (options.key !== null && key !== options.key) return error(401, 'Unknown API Key');
    if (isOverLimit())
      return error(
        429,
        "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue.",
      );
    if (request.method !== 'GET') return error(405, 'Method Not Allowed');
    return route(url, market);
  };
  return (request, response) => {
    answer(request).then(
      ({ status, body }) => send(response, status, body),
      () => send(response, 500, error(500, 'Internal Server Error').body),
    );
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function keyOf(request: IncomingMessage, url: URL): string | null {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? url.searchParams.get('apiKey') ?? url.searchParams.get('apikey');
}

function requestId(url: URL): string {
  return createHash('sha256')
    .update(url.pathname + url.search)
    .digest('hex')
    .slice(0, 32);
}

function error(status: number, text: string): Answer {
  return {
    status,
    body: {
      status: status === 404 ? 'NOT_FOUND' : 'ERROR',
      request_id: createHash('sha256').update(text).digest('hex').slice(0, 32),
      [status === 404 ? 'message' : 'error']: text,
    },
  };
}

async function route(url: URL, market: RestMarket): Promise<Answer> {
  const path = url.pathname.length > 1 && url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : url.pathname;
  if (path === TICKERS_PATH) return tickers(url, market);
  if (path.startsWith(`${TICKERS_PATH}/`))
    return ticker(decodeURIComponent(path.slice(TICKERS_PATH.length + 1)), url, market);
  if (path === SNAPSHOT_PATH) return snapshots(url, market);
  if (path.startsWith(`${SNAPSHOT_PATH}/`))
    return snapshot(decodeURIComponent(path.slice(SNAPSHOT_PATH.length + 1)), url, market);
  if (path === '/v3/snapshot') return universalSnapshots(url, market);
  if (path === '/v3/reference/conditions') return conditions(url);
  if (path === '/v3/reference/exchanges') return exchanges(url);
  if (path === '/v1/marketstatus/now') return { status: 200, body: marketStatus(market) };
  if (path === '/v1/marketstatus/upcoming') return { status: 200, body: upcoming(market) };
  if (path === '/stocks/v1/splits' || path === '/v3/reference/splits') return splits(url, market, path);
  const grouped = /^\/v2\/aggs\/grouped\/locale\/us\/market\/stocks\/(.+)$/.exec(path)?.[1];
  if (grouped !== undefined) return groupedDaily(grouped, url, market);
  const previous = /^\/v2\/aggs\/ticker\/([^/]+)\/prev$/.exec(path)?.[1];
  if (previous !== undefined) return previousBar(decodeURIComponent(previous), url, market);
  return error(404, 'Not Found');
}

/** One page of rows and the address of the next, by an opaque cursor. */
function page<T>(
  url: URL,
  rows: readonly T[],
  defaultLimit: number,
  maxLimit: number,
): { readonly rows: readonly T[]; readonly next: string | null } | Answer {
  const cursor = url.searchParams.get('cursor');
  const stored = cursor === null ? null : decodeCursor(cursor);
  if (cursor !== null && stored === null) return error(400, 'Invalid cursor');
  const asked = stored?.limit ?? Number(url.searchParams.get('limit') ?? defaultLimit);
  if (!Number.isInteger(asked) || asked < 1) return error(400, "'limit' must be a positive integer");
  if (asked > maxLimit) return error(400, `'limit' must be less than or equal to ${maxLimit}`);
  const from = stored?.offset ?? 0;
  const next = new URL(url.href);
  next.searchParams.delete('apiKey');
  next.searchParams.set(
    'cursor',
    Buffer.from(JSON.stringify({ offset: from + asked, limit: asked })).toString('base64url'),
  );
  return { rows: rows.slice(from, from + asked), next: from + asked < rows.length ? next.href : null };
}

function decodeCursor(text: string): { readonly offset: number; readonly limit: number } | null {
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as { offset?: unknown; limit?: unknown };
    return typeof value.offset === 'number' && typeof value.limit === 'number'
      ? { offset: value.offset, limit: value.limit }
      : null;
  } catch {
    return null;
  }
}

function paged<T>(
  url: URL,
  all: readonly T[],
  defaultLimit: number,
  maxLimit: number,
  map: (row: T) => unknown,
): Answer {
  const result = page(url, all, defaultLimit, maxLimit);
  if ('status' in result) return result;
  const body = { results: result.rows.map(map), status: 'OK', request_id: requestId(url), count: result.rows.length };
  return { status: 200, body: result.next === null ? body : { ...body, next_url: result.next } };
}

function listing(row: RestListing): unknown {
  return {
    ticker: row.name,
    name: `${row.name} (simulated)`,
    market: 'stocks',
    locale: 'us',
    primary_exchange: row.mic,
    type: row.type,
    active: true,
    currency_name: 'usd',
    last_updated_utc: '2026-01-01T00:00:00Z',
  };
}

function tickers(url: URL, market: RestMarket): Answer {
  const wanted = url.searchParams.get('ticker');
  const after = url.searchParams.get('ticker.gt');
  const type = url.searchParams.get('type');
  const isNone =
    url.searchParams.get('active') === 'false' || (url.searchParams.get('market') ?? 'stocks') !== 'stocks';
  const rows = market.listings
    .filter(
      (row) =>
        !isNone &&
        (wanted === null || row.name === wanted) &&
        (type === null || row.type === type) &&
        (after === null || row.name > after),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return paged(url, rows, 100, 1000, listing);
}

function ticker(name: string, url: URL, market: RestMarket): Answer {
  const row = market.listings.find((candidate) => candidate.name === name);
  if (row === undefined) return error(404, 'Ticker not found.');
  return {
    status: 200,
    body: { request_id: requestId(url), results: { ...(listing(row) as object), round_lot: 100 }, status: 'OK' },
  };
}

function snapshots(url: URL, market: RestMarket): Answer {
  const asked = url.searchParams.get('tickers');
  const wanted = asked === null || asked === '' ? null : new Set(asked.split(','));
  const rows = market.listings
    .flatMap((row, i) => (wanted === null || wanted.has(row.name) ? [snapshotOf(market, row.name, i)] : []))
    .filter((row) => row !== null);
  return { status: 200, body: { tickers: rows, status: 'OK', request_id: requestId(url), count: rows.length } };
}

function snapshot(name: string, url: URL, market: RestMarket): Answer {
  const i = market.listings.findIndex((row) => row.name === name);
  const row = i < 0 ? null : snapshotOf(market, name, i);
  return row === null
    ? error(404, 'NotFound')
    : { status: 200, body: { ticker: row, status: 'OK', request_id: requestId(url) } };
}

function universalSnapshots(url: URL, market: RestMarket): Answer {
  const asked = (url.searchParams.get('ticker.any_of') ?? '').split(',').filter((name) => name !== '');
  if (asked.length > 250) return error(400, "'ticker.any_of' may hold at most 250 tickers");
  const indexes = new Map(market.listings.map((row, i) => [row.name, i]));
  const names = asked.length === 0 ? market.listings.map((row) => row.name) : asked;
  return paged(url, names, asked.length === 0 ? 10 : 250, 250, (name) =>
    universalSnapshotOf(market, name, indexes.get(name)),
  );
}

function conditions(url: URL): Answer {
  const dataType = url.searchParams.get('data_type');
  const rows = CONDITIONS.filter(
    (row) =>
      (dataType === null || (dataType === 'nbbo' ? 'quote' : dataType) === row.dataType) &&
      (url.searchParams.get('asset_class') ?? 'stocks') === 'stocks',
  );
  return paged(url, rows, 10, 1000, (row) => ({
    id: row.id,
    type: row.type,
    name: row.name,
    asset_class: 'stocks',
    data_types: [row.dataType === 'quote' ? 'nbbo' : row.dataType],
    ...(row.updates === null
      ? {}
      : {
          update_rules: {
            consolidated: {
              updates_high_low: row.updates[0],
              updates_open_close: row.updates[1],
              updates_volume: row.updates[2],
            },
          },
        }),
  }));
}

function exchanges(url: URL): Answer {
  const results = EXCHANGES.map((row) => ({
    id: row.id,
    type: row.type,
    asset_class: 'stocks',
    locale: 'us',
    name: row.name,
    ...(row.mic === null ? {} : { mic: row.mic }),
    ...(row.operatingMic === null ? {} : { operating_mic: row.operatingMic }),
    ...(row.participant === null ? {} : { participant_id: row.participant }),
  }));
  return { status: 200, body: { results, status: 'OK', request_id: requestId(url), count: results.length } };
}

/** No envelope here: the vendor answers with the bare object. */
function marketStatus(market: RestMarket): unknown {
  const nowUs = market.nowMs() * 1000;
  const day = marketDay(market.today());
  const isIn = (fromUs: number, toUs: number): boolean => nowUs >= fromUs && nowUs < toUs;
  const early = day !== undefined && isIn(day.preOpenUs, day.openUs);
  const open = day !== undefined && isIn(day.openUs, day.closeUs);
  const late = day !== undefined && isIn(day.closeUs, day.endUs);
  const state = open ? 'open' : early || late ? 'extended-hours' : 'closed';
  return {
    afterHours: late,
    currencies: { crypto: 'open', fx: state === 'closed' ? 'closed' : 'open' },
    earlyHours: early,
    exchanges: { nasdaq: state, nyse: state, otc: state },
    market: state,
    serverTime: newYorkIso(nowUs),
  };
}

function newYorkIso(us: number): string {
  const offsetMinutes = newYorkOffsetUs(us) / 60_000_000;
  const local = new Date((us + offsetMinutes * 60_000_000) / 1000).toISOString().slice(0, 19);
  return `${local}-${String(Math.floor(-offsetMinutes / 60)).padStart(2, '0')}:00`;
}

/** A bare array, one row an exchange. */
function upcoming(market: RestMarket): unknown {
  const today = market.today();
  const rows: unknown[] = [];
  const dates = [...US_EQUITY_CALENDAR.closed, ...US_EQUITY_CALENDAR.earlyCloses.keys()]
    .filter((date) => date >= today)
    .toSorted();
  for (const date of dates.slice(0, 12)) {
    const day = marketDay(date);
    for (const exchange of ['NYSE', 'NASDAQ', 'OTC']) {
      if (day === undefined) rows.push({ date, exchange, name: 'Market holiday', status: 'closed' });
      else
        rows.push({
          date,
          exchange,
          name: 'Early close',
          status: 'early-close',
          open: new Date(day.openUs / 1000).toISOString(),
          close: new Date(day.closeUs / 1000).toISOString(),
        });
    }
  }
  return rows;
}

async function groupedDaily(date: string, url: URL, market: RestMarket): Promise<Answer> {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date))
    return error(400, "Could not parse the time parameter: 'date'. Use YYYY-MM-DD or a unix millisecond timestamp.");
  const rows = await market.daily(date);
  const t = (marketDay(date)?.closeUs ?? 0) / 1000;
  const results = rows.map((row) => ({
    T: row.name,
    v: row.volume,
    vw: (row.high + row.low + row.close) / 3,
    o: row.open,
    c: row.close,
    h: row.high,
    l: row.low,
    t,
    n: Math.ceil(row.volume / 100),
  }));
  const body = {
    queryCount: results.length,
    resultsCount: results.length,
    adjusted: url.searchParams.get('adjusted') !== 'false',
    status: 'OK',
    request_id: requestId(url),
    count: results.length,
  };
  return { status: 200, body: results.length === 0 ? body : { ...body, results } };
}

async function previousBar(name: string, url: URL, market: RestMarket): Promise<Answer> {
  const row = (await market.daily(market.previousDay())).find((candidate) => candidate.name === name);
  const t = (marketDay(market.previousDay())?.closeUs ?? 0) / 1000;
  const results =
    row === undefined
      ? []
      : [{ T: name, v: row.volume, vw: row.close, o: row.open, c: row.close, h: row.high, l: row.low, t, n: 1 }];
  return {
    status: 200,
    body: {
      ticker: name,
      queryCount: results.length,
      resultsCount: results.length,
      adjusted: true,
      results,
      status: 'OK',
      request_id: requestId(url),
      count: results.length,
    },
  };
}

/** A few past splits, so that clients have something to page through; none touches the days the market plays. */
function splits(url: URL, market: RestMarket, path: string): Answer {
  const wanted = url.searchParams.get('ticker');
  const names = market.listings.filter((_, i) => i % 613 === 200).slice(0, 9);
  let date = market.previousDay();
  const all = names.map((row, k) => {
    for (let back = 0; back < 15; back++) date = previousOpenDate(date) ?? date;
    const isReverse = k % 3 === 0;
    return {
      id: createHash('sha256')
        .update(row.name + date)
        .digest('hex')
        .slice(0, 24),
      ticker: row.name,
      execution_date: date,
      split_from: isReverse ? 10 : 1,
      split_to: isReverse ? 1 : 2,
      ...(path.startsWith('/stocks')
        ? {
            adjustment_type: isReverse ? 'reverse_split' : 'forward_split',
            historical_adjustment_factor: isReverse ? 10 : 0.5,
          }
        : {}),
    };
  });
  const from = url.searchParams.get('execution_date.gte');
  const exact = url.searchParams.get('execution_date');
  const rows = all.filter(
    (row) =>
      (wanted === null || row.ticker === wanted) &&
      (from === null || row.execution_date >= from) &&
      (exact === null || row.execution_date === exact),
  );
  // The vendor ignores `order=` on /stocks/v1/*: only `sort=execution_date.desc` and .asc count.
  const isAscending = path.startsWith('/stocks')
    ? url.searchParams.get('sort') === 'execution_date.asc'
    : url.searchParams.get('order') === 'asc';
  return paged(
    url,
    isAscending ? rows.toReversed() : rows,
    path.startsWith('/stocks') ? 100 : 10,
    path.startsWith('/stocks') ? 5000 : 1000,
    (row) => row,
  );
}
