/** One start of the desktop program for several tests of a group that leave it as they found it, windows and all. */
import { test } from 'playwright/test';
import { electronHost } from './electron-host.ts';
import type { ElectronHost } from './electron-host.ts';
import { makeDataDir, removeDataDir } from './host.ts';

/** To be called within a group of tests; the host is there while they run. A failed test gives the next one a new start. */
export function sharedDesktop(args: readonly string[]): () => ElectronHost {
  let dataDir = '';
  let host: ElectronHost | undefined;
  test.beforeAll(async () => {
    dataDir = await makeDataDir();
    host = await electronHost({ dataDir, args });
  });
  test.afterAll(async () => {
    try {
      await host?.close();
    } finally {
      await removeDataDir(dataDir);
    }
  });
  return () => {
    if (host === undefined) throw new Error('the program did not start');
    return host;
  };
}
