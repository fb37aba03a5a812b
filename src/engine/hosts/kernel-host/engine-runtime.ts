/**
 * Starts the engine's threads and is the gateway's only handle on them: the feed worker fills the frame ring, the kernel
 * worker drains it, windows read the market view from shared memory. A thread that dies takes the engine down: the host's
 * supervisor restarts the process, and recovery starts from disk.
 */
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { ConflatedTopic, EngineInfo, LosslessTopic } from '#protocol';
import type { StoreWorker } from '../../adapters/store/store-client.ts';
import { startStoreWorker } from '../../adapters/store/store-client.ts';
import type { StrategyFolder } from '../../adapters/strategies/folder.ts';
import { FailureError } from '../../cli/command.ts';
import type { ReferenceRow } from '../../kernel/reference.ts';
import { columnsByteLength, createColumns } from '../../lib/columns.ts';
import { FrameRing } from '../../lib/frame-ring.ts';
import { VIEW_COLUMNS } from '../../market/view-columns.ts';
import { SYMBOL_CAPACITY } from '../../model/symbols.ts';
import { HistoryClient } from '../history/history-client.ts';
import type { HistoryWorkerData } from '../history/history-messages.ts';
import { retentionPolicy, unreconciledDays } from '../history/retention-settings.ts';
import type { EngineOptions, EngineRuntime, PastMarket } from '../runtime-port.ts';
import { chooseDay } from './choose-day.ts';
import type { EngineThreads } from './early-threads.ts';
import { dropEngineThreads, takeEngineThreads } from './early-threads.ts';
import { dateOf, marketOf } from './day-key.ts';
import { giveBackEarlier } from './earlier-market.ts';
import { parseFeedSpec } from './feed-spec.ts';
import type { FeedStart } from './start-feed.ts';
import { startFeedWorker } from './start-feed.ts';
import { ended, within } from './thread-end.ts';
import type { MarketReference, VendorMarket } from './vendor-market.ts';
import { changedRows, openVendorMarket } from './vendor-market.ts';
import { workerFile } from './worker-files.ts';
import type { FromKernel, KernelEarlyData, KernelWorkerData, ToKernel } from './worker-messages.ts';
import { CONTROL, MarketOffset } from './worker-messages.ts';

/** 64 MB of frames: about eight seconds of 60,000 events/s. */
const RING_BYTES = 64 * 1024 * 1024;
/** Hosts have limits of their own; a thread that is cut off inside the database takes the process along. */
const STOP_DEADLINE_MS = 30_000;
const HISTORY_AFTER_MS = 5_000;
const STORE_DEADLINE_MS = 30_000;
/** Reference rows in one input of the kernel. */
const REFERENCE_ROWS_AT_ONCE = 2_000;
const MOVED = "the server's market lives in another day than at the last start; the engine starts again";
export const ENGINE_VERSION = '0.1.0';

/** Resolves when the engine stands where it stood and runs on. */
export async function startEngine(options: EngineOptions): Promise<EngineRuntime> {
  const { runtime, done } = await beginEngine(options);
  await done;
  return runtime;
}

/**
 * Resolves as soon as the data folder is ours, while the market is still being brought back: windows can look on meanwhile.
 * What goes wrong from then on is told as a crash.
 */
export async function startEngineEarly(options: EngineOptions): Promise<EngineRuntime> {
  const { runtime, done } = await beginEngine(options);
  done.catch((error: unknown) => runtime.failed(error));
  return runtime;
}

interface Beginning {
  readonly runtime: Runtime;
  /** The engine stands where it stood. */
  readonly done: Promise<void>;
}

async function beginEngine(options: EngineOptions): Promise<Beginning> {
  const threads = takeEngineThreads();
  try {
    return await beginOn(threads, options);
  } catch (error) {
    dropEngineThreads(threads);
    throw error;
  }
}

async function beginOn(threads: EngineThreads, options: EngineOptions): Promise<Beginning> {
  const feed = parseFeedSpec(options.feed, options);
  if (typeof feed === 'string') throw new FailureError(feed);
  if (options.broker !== 'paper')
    throw new FailureError(`the broker ${options.broker} is not available yet; use --broker paper.`);
  const early: KernelEarlyData = {
    dataDir: options.dataDir,
    processUs: Math.round(performance.timeOrigin * 1000),
  };
  threads.kernel.begin(early);
  const startedUs = Math.round((performance.timeOrigin + performance.now()) * 1000);
  const epoch = `${startedUs.toString(36)}${process.pid.toString(36)}`;
  const market = marketOf(feed, options.broker);
  const key = process.env['MASSIVE_API_KEY'] ?? process.env['POLYGON_API_KEY'] ?? '';
  const { dataDir } = options;
  const opening = feed.kind === 'massive' ? openVendorMarket(feed, { key, dataDir, nowMs: startedUs / 1000 }) : null;
  const day = await chooseDay({ feed, options, startedUs, market, opening });
  const { recording, config, reference, carryProblem } = day;
  const ring = new FrameRing(RING_BYTES);
  const control = new SharedArrayBuffer(64);
  const offset = new MarketOffset();
  const viewBuffer = new SharedArrayBuffer(columnsByteLength(VIEW_COLUMNS, SYMBOL_CAPACITY));
  const isLockstep = feed.kind !== 'massive';
  const store = startStoreWorker({
    workerUrl: threads,
    dataDir: options.dataDir,
    day: recording.key,
    kernelBell: ring.buffer,
    // Simulated time can wait for a second sync; a real market cannot.
    tapeBeforeJournal: isLockstep ? 'sync' : 'write',
  });
  const workerData: KernelWorkerData = {
    options: {
      dataDir: options.dataDir,
      feed: options.feed,
      broker: options.broker,
      checkpoints: options.checkpoints,
      replayBytesMax: options.replayBytesMax,
    },
    config,
    isNew: recording.config === null,
    replaces: recording.replaces,
    carryProblem,
    isLockstep,
    store: store.channel,
    ring: ring.buffer,
    view: viewBuffer,
    marketOffset: offset.buffer,
    control,
  };
  threads.kernel.begin(workerData);
  const runtime = new Runtime(threads.kernel.worker, store, ring, control, viewBuffer, epoch, options, startedUs);
  const vendor = await opening;
  const marketOffsetUs = vendor?.offsetUs ?? 0;
  const isElsewhere = (offsetUs: number): boolean => dateOf(feed, startedUs + offsetUs, options.simDay) !== day.date;
  // What is known now is remembered: the supervisor's next start begins with the right day.
  if (isElsewhere(marketOffsetUs)) throw new Error(MOVED);
  offset.tell(marketOffsetUs);
  const tapeEndUs = await runtime.opened();
  const attachFeed = (resumeAfterUs: number | null): void => {
    const feedStart: FeedStart = {
      key,
      marketOffsetUs,
      thread: options.feedThread,
      resumeAfterUs,
      snapshotDir: path.join(options.dataDir, 'sim'),
      day: config.day.slice(0, 10),
      start: options.start,
    };
    runtime.attachFeed(startFeedWorker(feed, ring, feedStart));
  };
  // A real feed does not wait for the market to be back: what comes meanwhile waits in the ring.
  if (!isLockstep) attachFeed(tapeEndUs);
  void vendor?.moved().then((offsetUs) => {
    if (offsetUs !== null && isElsewhere(offsetUs)) runtime.failed(new Error(MOVED));
  });
  const attach = async (): Promise<void> => {
    const { resumeAfterUs, lacksUntil, lacksRangesUntil } = await runtime.ready();
    if (runtime.isStopping) return;
    if (isLockstep) attachFeed(resumeAfterUs);
    if (vendor !== null) runtime.attachVendor(vendor, config.reference, reference);
    runtime.attachHistory({
      scrub: { dataDir: options.dataDir, day: recording.key, reference: config.reference },
      retention: retentionPolicy(options.dataDir),
      keepDays: unreconciledDays(options.dataDir),
    });
    if (lacksRangesUntil > 0) runtime.giveBack(lacksUntil, lacksRangesUntil);
    runtime.attachStrategies(options.strategiesDir ?? path.join(options.dataDir, 'strategies'));
  };
  return { runtime, done: attach() };
}

type Ready = Extract<FromKernel, { readonly kind: 'ready' }>;

type Exit = { readonly kind: 'exit' | 'crash'; readonly message: string };

class Runtime implements EngineRuntime {
  readonly epoch: string;
  readonly view;
  readonly info: EngineInfo;
  readonly #kernel: Worker;
  readonly #store: StoreWorker;
  readonly #ring: FrameRing;
  readonly #control: Int32Array;
  #feed: Worker | null = null;
  #strategies: StrategyFolder | null = null;
  #history: HistoryClient | null = null;
  #vendor: VendorMarket | null = null;
  readonly #names: string[] = [];
  #isBack = false;
  readonly #early = new Map<ConflatedTopic, Extract<FromKernel, { readonly kind: 'value' }>>();
  readonly #eventListeners = new Set<(topic: LosslessTopic, items: readonly unknown[]) => void>();
  readonly #valueListeners = new Set<(topic: ConflatedTopic, key: string | undefined, value: unknown) => void>();
  readonly #exitListeners = new Set<(reason: Exit) => void>();
  readonly #pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  #nextId = 1;
  #stopping = false;
  #stop: Promise<void> | null = null;
  #exited: Exit | null = null;
  readonly #ready: Promise<Ready>;
  readonly #opened: Promise<number | null>;

  constructor(
    kernel: Worker,
    store: StoreWorker,
    ring: FrameRing,
    control: SharedArrayBuffer,
    view: SharedArrayBuffer,
    epoch: string,
    options: EngineOptions,
    startedUs: number,
  ) {
    this.#kernel = kernel;
    this.#store = store;
    this.#ring = ring;
    this.#control = new Int32Array(control);
    this.view = createColumns(VIEW_COLUMNS, SYMBOL_CAPACITY, view);
    this.epoch = epoch;
    this.info = {
      version: ENGINE_VERSION,
      feed: options.feed,
      broker: options.broker,
      isLive: options.broker === 'ibkr:live',
      account: options.broker === 'paper' ? 'PAPER' : '',
      pid: process.pid,
      startedUs,
      dataDir: options.dataDir,
    };
    let open = (_tapeEndUs: number | null): void => undefined;
    const isOpen = new Promise<number | null>((resolve) => (open = resolve));
    this.#ready = new Promise((resolve, reject) => {
      kernel.on('message', (message: FromKernel) => {
        if (message.kind === 'ready') {
          this.#names.push(...message.symbols);
          this.#isBack = true;
          this.#early.clear();
          resolve(message);
        } else if (message.kind === 'opened') open(message.tapeEndUs);
        else if (message.kind === 'failed') reject(new FailureError(message.message));
        else this.#onKernel(message);
      });
      kernel.once('error', (error) => reject(error));
      kernel.once('exit', () => reject(new FailureError('the kernel stopped while starting; the log says why.')));
    });
    this.#opened = Promise.race([isOpen, this.#ready.then(({ resumeAfterUs }) => resumeAfterUs)]);
    // A start that is given up before anybody waits for these has said why itself.
    this.#ready.catch(() => undefined);
    this.#opened.catch(() => undefined);
    kernel.on('error', (error) => this.#exit({ kind: 'crash', message: `kernel: ${error.stack ?? error.message}` }));
    kernel.on('exit', (code) =>
      this.#exit({ kind: this.#stopping ? 'exit' : 'crash', message: `kernel thread ended with code ${code}` }),
    );
  }

  /** The data folder is ours; resolves with the time at which its tape ends. */
  opened(): Promise<number | null> {
    return this.#opened;
  }

  ready(): Promise<Ready> {
    return this.#ready;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  failed(error: unknown): void {
    if (this.#stopping) return;
    this.#exit({ kind: 'crash', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }

  attachFeed(feed: Worker): void {
    this.#feed = feed;
    feed.on('error', (error) => this.#exit({ kind: 'crash', message: `feed: ${error.stack ?? error.message}` }));
    feed.on('exit', (code) => {
      if (!this.#stopping && code !== 0) this.#exit({ kind: 'crash', message: `feed thread ended with code ${code}` });
    });
  }

  /** Says what reference data the day began with, and passes on what the vendor answers later. */
  attachVendor(vendor: VendorMarket, begun: readonly ReferenceRow[], told: MarketReference | null): void {
    this.#vendor = vendor;
    const say = (severity: 'info' | 'warn', text: string): void =>
      void this.command('report', { severity, text, kind: 'reference' }).catch(() => undefined);
    if (vendor.offsetUs !== 0)
      say('info', "The server's market lives at another time than this machine; the engine follows the market's time.");
    if (told !== null) say(told.isFresh ? 'info' : 'warn', told.sentence);
    if (told?.isFresh === true) return;
    const follow = async (): Promise<void> => {
      const answer = await vendor.later();
      if (answer === null) return;
      const rows = changedRows(begun, answer.rows);
      for (let first = 0; first < rows.length; first += REFERENCE_ROWS_AT_ONCE)
        await this.command('setReference', { rows: rows.slice(first, first + REFERENCE_ROWS_AT_ONCE) });
      if (rows.length > 0) say('info', answer.sentence);
    };
    // The engine may end while the vendor is still being asked.
    void follow().catch(() => undefined);
  }

  /** The user's own strategies: loaded now and at every save. What is wrong with a file becomes a console line. */
  attachStrategies(dir: string): void {
    const say = (text: string): void => void this.command('report', { severity: 'warn', text }).catch(() => undefined);
    const start = async (): Promise<void> => {
      // Loaded late: the compiler is large, and exits do not wait for it.
      const { StrategyFolder: Folder } = await import('../../adapters/strategies/folder.ts');
      if (this.#stopping) return;
      this.#strategies = new Folder(dir, {
        onReady: (file) => void this.command('loadStrategy', file).catch((error: Error) => say(error.message)),
        onTrials: (files) => void this.command('keepTrials', { files }).catch((error: Error) => say(error.message)),
        onBroken: say,
      });
      this.#strategies.start();
    };
    void start().catch((error: Error) => say(error.message));
  }

  symbolCount(): number {
    return this.#names.length;
  }

  symbolNames(first: number): readonly string[] {
    return this.#names.slice(first);
  }

  onEvent(listener: (topic: LosslessTopic, items: readonly unknown[]) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  onValue(listener: (topic: ConflatedTopic, key: string | undefined, value: unknown) => void): () => void {
    this.#valueListeners.add(listener);
    // What was told before anybody could listen, while the market is being brought back: the positions of the exits file.
    for (const { topic, key, value } of this.#early.values()) listener(topic, key, value);
    return () => this.#valueListeners.delete(listener);
  }

  onExit(listener: (reason: Exit) => void): () => void {
    this.#exitListeners.add(listener);
    if (this.#exited !== null) listener(this.#exited);
    return () => this.#exitListeners.delete(listener);
  }

  watch(topic: ConflatedTopic, key: string | undefined): void {
    this.#send({ kind: 'watch', topic, key, on: true });
  }

  unwatch(topic: ConflatedTopic, key: string | undefined): void {
    this.#send({ kind: 'watch', topic, key, on: false });
  }

  command(name: string, args: unknown): Promise<unknown> {
    if (name === 'reconnectFeed') {
      this.#feed?.postMessage({ kind: 'reconnect' });
      return Promise.resolve(null);
    }
    if (this.#exited !== null)
      return Promise.reject(Object.assign(new Error('the engine has stopped'), { code: 'engine-stopped' }));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#send({ kind: 'command', id, name, args });
    });
  }

  /** Looking back and old days, on a thread of their own; begun once the engine has settled, or when first asked. */
  attachHistory(data: HistoryWorkerData): void {
    this.#history = new HistoryClient({
      workerFile: workerFile('history-worker'),
      data,
      say: (severity, text) => void this.command('report', { severity, text, kind: 'history' }).catch(() => undefined),
    });
    setTimeout(() => this.#history?.start(), HISTORY_AFTER_MS).unref();
  }

  /** The market of the earlier day, read from the tape by the history worker, goes to the kernel in figures. */
  giveBack(lacksUntil: number, lacksRangesUntil: number): void {
    const command = (name: string, args: unknown): Promise<unknown> => this.command(name, args);
    if (this.#history !== null) giveBackEarlier(this.#history, { lacksUntil, lacksRangesUntil }, command);
  }

  past(atUs: number): Promise<PastMarket> {
    return (
      this.#history?.at(atUs) ??
      Promise.reject(Object.assign(new Error('the engine is still starting'), { code: 'busy' }))
    );
  }

  power(event: string): void {
    this.#send({ kind: 'power', event });
  }

  /** Safe to call twice: both wait until the threads have ended. */
  stop(): Promise<void> {
    this.#stop ??= this.#end();
    return this.#stop;
  }

  async #end(): Promise<void> {
    this.#stopping = true;
    const stopped = new Promise<void>((resolve) => {
      this.#kernel.on('message', (message: FromKernel) => {
        if (message.kind === 'stopped') resolve();
      });
      this.#kernel.once('exit', () => resolve());
    });
    const { worker: tape, journal } = this.#store;
    const tapeEnded = ended(tape);
    const journalEnded = ended(journal);
    this.#strategies?.close();
    this.#vendor?.stop();
    const historyClosed = this.#history?.close();
    this.#feed?.postMessage({ kind: 'stop' });
    this.#send({ kind: 'stop' });
    await within(STOP_DEADLINE_MS, stopped);
    await Promise.all([this.#feed?.terminate(), this.#kernel.terminate(), historyClosed]);
    // The store's threads end by themselves once they have written what they were given. Cut off inside the database they
    // would take the whole process along, so that is the last resort; the journal's leaves when the tape's is gone.
    await within(STORE_DEADLINE_MS, Promise.all([tapeEnded, journalEnded]));
    await tape.terminate();
    await within(STORE_DEADLINE_MS, journalEnded);
    await journal.terminate();
  }

  #send(message: ToKernel): void {
    Atomics.add(this.#control, CONTROL.pendingMessages, 1);
    this.#kernel.postMessage(message);
    this.#ring.ring();
  }

  #onKernel(message: FromKernel): void {
    switch (message.kind) {
      case 'symbols':
        if (message.first === this.#names.length) this.#names.push(...message.names);
        return;
      case 'events':
        for (const listener of this.#eventListeners) listener(message.topic, message.items);
        return;
      case 'value':
        if (!this.#isBack) this.#early.set(message.topic, message);
        for (const listener of this.#valueListeners) listener(message.topic, message.key, message.value);
        return;
      case 'result': {
        const waiting = this.#pending.get(message.id);
        this.#pending.delete(message.id);
        if (message.ok) waiting?.resolve(message.value);
        else waiting?.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
        return;
      }
      case 'opened':
      case 'ready':
      case 'failed':
      case 'stopped':
        return;
    }
  }

  #exit(reason: Exit): void {
    if (this.#exited !== null) return;
    this.#exited = reason;
    for (const { reject } of this.#pending.values())
      reject(Object.assign(new Error('the engine has stopped'), { code: 'engine-stopped' }));
    this.#pending.clear();
    for (const listener of this.#exitListeners) listener(reason);
  }
}
