/** Bundles the command line and the hosts around the small test market, so that tests run the real processes. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const engine = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Writes DIR/engine/{drover,serve-engine,utility}.js. `dir` lies below the repository, where packages are found. */
export async function bundleTestHosts(dir: string): Promise<{ readonly program: string }> {
  const out = path.join(dir, 'engine');
  if (!existsSync(out)) mkdirSync(out, { recursive: true });
  const bundle = await rolldown({
    input: {
      drover: path.join(engine, 'hosts/entries/drover.ts'),
      'serve-engine': path.join(engine, 'testing/serve-fake-engine.ts'),
      utility: path.join(engine, 'testing/utility-fake-engine.ts'),
    },
    cwd: path.resolve(engine, '../..'),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('#') && !path.isAbsolute(id),
    logLevel: 'silent',
  });
  await bundle.write({
    dir: out,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  await bundle.close();
  return { program: path.join(out, 'drover.js') };
}
