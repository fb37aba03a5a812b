// npm run bench -- NAME [options]: bundles bench/NAME.ts as the engine is bundled and runs it; --list names them; all runs
// those of the table and writes bench/results/table.md. bench/README.md says what a bench is.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TABLE, tableText } from './lib/bench-table.mjs';
import { ensureBuilt } from './lib/build-state.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { withLock } from './lib/lock.mjs';
import { Sorry, out, root, runScript, say } from './lib/project.mjs';

const folder = path.join(root, 'bench');

await runScript(async () => {
  const [name, ...args] = process.argv.slice(2);
  const known = benches();
  if (name === '--list' || name === '--help') {
    process.stdout.write('usage: npm run bench -- NAME [options]\n\n');
    for (const [bench, sentence] of known) process.stdout.write(`  ${bench.padEnd(12)} ${sentence}\n`);
    return;
  }
  if (name === undefined) throw new Sorry("bench: say which one; 'npm run bench -- --list' names them.", 2);
  if (name !== 'all' && !known.has(name))
    throw new Sorry(`bench: there is no bench '${name}'; 'npm run bench -- --list' names them.`, 2);
  await ensureInstalled();
  process.exitCode = name === 'all' ? await runAll(known, args) : (await runBench(name, args, false)).code;
});

/** @returns {Map<string, string>} name -> the first sentence of its header */
function benches() {
  const known = new Map();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const text = readFileSync(path.join(folder, file), 'utf8');
    if (!/^export (?:async )?(?:function|const) run\b/m.test(text)) continue;
    const header =
      /^\/\*\*([\s\S]*?)\*\//
        .exec(text)?.[1]
        ?.replaceAll(/\s*\n \* ?/g, ' ')
        .trim() ?? '';
    known.set(file.slice(0, -3), /^.*?\.(?= |$)/.exec(header)?.[0] ?? header);
  }
  return known;
}

/**
 * The benches of the table one after the other, whatever becomes of each; bench/results/table.md then holds what they said.
 * @param {Map<string, string>} known @param {readonly string[]} args @returns {Promise<number>}
 */
async function runAll(known, args) {
  const isQuick = args.includes('--quick');
  if (args.some((word) => word !== '--quick')) throw new Sorry("bench: 'all' takes no option but --quick.", 2);
  const runs = [];
  for (const { quick, ...row } of TABLE) {
    const { name } = row;
    const sentence = known.get(name) ?? '';
    const own = isQuick ? quick : row.args;
    say(`\n${name}: ${sentence}`);
    const startedMs = performance.now();
    const { code, text } = await runBench(name, own, true);
    // Told to stop: nothing is written.
    if (code > 128) return code;
    runs.push({ ...row, sentence, args: own, code, seconds: (performance.now() - startedMs) / 1000, text });
  }
  const file = path.join(folder, 'results', isQuick ? 'table-quick.md' : 'table.md');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, tableText(runs, { isQuick, date: new Date().toISOString().slice(0, 10), commit: commitOf() }));
  say(`\nWritten: ${path.relative(root, file)}`);
  return runs.every(({ code }) => code === 0) ? 0 : 1;
}

/** What was measured; empty where this is no checkout. */
function commitOf() {
  return spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
}

/**
 * Prints what the bench prints; `isKept`: keeps it too.
 * @param {string} name @param {readonly string[]} args @param {boolean} isKept
 * @returns {Promise<{ readonly code: number, readonly text: string }>}
 */
async function runBench(name, args, isKept) {
  const source = path.join(folder, `${name}.ts`);
  // A bench that opens the workstation, or starts the command line, says so in its text.
  const needs = readFileSync(source, 'utf8');
  /** @type {Record<string, string>} */
  const browser = {};
  if (needs.includes('@needs app')) {
    ensureBuilt(['engine', 'app']);
    // The one the tests use; without any, the bench says what is missing.
    const chromium = ensureChromium();
    if ('file' in chromium) browser['DROVER_CHROMIUM'] = chromium.file;
  } else if (needs.includes('@needs engine')) ensureBuilt(['engine']);
  const target = path.join(out, 'bench', name);
  await withLock(`bench-${name}`, `Waiting for another run of the bench '${name}' to be bundled ...`, async () => {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    const { bundleEngine } = await import('./engine-bundle.mjs');
    await bundleEngine(target, { [name]: source });
  });
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--enable-source-maps',
      path.join(root, 'scripts/lib/bench-runner.mjs'),
      path.join(target, `${name}.js`),
      ...args,
    ],
    { cwd: root, env: { ...process.env, ...browser }, stdio: ['inherit', isKept ? 'pipe' : 'inherit', 'inherit'] },
  );
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  let text = '';
  child.stdout?.on('data', (/** @type {Buffer} */ chunk) => {
    text += chunk.toString();
    process.stdout.write(chunk);
  });
  return new Promise((resolve) =>
    child.once('close', (code, signal) =>
      resolve({ code: code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]), text }),
    ),
  );
}
