/**
 * The threads that a start waits for, kernel and store, loading their code from the first moment of the process on
 * (docs/specs/recovery.md, RCV8). An entry that knows that an engine will be wanted calls `warmEngineThreads`.
 */
import type { EarlyThread } from '../../adapters/early-thread.ts';
import { startEarlyThread } from '../../adapters/early-thread.ts';
import type { EarlyStore } from '../../adapters/store/store-client.ts';
import { workerFile } from './worker-files.ts';

export interface EngineThreads extends EarlyStore {
  readonly kernel: EarlyThread;
}

let warm: EngineThreads | null = null;

/** Never fails: what is wrong shows when the threads are taken. */
export function warmEngineThreads(): void {
  try {
    warm ??= startAll();
  } catch {
    // The engine is not built, or there is no room for a thread: the start itself says so.
  }
}

/** The warmed threads, or new ones. They are the caller's. */
export function takeEngineThreads(): EngineThreads {
  const threads = warm ?? startAll();
  warm = null;
  return threads;
}

/** Ends threads that were never begun. */
export function dropEngineThreads({ kernel, tape, journal }: EngineThreads): void {
  for (const { worker } of [kernel, tape, journal]) void worker.terminate();
}

function startAll(): EngineThreads {
  const store = workerFile('store-worker');
  return {
    kernel: startEarlyThread(workerFile('kernel-worker'), 'kernel'),
    tape: startEarlyThread(store, 'store'),
    journal: startEarlyThread(store, 'journal'),
  };
}
