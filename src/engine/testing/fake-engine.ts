/**
 * A small true market behind the EngineRuntime interface, for tests of the gateway and the hosts: shared columns that
 * change on request or on a timer, numbered console lines, health. No kernel, no feed, no broker.
 */
import type { ConflatedTopic, EngineInfo, HealthValue, LosslessTopic } from '#protocol';
import { columnsByteLength, createColumns } from '../lib/columns.ts';
import { createRng } from '../lib/rng.ts';
import type { ViewColumns } from '../market/view-columns.ts';
import { VIEW_COLUMNS } from '../market/view-columns.ts';
import type { EngineExit, EngineOptions, EngineRuntime, PowerEvent } from '../hosts/runtime-port.ts';

export interface FakeEngine extends EngineRuntime {
  readonly watched: ReadonlyMap<string, number>;
  readonly calls: readonly { readonly name: string; readonly args: unknown }[];
  readonly powerEvents: readonly PowerEvent[];
  addSymbols(count: number): void;
  touch(row: number, last: number): void;
  emit(topic: LosslessTopic, items: readonly unknown[]): void;
  set(topic: ConflatedTopic, key: string | undefined, value: unknown): void;
  crash(message: string): void;
  /** Changes `rowsPerStep` rows and the health value every `everyMs`. */
  run(everyMs: number, rowsPerStep: number): void;
}

export interface FakeEngineOptions {
  readonly symbols: number;
  readonly capacity?: number;
  readonly epoch?: string;
  readonly seed?: number;
  readonly nowUs?: () => number;
  /** Names of the first rows; the others are S0, S1 ... by row. */
  readonly firstNames?: readonly string[];
}

export function createFakeEngine(options: FakeEngineOptions): FakeEngine {
  const capacity = options.capacity ?? 8192;
  const nowUs = options.nowUs ?? ((): number => Date.now() * 1000);
  const rng = createRng(options.seed ?? 1);
  const view: ViewColumns = createColumns(
    VIEW_COLUMNS,
    capacity,
    new SharedArrayBuffer(columnsByteLength(VIEW_COLUMNS, capacity)),
  );
  const names: string[] = [];
  const onEvent = new Set<(topic: LosslessTopic, items: readonly unknown[]) => void>();
  const onValue = new Set<(topic: ConflatedTopic, key: string | undefined, value: unknown) => void>();
  const onExit = new Set<(exit: EngineExit) => void>();
  const watched = new Map<string, number>();
  const calls: { name: string; args: unknown }[] = [];
  const powerEvents: PowerEvent[] = [];
  const info: EngineInfo = {
    version: 'test',
    feed: 'sim',
    broker: 'paper',
    isLive: false,
    account: 'TEST',
    pid: process.pid,
    startedUs: nowUs(),
  };
  let timer: NodeJS.Timeout | undefined;

  const touch = (row: number, last: number): void => {
    view.last[row] = last;
    view.bid[row] = last - 0.01;
    view.ask[row] = last + 0.01;
    view.tradeCount[row] = (view.tradeCount[row] as number) + 1;
    view.volume[row] = (view.volume[row] as number) + 100;
    view.notional[row] = (view.notional[row] as number) + 100 * last;
    view.tickRate10s[row] = 2;
    view.rateTimeUs[row] = nowUs();
    view.phase[row] = 2;
    Atomics.add(view.version, row, 1);
  };
  const addSymbols = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const row = names.length;
      names.push(options.firstNames?.[row] ?? `S${row}`);
      view.previousClose[row] = 100;
      touch(row, 100);
    }
  };
  const set = (topic: ConflatedTopic, key: string | undefined, value: unknown): void => {
    for (const listener of onValue) listener(topic, key, value);
  };
  const count = (topic: string, key: string | undefined, by: number): void => {
    const id = key === undefined ? topic : `${topic}/${key}`;
    watched.set(id, (watched.get(id) ?? 0) + by);
  };
  addSymbols(options.symbols);

  return {
    info,
    epoch: options.epoch ?? 'epoch-1',
    view,
    watched,
    calls,
    powerEvents,
    symbolCount: () => names.length,
    symbolNames: (first) => names.slice(first),
    onEvent: (listener) => (onEvent.add(listener), () => void onEvent.delete(listener)),
    onValue: (listener) => (onValue.add(listener), () => void onValue.delete(listener)),
    onExit: (listener) => (onExit.add(listener), () => void onExit.delete(listener)),
    watch: (topic, key) => count(topic, key, 1),
    unwatch: (topic, key) => count(topic, key, -1),
    command: (name, args) => {
      calls.push({ name, args });
      return Promise.resolve(undefined);
    },
    power: (event) => void powerEvents.push(event),
    stop: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
    addSymbols,
    touch,
    emit: (topic, items) => {
      for (const listener of onEvent) listener(topic, items);
    },
    set,
    crash: (message) => {
      clearInterval(timer);
      for (const listener of onExit) listener({ kind: 'crash', message });
    },
    run: (everyMs, rowsPerStep) => {
      timer = setInterval(() => {
        for (let i = 0; i < rowsPerStep; i++) touch(rng.below(names.length), 50 + rng.next() * 100);
        set('health', undefined, fakeHealth(nowUs(), names.length, Math.round((rowsPerStep * 1000) / everyMs)));
      }, everyMs);
    },
  };
}

/** A market that runs by itself, started the way a host starts the real engine. */
export function startFakeEngine(options: EngineOptions): Promise<EngineRuntime> {
  const engine = createFakeEngine({
    symbols: options.symbols,
    epoch: `fake-${process.pid}-${Date.now()}`,
    seed: options.seed,
    firstNames: ['AAPL', 'MSFT'],
  });
  engine.run(20, Math.min(30, options.symbols));
  return Promise.resolve(engine);
}

export function fakeHealth(nowUs: number, symbols: number, eventsPerSecond: number): HealthValue {
  return {
    nowUs,
    phase: 'regular',
    phaseEndsUs: null,
    engineState: 'running',
    feed: {
      name: 'sim',
      state: 'live',
      detail: '',
      eventsPerSecond,
      eventsTotal: 0,
      lagMs: 0,
      lagMaxMs: 0,
      gaps: 0,
      openGap: false,
      dropped: 0,
      badEvents: 0,
      ringUsed: 0,
      alarm: '',
    },
    kernel: { load: 0, inputNo: 0, laneP50Us: 0, laneP99Us: 0, queue: 0 },
    memory: { rssBytes: 0, heapBytes: 0 },
    symbols,
    isAuto: false,
    broker: { name: 'paper', account: 'TEST', isLive: false, state: 'up' },
    clients: 0,
  };
}
