/**
 * A small true engine side in memory, for tests and the development page: hello, subscriptions, frame numbers, credit,
 * resumable event logs and commands, in the bytes of the real protocol. No market of its own.
 */
import {
  COMMAND_NAMES,
  createRowsFrame,
  CREDIT_FRAMES,
  epochNumber,
  FrameType,
  jsonFrame,
  PROTOCOL_VERSION,
  readJsonFrame,
  type ClientMessage,
  type EngineInfo,
  type LosslessTopic,
  type RowColumns,
  type ServerMessage,
  type Topic,
} from '#protocol';
import type { Connector, LineEnd, LineEvents } from './engine-link.ts';
import { textCodec } from './text-codec.ts';

export interface FakeServer {
  readonly connector: Connector;
  /** What windows said, newest last. */
  readonly heard: ClientMessage[];
  readonly subscriptions: ReadonlySet<string>;
  readonly inFlight: number;
  setNames(names: readonly string[]): void;
  /** Sends these rows, if followed and credit is left. False when the window is stalled. */
  rows(
    rows: readonly number[],
    fill: (into: RowColumns, rows: readonly number[]) => void,
    options?: { readonly snapshot?: boolean; readonly past?: boolean; readonly atUs?: number },
  ): boolean;
  value(topic: Topic, value: unknown, key?: string): void;
  append(topic: LosslessTopic, ...items: readonly unknown[]): void;
  /** Faults: loses the next frames on the way, cuts the line, starts the engine anew. */
  loseFrames(count: number): void;
  cut(message?: string, end?: LineEnd): void;
  refuseConnections(isRefusing: boolean): void;
  restart(epoch: string): void;
  /** Raw bytes, whatever they are. */
  raw(bytes: Uint8Array): void;
  onCommand(name: string, run: (argument: unknown) => unknown): void;
  /** The market topic was subscribed (again) and wants its snapshot. */
  onMarketSnapshotWanted(listener: () => void): void;
}

export interface FakeServerOptions {
  readonly version?: number;
  readonly epoch?: string;
  readonly engine?: Partial<EngineInfo>;
  readonly isSelfHealing?: boolean;
}

const ENGINE: EngineInfo = {
  version: '0.1.0',
  feed: 'sim',
  broker: 'paper',
  isLive: false,
  account: 'PAPER-1',
  pid: 1,
  startedUs: 0,
};
const LOSSLESS: ReadonlySet<Topic> = new Set(['console', 'alerts', 'trades', 'scanner']);
const isLossless = (topic: Topic): topic is LosslessTopic => LOSSLESS.has(topic);
const idOf = (topic: Topic, key: string | undefined): string => (key === undefined ? topic : `${topic} ${key}`);

export function createFakeServer(options: FakeServerOptions = {}): FakeServer {
  let epoch = options.epoch ?? 'epoch-1';
  let names: readonly string[] = [];
  let line: LineEvents | undefined;
  let sent = 0;
  let acknowledged = 0;
  let losing = 0;
  let isRefusing = false;
  const heard: ClientMessage[] = [];
  const subscriptions = new Set<string>();
  const logs = new Map<LosslessTopic, unknown[]>();
  const values = new Map<string, unknown>();
  const commands = new Map<string, (argument: unknown) => unknown>();
  let onSnapshotWanted: () => void = () => undefined;
  commands.set('ping', () => ({ atUs: Date.now() * 1000 }));
  commands.set('report', () => undefined);

  const send = (bytes: Uint8Array): void => {
    if (losing > 0 && bytes[0] !== FrameType.notice && bytes[0] !== FrameType.rpc) {
      losing -= 1;
      return;
    }
    line?.frame(bytes);
  };
  const notice = (message: ServerMessage): void => send(jsonFrame(FrameType.notice, message, textCodec));
  const engine = { ...ENGINE, ...options.engine };
  const events = (topic: LosslessTopic, items: readonly unknown[], first: number, snapshot: boolean): void => {
    sent += 1;
    send(jsonFrame(FrameType.events, { topic, epoch, frame: sent, first, snapshot, items }, textCodec));
  };
  const logOf = (topic: LosslessTopic): unknown[] => {
    const log = logs.get(topic) ?? [];
    logs.set(topic, log);
    return log;
  };
  const sendValue = (topic: Topic, key: string | undefined): void => {
    const id = idOf(topic, key);
    if (!subscriptions.has(id) || !values.has(id)) return;
    sent += 1;
    send(
      jsonFrame(
        FrameType.value,
        { topic, ...(key === undefined ? {} : { key }), epoch, frame: sent, atUs: 1, value: values.get(id) },
        textCodec,
      ),
    );
  };

  const hear = (message: ClientMessage): void => {
    heard.push(message);
    if (message.kind === 'hello') {
      notice({ kind: 'welcome', version: options.version ?? PROTOCOL_VERSION, epoch, engine });
      if (names.length > 0) notice({ kind: 'symbols', epoch, first: 0, names });
    } else if (message.kind === 'ack') acknowledged = Math.max(acknowledged, message.frame);
    else if (message.kind === 'unsubscribe') subscriptions.delete(idOf(message.topic, message.key));
    else {
      subscriptions.add(idOf(message.topic, message.key));
      if (message.topic === 'market') onSnapshotWanted();
      else if (isLossless(message.topic)) {
        const log = logOf(message.topic);
        const isResume = message.epoch === epoch && message.after !== undefined;
        const after = isResume ? (message.after as number) : 0;
        if (!isResume || after < log.length) events(message.topic, log.slice(after), after + 1, !isResume);
      } else sendValue(message.topic, message.key);
    }
  };
  return {
    heard,
    subscriptions,
    get inFlight() {
      return sent - acknowledged;
    },
    connector: {
      isSelfHealing: options.isSelfHealing ?? false,
      connect: (lineEvents) => {
        queueMicrotask(() => {
          if (isRefusing) return lineEvents.closed('Nobody answers.');
          line = lineEvents;
          sent = 0;
          acknowledged = 0;
          subscriptions.clear();
          lineEvents.open();
        });
        return {
          send: (frame) => {
            const message = readJsonFrame(frame, textCodec);
            if (frame[0] === FrameType.control) hear(message as ClientMessage);
            else if (frame[0] === FrameType.rpc)
              void answerCall(commands, message as RpcCall).then((answer) => send(answer));
          },
          close: () => {
            if (line === lineEvents) line = undefined;
          },
        };
      },
    },
    setNames: (more) => {
      names = more;
      notice({ kind: 'symbols', epoch, first: 0, names });
    },
    rows: (rows, fill, { snapshot = false, past = false, atUs = 1 } = {}) => {
      if (!subscriptions.has('market') || sent - acknowledged >= CREDIT_FRAMES) return false;
      sent += 1;
      const made = createRowsFrame(rows.length, { snapshot, past, frame: sent, epoch: epochNumber(epoch), atUs });
      made.rows.set(rows);
      fill(made.columns, rows);
      send(made.bytes);
      return true;
    },
    value: (topic, value, key) => {
      values.set(idOf(topic, key), value);
      sendValue(topic, key);
    },
    append: (topic, ...items) => {
      const log = logOf(topic);
      const first = log.push(...items) - items.length + 1;
      if (subscriptions.has(topic)) events(topic, items, first, false);
    },
    loseFrames: (count) => {
      losing = count;
    },
    cut: (message = 'The line was cut.', end) => {
      const gone = line;
      line = undefined;
      gone?.closed(message, end);
    },
    refuseConnections: (is) => {
      isRefusing = is;
    },
    restart: (newEpoch) => {
      epoch = newEpoch;
      logs.clear();
      values.clear();
    },
    raw: send,
    onCommand: (name, run) => void commands.set(name, run),
    onMarketSnapshotWanted: (listener) => {
      onSnapshotWanted = listener;
    },
  };
}

interface RpcCall {
  readonly id: string;
  readonly path: readonly string[];
  readonly argumentList: readonly { readonly value: unknown }[];
}

async function answerCall(
  commands: ReadonlyMap<string, (argument: unknown) => unknown>,
  { id, path, argumentList }: RpcCall,
): Promise<Uint8Array> {
  const run = commands.get(path[0] as string);
  const unknown = { code: 'unknown-command', message: `there is no command; there are ${COMMAND_NAMES.join(', ')}` };
  const answer = run
    ? { id, type: 'RAW', value: await run(argumentList[0]?.value) }
    : { id, type: 'HANDLER', name: 'throw', value: { isError: false, value: unknown } };
  return jsonFrame(FrameType.rpc, answer, textCodec);
}
