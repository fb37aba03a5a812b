/**
 * The windows: opened where they were on these monitors, never off screen, remembered with what they show. When a monitor
 * goes, its windows move to the nearest one; when it returns, so do they.
 */
import { randomUUID } from 'node:crypto';
import { BrowserWindow, screen } from 'electron';
import type { WebContents } from 'electron';
import type { WindowPlace, WindowReturn, WindowRole } from '#protocol';
import { WALL_ROLES } from '#protocol';
import { carryOver, firstBounds, fitBounds, inReadingOrder, insetBounds } from './displays.ts';
import type { DisplayShape, Rectangle } from './displays.ts';
import type { SavedWindow, SavedWindows } from './saved-windows.ts';
import { WINDOWS_MAX } from './saved-windows.ts';
import { watchDisplays } from './display-watch.ts';
import { makeWindow, placementOf, putWindow } from './window-frame.ts';
import type { FrameOptions, Placement } from './window-frame.ts';
import { PAGE_URL } from './security.ts';

/** Moving a window sends many events; the file is written when it rests. */
const SAVE_AFTER_MS = 800;
const PANEL_SIZE = { width: 1000, height: 720 } as const;
const STATUS_SIZE = { width: 760, height: 260 } as const;

export type LastCloseAnswer = 'close' | 'stay' | 'cancel';

export interface Windows {
  /** Opens what was open on these monitors, or the first window. Ends the rest of a status window. */
  openAll(): void;
  open(role: WindowRole, layout?: string): void;
  openWalls(): void;
  /** Brings a window to the front, opening one when there is none. */
  focus(): void;
  all(): readonly BrowserWindow[];
  contents(): readonly WebContents[];
  placeOf(contents: WebContents): WindowPlace | undefined;
  setRole(contents: WebContents, role: WindowRole): void;
  keepLayout(contents: WebContents, layout: string): void;
  /** Writes the places down now; after this, closing windows no longer changes them. */
  saveForQuit(): void;
}

export interface WindowsOptions extends FrameOptions {
  readonly saved: SavedWindows;
  readonly note: (sentence: string) => void;
  /** A window got another role or layout than it has. */
  readonly onPlace: (contents: WebContents, place: WindowPlace) => void;
  /** A popped out window closed; every window that is left is told. */
  readonly onReturn: (contents: WebContents, returned: WindowReturn) => void;
  /** The last window is about to close: undefined lets it. */
  readonly beforeLastClose: () => Promise<LastCloseAnswer> | undefined;
  readonly quit: () => void;
}

interface OpenWindow {
  readonly id: string;
  role: WindowRole;
  layout: string;
  readonly window: BrowserWindow;
  /** Where it was when it last rested: the window manager moves windows before it says that a monitor went. */
  rested: Placement;
}

export function createWindows(options: WindowsOptions): Windows {
  const open = new Map<string, OpenWindow>();
  let timer: NodeJS.Timeout | undefined;
  let isQuitting = false;
  /** Only the small status window is there; what was open stays written down as it was. */
  let isResting = false;
  let isAsking = false;

  const save = (): void => {
    clearTimeout(timer);
    if (isQuitting || isResting || displays.isSettling()) return;
    const windows = [...open.values()].filter(({ window }) => !window.isDestroyed());
    for (const entry of windows) entry.rested = placementOf(entry.window);
    write(windows, displays.now(), options);
  };
  const saveSoon = (): void => {
    if (displays.isSettling()) return;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  };
  const displays = watchDisplays({
    onUnrest: () => clearTimeout(timer),
    onSettled: async (before, now) => {
      await Promise.all([...open.values()].map((entry) => settle(entry, before, now, options)));
    },
    onDone: saveSoon,
  });

  const show = (place: SavedWindow): OpenWindow => {
    const window = makeWindow(place, options);
    const entry: OpenWindow = { id: place.id, role: place.role, layout: place.layout, window, rested: place };
    open.set(place.id, entry);
    if (place.isMaximized) window.maximize();
    if (place.isFullScreen) window.setFullScreen(true);
    for (const event of ['move', 'resize', 'maximize', 'unmaximize'] as const) window.on(event as 'move', saveSoon);
    window.on('close', (event) => onClose(event, entry));
    window.once('closed', () => {
      open.delete(place.id);
      if (open.size > 0 && entry.role === 'panel' && !isQuitting) giveBack(entry);
      if (open.size > 0) saveSoon();
      else {
        // The last window takes the program with it and is to come back at its place.
        clearTimeout(timer);
        isQuitting = true;
      }
    });
    void window.loadURL(PAGE_URL);
    return entry;
  };
  const giveBack = ({ layout }: OpenWindow): void => {
    const windows = [...open.values()].filter(({ window }) => !window.isDestroyed());
    const left = windows.map(({ id, role }) => ({ id, role }));
    for (const { window } of windows) options.onReturn(window.webContents, { layout, windows: left });
  };
  const onClose = (event: { preventDefault(): void }, entry: OpenWindow): void => {
    if (open.size > 1 || isQuitting) return;
    if (isAsking) return event.preventDefault();
    const asked = options.beforeLastClose();
    if (asked === undefined) return save();
    event.preventDefault();
    isAsking = true;
    void asked.then((answer) => {
      isAsking = false;
      if (answer === 'close') return options.quit();
      if (answer === 'stay') rest(entry);
    });
  };
  const rest = (last: OpenWindow): void => {
    save();
    isResting = true;
    const area = screen.getDisplayMatching(last.window.getBounds()).workArea;
    show(newWindow('status', centred(area, STATUS_SIZE)));
    last.window.destroy();
  };
  const add = (role: WindowRole, layout = ''): void => {
    if (isResting) return openAll();
    if (open.size >= WINDOWS_MAX) return options.note(`There are ${WINDOWS_MAX} windows already; close one first.`);
    const focused = BrowserWindow.getFocusedWindow();
    const { workArea } = focused === null ? screen.getPrimaryDisplay() : screen.getDisplayMatching(focused.getBounds());
    const first = firstBounds(workArea, open.size);
    const bounds = role === 'panel' ? fitBounds({ ...first, ...PANEL_SIZE }, displays.now()) : first;
    show({ ...newWindow(role, bounds), layout });
    saveSoon();
  };
  const openAll = (): void => {
    const resting = isResting ? [...open.values()] : [];
    isResting = false;
    for (const place of options.saved.toOpen(displays.now())) if (place.role !== 'status') show(place);
    if (open.size === resting.length) add('workstation');
    for (const { window } of resting) window.destroy();
  };
  const openWalls = (): void => {
    if (isResting) openAll();
    const areas = inReadingOrder(displays.now()).map(({ workArea }) => workArea);
    for (const [at, role] of WALL_ROLES.entries()) {
      const bounds = insetBounds(areas[at % areas.length] as Rectangle);
      const entry = [...open.values()].find((other) => other.role === role) ?? (at === 0 ? plainOf(open) : undefined);
      if (entry !== undefined) turnInto(entry, role, bounds, options).then(saveSoon, () => undefined);
      else if (open.size < WINDOWS_MAX) show({ ...newWindow(role, bounds), isMaximized: true });
    }
    saveSoon();
  };
  const entryOf = (contents: WebContents): OpenWindow | undefined =>
    [...open.values()].find(({ window }) => !window.isDestroyed() && window.webContents === contents);
  const all = (): readonly BrowserWindow[] =>
    [...open.values()].map(({ window }) => window).filter((window) => !window.isDestroyed());

  return {
    openAll,
    open: add,
    openWalls,
    focus: () => {
      if (isResting) return openAll();
      const first = all()[0];
      if (first === undefined) return add('workstation');
      if (first.isMinimized()) first.restore();
      first.focus();
    },
    all,
    contents: () => all().map((window) => window.webContents),
    placeOf: (contents) => {
      const entry = entryOf(contents);
      return entry && { role: entry.role, layout: entry.layout };
    },
    setRole: (contents, role) => {
      const entry = entryOf(contents);
      if (entry === undefined || entry.role === 'status') return;
      entry.role = role;
      entry.layout = '';
      saveSoon();
    },
    keepLayout: (contents, layout) => {
      const entry = entryOf(contents);
      if (entry === undefined || entry.layout === layout) return;
      entry.layout = layout;
      saveSoon();
    },
    saveForQuit: () => {
      save();
      isQuitting = true;
    },
  };
}

/** After the monitors changed: where and as it was on these, else at the same part of what is left. */
async function settle(
  entry: OpenWindow,
  before: readonly DisplayShape[],
  now: readonly DisplayShape[],
  { saved, onPlace }: WindowsOptions,
): Promise<void> {
  const place = saved.placeOf(now, entry.id);
  if (place !== undefined && (place.layout !== entry.layout || place.role !== entry.role)) {
    entry.layout = place.layout;
    entry.role = place.role;
    onPlace(entry.window.webContents, place);
  }
  await putWindow(entry.window, place ?? { ...entry.rested, bounds: carryOver(entry.rested.bounds, before, now) });
}

function write(windows: readonly OpenWindow[], displays: readonly DisplayShape[], options: WindowsOptions): void {
  try {
    options.saved.save(
      displays,
      windows.map(({ id, role, layout, rested }) => ({ id, role, layout, ...rested })),
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    options.note(`The places of the windows could not be saved (${code ?? String(error)}).`);
  }
}

async function turnInto(
  entry: OpenWindow,
  role: WindowRole,
  bounds: Rectangle,
  options: WindowsOptions,
): Promise<void> {
  if (entry.role !== role) {
    entry.role = role;
    entry.layout = '';
    options.onPlace(entry.window.webContents, { role, layout: '' });
  }
  await putWindow(entry.window, { bounds, isMaximized: true, isFullScreen: false });
}

/** The ordinary window that becomes the first wall, so that no fourth one is left over. */
function plainOf(open: ReadonlyMap<string, OpenWindow>): OpenWindow | undefined {
  const plain = [...open.values()].filter(({ role }) => role === 'workstation');
  return plain.find(({ window }) => window.isFocused()) ?? plain[0];
}

function newWindow(role: WindowRole, bounds: Rectangle): SavedWindow {
  return { id: randomUUID(), role, bounds, isMaximized: false, isFullScreen: false, layout: '' };
}

function centred(area: Rectangle, size: { readonly width: number; readonly height: number }): Rectangle {
  const width = Math.min(size.width, area.width);
  const height = Math.min(size.height, area.height);
  return {
    x: area.x + Math.floor((area.width - width) / 2),
    y: area.y + Math.floor((area.height - height) / 2),
    width,
    height,
  };
}
