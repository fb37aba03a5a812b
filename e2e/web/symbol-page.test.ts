/** The symbol page and the charts wall in a browser. */
import { expect, test } from 'playwright/test';
import type { BrowserContext } from 'playwright';
import { makeDataDir, removeDataDir } from '../hosts/host.ts';
import { collectFaults } from '../hosts/page-faults.ts';
import { serve, stopServing } from '../hosts/web-host.ts';
import type { Served } from '../hosts/web-host.ts';
import { drawnChart, expectDrawnAsBars, openSymbolPage } from '../journeys/symbol-page.ts';
import { pressTwice } from '../pages/workstation-page.ts';
import type { DrawnBar, DrawnChart } from '../journeys/symbol-page.ts';

/** A slow machine makes bars slowly. */
test.setTimeout(180_000);

type WebPage = Parameters<typeof openSymbolPage>[0];

/** A small market in its regular session: the first bar of 100 trades is there in a second or two. */
const MARKET = ['--symbols', '300', '--start', '09:31', '--speed', '1', '--feed', 'sim', '--broker', 'paper'];
let dataDir: string;
let served: Served;

/** One engine for the file; every test comes to it with a browser of its own. */
test.beforeAll(async () => {
  dataDir = await makeDataDir();
  served = await serve({ dataDir, args: MARKET });
});

test.afterAll(async () => {
  await stopServing(served);
  await removeDataDir(dataDir);
});

async function onWorkstation(context: BrowserContext, body: (page: WebPage) => Promise<void>): Promise<void> {
  const faults = collectFaults(context);
  const page = await context.newPage();
  await page.goto(served.url);
  await body(page);
  faults.check();
}

test('the chart draws the engine’s bars: count and values, while bars come', ({ context }) =>
  onWorkstation(context, async (page) => {
    await openSymbolPage(page, 'AAPL');
    let bars = 0;
    for (let round = 0; round < 2; round++) {
      await expect(async () => expect((await drawnChart(page)).bars.length).toBeGreaterThan(bars)).toPass({
        timeout: 60_000,
      });
      const drawn = await drawnChart(page);
      expect(expectDrawnAsBars(drawn)).toBe(drawn.bars.length);
      bars = drawn.bars.length;
    }
    await expect(page.getByTestId('time-and-sales')).toContainText(/\d\d:\d\d:\d\d\.\d{3}/u);
    await expect(page.getByTestId('fact-last')).toContainText(/\d/u);
  }));

test('bars of one millisecond keep their own places', ({ context }) =>
  onWorkstation(context, async (page) => {
    await openSymbolPage(page, 'AAPL');
    await expect(async () => expect((await drawnChart(page)).bars.length).toBeGreaterThan(0)).toPass({
      timeout: 60_000,
    });
    // A burst the simulated market does not make: the last bar again and again, at one instant, through the chart's own door.
    const drawn = await page.getByTestId('symbol-chart').evaluate((element) => {
      const chart = (element as HTMLElement & { tickChart: DrawnChart & { setBars(bars: readonly DrawnBar[]): void } })
        .tickChart;
      const last = chart.bars.at(-1) as DrawnBar;
      const burst = Array.from({ length: 250 }, (_, i) => ({ ...last, index: last.index + 1 + i, volume: 1_000 + i }));
      chart.setBars([...chart.bars, ...burst]);
      // Read at once: the feed takes what the engine did not close back out of the chart.
      return { bars: [...chart.bars], ...chart.rendered() };
    });
    expect(expectDrawnAsBars(drawn)).toBe(drawn.bars.length);
    expect(drawn.bars.length).toBeGreaterThan(250);
    expect(new Set(drawn.bars.slice(-250).map((bar) => bar.closeTimeUs)).size).toBe(1);
  }));

test('says why not, buys by hand after a look at the cost, and flattens', ({ context }) =>
  onWorkstation(context, async (page) => {
    await openSymbolPage(page, 'AAPL');
    await expect(page.getByTestId('strategy-rules')).toContainText(/\d+ of \d+ fail|All \d+ pass/u, {
      timeout: 90_000,
    });
    await page.getByTestId('ticket-shares').fill('12');
    await page.getByTestId('ticket-review').click();
    await expect(page.getByTestId('ticket-confirm')).toContainText('Cash needed');
    await page.getByTestId('ticket-send').click();
    await expect(page.getByTestId('ticket-state')).toHaveAttribute('data-state', 'accepted', { timeout: 10_000 });
    await expect(page.getByTestId('own-trades')).toContainText('12 @', { timeout: 30_000 });
    await pressTwice(page.getByTestId('flatten'), () =>
      expect(page.getByTestId('own-trades')).toContainText('0 open', { timeout: 10_000 }),
    );
    // Last: its notes are taken while the rest goes on.
    await topTrailGrows(page);
  }));

/** The rows on top keep their places: their trails must be drawn on all the same. Notes come every five seconds. */
async function topTrailGrows(page: WebPage): Promise<void> {
  const trail = page.getByTestId('market-grid').locator('[row-index="0"] .cell-spark path');
  await expect(trail).toHaveAttribute('d', /^M.*L.*L/u, { timeout: 60_000 });
  const before = (await trail.getAttribute('d')) ?? '';
  await expect(trail).not.toHaveAttribute('d', before, { timeout: 30_000 });
}
