/**
 * One connection per key on this machine: the vendor closes one of two sockets of the same key, and two programs would
 * knock each other off for ever. The lock is a file named after a hash of the key; its content says who holds it. A lock
 * whose holder is gone is taken over.
 */
import { createHash, randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ProcessMark } from '../process-identity.ts';
import { isRunning, markOf } from '../process-identity.ts';

export type FeedLock =
  | { readonly kind: 'held'; readonly release: () => void }
  /** Another process uses the key. */
  | { readonly kind: 'taken'; readonly pid: number };

interface Holder extends ProcessMark {
  readonly token: string;
}

export function feedLockPath(key: string, dir: string = os.tmpdir()): string {
  return path.join(
    dir,
    `drover-feed-${createHash('sha256').update(`drover feed ${key}`).digest('hex').slice(0, 24)}.lock`,
  );
}

/** Takes the lock of `key`, or says who has it. Within one process a new feed replaces the old. */
export function acquireFeedLock(key: string, dir: string = os.tmpdir()): FeedLock {
  const file = feedLockPath(key, dir);
  const mine: Holder = { ...markOf(process.pid), token: randomUUID() };
  const draft = `${file}.${mine.token}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o644 });
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (tryLink(draft, file)) return { kind: 'held', release: () => release(file, mine.token) };
      const holder = readHolder(file);
      if (holder === 'gone') continue;
      if (holder === 'foreign') return { kind: 'taken', pid: 0 };
      if (holder !== 'broken' && holder.pid !== process.pid && isRunning(holder))
        return { kind: 'taken', pid: holder.pid };
      removeStale(file, holder === 'broken' ? null : holder.token);
    }
    return { kind: 'taken', pid: 0 };
  } finally {
    rmSync(draft, { force: true });
  }
}

function tryLink(draft: string, file: string): boolean {
  try {
    // A hard link appears with its content or not at all.
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file: string): Holder | 'gone' | 'broken' | 'foreign' {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'foreign';
  }
  try {
    const { pid, started, token } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid === 'number' && pid > 0 && typeof started === 'string' && typeof token === 'string')
      return { pid, started, token };
  } catch {
    // Cut short by a full disk or a crash: nobody holds it.
  }
  return 'broken';
}

/** Moves a dead holder's lock aside; when somebody else was faster and the moved file is theirs, it is put back. */
function removeStale(file: string, token: string | null): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  const isTheirs = typeof moved === 'object' && moved.token !== token;
  if (isTheirs) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function release(file: string, token: string): void {
  const holder = readHolder(file);
  if (typeof holder === 'object' && holder.token === token) rmSync(file, { force: true });
}
