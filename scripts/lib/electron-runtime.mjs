// Finds Electron's runtime, or downloads it within a bounded time, and says whether it can run on this machine.
// The package `electron` does not download at install time; its `install-electron` (install.js) does, when asked.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { cacheFolder, isRoot, root, say, seconds, which } from './project.mjs';

const packageFolder = path.join(root, 'node_modules', 'electron');
/** @type {Partial<Record<NodeJS.Platform, string>>} */
const EXECUTABLES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
const EXECUTABLE = EXECUTABLES[process.platform] ?? 'electron';

/** No byte for so long means the download site cannot be reached from here. */
const STALL_MS = 25_000;
const DOWNLOAD_MAX_MS = 15 * 60_000;
/** After a failed download the next start does not wait for another one, for so long. */
const REMEMBER_FAILURE_MS = 12 * 3600_000;

/** @returns {string | undefined} the executable, when the runtime is there */
export function findRuntime() {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override) {
    const file = path.join(override, EXECUTABLE);
    return existsSync(file) ? file : undefined;
  }
  const dist = path.join(packageFolder, 'dist');
  const file = path.join(dist, EXECUTABLE);
  // path.txt is written last: without it the download was cut off.
  if (!existsSync(file) || !existsSync(path.join(packageFolder, 'path.txt'))) return undefined;
  const wanted = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')).version;
  const there = existsSync(path.join(dist, 'version'))
    ? readFileSync(path.join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
    : '';
  return there === wanted ? file : undefined;
}

/**
 * Downloads the runtime. `retry` forgets an earlier failure.
 * @param {{ retry: boolean }} options
 * @returns {Promise<{ file: string } | { reason: string }>}
 */
export async function downloadRuntime({ retry }) {
  if (process.env['ELECTRON_OVERRIDE_DIST_PATH'])
    return { reason: `ELECTRON_OVERRIDE_DIST_PATH names a folder without ${EXECUTABLE} in it` };
  const failureFile = path.join(cacheFolder(), 'electron-download-failed.json');
  const earlier = retry ? undefined : readFailure(failureFile);
  if (earlier !== undefined) return { reason: `${earlier} (tried not long ago; --electron tries again)` };
  return withLock('electron', 'Waiting for another Drover command that is downloading Electron ...', async () => {
    const there = findRuntime();
    if (there !== undefined) return { file: there };
    const reason = await download();
    const file = findRuntime();
    if (reason === undefined && file !== undefined) {
      rmSync(failureFile, { force: true });
      return { file };
    }
    const failure = reason ?? "Electron's download ended without a runtime";
    writeFileSync(failureFile, JSON.stringify({ atMs: Date.now(), reason: failure }));
    return { reason: failure };
  });
}

/** @param {string} file @returns {string | undefined} the reason, when a failure is young */
function readFailure(file) {
  try {
    const { atMs, reason } = JSON.parse(readFileSync(file, 'utf8'));
    return Date.now() - atMs < REMEMBER_FAILURE_MS ? reason : undefined;
  } catch {
    return undefined;
  }
}

/** @returns {Promise<string | undefined>} what went wrong */
async function download() {
  // The downloader works in the temporary folder; one of its own shows how far it is, and is gone with everything in it.
  const temporary = path.join(cacheFolder(), 'electron-download');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  say('Downloading Electron (about 115 MB, once) ...');
  const startedMs = Date.now();
  const child = spawn(process.execPath, [path.join(packageFolder, 'install.js')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, TMP: temporary, TEMP: temporary },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (output = (output + chunk).slice(-8_000)));
  /** @type {string | undefined} */
  let stopped;
  let bytes = 0;
  let grewMs = Date.now();
  let saidMs = Date.now();
  const timer = setInterval(() => {
    const now = bytesIn(temporary) + bytesIn(path.join(packageFolder, 'dist'));
    if (now !== bytes) grewMs = Date.now();
    bytes = now;
    if (Date.now() - saidMs > 5_000) {
      saidMs = Date.now();
      say(`  ${(bytes / 1e6).toFixed(0)} MB, ${seconds(startedMs)}`);
    }
    if (Date.now() - grewMs > STALL_MS) stopped = "Electron's download site does not answer";
    else if (Date.now() - startedMs > DOWNLOAD_MAX_MS)
      stopped = "Electron's download takes too long on this connection";
    if (stopped !== undefined) child.kill('SIGKILL');
  }, 500);
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('close', resolve);
  });
  clearInterval(timer);
  rmSync(temporary, { recursive: true, force: true });
  if (code === 0) {
    say(`Electron downloaded in ${seconds(startedMs)}.`);
    return undefined;
  }
  if (stopped !== undefined) return stopped;
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|socket|fetch failed/i.test(output)
  )
    return "Electron's download site cannot be reached";
  const cause = /^(?:\w*Error): .+$/m.exec(output)?.[0] ?? `exit code ${code}`;
  return `Electron's download failed (${cause.slice(0, 160)})`;
}

/** @param {string} folder @returns {number} */
function bytesIn(folder) {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      bytes += entry.isDirectory() ? bytesIn(file) : statSync(file).size;
    }
  } catch {
    // Files come and go while we look.
  }
  return bytes;
}

/**
 * Whether this runtime starts here at all: a bare Linux lacks the libraries, some refuse the sandbox.
 * @param {string} file
 * @param {{ sandbox: boolean }} options
 * @returns {string | undefined} why not
 */
export function whyNotRunnable(file, { sandbox }) {
  const tried = spawnSync(file, ['-e', '0'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (tried.status !== 0) {
    const library = /error while loading shared libraries: ([^:\s]+)/.exec(tried.stderr ?? '')?.[1];
    return library === undefined
      ? `Electron's runtime does not start (${tried.error?.message ?? `exit code ${tried.status ?? tried.signal}`})`
      : `Electron's runtime lacks the library ${library} (on Debian: apt-get install libgtk-3-0 libnss3 libasound2 libgbm1)`;
  }
  if (process.platform !== 'linux' || isRoot || !sandbox) return undefined;
  const helper = statSync(path.join(path.dirname(file), 'chrome-sandbox'), { throwIfNoEntry: false });
  if (helper !== undefined && helper.uid === 0 && (helper.mode & 0o4000) !== 0) return undefined;
  const unshare = which('unshare');
  if (unshare === undefined || spawnSync(unshare, ['--user', 'true'], { stdio: 'ignore' }).status === 0)
    return undefined;
  return "this system forbids the user namespaces Chromium's sandbox needs (an administrator can allow them, or make chrome-sandbox beside Electron root-owned with mode 4755)";
}
