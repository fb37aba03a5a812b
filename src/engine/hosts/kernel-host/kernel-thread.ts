/** Wires the kernel thread: kernel, loop, what the windows are told, and how it stops. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ConflatedTopic, HealthValue, PlainError } from '#protocol';
import { ensure } from '../../lib/assert.ts';
import { MarketView } from '../../market/market-view.ts';
import { PHASES } from '../../market/view-columns.ts';
import { ConditionSets } from '../../model/conditions.ts';
import { SymbolTable } from '../../model/symbols.ts';
import { Kernel } from '../../kernel/kernel.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { SessionClock } from '../../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import { refusedTotal } from '../../feeds/decoder-counters.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import { ConsoleLog } from './console-log.ts';
import { HealthBoard } from './health-board.ts';
import { KernelLoop } from './kernel-loop.ts';
import type { FromKernel, KernelWorkerData, ToKernel } from './worker-messages.ts';

export function startKernelThread(): void {
  new KernelThread(workerData as KernelWorkerData).start();
}

class KernelThread {
  readonly #data: KernelWorkerData;
  readonly #port = ensure(parentPort, 'the kernel runs in a worker thread');
  readonly #symbols = new SymbolTable();
  readonly #conditions = new ConditionSets();
  readonly #sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
  readonly #view: MarketView;
  readonly #kernel: Kernel;
  readonly #loop: KernelLoop;
  readonly #log = new ConsoleLog();
  readonly #health = new HealthBoard(performance.now());
  #namesTold = 0;
  #healthMs = 0;

  constructor(data: KernelWorkerData) {
    this.#data = data;
    this.#view = new MarketView({ symbols: this.#symbols, conditions: this.#conditions, sessions: this.#sessions, buffer: data.view });
    this.#kernel = new Kernel({ view: this.#view });
    this.#loop = new KernelLoop({
      kernel: this.#kernel,
      ring: data.ring,
      control: data.control,
      port: this.#port,
      symbols: this.#symbols,
      conditions: this.#conditions,
      hooks: {
        onMessage: (message) => this.#onMessage(message),
        onNotice: (notice) => this.#onNotice(notice),
        onPulse: (nowMs) => this.#pulse(nowMs),
        onEvents: (count) => this.#onEvents(count),
      },
    });
  }

  start(): void {
    for (const row of this.#data.reference) {
      const symbol = this.#symbols.intern(row.name);
      this.#view.setReference(symbol, { previousClose: row.previousClose, averageVolume: row.averageVolume });
    }
    this.#namesTold = this.#symbols.size;
    this.#tell({ kind: 'ready', symbols: this.#symbols.names.slice() });
    this.#loop.start();
  }

  #onMessage(message: ToKernel): void {
    switch (message.kind) {
      case 'command':
        this.#tell({ kind: 'result', id: message.id, ...this.#command(message.name, message.args) });
        return;
      case 'watch':
      case 'power':
        return;
      case 'stop':
        this.#loop.stop();
        this.#tell({ kind: 'stopped' });
        return;
    }
  }

  #command(name: string, args: unknown): { ok: true; value: unknown } | { ok: false; error: PlainError } {
    if (name === 'ping') return { ok: true, value: { atUs: this.#kernel.nowUs } };
    if (name === 'report') {
      const line = args as { severity: 'info' | 'warn' | 'danger'; text: string };
      this.#log.add(this.#kernel.nowUs, 'window', line.severity, line.text);
      return { ok: true, value: null };
    }
    return { ok: false, error: { code: 'unknown-command', message: `the engine has no command '${name}'` } };
  }

  #onNotice(notice: FeedNotice): void {
    this.#health.notice(notice);
    const at = this.#kernel.nowUs;
    if (notice.kind === 'state') this.#log.add(notice.atUs, 'feed', notice.state === 'failed' ? 'danger' : 'info', `feed ${notice.state}${notice.detail === '' ? '' : `: ${notice.detail}`}`);
    else if (notice.kind === 'subscribed' && notice.missing.length > 0) this.#log.add(at, 'feed', 'warn', `the feed did not confirm ${notice.missing.join(', ')}`);
    else if (notice.kind === 'gap') this.#log.add(at, 'gap', 'warn', notice.endUs === null ? `feed gap opened (${notice.reason})` : `feed gap of ${((notice.endUs - notice.startUs) / 1e6).toFixed(1)} s closed (${notice.reason})`);
  }

  #onEvents(count: number): void {
    this.#health.rate.add(count);
    this.#health.lag(this.#kernel.nowUs, this.#view.eventUs);
  }

  #pulse(nowMs: number): void {
    if (this.#symbols.size > this.#namesTold) {
      this.#tell({ kind: 'symbols', first: this.#namesTold, names: this.#symbols.names.slice(this.#namesTold) });
      this.#namesTold = this.#symbols.size;
    }
    const lines = this.#log.take();
    if (lines.length > 0) this.#tell({ kind: 'events', topic: 'console', items: lines });
    if (nowMs - this.#healthMs < 200) return;
    this.#healthMs = nowMs;
    this.#value('health', this.#healthValue(nowMs));
  }

  #healthValue(nowMs: number): HealthValue {
    const nowUs = this.#kernel.nowUs;
    const phase = nowUs === 0 ? 'closed' : (PHASES[this.#sessions.phaseAt(nowUs)] ?? 'closed');
    const memory = process.memoryUsage();
    return {
      nowUs,
      phase,
      phaseEndsUs: nowUs === 0 ? null : this.#sessions.nextChangeUs(nowUs),
      engineState: 'running',
      feed: {
        name: this.#data.options.feed,
        ...this.#health.feed,
        eventsPerSecond: this.#health.rate.read(nowMs),
        eventsTotal: this.#health.rate.total,
        badEvents: refusedTotal(this.#loop.decoder.counters),
        ringUsed: this.#loop.ringUsed(),
        alarm: '',
      },
      kernel: { load: this.#health.load(nowMs, this.#loop.busyMs), inputNo: this.#kernel.inputNo, laneP50Us: 0, laneP99Us: 0, queue: 0 },
      memory: { rssBytes: memory.rss, heapBytes: memory.heapUsed },
      symbols: this.#symbols.size,
      isAuto: false,
      broker: { name: this.#data.options.broker, account: 'PAPER', isLive: false, state: 'ready' },
      clients: 0,
    };
  }

  #value(topic: ConflatedTopic, value: unknown, key?: string): void {
    this.#tell({ kind: 'value', topic, key, value });
  }

  #tell(message: FromKernel): void {
    this.#port.postMessage(message);
  }
}
