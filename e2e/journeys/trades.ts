/** The journeys of trading that must go the same way in every host: read a trade, flatten one, stop everything. */
import { expect, test } from 'playwright/test';
import type { Locator, Page } from 'playwright';
import type { Host, HostOptions } from '../hosts/host.ts';
import { withDataDir } from '../hosts/host.ts';

type Start = (options: HostOptions) => Promise<Host>;

/** A small market in its regular session whose strategies trade at once. */
const TRADING = [
  ['--symbols', '300'],
  ['--start', '09:31'],
  ['--speed', '1'],
  ['--auto', 'on'],
  ['--strategy', 'random-buy=enabled'],
].flat();
const SOON = { timeout: 60_000 };

/** `start` is called once a journey, with a fresh data folder. */
export function tradeJourneys(run: (journey: (start: Start) => Promise<void>) => Promise<void>): void {
  const journey = (title: string, body: (page: Page) => Promise<void>): void => {
    test(title, () => {
      test.setTimeout(150_000);
      return run((start) =>
        withDataDir(async (dataDir) => {
          const host = await start({ dataDir, args: TRADING });
          try {
            await expect(host.page.getByTestId('status-connection')).toHaveText('live', { timeout: 30_000 });
            await body(host.page);
          } finally {
            await host.close();
          }
        }),
      );
    });
  };

  journey('a fired trade is found and says why it fired, when it sells and what caused it', async (page) => {
    await newestPosition(page);
    await pick(page);
    const why = page.getByTestId('why-fired');
    await expect(why.locator('tbody tr').first()).toBeVisible(SOON);
    // Everything that fired had passed then.
    const rules = await why.locator('tbody tr').count();
    await expect(why.locator('tbody tr td:nth-child(5) [data-pass="yes"]')).toHaveCount(rules);
    const sells = page.getByTestId('when-sells');
    await expect(sells).toContainText(/stop|fired|by/u);
    await expect(page.getByTestId('economics').locator('[data-total]')).toContainText(/\d/u);
    const timeline = page.getByTestId('timeline').locator('li');
    await expect(timeline.first()).toContainText('every rule passed');
    await expect(timeline.filter({ hasText: 'bought' }).first()).toBeVisible(SOON);
    // The cause of the fill is its order.
    await timeline.filter({ hasText: 'bought' }).first().getByRole('button').click();
    await expect(page.getByTestId('timeline').locator('[data-cause]')).toContainText('order');
    await page.getByTestId('time-machine').getByRole('button', { name: 'One step: the next bar or fill' }).click();
    await expect(page.getByTestId('time-machine-at')).toHaveText(/^\d\d:\d\d:\d\d\.\d{3}$/u);
  });

  journey('one position is flattened with two presses and becomes a closed trade', async (page) => {
    const row = await newestPosition(page);
    await page.getByTestId('auto-toggle').click();
    await expect(page.getByTestId('auto-toggle')).toHaveAttribute('aria-checked', 'false');
    const tradeId = await row.getAttribute('data-row');
    const own = page.getByTestId('positions').locator(`[data-row="${tradeId}"]`);
    const flatten = own.getByTestId('row-flatten');
    // One press, and even a double click, only arms.
    await flatten.dblclick();
    await expect(flatten).toHaveAttribute('data-state', 'armed');
    await expect(flatten).toHaveAttribute('data-state', 'idle');
    // Being armed lasts three seconds; a slow machine may need another try.
    await expect(async () => {
      await flatten.click({ timeout: 2_000 });
      await page.waitForTimeout(300);
      await flatten.click({ timeout: 2_000 });
      await expect(own).toHaveCount(0, { timeout: 5_000 });
    }).toPass({ timeout: 30_000 });
    await openPanel(page, 'Closed trades');
    await expect(page.getByTestId('closed-trades').locator(`[data-row="${tradeId}"]`)).toContainText('manual', SOON);
  });

  journey('the kill switch ends in flat, confirmed; trading resumes only by its words', async (page) => {
    await newestPosition(page);
    await page.keyboard.press('Control+Shift+K');
    await expect(page.getByTestId('kill')).toHaveText('AGAIN');
    await expect(page.getByTestId('kill-overlay')).toHaveCount(0);
    await page.keyboard.press('Control+Shift+K');
    const overlay = page.getByTestId('kill-overlay');
    await expect(overlay.getByRole('heading', { level: 2 })).toHaveText('Flat, confirmed', SOON);
    await expect(page.getByTestId('strip-open')).toHaveText(/^0\//u);
    const resume = overlay.getByRole('button', { name: 'Resume' });
    await overlay.getByRole('textbox').fill('resume trading');
    await expect(resume).toBeDisabled();
    await overlay.getByRole('textbox').fill('RESUME TRADING');
    await resume.click();
    await expect(overlay).toHaveCount(0);
    await expect(page.getByTestId('kill')).toHaveText('KILL');
    // Resuming is not trading: the switch is thrown by hand.
    await expect(page.getByTestId('auto-toggle')).toHaveAttribute('aria-checked', 'false');
  });
}

async function openPanel(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette').getByRole('combobox').fill(`open ${title}`);
  await page.keyboard.press('Enter');
}

/** The newest of the open positions, once there is one. */
async function newestPosition(page: Page): Promise<Locator> {
  await openPanel(page, 'Positions');
  const row = page.getByTestId('positions').locator('.desk-rows [data-row]').last();
  await expect(row).toBeVisible(SOON);
  return row;
}

/** Picks a row that may leave at any moment. */
async function pick(page: Page): Promise<void> {
  await expect(async () => {
    await page
      .getByTestId('positions')
      .locator('.desk-rows [data-row] [data-col="age"]')
      .first()
      .click({ timeout: 2_000 });
    await expect(page.getByTestId('trade-net')).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
}
