/** Where the bundled worker entry points lie, whether this code runs bundled (out/engine) or from source (tests). */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FailureError } from '../../cli/command.ts';

/** The file of a worker entry by name, for example 'kernel-worker'. */
export function workerFile(name: string): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  for (const dir of [
    process.env['DROVER_ENGINE_DIR'],
    here,
    path.dirname(here),
    ...ancestors(here).map((dir) => path.join(dir, 'out/engine')),
  ]) {
    if (dir === undefined) continue;
    const file = path.join(dir, `${name}.js`);
    if (existsSync(file)) return file;
  }
  throw new FailureError(`the engine is not built (no ${name}.js); run 'npm run build' and start again.`);
}

function ancestors(dir: string): string[] {
  const list: string[] = [];
  for (let at = dir; path.dirname(at) !== at; at = path.dirname(at)) list.push(at);
  return list;
}
