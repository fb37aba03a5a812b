/**
 * The socket side of the vendor's feed: opens, reads, stamps and hands on; everything it decides, the pure FeedSession
 * decided. Market frames are not parsed here. The key is used for one message and never appears in a notice.
 */
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import { FrameDecoder } from '../../feeds/frame-decoder.ts';
import type { SessionAction, SessionConfig, SessionInput } from '../../feeds/feed-session.ts';
import { FeedSession } from '../../feeds/feed-session.ts';
import { assertNever } from '../../lib/assert.ts';
import type { Rng } from '../../lib/rng.ts';
import { ConditionSets } from '../../model/conditions.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import { SymbolTable } from '../../model/symbols.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import { redact } from './redact.ts';
import type { SocketClock } from './socket-clock.ts';

/** A frame larger than this ends the connection (1009); the vendor's are a few kilobytes. */
export const PAYLOAD_BYTES_MAX = 8 * 1024 * 1024;
const TICK_MS = 50;
/** A status inside a larger frame is looked for in its first bytes only, once the connection is live. */
const STATUS_SEARCH_BYTES = 2048;

export interface ClientOptions {
  /** wss://socket.massive.com/stocks or any server speaking the protocol. */
  readonly url: string;
  readonly key: string;
  readonly session: SessionConfig;
  readonly rng: Rng;
  readonly clock: SocketClock;
  /** Whether the market should be sending at this time. */
  readonly isExpectingData: (nowUs: number) => boolean;
  /** Until when an earlier run had data; the first gap begins there. */
  readonly resumedUs?: number;
  /** Market bytes as they came, with their receive time. The bytes are valid during the call only. */
  readonly onFrame: (bytes: Uint8Array, receivedUs: number) => void;
  readonly onNotice: (notice: FeedNotice) => void;
}

export class MassiveClient {
  readonly session: FeedSession;
  readonly #options: ClientOptions;
  readonly #statuses = new FrameDecoder(new SymbolTable(64), new ConditionSets());
  readonly #scratch = createEventBatch(256);
  #socket: WebSocket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #error = '';

  constructor(options: ClientOptions) {
    this.#options = options;
    this.session = new FeedSession(options.session, options.rng, options.resumedUs);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    this.#input({ kind: 'start' });
  }

  /** Closes the connection for good. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#input({ kind: 'stop' });
  }

  reconnect(): void {
    this.#input({ kind: 'reconnect' });
  }

  #tick(): void {
    const { clock, isExpectingData } = this.#options;
    if (clock.hasJumped()) this.#input({ kind: 'suspended' });
    this.#input({ kind: 'tick', isDataExpected: isExpectingData(clock.nowUs()) });
  }

  #input(input: SessionInput): void {
    this.#run(this.session.handle(input, this.#options.clock.nowUs()));
  }

  #run(actions: readonly SessionAction[]): void {
    for (const action of actions) this.#act(action);
  }

  #act(action: SessionAction): void {
    switch (action.kind) {
      case 'open':
        this.#open();
        return;
      case 'close':
        this.#close();
        return;
      case 'auth':
        this.#send({ action: 'auth', params: this.#options.key });
        return;
      case 'subscribe':
        this.#send({ action: 'subscribe', params: action.channels.join(',') });
        return;
      case 'ping':
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.ping();
        return;
      case 'notice':
        this.#options.onNotice(this.#redacted(action.notice));
        return;
      default:
        assertNever(action);
    }
  }

  #redacted(notice: FeedNotice): FeedNotice {
    const { key } = this.#options;
    if (notice.kind === 'state') return { ...notice, detail: redact(notice.detail, key) };
    if (notice.kind === 'status')
      return { ...notice, status: redact(notice.status, key), message: redact(notice.message, key) };
    return notice;
  }

  #open(): void {
    this.#error = '';
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#options.url, {
        perMessageDeflate: false,
        skipUTF8Validation: true,
        maxPayload: PAYLOAD_BYTES_MAX,
        handshakeTimeout: Math.max(1, Math.floor(this.#options.session.greetingTimeoutUs / 1000)),
      });
    } catch (error) {
      // A URL that is none. Reported like a connection that failed, after this action's own turn.
      const detail = error instanceof Error ? error.message : String(error);
      queueMicrotask(() => this.#input({ kind: 'closed', code: 1006, detail }));
      return;
    }
    this.#socket = socket;
    // Events of a socket that was dropped mean nothing any more.
    const isCurrent = (): boolean => this.#socket === socket;
    socket.on('open', () => isCurrent() && this.#input({ kind: 'opened' }));
    socket.on('message', (data) => isCurrent() && this.#message(data));
    socket.on('pong', () => isCurrent() && this.#input({ kind: 'pong' }));
    socket.on('error', (error) => {
      if (isCurrent()) this.#error = error.message;
    });
    socket.on('close', (code, reason) => {
      if (!isCurrent()) return;
      this.#socket = null;
      const detail = reason.length > 0 ? reason.toString('utf8').slice(0, 200) : this.#error;
      this.#input({ kind: 'closed', code, detail });
    });
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    if (socket.readyState === WebSocket.OPEN) socket.close(1000);
    // A half-open peer never answers the close; nothing more is wanted from it.
    socket.terminate();
  }

  #send(message: { readonly action: string; readonly params: string }): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #message(data: RawData): void {
    const receivedUs = this.#options.clock.nowUs();
    const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
    if (this.#mayHoldStatus(bytes) && !this.#readStatuses(bytes)) return;
    // The gap ends before the frame that ends it: what is in the frame was not missed.
    const actions = this.session.data(receivedUs);
    if (actions.length > 0) this.#run(actions);
    this.#options.onFrame(bytes, receivedUs);
  }

  #mayHoldStatus(bytes: Buffer): boolean {
    const isSearchedWhole = this.session.state !== 'live' || bytes.length <= STATUS_SEARCH_BYTES;
    return (isSearchedWhole ? bytes : bytes.subarray(0, STATUS_SEARCH_BYTES)).includes('status');
  }

  /** Feeds the statuses of a frame to the session. False when the frame held no market data beside them. */
  #readStatuses(bytes: Buffer): boolean {
    const decoder = this.#statuses;
    let events = 0;
    decoder.start(bytes, 0, bytes.length);
    for (let more = true; more;) {
      this.#scratch.length = 0;
      more = decoder.fill(this.#scratch);
      events += this.#scratch.length;
    }
    const { tableFull } = decoder.counters;
    const statuses = decoder.takeStatuses();
    for (const { status, message } of statuses) this.#input({ kind: 'status', status, message });
    return events > 0 || tableFull > 0 || statuses.length === 0;
  }
}
