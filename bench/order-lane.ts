/**
 * The order lane: time from the market event that fires an exit to the order's leaving for the broker, at rest and under
 * market load in one run. Everything between is the engine's own: feed ring, loop, decoder, recorder, kernel with the four
 * strategies, store worker with its syncs; the broker is this file and answers at once.
 *
 * `--rate R` events a second of the loaded legs (300000), `--seconds S` of each leg (3), `--symbols N` that are bought and
 * sold over and over (24), `--seed N`. Legs: rest, load, rest, load, then rest and load with the wait for the disk taken
 * out (the store is told everything and nobody waits for it), so that what the disk costs can be seen.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, MessageChannel, parentPort, Worker, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { startStoreWorker, StoreClient } from '../src/engine/adapters/store/store-client.ts';
import { compileStrategy, StepGuard } from '../src/engine/adapters/strategies/compile.ts';
import { FailureError } from '../src/engine/cli/command.ts';
import { Checkpoints } from '../src/engine/hosts/kernel-host/checkpoints.ts';
import { KernelLoop } from '../src/engine/hosts/kernel-host/kernel-loop.ts';
import { MarketClock } from '../src/engine/hosts/kernel-host/market-clock.ts';
import { JournalTap, Recorder } from '../src/engine/hosts/kernel-host/recorder.ts';
import type { ToKernel } from '../src/engine/hosts/kernel-host/worker-messages.ts';
import { CONTROL } from '../src/engine/hosts/kernel-host/worker-messages.ts';
import { Kernel } from '../src/engine/kernel/kernel.ts';
import type { CommandAnswer } from '../src/engine/kernel/user-commands.ts';
import type { KernelConfig } from '../src/engine/kernel/kernel-config.ts';
import { defaultConfig } from '../src/engine/kernel/kernel-config.ts';
import { FrameRing } from '../src/engine/lib/frame-ring.ts';
import { columnsByteLength } from '../src/engine/lib/columns.ts';
import { VIEW_COLUMNS } from '../src/engine/market/view-columns.ts';
import { ConditionSets } from '../src/engine/model/conditions.ts';
import type { EventBatch } from '../src/engine/model/event-batch.ts';
import type { Order } from '../src/engine/model/order.ts';
import { SYMBOL_CAPACITY, SymbolTable } from '../src/engine/model/symbols.ts';
import type { EpochUs } from '../src/engine/model/units.ts';
import type { BrokerCommand, BrokerEvent, Execution, OrderRequest } from '../src/engine/ports/broker.ts';
import { SessionCalendar } from '../src/engine/time/calendar.ts';
import { SessionClock } from '../src/engine/time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../src/engine/time/us-calendar.ts';
import { DEFAULT_FRAMES, makeTickers } from './frames.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';
import type { LaneOrder, LaneProducerData } from './lane-producer.ts';
import { LANE, runLaneProducer } from './lane-producer.ts';

const RING_BYTES = 64 << 20;
const DAY = '2026-03-02';
/** 11:00 in New York on that day. */
const MARKET_MS = DEFAULT_FRAMES.startMs + 90 * 60_000;
const LIMIT_MS = 5;
/** Fewer exits in a leg say nothing about its tail. */
const EXITS_LEAST = 20;
/** On a busy machine a leg waits so long at most for a backlog to end, and again for its exits. */
const PATIENCE_MS = 60_000;

if (!isMainThread && (workerData as Partial<LaneProducerData> | null)?.lane === true && parentPort !== null)
  runLaneProducer(workerData as LaneProducerData, parentPort);

export async function run(args: string[]): Promise<void> {
  const isJson = args.includes('--json');
  const options = readNumbers(
    args.filter((word) => word !== '--json'),
    { rate: 300_000, seconds: 3, symbols: 24, seed: 1 },
  );
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'drover-bench-lane-'));
  const rig = new LaneRig(dataDir, options.symbols, options.seed);
  try {
    await rig.begin();
    const legs: LaneLeg[] = [];
    for (const [rate, waits] of [
      [0, true],
      [options.rate, true],
      [0, true],
      [options.rate, true],
      [0, false],
      [options.rate, false],
    ] as const)
      legs.push(await rig.leg(rate, options.seconds, waits));
    for (const [text, count] of rig.refusals) console.error(`${count} x ${text}`);
    report(legs, isJson);
  } finally {
    await rig.end();
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

interface LaneLeg {
  readonly rate: number;
  readonly waitsForDisk: boolean;
  readonly eventsPerSecond: number;
  readonly refusedFrames: number;
  /** Milliseconds from the decision to the send, and from the event's receive stamp to the send. */
  readonly lane: readonly number[];
  readonly whole: readonly number[];
  readonly kernelLoad: number;
  readonly checkpointPauseMs: number;
}

function report(legs: readonly LaneLeg[], isJson: boolean): void {
  const of = (isLoaded: boolean, waits: boolean): LaneLeg[] =>
    legs.filter((leg) => leg.rate > 0 === isLoaded && leg.waitsForDisk === waits);
  const figures = (list: readonly LaneLeg[], key: 'lane' | 'whole'): { p50: number; p99: number; max: number } => {
    const all = list.flatMap((leg) => leg[key]).toSorted((a, b) => a - b);
    const at = (share: number): number => Number((all[Math.floor((all.length - 1) * share)] ?? Number.NaN).toFixed(3));
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  };
  const result = {
    rest: { lane: figures(of(false, true), 'lane'), whole: figures(of(false, true), 'whole') },
    loaded: { lane: figures(of(true, true), 'lane'), whole: figures(of(true, true), 'whole') },
    restWithoutDisk: { lane: figures(of(false, false), 'lane'), whole: figures(of(false, false), 'whole') },
    loadedWithoutDisk: { lane: figures(of(true, false), 'lane'), whole: figures(of(true, false), 'whole') },
  };
  const ratio = Number((result.loaded.lane.p99 / result.rest.lane.p99).toFixed(2));
  const told = legs.map((leg) => ({ ...leg, exits: leg.lane.length, lane: null, whole: null }));
  if (isJson) console.log(JSON.stringify({ ...result, ratioP99: ratio, legs: told, machine: machineLine() }));
  else {
    console.log(machineLine());
    for (const leg of told) {
      console.log(
        `leg ${String(leg.rate).padStart(7)} events/s asked, ${Math.round(leg.eventsPerSecond).toLocaleString('en-US').padStart(8)} taken, ` +
          `${leg.exits} exits, ${leg.refusedFrames} frames refused, kernel ${(leg.kernelLoad * 100).toFixed(0)} % busy, ` +
          `longest checkpoint pause ${leg.checkpointPauseMs.toFixed(1)} ms${leg.waitsForDisk ? '' : ', no wait for the disk'}`,
      );
    }
    for (const [name, { lane, whole }] of Object.entries(result)) {
      console.log(
        `${name.padEnd(18)} trigger decided -> sent: p50 ${lane.p50} p99 ${lane.p99} max ${lane.max} ms; ` +
          `event received -> sent: p50 ${whole.p50} p99 ${whole.p99} max ${whole.max} ms`,
      );
    }
    console.log(
      `p99 loaded / at rest ${ratio}; limit ${LIMIT_MS} ms ${result.loaded.lane.p99 < LIMIT_MS ? 'held' : 'BROKEN'}`,
    );
  }
  const least = Math.min(...legs.map((leg) => leg.lane.length));
  if (least < EXITS_LEAST) throw new FailureError(`only ${least} exits in a leg; the figures say nothing.`);
}

/** Remembers when the message at hand was received. */
class StampedClock extends MarketClock {
  receivedUs = 0;
  override stamp(batch: EventBatch, wallUs: EpochUs): EpochUs {
    this.receivedUs = wallUs;
    return super.stamp(batch, wallUs);
  }
}

/** The store's client, which can be told to call everything durable at once. */
class LaneStore extends StoreClient {
  waits = true;
  override durableSeq(): number {
    return this.waits ? super.durableSeq() : Number.MAX_SAFE_INTEGER;
  }
  override waitDurable(seq: number, timeoutMs: number): boolean {
    return !this.waits || super.waitDurable(seq, timeoutMs);
  }
}

const wallUs = (): number => (performance.timeOrigin + performance.now()) * 1000;

class LaneRig {
  readonly #names: readonly string[];
  readonly #symbols = new SymbolTable();
  readonly #conditions = new ConditionSets();
  readonly #ring = new FrameRing(RING_BYTES);
  readonly #control = new SharedArrayBuffer(64);
  readonly #cells = new Int32Array(new SharedArrayBuffer(64));
  readonly #inbox: MessagePort;
  readonly #producer: Worker;
  readonly #store: LaneStore;
  readonly #kernel: Kernel;
  readonly #recorder: Recorder;
  readonly #loop: KernelLoop;
  readonly #clock: StampedClock;
  readonly #checkpoints: Checkpoints;
  readonly #intents = new Map<string, { decidedMs: number; receivedUs: number }>();
  readonly #actMs = new Map<string, number>();
  readonly refusals = new Map<string, number>();
  #lane: number[] = [];
  #whole: number[] = [];
  readonly #executions: Execution[] = [];
  readonly #positions = new Map<number, number>();
  #events = 0;

  constructor(dataDir: string, symbols: number, seed: number) {
    this.#names = Array.from(
      { length: symbols },
      (_, i) => `LANE${String.fromCharCode(65 + (i % 26))}${i >= 26 ? 'X' : ''}`,
    );
    const offsetMs = MARKET_MS - Date.now();
    const here = fileURLToPath(import.meta.url);
    const { channel } = startStoreWorker({
      dataDir,
      day: DAY,
      workerUrl: path.join(path.dirname(here), 'store-worker.js'),
      kernelBell: this.#ring.buffer,
      tapeBeforeJournal: 'write',
    });
    const config = laneConfig(seed, this.#names);
    const tap = new JournalTap((record) => {
      if (record.kind === 'intent' && (record.body as Order).side === 'sell')
        this.#intents.set(record.id, { decidedMs: performance.now(), receivedUs: this.#clock.receivedUs });
    });
    const guard = new StepGuard();
    this.#kernel = new Kernel({
      config,
      symbols: this.#symbols,
      conditions: this.#conditions,
      sessions: new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR)),
      journal: tap,
      viewBuffer: new SharedArrayBuffer(columnsByteLength(VIEW_COLUMNS, SYMBOL_CAPACITY)),
      tapeTrades: 2_000_000,
      compile: (code, file) => compileStrategy(code, file, guard),
      guard,
      send: (command) => this.#send(command),
    });
    this.#store = new LaneStore({ channel, symbols: this.#symbols, sets: this.#conditions, whenFull: 'drop' });
    if (this.#store.waitOpen(10_000) !== 'open') throw new FailureError('the store did not open.');
    tap.attach(this.#store);
    this.#recorder = new Recorder(this.#kernel, this.#store, tap, false);
    this.#checkpoints = new Checkpoints(this.#kernel, this.#store, config, this.#symbols, this.#conditions);
    this.#clock = new StampedClock(offsetMs * 1000, wallUs());
    const { port1, port2 } = new MessageChannel();
    this.#inbox = port1;
    this.#loop = new KernelLoop({
      clock: this.#clock,
      recorder: this.#recorder,
      ring: this.#ring.buffer,
      control: this.#control,
      port: port2,
      symbols: this.#symbols,
      conditions: this.#conditions,
      hooks: {
        onMessage: (message) => this.#onMessage(message),
        onNotice: () => undefined,
        onPulse: (nowMs) => this.#pulse(nowMs),
        onEvents: (count) => (this.#events += count),
      },
    });
    const data: LaneProducerData = {
      lane: true,
      ring: this.#ring.buffer,
      cells: this.#cells.buffer as SharedArrayBuffer,
      offsetMs,
      seed,
    };
    this.#producer = new Worker(here, { workerData: data });
    this.#producer.on('error', (error) => {
      throw error;
    });
  }

  async begin(): Promise<void> {
    this.#recorder.command({ id: 'configure', name: 'configure', args: null });
    while (Atomics.load(this.#cells, LANE.ready) === 0) await sleep(20);
    this.#tell({ kind: 'link', up: true, dataLost: false, reason: 'bench', account: 'BENCH' });
    this.#loop.start();
    // Past the compiler's warm-up, under the load to come.
    Atomics.store(this.#cells, LANE.rate, 60_000);
    await sleep(3000);
  }

  async leg(rate: number, seconds: number, waitsForDisk: boolean): Promise<LaneLeg> {
    this.#store.waits = waitsForDisk;
    // The leg before may have left a backlog: without an end to it, rest would be measured under load.
    Atomics.store(this.#cells, LANE.rate, 0);
    await this.#until(() => this.#ring.stats().usedBytes === 0);
    Atomics.store(this.#cells, LANE.rate, rate);
    await sleep(500);
    this.#lane = [];
    this.#whole = [];
    this.#checkpoints.pauseMaxMs = 0;
    const [busyMs, events, startMs] = [this.#loop.busyMs, this.#events, performance.now()];
    const refused = Atomics.load(this.#cells, LANE.refused);
    await sleep(seconds * 1000);
    await this.#until(() => this.#lane.length >= EXITS_LEAST);
    const tookMs = performance.now() - startMs;
    return {
      rate,
      waitsForDisk,
      eventsPerSecond: ((this.#events - events) / tookMs) * 1000,
      refusedFrames: Atomics.load(this.#cells, LANE.refused) - refused,
      lane: this.#lane,
      whole: this.#whole,
      kernelLoad: (this.#loop.busyMs - busyMs) / tookMs,
      checkpointPauseMs: this.#checkpoints.pauseMaxMs,
    };
  }

  /** Looks now and then; after the bench's patience it goes on as it is, and the count of exits tells. */
  async #until(isDone: () => boolean): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    while (!isDone() && performance.now() < endMs) await sleep(20);
  }

  async end(): Promise<void> {
    Atomics.store(this.#cells, LANE.stop, 1);
    Atomics.notify(this.#cells, LANE.stop);
    await new Promise((resolve) => this.#producer.once('exit', resolve));
    this.#loop.stop();
    await this.#store.close(15_000);
    this.#inbox.close();
  }

  /** Every symbol goes round: calm, bought, held a little, dropped under its stop, sold. */
  #pulse(nowMs: number): void {
    this.#store.poll();
    this.#recorder.watchStore(nowMs);
    this.#checkpoints.pulse(nowMs, this.#clock.receivedUs, this.#events);
    const { desk } = this.#kernel.main;
    const active = new Map(desk.summaries.activeTrades().map((trade) => [trade.ticker, trade]));
    this.#names.forEach((name, at) => {
      if (nowMs < (this.#actMs.get(name) ?? 0)) return;
      const trade = active.get(name);
      // Spread over the tenths of a second, or all exits would queue behind one commit.
      const wait = 200 + ((at * 37) % 100) * 3;
      this.#actMs.set(name, nowMs + wait);
      if (trade === undefined) {
        this.#order({ kind: 'calm', symbol: name });
        const args = { symbol: name, quantity: 100, limit: null };
        const symbol = this.#symbols.get(name);
        // Bought only at its calm price, so that the drop is under the stop.
        if (symbol !== undefined && (this.#kernel.view.columns.ask[symbol] as number) >= 100)
          this.#answer(this.#recorder.command({ id: `b${nowMs}`, name: 'buy', args }));
      } else if (trade.state === 'open' && trade.exitReason === '')
        setTimeout(() => this.#order({ kind: 'drop', symbol: name }), (at * 53) % 100);
    });
  }

  /** A purchase that is refused (its quote is not there yet) is tried again; which refusals there were is shown. */
  #answer(answer: CommandAnswer | undefined): void {
    if (answer === undefined || answer.ok) return;
    const text = answer.message.replaceAll(/[\d.]+/gu, 'N');
    this.refusals.set(text, (this.refusals.get(text) ?? 0) + 1);
  }

  #order(order: LaneOrder): void {
    this.#producer.postMessage(order);
  }

  #send(command: BrokerCommand): void {
    if (command.kind === 'query') {
      this.#answerQuery(command.queryId ?? '');
      return;
    }
    if (command.kind !== 'place') return;
    const { order } = command;
    const decided = this.#intents.get(order.clientOrderId);
    if (decided !== undefined) {
      this.#intents.delete(order.clientOrderId);
      this.#lane.push(performance.now() - decided.decidedMs);
      this.#whole.push((wallUs() - decided.receivedUs) / 1000);
    }
    this.#fill(order);
  }

  /** Acknowledged and filled at once, by messages as they would come from another thread. */
  #fill(order: OrderRequest): void {
    const { clientOrderId, symbol, side, quantity } = order;
    const executionId = `X${this.#executions.length + 1}.01`;
    const price = order.limit ?? 97_000_000;
    this.#tell({ kind: 'acknowledged', clientOrderId, brokerOrderId: executionId });
    const execution: Execution = {
      executionId,
      clientOrderId,
      symbol,
      side,
      quantity,
      price,
      atUs: this.#kernel.nowUs,
      venue: 'X',
      liquidity: 'removed',
    };
    this.#executions.push(execution);
    this.#positions.set(symbol, (this.#positions.get(symbol) ?? 0) + (side === 'buy' ? quantity : -quantity));
    this.#tell({ kind: 'execution', execution });
    this.#tell({ kind: 'commission', executionId, commission: 1_000_000 });
  }

  #answerQuery(queryId: string): void {
    const snapshot = {
      account: 'BENCH',
      openOrders: [],
      executions: this.#executions.slice(),
      positions: [...this.#positions].map(([symbol, quantity]) => ({ symbol, quantity, averageCost: 0 })),
      cash: 1_000_000_000_000,
      buyingPower: 1_000_000_000_000,
    };
    this.#tell({ kind: 'snapshot', snapshot, queryId });
  }

  #tell(event: BrokerEvent): void {
    this.#inbox.postMessage(event);
    Atomics.add(new Int32Array(this.#control), CONTROL.pendingMessages, 1);
    this.#ring.ring();
  }

  #onMessage(message: ToKernel): void {
    // This bench's inbox carries broker reports only.
    const event = message as unknown as BrokerEvent;
    this.#kernel.accept({ kind: 'broker', event, atUs: this.#kernel.nowUs });
    this.#recorder.tellDurable();
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function laneConfig(seed: number, names: readonly string[]): KernelConfig {
  const base = defaultConfig('LANE', DAY, seed);
  const tickers = [...names, ...makeTickers(DEFAULT_FRAMES.symbols)];
  const { desk } = base;
  return {
    ...base,
    feed: 'bench',
    paper: null,
    broker: 'bench',
    reference: tickers.map((name) => ({ name, type: 'CS', tape: 1, previousClose: 100, averageVolume: 1e6 })),
    desk: {
      ...desk,
      // The bench trades faster than any account may.
      risk: {
        ...desk.risk,
        ordersPerSecond: 1e6,
        messagesPerSecond: 1e6,
        dailyLossMax: 1e15,
        exposureMax: 1e15,
        symbolExposureMax: 1e15,
        strategyExposureMax: 1e15,
        dailyDrawdownMax: 1e15,
        lossStreakMax: 0,
      },
    },
  };
}
