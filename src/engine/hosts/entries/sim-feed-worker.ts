/**
 * The worker thread of the in-process feeds. workerData: { spec: FeedSpec of kind 'sim' or 'replay', ring: SharedArrayBuffer,
 * options?: { start, day, resumeAfterUs, snapshotDir } }. Messages in: FeedControl. Messages out: { kind: 'failed', message }
 * when the feed could not be opened, { kind: 'ended' } when it has.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { FeedHostOptions } from '../../adapters/market-server/sim-feed-host.ts';
import { openFeed } from '../../adapters/market-server/sim-feed-host.ts';
import type { FeedControl } from '../../adapters/market-server/sim-feed.ts';
import { ensure } from '../../lib/assert.ts';
import { FrameRing } from '../../lib/frame-ring.ts';
import type { FeedNotice, FeedSpec } from '../../ports/feed.ts';
import { FeedTag } from '../../ports/feed.ts';

interface SimFeedWorkerData {
  readonly spec: FeedSpec;
  readonly ring: SharedArrayBuffer;
  readonly options?: Omit<FeedHostOptions, 'nowUs'>;
}

const port = ensure(parentPort, 'this file runs as a worker');
const { spec, ring: buffer, options } = workerData as SimFeedWorkerData;
const ring = new FrameRing(buffer);
const early: FeedControl[] = [];
let deliver = (message: FeedControl): void => void early.push(message);
port.on('message', (message: FeedControl) => deliver(message));

const nowUs = Date.now() * 1000;
const opened =
  spec.kind === 'massive'
    ? 'this worker has no socket; use the feed worker for a vendor connection.'
    : await openFeed(spec, ring, { ...options, nowUs });
if (typeof opened === 'string') {
  const notice: FeedNotice = { kind: 'state', state: 'failed', atUs: nowUs, detail: opened };
  const bytes = new TextEncoder().encode(JSON.stringify(notice));
  ring.push(bytes, 0, bytes.length, FeedTag.notice, nowUs);
  port.postMessage({ kind: 'failed', message: opened });
} else {
  const feed = opened;
  deliver = (message) => feed.control(message);
  for (const message of early) feed.control(message);
  await feed.run();
  port.postMessage({ kind: 'ended' });
}
port.close();
