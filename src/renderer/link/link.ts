/**
 * One connection to the engine over whatever line a connector opens: hello, version check, frames taken in once a display
 * frame and acknowledged after, liveness, and coming back after a loss.
 */
import { wrap } from 'comlink';
import {
  FrameType,
  jsonFrame,
  PROTOCOL_VERSION,
  readJsonFrame,
  type EngineCommands,
  type ServerMessage,
} from '#protocol';
import { backOffMs } from './back-off.ts';
import {
  STALE_AFTER_MS,
  WELCOME_WITHIN_MS,
  type Connector,
  type EngineLink,
  type Line,
  type LineEnd,
  type LinkCounters,
  type LinkState,
  type LinkStatus,
} from './engine-link.ts';
import { createRpcEndpoint } from './rpc-endpoint.ts';
import { textCodec } from './text-codec.ts';
import { createTopicTable } from './topic-table.ts';

const TICK_MS = 250;

export interface LinkOptions {
  readonly connector: Connector;
  /** Runs the work once, with the next display frame. */
  readonly schedule: (work: () => void) => void;
  readonly nowMs?: () => number;
  readonly random?: () => number;
  readonly onFault?: (error: unknown) => void;
}

const NO_COUNTS: LinkCounters = { frames: 0, bytes: 0, badFrames: 0, gaps: 0, snapshots: 0, reconnects: 0 };
const FIRST_STATUS: LinkStatus = {
  state: 'connecting',
  message: '',
  lastFrameMs: 0,
  attempt: 1,
  retryAtMs: 0,
  engine: null,
  epoch: '',
  isRefused: false,
};

export function createEngineLink(options: LinkOptions): EngineLink {
  const nowMs = options.nowMs ?? Date.now;
  const random = options.random ?? Math.random;
  const counters = { ...NO_COUNTS };
  const board = createStatusBoard();
  const setStatus = board.set;
  let line: Line | undefined;
  let isOpen = false;
  let isWelcome = false;
  let isClosed = false;
  let openedMs = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  /** Frames and events of a line that was given up are ignored. */
  let generation = 0;

  const send = (frame: Uint8Array): boolean => {
    if (!isOpen || !line) return false;
    line.send(frame);
    return true;
  };
  const control = (message: object): void => void send(jsonFrame(FrameType.control, message, textCodec));
  const rpc = createRpcEndpoint((frame) => isWelcome && send(frame));
  const topics = createTopicTable({
    send: control,
    nowMs,
    counters,
    onFault: options.onFault ?? ((error) => reportError(error)),
  });

  const inbox = createInbox(options.schedule, (frames) => {
    let newest = 0;
    for (const frame of frames) newest = topics.take(frame) || newest;
    if (newest > 0) control({ kind: 'ack', frame: newest });
  });

  const takeNotice = (message: ServerMessage | null | undefined): void => {
    if (message?.kind === 'welcome') return welcome(message);
    if (message?.kind === 'symbols') return topics.symbols(message.epoch, message.first, message.names);
    if (message?.kind !== 'error') {
      counters.badFrames += 1;
    } else if (message.code === 'version-mismatch') mismatch();
    else setStatus({ message: message.message });
  };
  const welcome = (message: Extract<ServerMessage, { kind: 'welcome' }>): void => {
    if (message.version !== PROTOCOL_VERSION) return mismatch();
    isWelcome = true;
    setStatus({
      state: 'live',
      message: '',
      attempt: 0,
      retryAtMs: 0,
      lastFrameMs: nowMs(),
      isRefused: false,
      engine: message.engine,
      epoch: message.epoch,
    });
    topics.welcome(message.epoch);
  };
  const mismatch = (): void => {
    drop();
    setStatus({
      state: 'version-mismatch',
      message: 'This window and the engine are of different versions.',
      retryAtMs: 0,
    });
  };

  const onFrame = (bytes: Uint8Array): void => {
    counters.frames += 1;
    counters.bytes += bytes.length;
    const type = bytes[0];
    if (type === FrameType.notice) takeNotice(readJsonFrame(bytes, textCodec) as ServerMessage);
    else if (type === FrameType.rpc) rpc.receive(readJsonFrame(bytes, textCodec));
    else if (isWelcome) inbox.push(bytes);
    if (!isWelcome) return;
    if (board.read().state === 'stale') setStatus({ state: 'live', message: '', lastFrameMs: nowMs() });
    else board.touch(nowMs());
  };

  const lost = (): void => {
    isOpen = false;
    isWelcome = false;
    inbox.clear();
    topics.disconnected();
    rpc.fail({ code: 'engine-stopped', message: 'The connection to the engine was lost before it answered.' });
  };
  const drop = (): void => {
    generation += 1;
    clearTimeout(retryTimer);
    line?.close();
    line = undefined;
    lost();
  };
  const onClosed = (message: string, end: LineEnd | undefined): void => {
    lost();
    const isFinal = end !== undefined;
    const state: LinkState = isFinal ? 'stopped' : board.read().state === 'connecting' ? 'connecting' : 'reconnecting';
    const isRetrying = !isFinal && !options.connector.isSelfHealing;
    const attempt = board.read().attempt + 1;
    const waitMs = backOffMs(attempt, random());
    clearTimeout(retryTimer);
    if (isRetrying) retryTimer = setTimeout(connect, waitMs);
    setStatus({ state, message, attempt, retryAtMs: isRetrying ? nowMs() + waitMs : 0, isRefused: end === 'refused' });
  };

  const connect = (): void => {
    if (isClosed) return;
    drop();
    const mine = generation;
    const isMine = (): boolean => mine === generation && !isClosed;
    if (counters.frames > 0) counters.reconnects += 1;
    line = options.connector.connect({
      open: () => {
        if (!isMine()) return;
        lost();
        isOpen = true;
        openedMs = nowMs();
        // A line may open while it is being made, before it is known here.
        queueMicrotask(() => isMine() && control({ kind: 'hello', version: PROTOCOL_VERSION }));
      },
      frame: (bytes) => isMine() && isOpen && onFrame(bytes),
      closed: (message, end) => isMine() && onClosed(message, end),
    });
  };

  const tick = setInterval(() => {
    topics.tick();
    if (isWelcome && board.read().state === 'live' && nowMs() - board.read().lastFrameMs > STALE_AFTER_MS) {
      setStatus({ state: 'stale', message: 'The engine is connected but sends nothing.' });
    } else if (isOpen && !isWelcome && nowMs() - openedMs > WELCOME_WITHIN_MS) {
      if (options.connector.isSelfHealing) line?.retry?.();
      else {
        drop();
        onClosed('The engine does not answer.', undefined);
      }
      openedMs = nowMs();
    }
  }, TICK_MS);

  connect();
  return {
    commands: wrap<EngineCommands>(rpc.endpoint),
    counters,
    status: board.read,
    onStatus: board.follow,
    market: topics.market,
    value: topics.value as EngineLink['value'],
    events: topics.events as EngineLink['events'],
    retryNow: () => {
      if (options.connector.isSelfHealing) line?.retry?.();
      else connect();
    },
    close: () => {
      isClosed = true;
      clearInterval(tick);
      drop();
      board.clear();
    },
  };
}

/** Frames that wait for the next display frame, to be taken in together. */
function createInbox(
  schedule: (work: () => void) => void,
  take: (frames: readonly Uint8Array[]) => void,
): { readonly push: (bytes: Uint8Array) => void; readonly clear: () => void } {
  let pending: Uint8Array[] = [];
  let isScheduled = false;
  const flush = (): void => {
    isScheduled = false;
    const frames = pending;
    pending = [];
    take(frames);
  };
  return {
    push: (bytes) => {
      pending.push(bytes);
      if (!isScheduled) schedule(flush);
      isScheduled = true;
    },
    clear: () => {
      pending = [];
    },
  };
}

/** The status and who wants to know of it. */
function createStatusBoard() {
  const listeners = new Set<(status: LinkStatus) => void>();
  let status = FIRST_STATUS;
  return {
    read: (): LinkStatus => status,
    set: (change: Partial<LinkStatus>): void => {
      status = { ...status, ...change };
      for (const listener of listeners) listener(status);
    },
    /** A frame came: nobody is told, because that would be many times a second. */
    touch: (lastFrameMs: number): void => {
      status = { ...status, lastFrameMs };
    },
    follow: (listener: (status: LinkStatus) => void): (() => void) => {
      listeners.add(listener);
      listener(status);
      return () => void listeners.delete(listener);
    },
    clear: (): void => listeners.clear(),
  };
}
