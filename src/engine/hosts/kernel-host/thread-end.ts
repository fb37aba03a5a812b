/** Waiting for threads to end. */
import type { Worker } from 'node:worker_threads';

/** Resolves when the thread is no more. */
export function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    // A thread that has ended has no number.
    if (worker.threadId === -1) resolve();
    else worker.once('exit', () => resolve());
  });
}

/** Resolves when it has happened, or after `ms`. */
export async function within(ms: number, happens: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([happens, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
