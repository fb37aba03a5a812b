/** The seeded market as a source, with snapshots so that a restart need not generate the whole day again. */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { crc32c } from '../../lib/crc32c.ts';
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
  readonly #say: (problem: string) => void;
  #writtenMs = 0;
  #isFailing = false;

  /** `key` names the market (seed, symbols, rate, start): snapshots of any other are ignored. */
  constructor(dir: string, key: string, say: (problem: string) => void = () => undefined) {
    this.#dir = dir;
    this.#key = key;
    this.#say = say;
    mkdirSync(dir, { recursive: true });
  }

  /** The newest state whose stream is wholly recorded, that is stamped at or before `resumeAfterUs`. */
  latest(resumeAfterUs: number): Omit<Snapshot, 'key'> | undefined {
    for (const stamp of this.#stamps().toReversed()) {
      if (stamp > resumeAfterUs) continue;
      const snapshot = this.#read(stamp);
      if (snapshot?.key === this.#key) return snapshot;
    }
    return undefined;
  }

  /** A damaged one is worth nothing: an older one, or the seed, gives the same market a little later. */
  #read(stamp: number): Snapshot | undefined {
    const file = this.#file(stamp);
    try {
      const bytes = readFileSync(file);
      if (bytes.length > 4 && bytes.readUInt32LE(0) === crc32c(bytes.subarray(4)))
        return deserialize(bytes.subarray(4)) as Snapshot;
    } catch {
      // Said below.
    }
    this.#say(
      `the snapshot of the simulated market ${path.basename(file)} is damaged; the market is made again instead`,
    );
    rmSync(file, { force: true });
    return undefined;
  }

  /** Keeps the state when the last one is old enough. */
  offer(position: FeedPosition, generator: MarketGenerator, nowMs: number): void {
    if (this.#writtenMs !== 0 && nowMs - this.#writtenMs < EVERY_MS) return;
    this.#writtenMs = nowMs;
    const snapshot: Snapshot = { key: this.#key, position, market: generator.save() };
    const file = this.#file(position.lastStampUs);
    const bytes = serialize(snapshot);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(crc32c(bytes));
    try {
      writeFileSync(`${file}.part`, Buffer.concat([head, bytes]));
      renameSync(`${file}.part`, file);
      this.#isFailing = false;
    } catch (error) {
      // A full disk costs time at the next start, nothing else; it is said once.
      if (!this.#isFailing)
        this.#say(`the simulated market cannot be kept: ${error instanceof Error ? error.message : String(error)}`);
      this.#isFailing = true;
      return;
    }
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
