/**
 * Walls on three monitors. They need three displays, which `npm test` does not have: run them on a machine that has, or on
 * an X server with three outputs named DUMMY0 to DUMMY2.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'playwright/test';
import type { ElectronApplication, Page } from 'playwright';
import type { ElectronHost } from '../hosts/electron-host.ts';
import { electronHost } from '../hosts/electron-host.ts';
import { withDataDir } from '../hosts/host.ts';
import { areReachable, displayCount, placedWindows, xrandr } from '../pages/walls-page.ts';

const SMALL = ['--symbols=400'];
const WALLS = ['market-wall', 'charts-wall', 'trades-wall'];
const SETTLED = { timeout: 60_000, intervals: [300] };
// Three 4K windows painted without a GPU take their time.
test.describe.configure({ timeout: 240_000 });
const shots = process.env['DROVER_E2E_SHOTS'];

let displays: number | null = null;

/** Opens the program, or skips the test where there are not three displays; a program that has told so is not left behind. */
async function openOnThree(dataDir: string): Promise<ElectronHost> {
  skipUnlessThree();
  const host = await electronHost({ dataDir, args: SMALL });
  displays ??= await displayCount(host.app);
  if (displays < 3) await host.close();
  skipUnlessThree();
  return host;
}

function skipUnlessThree(): void {
  test.skip(
    displays !== null && displays < 3,
    `three displays are needed, there ${displays === 1 ? 'is 1' : `are ${displays}`}`,
  );
}

async function openWalls({ app, page }: ElectronHost): Promise<void> {
  await page.evaluate(() => (window as unknown as { drover: { openWalls(): void } }).drover.openWalls());
  await expect(async () => expect((await placedWindows(app)).map(({ display }) => display)).toEqual([0, 1, 2])).toPass(
    SETTLED,
  );
  await rested(app);
}

/** Until places are the same twice and have been written. */
async function rested(app: ElectronApplication): Promise<void> {
  let before = '';
  await expect(async () => {
    const now = JSON.stringify(await placedWindows(app));
    const isSame = now === before;
    before = now;
    expect(isSame).toBe(true);
  }).toPass({ timeout: 60_000, intervals: [1_500] });
}

const places = async (app: ElectronApplication) =>
  (await placedWindows(app)).map(({ id, bounds, display, isMaximized }) => ({ id, bounds, display, isMaximized }));

async function shoot(app: ElectronApplication, name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  for (const [at, page] of app.windows().entries())
    await page.screenshot({ timeout: 60_000, path: path.join(shots, `${name}-${at}.png`) });
}

async function titles(app: ElectronApplication): Promise<readonly string[]> {
  return (await placedWindows(app)).map(({ title }) => title);
}

test('three walls fill three displays and are back after a restart', () =>
  withDataDir(async (dataDir) => {
    const first = await openOnThree(dataDir);
    await openWalls(first);
    const placed = await placedWindows(first.app);
    expect(placed.length).toBe(3);
    for (const { bounds, isMaximized } of placed) {
      expect(isMaximized).toBe(true);
      expect(bounds.width).toBe(2160);
      expect(bounds.height).toBeGreaterThan(3700);
    }
    await expect(async () => {
      const said = await titles(first.app);
      expect(said[0]).toMatch(/^PAPER · auto off - Market wall$/u);
      expect(said[1]).toContain('Charts wall');
      expect(said[2]).toContain('Trades wall');
    }).toPass(SETTLED);
    await shoot(first.app, 'walls');
    const before = await places(first.app);
    await first.close();

    const second = await electronHost({ dataDir, args: SMALL });
    await expect(async () => expect(await places(second.app)).toEqual(before)).toPass(SETTLED);
    await rested(second.app);
    expect(await places(second.app)).toEqual(before);
    expect((await placedWindows(second.app)).map(({ role }) => role)).toEqual(WALLS);
    await second.close();
  }));

test('an unplugged monitor gives its windows to the nearest and gets them back', () =>
  withDataDir(async (dataDir) => {
    const host = await openOnThree(dataDir);
    const { app } = host;
    await openWalls(host);
    const before = await places(app);
    try {
      xrandr('--output', 'DUMMY2', '--off');
      await expect(async () => {
        expect(await displayCount(app)).toBe(2);
        expect((await placedWindows(app)).map(({ display }) => display)).toEqual([0, 1, 1]);
        expect(await areReachable(app)).toBe(true);
      }).toPass(SETTLED);
      await rested(app);
      expect(await areReachable(app)).toBe(true);
    } finally {
      xrandr('--output', 'DUMMY2', '--mode', 'v4k', '--pos', '4320x0');
    }
    await expect(async () => expect(await places(app)).toEqual(before)).toPass(SETTLED);
    await rested(app);
    expect(await places(app)).toEqual(before);
    await shoot(app, 'replugged');
    await host.close();
  }));

test('started without the third monitor, everything is within reach; with it again, everything is back', () =>
  withDataDir(async (dataDir) => {
    const first = await openOnThree(dataDir);
    await openWalls(first);
    const before = await places(first.app);
    await first.close();
    try {
      xrandr('--output', 'DUMMY2', '--off');
      const second = await electronHost({ dataDir, args: SMALL });
      await expect(async () => expect((await placedWindows(second.app)).length).toBe(3)).toPass(SETTLED);
      await rested(second.app);
      expect(await areReachable(second.app)).toBe(true);
      await second.close();
    } finally {
      xrandr('--output', 'DUMMY2', '--mode', 'v4k', '--pos', '4320x0');
    }
    const third = await electronHost({ dataDir, args: SMALL });
    await expect(async () => expect(await places(third.app)).toEqual(before)).toPass(SETTLED);
    await third.close();
  }));

test('three popped out windows on three displays are back after a restart', () =>
  withDataDir(async (dataDir) => {
    const first = await openOnThree(dataDir);
    for (let at = 0; at < 3; at++) await popOut(first.app, first.page);
    await first.app.evaluate(({ BrowserWindow }) => {
      const windows = BrowserWindow.getAllWindows().toSorted((a, b) => a.id - b.id);
      for (const [at, window] of windows.slice(1).entries())
        window.setBounds({ x: 300 + at * 2160, y: 400 + at * 50, width: 1200, height: 900 });
    });
    await rested(first.app);
    const before = await places(first.app);
    expect(before.length).toBe(4);
    expect(new Set(before.map(({ display }) => display)).size).toBe(3);
    const shown = await shownPanels(first.app);
    await first.close();
    const second = await electronHost({ dataDir, args: SMALL });
    await expect(async () => expect(await places(second.app)).toEqual(before)).toPass(SETTLED);
    await expect(async () => expect(await shownPanels(second.app)).toEqual(shown)).toPass(SETTLED);
    await second.close();
  }));

async function popOut(app: ElectronApplication, page: Page): Promise<Page> {
  const opened = app.waitForEvent('window');
  await page.locator('.dv-tab').first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Pop out to its own window' }).click();
  const window = await opened;
  await window.locator('.dv-tab').first().waitFor();
  return window;
}

/** Titles of the tabs of every window, by window. */
async function shownPanels(app: ElectronApplication): Promise<readonly string[]> {
  const texts = await Promise.all(
    app.windows().map(async (page) => (await page.locator('.dock-tab').allTextContents()).toSorted().join(' ')),
  );
  return texts.toSorted();
}
