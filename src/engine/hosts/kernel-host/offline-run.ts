/**
 * Runs a simulated or replayed feed through a kernel in this thread, as fast as it goes, with the rule the live engine has for
 * simulated time: an intent is on disk before the next input. So a backtest decides what the workstation would decide.
 */
import type { FeedHostOptions } from '../../adapters/market-server/sim-feed-host.ts';
import { openFeed } from '../../adapters/market-server/sim-feed-host.ts';
import { FailureError } from '../../cli/command.ts';
import { FrameDecoder } from '../../feeds/frame-decoder.ts';
import { TEST_TICKERS } from '../../feeds/test-tickers.ts';
import type { UserCommand } from '../../kernel/input.ts';
import { FrameRing } from '../../lib/frame-ring.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import { decodeUtf8 } from '../../model/symbols.ts';
import type { FeedNotice, FeedSpec } from '../../ports/feed.ts';
import { FeedTag } from '../../ports/feed.ts';
import type { OfflineKernel } from './offline-kernel.ts';

const RING_BYTES = 16 << 20;

export interface OfflineRun {
  readonly offline: OfflineKernel;
  /** Highest journal sequence of an intent so far. */
  readonly lastIntent: () => number;
  readonly feed: Exclude<FeedSpec, { kind: 'massive' }>;
  readonly options: FeedHostOptions;
  /** Engine time at which to stop; the end of the data when absent. */
  readonly untilUs?: number;
  /** Commands, in order of time; each is given before the first thing that came at or after its time. */
  readonly commands?: readonly TimedCommand[];
  readonly onProgress?: (nowUs: number, events: number) => void;
  readonly signal?: AbortSignal;
}

export interface TimedCommand {
  readonly atUs: number;
  readonly command: UserCommand;
}

/** Resolves with the number of events when the data is over. */
export async function runOffline(run: OfflineRun): Promise<number> {
  const ring = new FrameRing(RING_BYTES);
  const feed = await openFeed(run.feed, ring, run.options);
  if (typeof feed === 'string') throw new FailureError(feed);
  const state = { isFeedOver: false };
  const running = feed.run().finally(() => (state.isFeedOver = true));
  const { kernel, symbols, conditions } = run.offline;
  const decoder = new FrameDecoder(symbols, conditions, { excluded: TEST_TICKERS });
  const batch = createEventBatch();
  const commands = [...(run.commands ?? [])];
  let events = 0;
  let told = run.lastIntent();
  let isOver = false;
  while (!isOver) {
    const wasOver = state.isFeedOver;
    while (!isOver && ring.next()) {
      const { tag, stampUs } = ring;
      while (commands.length > 0 && (commands[0] as TimedCommand).atUs <= stampUs) {
        const { command } = commands.shift() as TimedCommand;
        kernel.accept({ kind: 'command', command, atUs: kernel.nowUs });
      }
      if (tag === FeedTag.vendorJson) {
        decoder.start(ring.bytes, ring.start, ring.end);
        ring.release();
        let more: boolean;
        do {
          batch.length = 0;
          batch.receivedUs = stampUs;
          more = decoder.fill(batch);
          if (batch.length > 0) kernel.accept({ kind: 'market', batch });
          events += batch.length;
        } while (more);
      } else {
        const notice = JSON.parse(decodeUtf8(ring.bytes, ring.start, ring.end)) as FeedNotice;
        ring.release();
        kernel.accept({ kind: 'feed', notice });
      }
      while (run.lastIntent() > told) {
        told = run.lastIntent();
        kernel.accept({ kind: 'durable', seq: told });
      }
      isOver = run.untilUs !== undefined && kernel.nowUs >= run.untilUs;
    }
    if (wasOver || run.signal?.aborted === true) isOver = true;
    run.onProgress?.(kernel.nowUs, events);
    await new Promise((resolve) => setImmediate(resolve));
  }
  feed.control({ kind: 'stop' });
  while (!state.isFeedOver) {
    while (ring.next()) ring.release();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await running;
  return events;
}
