/**
 * Adapts comlink to frames: its messages travel as JSON. Comlink itself waits for ever when an answer never comes, so the
 * calls under way are known here and are answered with an error when the line goes.
 */
import type { Endpoint } from 'comlink';
import { FrameType, jsonFrame, type PlainError } from '#protocol';
import { textCodec } from './text-codec.ts';

/** More calls than this under way means the engine does not answer; further ones fail at once. */
const CALLS_MAX = 256;

export interface RpcEndpoint {
  readonly endpoint: Endpoint;
  /** An rpc frame's parsed body. */
  receive(message: unknown): void;
  /** The line is gone: every call under way fails with this. */
  fail(error: PlainError): void;
  readonly pending: number;
}

type MessageListener = (event: MessageEvent) => void;

export function createRpcEndpoint(send: (frame: Uint8Array) => boolean): RpcEndpoint {
  const listeners = new Set<MessageListener>();
  const calls = new Set<string>();
  const deliver = (data: unknown): void => {
    const event = { data } as MessageEvent;
    for (const listener of listeners) listener(event);
  };
  const refuse = (id: string, error: PlainError): void => {
    calls.delete(id);
    deliver({ id, type: 'HANDLER', name: 'throw', value: { isError: false, value: error } });
  };
  const endpoint: Endpoint = {
    postMessage: (message: { readonly id?: string }) => {
      const id = message.id ?? '';
      const isRoom = calls.size < CALLS_MAX;
      calls.add(id);
      if (isRoom && send(jsonFrame(FrameType.rpc, message, textCodec))) return;
      const error: PlainError = isRoom
        ? { code: 'engine-stopped', message: 'The engine is not connected; nothing was sent.' }
        : { code: 'busy', message: 'The engine does not answer; nothing was sent.' };
      // Comlink registers its listener before posting, but a synchronous answer would still surprise a caller.
      queueMicrotask(() => refuse(id, error));
    },
    addEventListener: (_type, listener) => void listeners.add(listener as unknown as MessageListener),
    removeEventListener: (_type, listener) => void listeners.delete(listener as unknown as MessageListener),
  };
  return {
    endpoint,
    receive: (message) => {
      const id = (message as { readonly id?: unknown } | null)?.id;
      if (typeof id !== 'string' || !calls.delete(id)) return;
      deliver(message);
    },
    fail: (error) => {
      for (const id of [...calls]) refuse(id, error);
    },
    get pending() {
      return calls.size;
    },
  };
}
