/**
 * One writer on one data folder. The lock is a transaction held open on a tiny database, store.lock: the operating system
 * drops it with the process, so a killed Drover leaves nothing behind that somebody must clean up, and two threads of one
 * process exclude each other as well.
 */
import path from 'node:path';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { DatabaseSync } from '@photostructure/sqlite';
import { errorText, nodeFileSystem } from './file-system.ts';

export interface StoreGuard {
  /** Gives the folder back. Safe to call twice. */
  release(): void;
}

export type GuardResult =
  | { readonly ok: true; readonly guard: StoreGuard }
  | { readonly ok: false; readonly message: string };

export function takeStoreGuard(dataDir: string): GuardResult {
  nodeFileSystem.makeFolder(dataDir);
  const file = path.join(dataDir, 'store.lock');
  const first = tryLock(file);
  // Whatever else may be in that file is of no value to anybody.
  const result = !first.ok && /not a database|malformed/i.test(first.message) ? retryFresh(file) : first;
  if (result.ok) return result;
  const isHeld = /locked|busy/i.test(result.message);
  const message = isHeld
    ? `the data folder ${dataDir} is in use by another Drover; close that one or choose another folder.`
    : `the data folder ${dataDir} cannot be locked: ${result.message}`;
  return { ok: false, message };
}

function retryFresh(file: string): GuardResult {
  nodeFileSystem.remove(file);
  return tryLock(file);
}

function tryLock(file: string): GuardResult {
  let db: DatabaseSyncInstance | null = null;
  try {
    db = new DatabaseSync(file, { timeout: 0 });
    db.exec('PRAGMA journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    const held = db;
    let isReleased = false;
    return {
      ok: true,
      guard: {
        release: () => {
          if (isReleased) return;
          isReleased = true;
          held.close();
        },
      },
    };
  } catch (error) {
    db?.close();
    return { ok: false, message: errorText(error) };
  }
}
