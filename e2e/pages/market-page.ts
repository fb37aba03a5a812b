/** One window of the workstation as a trader sees it: the grid, the filter, the status bar. */
import type { Locator, Page } from 'playwright';
import { expect } from 'playwright/test';

export interface MarketPage {
  readonly page: Page;
  readonly connection: Locator;
  readonly rowCount: Locator;
  readonly filter: Locator;
  /** Texts of a column of the rows on screen, from top to bottom. */
  column(name: string): Promise<readonly string[]>;
  cell(symbol: string, column: string): Promise<string>;
  header(name: string): Locator;
  /** Connected, and as many rows as asked for. */
  isLive(rows?: string): Promise<void>;
}

export function marketPage(page: Page): MarketPage {
  const grid = page.getByTestId('market-grid');
  const market: MarketPage = {
    page,
    connection: page.getByTestId('status-connection'),
    rowCount: page.getByTestId('row-count'),
    filter: page.getByTestId('quick-filter'),
    column: (name) =>
      grid.locator(`[role="row"][row-index] [col-id="${name}"]`).evaluateAll((cells) =>
        cells
          .map((cell) => ({
            at: Number(cell.closest('[row-index]')?.getAttribute('row-index')),
            text: (cell.textContent ?? '').trim(),
          }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ text }) => text),
      ),
    cell: async (symbol, column) => {
      const symbols = await market.column('symbol');
      const texts = await market.column(column);
      return texts[symbols.indexOf(symbol)] ?? '';
    },
    header: (name) => grid.locator(`[role="columnheader"][col-id="${name}"]`),
    isLive: async (rows = '5,500') => {
      await expect(market.connection).toHaveText('live', { timeout: 30_000 });
      await expect(market.rowCount).toHaveText(rows, { timeout: 30_000 });
    },
  };
  return market;
}
