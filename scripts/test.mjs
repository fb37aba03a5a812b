// npm test [-- --only STAGE,STAGE] [--quick]: installs what is missing, runs every check and every test, and ends with one
// line that says how many passed and failed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { aptInstall, canApt } from './lib/apt.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { downloadRuntime, findRuntime, whyNotRunnable } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { Sorry, isRoot, root, runScript, say, seconds } from './lib/project.mjs';
import { BUILD_STAGE, STATIC_STAGES, UNIT_STAGE, journeys, runStages, skippedStage } from './lib/stages.mjs';
import { startDisplay } from './lib/xvfb.mjs';

/** @typedef {import('./lib/stages.mjs').Stage} Stage */

const JOURNEYS = ['web', 'electron'];
const ALL = [...STATIC_STAGES.map((stage) => stage.name), UNIT_STAGE.name, BUILD_STAGE.name, ...JOURNEYS];
/** For the minutes between two edits: nothing that opens a window or takes half a minute. */
const QUICK = ['types', 'lint', 'format', 'tidy', 'unit'];

await runScript(async () => {
  const wanted = readStages(process.argv.slice(2));
  const startedMs = Date.now();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.once(signal, () => process.exit(130));
  await ensureInstalled();
  const env = { ...process.env, CI: process.env['CI'] ?? 'true', NO_COLOR: '1' };
  const select = (/** @type {readonly Stage[]} */ stages) => stages.filter((stage) => wanted.includes(stage.name));
  // Two lanes, for two cores: much of a journey is waiting, so the browser's go beside the unit tests; those of the desktop
  // program, which want a display to themselves, come last.
  const web = wanted.includes('web') ? [webStage()] : [];
  const lanes = await Promise.all([
    runStages([...select([BUILD_STAGE, ...STATIC_STAGES]), ...web], env),
    runStages(select([UNIT_STAGE]), env),
  ]);
  const results = lanes.flat();
  if (wanted.includes('electron')) results.push(...(await electronResults(env)));
  finish(results, startedMs);
});

/** @param {readonly import('./lib/stages.mjs').Result[]} results @param {number} startedMs */
function finish(results, startedMs) {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const skipped = results.flatMap((result) => result.skipped);
  const failures = results.flatMap((result) => result.failures);
  if (failures.length > 0) say(`\nFailed:\n${failures.map((line) => `  ${line}`).join('\n')}`);
  if (skipped.length > 0) say(`\nSkipped:\n${skipped.map((line) => `  ${line}`).join('\n')}`);
  say(`\nTook ${seconds(startedMs)}.`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  process.stdout.write(
    `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`,
  );
}

/** @returns {Stage} */
function webStage() {
  const chromium = ensureChromium();
  // Without a browser a good half of the product is untested: that is a failure, not a skip.
  if ('reason' in chromium)
    return {
      name: 'web',
      minutes: 0,
      run: async () => ({ passed: 0, failed: 1, failures: ['no browser'], skipped: [], output: `${chromium.reason}.` }),
    };
  return journeys('web', { DROVER_CHROMIUM: chromium.file });
}

/** @param {NodeJS.ProcessEnv} env */
async function electronResults(env) {
  const runtime = await electronForTests();
  if ('reason' in runtime) return runStages([skippedStage('electron', runtime.reason)], env);
  const display = await startDisplay();
  if ('reason' in display) return runStages([skippedStage('electron', display.reason)], env);
  try {
    const noSandbox = isRoot || whyNotRunnable(runtime.file, { sandbox: true }) !== undefined;
    if (noSandbox)
      say("The windows are tested without Chromium's sandbox, which this account or system does not allow.");
    return await runStages(
      [
        journeys('electron', {
          ...display.env,
          DROVER_ELECTRON: runtime.file,
          DROVER_NO_SANDBOX: noSandbox ? '1' : '',
        }),
      ],
      env,
    );
  } finally {
    display.stop();
  }
}

/** @returns {Promise<{ file: string } | { reason: string }>} */
async function electronForTests() {
  const file = findRuntime() ?? runtimeFromShared();
  const got = file === undefined ? await downloadRuntime({ retry: false }) : { file };
  if ('reason' in got) return got;
  const why = whyNotRunnable(got.file, { sandbox: false });
  if (why === undefined) return got;
  if (!why.includes('lacks the library') || !canApt) return { reason: why };
  // Newer Debians name two of the libraries differently.
  if (!aptInstall(['libgtk-3-0t64', 'libnss3', 'libasound2t64', 'libgbm1']))
    aptInstall(['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1']);
  const still = whyNotRunnable(got.file, { sandbox: false });
  return still === undefined ? got : { reason: still };
}

/** A folder of tools may lie beside the checkout, with a runtime for machines that cannot download one. */
function runtimeFromShared() {
  const install = path.join(
    process.env['DROVER_SHARED'] ?? path.join(root, '..', 'shared'),
    'tools/electron-runtime/install',
  );
  if (process.platform !== 'linux' || !existsSync(install)) return undefined;
  const done = spawnSync(install, { encoding: 'utf8', stdio: ['ignore', 'pipe', 2], timeout: 10 * 60_000 });
  const folder = done.stdout?.trim();
  if (done.status !== 0 || folder === '') return undefined;
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = folder;
  return findRuntime();
}

/** @param {readonly string[]} argv @returns {readonly string[]} */
function readStages(argv) {
  const named = [];
  let quick = false;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--quick') quick = true;
    else if (word === '--only') named.push(...(argv[++at] ?? '').split(','));
    else if (word.startsWith('--only=')) named.push(...word.slice('--only='.length).split(','));
    else
      throw new Sorry(
        `test: unknown argument '${word}'; the options are --quick and --only with one or more of ${ALL.join(',')}.`,
        2,
      );
  }
  for (const name of named)
    if (!ALL.includes(name)) throw new Sorry(`test: there is no stage '${name}'; the stages are ${ALL.join(', ')}.`, 2);
  if (named.length > 0) return named.some((name) => JOURNEYS.includes(name)) ? [BUILD_STAGE.name, ...named] : named;
  return quick ? QUICK : ALL;
}
