/**
 * The sending thread of the order-lane bench: puts market messages into the feed ring at a rate, and on being told puts a
 * symbol of its own up for sale or back to its price. Material for benches.
 */
import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';
import { FrameRing } from '../src/engine/lib/frame-ring.ts';
import { FeedTag } from '../src/engine/ports/feed.ts';
import { FramePool } from './frame-pool.ts';

export interface LaneProducerData {
  readonly lane: true;
  readonly ring: SharedArrayBuffer;
  /** Int32 cells, see LANE. */
  readonly cells: SharedArrayBuffer;
  /** Market time less ours, milliseconds. */
  readonly offsetMs: number;
  readonly seed: number;
}

/** Shared numbers: events a second asked for, an order to end, events put in, frames that did not fit. */
export const LANE = { rate: 0, stop: 1, events: 2, refused: 3, ready: 4 } as const;

/** 'calm' quotes and trades the symbol at its price; 'drop' puts the bid under every stop, twice, as a real fall would. */
export interface LaneOrder {
  readonly kind: 'calm' | 'drop';
  readonly symbol: string;
}

const POOL_EVENTS = 200_000;
/** After a pause of this thread the missed time is not made up all at once. */
const CATCH_UP_MS = 20;

export function runLaneProducer(data: LaneProducerData, port: MessagePort): void {
  const ring = new FrameRing(data.ring);
  const cells = new Int32Array(data.cells);
  const pool = new FramePool(POOL_EVENTS, data.seed);
  let sequence = 1_000_000;
  const push = (bytes: Uint8Array, events: number): void => {
    const stampUs = Math.round((performance.timeOrigin + performance.now()) * 1000);
    if (ring.push(bytes, 0, bytes.length, FeedTag.vendorJson, stampUs)) Atomics.add(cells, LANE.events, events);
    else Atomics.add(cells, LANE.refused, 1);
  };
  const marketMs = (): number => Date.now() + data.offsetMs;
  const obey = (order: LaneOrder): void => {
    const t = marketMs();
    for (const text of order.kind === 'calm' ? calm(order.symbol, t, ++sequence) : drop(order.symbol, t, ++sequence))
      push(Buffer.from(text), 1);
    sequence += 10;
  };
  Atomics.store(cells, LANE.ready, 1);
  let lastMs = performance.now();
  let owed = 0;
  while (Atomics.load(cells, LANE.stop) === 0) {
    for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port))
      obey((got as { message: LaneOrder }).message);
    const nowMs = performance.now();
    owed += (Math.min(nowMs - lastMs, CATCH_UP_MS) * Atomics.load(cells, LANE.rate)) / 1000;
    lastMs = nowMs;
    const t = marketMs();
    while (owed > 0) {
      const frame = pool.next(t);
      push(frame.bytes, frame.events);
      owed -= frame.events;
    }
    Atomics.wait(cells, LANE.stop, 0, 1);
  }
}

const quote = (symbol: string, bid: number, ask: number, t: number, q: number): string =>
  `[{"ev":"Q","sym":"${symbol}","i":[604],"bx":11,"ax":12,"bp":${bid},"ap":${ask},"bs":900,"as":900,"t":${t},"pt":${t},"q":${q},"z":1}]`;

function calm(symbol: string, t: number, q: number): string[] {
  const trade = (n: number): string =>
    `[{"ev":"T","sym":"${symbol}","i":"${q + n}","x":11,"p":100.01,"s":5000,"t":${t},"pt":${t},"q":${q + n},"z":1,"ds":"5000.0"}]`;
  return [quote(symbol, 100, 100.02, t, q), trade(1), trade(2), quote(symbol, 100, 100.02, t, q + 3)];
}

function drop(symbol: string, t: number, q: number): string[] {
  return [quote(symbol, 97, 97.02, t, q), quote(symbol, 96.99, 97.01, t, q + 1)];
}
