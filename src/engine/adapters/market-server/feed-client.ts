/**
 * One client of the market server, from greeting to death: authentication, subscriptions, acknowledgements, and a bounded
 * buffer. A client that reads too slowly first gets its data late and is then cut off without a word, as the vendor does.
 */
import type { WebSocket } from 'ws';
import type { Rng } from '../../lib/rng.ts';
import type { FaultPlan } from './fault-plan.ts';
import { Subscriptions } from './subscriptions.ts';

export interface ClientRules {
  readonly faults: FaultPlan;
  readonly rng: Rng;
  /** Null accepts every key. */
  readonly key: string | null;
  readonly bufferBytesMax: number;
  readonly authTimeoutMs: number;
  /** Called once the key was accepted; false when the server has no room for this client. */
  readonly onAuthenticated: (client: FeedClient) => boolean;
  readonly onSubscribed: () => void;
  readonly onClosed: (client: FeedClient) => void;
}

type Status = 'connected' | 'auth_success' | 'auth_failed' | 'auth_timeout' | 'success' | 'error' | 'max_connections';

interface StatusEvent {
  readonly ev: 'status';
  readonly status: Status;
  readonly message: string;
}

/** Statuses of one subscribe message share frames of this many. */
const ACKS_A_FRAME = 100;

export class FeedClient {
  readonly subscriptions = new Subscriptions();
  readonly #socket: WebSocket;
  readonly #rules: ClientRules;
  readonly #authTimer: NodeJS.Timeout;
  #isAuthenticated = false;
  #isHalfOpen = false;
  #isClosed = false;
  #isRefused = false;
  #stalledUntilMs = 0;
  #stallTimer: NodeJS.Timeout | null = null;
  readonly #held: Uint8Array[] = [];
  #heldBytes = 0;
  #reordered: Uint8Array | null = null;
  sentFrames = 0;

  constructor(socket: WebSocket, rules: ClientRules) {
    this.#socket = socket;
    this.#rules = rules;
    this.#authTimer = setTimeout(() => {
      this.#status([status('auth_timeout', 'No authentication message received in time')]);
      this.#drop();
    }, rules.authTimeoutMs);
    socket.on('message', (data: Buffer) => this.#onMessage(data.toString('utf8')));
    socket.on('error', () => undefined);
    socket.once('close', () => this.#onClose());
    this.#status([status('connected', 'Connected Successfully')]);
  }

  get isLive(): boolean {
    return this.#isAuthenticated && !this.#isClosed && !this.#isRefused;
  }

  get unreadBytes(): number {
    return this.#isHalfOpen ? 0 : this.#socket.bufferedAmount + this.#heldBytes;
  }

  /** Whether any of the channels in `mask` is held, whole or for a ticker. */
  wants(mask: number): boolean {
    if ((this.subscriptions.wildcards & mask) !== 0) return true;
    for (const held of this.subscriptions.tickers.values()) if ((held & mask) !== 0) return true;
    return false;
  }

  /** Sends a frame of market data, which must not be changed afterwards. */
  data(frame: Uint8Array): void {
    if (!this.isLive || this.#isHalfOpen) return;
    const { faults, rng } = this.#rules;
    const hasDamage = faults.garbage + faults.truncate + faults.duplicate + faults.reorder > 0;
    if (!hasDamage) {
      this.#queue(frame);
      return;
    }
    let bytes = frame;
    if (rng.next() < faults.garbage) bytes = garble(bytes, rng);
    if (rng.next() < faults.truncate) bytes = bytes.slice(0, 1 + rng.below(bytes.length - 1));
    if (this.#reordered === null && rng.next() < faults.reorder) {
      this.#reordered = bytes;
      return;
    }
    this.#queue(bytes);
    if (rng.next() < faults.duplicate) this.#queue(bytes);
    if (this.#reordered !== null) {
      const late = this.#reordered;
      this.#reordered = null;
      this.#queue(late);
    }
  }

  /** Cuts the connection without a close frame. */
  drop(): void {
    this.#close();
    this.#socket.terminate();
  }

  /** Stays connected and never says or hears anything again. */
  goSilent(): void {
    this.#isHalfOpen = true;
    this.#socket.pause();
  }

  /** Holds data back for a while; it arrives late. */
  stall(forMs: number): void {
    this.#stalledUntilMs = performance.now() + forMs;
    this.#stallTimer = setTimeout(() => this.#endStall(), forMs);
  }

  /** Another connection took its place, or there was no place to begin with. */
  refuse(): void {
    this.#isRefused = true;
    this.#status([status('max_connections', 'Maximum number of websocket connections exceeded.')]);
    this.#socket.close(1008, 'max_connections');
  }

  /** Ends politely: the server is going down. */
  close(): void {
    this.#close();
    this.#socket.close(1001);
    setTimeout(() => this.#socket.terminate(), 200).unref();
  }

  #queue(bytes: Uint8Array): void {
    const waiting = this.#socket.bufferedAmount + this.#heldBytes;
    if (waiting + bytes.length > (this.#rules.faults.slowKillBytes ?? this.#rules.bufferBytesMax)) {
      this.drop();
      return;
    }
    if (this.#stalledUntilMs !== 0) {
      this.#held.push(bytes);
      this.#heldBytes += bytes.length;
      return;
    }
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    this.sentFrames++;
    this.#socket.send(bytes, { binary: false, compress: false });
  }

  #endStall(): void {
    this.#stalledUntilMs = 0;
    this.#stallTimer = null;
    for (const bytes of this.#held.splice(0)) this.#write(bytes);
    this.#heldBytes = 0;
  }

  #status(events: readonly StatusEvent[]): void {
    if (this.#isHalfOpen || this.#isClosed) return;
    this.#socket.send(JSON.stringify(events));
  }

  #onMessage(text: string): void {
    if (this.#isHalfOpen || this.#isClosed) return;
    const message = parseMessage(text);
    if (message === null) {
      this.#status([status('error', 'invalid message')]);
      return;
    }
    if (message.action === 'auth') this.#authenticate(message.params);
    else if (!this.#isAuthenticated) this.#status([status('error', 'not authenticated')]);
    else if (message.action === 'subscribe' || message.action === 'unsubscribe')
      this.#change(message.action, message.params);
    else this.#status([status('error', `unknown action: ${message.action}`)]);
  }

  #authenticate(key: string): void {
    if (this.#isAuthenticated) return;
    clearTimeout(this.#authTimer);
    if (this.#rules.faults.authFail || (this.#rules.key !== null && key !== this.#rules.key)) {
      this.#status([status('auth_failed', 'authentication failed')]);
      this.#drop();
      return;
    }
    this.#isAuthenticated = true;
    this.#status([status('auth_success', 'authenticated')]);
    if (!this.#rules.onAuthenticated(this)) this.#isRefused = true;
  }

  #change(action: 'subscribe' | 'unsubscribe', params: string): void {
    const answers: StatusEvent[] = [];
    for (const pair of params.split(',').map((piece) => piece.trim())) {
      const isMuted = this.#rules.faults.missingAck.includes(pair.split('.')[0] ?? '');
      if (isMuted && action === 'subscribe') continue;
      const result = action === 'subscribe' ? this.subscriptions.add(pair) : this.subscriptions.remove(pair);
      if (result === 'added')
        answers.push(status('success', `${action === 'subscribe' ? 'subscribed' : 'unsubscribed'} to: ${pair}`));
      else if (result === 'not-authorized') answers.push(status('error', `not authorized: ${pair}`));
      else if (result === 'malformed') answers.push(status('error', `invalid subscription: ${pair}`));
    }
    for (let at = 0; at < answers.length; at += ACKS_A_FRAME) this.#status(answers.slice(at, at + ACKS_A_FRAME));
    if (action === 'subscribe') this.#rules.onSubscribed();
    // The newcomer over the limit is told after its first subscription went through (seen at the vendor).
    if (this.#isRefused) this.refuse();
  }

  /** After the last status has left: no close frame. */
  #drop(): void {
    this.#close();
    setTimeout(() => this.#socket.terminate(), 20).unref();
  }

  #close(): void {
    this.#isClosed = true;
    clearTimeout(this.#authTimer);
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer);
    this.#held.length = 0;
    this.#heldBytes = 0;
  }

  #onClose(): void {
    this.#close();
    this.#rules.onClosed(this);
  }
}

function status(name: Status, message: string): StatusEvent {
  return { ev: 'status', status: name, message };
}

function parseMessage(text: string): { readonly action: string; readonly params: string } | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { action, params } = value as { action?: unknown; params?: unknown };
    return typeof action === 'string' && (typeof params === 'string' || params === undefined)
      ? { action, params: params ?? '' }
      : null;
  } catch {
    return null;
  }
}

/** Overwrites a few bytes with anything. */
function garble(frame: Uint8Array, rng: Rng): Uint8Array {
  const bytes = frame.slice();
  for (let k = 1 + rng.below(4); k > 0; k--) bytes[rng.below(bytes.length)] = 32 + rng.below(95);
  return bytes;
}
