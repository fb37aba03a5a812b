/**
 * The feed connection as a pure state machine: what happened goes in with its time, what to do comes out. It knows the
 * vendor's handshake, every status by name, when to come back and when never to, and keeps the account of gaps. The
 * socket, the clock and the ring are the adapter's. docs/specs/feed.md numbers the rules.
 */
import type { Rng } from '../lib/rng.ts';
import type { EpochUs } from '../model/units.ts';
import type { FeedNotice, FeedState, GapReason } from '../ports/feed.ts';
import { GapBook } from './gap-book.ts';

export interface SessionConfig {
  /** Pairs to subscribe, e.g. T.*, Q.*, LULD.*; each wants its own acknowledgement. */
  readonly channels: readonly string[];
  readonly greetingTimeoutUs: number;
  readonly authTimeoutUs: number;
  readonly ackTimeoutUs: number;
  readonly backoffMinUs: number;
  readonly backoffMaxUs: number;
  /** A connection must live this long before the back-off starts from its minimum again. */
  readonly survivalUs: number;
  readonly maxConnectionsWaitUs: number;
  readonly pingEveryUs: number;
  readonly pongTimeoutUs: number;
  /** No data for this long while data is expected means the connection is dead. */
  readonly silenceUs: number;
}

export const DEFAULT_SESSION: SessionConfig = {
  channels: ['T.*', 'Q.*', 'LULD.*'],
  greetingTimeoutUs: 10_000_000,
  authTimeoutUs: 10_000_000,
  ackTimeoutUs: 5_000_000,
  backoffMinUs: 500_000,
  backoffMaxUs: 30_000_000,
  survivalUs: 10_000_000,
  maxConnectionsWaitUs: 60_000_000,
  pingEveryUs: 10_000_000,
  pongTimeoutUs: 20_000_000,
  silenceUs: 15_000_000,
};

export type SessionInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }
  /** The user asks for a fresh connection; also the way out of `failed`. */
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'status'; readonly status: string; readonly message: string }
  | { readonly kind: 'pong' }
  | { readonly kind: 'closed'; readonly code: number; readonly detail: string }
  /** The machine slept: whatever the socket says, it is dead. */
  | { readonly kind: 'suspended' }
  | { readonly kind: 'tick'; readonly isDataExpected: boolean };

export type SessionAction =
  | { readonly kind: 'open' }
  /** Drop the connection at once; a `closed` input for it is ignored. */
  | { readonly kind: 'close' }
  | { readonly kind: 'auth' }
  | { readonly kind: 'subscribe'; readonly channels: readonly string[] }
  | { readonly kind: 'ping' }
  | { readonly kind: 'notice'; readonly notice: FeedNotice };

const NOTHING: readonly SessionAction[] = [];

export class FeedSession {
  readonly #config: SessionConfig;
  readonly #rng: Rng;
  readonly #resumedUs: EpochUs;
  readonly #gaps = new GapBook();
  #state: FeedState = 'idle';
  #isOpen = false;
  #wasGreeted = false;
  #isAuthenticated = false;
  #isSettled = false;
  #missing = new Set<string>();
  #attempts = 0;
  #authenticatedUs = 0;
  /** When the current wait ends: a handshake step, or the pause before the next connection. */
  #deadlineUs = Infinity;
  #lastDataUs = 0;
  #lastReceivedUs = 0;
  #pingSentUs = 0;
  #isPingOpen = false;
  #liveUs = 0;
  #hasData = false;
  #actions: SessionAction[] = [];

  /** `resumedUs`: until when data had come before this program started; its first gap reaches back to there. */
  constructor(config: SessionConfig, rng: Rng, resumedUs: EpochUs = Infinity) {
    this.#config = config;
    this.#rng = rng;
    this.#resumedUs = resumedUs;
  }

  get state(): FeedState {
    return this.#state;
  }

  /** Ids of further gaps, e.g. overflow, come from the same account. */
  get gaps(): GapBook {
    return this.#gaps;
  }

  /** Market data arrived. Cheap; actions only when a gap ends. */
  data(nowUs: EpochUs): readonly SessionAction[] {
    this.#lastDataUs = nowUs;
    this.#lastReceivedUs = nowUs;
    this.#hasData = true;
    if (!this.#gaps.isOpen || !this.#isOpen) return NOTHING;
    this.#notice(this.#gaps.close(nowUs));
    return this.#take();
  }

  handle(input: SessionInput, nowUs: EpochUs): readonly SessionAction[] {
    switch (input.kind) {
      case 'start':
        if (this.#state === 'idle') this.#connect(nowUs, 'connecting');
        break;
      case 'stop':
        this.#drop();
        this.#openGap(nowUs, 'disconnect');
        this.#enter('stopped', nowUs, 'stopped');
        break;
      case 'reconnect':
        if (this.#state === 'stopped') break;
        this.#attempts = 0;
        this.#drop();
        this.#connect(nowUs, 'asked to reconnect');
        break;
      case 'opened':
        this.#lastReceivedUs = nowUs;
        break;
      case 'status':
        if (this.#isOpen) this.#status(input.status, input.message, nowUs);
        break;
      case 'pong':
        this.#isPingOpen = false;
        this.#lastReceivedUs = nowUs;
        break;
      case 'closed':
        if (this.#isOpen)
          this.#lost(
            nowUs,
            'disconnect',
            `connection closed (${input.code})${input.detail === '' ? '' : `: ${input.detail}`}`,
          );
        break;
      case 'suspended':
        this.#suspended(nowUs);
        break;
      case 'tick':
        this.#tick(input.isDataExpected, nowUs);
        break;
    }
    return this.#take();
  }

  #take(): readonly SessionAction[] {
    if (this.#actions.length === 0) return NOTHING;
    const taken = this.#actions;
    this.#actions = [];
    return taken;
  }

  #notice(notice: FeedNotice): void {
    this.#actions.push({ kind: 'notice', notice });
  }

  #enter(state: FeedState, atUs: EpochUs, detail: string): void {
    this.#state = state;
    if (state === 'failed' || state === 'stopped') this.#deadlineUs = Infinity;
    this.#notice({ kind: 'state', state, atUs, detail });
  }

  #openGap(nowUs: EpochUs, reason: GapReason): void {
    if (this.#gaps.isOpen) return;
    this.#notice(this.#gaps.open(this.#hasData ? this.#lastDataUs : Math.min(nowUs, this.#resumedUs), reason));
  }

  #connect(nowUs: EpochUs, detail: string): void {
    this.#openGap(nowUs, this.#hasData ? 'disconnect' : 'connect');
    this.#isOpen = true;
    this.#wasGreeted = false;
    this.#isAuthenticated = false;
    this.#isSettled = false;
    this.#isPingOpen = false;
    this.#missing = new Set(this.#config.channels);
    this.#pingSentUs = nowUs;
    this.#lastReceivedUs = nowUs;
    this.#deadlineUs = nowUs + this.#config.greetingTimeoutUs;
    this.#enter('connecting', nowUs, detail);
    this.#actions.push({ kind: 'open' });
  }

  #drop(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#actions.push({ kind: 'close' });
  }

  /** The connection is gone or must go; waits, then tries again. */
  #lost(nowUs: EpochUs, reason: GapReason, detail: string, waitUs?: number): void {
    const survived = this.#isAuthenticated && nowUs - this.#authenticatedUs >= this.#config.survivalUs;
    this.#drop();
    this.#openGap(nowUs, reason);
    if (survived) this.#attempts = 0;
    const delayUs = waitUs ?? this.#backoffUs();
    this.#attempts++;
    this.#deadlineUs = nowUs + delayUs;
    this.#enter('waiting', nowUs, `${detail}; trying again in ${(delayUs / 1e6).toFixed(1)} s`);
  }

  /** Doubles with every attempt up to the cap; the last half is chance, so that many clients do not come back at once. */
  #backoffUs(): number {
    const { backoffMinUs, backoffMaxUs } = this.#config;
    const ceiling = Math.min(backoffMaxUs, backoffMinUs * 2 ** Math.min(this.#attempts, 30));
    return Math.round(ceiling * (0.5 + this.#rng.next() / 2));
  }

  #status(status: string, message: string, nowUs: EpochUs): void {
    this.#lastReceivedUs = nowUs;
    this.#notice({ kind: 'status', status, message, atUs: nowUs });
    switch (status) {
      case 'connected':
        if (this.#wasGreeted) return;
        this.#wasGreeted = true;
        this.#deadlineUs = nowUs + this.#config.authTimeoutUs;
        this.#enter('authenticating', nowUs, message);
        this.#actions.push({ kind: 'auth' });
        return;
      case 'auth_success':
        this.#authSuccess(nowUs);
        return;
      case 'auth_failed':
        this.#drop();
        this.#openGap(nowUs, 'disconnect');
        this.#enter(
          'failed',
          nowUs,
          `the vendor refused the key (${message}); check the key and that the plan has websocket access`,
        );
        return;
      case 'auth_timeout':
        this.#lost(nowUs, 'disconnect', 'the vendor gave up waiting for the key');
        return;
      case 'max_connections':
        this.#lost(
          nowUs,
          'max-connections',
          'another program uses this key: the vendor allows one connection per key',
          this.#config.maxConnectionsWaitUs,
        );
        return;
      case 'success':
        this.#acknowledge(message, nowUs);
        return;
      default:
        // `error` (not authorized, malformed) and words we do not know are told and change nothing.
        return;
    }
  }

  #authSuccess(nowUs: EpochUs): void {
    if (!this.#wasGreeted || this.#isAuthenticated) return;
    this.#isAuthenticated = true;
    this.#authenticatedUs = nowUs;
    this.#deadlineUs = nowUs + this.#config.ackTimeoutUs;
    this.#enter('subscribing', nowUs, 'authenticated');
    this.#actions.push({ kind: 'subscribe', channels: this.#config.channels });
  }

  #acknowledge(message: string, nowUs: EpochUs): void {
    const match = /^subscribed to:\s*(.*)$/i.exec(message);
    if (match === null || !this.#isAuthenticated) return;
    let isNew = false;
    for (const pair of (match[1] as string).split(',')) if (this.#missing.delete(pair.trim())) isNew = true;
    if (!isNew) return;
    if (this.#isSettled || this.#missing.size === 0) this.#settle(nowUs);
  }

  /** Says how the subscription went: once when complete or overdue, again for each late acknowledgement. */
  #settle(nowUs: EpochUs): void {
    const asked = this.#config.channels.length;
    const missing = [...this.#missing];
    this.#notice({ kind: 'subscribed', asked, acknowledged: asked - missing.length, missing, atUs: nowUs });
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#deadlineUs = Infinity;
    this.#liveUs = nowUs;
    this.#enter('live', nowUs, missing.length === 0 ? 'subscribed' : `no acknowledgement for ${missing.join(', ')}`);
  }

  #suspended(nowUs: EpochUs): void {
    if (this.#state === 'failed' || this.#state === 'stopped' || this.#state === 'idle') return;
    if (this.#isOpen) {
      this.#drop();
      this.#openGap(nowUs, 'suspend');
    }
    // A wait ordered by the vendor stays a wait; anything else starts over now.
    if (this.#state === 'waiting' && this.#deadlineUs > nowUs) return;
    this.#connect(nowUs, 'the machine slept');
  }

  #tick(isDataExpected: boolean, nowUs: EpochUs): void {
    if (!this.#isOpen) {
      if (this.#state === 'waiting' && nowUs >= this.#deadlineUs) this.#connect(nowUs, 'connecting again');
      return;
    }
    if (nowUs >= this.#deadlineUs) {
      if (!this.#wasGreeted) return this.#lost(nowUs, 'half-open', 'no greeting from the vendor');
      if (!this.#isAuthenticated) return this.#lost(nowUs, 'half-open', 'no answer to the key');
      this.#settle(nowUs);
    }
    if (this.#isSettled) this.#watch(isDataExpected, nowUs);
  }

  /** Is anybody there? Data is proof enough: a late pong in a flood drops nothing. */
  #watch(isDataExpected: boolean, nowUs: EpochUs): void {
    const config = this.#config;
    const quietUs = nowUs - Math.max(this.#lastDataUs, this.#liveUs);
    const isPongOverdue = this.#isPingOpen && nowUs - this.#pingSentUs >= config.pongTimeoutUs;
    if (isPongOverdue && nowUs - this.#lastReceivedUs >= config.pongTimeoutUs) {
      return this.#lost(nowUs, 'half-open', 'the connection is half-open: neither data nor a pong');
    }
    if (isPongOverdue) this.#isPingOpen = false;
    if (isDataExpected && quietUs >= config.silenceUs) {
      const reason = this.#isPingOpen && this.#pingSentUs >= this.#lastReceivedUs ? 'half-open' : 'stall';
      return this.#lost(nowUs, reason, `no data for ${(quietUs / 1e6).toFixed(0)} s while the market is open`);
    }
    if (!this.#isPingOpen && nowUs - this.#pingSentUs >= config.pingEveryUs) {
      this.#isPingOpen = true;
      this.#pingSentUs = nowUs;
      this.#actions.push({ kind: 'ping' });
    }
  }
}
