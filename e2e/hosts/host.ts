/** What the journeys need of a host: windows, and the process that is the engine now. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import type { PageFaults } from './page-faults.ts';

export interface Host {
  /** The first window. */
  readonly page: Page;
  /** Another window on the same engine. */
  openSecond(): Promise<Page>;
  enginePid(): Promise<number>;
  readonly faults: PageFaults;
  /** Ends the program; fails when it does not end, or when something went wrong in a page. */
  close(): Promise<void>;
}

export interface HostOptions {
  readonly dataDir: string;
  /** Of the browser host; one that is free unless told. */
  readonly port?: number;
  readonly args?: readonly string[];
}

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The folder that is run: the repository, or a copy of its layout with other builds in its `out`. */
export const appDir = process.env['DROVER_E2E_APP'] ?? root;

export const makeDataDir = (): Promise<string> => mkdtemp(path.join(os.tmpdir(), 'drover-e2e-'));

export const removeDataDir = (dir: string): Promise<void> =>
  rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

export async function withDataDir<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = await makeDataDir();
  try {
    return await use(dir);
  } finally {
    await removeDataDir(dir);
  }
}

/** The built part `file`; journeys run what was built, never the sources. */
export function built(file: string): string {
  const found = path.join(appDir, 'out', file);
  if (!existsSync(found)) throw new Error(`${found} is not built; run 'npm run build' first`);
  return found;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
