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
    if (plant(copy, file, text, {}, noticedByCompiler)) missed.push(`the compiler refused harmless code in ${file}`);
    if (plant(copy, file, text, {}, noticedByLinter)) missed.push(`the linter refused harmless code in ${file}`);
  }
  for (const { what, file, text, types = false, with: others = {} } of VIOLATIONS) {
    if (plant(copy, file, text, others, types ? noticedByCompiler : noticedByLinter)) continue;
    missed.push(`the ${types ? 'compiler' : 'linter'} did not notice: ${what} (${file})`);
  }
  for (const line of missed) process.stdout.write(`${line}\n`);
  if (missed.length > 0)
    throw new Sorry(`${missed.length} of ${VIOLATIONS.length + HARMLESS.length} boundary proofs failed.`);
  const byCompiler = VIOLATIONS.filter(({ types }) => types === true).length;
  say(
    `${VIOLATIONS.length} planted violations, all noticed (${byCompiler} by the compiler, ${VIOLATIONS.length - byCompiler} by the linter), ${HARMLESS.length} harmless files accepted by both, ${seconds(startedMs)}.`,
  );
}

/**
 * @param {string} copy @param {string} file `*` stands for the planted name @param {string} text
 * @param {Record<string, string>} others further files the violation needs
 * @param {(copy: string, name: string) => boolean} isNoticed
 */
function plant(copy, file, text, others, isNoticed) {
  const name = file.replace('*', PLANTED);
  /** @type {Record<string, string>} */
  const files = { [name]: text.replaceAll('*planted*', PLANTED) };
  for (const [key, value] of Object.entries(others)) files[key.replace('*', PLANTED)] = value;
  for (const [key, value] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(copy, key)), { recursive: true });
    writeFileSync(path.join(copy, key), value);
  }
  const noticed = isNoticed(copy, name);
  for (const key of Object.keys(files)) rmSync(path.join(copy, key));
  return noticed;
}

/** @param {string} copy @param {string} name @returns {boolean} whether there is an error in exactly this file */
function noticedByCompiler(copy, name) {
  const lines = compile(copy, projectOf(name)).split('\n');
  return lines.some((line) => line.startsWith(name) && line.includes('error TS'));
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
function noticedByLinter(copy, name) {
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
