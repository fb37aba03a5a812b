/** What a trader does on the pages, the same in every host: strategies, risk, health, settings, watch lists, console. */
import type { Locator, Page } from 'playwright';
import { expect, test } from 'playwright/test';
import type { Host, HostOptions } from '../hosts/host.ts';
import { withDataDir } from '../hosts/host.ts';
import { marketPage } from '../pages/market-page.ts';

type Start = (options: HostOptions) => Promise<Host>;

/** Opens a panel through the palette, as a hand on the keyboard would. */
async function openPanel(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette').locator('input').fill(`Open ${title}`);
  await page.keyboard.press('Enter');
}

export function pageJourneys(run: (journey: (start: Start) => Promise<void>) => Promise<void>): void {
  const journey = (title: string, body: (page: Page) => Promise<void>): void => {
    test(title, () =>
      run((start) =>
        withDataDir(async (dataDir) => {
          const host = await start({ dataDir });
          try {
            await marketPage(host.page).isLive();
            await body(host.page);
          } finally {
            await host.close();
          }
        }),
      ),
    );
  };

  journey(
    'a strategy is put in shadow and a parameter changed; the engine refuses what is out of bounds',
    async (page) => {
      await openPanel(page, 'Strategies');
      const row = page.getByTestId('strategy-row').first();
      await expect(row).toHaveAttribute('data-mode', 'enabled');
      await row.getByRole('button', { name: 'Shadow' }).click();
      await expect(row).toHaveAttribute('data-mode', 'shadow');
      await changeParameter(page);
    },
  );

  journey(
    'risk shows its limits and its one sentence, health its figures, and both stay within words',
    async (page) => {
      await openPanel(page, 'Risk');
      const risk = page.getByTestId('risk-page');
      await expect(risk).toContainText('Nothing on this page can be argued with');
      await expect(risk.getByRole('meter', { name: 'open positions' })).toBeVisible();
      await openPanel(page, 'Health');
      const health = page.getByTestId('health-page');
      await expect(health).toContainText(/every exit is watched|blind|no order can be sent/u);
      await expect(factOf(health, 'Events')).toHaveText(/[1-9][\d,]*\/s/u);
      await expect(factOf(health, 'Symbols')).toHaveText('5,500');
    },
  );

  journey('colours and rows are chosen in the settings and hold after a reload', async (page) => {
    await openPanel(page, 'Settings');
    await page.getByTestId('settings-page').getByRole('button', { name: 'Blue and orange' }).click();
    await page.getByTestId('settings-page').getByRole('button', { name: 'Comfortable' }).click();
    const root = page.locator('html');
    await expect(root).toHaveAttribute('data-palette', 'safe');
    // Choices are written a moment after they were made.
    await page.waitForTimeout(600);
    await page.reload();
    await expect(root).toHaveAttribute('data-palette', 'safe');
    await expect(root).toHaveAttribute('data-density', 'comfortable');
  });

  journey(
    'a symbol goes onto a watch list by key, the list filters the market, and it is there after a reload',
    async (page) => {
      const market = marketPage(page);
      await market.filter.fill('AAPL');
      await expect(async () => expect(await market.column('symbol')).toContain('AAPL')).toPass();
      await page.keyboard.press('ArrowDown');
      await page.locator('[data-testid="market-grid"] .ag-row [col-id="symbol"]', { hasText: /^AAPL$/u }).click();
      await page.keyboard.press('Control+d');
      await page.getByRole('group', { name: 'Views' }).getByRole('button', { name: /Watch/u }).click();
      await expect(market.rowCount).toHaveText('1');
      expect(await market.column('symbol')).toEqual(['AAPL']);
      await openPanel(page, 'Watch lists');
      await expect(page.getByTestId('watch-lists').getByRole('option')).toHaveCount(1);
      await page.waitForTimeout(600);
      await page.reload();
      await expect(market.rowCount).toHaveText('1', { timeout: 30_000 });
    },
  );

  journey('the console is filtered, paused and goes on', async (page) => {
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
  });

  journey('the guide is offered once, sees what is done, and is declined for good', async (page) => {
    await page.getByTestId('first-run-offer').getByRole('button', { name: 'Show me' }).click();
    const guide = page.getByTestId('first-run');
    await expect(guide.locator('[data-step="market"]')).toHaveAttribute('data-done', 'true');
    await expect(guide.locator('[data-step="kill"]')).not.toHaveAttribute('data-done', 'true');
    await page.reload();
    await expect(page.getByTestId('status-connection')).toHaveText('live', { timeout: 30_000 });
    await expect(page.getByTestId('first-run-offer')).toHaveCount(0);
  });
}

async function changeParameter(page: Page): Promise<void> {
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
}

function factOf(page: Locator, name: string): Locator {
  return page
    .locator('.page-fact', { has: page.page().getByText(name, { exact: true }) })
    .locator('dd')
    .first();
}
