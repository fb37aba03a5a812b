/**
 * The workstation as a trader has it: the built product on the simulated market, windows of 5,500 rows in a headless
 * Chromium. Counts in the pages: script time of a refresh of the grid and of a display frame, long tasks, dropped frames,
 * memory, arrival to paint; and the engine's queues meanwhile. `--windows 3 --rate 60000 --seconds 20 --json`; at 2160x3840
 * `--tall 1` windows, because without a graphics card the processor paints them and three would measure that alone.
 * `--width W --height H` measures that size alone; `--chart` instead pans a chart of `--bars 100000`.
 *
 * A busy machine interrupts the page, and the page's clock goes on: `grid` counts by that clock, `cpuPerSecond` by the
 * processor time of the window's main thread. What a refresh of the grid costs is no more than either says.
 *
 * @needs app
 */
import type { Browser, CDPSession, Page } from 'playwright';
import { chromium } from 'playwright';
import type { HealthValue } from '#protocol';
import { FailureError } from '../src/engine/cli/command.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';
import type { CpuTasks } from './harness/cpu-tasks.ts';
import { countCpuTasks } from './harness/cpu-tasks.ts';
import type { PageCounts } from './harness/page-probe.ts';
import { installPageProbe } from './harness/page-probe.ts';
import type { HealthWatch, ServedProduct } from './harness/served-product.ts';
import { serveProduct, watchHealth } from './harness/served-product.ts';
import { panLongChart } from './ui-chart.ts';

const SYMBOLS = 5_500;
/** What the grid shall stay under, script milliseconds of a refresh, by the size of its window. */
const SIZES = [
  { width: 1440, height: 900, limitMs: 8 },
  { width: 2160, height: 3840, limitMs: 16 },
] as const;
const TALL_FROM = 1_600;
/** The compiler is warm and the windows have taken their snapshots. */
const WARM_UP_MS = 4_000;

interface Size {
  readonly width: number;
  readonly height: number;
  readonly limitMs: number;
}

interface GridCounts {
  readonly refreshes: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly rowsPainted: number;
  readonly arranges: number;
  readonly arrangeMaxMs: number;
}

interface Totals {
  readonly scriptMs: number;
  readonly layoutMs: number;
  readonly styleMs: number;
  readonly taskMs: number;
}

interface WindowResult {
  readonly rows: string;
  readonly sortedBy: string;
  readonly rowsOnScreen: number;
  readonly refreshesPerSecond: number;
  readonly grid: GridCounts;
  readonly page: PageCounts;
  /** Processor time of the window's main thread, milliseconds a second; script is all of it, every panel and topic. */
  readonly cpuPerSecond: Totals;
  /** Script of the whole window, processor milliseconds for each refresh. */
  readonly scriptCpuMsPerRefresh: number;
  /** Heap after a forced collection, megabytes: at the start, then after each quarter. */
  readonly heapMb: readonly number[];
}

export async function run(args: string[]): Promise<void> {
  const isJson = args.includes('--json');
  const isChart = args.includes('--chart');
  const given = readNumbers(
    args.filter((word) => word !== '--json' && word !== '--chart'),
    { seconds: 20, windows: 3, tall: 1, rate: 60_000, width: 0, height: 0, bars: 100_000, seed: 1 },
  );
  const sizes: readonly Size[] = given.width > 0 && given.height > 0 ? [ownSize(given.width, given.height)] : SIZES;
  const executablePath = process.env['DROVER_CHROMIUM'] ?? '';
  const browser = await chromium
    .launch(executablePath === '' ? {} : { executablePath })
    .catch((error: unknown) => Promise.reject(new FailureError(noBrowser(error))));
  const product = await serveProduct([
    '--symbols',
    String(SYMBOLS),
    '--rate',
    String(given.rate),
    '--seed',
    String(given.seed),
    '--start',
    '09:31',
  ]);
  try {
    if (isChart) {
      const result = await panLongChart(browser, product, given.bars, given.seconds);
      print(isJson, { ...result, machine: machineLine() });
      if (result.tasks.longTasks > 0)
        throw new FailureError(`panning took ${result.tasks.longTasks} tasks of 50 ms and more.`);
      return;
    }
    const failures: string[] = [];
    for (const size of sizes) {
      const windows = size.height > TALL_FROM ? given.tall : given.windows;
      const leg = await measureSize(browser, product, size, { windows, seconds: given.seconds / sizes.length });
      print(isJson, leg.report);
      failures.push(...leg.failures);
    }
    if (!isJson) console.log(machineLine());
    if (failures.length > 0) throw new FailureError(failures.join(' '));
  } finally {
    await browser.close();
    await product.stop();
  }
}

const ownSize = (width: number, height: number): Size => ({ width, height, limitMs: height > TALL_FROM ? 16 : 8 });

const noBrowser = (error: unknown): string =>
  `no Chromium could be started (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}); name one in DROVER_CHROMIUM.`;

interface Leg {
  readonly report: Record<string, unknown>;
  readonly failures: readonly string[];
}

async function measureSize(
  browser: Browser,
  product: ServedProduct,
  size: Size,
  given: { readonly windows: number; readonly seconds: number },
): Promise<Leg> {
  const health = await watchHealth(product);
  const opened = await openWindows(browser, product, size, given.windows);
  try {
    await opened.pages[0]?.waitForTimeout(WARM_UP_MS);
    const from = health.seen.length;
    const stopCounting = await countCpuTasks(browser);
    const windows = await watch(opened, given.seconds);
    const tasks: CpuTasks = await stopCounting();
    const engine = engineCounts(health, from);
    const failures = windows.flatMap((window, at) => faults(window, at, size));
    if (engine.dropped > 0) failures.push(`the engine dropped ${engine.dropped} events.`);
    return {
      report: {
        size: `${size.width}x${size.height}`,
        limitMs: size.limitMs,
        seconds: given.seconds,
        windows,
        tasks,
        engine,
      },
      failures,
    };
  } finally {
    health.close();
    await opened.close();
  }
}

interface Opened {
  readonly pages: readonly Page[];
  readonly sessions: readonly CDPSession[];
  close(): Promise<void>;
}

/** Windows of the market wall: the grid has nearly all the room. Each is a browser profile of its own, as on its own screen. */
async function openWindows(browser: Browser, product: ServedProduct, size: Size, count: number): Promise<Opened> {
  const contexts = await Promise.all(Array.from({ length: count }, () => browser.newContext({ viewport: size })));
  const pages: Page[] = [];
  for (const context of contexts) {
    await context.addInitScript(installPageProbe);
    await context.addInitScript(() => {
      localStorage.setItem('drover.window.main', JSON.stringify({ version: 1, role: 'market-wall', screens: [] }));
    });
    const page = await context.newPage();
    await page.goto(product.url);
    await page.getByTestId('row-count').filter({ hasText: '5,500' }).waitFor({ timeout: 60_000 });
    pages.push(page);
  }
  const sessions = await Promise.all(pages.map((page) => page.context().newCDPSession(page)));
  await Promise.all(sessions.map((session) => session.send('Performance.enable', { timeDomain: 'threadTicks' })));
  return {
    pages,
    sessions,
    close: async () => void (await Promise.all(contexts.map((context) => context.close()))),
  };
}

const HEAP_SAMPLES = 4;

async function watch({ pages, sessions }: Opened, seconds: number): Promise<readonly WindowResult[]> {
  const heaps: number[][] = pages.map(() => []);
  const takeHeaps = async (): Promise<void> => {
    for (const [at, session] of sessions.entries()) heaps[at]?.push(await heapMb(session));
  };
  await takeHeaps();
  await Promise.all(
    pages.map((page) =>
      page.evaluate(() => {
        window.__pageProbe?.reset();
        droverPerf().reset();
        function droverPerf(): { reset(): void } {
          return (window as unknown as { __droverPerf: { reset(): void } }).__droverPerf;
        }
      }),
    ),
  );
  const before = await Promise.all(sessions.map(totals));
  const startedMs = performance.now();
  await pages[0]?.waitForTimeout(seconds * 1000);
  const tookS = (performance.now() - startedMs) / 1000;
  const after = await Promise.all(sessions.map(totals));
  const results: WindowResult[] = [];
  for (const [at, page] of pages.entries()) {
    const seen = await page.evaluate(readWindow);
    const perSecond = (name: keyof Totals): number =>
      ((after[at]?.[name] ?? Number.NaN) - (before[at]?.[name] ?? 0)) / tookS;
    results.push({
      ...seen,
      refreshesPerSecond: seen.grid.refreshes / seen.page.seconds,
      scriptCpuMsPerRefresh: (perSecond('scriptMs') * tookS) / Math.max(1, seen.grid.refreshes),
      cpuPerSecond: {
        scriptMs: perSecond('scriptMs'),
        layoutMs: perSecond('layoutMs'),
        styleMs: perSecond('styleMs'),
        taskMs: perSecond('taskMs'),
      },
      heapMb: heaps[at] ?? [],
    });
  }
  // Collections are long tasks of their own making, so memory over time is looked at when the counting is over.
  for (let sample = 0; sample < HEAP_SAMPLES; sample++) {
    await pages[0]?.waitForTimeout((seconds * 1000) / HEAP_SAMPLES / 2);
    await takeHeaps();
  }
  return results;
}

/** Runs in the page. */
function readWindow(): Pick<WindowResult, 'rows' | 'sortedBy' | 'rowsOnScreen' | 'grid' | 'page'> {
  const perf = (window as unknown as { __droverPerf: Record<string, number> & { quantile(share: number): number } })
    .__droverPerf;
  const probe = window.__pageProbe;
  const sorted = document.querySelector('[role="columnheader"][aria-sort="descending"]');
  const figure = (name: string): number => perf[name] ?? Number.NaN;
  if (!probe) throw new Error('the page was opened without its probe');
  return {
    rows: document.querySelector('[data-testid="row-count"]')?.textContent ?? '',
    sortedBy: sorted?.getAttribute('col-id') ?? '',
    rowsOnScreen: document.querySelectorAll('[data-testid="market-grid"] [role="row"][row-index]').length,
    grid: {
      refreshes: figure('refreshes'),
      meanMs: figure('totalMs') / Math.max(1, figure('refreshes')),
      p50Ms: perf.quantile(0.5),
      p95Ms: perf.quantile(0.95),
      maxMs: figure('maxMs'),
      rowsPainted: figure('rowsTouched'),
      arranges: figure('arranges'),
      arrangeMaxMs: figure('arrangeMaxMs'),
    },
    page: probe.read(),
  };
}

async function totals(session: CDPSession): Promise<Totals> {
  const { metrics } = await session.send('Performance.getMetrics');
  const ms = (name: string): number => (metrics.find((metric) => metric.name === name)?.value ?? Number.NaN) * 1000;
  return {
    scriptMs: ms('ScriptDuration'),
    layoutMs: ms('LayoutDuration'),
    styleMs: ms('RecalcStyleDuration'),
    taskMs: ms('TaskDuration'),
  };
}

async function heapMb(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN) / 2 ** 20;
}

interface EngineCounts {
  readonly healthValues: number;
  readonly eventsPerSecond: number;
  readonly lagMsMax: number;
  readonly queueMax: number;
  readonly ringUsedMax: number;
  readonly dropped: number;
  readonly laneP99UsMax: number;
  readonly kernelLoadMax: number;
}

function engineCounts(watched: HealthWatch, from: number): EngineCounts {
  const seen = watched.seen.slice(from);
  const most = (of: (value: HealthValue) => number): number => Math.max(Number.NEGATIVE_INFINITY, ...seen.map(of));
  const first = seen[0];
  const last = seen.at(-1);
  if (first === undefined || last === undefined) throw new FailureError('the engine did not tell its health.');
  return {
    healthValues: seen.length,
    eventsPerSecond: seen.reduce((sum, value) => sum + value.feed.eventsPerSecond, 0) / seen.length,
    lagMsMax: most(({ feed }) => feed.lagMs),
    queueMax: most(({ kernel }) => kernel.queue),
    ringUsedMax: most(({ feed }) => feed.ringUsed),
    dropped: last.feed.dropped - first.feed.dropped,
    laneP99UsMax: most(({ kernel }) => kernel.laneP99Us),
    kernelLoadMax: most(({ kernel }) => kernel.load),
  };
}

/** What must hold for the numbers to mean anything, then the limit. */
function faults(window: WindowResult, at: number, size: Size): string[] {
  const name = `window ${at + 1} at ${size.width}x${size.height}`;
  const found: string[] = [];
  if (!window.rows.startsWith('5,500')) found.push(`${name} shows '${window.rows}' rows instead of 5,500.`);
  if (window.sortedBy !== 'tickRate') found.push(`${name} is not sorted by activity but by '${window.sortedBy}'.`);
  if (window.grid.refreshes === 0 || window.grid.rowsPainted === 0) found.push(`${name} was not refreshed.`);
  const costMs = Math.min(window.grid.meanMs, window.scriptCpuMsPerRefresh);
  if (costMs > size.limitMs)
    found.push(`${name}: a refresh takes ${costMs.toFixed(2)} ms of script, over ${size.limitMs} ms.`);
  return found;
}

function print(isJson: boolean, result: Record<string, unknown>): void {
  if (isJson) return console.log(JSON.stringify(result));
  const walk = (value: unknown, key: string): void => {
    if (Array.isArray(value) && value.every((item) => typeof item === 'number'))
      console.log(`${key.padEnd(40)} ${value.map(short).join(' ')}`);
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) walk(inner, key === '' ? name : `${key}.${name}`);
    else console.log(`${key.padEnd(40)} ${typeof value === 'number' ? short(value) : String(value)}`);
  };
  walk(result, '');
}

const short = (value: number): string => (Number.isInteger(value) ? value.toLocaleString('en-US') : value.toFixed(2));
