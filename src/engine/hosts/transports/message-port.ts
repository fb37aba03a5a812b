/**
 * Sessions over message ports: Electron's MessagePortMain inside the utility process, and Node's own ports between worker
 * threads. The package `electron` is not imported: the few lines needed of its ports are stated here.
 */
import type { ByteChannel } from '../gateway/byte-channel.ts';

/** Electron's MessagePortMain, as far as it is used. */
export interface ElectronPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** A port of node:worker_threads, as far as it is used. */
export interface NodePort {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

export function electronPortChannel(port: ElectronPort): ByteChannel {
  return portChannel(port, (listener) => port.on('message', (event) => listener(event.data)));
}

function portChannel(
  port: ElectronPort | NodePort,
  listen: (listener: (message: unknown) => void) => void,
): ByteChannel {
  let isClosed = false;
  let onClose: () => void = () => undefined;
  const closed = (): void => {
    if (isClosed) return;
    isClosed = true;
    onClose();
  };
  port.on('close', closed);
  return {
    send: (bytes) => {
      // By value: Electron's ports take no transfer list of buffers.
      if (!isClosed) port.postMessage(bytes);
    },
    onMessage: (listener) => {
      listen(listener);
      port.start();
    },
    onClose: (listener) => {
      onClose = listener;
      if (isClosed) listener();
    },
    close: () => {
      if (isClosed) return;
      closed();
      port.close();
    },
    // A port cannot say what it holds; credit alone bounds it.
    bufferedBytes: () => 0,
  };
}
