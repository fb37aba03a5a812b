/** A client in the shape of the vendor's own: connect, wait for the greeting, auth, subscribe, collect. For tests. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

export type WireEvent = Readonly<Record<string, unknown>>;

export interface StatusMessage {
  readonly status: string;
  readonly message: string;
}

export class TestClient {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  readonly events: WireEvent[] = [];
  readonly statuses: StatusMessage[] = [];
  malformed = 0;
  closeCode: number | null = null;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on('error', () => undefined);
    this.socket.on('close', (code) => (this.closeCode = code));
    this.socket.on('message', (data: Buffer) => this.#take(data.toString('utf8')));
  }

  /** Connected, greeted and, unless `key` is null, authenticated (or refused). */
  static async open(url: string, key: string | null = 'any', params: string | null = null): Promise<TestClient> {
    const client = new TestClient(url);
    await client.status('connected');
    if (key === null) return client;
    client.send('auth', key);
    await client.until(
      () => client.statuses.some((message) => message.status.startsWith('auth_')) || client.closeCode !== null,
    );
    if (params === null) return client;
    client.send('subscribe', params);
    await client.until(() => client.statuses.length > 2);
    return client;
  }

  send(action: string, params: string): void {
    this.socket.send(JSON.stringify({ action, params }));
  }

  status(name: string): Promise<void> {
    return this.until(() => this.statuses.some((message) => message.status === name));
  }

  /** Waits for something that must happen; the test's own timeout is the limit. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  closed(): Promise<void> {
    return this.until(() => this.closeCode !== null);
  }

  async close(): Promise<void> {
    if (this.closeCode !== null) return;
    const closed = once(this.socket, 'close');
    this.socket.terminate();
    await closed;
  }

  #take(text: string): void {
    this.frames.push(text);
    let events: unknown;
    try {
      events = JSON.parse(text);
    } catch {
      this.malformed++;
      return;
    }
    for (const event of events as WireEvent[]) {
      if (event['ev'] === 'status')
        this.statuses.push({ status: String(event['status']), message: String(event['message']) });
      else this.events.push(event);
    }
  }
}
