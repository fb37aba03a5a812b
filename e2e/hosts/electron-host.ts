/** The desktop program in real Electron. Its runtime is found by the test script; on Linux as root it runs without sandbox. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { _electron } from 'playwright';
import type { ElectronApplication, Page } from 'playwright';
import { answerWith } from '../pages/native-menu.ts';
import { appDir, built, isAlive } from './host.ts';
import type { Host, HostOptions } from './host.ts';
import { collectFaults } from './page-faults.ts';

/** The engine has three seconds to end in order, the windows and a slow machine the rest. */
const END_WITHIN_MS = 20_000;

/**
 * Playwright's own preload, which holds the program back until it is attached. Playwright adds it only when it chooses the
 * runtime itself; without it, it may attach while the first page replaces the empty one, and then waits for that page for ever.
 */
const HOLD_UNTIL_ATTACHED = path.join(
  path.dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'lib/server/electron/loader.js',
);

/** The runtime's executable: DROVER_ELECTRON, or the one in ELECTRON_OVERRIDE_DIST_PATH. */
export function electronProgram(): string | undefined {
  const given = process.env['DROVER_ELECTRON'];
  if (given !== undefined && given !== '') return given;
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  return dist === undefined || dist === '' ? undefined : path.join(dist, 'electron');
}

export const electronArguments = (options: HostOptions): string[] => {
  const isRoot = process.getuid?.() === 0;
  return [
    ...(isRoot || process.env['DROVER_NO_SANDBOX'] === '1' ? ['--no-sandbox'] : []),
    appDir,
    `--data-dir=${options.dataDir}`,
    ...(options.args ?? []),
  ];
};

export interface ElectronHost extends Host {
  readonly app: ElectronApplication;
}

export async function electronHost(options: HostOptions): Promise<ElectronHost> {
  built('main/index.cjs');
  const executablePath = electronProgram();
  const args = electronArguments(options);
  const app = await _electron.launch({
    ...(executablePath === undefined ? { args } : { executablePath, args: ['-r', HOLD_UNTIL_ATTACHED, ...args] }),
    cwd: appDir,
  });
  // Asked for while it runs: Playwright forgets a program that ended.
  const { pid } = app.process();
  if (pid === undefined) throw new Error('Electron did not start');
  const faults = collectFaults(app.context());
  const page = await app.firstWindow();
  return {
    app,
    page,
    faults,
    openSecond: async () => {
      const opened = app.waitForEvent('window');
      await page.evaluate(() =>
        (window as unknown as { drover: { openWindow(role: string): void } }).drover.openWindow('workstation'),
      );
      return opened;
    },
    enginePid: () => enginePid(page),
    close: async () => {
      try {
        faults.check();
      } finally {
        await endProgram(app, pid);
      }
    },
  };
}

/**
 * Ends the program as a user who answers every question with 'stop'. One that does not end in time is killed, and the test
 * fails: a program that cannot be quit is a fault of its own, and must not take the tests after it along.
 */
async function endProgram(app: ElectronApplication, pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  const ended = (async () => {
    await answerWith(app, 'Quit and stop the engine', 'Stop the engine and quit');
    await app.close();
    return true;
  })();
  // Killing it makes both fail, and nobody waits for them any more.
  ended.catch(() => false);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), END_WITHIN_MS);
  });
  const isEnded = await Promise.race([ended.catch(() => !isAlive(pid)), late]);
  clearTimeout(timer);
  if (isEnded) return;
  process.kill(pid, 'SIGKILL');
  throw new Error(`the program did not end within ${END_WITHIN_MS / 1_000} s and was killed`);
}

/** Waits for the engine to run and says its process number. */
export function enginePid(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const { drover } = window as unknown as {
          drover: { onEngineState(listener: (state: { kind: string; pid: number | null }) => void): () => void };
        };
        drover.onEngineState((state) => {
          if (state.kind === 'running' && state.pid !== null) resolve(state.pid);
        });
      }),
  );
}
