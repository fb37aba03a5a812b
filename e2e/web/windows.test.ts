/** Popped out windows in a browser: they come back when the browser and the engine were started again. */
import { expect, test } from 'playwright/test';
import { withDataDir } from '../hosts/host.ts';
import { webHost } from '../hosts/web-host.ts';
import { popOut, tab, tabs } from '../pages/workstation-page.ts';

const SOON = { timeout: 30_000 };
const OUT = ['Console', 'Positions', 'Scanner'];
const ARGS = ['--symbols', '200'];

test('three panels pop out, everything is started again, one click brings the three back', ({ context }) => {
  test.setTimeout(120_000);
  return withDataDir(async (dataDir) => {
    const first = await webHost(context)({ dataDir, args: ARGS });
    const { page } = first;
    await expect(page.getByTestId('status-connection')).toHaveText('live', SOON);
    const all = await tabs(page);
    for (const title of OUT) {
      const window = await popOut(page, title, () => context.waitForEvent('page'));
      await expect(window.getByTestId('status-connection')).toHaveText('live', SOON);
      expect(await tabs(window)).toEqual([title]);
    }
    const left = all.filter((title) => !OUT.includes(title));
    await expect(async () => expect(await tabs(page)).toEqual(left)).toPass(SOON);
    // Layouts are written a moment after they changed. The first window goes first, or the panels would return to it.
    await page.waitForTimeout(1_500);
    for (const window of context.pages()) await window.close();
    await first.close();

    // The browser keeps layouts by address: the same port it is.
    const second = await webHost(context)({ dataDir, port: first.served.port, args: ARGS });
    try {
      const again = second.page;
      await expect(again.getByTestId('status-connection')).toHaveText('live', SOON);
      const missing = again.getByTestId('missing-windows');
      await expect(missing).toContainText('3 windows of this layout are not open', SOON);
      await missing.getByRole('button', { name: 'Open them' }).click();
      await expect(async () => expect(context.pages().length).toBe(4)).toPass(SOON);
      for (const window of context.pages())
        await expect(window.getByTestId('status-connection')).toHaveText('live', SOON);
      await expect(async () => {
        const shown = await Promise.all(context.pages().map(tabs));
        expect(shown.map((titles) => titles.join()).toSorted()).toEqual([...OUT, left.join()].toSorted());
      }).toPass(SOON);
      await expect(missing).toHaveCount(0);
      await expect(tab(again, 'Market').first()).toBeVisible();
    } finally {
      await second.close();
    }
  });
});
