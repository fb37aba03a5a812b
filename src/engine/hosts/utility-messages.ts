/**
 * What the engine needs of Electron's parent port, and what travels over it.
 * The package `electron` is not imported here.
 */
import type { ElectronPort } from './transports/message-port.ts';
import type { EngineOptions, PowerEvent } from './runtime-port.ts';

export interface ParentPort {
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly ElectronPort[] }) => void,
  ): unknown;
  postMessage(message: unknown): void;
}

export type ToUtility =
  | { readonly kind: 'start'; readonly options: EngineOptions }
  /** Carries a window's port. */
  | { readonly kind: 'window' }
  | { readonly kind: 'power'; readonly event: PowerEvent }
  | { readonly kind: 'stop' };

export type FromUtility =
  | { readonly kind: 'ready'; readonly pid: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'stopped' };
