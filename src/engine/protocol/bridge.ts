/**
 * What a window may ask of its desktop host, beside the engine's channel: `window.drover`, put there by the preload script.
 * In a browser it is absent. Everything that crosses it is plain data.
 */

/** How the engine process stands, as its supervisor sees it. `stopped` and `crash-loop` do not end by themselves. */
export interface EngineHostState {
  readonly kind: 'starting' | 'running' | 'restarting' | 'stopped' | 'crash-loop';
  /** A sentence for people; empty when there is nothing to say. */
  readonly message: string;
  readonly pid: number | null;
  /** Restarts since the program began. */
  readonly restarts: number;
}

export const THEME_CHOICES = ['system', 'dark', 'light'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];
export const WINDOW_ROLES = ['workstation'] as const;
export type WindowRole = (typeof WINDOW_ROLES)[number];

export interface DroverBridge {
  /** Only a port announced with this nonce is for this page. */
  readonly nonce: string;
  readonly version: string;
  readonly platform: string;
  readonly role: string;
  /** Tells windows apart; stays the same over a reload and is restored with the window. */
  readonly windowId: string;
  /**
   * Asks for a port to the engine. It arrives as a window message (PortMessage) with `event.source === window` and the
   * port in `event.ports[0]`. After every restart of the engine a new one comes without asking: keep the listener and let
   * each new port replace the one before. Frames travel as Uint8Array, by value.
   */
  requestPort(): void;
  /** Called soon with the state now, then at each change. Returns the way out. */
  onEngineState(listener: (state: EngineHostState) => void): () => void;
  /** Called soon with the choice now, then at each change. Returns the way out. */
  onTheme(listener: (theme: ThemeChoice) => void): () => void;
  setTheme(theme: ThemeChoice): void;
  openWindow(role: string): void;
  /** Starts a stopped engine again. */
  restartEngine(): void;
}

/** The window message that carries a port. */
export interface PortMessage {
  readonly kind: 'drover:port';
  readonly nonce: string;
}

/** Names of the messages between a window's preload script and the desktop host. */
export const BridgeChannel = {
  ask: 'drover:ask',
  port: 'drover:port',
  engineState: 'drover:engine-state',
  theme: 'drover:theme',
} as const;

/** What a window sends on BridgeChannel.ask. */
export type BridgeRequest =
  | { readonly kind: 'port'; readonly nonce: string }
  | { readonly kind: 'state' }
  | { readonly kind: 'set-theme'; readonly theme: ThemeChoice }
  | { readonly kind: 'open-window'; readonly role: string }
  | { readonly kind: 'restart-engine' };
