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

/**
 * What a window is for; without a layout of its own it shows that preset. `panel` holds what was popped out of another
 * window, `status` is the small one that stays when the engine keeps running.
 */
export const WINDOW_ROLES = ['workstation', 'market-wall', 'charts-wall', 'trades-wall', 'panel', 'status'] as const;
export type WindowRole = (typeof WINDOW_ROLES)[number];
/** The three walls, from the left display to the right. */
export const WALL_ROLES = ['market-wall', 'charts-wall', 'trades-wall'] as const satisfies readonly WindowRole[];

/** A layout travels as JSON text; its content is the windows' own business. Longer ones are refused. */
export const LAYOUT_CHARS_MAX = 256 * 1024;

/** What a window shows: its layout as JSON text, or '' for the preset of its role. */
export interface WindowPlace {
  readonly role: WindowRole;
  readonly layout: string;
}

/** A popped out window closed, with what it showed; and the windows that are left, one of which takes its panels. */
export interface WindowReturn {
  readonly layout: string;
  readonly windows: readonly { readonly id: string; readonly role: WindowRole }[];
}

/** What a window tells about itself, so that the native menu lists what there is and marks what is chosen. */
export interface WindowReport {
  readonly panels: readonly { readonly kind: string; readonly title: string }[];
  readonly density: 'dense' | 'comfortable';
  readonly palette: 'standard' | 'safe';
}

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
  /** Another window; with `layout`, it shows that instead of the preset of its role. */
  openWindow(role: string, layout?: string): void;
  /** Three windows on the displays, left to right: market, charts, trades. */
  openWalls(): void;
  /** Called soon with what this window shows, and again when the host wants it to show something else. */
  onPlace(listener: (place: WindowPlace) => void): () => void;
  onReturn(listener: (returned: WindowReturn) => void): () => void;
  /** This window is for something else now, and shows the preset of that role. */
  setRole(role: WindowRole): void;
  /** Keeps the layout of this window for this set of displays. */
  saveLayout(layout: string): void;
  report(report: WindowReport): void;
  /** A native menu entry was chosen: the id of one of the window's commands. */
  onCommand(listener: (id: string) => void): () => void;
  /** False where the system has no desktop notifications. */
  readonly canNotify: boolean;
  /** Shows a desktop notification; a later one of the same tag replaces it. */
  notify(notice: DesktopNotice): void;
  /** One that this window asked for was clicked; the window is in front by then. */
  onNoticeClick(listener: (tag: string) => void): () => void;
  /** Starts a stopped engine again. */
  restartEngine(): void;
}

/** Texts of at most 100, 400 and 40 characters; longer ones are refused. */
export interface DesktopNotice {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
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
  place: 'drover:place',
  returned: 'drover:returned',
  command: 'drover:command',
  noticeClick: 'drover:notice-click',
} as const;

/** What a window sends on BridgeChannel.ask. */
export type BridgeRequest =
  | { readonly kind: 'port'; readonly nonce: string }
  | { readonly kind: 'state' }
  | { readonly kind: 'set-theme'; readonly theme: ThemeChoice }
  | { readonly kind: 'open-window'; readonly role: string; readonly layout: string }
  | { readonly kind: 'open-walls' }
  | { readonly kind: 'set-role'; readonly role: WindowRole }
  | { readonly kind: 'save-layout'; readonly layout: string }
  | ({ readonly kind: 'report' } & WindowReport)
  | ({ readonly kind: 'notify' } & DesktopNotice)
  | { readonly kind: 'restart-engine' };
