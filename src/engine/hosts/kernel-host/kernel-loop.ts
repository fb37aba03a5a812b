/**
 * The kernel thread's loop. Between any two bounded pieces of market data it looks at what must not wait: commands, timers,
 * records that became durable. When there is nothing to do it sleeps on the ring's doorbell, which every producer rings.
 */
import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';
import { FrameDecoder } from '../../feeds/frame-decoder.ts';
import { RepeatedFrames } from '../../feeds/repeated-frames.ts';
import { TEST_TICKERS } from '../../feeds/test-tickers.ts';
import { FrameRing } from '../../lib/frame-ring.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import type { ConditionSets } from '../../model/conditions.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import { decodeUtf8 } from '../../model/symbols.ts';
import type { EpochUs } from '../../model/units.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import { FeedTag } from '../../ports/feed.ts';
import type { MarketClock } from './market-clock.ts';
import type { Recorder } from './recorder.ts';
import type { ToKernel } from './worker-messages.ts';
import { CONTROL } from './worker-messages.ts';

/** Frames taken in before the loop looks around again. A frame holds at most a few hundred events. */
const FRAMES_PER_TURN = 64;
const IDLE_WAIT_MS = 5;
/** Wall time after which the event loop gets a turn, for collectors and observers. */
const TURN_MS = 10;

export interface LoopHooks {
  onMessage(message: ToKernel): void;
  onNotice(notice: FeedNotice): void;
  /** About every 100 ms of wall time, and when idle. */
  onPulse(nowMs: number): void;
  /** Events of a frame were applied; for figures. */
  onEvents(count: number, stampUs: number): void;
}

export class KernelLoop {
  readonly #recorder: Recorder;
  readonly #ring: FrameRing;
  readonly #control: Int32Array;
  readonly #port: MessagePort;
  readonly #hooks: LoopHooks;
  readonly #clock: MarketClock;
  readonly decoder: FrameDecoder;
  readonly repeats = new RepeatedFrames();
  readonly #batch: EventBatch;
  #isStopped = false;
  #pulseMs = 0;
  busyMs = 0;
  /** When the newest input of the feed, data or notice, was received. */
  stampUs: EpochUs = 0;

  constructor(deps: {
    readonly recorder: Recorder;
    readonly ring: SharedArrayBuffer;
    readonly control: SharedArrayBuffer;
    readonly port: MessagePort;
    readonly symbols: SymbolTable;
    readonly conditions: ConditionSets;
    readonly hooks: LoopHooks;
    readonly clock: MarketClock;
  }) {
    this.#recorder = deps.recorder;
    this.#ring = new FrameRing(deps.ring);
    this.#control = new Int32Array(deps.control);
    this.#port = deps.port;
    this.#hooks = deps.hooks;
    this.#clock = deps.clock;
    this.decoder = new FrameDecoder(deps.symbols, deps.conditions, { excluded: TEST_TICKERS });
    this.#batch = this.decoder.batch;
  }

  ringUsed(): number {
    const stats = this.#ring.stats();
    return stats.usedBytes / stats.capacityBytes;
  }

  start(): void {
    const turn = (): void => {
      if (this.#isStopped) return;
      this.#turn();
      setImmediate(turn);
    };
    setImmediate(turn);
  }

  stop(): void {
    this.#isStopped = true;
  }

  #turn(): void {
    const startMs = performance.now();
    let nowMs = startMs;
    while (nowMs - startMs < TURN_MS && !this.#isStopped) {
      const bell = this.#ring.doorbell();
      this.#messages();
      this.#recorder.tellDurable();
      const worked = this.#frames();
      const afterMs = performance.now();
      if (worked) this.busyMs += afterMs - nowMs;
      nowMs = afterMs;
      if (nowMs - this.#pulseMs >= 100) {
        this.#pulseMs = nowMs;
        Atomics.add(this.#control, CONTROL.heartbeat, 1);
        this.#hooks.onPulse(nowMs);
      }
      if (!worked) {
        this.#ring.wait(bell, IDLE_WAIT_MS);
        return;
      }
    }
  }

  #messages(): void {
    if (Atomics.load(this.#control, CONTROL.pendingMessages) === 0) return;
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: ToKernel } | undefined;
      if (received === undefined) return;
      Atomics.sub(this.#control, CONTROL.pendingMessages, 1);
      this.#hooks.onMessage(received.message);
    }
  }

  #frames(): boolean {
    const ring = this.#ring;
    let frames = 0;
    while (frames < FRAMES_PER_TURN && ring.next()) {
      frames++;
      if (ring.tag === FeedTag.vendorJson) this.#market(ring.stampUs);
      else this.#notice();
      if (Atomics.load(this.#control, CONTROL.pendingMessages) !== 0) break;
    }
    return frames > 0;
  }

  #market(receivedUs: number): void {
    const ring = this.#ring;
    const batch = this.#batch;
    // Before the tape: a frame that came twice is not on it twice.
    if (this.repeats.isRepeat(ring.bytes, ring.start, ring.end)) {
      ring.release();
      return;
    }
    this.decoder.start(ring.bytes, ring.start, ring.end);
    ring.release();
    let more: boolean;
    do {
      batch.length = 0;
      more = this.decoder.fill(batch);
      if (batch.length > 0) {
        batch.receivedUs = this.#clock.stamp(batch, receivedUs);
        this.#recorder.market(batch);
        this.stampUs = batch.receivedUs;
        this.#hooks.onEvents(batch.length, batch.receivedUs);
      }
    } while (more);
  }

  #notice(): void {
    const { stampUs } = this.#ring;
    const text = decodeUtf8(this.#ring.bytes, this.#ring.start, this.#ring.end);
    this.#ring.release();
    const notice = this.#clock.notice(JSON.parse(text) as FeedNotice);
    this.stampUs = this.#clock.at(stampUs);
    this.#recorder.feed(notice, this.stampUs);
    this.#hooks.onNotice(notice);
  }
}
