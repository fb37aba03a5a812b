/**
 * A market-data server that speaks the vendor's websocket protocol on any path and its reference endpoints on the same port,
 * over a simulated or replayed market. Numbered rules: docs/specs/market-server.md.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createRng } from '../../lib/rng.ts';
import { Channel } from '../../sim/market/frame-writer.ts';
import type { FaultPlan, TimedFault } from './fault-plan.ts';
import { FeedClient } from './feed-client.ts';
import { cutFrames } from './frame-cutter.ts';
import type { Stage } from './market-stage.ts';
import { createRestHandler } from './rest-server.ts';

export interface MarketServerOptions {
  readonly stage: Stage;
  readonly port: number;
  /** Simulated seconds a second; 0 = as fast as the clients take it. */
  readonly speed: number;
  readonly key: string | null;
  readonly faults: FaultPlan;
  readonly faultSeed: number;
  /** Time stands still until the first client has subscribed. */
  readonly waitsForClient: boolean;
  /** Bytes a client may leave unread. */
  readonly bufferBytesMax?: number;
  readonly authTimeoutMs?: number;
  readonly requestsPerMinute?: number | null;
  readonly onStatus?: (status: ServerStatus) => void;
}

export interface ServerStatus {
  readonly event: 'end-of-data' | 'client' | 'fault';
  readonly detail: string;
}

export interface MarketServer {
  readonly url: string;
  readonly restUrl: string;
  readonly port: number;
  events(): number;
  close(): Promise<void>;
}

const DEFAULT_BUFFER_BYTES = 64 * 1024 * 1024;
/** With speed 0 the market waits while a client has this much unread. */
const FULL_SPEED_BUFFER_BYTES = 8 * 1024 * 1024;
const TICK_MS = 4;
const STEP_US = 10_000;
const FULL_SPEED_STEP_US = 100_000;
const WORK_MS = 20;
const SLIP_MS = 1000;
const QUIET_US = 1_000_000;
/** After the first subscription a client has this long to add more before a waiting market starts. */
const START_DELAY_MS = 200;

/** Listens on 127.0.0.1; port 0 picks one. Rejects when the port is taken. */
export async function startMarketServer(options: MarketServerOptions): Promise<MarketServer> {
  const http = createServer(
    createRestHandler(options.stage.rest, { key: options.key, requestsPerMinute: options.requestsPerMinute ?? null }),
  );
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 1 << 20,
    clientTracking: false,
  });
  const floor = new Floor(options);
  http.on('upgrade', (request, socket, head) => {
    request.socket.setNoDelay(true);
    sockets.handleUpgrade(request, socket, head, (client) => floor.admit(client));
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.port, '127.0.0.1', () => resolve());
  });
  const { port } = http.address() as AddressInfo;
  floor.start();
  return {
    url: `ws://127.0.0.1:${port}/stocks`,
    restUrl: `http://127.0.0.1:${port}`,
    port,
    events: () => floor.sentEvents,
    close: async () => {
      await floor.stop();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** The clients, and the clock that moves the market in front of them. */
class Floor {
  readonly #options: MarketServerOptions;
  readonly #clients = new Set<FeedClient>();
  readonly #rng;
  sentEvents = 0;
  #nowUs: number;
  #anchorUs: number;
  #anchorMs = 0;
  #isRunning = false;
  #isStopped = false;
  #isEnded = false;
  #work: Promise<void> = Promise.resolve();
  #faultsPlanned = false;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Events are sent in bunches, as the vendor does, never one by one. */
  readonly #stepMinUs: number;

  constructor(options: MarketServerOptions) {
    this.#options = options;
    this.#rng = createRng(`faults/${options.faultSeed}`);
    this.#nowUs = options.stage.startUs;
    this.#anchorUs = this.#nowUs;
    this.#stepMinUs = Math.min(STEP_US, TICK_MS * 1000 * options.speed);
  }

  admit(socket: ConstructorParameters<typeof FeedClient>[0]): void {
    const { faults, key, bufferBytesMax, authTimeoutMs } = this.#options;
    const client: FeedClient = new FeedClient(socket, {
      faults,
      rng: this.#rng,
      key,
      bufferBytesMax: bufferBytesMax ?? DEFAULT_BUFFER_BYTES,
      authTimeoutMs: authTimeoutMs ?? 10_000,
      onAuthenticated: () => this.#authenticated(client),
      onSubscribed: () => this.#subscribed(),
      onClosed: () => this.#clients.delete(client),
    });
  }

  start(): void {
    this.#options.stage.arrive(this.#nowUs);
    if (!this.#options.waitsForClient) this.#begin();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const client of this.#clients) client.close();
    await this.#work;
    await this.#options.stage.source.close();
  }

  #authenticated(client: FeedClient): boolean {
    const { maxConnections } = this.#options.faults;
    const isCrowded = maxConnections !== null && this.#clients.size > 0;
    if (isCrowded && maxConnections === 'new') return false;
    if (isCrowded) for (const older of this.#clients) older.refuse();
    this.#clients.add(client);
    if (!this.#faultsPlanned) {
      this.#faultsPlanned = true;
      for (const fault of this.#options.faults.timed) this.#after(fault.atMs, () => this.#strike(fault));
    }
    return true;
  }

  #subscribed(): void {
    if (this.#options.waitsForClient && !this.#isRunning) this.#after(START_DELAY_MS, () => this.#begin());
  }

  #strike(fault: TimedFault): void {
    this.#options.onStatus?.({ event: 'fault', detail: fault.kind });
    for (const client of this.#clients) {
      if (fault.kind === 'drop') client.drop();
      else if (fault.kind === 'half-open') client.goSilent();
      else if (fault.kind === 'stall') client.stall(fault.forMs);
      else client.refuse();
    }
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#isStopped) run();
    }, ms);
    this.#timers.add(timer);
  }

  #begin(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#anchor();
    this.#work = this.#loop();
  }

  #anchor(): void {
    this.#anchorUs = this.#nowUs;
    this.#anchorMs = performance.now();
  }

  async #loop(): Promise<void> {
    const { speed } = this.#options;
    while (!this.#isStopped && !this.#isEnded) {
      const startMs = performance.now();
      while (performance.now() - startMs < WORK_MS && !this.#isEnded) {
        const behindUs = this.#behindUs();
        if (behindUs < this.#stepMinUs || (speed === 0 && this.#isCongested())) break;
        const waiting = this.#step(Math.min(behindUs, speed === 0 ? FULL_SPEED_STEP_US : STEP_US));
        if (waiting !== undefined) await waiting;
      }
      if (this.#behindUs() >= this.#stepMinUs && !this.#isCongested())
        await new Promise((resolve) => setImmediate(resolve));
      else await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }

  /** How much simulated time is due. */
  #behindUs(): number {
    const { speed } = this.#options;
    if (speed === 0) return Infinity;
    const dueUs = this.#anchorUs + (performance.now() - this.#anchorMs) * 1000 * speed;
    if (dueUs - this.#nowUs > SLIP_MS * 1000 * Math.max(1, speed)) {
      this.#anchor();
      return STEP_US;
    }
    return dueUs - this.#nowUs;
  }

  #isCongested(): boolean {
    if (this.#options.speed !== 0) return false;
    for (const client of this.#clients) if (client.unreadBytes > FULL_SPEED_BUFFER_BYTES) return true;
    return false;
  }

  #step(forUs: number): void | Promise<void> {
    const { stage } = this.#options;
    const quietUs = stage.source.quietUntilUs(this.#nowUs);
    if (quietUs === Infinity) {
      this.#end();
      return;
    }
    if (quietUs - this.#nowUs > 2 * QUIET_US) {
      this.#nowUs = quietUs - QUIET_US;
      this.#anchor();
    }
    stage.wantsBars = false;
    for (const client of this.#clients) if (client.wants(Channel.A | Channel.AM)) stage.wantsBars = true;
    stage.writer.clear();
    const untilUs = this.#nowUs + forUs;
    stage.arrive(this.#nowUs);
    const waiting = stage.source.next(untilUs, stage.sink);
    this.#nowUs = untilUs;
    if (waiting === undefined) this.#flush();
    else return waiting.then(() => this.#flush());
  }

  #flush(): void {
    const { writer, names } = this.#options.stage;
    if (writer.count === 0) return;
    this.sentEvents += writer.count;
    cutFrames(writer, names, this.#clients);
  }

  #end(): void {
    this.#isEnded = true;
    const { stage } = this.#options;
    // The last bars have no later trade to push them out.
    stage.writer.clear();
    stage.arrive(this.#nowUs + 60_000_000);
    this.#flush();
    this.#options.onStatus?.({
      event: 'end-of-data',
      detail: 'all recorded data was sent; the connections stay open and silent',
    });
  }
}
