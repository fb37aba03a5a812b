/**
 * The live path from wire to market state: a separate process sends over loopback, the feed worker reads and stamps, the
 * ring carries, a kernel-like consumer decodes and applies. Prints sent, received, dropped (must be 0), lag, CPU and
 * garbage-collection pauses. Then the same sender at the same rate for what a program of the vendor's client does, the package
 * `ws` and JSON.parse in one thread: its events and lag, and its processor time against ours, which has gone on to bars.
 *
 * `--rate R` events a second, or `--rate max` to look for the highest rate that is sustained (none dropped, p99 lag under
 * 250 ms, sender not held up); `--seconds S`; `--peer 0` leaves the other out; `--json`.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { FailureError, UsageError } from '../src/engine/cli/command.ts';
import { LagMeter } from '../src/engine/feeds/lag-meter.ts';
import { FrameRing } from '../src/engine/lib/frame-ring.ts';
import { decodeUtf8 } from '../src/engine/model/symbols.ts';
import type { FeedNotice } from '../src/engine/ports/feed.ts';
import { FeedTag } from '../src/engine/ports/feed.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';
import { Pipeline } from './pipeline.ts';
import type { FromSender, ToSender } from './socket-sender.ts';
import { runSender } from './socket-sender.ts';
import type { PeerLeg } from './socket-peer.ts';
import { PeerClient } from './socket-peer.ts';

const RING_BYTES = 64 * 1024 * 1024;
const LAG_LIMIT_MS = 250;

interface Leg {
  readonly rate: number;
  readonly seconds: number;
  readonly sent: number;
  readonly received: number;
  readonly dropped: number;
  readonly refusedFrames: number;
  readonly lagMsP50: number;
  readonly lagMsP99: number;
  readonly lagMsMax: number;
  /** Share of the time the consumer worked. */
  readonly kernelCpu: number;
  /** CPU time of this whole process (feed worker, consumer, GC) over wall time. */
  readonly processCpu: number;
  readonly gcPauses: number;
  readonly gcMsMax: number;
  readonly gcMsTotal: number;
  readonly heapGrowthBytes: number;
  readonly rssBytes: number;
}

export async function run(args: string[]): Promise<void> {
  if (args.includes('--sender')) return runSender(Number(args[args.indexOf('--sender') + 1] ?? 1));
  const isJson = args.includes('--json');
  const at = args.indexOf('--rate');
  const isMax = args[at + 1] === 'max' || args.includes('--rate=max');
  const rest = args.filter(
    (word, n) => word !== '--json' && word !== '--rate=max' && !(isMax && at >= 0 && (n === at || n === at + 1)),
  );
  const { rate, seconds, seed, peer } = readNumbers(rest, { rate: 60_000, seconds: isMax ? 6 : 10, seed: 1, peer: 1 });
  if (!(rate > 0) || !(seconds > 0)) throw new UsageError("'--rate' and '--seconds' want numbers above 0.");
  const rig = await SocketRig.start(seed);
  try {
    const leg = isMax ? await findMax(rig, seconds) : await rig.leg(rate, seconds);
    const hash = rig.pipeline.hash();
    const parsed = peer === 0 || isMax ? undefined : await rig.peerLeg(rate, seconds, leg.processCpu);
    const result = { ...leg, hash, ...(parsed === undefined ? {} : flat('peer', parsed)), machine: machineLine() };
    if (isJson) console.log(JSON.stringify(result));
    else for (const [key, value] of Object.entries(result)) console.log(`${key.padEnd(16)} ${value}`);
    if (leg.dropped !== 0) throw new FailureError(`${leg.dropped} of ${leg.sent} events did not arrive.`);
  } finally {
    await rig.stop();
  }
}

/** { lag: 1 } -> { peerLag: 1 } */
function flat(prefix: string, figures: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [`${prefix}${key.charAt(0).toUpperCase()}${key.slice(1)}`, value]),
  );
}

/** Raises the rate by a quarter until a leg is not sustained; the last one that was is the answer. */
async function findMax(rig: SocketRig, seconds: number): Promise<Leg & { readonly triedRate: number }> {
  let best: Leg | null = null;
  let triedRate = 100_000;
  await rig.leg(50_000, 3);
  for (; triedRate < 20_000_000; triedRate = Math.round(triedRate * 1.25)) {
    const leg = await rig.leg(triedRate, seconds);
    const isSustained = leg.dropped === 0 && leg.lagMsP99 < LAG_LIMIT_MS && leg.sent >= 0.95 * triedRate * seconds;
    if (!isSustained) break;
    best = leg;
  }
  if (best === null) throw new FailureError(`not even ${triedRate} events/s were sustained on this machine.`);
  return { ...best, triedRate };
}

class SocketRig {
  readonly pipeline = new Pipeline();
  readonly #sender: ChildProcess;
  readonly #worker: Worker;
  readonly #port: number;
  readonly #ring: FrameRing;
  readonly #lag = new LagMeter();
  readonly #gc: PerformanceObserver;
  #gcPauses: number[] = [];
  #busyMs = 0;
  #isLive = false;

  static async start(seed: number): Promise<SocketRig> {
    const [, script, ...rest] = process.argv;
    // The same bundle again, as a process of its own.
    const bundle = rest.find((word) => word.endsWith('.js')) ?? fileURLToPath(import.meta.url);
    const sender = fork(script as string, [bundle, '--sender', String(seed)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [hello] = (await once(sender, 'message')) as [FromSender];
    if (hello.kind !== 'listening') throw new FailureError('the sending process did not start.');
    const rig = new SocketRig(sender, path.join(path.dirname(bundle), 'feed-worker.js'), hello.port);
    await rig.#untilLive();
    return rig;
  }

  private constructor(sender: ChildProcess, workerFile: string, port: number) {
    this.#sender = sender;
    this.#port = port;
    this.#ring = new FrameRing(RING_BYTES);
    const url = `ws://127.0.0.1:${port}/stocks`;
    const spec = { kind: 'massive', url, restUrl: '' };
    this.#worker = new Worker(workerFile, {
      workerData: { spec, ring: this.#ring.buffer, key: 'bench', options: { lockDir: null, expect: 'never' } },
    });
    this.#worker.on('error', (error) => {
      throw error;
    });
    this.#gc = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#gcPauses.push(entry.duration);
    });
    this.#gc.observe({ entryTypes: ['gc'] });
  }

  async #untilLive(): Promise<void> {
    const untilMs = performance.now() + 20_000;
    while (!this.#isLive) {
      if (performance.now() > untilMs) throw new FailureError('the feed worker did not come alive within 20 s.');
      await this.#consume();
    }
  }

  async leg(rate: number, seconds: number): Promise<Leg> {
    await turn();
    (globalThis as { gc?: () => void }).gc?.();
    await turn();
    this.#lag.reset();
    this.#gcPauses = [];
    this.#busyMs = 0;
    const before = this.#received();
    const refusedBefore = this.#ring.stats().refused;
    const heapBefore = process.memoryUsage().heapUsed;
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    let sent: Extract<FromSender, { kind: 'sent' }> | null = null;
    this.#sender.once('message', (message: FromSender) => {
      if (message.kind === 'sent') sent = message;
    });
    this.#sender.send({ kind: 'send', rate, seconds } satisfies ToSender);
    const done = (): Extract<FromSender, { kind: 'sent' }> | null => sent;
    while (done() === null) await this.#consume();
    const wallMs = performance.now() - startedMs;
    const told = done() as Extract<FromSender, { kind: 'sent' }>;
    // What is still under way gets five seconds.
    const untilMs = performance.now() + 5000;
    while (this.#received() - before < told.events && performance.now() < untilMs) await this.#consume();
    const cpu = process.cpuUsage(cpuBefore);
    const gcPauses = [...this.#gcPauses];
    (globalThis as { gc?: () => void }).gc?.();
    const reading = this.#lag.read();
    const received = this.#received() - before;
    const ms = (us: number): number => Number((us / 1000).toFixed(2));
    return {
      rate,
      seconds: Number(told.seconds.toFixed(2)),
      sent: told.events,
      received,
      dropped: told.events - received,
      refusedFrames: this.#ring.stats().refused - refusedBefore,
      lagMsP50: ms(reading.p50Us),
      lagMsP99: ms(reading.p99Us),
      lagMsMax: ms(reading.maxUs),
      kernelCpu: Number((this.#busyMs / wallMs).toFixed(3)),
      processCpu: Number(((cpu.user + cpu.system) / 1000 / wallMs).toFixed(3)),
      gcPauses: gcPauses.length,
      gcMsMax: Number(Math.max(0, ...gcPauses).toFixed(2)),
      gcMsTotal: Number(gcPauses.reduce((sum, pause) => sum + pause, 0).toFixed(2)),
      heapGrowthBytes: process.memoryUsage().heapUsed - heapBefore,
      rssBytes: process.memoryUsage().rss,
    };
  }

  /** The same sender once more, read by `ws` and JSON.parse; the feed worker is stopped for it and the rig can only be ended. */
  async peerLeg(rate: number, seconds: number, ourCpu: number): Promise<PeerLeg> {
    await this.#stopWorker();
    (globalThis as { gc?: () => void }).gc?.();
    const peer = await PeerClient.open(this.#port);
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    this.#sender.send({ kind: 'send', rate, seconds } satisfies ToSender);
    let told: FromSender;
    do [told] = (await once(this.#sender, 'message')) as [FromSender];
    while (told.kind !== 'sent');
    const wallMs = performance.now() - startedMs;
    const untilMs = performance.now() + 5000;
    while (peer.events < told.events && performance.now() < untilMs) await turn();
    const cpu = process.cpuUsage(cpuBefore);
    peer.close();
    const reading = peer.lag.read();
    const processCpu = Number(((cpu.user + cpu.system) / 1000 / wallMs).toFixed(3));
    return {
      does: 'ws and JSON.parse, no more',
      received: peer.events,
      dropped: told.events - peer.events,
      lagMsP99: Number((reading.p99Us / 1000).toFixed(2)),
      processCpu,
      cpuRatio: Number((processCpu / ourCpu).toFixed(2)),
    };
  }

  #isStopped = false;
  async #stopWorker(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#worker.postMessage({ kind: 'stop' });
    await once(this.#worker, 'exit');
  }

  async stop(): Promise<void> {
    await this.#stopWorker();
    this.#gc.disconnect();
    this.#sender.send({ kind: 'end' } satisfies ToSender);
    await once(this.#sender, 'exit');
  }

  #received(): number {
    const { trades, quotes, lulds } = this.pipeline.decoder.counters;
    return trades + quotes + lulds;
  }

  /** One turn of the consumer: takes what is there, up to a bound, or waits a little for the bell. */
  async #consume(): Promise<void> {
    const ring = this.#ring;
    const seen = ring.doorbell();
    const startedMs = performance.now();
    let frames = 0;
    while (frames < 512 && ring.next()) {
      frames++;
      if (ring.tag === FeedTag.notice)
        this.#notice(JSON.parse(decodeUtf8(ring.bytes, ring.start, ring.end)) as FeedNotice);
      else {
        const before = this.#received();
        this.pipeline.runFrame(ring.bytes, ring.start, ring.end, ring.stampUs);
        const events = this.#received() - before;
        const nowUs = (performance.timeOrigin + performance.now()) * 1000;
        if (events > 0) this.#lag.addLag(nowUs - this.pipeline.newestUs, events);
      }
      ring.release();
    }
    if (frames > 0) this.#busyMs += performance.now() - startedMs;
    else ring.wait(seen, 2);
    await turn();
  }

  #notice(notice: FeedNotice): void {
    if (notice.kind === 'state') this.#isLive = notice.state === 'live';
    if (notice.kind === 'state' && notice.state === 'failed') throw new FailureError(notice.detail);
  }
}
