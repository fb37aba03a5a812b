/** The desktop host: the built program in real Electron. */
import path from 'node:path';
import { _electron } from 'playwright';
import type { ElectronApplication, Page } from 'playwright';
import { appDir, built } from './host.ts';
import type { Host, HostOptions } from './host.ts';

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
  const app = await _electron.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: electronArguments(options),
    cwd: appDir,
  });
  const page = await app.firstWindow();
  return {
    app,
    page,
    openSecond: async () => {
      const opened = app.waitForEvent('window');
      await page.evaluate(() =>
        (window as unknown as { drover: { openWindow(role: string): void } }).drover.openWindow('workstation'),
      );
      return opened;
    },
    enginePid: () => enginePid(page),
    close: () => app.close(),
  };
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
