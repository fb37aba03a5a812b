// Bundles the engine's entry points (src/engine/hosts/entries/*.ts) for plain Node and for Electron's utility process.
// Every file of that folder becomes OUT/<name>.js; packages stay outside and are loaded from node_modules.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Packages that are many small files of plain JavaScript: finding and loading them took a start as long as its own code. */
const TAKEN_IN = new Set(['zod', 'trading-signals']);

/** @param {string} outDir absolute @param {Record<string, string>} [extra] more entries, name -> file */
export async function bundleEngine(outDir, extra = {}) {
  const entriesDir = path.join(root, 'src/engine/hosts/entries');
  const names = readdirSync(entriesDir)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3));
  const entry = (/** @type {string} */ name) => path.join(entriesDir, `${name}.ts`);
  // A thread is one file: looking up fifty took it longer than compiling them. Programs share theirs.
  const threads = names.filter((name) => name.endsWith('-worker'));
  const programs = names.filter((name) => !threads.includes(name)).map((name) => [name, entry(name)]);
  await Promise.all([
    bundle(outDir, { ...Object.fromEntries(programs), ...extra }),
    ...threads.map((name) => bundle(outDir, { [name]: entry(name) })),
  ]);
}

/** @param {string} outDir @param {Record<string, string>} input */
async function bundle(outDir, input) {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input,
    cwd: root,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('#') && !path.isAbsolute(id) && !TAKEN_IN.has(id),
    logLevel: 'warn',
  });
  await build.write({
    dir: outDir,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    sourcemap: true,
  });
  await build.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await bundleEngine(path.resolve(process.argv[2] ?? path.join(root, 'out/engine')));
