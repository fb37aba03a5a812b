/**
 * A whole engine on a real market server: sockets, worker threads, tape and journal on disk. The server's own account of
 * what it sent stands beside what the engine made of it. For tests of the feed as a system.
 */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { FaultPlan } from '../adapters/market-server/fault-plan.ts';
import { parseFaults } from '../adapters/market-server/fault-plan.ts';
import type { MarketServer } from '../adapters/market-server/market-server.ts';
import { startMarketServer } from '../adapters/market-server/market-server.ts';
import type { Stage } from '../adapters/market-server/market-stage.ts';
import { createSimStage } from '../adapters/market-server/market-stage.ts';
import { loadSymbols } from '../adapters/market-server/symbol-resource.ts';
import { openJournalReader } from '../adapters/store/journal-sqlite.ts';
import { TapeReader } from '../adapters/store/tape-reader.ts';
import type { SessionConfig } from '../feeds/feed-session.ts';
import type { EngineOptions } from '../hosts/runtime-port.ts';
import type { FeedNotice } from '../ports/feed.ts';
import { marketDay, newYorkInstant } from '../sim/market/market-days.ts';
import { SessionCalendar } from '../time/calendar.ts';
import { SessionClock } from '../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../time/us-calendar.ts';
import type { LiveEngine } from './live-engine.ts';
import { startLiveEngine } from './live-engine.ts';

const DAY = '2026-11-20';

export type GapNotice = Extract<FeedNotice, { readonly kind: 'gap' }>;

/** Seconds become tenths, so that a test of a time-out takes a moment. */
export const QUICK_SESSION: Partial<SessionConfig> = {
  greetingTimeoutUs: 3_000_000,
  ackTimeoutUs: 400_000,
  backoffMinUs: 100_000,
  backoffMaxUs: 400_000,
  survivalUs: 500_000,
  maxConnectionsWaitUs: 600_000,
  pingEveryUs: 200_000,
  pongTimeoutUs: 900_000,
  silenceUs: 1_500_000,
};

export interface FeedRigOptions {
  readonly faults?: string;
  readonly session?: Partial<SessionConfig>;
  readonly symbols?: number;
  readonly rate?: number;
  readonly start?: string;
  readonly key?: string;
  readonly port?: number;
}

export interface FeedRig {
  readonly live: LiveEngine;
  readonly server: MarketServer;
  readonly stage: Stage;
  readonly dataDir: string;
  /** Events in the view: trades, quotes; the engine's own count. */
  seen(): { readonly trades: number; readonly quotes: number };
  /** Shares of the day by name, as the engine and as the server count them. */
  volumes(): { readonly engine: ReadonlyMap<string, number>; readonly server: ReadonlyMap<string, number> };
  /** Stops the market and waits until everything it sent is in the view. */
  settle(): Promise<void>;
  /** Stops the engine and reads what it left on disk: gaps, and the trades of the market's own day (others the view refuses). */
  stored(): Promise<{
    readonly journal: readonly GapNotice[];
    readonly tape: readonly FeedNotice[];
    readonly trades: number;
  }>;
  close(): Promise<void>;
}

export function openStage(options: FeedRigOptions = {}): Stage {
  const day = marketDay(DAY);
  if (day === undefined) throw new RangeError(`${DAY} is a trading day`);
  const [hours, minutes] = (options.start ?? '10:00').split(':').map(Number) as [number, number];
  return createSimStage({
    seed: 5,
    symbols: loadSymbols(options.symbols ?? 50),
    day,
    startUs: newYorkInstant(day, hours * 60 + minutes),
    rate: options.rate ?? 2_000,
    timeOffsetMs: 0,
  });
}

export function openMarket(stage: Stage, options: FeedRigOptions = {}): Promise<MarketServer> {
  return startMarketServer({
    stage,
    port: options.port ?? 0,
    speed: 1,
    key: options.key ?? null,
    faults: faultsOf(options.faults ?? ''),
    faultSeed: 1,
    waitsForClient: true,
  });
}

export async function openFeedRig(options: FeedRigOptions = {}): Promise<FeedRig> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'drover-feed-'));
  const stage = openStage(options);
  const server = await openMarket(stage, options);
  const live = await startLiveEngine(engineOptions(dataDir, server.url, options.session));
  let isServing = true;
  let isRunning = true;
  const stopServer = async (): Promise<void> => {
    if (isServing) await server.close();
    isServing = false;
  };
  const stopEngine = async (): Promise<void> => {
    if (isRunning) await live.stop();
    isRunning = false;
  };
  const rig: FeedRig = {
    live,
    server,
    stage,
    dataDir,
    seen: () => ({ trades: total(live, 'tradeCount'), quotes: total(live, 'quoteCount') }),
    volumes: () => volumesOf(live, stage),
    settle: async () => {
      await stopServer();
      let before = -1;
      // The feed's thread notices the end of the connection after the last frame.
      for (let quiet = 0; quiet < 3;) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const { trades, quotes } = rig.seen();
        quiet = trades + quotes === before ? quiet + 1 : 0;
        before = trades + quotes;
      }
    },
    stored: async () => {
      await stopEngine();
      return readStored(dataDir);
    },
    close: async () => {
      await stopServer();
      await stopEngine();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
  return rig;
}

export function engineOptions(dataDir: string, url: string, session: Partial<SessionConfig> = {}): EngineOptions {
  return {
    dataDir,
    feed: `massive:${url}`,
    broker: 'paper',
    seed: 1,
    speed: 1,
    symbols: 50,
    rate: null,
    feedThread: { lockDir: null, seed: 'test', session: { ...QUICK_SESSION, ...session } },
  };
}

function faultsOf(text: string): FaultPlan {
  const plan = parseFaults(text);
  if (typeof plan === 'string') throw new RangeError(plan);
  return plan;
}

function shownDay(): { readonly startUs: number; readonly endUs: number } {
  const day = marketDay(DAY);
  if (day === undefined) throw new RangeError(`${DAY} is a trading day`);
  return new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR)).dayOf(newYorkInstant(day, 600));
}

function total(live: LiveEngine, column: 'tradeCount' | 'quoteCount'): number {
  const { view } = live.engine;
  let sum = 0;
  for (let symbol = 0; symbol < live.engine.symbolCount(); symbol++) sum += view[column][symbol] as number;
  return sum;
}

function volumesOf(live: LiveEngine, stage: Stage): ReturnType<FeedRig['volumes']> {
  const names = live.engine.symbolNames(0);
  const engine = new Map(names.map((name, id) => [name, live.engine.view.volume[id] as number]));
  const server = new Map(stage.names.map((name, i) => [name, stage.rest.bars.day.volume[i] as number]));
  return { engine, server };
}

function readStored(dataDir: string): Awaited<ReturnType<FeedRig['stored']>> {
  const journal = openJournalReader(dataDir);
  const rows = journal === null ? [] : [...journal.read({ kind: 'gap' })];
  journal?.close();
  const reader = new TapeReader({ dataDir, day: DAY });
  reader.seek({});
  const tape: FeedNotice[] = [];
  const { startUs, endUs } = shownDay();
  let trades = 0;
  for (let input = reader.next(); input !== null; input = reader.next()) {
    if (input.kind === 'feed') tape.push(input.body as FeedNotice);
    else if (input.kind === 'market') {
      const { kind, timeUs, length } = reader.batch;
      // A flipped digit may move a stamp into another day: the tape keeps such an event, the view does not take it.
      for (let i = 0; i < length; i++)
        if (kind[i] === 1 && (timeUs[i] as number) >= startUs && (timeUs[i] as number) < endUs) trades++;
    }
  }
  reader.close();
  return { journal: rows.map((row) => JSON.parse(row.bodyJson) as GapNotice), tape, trades };
}
