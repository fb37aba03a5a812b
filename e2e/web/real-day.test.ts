/**
 * The first twenty minutes of a recorded day's regular session in a browser, 120 times as fast: grid, symbol page, a trade
 * that fires, its page, the console; flat at the end. Then what was recorded is run again, and compared with its backtest.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'playwright/test';
import type { Page } from 'playwright';
import { appDir, built, root, withDataDir } from '../hosts/host.ts';
import { collectFaults } from '../hosts/page-faults.ts';
import { serve, stopServing } from '../hosts/web-host.ts';
import { openSymbolPage } from '../journeys/symbol-page.ts';
import { marketPage } from '../pages/market-page.ts';
import { openPanel } from '../pages/workstation-page.ts';

const DATA = path.join(process.env['DROVER_SHARED'] ?? path.resolve(root, '../shared'), 'data');
const DAY = '2013-10-07';
const hasData = existsSync(path.join(DATA, 'us_stocks_sip/trades_v1/2013/10', `${DAY}.csv.gz`));
if (!hasData) console.warn(`SKIPPED: no recorded market data at ${DATA}; set DROVER_SHARED to see a real day.`);

/** Slow machines take the day at their own pace. */
const PATIENT = { timeout: 120_000 };

test('a real morning: what is watched trades, is explained, ends flat, and is the same again', ({ context }) => {
  test.skip(!hasData, 'no recorded market data');
  test.setTimeout(480_000);
  return withDataDir(async (dataDir) => {
    const market = ['--feed', `replay:${DATA}@${DAY}`, '--start', '09:30', '--speed', '120', '--seed', '1'];
    const served = await serve({ dataDir, args: [...market, '--broker', 'paper', '--auto', 'on'] });
    const faults = collectFaults(context);
    const page = await context.newPage();
    try {
      await page.goto(served.url);
      await expect(marketPage(page).connection).toHaveText('live', PATIENT);
      await test.step('the grid has the day', () => seeGrid(page));
      await test.step('a symbol page is alive', () => seeSymbol(page));
      await test.step('a trade fires, is closed, and says why', () => seeTrade(page));
      await test.step('the console told it', () => seeConsole(page));
      await test.step('it ends flat', async () => {
        await page.getByTestId('auto-toggle').click();
        await expect(page.getByTestId('auto-toggle')).toHaveAttribute('aria-checked', 'false');
        await expect(page.getByTestId('strip-open')).toHaveText(/^0\//u, PATIENT);
      });
      faults.check();
    } finally {
      await page.close();
      await stopServing(served);
    }
    await test.step('BT1 BT2 TWIN3 it is the same again, and as its backtest', () => compare(dataDir));
  });
});

async function seeGrid(page: Page): Promise<void> {
  await openPanel(page, 'Market');
  const grid = marketPage(page);
  await expect(grid.rowCount).toHaveText('4', PATIENT);
  await expect(async () => expect(await grid.column('symbol')).toContain('IBM')).toPass(PATIENT);
  await expect(async () => expect(await grid.cell('IBM', 'last')).toMatch(/^18\d\.\d\d/u)).toPass(PATIENT);
}

async function seeSymbol(page: Page): Promise<void> {
  await openSymbolPage(page, 'IBM');
  await expect(page.getByTestId('fact-last')).toContainText(/18\d\.\d\d/u, PATIENT);
  await expect(page.getByTestId('time-and-sales')).toContainText(/\d\d:\d\d:\d\d\.\d{3}/u, PATIENT);
  await expect(page.getByTestId('strategy-rules')).toContainText(/\d+ of \d+ fail|All \d+ pass/u, PATIENT);
}

/** The day's first trade: bought by trend-follow at 09:46:49, five minutes held. */
async function seeTrade(page: Page): Promise<void> {
  await openPanel(page, 'Closed trades');
  const row = page.getByTestId('closed-trades').locator('.desk-rows [data-row]').filter({ hasText: 'IBM' }).first();
  await expect(row).toBeVisible(PATIENT);
  await row.locator('[data-col]').first().click();
  const why = page.getByTestId('why-fired');
  await expect(why.locator('tbody tr').first()).toBeVisible(PATIENT);
  const rules = await why.locator('tbody tr').count();
  await expect(why.locator('tbody tr td:nth-child(5) [data-pass="yes"]')).toHaveCount(rules);
  const timeline = page.getByTestId('timeline').locator('li');
  await expect(timeline.filter({ hasText: 'bought' }).first()).toBeVisible(PATIENT);
  await expect(timeline.filter({ hasText: 'sold' }).first()).toBeVisible(PATIENT);
}

async function seeConsole(page: Page): Promise<void> {
  await openPanel(page, 'Console');
  await expect(page.getByTestId('console')).toContainText(/closed .*net by/u, PATIENT);
}

function compare(dataDir: string): void {
  const ask = (...args: string[]): Record<string, unknown> => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [built('engine/drover.js'), ...args, '--json'], {
      cwd: appDir,
      encoding: 'utf8',
      timeout: 200_000,
    });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const replayed = ask('replay', '--data-dir', dataDir);
  expect(replayed).toMatchObject({ differences: 0, problems: [] });
  expect(replayed['recordsCompared']).toBeGreaterThan(20);
  // The same kernel over the same files makes the same trades, to the cent and the microsecond.
  const twin = ask('twin', '--data-dir', dataDir, '--input', DATA);
  // A slow machine may see another signal after auto trading was switched off; the twin trades that one.
  const differences = twin['differences'] as readonly { readonly cause: string }[];
  expect(differences.filter(({ cause }) => cause !== 'auto-off')).toEqual([]);
  expect(twin['equal']).toBeGreaterThan(0);
  const report = ask('report', '--data-dir', dataDir);
  expect(report).toMatchObject({ open: [], fills: expect.any(Number) });
  expect(report['trades']).toBe((twin['live'] as { readonly trades: number }).trades);
  expect(report['trades']).toBeGreaterThan(0);
}
