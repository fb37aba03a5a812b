// Finds a Chromium for the tests in the browser: one that is there, else Playwright's own, else Debian's.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { aptInstall, canApt } from './apt.mjs';
import { root, say, which } from './project.mjs';

const DOWNLOAD_MS = 8 * 60_000;

/** @returns {{ file: string } | { reason: string }} */
export function ensureChromium() {
  const there = findChromium();
  if (there !== undefined) return { file: there };
  say("Downloading a Chromium for the tests (Playwright's, about 170 MB, once) ...");
  spawnSync(process.execPath, [path.join(root, 'node_modules/playwright/cli.js'), 'install', 'chromium'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    timeout: DOWNLOAD_MS,
  });
  const downloaded = findChromium();
  if (downloaded !== undefined) return { file: downloaded };
  if (canApt) aptInstall(['chromium']);
  const installed = findChromium();
  if (installed !== undefined) return { file: installed };
  return {
    reason:
      'no Chromium is there and none could be downloaded; install one (on Debian: apt-get install chromium) or name one in DROVER_CHROMIUM, and try again',
  };
}

/** @returns {string | undefined} the first one that really starts */
function findChromium() {
  const candidates = [
    process.env['DROVER_CHROMIUM'],
    which('chromium'),
    which('google-chrome'),
    which('chromium-browser'),
    ...playwrightsOwn(),
  ];
  return candidates.find((file) => file !== undefined && file !== '' && starts(file));
}

/** A file may be there and still not start, for want of a library. @param {string} file */
function starts(file) {
  return spawnSync(file, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** @returns {string[]} newest first */
function playwrightsOwn() {
  const home = os.homedir();
  const folders = {
    darwin: path.join(home, 'Library/Caches/ms-playwright'),
    win32: path.join(home, 'AppData/Local/ms-playwright'),
  };
  const folder =
    process.env['PLAYWRIGHT_BROWSERS_PATH'] ??
    (process.platform === 'darwin' || process.platform === 'win32'
      ? folders[process.platform]
      : path.join(process.env['XDG_CACHE_HOME'] ?? path.join(home, '.cache'), 'ms-playwright'));
  const inside = {
    darwin: ['chrome-mac/Chromium.app/Contents/MacOS/Chromium'],
    win32: ['chrome-win/chrome.exe', 'chrome-win64/chrome.exe'],
  };
  const programs =
    process.platform === 'darwin' || process.platform === 'win32'
      ? inside[process.platform]
      : ['chrome-linux/chrome', 'chrome-linux64/chrome'];
  try {
    const builds = readdirSync(folder).filter((name) => /^chromium-\d+$/.test(name));
    builds.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
    return builds.flatMap((name) => programs.map((program) => path.join(folder, name, program)));
  } catch {
    return [];
  }
}
