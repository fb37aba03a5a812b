/**
 * What travels between the engine's main thread (the gateway) and the kernel thread. Market data does not: it comes through
 * the frame ring and leaves through the shared columns of the market view.
 */
import type { CheckpointPace } from '../runtime-port.ts';
import type { ConflatedTopic, LosslessTopic, PlainError } from '#protocol';
import type { StoreChannel } from '../../adapters/store/store-channel.ts';
import type { KernelConfig } from '../../kernel/kernel-config.ts';

/** What the kernel thread begins with, before anybody knows which day it is about: enough to show what is at stake. */
export interface KernelEarlyData {
  readonly dataDir: string;
  /** When this process began, microseconds of our clock. */
  readonly processUs: number;
}

/** Everything the kernel thread needs to start; plain data and shared memory only. */
export interface KernelWorkerData {
  readonly options: KernelOptions;
  readonly config: KernelConfig;
  /** The day has no recording yet: it begins with the configuration. */
  readonly isNew: boolean;
  /** A recording that cannot be read any more, in whose place this new one stands. */
  readonly replaces: string | null;
  /** Why the account of the day before could not be carried over, in a sentence; '' when nothing was lost. */
  readonly carryProblem: string;
  /** Simulated time waits for the disk; real time does not. */
  readonly isLockstep: boolean;
  readonly store: StoreChannel;
  readonly ring: SharedArrayBuffer;
  readonly view: SharedArrayBuffer;
  /** The market's time less ours: see MarketOffset. The kernel does not take over before it is told. */
  readonly marketOffset: SharedArrayBuffer;
  /** Int32 cells, see CONTROL. */
  readonly control: SharedArrayBuffer;
}

/**
 * The market's time less ours, microseconds, 0 when the two are the same; told from the main thread to the kernel's when the
 * server has answered, in shared memory, because messages of windows may come before it.
 */
export class MarketOffset {
  readonly buffer: SharedArrayBuffer;
  readonly #isTold: Int32Array;
  readonly #offsetUs: Float64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.buffer = buffer;
    this.#isTold = new Int32Array(buffer, 0, 1);
    this.#offsetUs = new Float64Array(buffer, 8, 1);
  }

  tell(offsetUs: number): void {
    this.#offsetUs[0] = offsetUs;
    Atomics.store(this.#isTold, 0, 1);
    Atomics.notify(this.#isTold, 0);
  }

  /** Waits for it; threads only. */
  told(): number {
    Atomics.wait(this.#isTold, 0, 0);
    return this.#offsetUs[0] as number;
  }
}

export interface KernelOptions {
  readonly dataDir: string;
  readonly feed: string;
  readonly broker: string;
  readonly checkpoints: CheckpointPace | undefined;
  readonly replayBytesMax: number | undefined;
}

/** Slots of the control block: cheap flags that are looked at between any two frames. */
export const CONTROL = { pendingMessages: 0, heartbeat: 1, evaluating: 2 } as const;

export type ToKernel =
  | { readonly kind: 'command'; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly kind: 'watch'; readonly topic: ConflatedTopic; readonly key: string | undefined; readonly on: boolean }
  | { readonly kind: 'power'; readonly event: string }
  | { readonly kind: 'stop' };

export type FromKernel =
  /** The data folder is ours; the market is being brought back. */
  | {
      readonly kind: 'opened';
      /** Receive time of the last input on the tape; null without one. */
      readonly tapeEndUs: number | null;
    }
  | {
      readonly kind: 'ready';
      readonly symbols: readonly string[];
      readonly resumeAfterUs: number | null;
      /** Last input of the part of the day that is to be given back; 0 when nothing is missing. */
      readonly lacksUntil: number;
      /** The same of the opening ranges, which come last. */
      readonly lacksRangesUntil: number;
    }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'symbols'; readonly first: number; readonly names: readonly string[] }
  | { readonly kind: 'events'; readonly topic: LosslessTopic; readonly items: readonly unknown[] }
  | {
      readonly kind: 'value';
      readonly topic: ConflatedTopic;
      readonly key: string | undefined;
      readonly value: unknown;
    }
  | { readonly kind: 'result'; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly ok: false; readonly error: PlainError }
  | { readonly kind: 'stopped' };
