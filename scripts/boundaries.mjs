// Proves the boundary checks by breaking them: plants violations, each in a file of its own, in a copy of the tree and demands
// that the compiler or the linter complains about exactly that file. Also keeps .oxlintrc.json in step with the table of rules.
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
let placedSoFar = 0;

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
  const harmless = HARMLESS.map((planted) => placed(planted, {}));
  for (const { name } of found(copy, harmless, noticedByCompiler))
    missed.push(`the compiler refused harmless code in ${name}`);
  for (const { name } of found(copy, harmless, noticedByLinter))
    missed.push(`the linter refused harmless code in ${name}`);
  const violations = VIOLATIONS.map((planted) => ({ ...placed(planted, planted.with ?? {}), ...planted }));
  for (const [tool, isTypes, noticedBy] of /** @type {const} */ ([
    ['compiler', true, noticedByCompiler],
    ['linter', false, noticedByLinter],
  ])) {
    const mine = violations.filter(({ types = false }) => types === isTypes);
    const noticed = new Set(found(copy, mine, noticedBy));
    for (const one of mine) if (!noticed.has(one)) missed.push(`the ${tool} did not notice: ${one.what} (${one.file})`);
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
 * Where a violation goes: each has a name of its own, so that many can stand in the tree at once.
 * @param {{ readonly file: string, readonly text: string }} planted `*` in the file stands for the name
 * @param {Record<string, string>} others further files the violation needs
 */
function placed({ file, text }, others) {
  const own = `${PLANTED}-${++placedSoFar}`;
  const name = file.replace('*', own);
  /** @type {Record<string, string>} */
  const files = { [name]: text.replaceAll('*planted*', own) };
  for (const [key, value] of Object.entries(others)) files[key.replace('*', own)] = value.replaceAll('*planted*', own);
  return { name, files };
}

/**
 * Plants what belongs to one project together, asks the tool once, takes it all away again.
 * @template {{ readonly name: string, readonly files: Record<string, string> }} P
 * @param {string} copy @param {readonly P[]} planted
 * @param {(copy: string, names: readonly string[], project: string) => ReadonlySet<string>} noticedBy
 * @returns {P[]} those of which the tool complained about exactly their file
 */
function found(copy, planted, noticedBy) {
  return [...new Set(planted.map(({ name }) => projectOf(name)))].flatMap((project) => {
    const group = planted.filter(({ name }) => projectOf(name) === project);
    const files = group.flatMap((one) => Object.entries(one.files));
    for (const [key, value] of files) {
      mkdirSync(path.dirname(path.join(copy, key)), { recursive: true });
      writeFileSync(path.join(copy, key), value);
    }
    const noticed = noticedBy(
      copy,
      group.map(({ name }) => name),
      project,
    );
    for (const [key] of files) rmSync(path.join(copy, key));
    return group.filter(({ name }) => noticed.has(name));
  });
}

/** @param {string} copy @param {readonly string[]} names @param {string} project @returns {ReadonlySet<string>} those with an error */
function noticedByCompiler(copy, names, project) {
  const lines = compile(copy, project).split('\n');
  return new Set(
    names.filter((name) => lines.some((line) => line.startsWith(`${name}(`) && line.includes('error TS'))),
  );
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

/** @param {string} copy @param {readonly string[]} names @returns {ReadonlySet<string>} those about which a rule that guards a boundary complained */
function noticedByLinter(copy, names) {
  const done = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules/oxlint/bin/oxlint'), '--format', 'json', ...names],
    { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  if (done.error !== undefined) throw done.error;
  const { diagnostics } = JSON.parse(done.stdout);
  return new Set(
    diagnostics
      .filter((/** @type {{ code: string }} */ { code }) =>
        /no-restricted|no-cycle|no-console|no-floating-promises|switch-exhaustiveness/.test(code),
      )
      .map((/** @type {{ filename: string }} */ { filename }) => filename.replaceAll('\\', '/')),
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
