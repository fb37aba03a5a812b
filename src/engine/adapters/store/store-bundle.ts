/** Bundles a store entry for tests and benches, which run from sources: a worker thread or a child needs plain JavaScript. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..');

export interface StoreBundle {
  /** Absolute path of the bundled file of an entry. */
  file(entry: string): string;
  remove(): void;
}

/** Entries are given relative to src/engine. The bundle lies under node_modules, so that packages are found from it. */
export async function bundleStore(
  name: string,
  entries: Readonly<Record<string, string>>,
  from: string = root,
): Promise<StoreBundle> {
  const { rolldown } = await import('rolldown');
  const folder = path.join(from, 'node_modules/.cache', `store-${name}-${process.pid}`);
  const input = Object.fromEntries(
    Object.entries(entries).map(([key, entry]) => [key, path.join(from, 'src/engine', entry)]),
  );
  const bundle = await rolldown({
    input,
    cwd: from,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('#') && !path.isAbsolute(id),
    logLevel: 'silent',
  });
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js' });
  await bundle.close();
  return {
    file: (entry) => path.join(folder, `${entry}.js`),
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
