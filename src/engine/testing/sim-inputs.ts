/** A stretch of simulated market as the inputs a kernel would get, and a driver that feeds them: for tests of the kernel. */
import { openFeed } from '../adapters/market-server/sim-feed-host.ts';
import { FrameDecoder } from '../feeds/frame-decoder.ts';
import { FrameRing } from '../lib/frame-ring.ts';
import { loadReference } from '../hosts/kernel-host/reference.ts';
import type { OfflineKernel } from '../hosts/kernel-host/offline-kernel.ts';
import type { KernelConfig } from '../kernel/kernel-config.ts';
import { defaultConfig } from '../kernel/kernel-config.ts';
import { createEventBatch } from '../model/event-batch.ts';
import { decodeUtf8 } from '../model/symbols.ts';
import type { FeedNotice } from '../ports/feed.ts';
import { FeedTag } from '../ports/feed.ts';
import { newYorkInstant, marketDay } from '../sim/market/market-days.ts';

export interface SimInput {
  readonly tag: number;
  readonly stampUs: number;
  readonly bytes: Uint8Array;
}

export interface SimStretch {
  readonly config: KernelConfig;
  readonly inputs: readonly SimInput[];
}

export interface StretchOptions {
  readonly seed: number;
  readonly symbols: number;
  readonly rate: number;
  readonly start: string;
  readonly minutes: number;
}

const DAY = '2026-11-20';

/** Frames and notices of `minutes` of market, with a configuration that trades a lot at random. */
export async function simStretch(options: StretchOptions): Promise<SimStretch> {
  const spec = { kind: 'sim', seed: options.seed, symbols: options.symbols, rate: options.rate, speed: 0 } as const;
  const day = marketDay(DAY);
  if (day === undefined) throw new RangeError(`${DAY} is a trading day`);
  const [hours, minutes] = options.start.split(':').map(Number) as [number, number];
  const endUs = newYorkInstant(day, hours * 60 + minutes + options.minutes);
  const ring = new FrameRing(8 << 20);
  const feed = await openFeed(spec, ring, { nowUs: endUs, day: DAY, start: options.start });
  if (typeof feed === 'string') throw new Error(feed);
  const running = feed.run();
  const inputs: SimInput[] = [];
  let isOver = false;
  while (!isOver) {
    while (ring.next()) {
      if (ring.stampUs > endUs) isOver = true;
      else inputs.push({ tag: ring.tag, stampUs: ring.stampUs, bytes: ring.bytes.slice(ring.start, ring.end) });
      ring.release();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  feed.control({ kind: 'stop' });
  while (ring.next()) ring.release();
  await running;
  const base = defaultConfig(`T${options.seed}`, DAY, options.seed);
  const config: KernelConfig = {
    ...base,
    isAuto: true,
    reference: await loadReference(spec, endUs, { simDay: DAY, start: options.start }),
    strategies: base.strategies.map((choice) =>
      choice.name === 'random-buy'
        ? {
            ...choice,
            mode: 'enabled',
            params: { oneIn: 8, minNotional: 10_000, meanHoldSeconds: 30, maxSpreadBps: 60 },
          }
        : choice,
    ),
  };
  return { config, inputs };
}

/** Feeds inputs [from, to) the way the kernel thread does with simulated time: an intent is on disk before the next input. */
export function drive(
  offline: OfflineKernel,
  inputs: readonly SimInput[],
  from: number,
  to: number,
  lastIntent: () => number,
  decoder = new FrameDecoder(offline.symbols, offline.conditions),
  batch = createEventBatch(),
): void {
  const { kernel } = offline;
  let told = lastIntent();
  for (let n = from; n < to; n++) {
    const { tag, stampUs, bytes } = inputs[n] as SimInput;
    if (tag === FeedTag.vendorJson) {
      decoder.start(bytes, 0, bytes.length);
      let more: boolean;
      do {
        batch.length = 0;
        batch.receivedUs = stampUs;
        more = decoder.fill(batch);
        if (batch.length > 0) kernel.accept({ kind: 'market', batch });
      } while (more);
    } else kernel.accept({ kind: 'feed', notice: JSON.parse(decodeUtf8(bytes, 0, bytes.length)) as FeedNotice });
    while (lastIntent() > told) {
      told = lastIntent();
      kernel.accept({ kind: 'durable', seq: told });
    }
  }
}
