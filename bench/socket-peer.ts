/**
 * The usual way to read the vendor's feed from JavaScript, beside ours in the socket bench: the vendor's own client hands over
 * the text of each message and its user calls JSON.parse, all in one thread. Here with the package `ws`. Material for benches.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { LagMeter } from '../src/engine/feeds/lag-meter.ts';

export interface PeerLeg {
  readonly does: string;
  readonly received: number;
  readonly dropped: number;
  readonly lagMsP99: number;
  /** Processor time of this process over wall time. */
  readonly processCpu: number;
  /** That over ours in the same run, whose share goes on to market view, bars and trade tape. */
  readonly cpuRatio: number;
}

interface ParsedEvent {
  readonly ev: string;
  readonly t: number;
}

export class PeerClient {
  readonly lag = new LagMeter();
  readonly #socket: WebSocket;
  events = 0;

  static async open(port: number): Promise<PeerClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/stocks`, { perMessageDeflate: false });
    await once(socket, 'open');
    return new PeerClient(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString('utf8')) as readonly ParsedEvent[]));
  }

  #take(message: readonly ParsedEvent[]): void {
    const nowUs = (performance.timeOrigin + performance.now()) * 1000;
    for (const { ev, t } of message) {
      if (ev === 'status') continue;
      this.events++;
      // Bands are stamped in nanoseconds.
      this.lag.addLag(nowUs - (ev === 'LULD' ? t / 1000 : t * 1000), 1);
    }
  }

  close(): void {
    this.#socket.terminate();
  }
}
