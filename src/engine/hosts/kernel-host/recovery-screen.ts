/**
 * What windows see while a start brings the market back: the stage, and the open positions as the exits file tells them. Runs
 * on the kernel's thread between two inputs of the tape; a wish to stop is heard at once, anything else waits its turn.
 */
import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';
import type { HealthValue, PositionRow } from '#protocol';
import type { StartMeter } from './start-meter.ts';
import type { FromKernel, ToKernel } from './worker-messages.ts';
import { CONTROL } from './worker-messages.ts';

const EVERY_MS = 200;
/** Looking at the clock costs more than applying a small input. */
const INPUTS_A_LOOK = 64;

export class RecoveryScreen {
  readonly #port: MessagePort;
  readonly #control: Int32Array;
  readonly #meter: StartMeter;
  readonly #health: () => HealthValue;
  readonly #positions: readonly PositionRow[];
  #inputs = 0;
  #events = 0;
  #toldMs = 0;
  /** Messages that came meanwhile, in order. */
  readonly waiting: ToKernel[] = [];
  isStopWanted = false;

  constructor(deps: {
    readonly port: MessagePort;
    readonly control: SharedArrayBuffer;
    readonly meter: StartMeter;
    readonly positions: readonly PositionRow[];
    readonly health: () => HealthValue;
  }) {
    this.#port = deps.port;
    this.#control = new Int32Array(deps.control);
    this.#meter = deps.meter;
    this.#health = deps.health;
    this.#positions = deps.positions;
    this.show();
  }

  /** After each input; false when the recovery is to end here. */
  took(events: number): boolean {
    this.#inputs++;
    this.#events += events;
    if (this.#inputs % INPUTS_A_LOOK !== 0) return !this.isStopWanted;
    this.#listen();
    const nowMs = performance.now();
    if (nowMs - this.#toldMs >= EVERY_MS) {
      this.#toldMs = nowMs;
      this.#meter.progress(this.#inputs, this.#events);
      this.show();
    }
    return !this.isStopWanted;
  }

  show(): void {
    this.#tell({ kind: 'value', topic: 'positions', key: undefined, value: this.#positions });
    this.#tell({ kind: 'value', topic: 'health', key: undefined, value: this.#health() });
  }

  #listen(): void {
    while (Atomics.load(this.#control, CONTROL.pendingMessages) > 0) {
      const received = receiveMessageOnPort(this.#port) as { message: ToKernel } | undefined;
      if (received === undefined) return;
      Atomics.sub(this.#control, CONTROL.pendingMessages, 1);
      if (received.message.kind === 'stop') this.isStopWanted = true;
      else this.waiting.push(received.message);
    }
  }

  #tell(message: FromKernel): void {
    this.#port.postMessage(message);
  }
}
