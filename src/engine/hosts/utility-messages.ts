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

/** What the desktop host has to know of trading to close, quit and mark its menu, whatever its windows do. */
export interface TradingNews {
  readonly isAuto: boolean;
  readonly openPositions: number;
  /** `off` while it was not pulled. */
  readonly killState: string;
  readonly isLive: boolean;
  readonly account: string;
}

/** Commands the native menu gives by itself: they must work with a window that hangs. */
export type HostCommand =
  | { readonly name: 'setAuto'; readonly args: { readonly on: boolean } }
  | { readonly name: 'flatten'; readonly args: { readonly all: true } }
  | { readonly name: 'kill'; readonly args?: undefined };

export type ToUtility =
  | { readonly kind: 'start'; readonly options: EngineOptions }
  /** Carries a window's port. */
  | { readonly kind: 'window' }
  | { readonly kind: 'power'; readonly event: PowerEvent }
  | { readonly kind: 'command'; readonly command: HostCommand }
  | { readonly kind: 'stop' };

export type FromUtility =
  | { readonly kind: 'ready'; readonly pid: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'trading'; readonly news: TradingNews }
  /** A command of the host was refused; a sentence. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'stopped' };
