/** The windows: opened where they were on these monitors, never off screen, remembered when they move. */
import { randomUUID } from 'node:crypto';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { WebContents } from 'electron';
import type { WindowRole } from '#protocol';
import type { Rectangle } from './displays.ts';
import { displaySetKey, firstBounds, fitBounds, WINDOW_MIN } from './displays.ts';
import type { SavedWindow, SavedWindows } from './saved-windows.ts';
import { WINDOWS_MAX } from './saved-windows.ts';
import { PAGE_URL } from './security.ts';

/** Moving a window sends many events; the file is written when it rests. */
const SAVE_AFTER_MS = 500;
const BACKGROUND = { dark: '#0b0d10', light: '#ffffff' } as const;

export interface Windows {
  /** Opens what was open on these monitors, or the first window. */
  openAll(): void;
  open(role: WindowRole): void;
  /** Brings a window to the front, opening one when there is none. */
  focus(): void;
  contents(): readonly WebContents[];
  /** Writes the places down now; after this, closing windows no longer changes them. */
  saveForQuit(): void;
}

export interface WindowsOptions {
  readonly saved: SavedWindows;
  readonly preload: string;
  readonly icon: string;
  readonly version: string;
  readonly note: (sentence: string) => void;
}

interface OpenWindow {
  readonly id: string;
  readonly role: WindowRole;
  readonly window: BrowserWindow;
}

export function createWindows(options: WindowsOptions): Windows {
  const open = new Map<string, OpenWindow>();
  let timer: NodeJS.Timeout | undefined;
  let isQuitting = false;

  const save = (): void => {
    clearTimeout(timer);
    if (isQuitting) return;
    try {
      options.saved.save(
        displaySetKey(screen.getAllDisplays()),
        [...open.values()].map((entry) => placeOf(entry)),
      );
    } catch (error) {
      options.note(
        `The places of the windows could not be saved (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
      );
    }
  };
  const saveSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  };
  const show = (place: Pick<SavedWindow, 'id' | 'role' | 'bounds'> & Partial<SavedWindow>): void => {
    const window = makeWindow(place, options);
    open.set(place.id, { id: place.id, role: place.role, window });
    if (place.isMaximized === true) window.maximize();
    if (place.isFullScreen === true) window.setFullScreen(true);
    for (const event of ['move', 'resize'] as const) window.on(event as 'move', saveSoon);
    window.once('closed', () => {
      // The last window takes the program with it and is to come back at its place.
      if (open.size > 1) {
        open.delete(place.id);
        saveSoon();
        return;
      }
      clearTimeout(timer);
      isQuitting = true;
      open.delete(place.id);
    });
    window.on('close', () => {
      if (open.size === 1) save();
    });
    void window.loadURL(PAGE_URL);
  };
  const add = (role: WindowRole): void => {
    if (open.size >= WINDOWS_MAX) return options.note(`There are ${WINDOWS_MAX} windows already; close one first.`);
    const focused = BrowserWindow.getFocusedWindow();
    const display = focused === null ? screen.getPrimaryDisplay() : screen.getDisplayMatching(focused.getBounds());
    show({ id: randomUUID(), role, bounds: firstBounds(display.workArea, open.size) });
    saveSoon();
  };
  const bringBack = (): void => {
    for (const { window } of open.values()) {
      const fitted = fitBounds(window.getBounds(), screen.getAllDisplays());
      if (!isSame(fitted, window.getBounds())) window.setBounds(fitted);
    }
  };
  screen.on('display-removed', bringBack);
  screen.on('display-metrics-changed', bringBack);

  return {
    openAll: () => {
      const displays = screen.getAllDisplays();
      for (const place of options.saved.of(displaySetKey(displays)))
        show({ ...place, bounds: fitBounds(place.bounds, displays) });
      if (open.size === 0) add('workstation');
    },
    open: add,
    focus: () => {
      const first = [...open.values()][0];
      if (first === undefined) return add('workstation');
      if (first.window.isMinimized()) first.window.restore();
      first.window.focus();
    },
    contents: () =>
      [...open.values()].filter(({ window }) => !window.isDestroyed()).map(({ window }) => window.webContents),
    saveForQuit: () => {
      save();
      isQuitting = true;
    },
  };
}

function makeWindow(place: Pick<SavedWindow, 'id' | 'role' | 'bounds'>, options: WindowsOptions): BrowserWindow {
  return new BrowserWindow({
    ...place.bounds,
    minWidth: WINDOW_MIN.width,
    minHeight: WINDOW_MIN.height,
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
      ],
    },
  });
}

function placeOf({ id, role, window }: OpenWindow): SavedWindow {
  return {
    id,
    role,
    bounds: window.getNormalBounds(),
    isMaximized: window.isMaximized(),
    isFullScreen: window.isFullScreen(),
  };
}

function isSame(a: Rectangle, b: Rectangle): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
