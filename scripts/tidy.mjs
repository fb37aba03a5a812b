// Holds the tree against the house rules of scripts/tidy/rules.mjs; prints one line a complaint.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Sorry, root, runScript, say } from './lib/project.mjs';
import * as rules from './tidy/rules.mjs';

/** A check that saw nothing says nothing: fewer files than this and it looked in the wrong place. */
const FILES_MIN = 120;
const SKIPPED_FOLDERS = new Set(['node_modules', 'out', '.git', 'test-results', 'playwright-report']);
const BINARY = /\.(?:png|jpe?g|ico|icns|woff2?|gz|zst|parquet|wav|mp3|ogg|bin|gif|webp)$/;

await runScript(async () => {
  const names = namesInTheTree();
  const files = names
    .filter((name) => !BINARY.test(name))
    .map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));
  const written = files.filter(({ name }) => name !== 'package-lock.json');
  const complaints = [
    ...rules.tooLong(written),
    ...rules.asyncInCore(written),
    ...rules.headerMissing(written),
    ...rules.machineTraces(written),
    ...rules.brokenLinks(written, (name) => existsSync(path.join(root, name))),
    ...rules.uncitedRules(written),
    ...rules.undecidedDependencies(written),
    ...rules.silentEscapes(written),
    ...rules.strayFiles(written),
  ];
  if (files.length < FILES_MIN) complaints.push(`only ${files.length} files seen, at least ${FILES_MIN} were expected`);
  for (const line of complaints) process.stdout.write(`${line}\n`);
  if (complaints.length > 0) throw new Sorry(`tidy: ${complaints.length} complaints.`);
  say(`tidy: ${files.length} files, ${rules.specRules(files).length} rules of specs, no complaint.`);
});

/** What git tracks or would track; every file where there is no git. @returns {string[]} */
function namesInTheTree() {
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (listed.status === 0 && listed.stdout !== '')
    return listed.stdout.split('\0').filter((name) => name !== '' && existsSync(path.join(root, name)));
  return walk('');
}

/** @param {string} folder @returns {string[]} */
function walk(folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [name];
    return SKIPPED_FOLDERS.has(entry.name) ? [] : walk(name);
  });
}
