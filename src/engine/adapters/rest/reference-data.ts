/**
 * The reference data of a start: securities, previous closes, splits, conditions, exchanges, holidays, and how far our clock
 * is off. Each part comes from the vendor when that can be had and else from the disk cache, and says which and how old.
 */
import { newYorkOffsetUs, US_PER_DAY } from '../../time/new-york.ts';
import { openDateAtOrAfter, previousOpenDate } from '../../sim/market/market-days.ts';
import { formatDate } from '../../time/civil.ts';
import type { ReferenceCache } from './reference-cache.ts';
import type { RestClient, RestError, RestResult } from './rest-client.ts';
import type {
  ConditionRule,
  ExchangeRow,
  HolidayRow,
  PreviousClose,
  SnapshotRow,
  SplitRow,
  TickerRow,
} from './rest-schemas.ts';
import {
  conditionsPage,
  exchangesPage,
  groupedDaily,
  marketStatus,
  snapshots,
  splitsPage,
  tickersPage,
  upcomingHolidays,
} from './rest-schemas.ts';

export const REFERENCE_PARTS = ['tickers', 'closes', 'splits', 'conditions', 'exchanges', 'holidays'] as const;
export type ReferencePart = (typeof REFERENCE_PARTS)[number];

export interface PartState {
  /** 'none': neither the vendor nor the cache had it, and the rows are empty. */
  readonly source: 'vendor' | 'cache' | 'none';
  /** When the rows were fetched, epoch ms; null for 'none'. */
  readonly asOfMs: number | null;
  readonly ageMs: number | null;
  /** Why the vendor's answer was not used. */
  readonly error: RestError | null;
}

export interface ReferenceData {
  /** The oldest part that has rows, epoch ms; null when there is nothing at all. */
  readonly asOfMs: number | null;
  readonly ageMs: number | null;
  /** 'vendor' only when every part is. */
  readonly source: PartState['source'];
  readonly parts: Readonly<Record<ReferencePart, PartState>>;
  readonly tickers: readonly TickerRow[];
  /** Closes of `closesDate`, split-adjusted to today. */
  readonly closes: readonly PreviousClose[];
  /** YYYY-MM-DD, '' when there are none. */
  readonly closesDate: string;
  readonly splits: readonly SplitRow[];
  readonly conditions: readonly ConditionRule[];
  readonly exchanges: readonly ExchangeRow[];
  readonly holidays: readonly HolidayRow[];
  /** Vendor's clock minus ours, milliseconds, good to about half a second; null when not asked. */
  readonly clockSkewMs: number | null;
}

interface Closes {
  readonly date: string;
  readonly rows: readonly PreviousClose[];
}

/** How many trading days to go back when a day has no rows yet. */
const CLOSES_DAYS_BACK = 5;
const SPLIT_DAYS = 40;

/** `client` null means offline: the cache alone. */
export async function loadReferenceData(
  client: RestClient | null,
  cache: ReferenceCache,
  nowMs: number,
): Promise<ReferenceData> {
  const part = async <T>(
    name: ReferencePart,
    isEmpty: (value: T) => boolean,
    fetch: (client: RestClient) => Promise<RestResult<T>>,
  ): Promise<{ readonly value: T | null; readonly state: PartState }> => {
    const answer = client === null ? null : await fetch(client);
    // A list that cannot be empty and is came in a shape we do not know: what was stored before is better.
    const fetched = answer?.ok === true && isEmpty(answer.value) ? EMPTY : answer;
    if (fetched?.ok === true) {
      cache.write(name, fetched.value, nowMs);
      return { value: fetched.value, state: { source: 'vendor', asOfMs: nowMs, ageMs: 0, error: null } };
    }
    const error = fetched === null || fetched.ok ? null : fetched.error;
    const kept = cache.read<T>(name);
    if (kept === null) return { value: null, state: { source: 'none', asOfMs: null, ageMs: null, error } };
    return {
      value: kept.value,
      state: { source: 'cache', asOfMs: kept.asOfMs, ageMs: Math.max(0, nowMs - kept.asOfMs), error },
    };
  };
  const [tickers, closes, splits, conditions, exchanges, holidays, clockSkewMs] = await Promise.all([
    part('tickers', hasNone, fetchTickers),
    part(
      'closes',
      (value: Closes) => hasNone(value.rows),
      (from) => fetchCloses(from, nowMs),
    ),
    part('splits', mayBeEmpty, (from) => fetchSplits(from, nowMs)),
    part('conditions', hasNone, fetchConditions),
    part('exchanges', hasNone, (from) =>
      from.all('/v3/reference/exchanges', { asset_class: 'stocks', locale: 'us' }, exchangesPage),
    ),
    part('holidays', mayBeEmpty, (from) => from.get('/v1/marketstatus/upcoming', {}, upcomingHolidays)),
    client === null ? null : fetchClockSkew(client),
  ]);
  const parts = {
    tickers: tickers.state,
    closes: closes.state,
    splits: splits.state,
    conditions: conditions.state,
    exchanges: exchanges.state,
    holidays: holidays.state,
  };
  return {
    ...summary(parts, nowMs),
    parts,
    tickers: tickers.value ?? [],
    closes: closes.value?.rows ?? [],
    closesDate: closes.value?.date ?? '',
    splits: splits.value ?? [],
    conditions: conditions.value ?? [],
    exchanges: exchanges.value ?? [],
    holidays: holidays.value ?? [],
    clockSkewMs,
  };
}

const EMPTY: RestResult<never> = {
  ok: false,
  error: { code: 'malformed', status: 200, message: 'the answer holds no row this program understands.' },
};

function hasNone(rows: readonly unknown[]): boolean {
  return rows.length === 0;
}

function mayBeEmpty(): boolean {
  return false;
}

function summary(
  parts: Readonly<Record<ReferencePart, PartState>>,
  nowMs: number,
): Pick<ReferenceData, 'asOfMs' | 'ageMs' | 'source'> {
  const states = Object.values(parts);
  const stamps = states.flatMap((state) => (state.asOfMs === null ? [] : [state.asOfMs]));
  const asOfMs = stamps.length === 0 ? null : Math.min(...stamps);
  const source = states.every((state) => state.source === 'vendor') ? 'vendor' : stamps.length === 0 ? 'none' : 'cache';
  return { asOfMs, ageMs: asOfMs === null ? null : Math.max(0, nowMs - asOfMs), source };
}

/** One sentence for the user: where the reference data is from and how old it is. */
export function describeReference(data: ReferenceData): string {
  if (data.asOfMs === null)
    return 'There is no reference data: the vendor could not be asked and nothing is stored from an earlier start.';
  if (data.source === 'vendor')
    return `Reference data is fresh (${data.tickers.length} securities, closes of ${data.closesDate}).`;
  const hours = Math.round((data.ageMs ?? 0) / 360_000) / 10;
  const stale = REFERENCE_PARTS.filter((name) => data.parts[name].source !== 'vendor');
  return `Reference data is partly from an earlier start, ${hours} hours old at most (${stale.join(', ')}).`;
}

export function fetchTickers(client: RestClient): Promise<RestResult<readonly TickerRow[]>> {
  return client.all('/v3/reference/tickers', { market: 'stocks', active: 'true', limit: '1000' }, tickersPage);
}

/** The default limit of this list is 10; the whole of it is about a hundred rows. */
export function fetchConditions(client: RestClient): Promise<RestResult<readonly ConditionRule[]>> {
  return client.all('/v3/reference/conditions', { asset_class: 'stocks', limit: '1000' }, conditionsPage);
}

export function fetchSnapshot(client: RestClient): Promise<RestResult<readonly SnapshotRow[]>> {
  return client.get('/v2/snapshot/locale/us/markets/stocks/tickers', {}, snapshots);
}

/** The closes of the trading day before the one under way (or coming): the endpoint takes any date, we choose. */
export async function fetchCloses(client: RestClient, nowMs: number): Promise<RestResult<Closes>> {
  let date = previousOpenDate(openDateAtOrAfter(newYorkDayNumber(nowMs))) ?? '';
  let last: RestResult<Closes> = { ok: true, value: { date: '', rows: [] } };
  for (let back = 0; back < CLOSES_DAYS_BACK; back++) {
    const answer = await client.get(
      `/v2/aggs/grouped/locale/us/market/stocks/${date}`,
      { adjusted: 'true' },
      groupedDaily,
    );
    if (!answer.ok) return answer;
    last = { ok: true, value: { date, rows: answer.value } };
    if (answer.value.length > 0) return last;
    date = previousOpenDate(date) ?? date;
  }
  return last;
}

/** Recent splits, each once: the vendor's list holds duplicate rows. */
export async function fetchSplits(client: RestClient, nowMs: number): Promise<RestResult<readonly SplitRow[]>> {
  const from = formatDate(newYorkDayNumber(nowMs) - SPLIT_DAYS);
  // On /stocks/v1/* `order=` is ignored; `sort=` carries the direction.
  const query = { 'execution_date.gte': from, sort: 'execution_date.desc', limit: '1000' };
  const current = await client.all('/stocks/v1/splits', query, splitsPage);
  const answer =
    current.ok || current.error.code !== 'not-found'
      ? current
      : await client.all('/v3/reference/splits', { 'execution_date.gte': from, limit: '1000' }, splitsPage);
  if (!answer.ok) return answer;
  const unique = new Map(answer.value.map((row) => [`${row.ticker} ${row.executionDate} ${row.from}:${row.to}`, row]));
  return { ok: true, value: [...unique.values()] };
}

/** Server time minus ours at the middle of the round trip. The answer has whole seconds: half of one is added. */
export async function fetchClockSkew(client: RestClient, nowMs: () => number = Date.now): Promise<number | null> {
  const beforeMs = nowMs();
  const answer = await client.get('/v1/marketstatus/now', {}, marketStatus);
  if (!answer.ok) return null;
  return answer.value.serverTimeMs + 500 - (beforeMs + nowMs()) / 2;
}

function newYorkDayNumber(nowMs: number): number {
  return Math.floor((nowMs * 1000 + newYorkOffsetUs(nowMs * 1000)) / US_PER_DAY);
}
