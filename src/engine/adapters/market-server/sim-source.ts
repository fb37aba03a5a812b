/** The seeded market as a source, with snapshots so that a restart need not generate the whole day again. */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { EventSink } from '../../sim/market/event-sink.ts';
import { nextMarketDay } from '../../sim/market/market-days.ts';
import type { SavedMarket } from '../../sim/market/market-generator.ts';
import { MarketGenerator } from '../../sim/market/market-generator.ts';
import type { MarketSource } from './market-source.ts';
import type { FeedPosition } from './sim-feed.ts';

export class SimSource implements MarketSource {
  readonly generator: MarketGenerator;

  constructor(options: Omit<ConstructorParameters<typeof MarketGenerator>[0], 'nextDay'>) {
    this.generator = new MarketGenerator({ ...options, nextDay: nextMarketDay });
  }

  next(untilUs: number, sink: EventSink): void {
    this.generator.next(untilUs, sink);
  }

  quietUntilUs(nowUs: number): number {
    const { preOpenUs } = this.generator.day;
    return preOpenUs > nowUs ? preOpenUs : nowUs;
  }

  async close(): Promise<void> {}
}

interface Snapshot {
  readonly key: string;
  readonly position: FeedPosition;
  readonly market: SavedMarket;
}

const KEPT = 8;
const EVERY_MS = 10_000;
const NAME = /^sim-(\d+)\.snapshot$/;

/** Writes the market's state beside the data every few seconds and finds the one to start from. */
export class SimSnapshots {
  readonly #dir: string;
  readonly #key: string;
  #writtenMs = 0;

  /** `key` names the market (seed, symbols, rate, start): snapshots of any other are ignored. */
  constructor(dir: string, key: string) {
    this.#dir = dir;
    this.#key = key;
    mkdirSync(dir, { recursive: true });
  }

  /** The newest state whose stream is wholly recorded, that is stamped at or before `resumeAfterUs`. */
  latest(resumeAfterUs: number): Omit<Snapshot, 'key'> | undefined {
    for (const stamp of this.#stamps().toReversed()) {
      if (stamp > resumeAfterUs) continue;
      try {
        const snapshot = deserialize(readFileSync(this.#file(stamp))) as Snapshot;
        if (snapshot.key === this.#key) return snapshot;
      } catch {
        // A snapshot cut short by a crash is worth nothing; an older one or the seed does as well.
      }
    }
    return undefined;
  }

  /** Keeps the state when the last one is old enough. */
  offer(position: FeedPosition, generator: MarketGenerator, nowMs: number): void {
    if (this.#writtenMs !== 0 && nowMs - this.#writtenMs < EVERY_MS) return;
    this.#writtenMs = nowMs;
    const snapshot: Snapshot = { key: this.#key, position, market: generator.save() };
    const file = this.#file(position.lastStampUs);
    writeFileSync(`${file}.part`, serialize(snapshot));
    renameSync(`${file}.part`, file);
    for (const stamp of this.#stamps().slice(0, -KEPT)) rmSync(this.#file(stamp), { force: true });
  }

  #stamps(): number[] {
    return readdirSync(this.#dir)
      .map((name) => Number(NAME.exec(name)?.[1] ?? Number.NaN))
      .filter((stamp) => !Number.isNaN(stamp))
      .toSorted((a, b) => a - b);
  }

  #file(stamp: number): string {
    return path.join(this.#dir, `sim-${stamp}.snapshot`);
  }
}
