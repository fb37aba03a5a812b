/**
 * What travels between the engine's main thread (the gateway) and the kernel thread. Market data does not: it comes through
 * the frame ring and leaves through the shared columns of the market view.
 */
import type { ConflatedTopic, LosslessTopic, PlainError } from '#protocol';
import type { ReferenceRow } from '../../kernel/reference.ts';

/** Everything the kernel thread needs to start; plain data and shared memory only. */
export interface KernelWorkerData {
  readonly options: KernelOptions;
  readonly ring: SharedArrayBuffer;
  readonly view: SharedArrayBuffer;
  /** Int32: [0] messages waiting in the port (see CONTROL). */
  readonly control: SharedArrayBuffer;
  readonly epoch: string;
  /** What is known before the first event; the order is the order of the symbol ids. */
  readonly reference: readonly ReferenceRow[];
}

export interface KernelOptions {
  readonly dataDir: string;
  readonly feed: string;
  readonly broker: string;
  readonly seed: number;
  readonly speed: number;
  readonly symbols: number;
  readonly rate: number | null;
  readonly strategiesDir: string | null;
  readonly runId: string;
  readonly auto: boolean;
}

/** Slots of the control block: cheap flags that are looked at between any two frames. */
export const CONTROL = { pendingMessages: 0, heartbeat: 1, evaluating: 2 } as const;

export type ToKernel =
  | { readonly kind: 'command'; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly kind: 'watch'; readonly topic: ConflatedTopic; readonly key: string | undefined; readonly on: boolean }
  | { readonly kind: 'power'; readonly event: string }
  | { readonly kind: 'stop' };

export type FromKernel =
  | { readonly kind: 'ready'; readonly symbols: readonly string[] }
  | { readonly kind: 'symbols'; readonly first: number; readonly names: readonly string[] }
  | { readonly kind: 'events'; readonly topic: LosslessTopic; readonly items: readonly unknown[] }
  | { readonly kind: 'value'; readonly topic: ConflatedTopic; readonly key: string | undefined; readonly value: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly ok: false; readonly error: PlainError }
  | { readonly kind: 'stopped' };
