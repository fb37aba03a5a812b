/** Wires the kernel thread: recovery, kernel, store, loop, what the windows are told, and how it all stops. */
import { parentPort } from 'node:worker_threads';
import type { ConflatedTopic, HealthValue, PositionRow } from '#protocol';
import { nextParcel } from '../../adapters/early-thread.ts';
import { StoreClient } from '../../adapters/store/store-client.ts';
import type { StoreReport } from '../../adapters/store/store-report.ts';
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import { tapeTail } from '../../adapters/store/tape-tail.ts';
import type { CheckpointChoice } from '../../adapters/store/checkpoint-files.ts';
import type { ExitsRead } from '../../adapters/store/exits-file.ts';
import { compileStrategy, StepGuard } from '../../adapters/strategies/compile.ts';
import { unusableTotal } from '../../feeds/decoder-counters.ts';
import type { AdoptionResult, Afresh } from '../../kernel/adoption.ts';
import { Kernel } from '../../kernel/kernel.ts';
import { ensure } from '../../lib/assert.ts';
import { PHASES } from '../../market/view-columns.ts';
import { ConditionSets } from '../../model/conditions.ts';
import { SymbolTable } from '../../model/symbols.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { withCalendarDays } from '../../time/calendar-days.ts';
import { SessionClock } from '../../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import type { AfreshPlan } from './afresh.ts';
import { lastAfresh, planAfresh } from './afresh.ts';
import { Checkpoints } from './checkpoints.ts';
import { ConsoleLog } from './console-log.ts';
import { DayEnd } from './day-end.ts';
import type { FirstLook } from './first-look.ts';
import { takeFirstLook } from './first-look.ts';
import { HealthBoard } from './health-board.ts';
import { KernelLoop } from './kernel-loop.ts';
import { MarketClock } from './market-clock.ts';
import { PauseMeter } from './pause-meter.ts';
import { percentile } from './percentile.ts';
import { QueryDesk } from './query-desk.ts';
import { JournalTap, Recorder } from './recorder.ts';
import type { RecoveryReport } from './recovery.ts';
import { RecoveryScreen } from './recovery-screen.ts';
import { FRESH, recover, restoreTables } from './recovery.ts';
import type { StartMeter } from './start-meter.ts';
import { planTakeover } from './takeover.ts';
import { tellOfStore } from './store-news.ts';
import { TopicBoard } from './topic-board.ts';
import type { FromKernel, KernelEarlyData, KernelWorkerData, ToKernel } from './worker-messages.ts';
import { MarketOffset } from './worker-messages.ts';

/** Trades kept in memory: about 1.2 GB when full; older ones stay on disk. */
const TAPE_TRADES = 30_000_000;
const STORE_OPEN_MS = 30_000;
const ENGINE_STATES = {
  'exits-file': 'starting',
  market: 'recovering',
  reconciling: 'reconciling',
  running: 'running',
} as const;

export function startKernelThread(): void {
  const port = ensure(parentPort, 'the kernel runs in a worker thread');
  const look = takeFirstLook(nextParcel<KernelEarlyData>(), port, () => wallUs(performance.now()));
  new KernelThread(nextParcel<KernelWorkerData>(), look.meter).start(look);
}

class KernelThread {
  readonly #data: KernelWorkerData;
  readonly #port = ensure(parentPort, 'the kernel runs in a worker thread');
  readonly #symbols = new SymbolTable();
  readonly #conditions = new ConditionSets();
  readonly #guard = new StepGuard();
  readonly #log = new ConsoleLog();
  readonly #dayEnd = new DayEnd();
  readonly #health = new HealthBoard(performance.now());
  readonly #pauses = new PauseMeter();
  readonly #tap: JournalTap;
  readonly #store: StoreClient;
  readonly #kernel: Kernel;
  readonly #recorder: Recorder;
  readonly #loop: KernelLoop;
  readonly #clock: MarketClock;
  readonly #queries: QueryDesk;
  readonly #topics: TopicBoard;
  readonly #checkpoints: Checkpoints;
  readonly #start: StartMeter;
  #isRecovering = true;
  #namesTold = 0;
  #healthMs = 0;
  #lastStampUs = 0;

  constructor(data: KernelWorkerData, meter: StartMeter) {
    this.#data = data;
    this.#start = meter;
    const sessions = new SessionClock(
      new SessionCalendar(withCalendarDays(US_EQUITY_CALENDAR, data.config.calendarDays)),
    );
    this.#tap = new JournalTap((record) => this.#onRecord(record));
    this.#kernel = new Kernel({
      config: data.config,
      symbols: this.#symbols,
      conditions: this.#conditions,
      sessions,
      journal: this.#tap,
      viewBuffer: data.view,
      tapeTrades: TAPE_TRADES,
      compile: (code, file) => compileStrategy(code, file, this.#guard),
      guard: this.#guard,
      send: () => undefined,
    });
    this.#store = new StoreClient({
      channel: data.store,
      symbols: this.#symbols,
      sets: this.#conditions,
      whenFull: data.isLockstep ? 'wait' : 'drop',
      onReport: (report) => this.#onStoreReport(report),
    });
    this.#recorder = new Recorder(this.#kernel, this.#store, this.#tap, data.isLockstep, (severity, text) =>
      this.#log.add(this.#kernel.nowUs, 'store', severity, text),
    );
    this.#queries = new QueryDesk(this.#kernel);
    this.#topics = new TopicBoard(this.#kernel, this.#queries, (topic, key, value) =>
      this.#tell({ kind: 'value', topic, key, value }),
    );
    this.#checkpoints = new Checkpoints(
      this.#kernel,
      this.#store,
      data.config,
      this.#symbols,
      this.#conditions,
      data.options.checkpoints,
    );
    this.#clock = new MarketClock(0, wallUs(performance.now()));
    this.#loop = new KernelLoop({
      clock: this.#clock,
      recorder: this.#recorder,
      ring: data.ring,
      control: data.control,
      port: this.#port,
      symbols: this.#symbols,
      conditions: this.#conditions,
      hooks: {
        onMessage: (message) => this.#onMessage(message),
        onNotice: (notice) => this.#onNotice(notice),
        onPulse: (nowMs) => this.#pulse(nowMs),
        onEvents: (count, stampUs) => this.#onEvents(count, stampUs),
      },
    });
  }

  start({ exits, positions, newestOf }: FirstLook): void {
    const { dataDir } = this.#data.options;
    const screen = this.#screen(positions);
    const newest = this.#data.isNew ? null : newestOf(this.#data.config.day);
    const life = this.#store.waitOpen(STORE_OPEN_MS);
    this.#store.poll();
    if (life !== 'open') {
      this.#tell({ kind: 'failed', message: `the data folder cannot be used (${life}); the log says why` });
      return;
    }
    this.#tap.attach(this.#store);
    const endUs = newest === null ? 0 : tapeTail(dataDir, this.#data.config.day, Infinity).lastUs;
    this.#tell({ kind: 'opened', tapeEndUs: endUs === 0 ? null : endUs });
    const plan = this.#planAfresh(newest, exits);
    if (plan !== null) this.#kernel.inputNo = plan.afresh.afterInputNo;
    const recovered = plan === null ? this.#recover(screen, newest) : plan.report;
    if (screen.isStopWanted) return void this.#stop(false);
    this.#clock.setOffset(new MarketOffset(this.#data.marketOffset).told(), wallUs(performance.now()));
    const report = this.#takeOver(recovered, exits, plan?.afresh);
    this.#start.recovered(report, this.#kernel.lacksUntil === 0);
    this.#isRecovering = false;
    this.#namesTold = this.#symbols.size;
    this.#loop.stampUs = this.#lastStampUs = report.resumeAfterUs ?? 0;
    this.#recorder.settle();
    this.#tellRecovery(report);
    this.#tell({
      kind: 'ready',
      symbols: this.#symbols.names.slice(),
      resumeAfterUs: report.resumeAfterUs,
      lacksUntil: this.#kernel.lacksUntil,
      lacksRangesUntil: this.#kernel.lacksRangesUntil,
    });
    if (plan !== null) this.#checkpoints.soon();
    this.#pauses.observe();
    this.#start.exitsJudged(); // Whatever comes next, a frame or the time, judges every plan first.
    if (!this.#data.isLockstep) this.#recorder.idleTime(this.#clock.at(wallUs(performance.now())));
    for (const message of screen.waiting) this.#onMessage(message);
    this.#loop.start();
  }

  #screen(positions: readonly PositionRow[]): RecoveryScreen {
    return new RecoveryScreen({
      port: this.#port,
      control: this.#data.control,
      meter: this.#start,
      positions,
      health: () => this.#healthValue(performance.now()),
    });
  }

  /** Only with a real feed: simulated time waits for the tape. */
  #planAfresh(newest: CheckpointChoice | null, exits: ExitsRead): AfreshPlan | null {
    const { isLockstep, options, config } = this.#data;
    return isLockstep || newest === null ? null : planAfresh({ ...options, day: config.day, newest, exits });
  }

  #recover(screen: RecoveryScreen, newest: CheckpointChoice | null): RecoveryReport {
    if (this.#data.isNew) {
      this.#recorder.command({ id: 'configure', name: 'configure', args: this.#data.config });
      this.#tellCarried();
      return FRESH;
    }
    return recover({
      dataDir: this.#data.options.dataDir,
      day: this.#data.config.day,
      kernel: this.#kernel,
      restoreTables: (reader) => restoreTables(reader, this.#symbols, this.#conditions),
      ...(newest === null ? {} : { choose: () => newest }),
      begunAtInputNo: lastAfresh(this.#data.options.dataDir, this.#data.config.day),
      // Simulated time can wait until the tape has made the journal whole again.
      useCheckpoint: !(
        this.#data.isLockstep &&
        this.#tap.resendFrom !== Number.POSITIVE_INFINITY &&
        this.#isTapeWhole()
      ),
      onInput: (input) => {
        if (input.kind === 'feed') this.#health.notice(input.body as FeedNotice);
        else if (input.kind === 'durable') this.#recorder.heard(input.seq);
        return true;
      },
      onApplied: (events) => screen.took(events),
    });
  }

  #tellCarried(): void {
    const { carriedFrom } = this.#data.config;
    if (this.#data.carryProblem !== '') this.#log.add(0, 'account', 'danger', this.#data.carryProblem);
    if (carriedFrom !== undefined)
      this.#log.add(0, 'account', 'notice', `the account of ${carriedFrom} goes on: its cash and open positions`);
  }

  #isTapeWhole(): boolean {
    const reader = new TapeReader({ dataDir: this.#data.options.dataDir, day: this.#data.config.day });
    const { damage } = reader.stat();
    reader.close();
    return damage.length === 0;
  }

  /** What journal and exits file know beyond the tape; the report then says where the feed goes on. */
  #takeOver(report: RecoveryReport, exits: ExitsRead, afresh: Afresh | undefined): RecoveryReport {
    const { dataDir } = this.#data.options;
    const problems = [...report.problems, ...exits.problems];
    const { day, run } = this.#data.config;
    const takeover = planTakeover({
      dataDir,
      day,
      run,
      kernel: this.#kernel,
      report,
      journalSeq: this.#tap.storedSeq,
      exits,
      replaces: this.#data.replaces,
      hasJournalLost: this.#tap.resendFrom !== Number.POSITIVE_INFINITY,
      ...(afresh === undefined ? {} : { afresh }),
    });
    if (takeover === null) {
      if (this.#data.replaces !== null)
        problems.push(`the recording ${this.#data.replaces} cannot be read any more; ${day} was begun in its place`);
      return { ...report, problems };
    }
    for (const record of takeover.records) this.#queries.record(record);
    this.#isRecovering = false;
    const { adoption, atUs } = takeover;
    const answer = this.#recorder.command({ id: 'recovery', name: 'adopt', args: adoption }, atUs);
    problems.push(takeover.sentence);
    if (answer?.ok === true) problems.push(...(answer.value as AdoptionResult).problems);
    if (adoption.gapFromUs !== null) {
      const gap = { kind: 'gap', id: 0, startUs: adoption.gapFromUs, reason: 'disconnect', framesLost: 0 } as const;
      this.#health.notice({ ...gap, endUs: null });
      this.#health.notice({ ...gap, endUs: atUs });
    }
    return { ...report, problems, resumeAfterUs: Math.max(report.resumeAfterUs ?? 0, atUs) };
  }

  #tellRecovery(report: RecoveryReport): void {
    const at = this.#kernel.nowUs;
    for (const problem of report.problems) this.#log.add(at, 'recovery', 'danger', problem);
    if (report.resumeAfterUs === null) return;
    const { openPositions } = this.#kernel.main.desk.summaries.account(at);
    const from =
      this.#kernel.lacksUntil > 0 && report.checkpointInputNo === null
        ? 'the journal'
        : report.checkpointInputNo === null
          ? 'the tape'
          : `a checkpoint and ${report.inputs.toLocaleString('en-US')} inputs of tape`;
    this.#log.add(
      at,
      'recovery',
      'notice',
      `recovered ${this.#data.config.day} from ${from}: ${openPositions} open positions`,
    );
  }

  #onMessage(message: ToKernel): void {
    switch (message.kind) {
      case 'command':
        this.#tell({ kind: 'result', id: message.id, ...this.#answer(message.name, message.args, message.id) });
        return;
      case 'watch':
        this.#topics.watch(message.topic, message.key, message.on);
        return;
      case 'power':
        this.#power(message.event);
        return;
      case 'stop':
        void this.#stop();
        return;
    }
  }

  /** Before a sleep or an end everything goes to the disk; after a sleep the kernel knows that it missed something. */
  #power(event: string): void {
    const at = this.#kernel.nowUs;
    this.#recorder.command({ id: `power-${this.#kernel.inputNo}`, name: 'power', args: { event } });
    if (event === 'suspend' || event === 'shutdown' || event === 'on-battery') {
      this.#checkpoints.final(this.#loop.stampUs);
      this.#store.syncTape();
      this.#log.add(at, 'power', 'warn', `${event}: auto trading is off, exits go on, a checkpoint was taken`);
    } else if (event === 'resume')
      this.#log.add(
        at,
        'power',
        'warn',
        'the machine slept; what happened meanwhile was not seen, the broker is asked',
      );
  }

  #answer(
    name: string,
    args: unknown,
    id: number,
  ):
    | { ok: true; value: unknown }
    | { ok: false; error: { code: 'refused' | 'not-found' | 'bad-arguments' | 'unknown-command'; message: string } } {
    if (name === 'report') {
      const line = args as { severity: 'info' | 'warn' | 'danger'; text: string; kind?: string };
      this.#log.add(this.#kernel.nowUs, line.kind ?? 'window', line.severity, line.text);
      return { ok: true, value: null };
    }
    const asked = this.#queries.ask(name, args);
    if (asked !== undefined) return asked;
    const answer = this.#recorder.command({ id: `c${id}`, name, args: args ?? null });
    if (answer === undefined || !answer.ok)
      return {
        ok: false,
        error: {
          code: answer?.code ?? 'unknown-command',
          message: answer?.message ?? `the engine has no command '${name}'`,
        },
      };
    return { ok: true, value: answer.value };
  }

  #onRecord(record: JournalRecord): void {
    if (record.kind === 'fill') this.#checkpoints.positionsMoved();
    this.#queries.record(record);
    if (!this.#isRecovering) this.#log.narrate(record, `${this.#data.config.run}S`);
  }

  #onStoreReport(report: StoreReport): void {
    tellOfStore(report, (severity, text) => this.#log.add(this.#kernel.nowUs, 'store', severity, text));
    this.#health.store(report);
    if (report.kind === 'opened')
      for (const { day, fromSeq } of report.journal.lost)
        if (day === this.#data.config.day) this.#tap.resendFrom = Math.min(this.#tap.resendFrom, fromSeq);
    if (report.kind === 'checkpoint') this.#checkpoints.written(report);
  }

  #onNotice(notice: FeedNotice): void {
    this.#health.notice(notice);
    this.#dayEnd.notice(notice);
    const at = this.#kernel.nowUs;
    if (notice.kind === 'heartbeat') return;
    if (notice.kind === 'state')
      this.#log.add(
        notice.atUs,
        'feed',
        notice.state === 'failed' ? 'danger' : 'info',
        `feed ${notice.state}${notice.detail === '' ? '' : `: ${notice.detail}`}`,
      );
    else if (notice.kind === 'subscribed' && notice.missing.length > 0)
      this.#log.add(at, 'feed', 'warn', `the feed did not confirm ${notice.missing.join(', ')}`);
    else if (notice.kind === 'status' && notice.status !== 'success')
      this.#log.add(at, 'feed', 'info', `feed says ${notice.status}: ${notice.message}`);
  }

  #onEvents(count: number, stampUs: number): void {
    this.#lastStampUs = stampUs;
    this.#health.rate.add(count);
    // A market at another time of day says nothing about how late its data is.
    if (!this.#clock.followsMarket) this.#health.lag(stampUs, this.#kernel.view.eventUs);
  }

  #pulse(nowMs: number): void {
    if (!this.#data.isLockstep) this.#recorder.idleTime(this.#clock.at(wallUs(nowMs)));
    this.#store.poll();
    this.#recorder.watchStore(nowMs);
    this.#tellNames();
    this.#log.anomalies(this.#kernel.takeAnomalies(), this.#symbols);
    this.#dayEnd.pulse(this.#kernel, this.#log);
    for (const [topic, items] of this.#log.take()) this.#tell({ kind: 'events', topic, items });
    this.#topics.pulse(nowMs);
    this.#checkpoints.pulse(nowMs, this.#loop.stampUs, this.#health.rate.total);
    if (this.#start.view.viewMs === null && this.#kernel.lacksUntil === 0) {
      this.#start.viewBack();
      this.#log.add(
        this.#kernel.nowUs,
        'recovery',
        'notice',
        'the market of the earlier day is back; strategies judge again',
      );
    }
    if (this.#start.view.entriesMs === null && this.#kernel.main.desk.summaries.risk().isReconciled)
      this.#start.reconciled();
    if (nowMs - this.#healthMs < 200) return;
    this.#healthMs = nowMs;
    this.#tell({
      kind: 'value',
      topic: 'health' satisfies ConflatedTopic,
      key: undefined,
      value: this.#healthValue(nowMs),
    });
  }

  #tellNames(): void {
    if (this.#symbols.size <= this.#namesTold) return;
    this.#tell({ kind: 'symbols', first: this.#namesTold, names: this.#symbols.names.slice(this.#namesTold) });
    this.#namesTold = this.#symbols.size;
  }

  #healthValue(nowMs: number): HealthValue {
    const { nowUs, sessions } = this.#kernel;
    const risk = this.#kernel.main.desk.summaries.risk();
    const memory = process.memoryUsage();
    const phase = nowUs === 0 ? 0 : sessions.phaseAt(nowUs);
    const feedAlarm = nowUs === 0 ? '' : this.#health.alarm(phase, nowUs, this.#lastStampUs);
    return {
      nowUs,
      phase: PHASES[phase] ?? 'closed',
      phaseEndsUs: nowUs === 0 ? null : sessions.nextChangeUs(nowUs),
      engineState: ENGINE_STATES[this.#start.view.stage],
      feed: {
        name: this.#data.options.feed,
        ...this.#health.feed,
        eventsPerSecond: this.#health.rate.read(nowMs),
        eventsTotal: this.#health.rate.total,
        badEvents: unusableTotal(this.#loop.decoder.counters),
        repeatedFrames: this.#loop.repeats.count,
        ringUsed: this.#loop.ringUsed(),
        alarm: this.#recorder.storeFault === '' ? feedAlarm : this.#recorder.storeFault,
      },
      kernel: {
        load: this.#health.load(nowMs, this.#loop.busyMs),
        inputNo: this.#kernel.inputNo,
        laneP50Us: percentile(this.#recorder.laneUs, 0.5),
        laneP99Us: percentile(this.#recorder.laneUs, 0.99),
        queue: 0,
      },
      memory: { rssBytes: memory.rss, heapBytes: memory.heapUsed },
      symbols: this.#symbols.size,
      isAuto: risk.isAuto,
      broker: {
        name: this.#data.options.broker,
        account: this.#kernel.config.paper?.account ?? '',
        isLive: this.#data.options.broker === 'ibkr:live',
        state: risk.isLinkUp ? (risk.isReconciled ? 'ready' : 'reconciling') : 'disconnected',
      },
      clients: 0,
      detail: { ...this.#health.detail(nowMs, this.#pauses, this.#checkpoints), start: this.#start.view },
    };
  }

  /** Before anything was decided there is nothing to write. */
  async #stop(hasBegun = true): Promise<void> {
    if (hasBegun) this.#loop.stop();
    if (hasBegun) this.#checkpoints.final(this.#loop.stampUs);
    await this.#store.close(30_000);
    this.#tell({ kind: 'stopped' });
  }

  #tell(message: FromKernel): void {
    this.#port.postMessage(message);
  }
}

/** Microseconds of our clock at a time of performance.now(). */
function wallUs(nowMs: number): number {
  return Math.round((performance.timeOrigin + nowMs) * 1000);
}
