/** Sessions over a websocket: binary frames only, bounded both ways, with a heartbeat that finds dead peers. */
import type { WebSocket } from 'ws';
import type { ByteChannel } from '../gateway/byte-channel.ts';

/** A peer that answered no ping for a whole period is gone. */
export const PING_EVERY_MS = 10_000;
/** More unsent bytes than this and the socket is cut: the session stops sending far below it. */
export const UNSENT_BYTES_MAX = 32 * 1024 * 1024;
/** How long a polite close may take before the socket is destroyed. */
const CLOSE_WITHIN_MS = 1_000;

export function websocketChannel(socket: WebSocket): ByteChannel {
  let isAlive = true;
  const pings = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_EVERY_MS);
  socket.on('pong', () => {
    isAlive = true;
  });
  // Any sign of life counts: a window busy drawing may answer pings late.
  socket.on('message', () => {
    isAlive = true;
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => clearInterval(pings));
  return {
    send: (bytes) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > UNSENT_BYTES_MAX) return socket.terminate();
      socket.send(bytes);
    },
    onMessage: (listener) => {
      socket.on('message', (data, isBinary) => {
        // A text message is not ours: the session counts it as a bad one.
        listener(isBinary && data instanceof Uint8Array ? data : undefined);
      });
    },
    onClose: (listener) => {
      if (socket.readyState === socket.CLOSED) listener();
      else socket.on('close', listener);
    },
    close: (code, reason) => {
      socket.close(code, reason.slice(0, 100));
      setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS).unref();
    },
    bufferedBytes: () => socket.bufferedAmount,
  };
}
