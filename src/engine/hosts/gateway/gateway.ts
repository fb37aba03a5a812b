/**
 * The gateway: every window's way to the engine. It runs on the main thread of the engine process, reads the market
 * straight from shared memory and keeps one heartbeat for all windows. The kernel never waits for it.
 */
import type { LosslessTopic } from '#protocol';
import { LOSSLESS_KEEP } from '#protocol';
import type { EngineRuntime } from '../runtime-port.ts';
import type { ByteChannel } from './byte-channel.ts';
import { CloseCode } from './byte-channel.ts';
import { LOSSLESS_TOPICS } from './client-messages.ts';
import type { SessionHub } from './client-session.ts';
import { ClientSession } from './client-session.ts';
import type { CommandTable } from './command-table.ts';
import { EventLog } from './event-log.ts';
import { TICK_MS } from './limits.ts';
import { viewRowSource } from './row-source.ts';
import { plainJson, ValueBoard } from './value-board.ts';

export interface GatewayStats {
  readonly sessions: number;
  readonly inFlight: number;
  readonly watched: number;
  readonly unsendable: number;
}

export interface Gateway {
  attach(channel: ByteChannel): void;
  stats(): GatewayStats;
  /** Tells every window why, closes them, stops listening. */
  close(reason: string): void;
}

export interface GatewayOptions {
  readonly runtime: EngineRuntime;
  readonly commands: CommandTable;
  /** Wall clock, epoch microseconds. */
  readonly nowUs: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly log: (line: string) => void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { runtime, nowMs } = options;
  const sessions = new Set<ClientSession>();
  const marketClock = createMarketClock(options);
  const logs = Object.fromEntries(
    LOSSLESS_TOPICS.map((topic) => [topic, new EventLog(LOSSLESS_KEEP[topic])]),
  ) as Record<LosslessTopic, EventLog>;
  const board = new ValueBoard(
    (topic, key) => runtime.watch(topic, key),
    (topic, key) => runtime.unwatch(topic, key),
  );
  const hub: SessionHub = {
    info: runtime.info,
    epoch: runtime.epoch,
    logs,
    board,
    rows: viewRowSource({
      view: runtime.view,
      rowCount: () => runtime.symbolCount(),
      nowUs: marketClock.nowUs,
      isPast: false,
    }),
    commands: options.commands,
    past: runtime.past === undefined ? undefined : (atUs) => runtime.past?.(atUs) ?? Promise.reject(new Error('gone')),
    symbolCount: () => runtime.symbolCount(),
    symbolNames: (first) => runtime.symbolNames(first),
    log: options.log,
  };
  let unsendable = 0;
  let isClosed = false;
  const stopEvents = runtime.onEvent((topic, items) => {
    for (const item of items) {
      const json = plainJson(item);
      if (json === undefined) unsendable++;
      else logs[topic].append(json);
    }
  });
  const stopValues = runtime.onValue((topic, key, value) => {
    if (topic === 'health') marketClock.hear(value);
    board.set(topic, key, topic === 'health' ? withClients(value, sessions.size) : value, options.nowUs());
  });
  let heartbeat: NodeJS.Timeout | undefined;
  const beat = (): void => {
    const now = nowMs();
    for (const session of sessions) session.tick(now);
  };
  const drop = (session: ClientSession): void => {
    session.dispose();
    sessions.delete(session);
    if (sessions.size === 0) {
      clearInterval(heartbeat);
      heartbeat = undefined;
    }
  };

  return {
    attach: (channel) => {
      if (isClosed) return channel.close(CloseCode.goingAway, 'engine-stopped');
      const session = new ClientSession(channel, hub, nowMs());
      sessions.add(session);
      heartbeat ??= setInterval(beat, TICK_MS);
      channel.onMessage((message) => {
        session.receive(message, nowMs());
        if (session.isClosed) drop(session);
      });
      channel.onClose(() => drop(session));
    },
    stats: () => {
      let inFlight = 0;
      for (const session of sessions) inFlight += session.stats.inFlight;
      return { sessions: sessions.size, inFlight, watched: board.size, unsendable };
    },
    close: (reason) => {
      if (isClosed) return;
      isClosed = true;
      stopEvents();
      stopValues();
      for (const session of sessions) session.end(CloseCode.goingAway, { code: 'engine-stopped', message: reason });
      sessions.clear();
      clearInterval(heartbeat);
    },
  };
}

/**
 * Market time between two health values: the last one told plus the wall time since. In a replayed or simulated day it is
 * not the wall clock's.
 */
function createMarketClock(options: GatewayOptions): { nowUs: () => number; hear: (health: unknown) => void } {
  let offsetUs = 0;
  return {
    nowUs: () => options.nowUs() + offsetUs,
    hear: (health) => {
      const told = typeof health === 'object' && health !== null && 'nowUs' in health ? health.nowUs : undefined;
      if (typeof told === 'number' && Number.isFinite(told)) offsetUs = told - options.nowUs();
    },
  };
}

/** The kernel cannot know how many windows look on. */
function withClients(health: unknown, clients: number): unknown {
  return typeof health === 'object' && health !== null ? { ...health, clients } : health;
}
