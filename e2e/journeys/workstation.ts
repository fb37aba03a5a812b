/** The journeys that must go the same way in every host. */
import { expect, test } from 'playwright/test';
import type { Host, HostOptions } from '../hosts/host.ts';
import { isAlive, withDataDir } from '../hosts/host.ts';
import { marketPage } from '../pages/market-page.ts';

type Start = (options: HostOptions) => Promise<Host>;

/** `start` is called once a journey, with a fresh data folder. */
export function workstationJourneys(run: (journey: (start: Start) => Promise<void>) => Promise<void>): void {
  const journey = (title: string, body: (host: Host) => Promise<void>): void => {
    test(title, () =>
      run((start) =>
        withDataDir(async (dataDir) => {
          const host = await start({ dataDir });
          try {
            await body(host);
          } finally {
            await host.close();
          }
        }),
      ),
    );
  };

  journey('a window opens and shows 5,500 symbols whose values change', async (host) => {
    const market = marketPage(host.page);
    await market.isLive();
    const first = await market.column('last');
    expect(first.length).toBeGreaterThan(10);
    await expect(async () => expect(await market.column('last')).not.toEqual(first)).toPass({ timeout: 20_000 });
    for (const column of ['symbol', 'last', 'changePct', 'bid', 'ask', 'spreadBps', 'volume', 'trades', 'tickRate']) {
      await expect(market.header(column)).toHaveCount(1);
    }
    await expect(host.page.getByTestId('status-feed-rate')).toHaveText(/^[\d,]*[1-9][\d,]*$/u);
  });

  journey('sorting orders the symbols, filtering narrows them, clearing brings all back', async (host) => {
    const market = marketPage(host.page);
    await market.isLive();
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
  });

  journey('a second window shows the same market', async (host) => {
    const windows = [marketPage(host.page), marketPage(await host.openSecond())];
    for (const market of windows) {
      await market.isLive();
      await market.filter.fill('AAPL');
    }
    // Both show one price of one instant; they may differ only while a frame is under way.
    await expect(async () => {
      const [first, second] = await Promise.all(
        windows.map(async (market) => [await market.cell('AAPL', 'last'), await market.cell('AAPL', 'volume')]),
      );
      expect(first?.[0]).toMatch(/\d/u);
      expect(first).toEqual(second);
    }).toPass({ timeout: 20_000, intervals: [50, 100, 150, 250] });
  });

  journey('killing the engine is shown in every window and heals without restarting the program', async (host) => {
    const windows = [marketPage(host.page), marketPage(await host.openSecond())];
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
  });
}

async function sortBySymbol(
  market: ReturnType<typeof marketPage>,
  compare: (a: string, b: string) => number,
): Promise<void> {
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
