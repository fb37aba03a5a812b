// node scripts/screenshots.mjs [--out DIR] [--seconds N] [--only NAME,NAME]: pictures of every screen in both themes and three sizes,
// from the built product on the simulated market after N seconds of trading (default 120). The browser is found as by npm test.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureBuilt } from './lib/build-state.mjs';
import { Sorry, out, root, runScript, say } from './lib/project.mjs';

/** @typedef {import('playwright').Page} Page */

const SIZES = [
  { width: 1440, height: 900 },
  { width: 2560, height: 1440 },
  { width: 2160, height: 3840 },
];
const THEMES = ['dark', 'light'];
const WALLS = ['market-wall', 'charts-wall', 'trades-wall'];
/** Panels that are brought to the front together: each place of the window shows another one. */
const PANELS = [
  ['market', 'positions', 'symbol'],
  ['charts-wall', 'working-orders', 'trade-page'],
  ['closed-trades', 'console', 'strategies'],
  ['day-stats', 'scanner', 'risk'],
  ['first-run', 'near-misses', 'health'],
  ['market', 'watch-lists', 'settings'],
];
/** Quotes and figures have come, charts are painted. */
const SETTLE_MS = 2_500;

await runScript(async () => {
  const { folder, seconds, only } = readArguments(process.argv.slice(2));
  const found = ensureChromium();
  if ('reason' in found) throw new Sorry(`screenshots: ${found.reason}.`);
  ensureBuilt(['engine', 'app']);
  mkdirSync(folder, { recursive: true });
  const served = await serve();
  const browser = await chromium.launch({ executablePath: found.file });
  try {
    say(`Trading for ${seconds} s before the pictures ...`);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    for (const theme of THEMES) {
      for (const size of SIZES) {
        const name = `${theme}-${size.width}x${size.height}`;
        if (isWanted(`screens-${name}`, only)) await screens(browser, served.url, theme, size, folder, name);
        if (size.height > size.width && isWanted(`walls-${name}`, only))
          for (const role of WALLS)
            await picture(browser, served.url, theme, size, role, async (page) => {
              if (role === 'trades-wall') await openTrade(page);
              await page.waitForTimeout(SETTLE_MS);
              await shot(page, folder, `${role}-${name}`);
            });
      }
    }
  } finally {
    await browser.close();
    await served.stop();
  }
});

/** Whether a set of pictures is among those asked for by a part of their name; all are when nothing is asked for. @param {string} name @param {string} only */
function isWanted(name, only) {
  return only.split(',').some((part) => name.includes(part));
}

/** @param {string[]} args */
function readArguments(args) {
  const read = { folder: path.join(out, 'screenshots'), seconds: 120, only: '' };
  for (let at = 0; at < args.length; at += 2) {
    const value = args[at + 1];
    if (value === undefined) throw new Sorry(`screenshots: ${args[at]} wants a value.`, 2);
    if (args[at] === '--out') read.folder = path.resolve(value);
    else if (args[at] === '--only') read.only = value;
    else if (args[at] === '--seconds' && Number(value) >= 0) read.seconds = Number(value);
    else throw new Sorry(`screenshots: unknown option '${args[at]}'; the options are --out, --seconds and --only.`, 2);
  }
  return read;
}

async function serve() {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'drover-screens-'));
  const child = spawn(
    process.execPath,
    [
      path.join(out, 'engine/drover.js'),
      ...['serve', '--json', '--port', '0', '--data-dir', dataDir, '--start', '09:40', '--auto', 'on'],
      ...['--strategy', 'random-buy=enabled'],
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const line = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then(() => Promise.reject(new Sorry('screenshots: the workstation did not start.'))),
  ]);
  return {
    /** @type {string} */
    url: JSON.parse(line).url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/**
 * @param {import('playwright').Browser} browser @param {string} url @param {string} theme
 * @param {{ width: number; height: number }} size @param {string} role @param {(page: Page) => Promise<void>} use
 */
async function picture(browser, url, theme, size, role, use) {
  const context = await browser.newContext({ viewport: size });
  const kept = {
    'drover.settings': { theme },
    'drover.window.main': { version: 1, role, screens: [] },
    'drover.first-run': { isDismissed: true },
  };
  const lines = Object.entries(kept).map(
    ([key, value]) => `localStorage.setItem(${JSON.stringify(key)}, ${JSON.stringify(JSON.stringify(value))});`,
  );
  await context.addInitScript({ content: lines.join('\n') });
  const page = await context.newPage();
  try {
    await page.goto(url);
    await page.getByTestId('status-connection').filter({ hasText: 'live' }).waitFor({ timeout: 120_000 });
    await use(page);
  } catch (error) {
    say(
      `${theme} ${size.width}x${size.height} ${role}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
    );
    process.exitCode = 1;
  } finally {
    await context.close();
  }
}

/**
 * @param {import('playwright').Browser} browser @param {string} url @param {string} theme
 * @param {{ width: number; height: number }} size @param {string} folder @param {string} name
 */
async function screens(browser, url, theme, size, folder, name) {
  await picture(browser, url, theme, size, 'workstation', async (page) => {
    await openTrade(page);
    for (const [at, panels] of PANELS.entries()) {
      for (const panel of panels) await front(page, panel);
      await page.waitForTimeout(SETTLE_MS);
      await shot(page, folder, `screens-${at + 1}-${name}`);
    }
  });
}

/** Brings a panel to the front where it is. @param {Page} page @param {string} panel */
async function front(page, panel) {
  const tab = page.locator(`.dock-tab[data-panel="${panel}"]`).first();
  if ((await tab.count()) > 0) await tab.click();
}

/** Picks the first open position, so that its trade page has something to show. @param {Page} page */
async function openTrade(page) {
  await front(page, 'positions');
  const row = page.locator('[data-testid="positions"] [data-row]').first();
  await row.click({ timeout: 5_000 }).catch(() => say('no open position to look at'));
}

/** @param {Page} page @param {string} folder @param {string} name */
async function shot(page, folder, name) {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: path.join(folder, `${name}.png`), timeout: 120_000 });
  say(`${name}.png`);
}
