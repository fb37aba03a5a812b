/** What travels between `serve` (the supervisor) and the engine process it watches over. */
import type { EngineOptions } from './runtime-port.ts';

export interface ServeOptions {
  readonly engine: EngineOptions;
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

export type ToServeEngine = { readonly kind: 'start'; readonly options: ServeOptions } | { readonly kind: 'stop' };

export type FromServeEngine =
  | { readonly kind: 'ready'; readonly url: string; readonly port: number; readonly pid: number }
  /** It cannot start, and trying again would not help. */
  | { readonly kind: 'failed'; readonly exitCode: 1 | 2; readonly message: string };

/** Exit codes of the engine process that its supervisor can tell apart. */
export const EngineExitCode = { stopped: 0, failed: 1, crashed: 70 } as const;
