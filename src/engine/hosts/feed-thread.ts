/**
 * What the feed worker does: takes the key's lock, runs the client, relays frames and notices into the ring, beats.
 * The thread reads and stamps; it never parses market frames and never waits for the kernel.
 */
import { acquireFeedLock } from '../adapters/massive/feed-lock.ts';
import type { FeedLock } from '../adapters/massive/feed-lock.ts';
import { MassiveClient } from '../adapters/massive/client.ts';
import { createSocketClock } from '../adapters/massive/socket-clock.ts';
import type { SessionConfig } from '../feeds/feed-session.ts';
import { DEFAULT_SESSION } from '../feeds/feed-session.ts';
import { FrameRing } from '../lib/frame-ring.ts';
import { createRng } from '../lib/rng.ts';
import type { FeedSpec } from '../ports/feed.ts';
import { PHASE_CODE } from '../market/view-columns.ts';
import { SessionCalendar } from '../time/calendar.ts';
import { SessionClock } from '../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../time/us-calendar.ts';
import { FeedRelay } from './feed-relay.ts';
import { isVendorHost } from './vendor-hosts.ts';

export interface FeedThreadOptions {
  /** Replaces single values of DEFAULT_SESSION. */
  readonly session?: Partial<SessionConfig>;
  /** Where lock files are; null for none. The system's temporary folder when absent. */
  readonly lockDir?: string | null;
  /** When data is expected: by the exchange's hours, at any hour, or never. By hours for the vendor's own hosts, else always. */
  readonly expect?: 'hours' | 'always' | 'never';
  readonly seed?: string;
}

export interface FeedThreadData {
  readonly spec: FeedSpec;
  readonly ring: SharedArrayBuffer;
  readonly key: string;
  /** Until when an earlier run of the day had data, by our clock. */
  readonly resumedUs?: number;
  readonly options?: FeedThreadOptions;
}

export type FeedThreadMessage = { readonly kind: 'stop' } | { readonly kind: 'reconnect' };

export interface FeedThread {
  stop(): void;
  reconnect(): void;
}

const BEAT_MS = 50;
const LOCK_RETRY_MS = 5_000;

export function startFeedThread(
  data: FeedThreadData,
  post: (message: { kind: 'failed'; message: string }) => void,
): FeedThread {
  const { spec, options = {} } = data;
  const clock = createSocketClock();
  const ring = new FrameRing(data.ring);
  const url = spec.kind === 'massive' ? spec.url : '';
  const isVendor = isVendorHost(url);
  // A server of one's own (a simulated market, a replay) wants some key; any will do.
  const key = data.key === '' && !isVendor ? 'drover' : data.key;
  const client = new MassiveClient({
    url,
    key,
    session: { ...DEFAULT_SESSION, ...options.session },
    rng: createRng(options.seed ?? `${process.pid}/${clock.nowUs()}`),
    clock,
    ...(data.resumedUs === undefined ? {} : { resumedUs: data.resumedUs }),
    isExpectingData: expectation(options.expect ?? (isVendor ? 'hours' : 'always')),
    onFrame: (bytes, receivedUs) => relay.frame(bytes, receivedUs),
    onNotice: (notice) => relay.notice(notice, clock.nowUs()),
  });
  const relay = new FeedRelay(ring, client.session.gaps);
  const beat = setInterval(() => {
    const atUs = clock.nowUs();
    relay.settle(atUs);
    if (client.session.state === 'live')
      relay.notice({ kind: 'heartbeat', atUs, frames: relay.frames, bytes: relay.bytes }, atUs);
  }, BEAT_MS);
  let lock: FeedLock | null = null;
  let retry: NodeJS.Timeout | null = null;
  let hasBegun = false;
  const fail = (message: string): void => {
    const atUs = clock.nowUs();
    relay.notice({ kind: 'state', state: 'failed', atUs, detail: message }, atUs);
    post({ kind: 'failed', message });
  };
  const begin = (): void => {
    retry = null;
    if (options.lockDir !== null) {
      lock = acquireFeedLock(`${hostOf(url)}/${key}`, options.lockDir);
      if (lock.kind === 'taken') {
        const atUs = clock.nowUs();
        const who = lock.pid > 0 ? `process ${lock.pid}` : 'another program';
        const detail = `${who} on this machine uses this key already; waiting until it ends`;
        relay.notice({ kind: 'state', state: 'waiting', atUs, detail }, atUs);
        retry = setTimeout(begin, LOCK_RETRY_MS);
        return;
      }
    }
    hasBegun = true;
    client.start();
  };
  if (spec.kind !== 'massive') fail('this worker only speaks to a websocket server; simulated feeds have their own.');
  else if (key === '') fail('there is no key for the feed; set MASSIVE_API_KEY before the start.');
  else begin();
  return {
    stop: () => {
      if (retry !== null) clearTimeout(retry);
      client.stop();
      clearInterval(beat);
      relay.flush();
      if (lock?.kind === 'held') lock.release();
    },
    reconnect: () => {
      if (hasBegun) client.reconnect();
    },
  };
}

function hostOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return '';
  }
}

/** Regular hours only: outside them minutes without a print are nothing unusual even for the whole market. */
function expectation(kind: 'hours' | 'always' | 'never'): (nowUs: number) => boolean {
  if (kind !== 'hours') return () => kind === 'always';
  const hours = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
  return (nowUs) => hours.phaseAt(nowUs) === PHASE_CODE.regular;
}
