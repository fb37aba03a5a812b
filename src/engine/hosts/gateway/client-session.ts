/**
 * One window's side of the engine: handshake, subscriptions, credit, frames. It belongs to one channel and ends with it.
 * Nothing a window does or does not do makes it hold more than its limits: what changed is looked up in the shared logs,
 * boards and columns when the window has credit, never queued for it.
 */
import type { ClientMessage, ConflatedTopic, EngineInfo, LosslessTopic, PlainError, ServerMessage } from '#protocol';
import {
  CREDIT_FRAMES,
  epochNumber,
  FrameType,
  LOSSLESS_QUEUE_FRAMES,
  PROTOCOL_VERSION,
  readJsonFrame,
} from '#protocol';
import { z } from 'zod';
import type { PastMarket } from '../runtime-port.ts';
import type { ByteChannel } from './byte-channel.ts';
import { CloseCode } from './byte-channel.ts';
import { isLossless, readClientMessage } from './client-messages.ts';
import type { CommandTable } from './command-table.ts';
import { createCommandTable } from './command-table.ts';
import type { EventLog } from './event-log.ts';
import * as limits from './limits.ts';
import type { RowSource } from './row-source.ts';
import { viewRowSource } from './row-source.ts';
import { RowStream } from './row-stream.ts';
import type { RpcEndpoint } from './rpc-endpoint.ts';
import { createRpcEndpoint } from './rpc-endpoint.ts';
import { textCodec, textFrame } from './text-frames.ts';
import type { BoardEntry, ValueBoard } from './value-board.ts';

/** What all sessions of an engine share. */
export interface SessionHub {
  readonly info: EngineInfo;
  readonly epoch: string;
  readonly logs: Readonly<Record<LosslessTopic, EventLog>>;
  readonly board: ValueBoard;
  readonly rows: RowSource;
  readonly commands: CommandTable;
  /** The market as of an instant; undefined when this engine cannot look back. */
  readonly past?: ((atUs: number) => Promise<PastMarket>) | undefined;
  readonly symbolCount: () => number;
  readonly symbolNames: (first: number) => readonly string[];
  readonly log: (line: string) => void;
}

/** 0 asks for nothing but what can be asked for: the engine moves every instant into its day. */
const SCRUB_ARGS = z.strictObject({ atUs: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).nullable() });
type ScrubAsk = z.infer<typeof SCRUB_ARGS>;

interface Paced {
  readonly everyMs: number;
  nextMs: number;
}
interface EventSubscription {
  /** Sequence of the next item to send. */
  next: number;
  needsSnapshot: boolean;
}
interface ValueSubscription extends Paced {
  readonly topic: ConflatedTopic;
  readonly key: string | undefined;
  readonly entry: BoardEntry;
  sentVersion: number;
}

export class ClientSession {
  readonly #channel: ByteChannel;
  readonly #hub: SessionHub;
  readonly #rpc: RpcEndpoint;
  readonly #openedMs: number;
  readonly #events = new Map<LosslessTopic, EventSubscription>();
  readonly #values = new Map<string, ValueSubscription>();
  #rows: (Paced & { readonly stream: RowStream; readonly key: string | undefined }) | undefined;
  /** What this window's market rows are read from: the live view, or that of an instant it looks back to. */
  #source: RowSource;
  /** Counts this window's questions about the past: only the newest answer is shown. */
  #scrubs = 0;
  #isReady = false;
  #isClosed = false;
  #sent = 0;
  #acknowledged = 0;
  #names = 0;
  #badMessages = 0;
  #bufferedSinceMs: number | undefined;

  constructor(channel: ByteChannel, hub: SessionHub, nowMs: number) {
    this.#channel = channel;
    this.#hub = hub;
    this.#openedMs = nowMs;
    this.#source = hub.rows;
    this.#rpc = createRpcEndpoint(
      createCommandTable({ ...hub.commands, scrub: { args: SCRUB_ARGS, run: (ask) => this.#scrub(ask as ScrubAsk) } }),
      (json) => this.#channel.send(textFrame(FrameType.rpc, json)),
      (name, error) =>
        hub.log(
          `command ${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error)}`,
        ),
    );
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get stats(): {
    readonly inFlight: number;
    readonly subscriptions: number;
    readonly commands: number;
    readonly badMessages: number;
  } {
    return {
      inFlight: this.#sent - this.#acknowledged,
      subscriptions: this.#subscriptions,
      commands: this.#rpc.inFlight,
      badMessages: this.#badMessages,
    };
  }

  /** Takes whatever arrived on the channel. Never throws for what a window sends. */
  receive(frame: unknown, nowMs: number): void {
    if (this.#isClosed) return;
    if (!(frame instanceof Uint8Array) || frame.length === 0) return this.#bad('bad-message', 'a frame is bytes');
    if (frame.length > limits.CLIENT_FRAME_BYTES_MAX)
      return this.end(CloseCode.tooBig, { code: 'bad-message', message: 'the frame is too large' });
    if (frame[0] === FrameType.control) {
      const read = readClientMessage(readJsonFrame(frame, textCodec));
      if (read.ok) this.#control(read.message, nowMs);
      else this.#bad(read.code, read.reason);
      return;
    }
    if (frame[0] !== FrameType.rpc) return this.#bad('bad-message', 'a window sends control and rpc frames only');
    if (!this.#isReady) return this.#bad('bad-message', 'say hello first');
    if (!this.#rpc.accept(readJsonFrame(frame, textCodec))) this.#bad('bad-message', 'not a command call');
  }

  /** Sends what is due. Called at each heartbeat. */
  tick(nowMs: number): void {
    if (this.#isClosed) return;
    if (!this.#isReady) {
      if (nowMs - this.#openedMs > limits.HELLO_WITHIN_MS)
        this.end(CloseCode.policy, { code: 'bad-message', message: 'no hello' });
      return;
    }
    if (this.#isChoked(nowMs)) return;
    this.#sendNames();
    const hasCredit = this.#sent - this.#acknowledged < CREDIT_FRAMES;
    this.#sendEvents(CREDIT_FRAMES);
    if (!hasCredit) return;
    for (const value of this.#values.values()) this.#sendValue(value, nowMs);
    this.#sendRows(nowMs);
  }

  /** Says why, then closes. */
  end(code: (typeof CloseCode)[keyof typeof CloseCode], error: PlainError): void {
    if (this.#isClosed) return;
    this.#notice({ kind: 'error', code: error.code, message: error.message });
    this.dispose();
    this.#channel.close(code, error.code);
  }

  /** The channel is gone: gives back what this session held. */
  dispose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#rpc.close();
    for (const { topic, key } of this.#values.values()) this.#hub.board.leave(topic, key);
    if (this.#rows !== undefined) this.#hub.board.leave('market', this.#rows.key);
    this.#values.clear();
    this.#events.clear();
    this.#rows = undefined;
  }

  /** Shows the market of an instant, or the live one again (null). While somebody drags, older questions are passed over. */
  async #scrub({ atUs }: ScrubAsk): Promise<{ atUs: number | null; fromUs: number; toUs: number }> {
    const { past } = this.#hub;
    if (past === undefined) throw Object.assign(new Error('this engine cannot look back'), { code: 'refused' });
    const ask = ++this.#scrubs;
    if (atUs === null) this.#show(this.#hub.rows);
    const market = await past(atUs ?? 0);
    const { view, rows } = market;
    if (atUs !== null && ask === this.#scrubs && !this.#isClosed)
      this.#show(viewRowSource({ view, rowCount: () => rows, nowUs: () => market.atUs, isPast: true }));
    return { atUs: atUs === null ? null : market.atUs, fromUs: market.fromUs, toUs: market.toUs };
  }

  #show(source: RowSource): void {
    if (source === this.#source) return;
    this.#source = source;
    this.#rows?.stream.switchTo(source);
  }

  get #subscriptions(): number {
    return this.#events.size + this.#values.size + (this.#rows === undefined ? 0 : 1);
  }

  #control(message: ClientMessage, nowMs: number): void {
    if (message.kind === 'hello') return this.#hello(message.version, nowMs);
    if (!this.#isReady) return this.#bad('bad-message', 'say hello first');
    switch (message.kind) {
      case 'ack':
        if (message.frame > this.#sent) return this.#bad('bad-message', 'this frame was never sent');
        this.#acknowledged = Math.max(this.#acknowledged, message.frame);
        // One frame less than the whole credit, so that a long catch-up leaves room for the market.
        if (!this.#isChoked(nowMs)) this.#sendEvents(CREDIT_FRAMES - 1);
        return;
      case 'subscribe':
        return this.#subscribe(message, nowMs);
      case 'unsubscribe':
        return this.#unsubscribe(message.topic, message.key);
    }
  }

  #hello(version: number, nowMs: number): void {
    if (version !== PROTOCOL_VERSION) {
      return this.end(CloseCode.policy, {
        code: 'version-mismatch',
        message: `this engine speaks version ${PROTOCOL_VERSION}, the window version ${version}; reload the window`,
      });
    }
    if (this.#isReady) return this.#bad('bad-message', 'hello was said already');
    this.#isReady = true;
    this.#notice({ kind: 'welcome', version: PROTOCOL_VERSION, epoch: this.#hub.epoch, engine: this.#hub.info });
    this.tick(nowMs);
  }

  #subscribe(message: Extract<ClientMessage, { kind: 'subscribe' }>, nowMs: number): void {
    const { topic, key } = message;
    if (this.#subscriptions >= limits.SUBSCRIPTIONS_MAX)
      return this.#notice({ kind: 'error', code: 'busy', message: 'too many subscriptions' });
    // Subscribing again starts over: the window forgot what it had.
    this.#unsubscribe(topic, key);
    if (isLossless(topic)) {
      if (key !== undefined) return this.#bad('bad-message', `${topic} takes no key`);
      this.#events.set(topic, this.#resume(topic, message.epoch, message.after));
    } else {
      const entry = this.#hub.board.look(topic, key);
      if (entry === undefined)
        return this.#notice({ kind: 'error', code: 'busy', message: 'too many keys are being watched' });
      const everyMs =
        1000 /
        Math.min(
          limits.HZ_MAX,
          Math.max(
            limits.HZ_MIN,
            message.hz ?? (topic === 'market' ? limits.ROWS_HZ_DEFAULT : limits.VALUES_HZ_DEFAULT),
          ),
        );
      if (topic === 'market') {
        if (this.#rows !== undefined) this.#unsubscribe('market', this.#rows.key);
        this.#rows = {
          stream: new RowStream(this.#source, epochNumber(this.#hub.epoch)),
          key,
          everyMs,
          nextMs: nowMs,
        };
      } else {
        this.#values.set(`${topic}\n${key ?? ''}`, { topic, key, entry, sentVersion: 0, everyMs, nextMs: nowMs });
      }
    }
    this.tick(nowMs);
  }

  #resume(topic: LosslessTopic, epoch: string | undefined, after: number | undefined): EventSubscription {
    const log = this.#hub.logs[topic];
    const canResume = epoch === this.#hub.epoch && after !== undefined && after >= log.first - 1 && after < log.next;
    return canResume ? { next: after + 1, needsSnapshot: false } : { next: log.first, needsSnapshot: true };
  }

  #unsubscribe(topic: ConflatedTopic | LosslessTopic, key: string | undefined): void {
    if (isLossless(topic)) {
      this.#events.delete(topic);
      return;
    }
    if (topic === 'market') {
      if (this.#rows === undefined) return;
      this.#hub.board.leave('market', this.#rows.key);
      this.#rows = undefined;
      return;
    }
    if (this.#values.delete(`${topic}\n${key ?? ''}`)) this.#hub.board.leave(topic, key);
  }

  /** Names before rows: a window never sees a row whose name it does not have. */
  #sendNames(): void {
    const count = this.#hub.symbolCount();
    if (count <= this.#names) return;
    const names = this.#hub.symbolNames(this.#names);
    for (let at = 0; at < names.length; at += limits.SYMBOLS_PER_NOTICE) {
      const part = names.slice(at, at + limits.SYMBOLS_PER_NOTICE);
      this.#notice({ kind: 'symbols', epoch: this.#hub.epoch, first: this.#names, names: part });
      this.#names += part.length;
    }
  }

  /** Numbered items, oldest first, while fewer than `credit` frames are unacknowledged. */
  #sendEvents(credit: number): void {
    for (const [topic, subscription] of this.#events) {
      const log = this.#hub.logs[topic];
      const waitingFrames = Math.ceil((log.next - subscription.next) / limits.EVENTS_PER_FRAME);
      // What is waiting lives in the log; a window that fell out of it, or too far behind, starts over from what is kept.
      if (
        subscription.next < log.first ||
        (waitingFrames > LOSSLESS_QUEUE_FRAMES &&
          !subscription.needsSnapshot &&
          this.#sent - this.#acknowledged >= CREDIT_FRAMES)
      ) {
        subscription.next = log.first;
        subscription.needsSnapshot = true;
      }
      while ((subscription.needsSnapshot || subscription.next < log.next) && this.#sent - this.#acknowledged < credit)
        this.#sendEventFrame(topic, log, subscription);
    }
  }

  #sendEventFrame(topic: LosslessTopic, log: EventLog, subscription: EventSubscription): void {
    const items: string[] = [];
    let chars = 0;
    let seq = subscription.next;
    while (
      seq < log.next &&
      items.length < limits.EVENTS_PER_FRAME &&
      (chars < limits.EVENTS_FRAME_CHARS || items.length === 0)
    ) {
      const item = log.at(seq++);
      chars += item.length;
      items.push(item);
    }
    const head = {
      topic,
      epoch: this.#hub.epoch,
      frame: ++this.#sent,
      first: subscription.next,
      snapshot: subscription.needsSnapshot,
    };
    this.#channel.send(
      textFrame(FrameType.events, `${JSON.stringify(head).slice(0, -1)},"items":[${items.join(',')}]}`),
    );
    subscription.next = seq;
    subscription.needsSnapshot = false;
  }

  #sendValue(value: ValueSubscription, nowMs: number): void {
    if (value.entry.version === value.sentVersion || !isDue(value, nowMs)) return;
    value.sentVersion = value.entry.version;
    const json = value.entry.json();
    if (json === undefined) return;
    const head = {
      topic: value.topic,
      ...(value.key === undefined ? {} : { key: value.key }),
      epoch: this.#hub.epoch,
      frame: ++this.#sent,
      atUs: value.entry.atUs,
    };
    this.#channel.send(textFrame(FrameType.value, `${JSON.stringify(head).slice(0, -1)},"value":${json}}`));
    pace(value, nowMs);
  }

  #sendRows(nowMs: number): void {
    const rows = this.#rows;
    if (rows === undefined || !isDue(rows, nowMs)) return;
    pace(rows, nowMs);
    const bytes = rows.stream.next((this.#sent + 1) >>> 0, this.#names);
    if (bytes === undefined) return;
    this.#sent++;
    this.#channel.send(bytes);
  }

  /** True while the transport itself cannot get rid of what it was given. */
  #isChoked(nowMs: number): boolean {
    if (this.#channel.bufferedBytes() < limits.BUFFERED_STALL_BYTES) {
      this.#bufferedSinceMs = undefined;
      return false;
    }
    this.#bufferedSinceMs ??= nowMs;
    if (nowMs - this.#bufferedSinceMs > limits.BUFFERED_CLOSE_MS) {
      this.dispose();
      this.#channel.close(CloseCode.tryAgain, 'stalled');
    }
    return true;
  }

  #bad(code: 'bad-message' | 'unknown-topic', reason: string): void {
    this.#badMessages++;
    if (this.#badMessages > limits.BAD_MESSAGES_MAX)
      return this.end(CloseCode.policy, { code, message: `too many bad messages, the last: ${reason}` });
    this.#notice({ kind: 'error', code, message: reason });
  }

  #notice(message: ServerMessage): void {
    this.#channel.send(textFrame(FrameType.notice, JSON.stringify(message)));
  }
}

/** A heartbeat that comes a little early still counts, or a 10 Hz topic would go out at 6.7 Hz. */
function isDue(paced: Paced, nowMs: number): boolean {
  return paced.nextMs - nowMs < limits.TICK_MS / 5;
}

function pace(paced: Paced, nowMs: number): void {
  paced.nextMs = nowMs - paced.nextMs > paced.everyMs ? nowMs + paced.everyMs : paced.nextMs + paced.everyMs;
}
