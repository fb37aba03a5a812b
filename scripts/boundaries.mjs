// Proves the boundary checks by breaking them: plants one violation at a time in a copy of the tree and demands that the
// compiler or the linter complains about exactly that file. Also keeps .oxlintrc.json in step with the table of rules.
//   node scripts/boundaries.mjs            check
//   node scripts/boundaries.mjs --write    write the table's rules into .oxlintrc.json
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { oxlintOverrides } from './boundaries/oxlint-overrides.mjs';
import { HARMLESS, VIOLATIONS } from './boundaries/violations.mjs';
import { Sorry, root, runScript, say, seconds } from './lib/project.mjs';

const PLANTED = 'planted-by-the-boundary-check';

await runScript(async () => {
  const configFile = path.join(root, '.oxlintrc.json');
  const config = JSON.parse(readFileSync(configFile, 'utf8'));
  if (process.argv.includes('--write')) {
    writeFileSync(configFile, `${JSON.stringify({ ...config, overrides: oxlintOverrides() }, null, 2)}\n`);
    return;
  }
  if (!isDeepStrictEqual(config.overrides, JSON.parse(JSON.stringify(oxlintOverrides()))))
    throw new Sorry(
      "The overrides in .oxlintrc.json differ from scripts/boundaries/table.mjs; run 'node scripts/boundaries.mjs --write'.",
    );
  const copy = copyOfTheTree();
  try {
    proveAll(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

/** @param {string} copy */
function proveAll(copy) {
  const startedMs = Date.now();
  // The first compilation fills the cache; whatever else is wrong in the tree is not this check's business.
  compile(copy, '.');
  const missed = [];
  for (const { file, text } of HARMLESS) {
    const caught = plant(copy, file, text);
    if (caught !== '') missed.push(`harmless code in ${file} was refused (${caught})`);
  }
  /** @type {Record<string, number>} */
  const nets = {};
  for (const { what, file, text, with: others = {} } of VIOLATIONS) {
    const caught = plant(copy, file, text, others);
    if (caught === '') missed.push(`nobody noticed: ${what} (${file})`);
    else nets[caught] = (nets[caught] ?? 0) + 1;
  }
  for (const line of missed) process.stdout.write(`${line}\n`);
  if (missed.length > 0)
    throw new Sorry(`${missed.length} of ${VIOLATIONS.length + HARMLESS.length} boundary proofs failed.`);
  say(
    `${VIOLATIONS.length} planted violations, all caught (${Object.entries(nets)
      .map(([net, count]) => `${net} ${count}`)
      .join(', ')}), ${HARMLESS.length} harmless files accepted, ${seconds(startedMs)}.`,
  );
}

/**
 * @param {string} copy @param {string} file `*` stands for the planted name @param {string} text
 * @param {Record<string, string>} [others] further files the violation needs
 * @returns {string} which nets complained about the planted file: 'types', 'lint', 'types and lint' or ''
 */
function plant(copy, file, text, others = {}) {
  const name = file.replace('*', PLANTED);
  const files = {
    ...Object.fromEntries(Object.entries(others).map(([key, value]) => [key.replace('*', PLANTED), value])),
    [name]: text.replaceAll('*planted*', PLANTED),
  };
  for (const [key, value] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(copy, key)), { recursive: true });
    writeFileSync(path.join(copy, key), value);
  }
  const nets = [];
  if (
    compile(copy, projectOf(name))
      .split('\n')
      .some((line) => line.startsWith(name) && line.includes('error TS'))
  )
    nets.push('types');
  if (lint(copy, name)) nets.push('lint');
  for (const key of Object.keys(files)) rmSync(path.join(copy, key));
  return nets.join(' and ');
}

/** @param {string} name @returns {string} the project a file belongs to; compiling that one is enough and quick */
function projectOf(name) {
  if (name.startsWith('src/engine/protocol/')) return 'src/engine/protocol';
  if (/^src\/engine\/(adapters|hosts|cli|testing)\//.test(name)) return 'src/engine/tsconfig.node.json';
  if (name.startsWith('src/engine/')) return 'src/engine/tsconfig.core.json';
  return name.split('/').slice(0, 2).join('/');
}

/** @param {string} copy @param {string} project */
function compile(copy, project) {
  const done = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules/typescript/bin/tsc'), '-b', project, '--pretty', 'false'],
    { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  if (done.error !== undefined) throw done.error;
  return done.stdout.replaceAll('\\', '/');
}

/** @param {string} copy @param {string} name @returns {boolean} whether a rule that guards a boundary complained */
function lint(copy, name) {
  const done = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules/oxlint/bin/oxlint'), '--format', 'json', name],
    { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  if (done.error !== undefined) throw done.error;
  const { diagnostics } = JSON.parse(done.stdout);
  return diagnostics.some((/** @type {{ code: string }} */ { code }) =>
    /no-restricted|no-cycle|no-console|no-floating-promises|switch-exhaustiveness/.test(code),
  );
}

/** Sources copied, packages linked one by one, so that the compiler's cache of the real tree stays untouched. */
function copyOfTheTree() {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'drover-boundaries-'));
  for (const name of readdirSync(root)) {
    if (['node_modules', 'out', '.git', 'test-results'].includes(name)) continue;
    cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  mkdirSync(path.join(copy, 'node_modules'));
  for (const name of readdirSync(path.join(root, 'node_modules'))) {
    if (name !== '.cache') symlinkSync(path.join(root, 'node_modules', name), path.join(copy, 'node_modules', name));
  }
  const compilerCache = path.join(root, 'node_modules/.cache/tsc');
  if (existsSync(compilerCache)) cpSync(compilerCache, path.join(copy, 'node_modules/.cache/tsc'), { recursive: true });
  return copy;
}
