/**
 * A long run of the whole product: market, strategies, orders, tape and checkpoints on, at the clock's pace, with an
 * independent audit of the journal at the end. `--minutes 60 --rate 60000 --symbols 5500 --every 30 --windows 0 --seed 1`;
 * with `--scaled DIR@DAY` the market is a recorded day's streams under `--symbols` names instead of the simulated one; with
 * `--windows N` headless windows of the market wall look on. Prints a line every `--every` seconds: memory of the engine's
 * process, events, drops, lag, ring, order lane, kernel load, trades, and figures of the windows.
 *
 * Fails on a dropped event, on any violation, when the engine was restarted, when nothing was traded (`--trades` 1 or more),
 * and when the feed made less than `--share` (0.9) of the rate asked for. Memory is printed, not judged: look at the curve.
 *
 * @needs engine (windows need `npm run build` before)
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import { chromium } from 'playwright';
import type { HealthValue } from '#protocol';
import { openJournalReader } from '../src/engine/adapters/store/journal-sqlite.ts';
import { FailureError, UsageError } from '../src/engine/cli/command.ts';
import { toRecord } from '../src/engine/journal/journal-record.ts';
import type { JournalRecord } from '../src/engine/ports/journal.ts';
import type { JournalAudit } from '../src/engine/testing/journal-audit.ts';
import { auditJournal } from '../src/engine/testing/journal-audit.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';
import type { PageCounts } from './harness/page-probe.ts';
import { installPageProbe } from './harness/page-probe.ts';
import type { ServedProduct } from './harness/served-product.ts';
import { serveProduct, watchHealth } from './harness/served-product.ts';

interface LongSample {
  readonly seconds: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly eventsPerSecond: number;
  readonly events: number;
  readonly dropped: number;
  readonly lagMsMax: number;
  readonly ringUsedMax: number;
  readonly laneP99Ms: number;
  readonly kernelLoad: number;
  readonly windows: readonly PageCounts[];
}

interface LongResult {
  readonly minutes: number;
  readonly rate: number;
  readonly market: string;
  readonly samples: readonly LongSample[];
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly dropped: number;
  readonly restarts: number;
  readonly laneP99MsMax: number;
  /** Megabytes: after the first quarter, and at the end. */
  readonly rssQuarterMb: number;
  readonly rssEndMb: number;
  readonly audit: Omit<JournalAudit, 'violations'> & { readonly violations: number; readonly first: string };
  readonly machine: string;
}

const WARM_UP_MS = 3_000;
/** An engine that says nothing for so long is gone; a busy machine makes it late. */
const SILENCE_MS = 30_000;

export async function run(args: string[]): Promise<void> {
  const { words, scaled, isJson } = readWords(args);
  const given = readNumbers(words, {
    minutes: 0.5,
    rate: 60_000,
    symbols: 5_500,
    every: 10,
    windows: 0,
    seed: 1,
    trades: 0,
    share: 0.9,
  });
  const feed = scaled === '' ? ['--start', '09:31'] : ['--feed', `scaled:${scaled}`];
  const product = await serveProduct([
    ...feed,
    ...['--symbols', String(given.symbols), '--rate', String(given.rate), '--seed', String(given.seed)],
    ...['--auto', 'on', '--strategy', 'random-buy=enabled'],
  ]);
  try {
    const samples = await watchAll(product, given, isJson);
    await product.halt();
    const market = scaled === '' ? 'simulated' : `scaled ${scaled}`;
    const result = summarise(samples, given, market, auditOf(product.dataDir));
    print(result, isJson);
    judge(result, given);
  } finally {
    await product.stop();
  }
}

interface Given {
  readonly minutes: number;
  readonly rate: number;
  readonly every: number;
  readonly windows: number;
  readonly trades: number;
  readonly share: number;
}

function readWords(args: readonly string[]): { words: string[]; scaled: string; isJson: boolean } {
  const words = args.filter((word) => word !== '--json');
  const at = words.indexOf('--scaled');
  if (at < 0) return { words, scaled: '', isJson: words.length < args.length };
  const [, scaled = ''] = words.splice(at, 2);
  if (!/^.+@\d{4}-\d{2}-\d{2}$/.test(scaled)) throw new UsageError('--scaled wants FOLDER@YYYY-MM-DD.');
  return { words, scaled, isJson: words.length + 2 < args.length };
}

async function watchAll(product: ServedProduct, given: Given, isJson: boolean): Promise<LongSample[]> {
  const health = await watchHealth(product);
  const browser = given.windows > 0 ? await openBrowser() : null;
  try {
    const pages = browser === null ? [] : await openWindows(browser, product, given.windows);
    await sleep(WARM_UP_MS);
    const samples: LongSample[] = [];
    const startedMs = performance.now();
    const endMs = startedMs + given.minutes * 60_000;
    let from = health.seen.length;
    for (const page of pages) await page.evaluate(() => window.__pageProbe?.reset());
    while (performance.now() < endMs) {
      await sleep(Math.min(given.every * 1000, Math.max(100, endMs - performance.now())));
      for (let silentMs = 0; health.seen.length === from && silentMs < SILENCE_MS; silentMs += 100) await sleep(100);
      const windows: PageCounts[] = [];
      for (const page of pages) windows.push(await page.evaluate(readAndReset));
      const sample = sampleOf(product, health.seen.slice(from), (performance.now() - startedMs) / 1000, windows);
      from = health.seen.length;
      samples.push(sample);
      if (!isJson) console.log(lineOf(sample));
    }
    return samples;
  } finally {
    health.close();
    await browser?.close();
  }
}

/** Runs in the page. */
function readAndReset(): PageCounts {
  const probe = window.__pageProbe;
  if (!probe) throw new Error('the page was opened without its probe');
  const counts = probe.read();
  probe.reset();
  return counts;
}

async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['DROVER_CHROMIUM'] ?? '';
  try {
    return await chromium.launch(executablePath === '' ? {} : { executablePath });
  } catch {
    throw new FailureError('no Chromium could be started; name one in DROVER_CHROMIUM, or use --windows 0.');
  }
}

async function openWindows(browser: Browser, { url }: ServedProduct, count: number): Promise<Page[]> {
  const pages: Page[] = [];
  for (let window = 0; window < count; window++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(installPageProbe);
    await context.addInitScript(() => {
      localStorage.setItem('drover.window.main', JSON.stringify({ version: 1, role: 'market-wall', screens: [] }));
    });
    const page = await context.newPage();
    await page.goto(url);
    await page.getByTestId('row-count').filter({ hasText: /\d/u }).waitFor({ timeout: 120_000 });
    pages.push(page);
  }
  return pages;
}

function sampleOf(
  { enginePid }: ServedProduct,
  seen: readonly HealthValue[],
  seconds: number,
  windows: readonly PageCounts[],
): LongSample {
  const last = seen.at(-1);
  if (last === undefined)
    throw new FailureError(`the engine has told nothing for a whole sample (${seconds.toFixed(0)} s).`);
  const most = (of: (value: HealthValue) => number): number =>
    seen.reduce((high, value) => Math.max(high, of(value)), 0);
  return {
    seconds,
    rssMb: residentMb(enginePid) ?? last.memory.rssBytes / 2 ** 20,
    heapMb: last.memory.heapBytes / 2 ** 20,
    eventsPerSecond: seen.reduce((sum, { feed }) => sum + feed.eventsPerSecond, 0) / seen.length,
    events: last.feed.eventsTotal,
    dropped: last.feed.dropped,
    lagMsMax: most(({ feed }) => feed.lagMs),
    ringUsedMax: most(({ feed }) => feed.ringUsed),
    laneP99Ms: most(({ kernel }) => kernel.laneP99Us) / 1000,
    kernelLoad: most(({ kernel }) => kernel.load),
    windows,
  };
}

/** Resident memory of the engine's process, where the system tells it; null as well once the process is another one. */
function residentMb(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}

function auditOf(dataDir: string): JournalAudit {
  const journal = openJournalReader(dataDir);
  if (journal === null) throw new FailureError('the run left no journal.');
  try {
    const [day] = journal.days();
    return auditJournal(records(journal.read(day === undefined ? {} : { day: day.day })));
  } finally {
    journal.close();
  }
}

function* records(rows: Iterable<Parameters<typeof toRecord>[0]>): Generator<JournalRecord> {
  for (const row of rows) yield toRecord(row);
}

function summarise(
  samples: readonly LongSample[],
  { minutes, rate }: Given,
  market: string,
  { violations, ...audit }: JournalAudit,
): LongResult {
  const [first, last] = [samples[0] as LongSample, samples.at(-1) as LongSample];
  const tookS = last.seconds - first.seconds;
  // A restarted engine counts from the start again.
  const restarts = samples.filter((sample, i) => i > 0 && sample.events < (samples[i - 1] as LongSample).events).length;
  return {
    minutes,
    rate,
    market,
    samples,
    events: last.events,
    eventsPerSecond: tookS > 0 ? (last.events - first.events) / tookS : first.eventsPerSecond,
    dropped: samples.reduce((most, { dropped }) => Math.max(most, dropped), 0),
    restarts,
    laneP99MsMax: samples.reduce((most, { laneP99Ms }) => Math.max(most, laneP99Ms), 0),
    rssQuarterMb: (samples[Math.floor(samples.length / 4)] as LongSample).rssMb,
    rssEndMb: last.rssMb,
    audit: {
      ...audit,
      violations: violations.length,
      first: violations[0] === undefined ? '' : `${violations[0].rule}: ${violations[0].text}`,
    },
    machine: machineLine(),
  };
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

function lineOf(sample: LongSample): string {
  const windows = sample.windows.map(
    (page) =>
      `window: script p95 ${page.scriptFrameP95Ms.toFixed(1)} ms, arrival to paint p95 ${page.paintP95Ms.toFixed(0)} ms, ` +
      `${page.longTasks} long tasks, ${page.droppedFrames}/${page.displayFrames + page.droppedFrames} frames dropped`,
  );
  return [
    `${sample.seconds.toFixed(0).padStart(5)} s  rss ${whole(sample.rssMb)} MB  heap ${whole(sample.heapMb)} MB  ${whole(sample.eventsPerSecond)} events/s`,
    `dropped ${sample.dropped}  lag ${whole(sample.lagMsMax)} ms  ring ${(sample.ringUsedMax * 100).toFixed(1)} %`,
    `lane p99 ${sample.laneP99Ms.toFixed(1)} ms  kernel ${(sample.kernelLoad * 100).toFixed(0)} %`,
    ...windows,
  ].join('  ');
}

function print(result: LongResult, isJson: boolean): void {
  if (isJson) return console.log(JSON.stringify(result));
  const { audit } = result;
  console.log(result.machine);
  console.log(
    `${result.market} market, ${result.minutes} min at ${whole(result.rate)} events/s asked: ${whole(result.events)} events, ` +
      `${whole(result.eventsPerSecond)}/s, dropped ${result.dropped}, engine restarted ${result.restarts} times`,
  );
  console.log(
    `memory ${whole(result.rssQuarterMb)} MB after a quarter, ${whole(result.rssEndMb)} MB at the end; order lane p99 at worst ${result.laneP99MsMax.toFixed(1)} ms`,
  );
  console.log(
    `journal: ${whole(audit.records)} records, ${whole(audit.orders)} orders, ${whole(audit.fills)} fills, ${whole(audit.closedTrades)} closed trades, ` +
      `${audit.openTrades} open; ${whole(audit.checks)} checks, ${audit.violations} violations${audit.first === '' ? '' : ` (${audit.first})`}`,
  );
}

function judge(result: LongResult, { trades, share, rate }: Given): void {
  const { audit } = result;
  if (result.dropped > 0) throw new FailureError(`${result.dropped} events were dropped.`);
  if (result.restarts > 0) throw new FailureError(`the engine was restarted ${result.restarts} times.`);
  if (audit.violations > 0) throw new FailureError(`${audit.violations} violations, the first: ${audit.first}.`);
  if (audit.closedTrades < trades) throw new FailureError(`${audit.closedTrades} trades closed, wanted are ${trades}.`);
  if (result.eventsPerSecond < rate * share)
    throw new FailureError(
      `the feed made ${whole(result.eventsPerSecond)} events/s of ${whole(rate)}: this machine is too slow or too busy.`,
    );
}
