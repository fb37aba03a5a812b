/**
 * What is asked of a market-data vendor's reference endpoints around a start: what time it is there, and the securities with
 * their previous closes and usual volumes. A start never waits for it longer than a few seconds: then it begins with what is
 * stored from an earlier start, or with nothing, and the answer follows when it comes.
 */
import path from 'node:path';
import { ReferenceCache } from '../../adapters/rest/reference-cache.ts';
import type { ReferenceData } from '../../adapters/rest/reference-data.ts';
import { describeReference, fetchClockSkew, loadReferenceData } from '../../adapters/rest/reference-data.ts';
import { RestClient } from '../../adapters/rest/rest-client.ts';
import { TEST_TICKERS } from '../../feeds/test-tickers.ts';
import type { ReferenceRow } from '../../kernel/reference.ts';
import { SYMBOL_CAPACITY } from '../../model/symbols.ts';
import type { FeedSpec } from '../../ports/feed.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import type { CalendarDay } from '../../time/calendar-days.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import { isVendorHost } from '../vendor-hosts.ts';

type MassiveSpec = Extract<FeedSpec, { readonly kind: 'massive' }>;

export interface MarketReference {
  readonly rows: readonly ReferenceRow[];
  /** Days that the vendor says are shorter or closed and our calendar does not know. */
  readonly calendarDays: readonly CalendarDay[];
  readonly isFresh: boolean;
  /** For the console: where it is from and how old it is. */
  readonly sentence: string;
}

export interface VendorMarket {
  /**
   * Server time less ours, microseconds, when a server of one's own lives at another time (a simulated or a replayed day);
   * 0 otherwise. The vendor's own clock is the world's.
   */
  readonly offsetUs: number;
  /** What is there within the time a start may take. */
  soon(): Promise<MarketReference>;
  /** The vendor's answer, however long it takes; null when there is none. */
  later(): Promise<MarketReference | null>;
  /** Where the market lives, when it was not known in time and differs from what was assumed; null otherwise. */
  moved(): Promise<number | null>;
  stop(): void;
}

export interface VendorMarketOptions {
  readonly key: string;
  readonly dataDir: string;
  readonly nowMs: number;
  /** How long a start waits for the vendor's answer. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 5_000;
/** A server of one's own is near; one without these endpoints must not delay the start. */
const NEAR_PATIENCE_MS = 2_000;
/** Nothing is known of the server: without its answer the day would be begun under a wrong date. One that is not there says so at once. */
const FIRST_PATIENCE_MS = 10_000;
/** With the answer of an earlier start at hand nobody waits longer; a server that is there answers within this. */
const KNOWN_PATIENCE_MS = 500;
/** A clock this far off is another time, not a badly set clock. */
const OTHER_TIME_MS = 60_000;
/** Names the feed may still bring in have room. */
const REFERENCE_ROWS_MAX = SYMBOL_CAPACITY - 2_048;

export async function openVendorMarket(spec: MassiveSpec, options: VendorMarketOptions): Promise<VendorMarket> {
  const isVendor = isVendorHost(spec.restUrl);
  const patienceMs = options.patienceMs ?? (isVendor ? PATIENCE_MS : NEAR_PATIENCE_MS);
  const abort = new AbortController();
  const client = clientOf(spec, options.key, isVendor, abort.signal);
  const cache = cacheOf(spec, options.dataDir);
  const { offsetMs, moved } = isVendor || client === null ? AT_HOME : await offsetOf(client, cache, options.patienceMs);
  // Which day's closes are wanted, and how old stored ones are, is a matter of the market's time.
  const marketMs = options.nowMs + offsetMs;
  let asked: Promise<ReferenceData> | null = null;
  const ask = (): Promise<ReferenceData> => (asked ??= loadReferenceData(client, cache, marketMs));
  return {
    offsetUs: offsetMs * 1000,
    soon: async () => {
      const stored = await loadReferenceData(null, cache, marketMs);
      return withDamage(describe((await within(ask(), patienceMs)) ?? stored), cache.damaged);
    },
    later: async () => {
      const data = await ask();
      const hasNews = data.parts.tickers.source === 'vendor' || data.parts.closes.source === 'vendor';
      return hasNews && !abort.signal.aborted ? describe(data) : null;
    },
    moved,
    stop: () => abort.abort(),
  };
}

/** Microseconds; null when it has to be asked. The vendor's own clock is the world's. */
export function lastKnownOffsetUs(spec: MassiveSpec, dataDir: string): number | null {
  if (isVendorHost(spec.restUrl)) return 0;
  const known = cacheOf(spec, dataDir).read<KnownOffset>(CLOCK_PART);
  return known === null ? null : known.value.offsetMs * 1000;
}

function cacheOf(spec: MassiveSpec, dataDir: string): ReferenceCache {
  return new ReferenceCache(path.join(dataDir, 'reference'), hostOf(spec.restUrl));
}

interface KnownOffset {
  readonly offsetMs: number;
}

interface Offset {
  readonly offsetMs: number;
  readonly moved: () => Promise<number | null>;
}

const AT_HOME: Offset = { offsetMs: 0, moved: () => Promise.resolve(null) };
const CLOCK_PART = 'clock';

/** Where the server's market lives. A server that does not answer in time is taken to live where it lived before. */
async function offsetOf(client: RestClient, cache: ReferenceCache, wantedMs: number | undefined): Promise<Offset> {
  const known = cache.read<KnownOffset>(CLOCK_PART);
  const asked = fetchClockSkew(client).then((skewMs) => {
    if (skewMs === null) return null;
    const offsetMs = Math.abs(skewMs) > OTHER_TIME_MS ? Math.round(skewMs) : 0;
    cache.write(CLOCK_PART, { offsetMs }, Date.now());
    return offsetMs;
  });
  const told = await within(asked, wantedMs ?? (known === null ? FIRST_PATIENCE_MS : KNOWN_PATIENCE_MS));
  if (told !== null) return { ...AT_HOME, offsetMs: told };
  const assumedMs = known?.value.offsetMs ?? 0;
  return {
    offsetMs: assumedMs,
    moved: () => asked.then((offsetMs) => (offsetMs === null || offsetMs === assumedMs ? null : offsetMs * 1000)),
  };
}

/** What was stored and cannot be used is said, whatever stands in for it. */
function withDamage(reference: MarketReference, damaged: readonly string[]): MarketReference {
  if (damaged.length === 0) return reference;
  const sentence = `${reference.sentence} Stored reference data was damaged and not used: ${damaged.join(', ')}.`;
  return { ...reference, sentence };
}

/** Rows that are new or differ from what a run began with. */
export function changedRows(before: readonly ReferenceRow[], after: readonly ReferenceRow[]): readonly ReferenceRow[] {
  const known = new Map(before.map((row) => [row.name, row]));
  return after.filter((row) => {
    const old = known.get(row.name);
    return (
      old === undefined ||
      (row.previousClose > 0 && row.previousClose !== old.previousClose) ||
      (row.averageVolume > 0 && row.averageVolume !== old.averageVolume)
    );
  });
}

function clientOf(spec: MassiveSpec, key: string, isVendor: boolean, signal: AbortSignal): RestClient | null {
  // Without a key the vendor is not asked: the answer is known.
  if (isVendor && key === '') return null;
  return new RestClient({
    baseUrl: spec.restUrl,
    key: key === '' ? 'drover' : key,
    signal,
    burst: 20,
    ...(isVendor ? {} : { attempts: 2, backoffMs: 200 }),
  });
}

function describe(data: ReferenceData): MarketReference {
  const closes = new Map(data.closes.map((row) => [row.ticker, row]));
  const listed = new Map(data.tickers.map((row) => [row.ticker, row]));
  const names = [...new Set([...listed.keys(), ...closes.keys()])].filter((name) => !TEST_TICKERS.has(name));
  const rows = names.toSorted().map((name): ReferenceRow => {
    const close = closes.get(name);
    const ticker = listed.get(name);
    return {
      name,
      type: ticker?.type ?? '',
      tape: tapeOf(ticker?.mic ?? ''),
      previousClose: close?.close ?? 0,
      averageVolume: close?.volume ?? 0,
    };
  });
  const closesOf = data.closesDate === '' ? '' : ` Previous closes are those of ${data.closesDate}.`;
  return {
    rows: rows.slice(0, REFERENCE_ROWS_MAX),
    calendarDays: unknownDays(data),
    isFresh: data.source === 'vendor',
    sentence: `${describeReference(data)}${data.source === 'vendor' ? '' : closesOf}`,
  };
}

/** CTA tape A is the NYSE's, C is Nasdaq's, B is everybody else's; 0 when the listing market is not known. */
function tapeOf(mic: string): number {
  if (mic === '') return 0;
  return mic === 'XNYS' ? 1 : mic === 'XNAS' ? 3 : 2;
}

/** The vendor only adds days: a list that is short or from a strange server never opens a closed market. */
function unknownDays(data: ReferenceData): readonly CalendarDay[] {
  const calendar = new SessionCalendar(US_EQUITY_CALENDAR);
  const found = new Map<string, CalendarDay>();
  for (const row of data.holidays) {
    if (row.exchange !== 'NYSE' && row.exchange !== 'NASDAQ') continue;
    const day = calendar.dayOfDate(row.date);
    if (day === undefined || day.kind === 'closed') continue;
    if (row.status === 'closed') found.set(row.date, { date: row.date, kind: 'closed' });
    else if (row.status === 'early-close' && day.kind === 'full' && !found.has(row.date))
      found.set(row.date, { date: row.date, kind: 'half' });
  }
  return [...found.values()];
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
