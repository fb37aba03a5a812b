/** Windows of the desktop: panels that pop out and return, linked symbols, the native menu, and what closing and quitting ask. */
import { expect, test } from 'playwright/test';
import type { ElectronApplication, Page } from 'playwright';
import type { ElectronHost } from '../hosts/electron-host.ts';
import { electronHost, enginePid } from '../hosts/electron-host.ts';
import { isAlive, withDataDir } from '../hosts/host.ts';
import { sharedDesktop } from '../hosts/shared-desktop.ts';
import { TRADING } from '../journeys/trades.ts';
import { answerWith, asked, chooseMenu, menuEntry } from '../pages/native-menu.ts';
import { marketPage } from '../pages/market-page.ts';
import { popOut, tab, tabs } from '../pages/workstation-page.ts';

const SMALL = ['--symbols=200'];
const SOON = { timeout: 30_000, intervals: [200] };
test.describe.configure({ timeout: 180_000 });

async function desktop(use: (host: ElectronHost, dataDir: string) => Promise<void>): Promise<void> {
  await withDataDir(async (dataDir) => {
    const host = await electronHost({ dataDir, args: SMALL });
    try {
      await use(host, dataDir);
    } finally {
      await host.close();
    }
  });
}

const windowCount = (app: ElectronApplication): Promise<number> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

/** Pops a panel out into a window of this program. */
const popOutOf = (app: ElectronApplication, page: Page, title: string): Promise<Page> =>
  popOut(page, title, () => app.waitForEvent('window'));

test('a panel pops out, returns when its window closes or brings it back; three stay out over a restart', () =>
  withDataDir(async (dataDir) => {
    const first = await electronHost({ dataDir, args: SMALL });
    const { app, page } = first;
    await marketPage(page).isLive('200');
    const all = await tabs(page);
    expect(all).toContain('Console');
    const without = all.filter((title) => title !== 'Console');

    const closed = await popOutOf(app, page, 'Console');
    await expect(async () => expect(await tabs(page)).toEqual(without)).toPass(SOON);
    expect(await tabs(closed)).toEqual(['Console']);
    await closed.close();
    await expect(async () => expect(await tabs(page)).toEqual(all)).toPass(SOON);

    const brought = await popOutOf(app, page, 'Console');
    await brought.reload();
    await tab(brought, 'Console').waitFor();
    await page.waitForTimeout(2_500);
    expect(await tabs(page), 'a reload brings nothing back').toEqual(without);
    await brought.locator('.dv-tab').click({ button: 'right' });
    await brought.getByRole('menuitem', { name: 'Bring back' }).click();
    await expect(async () => expect(await tabs(page)).toEqual(all)).toPass(SOON);
    expect(await windowCount(app)).toBe(1);

    const out = ['Console', 'Positions', 'Scanner'];
    for (const title of out) await popOutOf(app, page, title);
    const left = all.filter((title) => !out.includes(title));
    await expect(async () => expect(await tabs(page)).toEqual(left)).toPass(SOON);
    await page.waitForTimeout(2_000);
    await first.close();
    const second = await electronHost({ dataDir, args: SMALL });
    await expect(async () => {
      const shown = await Promise.all(second.app.windows().map(tabs));
      expect(shown.map((titles) => titles.join()).toSorted()).toEqual([...out, left.join()].toSorted());
    }).toPass(SOON);
    // And they live: each is a window of its own on the engine.
    for (const window of second.app.windows())
      await expect(window.getByTestId('status-connection')).toHaveText('live', SOON);
    await second.close();
  }));

test.describe('one program, one window after another', () => {
  const shared = sharedDesktop(SMALL);

  test('a notification is shown by main, one a tag, silent; a click leads back to the window that asked', async () => {
    const { app, page } = shared();
    await marketPage(page).isLive('200');
    await app.evaluate(({ Notification }) => {
      // The test machine has no desktop to show them on: what would be shown is kept.
      Notification.isSupported = () => true;
      const shown: Electron.Notification[] = [];
      (globalThis as unknown as { shown: Electron.Notification[] }).shown = shown;
      Notification.prototype.show = function show(this: Electron.Notification) {
        shown.push(this);
      };
    });
    const shown = (): Promise<readonly string[]> =>
      app.evaluate(() =>
        (globalThis as unknown as { shown: Electron.Notification[] }).shown.map(
          ({ title, body, silent }) => `${title}: ${body} ${silent}`,
        ),
      );
    const clicked = page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const { drover } = window as unknown as {
            drover: {
              onNoticeClick(listener: (tag: string) => void): void;
              notify(notice: Readonly<Record<string, string>>): void;
            };
          };
          drover.onNoticeClick(resolve);
          drover.notify({ title: 'Halt', body: 'AAPL', tag: 'halt' });
          // None of these is a notification.
          drover.notify({ title: '', body: 'AAPL', tag: 'halt' });
          drover.notify({ title: 'x'.repeat(101), body: 'AAPL', tag: 'halt' });
        }),
    );
    await expect(async () => expect(await shown()).toEqual(['Halt: AAPL true'])).toPass(SOON);
    await app.evaluate(() => {
      const [first] = (globalThis as unknown as { shown: Electron.Notification[] }).shown;
      first?.emit('click', {} as never);
    });
    expect(await clicked).toBe('halt');
    expect(await page.evaluate(() => Notification.permission)).toBe('denied');
    // A page gone mad does not bury the desktop.
    await page.evaluate(() => {
      const { drover } = window as unknown as { drover: { notify(notice: Readonly<Record<string, string>>): void } };
      for (let at = 0; at < 200; at++) drover.notify({ title: 'Fill', body: String(at), tag: `t${at}` });
    });
    await expect(async () => expect((await shown()).length).toBeGreaterThanOrEqual(60)).toPass(SOON);
    // A message answered after them: none is still on its way.
    const root = page.locator('html');
    const theme = (await root.getAttribute('data-theme')) === 'light' ? 'dark' : 'light';
    await page.evaluate(
      (other) => (window as unknown as { drover: { setTheme(theme: string): void } }).drover.setTheme(other),
      theme,
    );
    await expect(root).toHaveAttribute('data-theme', theme);
    expect((await shown()).length).toBe(60);
  });

  test('the native menu does what it says', async () => {
    const { app, page } = shared();
    await marketPage(page).isLive('200');
    expect(await menuEntry(app, 'Trading', 'Kill Switch…')).toMatchObject({ accelerator: 'CmdOrCtrl+Shift+K' });
    expect(await menuEntry(app, 'Trading', 'Paper: built-in exchange (PAPER)')).toMatchObject({ enabled: false });
    // Every key of the menu is told in the help.
    const accelerators = await app.evaluate(({ Menu }) => {
      const look = (items: readonly Electron.MenuItem[]): readonly string[] =>
        items.flatMap((item) => [
          ...(item.accelerator ? [String(item.accelerator)] : []),
          ...(item.submenu ? look(item.submenu.items) : []),
        ]);
      return look(Menu.getApplicationMenu()?.items ?? []);
    });
    expect(accelerators.length).toBeGreaterThan(14);
    await chooseMenu(app, 'Help', 'Keyboard Help');
    const help = page.getByRole('dialog', { name: 'Keyboard help' });
    expect(await help.locator('kbd').allTextContents()).toEqual(
      expect.arrayContaining(
        accelerators.map((keys) =>
          keys.replace('CmdOrCtrl', 'Ctrl').replace('CommandOrControl', 'Ctrl').replaceAll('+', ' '),
        ),
      ),
    );
    await page.keyboard.press('Escape');
    // Every panel of the list opens.
    const kinds = await app.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()
        ?.items.find(({ label }) => label === '&View')
        ?.submenu?.items.find(({ label }) => label === 'Panels')
        ?.submenu?.items.map(({ label }) => label),
    );
    expect(kinds?.length).toBeGreaterThan(3);
    for (const title of kinds ?? []) {
      await chooseMenu(app, 'View', 'Panels', title);
      await expect(page.locator('.dv-active-tab', { hasText: title }).first()).toBeVisible();
    }
    await chooseMenu(app, 'View', 'Theme', 'Light');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
    await chooseMenu(app, 'View', 'Rows', 'Comfortable');
    await expect(page.locator('html')).toHaveAttribute('data-density', 'comfortable');
    await expect(async () => expect((await menuEntry(app, 'View', 'Rows', 'Comfortable'))?.checked).toBe(true)).toPass(
      SOON,
    );
    await chooseMenu(app, 'View', 'Colours', 'Blue and Orange');
    await expect(page.locator('html')).toHaveAttribute('data-palette', 'safe');
    await chooseMenu(app, 'View', 'Commands and Symbols');
    await expect(page.getByTestId('palette')).toBeVisible();
    await page.keyboard.press('Escape');
    await chooseMenu(app, 'Help', 'Keyboard Help');
    await expect(page.getByRole('dialog', { name: 'Keyboard help' })).toBeVisible();
    await page.keyboard.press('Escape');
    await chooseMenu(app, 'Window', 'Layout: Charts Wall');
    await expect(async () => expect(await tabs(page)).toEqual(['Charts wall'])).toPass(SOON);
    await chooseMenu(app, 'Window', 'Layout: One Screen');
    await expect(async () => expect((await tabs(page)).length).toBeGreaterThan(3)).toPass(SOON);
  });

  test('a symbol picked in one window is shown in the others of its group, and not in those of another group', async () => {
    const { app, page, openSecond } = shared();
    await marketPage(page).isLive('200');
    const second = await openSecond();
    await marketPage(second).isLive('200');
    const symbolOf = (of: Page): Promise<string | null> => of.getByTestId('symbol-page').getAttribute('aria-label');
    const pick = async (name: string): Promise<void> => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Symbol or command' }).fill(name);
      await page.keyboard.press('Enter');
    };
    for (const window of [page, second]) await tab(window, 'Symbol').click();
    await pick('AAPL');
    for (const window of [page, second])
      await expect(async () => expect(await symbolOf(window)).toBe('Symbol page AAPL')).toPass(SOON);
    await tab(second, 'Symbol').click({ button: 'right' });
    await second.getByRole('menuitemradio', { name: 'Group B, green' }).click();
    await expect(second.locator('.link-badge[data-group="B"]')).toBeVisible();
    await pick('MSFT');
    await expect(async () => expect(await symbolOf(page)).toBe('Symbol page MSFT')).toPass(SOON);
    await second.waitForTimeout(500);
    expect(await symbolOf(second)).toBe('Symbol page AAPL');
    expect(await windowCount(app)).toBe(2);
  });
});

test('auto trading and the kill switch from the native menu ask first; the kill ends in flat, confirmed', () =>
  withDataDir(async (dataDir) => {
    const host = await electronHost({ dataDir, args: TRADING });
    const { app, page } = host;
    try {
      await marketPage(page).isLive('300');
      const isAuto = async (): Promise<boolean | undefined> =>
        (await menuEntry(app, 'Trading', 'Auto Trading'))?.checked;
      await answerWith(app, 'Cancel');
      await chooseMenu(app, 'Trading', 'Auto Trading');
      await expect(async () => expect((await asked(app)).length).toBe(1)).toPass(SOON);
      expect(await isAuto()).toBe(false);
      await answerWith(app, 'Switch auto trading on');
      await chooseMenu(app, 'Trading', 'Auto Trading');
      await expect(async () => expect(await isAuto()).toBe(true)).toPass(SOON);
      await expect(async () => expect(await page.title()).toContain('PAPER · AUTO')).toPass(SOON);
      // There has to be something to sell.
      await expect(page.getByTestId('strip-open')).not.toHaveText(/^0\//u, { timeout: 60_000 });

      await answerWith(app, 'Kill');
      await chooseMenu(app, 'Trading', 'Kill Switch…');
      await expect(async () => expect(await isAuto()).toBe(false)).toPass(SOON);
      expect((await asked(app)).at(-1)).toContain('Kill switch: stop trading and sell everything?');
      const overlay = page.getByTestId('kill-overlay');
      await expect(overlay.getByRole('heading', { level: 2 })).toHaveText('Flat, confirmed', { timeout: 60_000 });
      await expect(page.getByTestId('strip-open')).toHaveText(/^0\//u);
      await expect(page.getByTestId('kill')).toHaveText('FLAT');

      // Nothing switches it on again but the words.
      await answerWith(app, 'Switch auto trading on', 'OK');
      await chooseMenu(app, 'Trading', 'Auto Trading');
      await expect(async () => expect((await asked(app)).at(-1)).toContain('the kill switch is on')).toPass(SOON);
      expect(await isAuto()).toBe(false);
    } finally {
      await host.close();
    }
  }));

test('the last window does not silently end an engine with auto trading on', () =>
  desktop(async ({ app, page }) => {
    await marketPage(page).isLive('200');
    const engine = await enginePid(page);
    await answerWith(app, 'Switch auto trading on');
    await chooseMenu(app, 'Trading', 'Auto Trading');
    await expect(async () => expect((await menuEntry(app, 'Trading', 'Auto Trading'))?.checked).toBe(true)).toPass(
      SOON,
    );

    await answerWith(app, 'Cancel');
    await closeWindows(app);
    await expect(async () =>
      expect((await asked(app)).at(-1)).toMatch(/^This is the last window, with .*auto/u),
    ).toPass(SOON);
    expect(await windowCount(app)).toBe(1);
    expect(isAlive(engine)).toBe(true);

    await answerWith(app, 'Keep the engine running');
    const small = app.waitForEvent('window');
    await closeWindows(app);
    const status = await small;
    await expect(status.getByTestId('status-window')).toContainText('Auto trading is on');
    await expect(async () => expect(await windowCount(app)).toBe(1)).toPass(SOON);
    expect(isAlive(engine)).toBe(true);
    await expect(async () => expect(await status.title()).toContain('AUTO')).toPass(SOON);

    const back = app.waitForEvent('window');
    await status.getByRole('button', { name: 'Open the workstation' }).click();
    const again = await back;
    await marketPage(again).isLive('200');
    await expect(async () => expect(await windowCount(app)).toBe(1)).toPass(SOON);
    expect(await enginePid(again)).toBe(engine);

    await answerWith(app, 'Cancel');
    await app.evaluate(({ app: program }) => program.quit());
    await expect(async () => expect((await asked(app)).at(-1)).toMatch(/^Quit with .*auto trading on/u)).toPass(SOON);
    expect(isAlive(engine)).toBe(true);

    // For good: the answer that stops the engine.
    await answerWith(app, 'Stop the engine and quit');
    const ended = app.waitForEvent('close');
    await closeWindows(app);
    await ended;
    await expect(async () => expect(isAlive(engine)).toBe(false)).toPass(SOON);
  }));

function closeWindows(app: ElectronApplication): Promise<void> {
  return app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.close();
  });
}
