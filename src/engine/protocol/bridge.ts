/**
 * What a window may ask of its desktop host, beside the engine's channel: `window.drover`, put there by the preload script.
 * In a browser it is absent. Everything that crosses it is plain data.
 */

/** How the engine process stands, as its supervisor sees it. */
export type EngineHostState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly pid: number; readonly restarts: number }
  /** It ended and will be started again in `delayMs`. */
  | { readonly kind: 'restarting'; readonly reason: string; readonly attempt: number; readonly delayMs: number }
  /** It will not come back by itself: a crash loop, a start that cannot succeed, or the end of the program. */
  | { readonly kind: 'stopped'; readonly reason: string };

export type ThemeChoice = 'system' | 'dark' | 'light';
export const WINDOW_ROLES = ['workstation'] as const;
export type WindowRole = (typeof WINDOW_ROLES)[number];

export interface DroverBridge {
  readonly version: string;
  readonly role: WindowRole;
  /** Tells windows of one run apart; stays the same over a reload and is restored with the window. */
  readonly windowId: string;
  /**
   * Asks for a port to the engine. The answer is a window message `event.data === nonce`, `event.source === window`, with
   * the port in `event.ports[0]`. The same nonce brings a new port after every restart of the engine, without asking: keep
   * the listener and let each new port replace the one before. Frames travel as Uint8Array, by value.
   */
  acquirePort(nonce: string): void;
  /** Called at once with the state now, then at each change. Returns the way out. */
  onEngineState(listener: (state: EngineHostState) => void): () => void;
  /** Called at once with the choice now, then at each change. Returns the way out. */
  onTheme(listener: (theme: ThemeChoice) => void): () => void;
  setTheme(theme: ThemeChoice): void;
  newWindow(): void;
  /** Starts a stopped engine again. */
  restartEngine(): void;
}

/** Names of the messages between a window and the desktop host. */
export const BridgeChannel = {
  acquirePort: 'drover:acquire-port',
  port: 'drover:port',
  ask: 'drover:ask',
  engineState: 'drover:engine-state',
  theme: 'drover:theme',
} as const;

/** What a window sends on BridgeChannel.ask. */
export type BridgeRequest =
  | { readonly kind: 'state' }
  | { readonly kind: 'set-theme'; readonly theme: ThemeChoice }
  | { readonly kind: 'new-window' }
  | { readonly kind: 'restart-engine' };
