/**
 * The in-process feed: a simulated or replayed market pushed into the frame ring as the vendor's JSON, in simulated time. The
 * frames and their receive stamps are functions of the market alone, never of how fast the machine was, so a feed that
 * starts again after `resumeAfterUs` continues exactly where the recorded stream ended. A full ring makes simulated time
 * wait; nothing is ever dropped. Numbered rules: docs/specs/sim-market.md.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FrameRing } from '../../lib/frame-ring.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import { FeedTag } from '../../ports/feed.ts';
import type { FrameWriter } from '../../sim/market/frame-writer.ts';
import type { MarketSource } from './market-source.ts';

/** Frames never hold more than this much simulated time. */
export const QUANTUM_US = 10_000;
/** Modelled time from the SIP's stamp to our socket. */
export const LATENCY_US = 400;
const HEARTBEAT_US = 50_000;
const FRAME_EVENTS_MAX = 200;
const FRAME_BYTES_MAX = 48 * 1024;
/** A night or a weekend is skipped down to this much silence. */
const QUIET_US = 1_000_000;
/** Behind by more than this, simulated time slips instead of hurrying after the clock. */
const SLIP_MS = 250;
const WORK_MS = 25;

export type FeedControl =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'stop' }
  /** Simulated seconds a second; 0 = as fast as the ring takes it. */
  | { readonly kind: 'speed'; readonly speed: number }
  | { readonly kind: 'fault'; readonly fault: FeedFault };

/** Things to show: a lost connection for some simulated seconds, a halt, a jump. */
export type FeedFault =
  | { readonly name: 'disconnect'; readonly seconds: number }
  | { readonly name: 'halt'; readonly symbol: string }
  | { readonly name: 'jump'; readonly symbol: string; readonly percent: number };

export interface SimFeedOptions {
  readonly source: MarketSource;
  readonly writer: FrameWriter;
  readonly ring: FrameRing;
  readonly startUs: number;
  readonly speed: number;
  /** Until here time goes as fast as the ring takes it; then at `speed`. */
  readonly fastUntilUs?: number;
  /** Everything stamped at or before this was recorded already and is made again without being sent. */
  readonly resumeAfterUs?: number | null;
  /** Called between quanta, for snapshots. */
  readonly onQuantum?: (position: FeedPosition) => void;
  readonly onFault?: (fault: FeedFault) => void;
  /** Milliseconds from any origin. */
  readonly clockMs?: () => number;
}

/** Where the stream stands between two quanta. */
export interface FeedPosition {
  readonly nowUs: number;
  readonly frames: number;
  readonly bytes: number;
  readonly isConnected: boolean;
  readonly lastStampUs: number;
}

export class SimFeed {
  readonly #options: SimFeedOptions;
  readonly #clockMs: () => number;
  readonly #encoder = new TextEncoder();
  #nowUs: number;
  #frames = 0;
  #bytes = 0;
  #isConnected = false;
  readonly #hasGreeted: boolean;
  #speed: number;
  #isPaused = false;
  #isStopped = false;
  #anchorMs = 0;
  #anchorUs = 0;
  #lastStampUs = 0;
  readonly #resumeAfterUs: number;
  #isResuming: boolean;
  #gapId = 1;
  #outageUntilUs = 0;
  #outageStartUs = 0;
  #outageFrames = 0;
  /** Simulated time that did not keep up with the clock, milliseconds. */
  slippedMs = 0;

  constructor(options: SimFeedOptions, position?: FeedPosition) {
    this.#options = options;
    this.#clockMs = options.clockMs ?? (() => performance.now());
    this.#nowUs = position?.nowUs ?? options.startUs;
    this.#frames = position?.frames ?? 0;
    this.#bytes = position?.bytes ?? 0;
    this.#isConnected = position?.isConnected ?? false;
    this.#lastStampUs = position?.lastStampUs ?? 0;
    this.#hasGreeted = position !== undefined;
    this.#speed = options.speed;
    this.#resumeAfterUs = options.resumeAfterUs ?? -Infinity;
    this.#isResuming = options.resumeAfterUs !== null && options.resumeAfterUs !== undefined;
  }

  get nowUs(): number {
    return this.#nowUs;
  }

  control(message: FeedControl): void {
    switch (message.kind) {
      case 'pause':
        this.#isPaused = true;
        return;
      case 'resume':
        this.#isPaused = false;
        this.#anchor();
        return;
      case 'stop':
        this.#isStopped = true;
        return;
      case 'speed':
        this.#speed = Math.max(0, message.speed);
        this.#anchor();
        return;
      case 'fault':
        if (message.fault.name === 'disconnect') this.#outageUntilUs = this.#nowUs + message.fault.seconds * 1e6;
        else this.#options.onFault?.(message.fault);
        return;
    }
  }

  /** Runs until stopped or until the data ends. */
  async run(): Promise<void> {
    this.#anchor();
    if (!this.#hasGreeted) await this.#connect();
    let breatheMs = this.#clockMs() + WORK_MS;
    while (!this.#isStopped) {
      if (this.#isPaused) {
        await sleep(10);
        continue;
      }
      const waitMs = this.#isResuming ? 0 : this.#waitMs();
      if (waitMs > 0) {
        await sleep(Math.min(waitMs, 50));
        breatheMs = this.#clockMs() + WORK_MS;
        continue;
      }
      if (this.#options.source.quietUntilUs(this.#nowUs) === Infinity) break;
      await this.#quantum();
      this.#skipQuiet();
      if (this.#clockMs() > breatheMs) {
        await new Promise((resolve) => setImmediate(resolve));
        breatheMs = this.#clockMs() + WORK_MS;
      }
    }
    const isEnd = !this.#isStopped;
    await this.#notice({
      kind: 'state',
      state: 'stopped',
      atUs: this.#nowUs + LATENCY_US,
      detail: isEnd ? 'end of data' : 'stopped',
    });
    await this.#options.source.close();
  }

  async #connect(): Promise<void> {
    const atUs = this.#nowUs;
    await this.#notice({ kind: 'state', state: 'connecting', atUs, detail: 'simulated time' });
    await this.#notice({ kind: 'gap', id: this.#gapId, startUs: atUs, endUs: null, reason: 'connect', framesLost: 0 });
    await this.#notice({ kind: 'subscribed', asked: 3, acknowledged: 3, missing: [], atUs });
    await this.#notice({ kind: 'state', state: 'live', atUs, detail: '' });
  }

  /** How long the clock still has to run before the next quantum is due. */
  #waitMs(): number {
    if (this.#speed === 0) return 0;
    if (this.#nowUs < (this.#options.fastUntilUs ?? 0)) {
      this.#anchor();
      return 0;
    }
    const dueMs = this.#anchorMs + (this.#nowUs + QUANTUM_US - this.#anchorUs) / 1000 / this.#speed;
    const waitMs = dueMs - this.#clockMs();
    if (waitMs < -SLIP_MS) {
      this.slippedMs += -waitMs;
      this.#anchor();
    }
    return waitMs;
  }

  #anchor(): void {
    this.#anchorMs = this.#clockMs();
    this.#anchorUs = this.#nowUs;
  }

  async #quantum(): Promise<void> {
    const { source, writer } = this.#options;
    const endUs = this.#nowUs + QUANTUM_US;
    writer.clear();
    const waiting = source.next(endUs, writer);
    if (waiting !== undefined) await waiting;
    const isOut = endUs < this.#outageUntilUs;
    if (isOut && this.#outageStartUs === 0) await this.#dropLine(endUs);
    if (!isOut && this.#outageStartUs !== 0) await this.#restoreLine(endUs);
    let stampUs = endUs + LATENCY_US;
    for (let first = 0; first < writer.count;) {
      const last = writer.cut(first, FRAME_EVENTS_MAX, FRAME_BYTES_MAX);
      if (isOut) this.#outageFrames++;
      else await this.#data(writer.frameStart(first, last), writer.frameEnd(last), stampUs++);
      first = last;
    }
    this.#nowUs = endUs;
    if (endUs % HEARTBEAT_US === 0)
      await this.#notice({ kind: 'heartbeat', atUs: endUs + LATENCY_US, frames: this.#frames, bytes: this.#bytes });
    this.#options.onQuantum?.({
      nowUs: this.#nowUs,
      frames: this.#frames,
      bytes: this.#bytes,
      isConnected: this.#isConnected,
      lastStampUs: this.#lastStampUs,
    });
  }

  async #data(start: number, end: number, stampUs: number): Promise<void> {
    this.#frames++;
    this.#bytes += end - start;
    const isFirst = !this.#isConnected;
    this.#isConnected = true;
    if (isFirst)
      await this.#notice({
        kind: 'gap',
        id: this.#gapId,
        startUs: this.#options.startUs,
        endUs: stampUs,
        reason: 'connect',
        framesLost: 0,
      });
    await this.#push(this.#options.writer.bytes, start, end, FeedTag.vendorJson, stampUs);
  }

  async #notice(notice: FeedNotice): Promise<void> {
    const bytes = this.#encoder.encode(JSON.stringify(notice));
    const atUs = notice.kind === 'gap' ? (notice.endUs ?? notice.startUs) : notice.atUs;
    await this.#push(bytes, 0, bytes.length, FeedTag.notice, atUs);
  }

  /** Stamps rise strictly, so that "recorded up to here" names one point of the stream. */
  async #push(bytes: Uint8Array, start: number, end: number, tag: number, atUs: number): Promise<void> {
    const stampUs = Math.max(atUs, this.#lastStampUs + 1);
    this.#lastStampUs = stampUs;
    if (stampUs <= this.#resumeAfterUs) return;
    if (this.#isResuming) {
      this.#isResuming = false;
      this.#anchor();
    }
    const { ring } = this.#options;
    while (!ring.hasRoom(end - start)) {
      if (this.#isStopped) return;
      await sleep(1);
    }
    ring.push(bytes, start, end, tag, stampUs);
  }

  #skipQuiet(): void {
    const quietUs = this.#options.source.quietUntilUs(this.#nowUs);
    if (quietUs === Infinity || quietUs - this.#nowUs <= 2 * QUIET_US) return;
    const nextUs = quietUs - QUIET_US;
    this.#nowUs = nextUs - (nextUs % HEARTBEAT_US);
    this.#anchor();
  }

  async #dropLine(atUs: number): Promise<void> {
    this.#outageStartUs = atUs;
    this.#outageFrames = 0;
    this.#gapId++;
    await this.#notice({ kind: 'state', state: 'waiting', atUs, detail: 'connection lost' });
    await this.#notice({
      kind: 'gap',
      id: this.#gapId,
      startUs: atUs,
      endUs: null,
      reason: 'disconnect',
      framesLost: 0,
    });
  }

  async #restoreLine(atUs: number): Promise<void> {
    const startUs = this.#outageStartUs;
    this.#outageStartUs = 0;
    await this.#notice({
      kind: 'gap',
      id: this.#gapId,
      startUs,
      endUs: atUs,
      reason: 'disconnect',
      framesLost: this.#outageFrames,
    });
    await this.#notice({ kind: 'state', state: 'live', atUs, detail: '' });
  }
}
