/** What a newcomer and a trader do on the pages, the same in every host: the guide, the keyboard, every page once. */
import type { Locator, Page } from 'playwright';
import { expect, test } from 'playwright/test';
import type { Host, HostOptions } from '../hosts/host.ts';
import { withDataDir } from '../hosts/host.ts';
import { marketPage } from '../pages/market-page.ts';
import { installAxe, isAccessible } from '../pages/accessibility.ts';
import { openPanel, runCommand, tab, tabs } from '../pages/workstation-page.ts';
import { pick, TRADING } from './trades.ts';

type Start = (options: HostOptions) => Promise<Host>;
const SOON = { timeout: 60_000 };

/** `more` is done in the second one, in the middle of the day. */
export function pageJourneys(
  run: (journey: (start: Start) => Promise<void>) => Promise<void>,
  more?: (page: Page) => Promise<void>,
): void {
  const journey = (title: string, args: readonly string[], body: (page: Page) => Promise<void>): void => {
    test(title, () => {
      test.setTimeout(300_000);
      return run((start) =>
        withDataDir(async (dataDir) => {
          const host = await start({ dataDir, args });
          try {
            await expect(marketPage(host.page).connection).toHaveText('live', { timeout: 30_000 });
            await body(host.page);
          } finally {
            await host.close();
          }
        }),
      );
    });
  };

  journey('a newcomer’s first five minutes: the guide ticks off what is done, all ten steps', TRADING, firstMinutes);

  journey('by palette and keyboard alone, then the pages and what they take', [], async (page) => {
    await marketPage(page).isLive();
    await page.getByTestId('first-run-offer').getByRole('button', { name: 'No, thanks' }).click();
    await test.step('palette and keyboard alone', () => keyboardAlone(page));
    await more?.(page);
    await test.step('strategies: shadow, a parameter, and what is out of bounds', () => changeStrategy(page));
    await test.step('risk and health say what they know', () => readRiskAndHealth(page));
    await test.step('the console is filtered, paused and goes on', () => useConsole(page));
    await test.step('colours, rows and the watch list hold after a reload', () => reloadHolds(page));
  });
}

async function firstMinutes(page: Page): Promise<void> {
  await page.getByTestId('first-run-offer').getByRole('button', { name: 'Show me' }).click();
  const guide = page.getByTestId('first-run');
  const step = (id: string): Locator => guide.locator(`[data-step="${id}"]`);
  const isDone = async (id: string): Promise<void> => {
    await expect(step(id)).toHaveAttribute('data-done', 'true', SOON);
    await expect(page.getByTestId('first-run-offer')).toHaveCount(0);
  };
  const back = (): Promise<void> => openPanel(page, 'First run');
  await isDone('market');
  for (const id of ['auto', 'trade', 'why', 'watch', 'kill'])
    await expect(step(id)).not.toHaveAttribute('data-done', 'true');
  await runCommand(page, 'NVDA');
  await expect(page.getByTestId('symbol-page')).toHaveAttribute('aria-label', 'Symbol page NVDA');
  await back();
  await isDone('symbol');
  await isDone('judged');
  await page.getByTestId('auto-toggle').click();
  await isDone('auto');
  await isDone('trade');
  await openPanel(page, 'Positions');
  await pick(page);
  await expect(page.getByTestId('why-fired').locator('tbody tr').first()).toBeVisible(SOON);
  await back();
  await isDone('why');
  await step('why-not').getByRole('button', { name: 'Read why the others did not' }).click();
  await step('why-not').getByRole('button', { name: 'Open the risk page' }).click();
  await expect(page.getByTestId('risk-page')).toBeVisible();
  await back();
  await isDone('why-not');
  await runCommand(page, 'add or remove this symbol');
  await isDone('watch');
  await page.getByTestId('kill').click();
  await expect(page.getByTestId('kill')).toHaveText('AGAIN');
  await page.getByTestId('kill').click();
  const overlay = page.getByTestId('kill-overlay');
  await expect(overlay.getByRole('heading', { level: 2 })).toHaveText('Flat, confirmed', SOON);
  await overlay.getByRole('button', { name: 'Close' }).click();
  await back();
  await isDone('kill');
  await step('keys').getByRole('button', { name: 'Open the settings' }).click();
  await expect(page.getByTestId('settings-page')).toContainText('MASSIVE_API_KEY');
  await back();
  await isDone('keys');
  await expect(guide.getByRole('status')).toHaveText('10 of 10');
  await page.reload();
  await expect(page.getByTestId('status-connection')).toHaveText('live', { timeout: 30_000 });
  await expect(page.getByTestId('first-run-offer')).toHaveCount(0);
}

/** No pointer in here. */
async function keyboardAlone(page: Page): Promise<void> {
  const market = marketPage(page);
  const symbolPage = page.getByTestId('symbol-page');
  await runCommand(page, 'MSFT');
  await expect(symbolPage).toHaveAttribute('aria-label', 'Symbol page MSFT');
  await openPanel(page, 'Market');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('AAPL');
  await expect(async () => expect(await market.column('symbol')).toContain('AAPL')).toPass();
  await page.keyboard.press('Escape');
  await expect(market.rowCount).toHaveText('5,500');
  // Down goes on into the grid; letters jump there.
  await page.keyboard.press('ArrowDown');
  await page.keyboard.type('NVDA');
  await page.keyboard.press('Control+d');
  await page.keyboard.press('Enter');
  await expect(symbolPage).toHaveAttribute('aria-label', 'Symbol page NVDA');
  await openPanel(page, 'Watch lists');
  await expect(page.getByTestId('watch-lists').getByRole('option', { name: /NVDA/u })).toHaveCount(1);
  await runCommand(page, 'theme light');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await runCommand(page, 'theme dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await runCommand(page, 'keyboard help');
  const help = page.getByRole('dialog', { name: 'Keyboard help' });
  await expect(help.locator('kbd').first()).toBeVisible();
  expect(await help.locator('kbd').allTextContents()).toEqual(expect.arrayContaining(['Ctrl K', 'Ctrl Shift K', '?']));
  await page.keyboard.press('Escape');
  await expect(help).toHaveCount(0);
}

/** Panels of the three places of a small window, that all can be seen at once: so many fewer looks at the whole page. */
const IN_FRONT: readonly (readonly string[])[] = [
  ['Market', 'Positions', 'Symbol'],
  ['Charts wall', 'Working orders', 'Trade'],
  ['Closed trades', 'Console', 'Strategies'],
  ['Day', 'Scanner', 'Risk'],
  ['First run', 'Near misses', 'Health'],
  ['Watch lists', 'Settings'],
];

/** Whatever a page does wrong when it is first shown is caught by the host. */
export async function openEveryPanel(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  const palette = page.getByTestId('palette');
  await palette.getByRole('combobox').fill('open');
  const titles = (await palette.getByRole('option').locator('span:first-child').allTextContents())
    .filter((title) => title.startsWith('Open '))
    .map((title) => title.slice('Open '.length));
  await page.keyboard.press('Escape');
  expect(titles.length).toBeGreaterThan(15);
  await installAxe(page);
  expect(IN_FRONT.flat().toSorted()).toEqual(titles.toSorted());
  for (const together of IN_FRONT) {
    for (const title of together) {
      await openPanel(page, title);
      await expect(tab(page, title).first()).toBeVisible();
    }
    await isAccessible(page, together.join(', '));
  }
  expect(await tabs(page)).toEqual(expect.arrayContaining(titles));
  await runCommand(page, 'reset the layout');
}

async function changeStrategy(page: Page): Promise<void> {
  await openPanel(page, 'Strategies');
  const row = page.getByTestId('strategy-row').first();
  await expect(row).toHaveAttribute('data-mode', 'enabled');
  await row.getByRole('button', { name: 'Shadow' }).click();
  await expect(row).toHaveAttribute('data-mode', 'shadow');
  const form = page.getByRole('form', { name: /^Parameters of/u });
  const input = form.getByLabel('max spread bps', { exact: true });
  await input.fill('7');
  await form.getByRole('button', { name: 'Apply 1 change' }).click();
  await expect(page.getByTestId('param-state')).toContainText('taken over');
  await expect(form.getByRole('button', { name: 'Apply' })).toBeDisabled();
  await input.fill('100000');
  await form.getByRole('button', { name: 'Apply 1 change' }).click();
  await expect(page.getByTestId('param-state')).toContainText('The engine refused: maxSpreadBps must be between');
  await form.getByRole('button', { name: 'Revert' }).click();
  await expect(input).toHaveValue('7');
  await changeBudget(page);
}

/** Out of bounds says the bounds; what is taken over stands in the heading and in the field. */
async function changeBudget(page: Page): Promise<void> {
  const form = page.getByRole('form', { name: /^Budget of/u });
  const state = page.getByTestId('budget-state');
  const positions = form.getByLabel('positions at once', { exact: true });
  await positions.fill('2000');
  await form.getByRole('button', { name: 'Set budget' }).click();
  await expect(state).toHaveText('Positions at once must be from 0 to 1,000, or empty for no bound.');
  await positions.fill('3');
  await form.getByLabel('dollars at work', { exact: true }).fill('$12,500');
  await form.getByRole('button', { name: 'Set budget' }).click();
  await expect(state).toContainText('taken over');
  await expect(page.getByText('at most $12,500.00 at work, 3 positions', { exact: true })).toBeVisible();
  await expect(form.getByRole('button', { name: 'Set budget' })).toBeDisabled();
}

async function readRiskAndHealth(page: Page): Promise<void> {
  await openPanel(page, 'Risk');
  const risk = page.getByTestId('risk-page');
  await expect(risk).toContainText('Nothing on this page can be argued with');
  await expect(risk.getByRole('meter', { name: 'open positions' })).toBeVisible();
  await changeLimit(risk);
  await openPanel(page, 'Health');
  const health = page.getByTestId('health-page');
  await expect(health).toContainText(/every exit is watched|blind|no order can be sent/u);
  await expect(factOf(health, 'Events')).toHaveText(/[1-9][\d,]*\/s/u);
  await expect(factOf(health, 'Symbols')).toHaveText('5,500');
}

/** By keyboard: out of bounds says the bounds, no number says so, and what is taken over is shown beside what is used. */
async function changeLimit(risk: Locator): Promise<void> {
  const row = risk.locator('.limit').filter({ has: risk.page().getByRole('meter', { name: 'open positions' }) });
  const change = row.getByRole('button', { name: 'Change open positions' });
  await change.click();
  const input = row.getByLabel('New open positions');
  await input.fill('100000');
  await input.press('Enter');
  await expect(row.getByRole('alert')).toHaveText('Open positions must be from 1 to 200.');
  await input.fill('1.5');
  await input.press('Enter');
  await expect(row.getByRole('alert')).toHaveText('The engine refused: open positions must be a whole number.');
  await input.fill('17');
  await input.press('Enter');
  await expect(input).toHaveCount(0);
  await expect(change).toBeFocused();
  await expect(row.locator('.limit-figures')).toContainText('of 17');
}

async function useConsole(page: Page): Promise<void> {
  await openPanel(page, 'Console');
  const lines = page.getByTestId('console').locator('.console-line');
  await expect(lines.first()).toBeVisible();
  await page.getByLabel('Find in the console').fill('no line says this');
  await expect(lines).toHaveCount(0);
  await page.getByLabel('Clear all filters').click();
  await expect(lines.first()).toBeVisible();
  const pause = page.getByTestId('console-pause');
  await pause.click();
  await expect(pause).toHaveText(/Go on, [\d,]+ waiting/u);
  await pause.click();
  await expect(pause).toHaveText('Pause');
}

async function reloadHolds(page: Page): Promise<void> {
  const market = marketPage(page);
  await openPanel(page, 'Settings');
  await page.getByTestId('settings-page').getByRole('button', { name: 'Blue and orange' }).click();
  await page.getByTestId('settings-page').getByRole('button', { name: 'Comfortable' }).click();
  const root = page.locator('html');
  await expect(root).toHaveAttribute('data-palette', 'safe');
  await openPanel(page, 'Market');
  await page.getByRole('group', { name: 'Views' }).getByRole('button', { name: /Watch/u }).click();
  await expect(market.rowCount).toHaveText('1');
  expect(await market.column('symbol')).toEqual(['NVDA']);
  // Choices are written a moment after they were made; leaving the page writes them too.
  await page.reload();
  await expect(root).toHaveAttribute('data-palette', 'safe');
  await expect(root).toHaveAttribute('data-density', 'comfortable');
  await expect(market.rowCount).toHaveText('1', { timeout: 30_000 });
}

function factOf(page: Locator, name: string): Locator {
  return page
    .locator('.page-fact', { has: page.page().getByText(name, { exact: true }) })
    .locator('dd')
    .first();
}
