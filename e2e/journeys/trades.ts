/** The journeys of trading that must go the same way in every host: read a trade, flatten one, look back, stop everything. */
import { expect, test } from 'playwright/test';
import type { Locator, Page } from 'playwright';
import type { Host, HostOptions } from '../hosts/host.ts';
import { withDataDir } from '../hosts/host.ts';
import { openPanel, pressTwice, runCommand } from '../pages/workstation-page.ts';
import { openSymbolPage } from './symbol-page.ts';

type Start = (options: HostOptions) => Promise<Host>;

/** A small market in its regular session whose strategies trade as soon as auto trading is on. */
export const TRADING = [
  ['--symbols', '300'],
  ['--start', '09:31'],
  ['--speed', '1'],
  ['--strategy', 'random-buy=enabled'],
].flat();
const SOON = { timeout: 60_000 };

/** One start for all of it: each part begins where the one before left the day. */
export function tradeJourneys(run: (journey: (start: Start) => Promise<void>) => Promise<void>): void {
  test('a morning: a fired trade is read, another symbol asked why not, one flattened, the past looked at, all killed', () => {
    test.setTimeout(240_000);
    return run((start) =>
      withDataDir(async (dataDir) => {
        const host = await start({ dataDir, args: [...TRADING, '--auto', 'on'] });
        const { page } = host;
        try {
          await expect(page.getByTestId('status-connection')).toHaveText('live', { timeout: 30_000 });
          await test.step('a fired trade says why it fired, when it sells and what caused it', () => readTrade(page));
          await test.step('a symbol says why it was not bought', () => askWhyNot(page));
          await test.step('one position is flattened with two presses', () => flattenOne(page));
          await test.step('the market is looked at as it was, and one key brings back the live one', () =>
            lookBack(page));
          await test.step('the kill switch ends in flat, confirmed; trading resumes only by its words', () =>
            killAll(page));
        } finally {
          await host.close();
        }
      }),
    );
  });
}

async function readTrade(page: Page): Promise<void> {
  await newestPosition(page);
  await pick(page);
  const why = page.getByTestId('why-fired');
  await expect(why.locator('tbody tr').first()).toBeVisible(SOON);
  // Everything that fired had passed then.
  const rules = await why.locator('tbody tr').count();
  await expect(why.locator('tbody tr td:nth-child(5) [data-pass="yes"]')).toHaveCount(rules);
  await expect(page.getByTestId('when-sells')).toContainText(/stop|fired|by/u);
  await expect(page.getByTestId('economics').locator('[data-total]')).toContainText(/\d/u);
  const timeline = page.getByTestId('timeline').locator('li');
  await expect(timeline.first()).toContainText('every rule passed');
  await expect(timeline.filter({ hasText: 'bought' }).first()).toBeVisible(SOON);
  // The cause of the fill is its order.
  await timeline.filter({ hasText: 'bought' }).first().getByRole('button').click();
  await expect(page.getByTestId('timeline').locator('[data-cause]')).toContainText('order');
  await page.getByTestId('time-machine').getByRole('button', { name: 'One step: the next bar or fill' }).click();
  await expect(page.getByTestId('time-machine-at')).toHaveText(/^\d\d:\d\d:\d\d\.\d{3}$/u);
}

async function askWhyNot(page: Page): Promise<void> {
  await openSymbolPage(page, 'AAPL');
  const rules = page.getByTestId('strategy-rules');
  await expect(rules).toContainText(/\d+ of \d+ fail|All \d+ pass/u, { timeout: 90_000 });
}

async function flattenOne(page: Page): Promise<void> {
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
  await pressTwice(flatten, () => expect(own).toHaveCount(0, { timeout: 5_000 }));
  await openPanel(page, 'Closed trades');
  await expect(page.getByTestId('closed-trades').locator(`[data-row="${tradeId}"]`)).toContainText('manual', SOON);
}

/** By keyboard alone: the slider takes arrows, Escape works from anywhere. */
async function lookBack(page: Page): Promise<void> {
  await openPanel(page, 'Market');
  const scrub = page.getByTestId('scrub');
  const time = page.getByTestId('scrub-time');
  await expect(time).toHaveText(/^\d\d:\d\d:\d\d$/u);
  await scrub.getByRole('slider').focus();
  for (let second = 0; second < 5; second++) await page.keyboard.press('ArrowLeft');
  // The engine makes the past with what the live market leaves it: on a busy machine that takes a while.
  await expect(scrub).toHaveAttribute('data-past', 'true', SOON);
  await expect(time).toHaveText(/^\d\d:\d\d:\d\d PAST$/u, SOON);
  await expect(scrub.getByRole('alert')).toHaveCount(0);
  await pastIsTold(page);
  // The past stands still.
  const grid = page.getByTestId('market-grid');
  const prices = (): Promise<readonly string[]> =>
    grid.locator('[role="row"][row-index] [col-id="volume"]').allTextContents();
  await expect(async () => {
    const before = await prices();
    await page.waitForTimeout(1_000);
    expect(before.length).toBeGreaterThan(5);
    expect(await prices()).toEqual(before);
  }).toPass(SOON);
  const past = await prices();
  await page.keyboard.press('Escape');
  await expect(scrub).not.toHaveAttribute('data-past', 'true');
  await expect(page.getByTestId('scrub-live')).toBeDisabled();
  await expect(page.getByTestId('past-chip')).toHaveCount(0);
  await expect(page.locator('.dock-tab-when:not(:empty)')).toHaveCount(0);
  await expect(page.getByTestId('past-tag')).toHaveCount(0);
  await expect(async () => expect(await prices()).not.toEqual(past)).toPass(SOON);
}

/** What is of the past says so, what goes on beside it says that it is live, and nothing can be bought by old figures. */
async function pastIsTold(page: Page): Promise<void> {
  await expect(page.getByTestId('past-chip')).toContainText(/PAST \d\d:\d\d:\d\d/u);
  await runCommand(page, 'One symbol: tick bars');
  const symbolPage = page.getByTestId('symbol-page');
  await expect(symbolPage.getByTestId('fact-state')).toContainText('PAST');
  await expect(symbolPage.locator('.sp-chart-state')).toContainText(/PAST \d\d:\d\d:\d\d The chart ends here/u);
  // Quotes and prints are those of then: none is later, and they stand still.
  await expect(symbolPage.getByTestId('past-tag')).toHaveCount(2);
  const pastText = (await symbolPage.getByTestId('past-tag').first().textContent())?.slice('PAST '.length) ?? '';
  const prints = symbolPage.locator('.sp-tape-line time');
  await expect(prints.first()).toBeVisible(SOON);
  const newest = (await prints.first().textContent()) ?? '';
  expect(newest.slice(0, 8) <= pastText, `${newest} was printed by ${pastText}`).toBe(true);
  await expect(
    page.locator('.dv-active-tab .dock-tab-when', { hasText: /^PAST \d\d:\d\d:\d\d$/u }).first(),
  ).toBeVisible();
  await expect(page.locator('.dv-active-tab .dock-tab-when', { hasText: 'LIVE' }).first()).toBeVisible();
  await expect(symbolPage.getByTestId('ticket-review')).toBeDisabled();
  await expect(symbolPage.getByTestId('buy-ticket')).toContainText('go back to live');
  await expect(symbolPage.getByTestId('own-trades').getByTestId('live-note')).toContainText('acts now');
}

async function killAll(page: Page): Promise<void> {
  await page.getByTestId('auto-toggle').click();
  await newestPosition(page);
  await page.keyboard.press('Control+Shift+K');
  await expect(page.getByTestId('kill')).toHaveText('AGAIN');
  await expect(page.getByTestId('kill-overlay')).toHaveCount(0);
  await page.keyboard.press('Control+Shift+K');
  const overlay = page.getByTestId('kill-overlay');
  await expect(overlay.getByRole('heading', { level: 2 })).toHaveText('Flat, confirmed', SOON);
  await expect(page.getByTestId('strip-open')).toHaveText(/^0\//u);
  // Killing is not trading, and resuming is not either: the switch is thrown by hand.
  await expect(page.getByTestId('auto-toggle')).toHaveAttribute('aria-checked', 'false');
  const resume = overlay.getByRole('button', { name: 'Resume' });
  await overlay.getByRole('textbox').fill('resume trading');
  await expect(resume).toBeDisabled();
  await overlay.getByRole('textbox').fill('RESUME TRADING');
  await resume.click();
  await expect(overlay).toHaveCount(0);
  await expect(page.getByTestId('kill')).toHaveText('KILL');
  await expect(page.getByTestId('auto-toggle')).toHaveAttribute('aria-checked', 'false');
}

/** The newest of the open positions, once there is one. */
async function newestPosition(page: Page): Promise<Locator> {
  await openPanel(page, 'Positions');
  const row = page.getByTestId('positions').locator('.desk-rows [data-row]').last();
  await expect(row).toBeVisible(SOON);
  return row;
}

/** Picks a row that may leave at any moment. */
export async function pick(page: Page): Promise<void> {
  await expect(async () => {
    await page
      .getByTestId('positions')
      .locator('.desk-rows [data-row] [data-col="age"]')
      .first()
      .click({ timeout: 2_000 });
    await expect(page.getByTestId('trade-net')).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
}
