/**
 * Cuts what a frame writer holds into websocket frames for each client. Clients that hold whole channels share their frames;
 * a client with single tickers gets its own, copied from the same bytes. Nothing is serialised twice.
 */

import type { FrameWriter } from '../../sim/market/frame-writer.ts';
import type { Subscriptions } from './subscriptions.ts';

const FRAME_EVENTS_MAX = 500;
const FRAME_BYTES_MAX = 60 * 1024;

export interface FrameTaker {
  readonly isLive: boolean;
  readonly subscriptions: Subscriptions;
  data(frame: Uint8Array): void;
}

export function cutFrames(writer: FrameWriter, names: readonly string[], clients: Iterable<FrameTaker>): void {
  const shared = new Map<number, readonly Uint8Array[]>();
  let present = 0;
  for (let i = 0; i < writer.count; i++) present |= writer.channels[i] as number;
  for (const client of clients) {
    if (!client.isLive) continue;
    const tickers = client.subscriptions.bySymbol(names);
    const mask = client.subscriptions.wildcards & present;
    let frames: readonly Uint8Array[] | undefined;
    if (tickers === null) {
      if (mask === 0) continue;
      frames = shared.get(mask);
      if (frames === undefined) {
        frames = mask === present ? whole(writer) : selected(writer, mask, null);
        shared.set(mask, frames);
      }
    } else frames = selected(writer, mask, tickers);
    for (const frame of frames) client.data(frame);
  }
}

function whole(writer: FrameWriter): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let first = 0; first < writer.count;) {
    const last = writer.cut(first, FRAME_EVENTS_MAX, FRAME_BYTES_MAX);
    const start = (writer.starts[first] as number) - 1;
    const end = writer.starts[last] as number;
    // A copy of our own: the writer's bytes are used again while the socket still sends.
    const frame = Buffer.from(writer.bytes.subarray(start, end));
    frame[0] = 91;
    frame[frame.length - 1] = 93;
    frames.push(frame);
    first = last;
  }
  return frames;
}

/** Frames of the events whose channel is in `mask`, or in the mask that `tickers` has for their symbol. */
function selected(writer: FrameWriter, mask: number, tickers: Uint8Array | null): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let frame = Buffer.allocUnsafe(FRAME_BYTES_MAX + 8192);
  let length = 1;
  let events = 0;
  const finish = (): void => {
    if (events === 0) return;
    frame[0] = 91;
    frame[length - 1] = 93;
    frames.push(frame.subarray(0, length));
    frame = Buffer.allocUnsafe(FRAME_BYTES_MAX + 8192);
    length = 1;
    events = 0;
  };
  for (let i = 0; i < writer.count; i++) {
    const channel = writer.channels[i] as number;
    const held = tickers === null ? mask : mask | (tickers[writer.symbols[i] as number] ?? 0);
    if ((held & channel) === 0) continue;
    const start = writer.starts[i] as number;
    const end = writer.starts[i + 1] as number;
    if (length + end - start > frame.length || events >= FRAME_EVENTS_MAX) finish();
    if (end - start + 1 > frame.length) frame = Buffer.allocUnsafe(end - start + 1);
    frame.set(writer.bytes.subarray(start, end), length);
    length += end - start;
    events++;
  }
  finish();
  return frames;
}
