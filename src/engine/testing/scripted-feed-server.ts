/**
 * A websocket server that does what a test tells it, speaking the vendor's handshake unless told otherwise. Not a market:
 * it sends what it is handed.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

export interface ScriptedConnection {
  readonly socket: WebSocket;
  /** Messages of the client, parsed. */
  readonly received: { readonly action: string; readonly params: string }[];
  send(text: string): void;
}

export interface ScriptedFeedServer {
  readonly url: string;
  readonly connections: readonly ScriptedConnection[];
  close(): Promise<void>;
}

export interface Script {
  /** Answers one message of the client. Defaults to the vendor's answers. */
  readonly answer?: (
    connection: ScriptedConnection,
    message: { readonly action: string; readonly params: string },
    number: number,
  ) => void;
  /** Greets; false for a server that says nothing. */
  readonly greets?: boolean;
  /** Answers pings; false for a half-open peer. */
  readonly pongs?: boolean;
}

export function status(name: string, message: string): string {
  return JSON.stringify([{ ev: 'status', status: name, message }]);
}

/** The vendor's answers: any key is good, every pair is acknowledged, all in one frame. */
export function answerAsVendor(
  connection: ScriptedConnection,
  message: { readonly action: string; readonly params: string },
): void {
  if (message.action === 'auth') connection.send(status('auth_success', 'authenticated'));
  if (message.action !== 'subscribe') return;
  const acks = message.params
    .split(',')
    .map((pair) => ({ ev: 'status', status: 'success', message: `subscribed to: ${pair}` }));
  connection.send(JSON.stringify(acks));
}

export async function startScriptedFeedServer(script: Script = {}): Promise<ScriptedFeedServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: script.pongs ?? true });
  await once(server, 'listening');
  const connections: ScriptedConnection[] = [];
  server.on('connection', (socket) => {
    const connection: ScriptedConnection = { socket, received: [], send: (text) => socket.send(text) };
    const number = connections.push(connection);
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as { action: string; params: string };
      connection.received.push(message);
      (script.answer ?? answerAsVendor)(connection, message, number);
    });
    if (script.greets ?? true) connection.send(status('connected', 'Connected Successfully'));
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/stocks`,
    connections,
    close: async () => {
      for (const { socket } of connections) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
