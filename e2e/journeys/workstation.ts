/** The journeys that must go the same way in every host. */
import { expect, test } from 'playwright/test';
import type { Host, HostOptions } from '../hosts/host.ts';
import { isAlive, withDataDir } from '../hosts/host.ts';
import { marketPage } from '../pages/market-page.ts';
import type { MarketPage } from '../pages/market-page.ts';

type Start = (options: HostOptions) => Promise<Host>;

/** One start for all of it, and one second window. */
export function workstationJourneys(run: (journey: (start: Start) => Promise<void>) => Promise<void>): void {
  test('a window shows a live market, sorts and filters it; a second one shows the same; both heal after the engine was killed', () => {
    test.setTimeout(180_000);
    return run((start) =>
      withDataDir(async (dataDir) => {
        const host = await start({ dataDir });
        try {
          await test.step('a window opens and shows 5,500 symbols whose values change', () => showsTheMarket(host));
          await test.step('sorting orders the symbols, filtering narrows them, clearing brings all back', () =>
            sortsAndFilters(marketPage(host.page)));
          const windows = [marketPage(host.page), marketPage(await host.openSecond())] as const;
          await test.step('a second window shows the same market', () => showSame(windows));
          await test.step('killing the engine is shown in every window and heals without restarting the program', () =>
            healsAfterKill(host, windows));
        } finally {
          await host.close();
        }
      }),
    );
  });
}

async function showsTheMarket(host: Host): Promise<void> {
  const market = marketPage(host.page);
  await market.isLive();
  const first = await market.column('last');
  expect(first.length).toBeGreaterThan(10);
  await expect(async () => expect(await market.column('last')).not.toEqual(first)).toPass({ timeout: 20_000 });
  for (const column of ['symbol', 'last', 'changePct', 'bid', 'ask', 'spreadBps', 'volume', 'trades', 'tickRate']) {
    await expect(market.header(column)).toHaveCount(1);
  }
  await expect(host.page.getByTestId('status-feed-rate')).toHaveText(/^[\d,]*[1-9][\d,]*$/u);
}

async function sortsAndFilters(market: MarketPage): Promise<void> {
  await sortBySymbol(market, (a, b) => (a < b ? -1 : 1));
  await sortBySymbol(market, (a, b) => (a < b ? 1 : -1));
  await market.filter.fill('AAPL');
  await expect(async () => {
    const symbols = await market.column('symbol');
    expect(symbols).toContain('AAPL');
    expect(symbols.length).toBeLessThan(20);
  }).toPass({ timeout: 10_000 });
  await expect(market.rowCount).not.toHaveText('5,500');
  await market.filter.fill('');
  await expect(market.rowCount).toHaveText('5,500');
}

/**
 * Each window takes its frames in its own time, so a figure that is changing may differ for a moment: compared are the rows
 * that stood still in the first window while the second one was read. By symbol, most of them seldom trade.
 */
async function showSame(windows: readonly [MarketPage, MarketPage]): Promise<void> {
  for (const market of windows) {
    await market.isLive();
    await sortBySymbol(market, (a, b) => (a < b ? -1 : 1));
  }
  const [first, second] = windows;
  const rowsOf = async (market: MarketPage): Promise<ReadonlyMap<string, string>> => {
    const [symbols = [], ...figures] = await Promise.all(
      ['symbol', 'last', 'volume', 'trades'].map((name) => market.column(name)),
    );
    return new Map(symbols.map((symbol, row) => [symbol, figures.map((texts) => texts[row] ?? '').join(' ')]));
  };
  await expect(async () => {
    const before = await rowsOf(first);
    const other = await rowsOf(second);
    const after = await rowsOf(first);
    const still = [...before].filter(([symbol, texts]) => after.get(symbol) === texts && /\d/u.test(texts));
    expect(still.length).toBeGreaterThan(5);
    expect(still.map(([symbol]) => [symbol, other.get(symbol)])).toEqual(still);
  }).toPass({ timeout: 60_000, intervals: [50, 100, 150, 250] });
}

async function healsAfterKill(host: Host, windows: readonly MarketPage[]): Promise<void> {
  for (const market of windows) await market.isLive();
  const before = await host.enginePid();
  const shown = windows.map((market) =>
    expect(market.connection).toHaveText(/^(stale|reconnecting|stopped)$/u, { timeout: 15_000 }),
  );
  process.kill(before, 'SIGKILL');
  await Promise.all(shown);
  for (const market of windows) await market.isLive();
  const after = await host.enginePid();
  expect(after).not.toBe(before);
  expect(isAlive(before)).toBe(false);
  const [market] = windows;
  const first = await market?.column('last');
  await expect(async () => expect(await market?.column('last')).not.toEqual(first)).toPass({ timeout: 20_000 });
}

async function sortBySymbol(market: MarketPage, compare: (a: string, b: string) => number): Promise<void> {
  // Each click goes on to the next of ascending, descending, unsorted.
  await expect(async () => {
    await market.header('symbol').click();
    await expect(async () => {
      const symbols = await market.column('symbol');
      expect(symbols.length).toBeGreaterThan(10);
      expect(symbols).toEqual([...symbols].toSorted(compare));
    }).toPass({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
}
