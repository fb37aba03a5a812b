/** One native window: how it is made, where it is, and how it is put somewhere else. */
import { BrowserWindow, nativeTheme, Notification } from 'electron';
import type { WindowRole } from '#protocol';
import type { Rectangle } from './displays.ts';
import { isSameRectangle, WINDOW_MIN } from './displays.ts';
import type { SavedWindow } from './saved-windows.ts';

const BACKGROUND = { dark: '#0b0d10', light: '#ffffff' } as const;
/** A window manager answers when it likes; what is asked of a window before that is lost. */
const SETTLE_WITHIN_MS = 400;

export interface FrameOptions {
  readonly preload: string;
  readonly icon: string;
  readonly version: string;
}

export type Placement = Pick<SavedWindow, 'bounds' | 'isMaximized' | 'isFullScreen'>;

export function makeWindow(
  place: { readonly id: string; readonly role: WindowRole; readonly bounds: Rectangle },
  options: FrameOptions,
): BrowserWindow {
  const isStatus = place.role === 'status';
  return new BrowserWindow({
    ...place.bounds,
    minWidth: isStatus ? Math.min(WINDOW_MIN.width, place.bounds.width) : WINDOW_MIN.width,
    minHeight: isStatus ? Math.min(WINDOW_MIN.height, place.bounds.height) : WINDOW_MIN.height,
    title: 'Drover',
    icon: options.icon,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      // A covered window still has to be right the moment it is uncovered.
      backgroundThrottling: false,
      additionalArguments: [
        `--drover-window=${place.id}`,
        `--drover-role=${place.role}`,
        `--drover-version=${options.version}`,
        `--drover-notices=${Notification.isSupported() ? 'yes' : 'no'}`,
      ],
    },
  });
}

export function placementOf(window: BrowserWindow): Placement {
  const { x, y, width, height } = window.getNormalBounds();
  return {
    bounds: { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) },
    isMaximized: window.isMaximized(),
    isFullScreen: window.isFullScreen(),
  };
}

/** Puts a window where it belongs. A maximized one is moved in its normal size, or it would stay on its old monitor. */
export async function putWindow(window: BrowserWindow, place: Placement): Promise<void> {
  if (window.isDestroyed()) return;
  if (isSameRectangle(place.bounds, window.getNormalBounds()) && !isSpread(window) && !isSpread(place)) return;
  if (window.isFullScreen()) await changing(window, 'leave-full-screen', () => window.setFullScreen(false));
  if (window.isDestroyed()) return;
  if (window.isMaximized()) await changing(window, 'unmaximize', () => window.unmaximize());
  if (window.isDestroyed()) return;
  await changing(window, 'resize', () => window.setBounds(place.bounds));
  if (window.isDestroyed()) return;
  if (place.isMaximized) window.maximize();
  if (place.isFullScreen) window.setFullScreen(true);
}

function isSpread(of: BrowserWindow | Placement): boolean {
  return 'bounds' in of ? of.isMaximized || of.isFullScreen : of.isMaximized() || of.isFullScreen();
}

/** Does it and waits until the window says so, or for a moment when it says nothing. */
function changing(window: BrowserWindow, event: string, change: () => void): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, SETTLE_WITHIN_MS);
    window.once(event as 'resize', done);
    change();
  });
}
