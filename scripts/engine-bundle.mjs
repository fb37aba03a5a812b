// Bundles the engine's entry points (src/engine/hosts/entries/*.ts) for plain Node and for Electron's utility process.
// Every file of that folder becomes OUT/<name>.js; packages stay outside and are loaded from node_modules.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string} outDir absolute @param {Record<string, string>} [extra] more entries, name -> file */
export async function bundleEngine(outDir, extra = {}) {
  const { rolldown } = await import('rolldown');
  const entriesDir = path.join(root, 'src/engine/hosts/entries');
  /** @type {Record<string, string>} */
  const input = { ...extra };
  for (const file of readdirSync(entriesDir)) {
    if (file.endsWith('.ts') && !file.endsWith('.test.ts')) input[file.slice(0, -3)] = path.join(entriesDir, file);
  }
  const bundle = await rolldown({
    input,
    cwd: root,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('#') && !path.isAbsolute(id),
    logLevel: 'warn',
  });
  await bundle.write({
    dir: outDir,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    sourcemap: true,
  });
  await bundle.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await bundleEngine(path.resolve(process.argv[2] ?? path.join(root, 'out/engine')));
