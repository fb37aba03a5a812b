/**
 * The sending process of the socket bench: speaks the vendor's handshake, then sends at the rate it is told over the
 * process channel, and says how much it sent.
 */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { FramePool } from './frame-pool.ts';

export type ToSender =
  | { readonly kind: 'send'; readonly rate: number; readonly seconds: number }
  | { readonly kind: 'end' };
export type FromSender =
  | { readonly kind: 'listening'; readonly port: number }
  | {
      readonly kind: 'sent';
      readonly events: number;
      readonly frames: number;
      readonly bytes: number;
      readonly seconds: number;
    };

/** Beyond this the receiver is too slow, and the sender waits; time lost that way is not made up. */
const BUFFERED_MAX = 32 * 1024 * 1024;

export async function runSender(seed: number): Promise<void> {
  const say = (message: FromSender): void => void process.send?.(message);
  const pool = new FramePool(200_000, seed);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  let client: WebSocket | null = null;
  server.on('connection', (socket) => {
    client = socket;
    const status = (name: string, message: string): void =>
      socket.send(JSON.stringify([{ ev: 'status', status: name, message }]));
    socket.on('message', (data: Buffer) => {
      const { action, params } = JSON.parse(data.toString('utf8')) as { action: string; params: string };
      if (action === 'auth') status('auth_success', 'authenticated');
      else for (const pair of params.split(',')) status('success', `subscribed to: ${pair}`);
    });
    status('connected', 'Connected Successfully');
  });
  server.on('listening', () => say({ kind: 'listening', port: (server.address() as AddressInfo).port }));
  process.on('message', (message: ToSender) => {
    if (message.kind === 'end') process.exit(0);
    else void send(client as WebSocket, pool, message.rate, message.seconds).then(say);
  });
  process.on('disconnect', () => process.exit(0));
  await new Promise(() => {});
}

async function send(socket: WebSocket, pool: FramePool, rate: number, seconds: number): Promise<FromSender> {
  let events = 0;
  let frames = 0;
  let bytes = 0;
  const startedMs = performance.now();
  let elapsedMs = 0;
  while (elapsedMs < seconds * 1000) {
    const due = (rate * elapsedMs) / 1000;
    const nowMs = Date.now();
    // One turn sends a few milliseconds' worth at most, so that the socket is written to often.
    for (let n = 0; events < due && n < 2000 && socket.bufferedAmount < BUFFERED_MAX; n++) {
      const frame = pool.next(nowMs);
      socket.send(Buffer.from(frame.bytes), { binary: false });
      events += frame.events;
      frames++;
      bytes += frame.bytes.length;
    }
    await sleep(events < due ? 0 : 1);
    elapsedMs = performance.now() - startedMs;
  }
  return { kind: 'sent', events, frames, bytes, seconds: elapsedMs / 1000 };
}
