// npm run build [-- engine app]: builds what is stale (everything with --force) into out/, and swaps it in when complete.
import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fingerprint, isFresh, writeStamp } from './lib/build-state.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { withLock } from './lib/lock.mjs';
import { Sorry, out, root, runScript, say, seconds } from './lib/project.mjs';

/** A running engine may still load a part of its own build lazily, so parts of earlier builds stay this long. */
const KEEP_CHUNKS_MS = 2 * 24 * 3600_000;

/** @typedef {import('./lib/build-state.mjs').Part} Part */

await runScript(async () => {
  const words = process.argv.slice(2);
  const force = words.includes('--force');
  const named = words.filter((word) => word !== '--force');
  for (const word of named)
    if (word !== 'engine' && word !== 'app')
      throw new Sorry(
        `build: unknown argument '${word}'; the parts are 'engine' and 'app', the only option is --force.`,
        2,
      );
  /** @type {Part[]} */
  const parts = named.length === 0 ? ['engine', 'app'] : /** @type {Part[]} */ (named);
  await ensureInstalled();
  await withLock('build', 'Waiting for another Drover command that is building ...', async () => {
    for (const part of parts) {
      if (!force && isFresh(part)) continue;
      const startedMs = Date.now();
      const stamp = fingerprint(part);
      try {
        await (part === 'engine' ? buildEngine() : buildApp());
      } catch (error) {
        // A mistake in the sources: the bundler's message shows the place, its stack shows only the bundler.
        say(error instanceof Error ? error.message : String(error));
        throw new Sorry(`The ${part === 'engine' ? 'engine' : 'workstation'} could not be built; the reason is above.`);
      }
      writeStamp(part, stamp);
      say(`Built the ${part === 'engine' ? 'engine' : 'workstation'} in ${seconds(startedMs)}.`);
    }
  });
});

async function buildEngine() {
  const next = freshFolder('engine');
  const { bundleEngine } = await import('./engine-bundle.mjs');
  await bundleEngine(next);
  keepEarlierChunks(path.join(out, 'engine', 'chunks'), path.join(next, 'chunks'));
  swapIn(next, 'engine');
}

async function buildApp() {
  const next = freshFolder('app');
  // electron-vite asks for the major version to choose its defaults; ours are fixed in electron.vite.config.ts, and the
  // runtime itself, which may never have been downloaded, is not needed to build.
  process.env['ELECTRON_EXEC_PATH'] ??= process.execPath;
  const { build } = await import('electron-vite');
  await build({ root, logLevel: 'warn', build: { outDir: next } });
  for (const folder of ['main', 'preload', 'renderer']) {
    if (!existsSync(path.join(next, folder)))
      throw new Sorry(`The build left no ${folder} folder; look at electron.vite.config.ts.`);
  }
  for (const folder of ['main', 'preload', 'renderer']) swapIn(path.join(next, folder), folder);
  rmSync(next, { recursive: true, force: true });
}

/** @param {string} name */
function freshFolder(name) {
  const folder = path.join(out, '.next', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** @param {string} next @param {string} name */
function swapIn(next, name) {
  const old = path.join(out, '.next', `${name}-old`);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(path.join(out, name))) renameSync(path.join(out, name), old);
  renameSync(next, path.join(out, name));
  rmSync(old, { recursive: true, force: true });
}

/** @param {string} from @param {string} to */
function keepEarlierChunks(from, to) {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) {
    const isYoung = Date.now() - statSync(path.join(from, file)).mtimeMs < KEEP_CHUNKS_MS;
    // A link keeps the age, so a part is not kept alive by being carried over.
    if (isYoung && file.endsWith('.js') && !existsSync(path.join(to, file)))
      linkSync(path.join(from, file), path.join(to, file));
  }
}
