// npm start [-- options]: installs and builds what is missing, then opens the workstation in Electron where that can run,
// and in the browser where it cannot, saying why.
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './lib/build-state.mjs';
import { downloadRuntime, findRuntime, whyNotRunnable } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { outliveReader } from './lib/pipe.mjs';
import { hasDisplay, isRoot, out, root, runScript, say, which } from './lib/project.mjs';
import { asArguments, readStartOptions } from './lib/start-options.mjs';

/** So long Electron may take to end after it was told to. */
const STOP_MS = 10_000;

await runScript(async () => {
  const options = readStartOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(`${options}\n`);
    return;
  }
  await ensureInstalled();
  ensureBuilt(['engine', 'app']);
  const host = await chooseHost(options);
  if ('electron' in host) await runElectron(host.electron, asArguments(options.passed));
  else {
    say(`Opening the workstation in the browser: ${host.browser}.`);
    await runBrowserHost(options);
  }
});

/**
 * @param {import('./lib/start-options.mjs').StartOptions} options
 * @returns {Promise<{ electron: string } | { browser: string }>} Electron's executable, or why the browser
 */
async function chooseHost(options) {
  if (options.browser) return { browser: 'asked for with --browser' };
  if (!hasDisplay) return { browser: 'there is no display for Electron (DISPLAY and WAYLAND_DISPLAY are not set)' };
  let file = findRuntime();
  if (file === undefined) {
    const got = await downloadRuntime({ retry: options.electron });
    if ('reason' in got) return { browser: got.reason };
    file = got.file;
  }
  const why = whyNotRunnable(file, { sandbox: !isRoot });
  return why === undefined ? { electron: file } : { browser: why };
}

/** @param {string} file @param {readonly string[]} args */
async function runElectron(file, args) {
  const noSandbox = isRoot && process.platform === 'linux';
  if (noSandbox)
    say(
      "Running as root, where Chromium's sandbox cannot work: it is switched off (--no-sandbox); use a normal account for real trading.",
    );
  const env = { ...process.env };
  delete env['ELECTRON_RUN_AS_NODE'];
  // A group of its own: Ctrl-C reaches Electron's main process once, from here, and its helper processes not at all;
  // they are main's to stop.
  const child = spawn(file, [...(noSandbox ? ['--no-sandbox'] : []), root, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32',
  });
  /** @type {NodeJS.Timeout | undefined} */
  let deadline;
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    child.kill(signal);
    deadline ??= setTimeout(() => endGroup(child.pid), STOP_MS);
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, forward);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      say(`Electron did not start (${error.message}); 'npm start -- --browser' opens the workstation in the browser.`);
      resolve(1);
    });
    child.once('exit', (exitCode, signal) =>
      resolve(exitCode ?? 128 + (signal === null ? 0 : os.constants.signals[signal])),
    );
  });
  clearTimeout(deadline);
  process.exit(code);
}

/** @param {number | undefined} pid */
function endGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It went by itself in the meantime.
  }
}

/**
 * The browser host is the command `serve`, run in this very process: signals and exit codes are its own.
 * @param {import('./lib/start-options.mjs').StartOptions} options
 */
async function runBrowserHost(options) {
  if (options.open && process.env['CI'] === undefined && process.env['BROWSER'] !== 'none') openWhenPrinted();
  const program = path.join(out, 'engine', 'drover.js');
  outliveReader(true);
  process.argv = [process.execPath, program, 'serve', ...asArguments({ port: '0', ...options.passed })];
  await import(pathToFileURL(program).href);
}

/** Opens the first address that is printed, where there is a desktop to open it on. */
function openWhenPrinted() {
  const opener = desktopOpener();
  if (opener === undefined) return;
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = /** @type {typeof write} */ (
    (chunk, ...rest) => {
      const url = /https?:\/\/[^\s"']+/.exec(String(chunk))?.[0];
      if (url !== undefined) {
        Reflect.deleteProperty(process.stdout, 'write');
        spawn(opener, [url], { stdio: 'ignore', detached: true })
          .on('error', () => undefined)
          .unref();
      }
      return Reflect.apply(write, undefined, [chunk, ...rest]);
    }
  );
}

function desktopOpener() {
  if (process.platform === 'darwin') return 'open';
  if (process.platform === 'win32') return 'explorer.exe';
  return hasDisplay ? which('xdg-open') : undefined;
}
