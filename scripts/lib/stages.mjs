// The stages of `npm test`: what each runs and how its tests are counted. A tool that only says yes or no is one test.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { out, root, say } from './project.mjs';

/**
 * @typedef {{ passed: number, failed: number, failures: string[], skipped: string[], output: string }} Result
 * @typedef {{ name: string, minutes: number, run: (env: NodeJS.ProcessEnv) => Promise<Result> }} Stage
 */

const bin = (/** @type {string} */ file) => path.join(root, 'node_modules', file);
/** A failure that no test's name stands for; the stage's output tells. */
const NO_NAME = 'the run itself';
const results = path.join(out, 'test-results');

/** @type {readonly Stage[]} */
export const STATIC_STAGES = [
  yesOrNo('types', 5, [bin('typescript/bin/tsc'), '-b', '--pretty', 'false']),
  yesOrNo('lint', 5, [bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']),
  yesOrNo('format', 2, [bin('oxfmt/bin/oxfmt'), '--check']),
  yesOrNo('knip', 3, [bin('knip/bin/knip.js'), '--no-progress']),
  yesOrNo('tidy', 2, ['scripts/tidy.mjs']),
  yesOrNo('boundaries', 5, ['scripts/boundaries.mjs']),
];

/** @type {Stage} */
export const UNIT_STAGE = {
  name: 'unit',
  minutes: 10,
  run: async (env) => {
    const file = resultsFile('unit.json');
    const done = await runNode(
      [bin('vitest/vitest.mjs'), 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`],
      env,
      10,
    );
    return counted(done, file, fromVitest);
  },
};

/** @type {Stage} */
export const BUILD_STAGE = yesOrNo('build', 5, ['scripts/build.mjs']);

/** @param {'web' | 'electron'} project @param {NodeJS.ProcessEnv} more @returns {Stage} */
export function journeys(project, more) {
  return {
    name: project,
    minutes: 12,
    run: async (env) => {
      const file = resultsFile(`${project}.json`);
      const done = await runNode(
        [bin('playwright/cli.js'), 'test', `--project=${project}`],
        { ...env, ...more, DROVER_E2E_JSON: file },
        12,
      );
      return counted(done, file, fromPlaywright);
    },
  };
}

/** @param {string} name @param {string} why @returns {Stage} a stage that cannot run on this machine */
export function skippedStage(name, why) {
  return {
    name,
    minutes: 0,
    run: async () => ({ passed: 0, failed: 0, failures: [], skipped: [`${name}: ${why}`], output: '' }),
  };
}

/** @param {string} name @param {number} minutes @param {readonly string[]} args @returns {Stage} */
function yesOrNo(name, minutes, args) {
  return {
    name,
    minutes,
    run: async (env) => {
      const done = await runNode(args, env, minutes);
      const isGood = done.code === 0;
      return {
        passed: isGood ? 1 : 0,
        failed: isGood ? 0 : 1,
        failures: isGood ? [] : [name],
        skipped: [],
        output: done.output,
      };
    },
  };
}

/** @param {string} name */
function resultsFile(name) {
  mkdirSync(results, { recursive: true });
  const file = path.join(results, name);
  rmSync(file, { force: true });
  return file;
}

/** @param {readonly string[]} args @param {NodeJS.ProcessEnv} env @param {number} minutes @returns {Promise<{ code: number, output: string }>} */
function runNode(args, env, minutes) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output = (output + chunk).slice(-200_000)));
    // The whole group ends with us and at the deadline: a browser or an engine must not outlive its test.
    const end = () => {
      try {
        process.kill(
          process.platform === 'win32' ? /** @type {number} */ (child.pid) : -(/** @type {number} */ (child.pid)),
          'SIGKILL',
        );
      } catch {
        // It is gone already.
      }
    };
    const deadline = setTimeout(() => {
      output += `\nnot done after ${minutes} minutes: ended\n`;
      end();
    }, minutes * 60_000);
    process.once('exit', end);
    child.once('error', (error) => {
      output += error.message;
      resolve({ code: 1, output });
    });
    child.once('close', (code) => {
      clearTimeout(deadline);
      process.off('exit', end);
      resolve({ code: code ?? 1, output });
    });
  });
}

/**
 * @param {{ code: number, output: string }} done @param {string} file @param {(report: any) => Omit<Result, 'output'>} read
 * @returns {Result}
 */
export function counted(done, file, read) {
  if (!existsSync(file))
    return {
      passed: 0,
      failed: 1,
      failures: [NO_NAME],
      skipped: [],
      output: `${done.output}\nno report was written\n`,
    };
  const result = read(JSON.parse(readFileSync(file, 'utf8')));
  if (result.passed + result.failed === 0)
    return { ...result, failed: 1, failures: [NO_NAME], output: `${done.output}\nnot a single test ran\n` };
  // Something outside the tests went wrong: a file that does not load, an error nobody awaited.
  if (done.code !== 0 && result.failed === 0)
    return {
      ...result,
      failed: 1,
      failures: [NO_NAME],
      output: `${done.output}\nno test failed, and yet the run did\n`,
    };
  return { ...result, output: done.output };
}

function none() {
  return { passed: 0, failed: 0, failures: /** @type {string[]} */ ([]), skipped: /** @type {string[]} */ ([]) };
}

/** @param {ReturnType<typeof none>} result @param {string} name */
function fail(result, name) {
  result.failed += 1;
  result.failures.push(name);
}

/** @param {any} report */
export function fromVitest(report) {
  const result = none();
  for (const file of report.testResults) {
    const name = path.relative(root, file.name);
    if (file.assertionResults.length === 0 && file.status === 'failed') fail(result, `${name}: the file itself`);
    for (const test of file.assertionResults) {
      if (test.status === 'passed') result.passed += 1;
      else if (test.status === 'failed') fail(result, `${name}: ${test.fullName}`);
      else result.skipped.push(`${name}: ${test.fullName}`);
    }
  }
  return result;
}

/** @param {any} report */
export function fromPlaywright(report) {
  const result = none();
  const visit = (/** @type {any} */ suite) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'expected') result.passed += 1;
        else if (test.status === 'skipped') {
          const why = test.annotations.find((/** @type {any} */ note) => note.type === 'skip')?.description;
          result.skipped.push(`${suite.file}: ${spec.title}${why === undefined ? '' : ` (${why})`}`);
        } else fail(result, `${suite.file}: ${spec.title}`);
      }
    }
    for (const child of suite.suites ?? []) visit(child);
  };
  for (const suite of report.suites) visit(suite);
  for (const error of report.errors ?? []) fail(result, (error.message ?? NO_NAME).split('\n', 1).join());
  return result;
}

/**
 * Runs stages one after the other, with a sign of life every half minute.
 * @param {readonly Stage[]} stages @param {NodeJS.ProcessEnv} env @returns {Promise<Result[]>}
 */
export async function runStages(stages, env) {
  const done = [];
  for (const stage of stages) {
    const startedMs = Date.now();
    const elapsed = () => `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
    const beat = setInterval(() => say(`  .. ${stage.name}, ${elapsed()}`), 30_000);
    const result = await stage.run(env).catch(broken);
    clearInterval(beat);
    const mark = result.failed > 0 ? 'FAIL' : result.passed === 0 ? 'skip' : 'ok  ';
    say(
      `${mark} ${stage.name.padEnd(10)} ${result.passed} passed, ${result.failed} failed${result.skipped.length > 0 ? `, ${result.skipped.length} skipped` : ''}, ${elapsed()}`,
    );
    if (result.failed > 0) say(`${indent(result.output)}\n`);
    done.push({ ...result, failures: result.failures.map((name) => `${stage.name}: ${name}`) });
  }
  return done;
}

/** A stage that throws is a failure like another, and the stages after it still run. @param {unknown} error @returns {Result} */
function broken(error) {
  return {
    passed: 0,
    failed: 1,
    failures: [NO_NAME],
    skipped: [],
    output: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

/** @param {string} text */
function indent(text) {
  const lines = text.trimEnd().split('\n');
  const shown = lines.length > 300 ? ['...', ...lines.slice(-300)] : lines;
  return shown.map((line) => `    ${line}`).join('\n');
}
