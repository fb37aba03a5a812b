/**
 * Panning a chart of very many bars in the built product: the symbol page of the most active symbol, its chart handed
 * generated bars in place of the engine's, a new one every fifth of a second, and dragged to and fro by the mouse.
 */
import type { Browser } from 'playwright';
import { FailureError } from '../src/engine/cli/command.ts';
import type { CpuTasks } from './harness/cpu-tasks.ts';
import { countCpuTasks } from './harness/cpu-tasks.ts';
import { installPageProbe } from './harness/page-probe.ts';
import type { ServedProduct } from './harness/served-product.ts';

export interface ChartResult extends Record<string, unknown> {
  readonly bars: number;
  readonly rendered: number;
  readonly setMs: number;
  readonly drags: number;
  readonly pannedOverBars: number;
  /** By processor time. */
  readonly tasks: CpuTasks;
  /** By the clock, waiting for a processor included. */
  readonly longTasksByClock: number;
  readonly scriptFrameP95Ms: number;
  readonly scriptFrameMaxMs: number;
}

interface ChartElement extends HTMLElement {
  tickChart?: {
    setBars(bars: readonly object[]): void;
    append(bars: readonly object[]): void;
    prepend(bars: readonly object[]): void;
    updateForming(bar: object | null): void;
    rendered(): { readonly candles: readonly { readonly time: number }[] };
    readonly bars: readonly object[];
  };
}

const SIZE = { width: 1440, height: 900 } as const;

export async function panLongChart(
  browser: Browser,
  product: ServedProduct,
  bars: number,
  seconds: number,
): Promise<ChartResult> {
  const context = await browser.newContext({ viewport: SIZE });
  await context.addInitScript(installPageProbe);
  const page = await context.newPage();
  await page.goto(product.url);
  await page.getByTestId('row-count').filter({ hasText: '5,500' }).waitFor({ timeout: 60_000 });
  const symbol = page.locator('[data-testid="market-grid"] [row-index="0"] [col-id="symbol"]').first();
  await symbol.dblclick();
  const chart = page.getByTestId('symbol-chart');
  await chart.waitFor();
  const setMs = await chart.evaluate(giveBars, bars);
  await page.waitForTimeout(1_000);
  const box = await chart.boundingBox();
  if (box === null) throw new FailureError('the chart is not on screen.');
  await page.evaluate(() => window.__pageProbe?.reset());
  const stopCounting = await countCpuTasks(browser);
  const y = box.y + box.height / 3;
  const leftEdges: number[] = [];
  const until = performance.now() + seconds * 1000;
  let drags = 0;
  for (; performance.now() < until; drags++) {
    // To the past for the first three quarters of the drags' room, then back.
    const isBack = drags % 8 >= 6;
    const from = box.x + box.width * (isBack ? 0.85 : 0.05);
    const to = box.x + box.width * (isBack ? 0.05 : 0.85);
    await page.mouse.move(from, y);
    await page.mouse.down();
    await page.mouse.move(to, y, { steps: 12 });
    await page.mouse.up();
    await page.mouse.wheel(0, drags % 4 === 3 ? 240 : 0);
    leftEdges.push(await chart.evaluate((host: ChartElement) => host.tickChart?.rendered().candles[0]?.time ?? -1));
  }
  const tasks = await stopCounting();
  const counts = await page.evaluate(() => window.__pageProbe?.read());
  const [held, rendered] = await chart.evaluate((host: ChartElement) => [
    host.tickChart?.bars.length ?? 0,
    host.tickChart?.rendered().candles.length ?? 0,
  ]);
  await context.close();
  if (counts === undefined || (held ?? 0) < bars) throw new FailureError(`the chart held ${held} of ${bars} bars.`);
  return {
    bars: held ?? 0,
    rendered: rendered ?? 0,
    setMs,
    drags,
    pannedOverBars: Math.max(...leftEdges) - Math.min(...leftEdges),
    tasks,
    longTasksByClock: counts.longTasks,
    scriptFrameP95Ms: counts.scriptFrameP95Ms,
    scriptFrameMaxMs: counts.scriptFrameMaxMs,
  };
}

/** Runs in the page: bars of a random walk that share milliseconds, as bursts do. Says how long setting them took. */
function giveBars(host: ChartElement, count: number): number {
  const chart = host.tickChart;
  if (!chart) throw new Error('the element carries no chart');
  let seed = 12_345;
  let price = 100;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const barAt = (index: number): object => {
    const open = price;
    price = Math.max(5, Math.round((open + (random() - 0.5) * 0.2) * 100) / 100);
    const timeUs = 1_700_000_000_000_000 + Math.floor(index / 20) * 1_000;
    return {
      index,
      phase: 'regular',
      openTimeUs: timeUs,
      closeTimeUs: timeUs,
      open,
      high: Math.max(open, price) + 0.02,
      low: Math.min(open, price) - 0.02,
      close: price,
      volume: 10_000 * random(),
      vwap: (open + price) / 2,
      trades: 100,
      spreadMean: 0.01 + random() / 50,
      spreadMin: 0.01,
      spreadMax: 0.04,
      bidAtClose: price - 0.01,
      askAtClose: price + 0.01,
      quotes: 400,
      printsAtAsk: 50,
      printsAtBid: 50,
      ineligiblePrints: 0,
      ineligibleVolume: 0,
      hasGap: index % 9_000 === 17,
      hasHalt: false,
      isShort: false,
      isForming: false,
    };
  };
  const bars = Array.from({ length: count }, (_, index) => barAt(index));
  const append = chart.append.bind(chart);
  const fromMs = performance.now();
  chart.setBars(bars);
  const tookMs = performance.now() - fromMs;
  // The engine's own bars of this symbol would replace the generated ones.
  chart.setBars = chart.append = chart.prepend = chart.updateForming = () => undefined;
  let next = count;
  setInterval(() => append([barAt(next++)]), 200);
  return tookMs;
}
