/** The browser host: `drover serve` as a process of its own, and Chromium pages on its address. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { BrowserContext } from 'playwright';
import { appDir, built } from './host.ts';
import type { Host, HostOptions } from './host.ts';
import { collectFaults } from './page-faults.ts';

export interface Served {
  readonly url: string;
  readonly token: string;
  readonly port: number;
  readonly pid: number;
  readonly enginePid: number;
  readonly process: ChildProcess;
  /** Resolves with exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  readonly errors: () => string;
}

export async function serve({ dataDir, port = 0, args = [] }: HostOptions): Promise<Served> {
  const child = spawn(
    process.execPath,
    [built('engine/drover.js'), 'serve', '--json', '--port', String(port), '--data-dir', dataDir, ...args],
    { cwd: appDir, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  );
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then((how) => Promise.reject(new Error(`serve ended with ${how} before it said its address: ${errors}`))),
  ]);
  const said = JSON.parse(line) as { url: string; token: string; port: number; pid: number; enginePid: number };
  return { ...said, process: child, ended, errors: () => errors };
}

/** SIGTERM, then the exit code. */
export async function stopServing(served: Served): Promise<number | NodeJS.Signals | null> {
  served.process.kill('SIGTERM');
  return served.ended;
}

export function webHost(
  context: BrowserContext,
): (options: HostOptions) => Promise<Host & { readonly served: Served }> {
  return async (options) => {
    const served = await serve(options);
    const faults = collectFaults(context);
    const page = await context.newPage();
    await page.goto(served.url);
    return {
      served,
      page,
      faults,
      openSecond: async () => {
        const second = await context.newPage();
        // The cookie of the first page is enough.
        await second.goto(new URL('/', served.url).href);
        return second;
      },
      enginePid: async () => {
        const answer = await fetch(new URL(`/healthz?token=${served.token}`, served.url));
        return ((await answer.json()) as { pid: number }).pid;
      },
      close: async () => {
        // Before it stops: that the engine is gone is on the console of every page.
        try {
          faults.check();
        } finally {
          await stopServing(served);
        }
      },
    };
  };
}
