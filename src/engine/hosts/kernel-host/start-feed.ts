/** Starts the feed's thread: a socket to a vendor, or the simulated market. */
import { Worker } from 'node:worker_threads';
import type { FrameRing } from '../../lib/frame-ring.ts';
import type { FeedSpec } from '../../ports/feed.ts';
import type { FeedThreadData, FeedThreadOptions } from '../feed-thread.ts';
import { workerFile } from './worker-files.ts';

export interface FeedStart {
  readonly key: string;
  readonly marketOffsetUs: number;
  readonly thread: FeedThreadOptions | undefined;
  readonly resumeAfterUs: number | null;
  readonly snapshotDir: string;
  readonly day: string;
  readonly start: string | undefined;
}

export function startFeedWorker(spec: FeedSpec, ring: FrameRing, start: FeedStart): Worker {
  if (spec.kind === 'massive') {
    const { key, resumeAfterUs, thread, marketOffsetUs } = start;
    const data: FeedThreadData = {
      spec,
      ring: ring.buffer,
      key,
      ...(resumeAfterUs === null ? {} : { resumedUs: resumeAfterUs - marketOffsetUs }),
      ...(thread === undefined ? {} : { options: thread }),
    };
    return new Worker(workerFile('feed-worker'), { workerData: data, name: 'feed' });
  }
  const feedOptions = {
    resumeAfterUs: start.resumeAfterUs,
    snapshotDir: start.snapshotDir,
    ...(spec.kind === 'sim' ? { day: start.day } : {}),
    ...(start.start === undefined ? {} : { start: start.start }),
  };
  return new Worker(workerFile('sim-feed-worker'), {
    workerData: { spec, ring: ring.buffer, options: feedOptions },
    name: 'feed',
  });
}
