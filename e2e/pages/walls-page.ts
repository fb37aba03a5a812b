/** Windows on displays, as main sees them: bounds, roles, and which display each lies on. */
import { spawnSync } from 'node:child_process';
import type { ElectronApplication } from 'playwright';

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedWindow {
  readonly role: string;
  readonly id: string;
  readonly bounds: Bounds;
  readonly isMaximized: boolean;
  /** Number of the display, from the left, that holds most of it. */
  readonly display: number;
  readonly title: string;
}

/** By display, then by place. */
export function placedWindows(app: ElectronApplication): Promise<readonly PlacedWindow[]> {
  return app.evaluate(async ({ BrowserWindow, screen }) => {
    const displays = screen.getAllDisplays().toSorted((a, b) => a.bounds.x - b.bounds.x);
    const windows = await Promise.all(
      BrowserWindow.getAllWindows().map(async (window) => {
        const bounds = window.getBounds();
        const { id } = screen.getDisplayMatching(bounds);
        const [role, windowId] = (await window.webContents.executeJavaScript('[drover.role, drover.windowId]')) as [
          string,
          string,
        ];
        return {
          role,
          id: windowId,
          bounds,
          isMaximized: window.isMaximized(),
          display: displays.findIndex((display) => display.id === id),
          title: window.getTitle(),
        };
      }),
    );
    return windows.toSorted((a, b) => a.display - b.display || a.bounds.x - b.bounds.x || a.bounds.y - b.bounds.y);
  });
}

export function displayCount(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ screen }) => screen.getAllDisplays().length);
}

/** True when no pixel of the window's upper edge is out of reach: it lies on one display's work area. */
export function areReachable(app: ElectronApplication): Promise<boolean> {
  return app.evaluate(({ BrowserWindow, screen }) =>
    BrowserWindow.getAllWindows().every((window) => {
      const bounds = window.getBounds();
      return screen
        .getAllDisplays()
        .some(
          ({ bounds: area }) =>
            bounds.x >= area.x &&
            bounds.y >= area.y &&
            bounds.x + bounds.width <= area.x + area.width &&
            bounds.y < area.y + area.height,
        );
    }),
  );
}

/** Plugs and unplugs monitors of the X server the tests run on. */
export function xrandr(...args: readonly string[]): void {
  const done = spawnSync('xrandr', [...args], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`xrandr ${args.join(' ')}: ${done.stderr}`);
  // The dummy server settles its list of monitors only when it is asked for.
  spawnSync('xrandr', ['--listmonitors']);
}
