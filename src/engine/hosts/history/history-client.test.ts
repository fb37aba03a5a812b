import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { HistoryClient } from './history-client.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'drover-history-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A thread that is in the middle of something for `busyMs` when it is told to stop, and then still writes a file. */
function busyThread(busyMs: number): string {
  const file = path.join(folder, `busy-${busyMs}.mjs`);
  const text = `
    import { parentPort } from 'node:worker_threads';
    import { writeFileSync } from 'node:fs';
    parentPort.on('message', () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${busyMs});
      writeFileSync(${JSON.stringify(path.join(folder, `left-${busyMs}`))}, 'x');
      parentPort.close();
    });`;
  writeFileSync(file, text);
  return file;
}

function client(workerFile: string, closeDeadlineMs?: number): HistoryClient {
  const scrub = { dataDir: folder, day: '2026-11-20', reference: [] };
  return new HistoryClient({
    workerFile,
    data: { scrub, retention: null, keepDays: [] },
    say: () => undefined,
    ...(closeDeadlineMs === undefined ? {} : { closeDeadlineMs }),
  });
}

it('is closed when its thread writes nothing more', async () => {
  const history = client(busyThread(1_200), 60_000);
  history.start();
  await history.close();
  expect(readdirSync(folder)).toContain('left-1200');
});

it('does not wait for ever for a thread that does not end', async () => {
  const history = client(busyThread(4_000), 50);
  history.start();
  await history.close();
  expect(readdirSync(folder)).not.toContain('left-4000');
});
