/** The symbol page on a live simulated market: its chart is the engine's bars, its words are the engine's, its hands work. */
import { expect } from 'playwright/test';
import type { Page } from 'playwright';
import { marketPage } from '../pages/market-page.ts';
import { runCommand } from '../pages/workstation-page.ts';

/** What the chart's element carries for checks. */
export interface DrawnChart {
  readonly bars: readonly DrawnBar[];
  rendered(): { readonly candles: readonly DrawnCandle[]; readonly volumes: readonly DrawnValue[] };
}
export interface DrawnBar {
  readonly index: number;
  readonly closeTimeUs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
interface DrawnCandle {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}
interface DrawnValue {
  readonly time: number;
  readonly value?: number;
}

/** Opens the page and turns it to a symbol, by keyboard alone. */
export async function openSymbolPage(page: Page, symbol: string): Promise<void> {
  await expect(marketPage(page).connection).toHaveText('live', { timeout: 30_000 });
  await runCommand(page, 'One symbol: tick bars');
  const search = page.getByTestId('symbol-search');
  await search.click();
  await search.fill(symbol);
  await page.keyboard.press('Enter');
  await expect(search).toHaveValue(symbol);
}

/** Drawn candles and volumes beside the bars they were drawn from, read in one piece. */
export function drawnChart(page: Page): Promise<{
  readonly bars: readonly DrawnBar[];
  readonly candles: readonly DrawnCandle[];
  readonly volumes: readonly DrawnValue[];
}> {
  return page.getByTestId('symbol-chart').evaluate((element) => {
    const chart = (element as HTMLElement & { tickChart: DrawnChart }).tickChart;
    return { bars: [...chart.bars], ...chart.rendered() };
  });
}

/** Every closed bar in the chart is drawn with its own values at a place of its own. Returns how many were compared. */
export function expectDrawnAsBars(drawn: Awaited<ReturnType<typeof drawnChart>>): number {
  const byIndex = new Map(drawn.bars.map((bar) => [bar.index, bar]));
  const times = drawn.candles.map(({ time }) => time);
  expect(times).toEqual(times.map((_, i) => (times[0] ?? 0) + i));
  let compared = 0;
  drawn.candles.forEach((candle, i) => {
    const bar = byIndex.get(candle.time);
    // The last candle may be the forming bar, which is in no list of closed ones.
    if (bar === undefined) return expect(i).toBe(drawn.candles.length - 1);
    const { time, open, high, low, close } = candle;
    expect({ time, open, high, low, close }).toEqual({
      time: bar.index,
      open: bar.open,
      high: bar.high,
      low: bar.low,
      close: bar.close,
    });
    expect(drawn.volumes[i]?.value).toBe(bar.volume);
    compared += 1;
  });
  return compared;
}
