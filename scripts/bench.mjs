// npm run bench -- NAME [options]: bundles bench/NAME.ts as the engine is bundled and runs it; --list names them; all runs
// each with its defaults. bench/README.md says what a bench is.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt } from './lib/build-state.mjs';
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
  for (const bench of name === 'all' ? known.keys() : [name]) {
    if (name === 'all') say(`\n${bench}: ${known.get(bench)}`);
    const code = await runBench(bench, args);
    if (code === 0) continue;
    process.exitCode = code;
    return;
  }
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
    known.set(file.slice(0, -3), /^.*?[.:](?= |$)/.exec(header)?.[0] ?? header);
  }
  return known;
}

/** @param {string} name @param {readonly string[]} args @returns {Promise<number>} */
async function runBench(name, args) {
  const source = path.join(folder, `${name}.ts`);
  // A bench that opens the workstation, or starts the command line, says so in its text.
  const text = readFileSync(source, 'utf8');
  if (text.includes('@needs app')) ensureBuilt(['engine', 'app']);
  else if (text.includes('@needs engine')) ensureBuilt(['engine']);
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
    { cwd: root, stdio: 'inherit' },
  );
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]))),
  );
}
