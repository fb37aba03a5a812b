/**
 * The data folder: where it lies, that it can be written, and that one Drover at a time uses it. The lock file names its
 * holder by process number and start time, so a holder that was killed leaves nothing behind that anyone must clean up.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ProcessMark } from './process-identity.ts';
import { isRunning, markOf } from './process-identity.ts';

export const LOCK_FILE = 'drover.lock';

/** A takeover of a stale lock takes milliseconds; one that is older was itself cut off. */
const TAKEOVER_STALE_MS = 5_000;
const RETRY_MS = 25;
/** So long a holder that is bound to end is given to do so. */
const DYING_HOLDER_MS = 6_000;

export type FolderProblem = { readonly code: 'not-writable' | 'in-use'; readonly message: string };

export interface DataFolder {
  readonly dir: string;
  /** Gives the lock back. Safe to call twice. */
  release(): void;
}

interface LockContent {
  readonly holder: ProcessMark;
  /** The process that watches over the holder, when there is one. */
  readonly supervisor?: ProcessMark;
}

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Where data lies when nobody says otherwise: DROVER_DATA_DIR, else the platform's place for an application's data. */
export function defaultDataDir(
  here: Surroundings = { platform: process.platform, env: process.env, home: os.homedir() },
): string {
  const { platform, env, home } = here;
  const own = env['DROVER_DATA_DIR'];
  if (own !== undefined && own !== '') return path.resolve(own);
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Drover');
  if (platform === 'win32') return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'Drover');
  const xdg = env['XDG_DATA_HOME'];
  // The XDG specification says that a relative path there is to be ignored.
  return path.join(xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'share'), 'drover');
}

/** Creates the folder when it is missing. A problem is one sentence saying what to do. */
export function prepareDataFolder(dir: string): FolderProblem | undefined {
  const problem = (why: string): FolderProblem => unusableFolder(dir, why);
  const probe = path.join(dir, `.probe-${process.pid}`);
  try {
    makeFolders(dir);
    if (!statSync(dir).isDirectory()) return problem('it is not a folder');
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    // Asking is not enough: a read-only or full disk says yes and fails at the first write.
    const file = openSync(probe, 'w', 0o600);
    writeSync(file, 'probe');
    closeSync(file);
    unlinkSync(probe);
    return undefined;
  } catch (error) {
    discard(probe);
    return problem(reasonOf(error));
  }
}

/** Prepares the folder and takes its lock. Waits only for a holder that is already going down. */
export async function openDataFolder(dir: string, supervisor?: number): Promise<DataFolder | FolderProblem> {
  const unusable = prepareDataFolder(dir);
  if (unusable !== undefined) return unusable;
  const content: LockContent = {
    holder: markOf(process.pid),
    ...(supervisor === undefined ? {} : { supervisor: markOf(supervisor) }),
  };
  const deadline = performance.now() + DYING_HOLDER_MS;
  for (;;) {
    try {
      if (takeLock(dir, content)) return lockedFolder(dir);
    } catch (error) {
      return unusableFolder(dir, reasonOf(error));
    }
    const held = readLock(dir);
    if (held === undefined || !isRunning(held.holder)) {
      removeStale(dir);
    } else {
      // Its supervisor is gone, or is ours as well: then we were started because it ended.
      const isGoingDown =
        held.supervisor !== undefined && (!isRunning(held.supervisor) || isSame(held.supervisor, content.supervisor));
      if (!isGoingDown || performance.now() > deadline) return inUse(dir, held);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** Says whether somebody else uses the folder now, without taking it. */
export function folderInUse(dir: string): FolderProblem | undefined {
  const held = readLock(dir);
  if (held === undefined || !isRunning(held.holder)) return undefined;
  return held.supervisor !== undefined && !isRunning(held.supervisor) ? undefined : inUse(dir, held);
}

/**
 * Node's own recursive mkdir never returns where a folder cannot be made although its parent exists and the system says
 * ENOENT (below /proc, for one), so each missing folder is made by itself.
 */
function makeFolders(dir: string): void {
  const missing: string[] = [];
  for (let at = path.resolve(dir); !existsSync(at) && path.dirname(at) !== at; at = path.dirname(at)) missing.push(at);
  for (const folder of missing.toReversed()) {
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function unusableFolder(dir: string, why: string): FolderProblem {
  return {
    code: 'not-writable',
    message: `the data folder ${dir} cannot be used (${why}); choose another with --data-dir DIR.`,
  };
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The folder is unusable anyway.
  }
}

function inUse(dir: string, held: LockContent): FolderProblem {
  return {
    code: 'in-use',
    message: `another Drover (process ${held.holder.pid}) already uses the data folder ${dir}; stop it, or choose another folder with --data-dir DIR.`,
  };
}

function lockedFolder(dir: string): DataFolder {
  let isHeld = true;
  return {
    dir,
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      if (readLock(dir)?.holder.pid === process.pid) rmSync(path.join(dir, LOCK_FILE), { force: true });
    },
  };
}

/** The lock appears with its content or not at all. */
function takeLock(dir: string, content: LockContent): boolean {
  const lock = path.join(dir, LOCK_FILE);
  const draft = path.join(dir, `.lock-${process.pid}`);
  const file = openSync(draft, 'w', 0o600);
  writeSync(file, JSON.stringify(content));
  closeSync(file);
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return false;
    return takeWithoutLinks(lock, content);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** For file systems without hard links (exFAT, some network drives). */
function takeWithoutLinks(lock: string, content: LockContent): boolean {
  try {
    const file = openSync(lock, 'wx', 0o600);
    writeSync(file, JSON.stringify(content));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isSame(a: ProcessMark, b: ProcessMark | undefined): boolean {
  return b !== undefined && a.pid === b.pid && a.started === b.started;
}

function readLock(dir: string): LockContent | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path.join(dir, LOCK_FILE), 'utf8'));
    return isLockContent(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isLockContent(value: unknown): value is LockContent {
  if (typeof value !== 'object' || value === null || !('holder' in value) || !isMark(value.holder)) return false;
  return !('supervisor' in value) || isMark(value.supervisor);
}

function isMark(value: unknown): value is ProcessMark {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'started' in value &&
    typeof value.started === 'string'
  );
}

/**
 * Removes a lock whose holder is gone. Two that find the same stale lock must not remove each other's fresh one, so the
 * removal is itself guarded by a folder that only one of them can make, and the lock is looked at again inside.
 */
function removeStale(dir: string): void {
  const guard = path.join(dir, `${LOCK_FILE}.takeover`);
  const lock = path.join(dir, LOCK_FILE);
  try {
    mkdirSync(guard);
  } catch {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > TAKEOVER_STALE_MS) rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    const held = readLock(dir);
    if (held !== undefined && isRunning(held.holder)) return;
    const aside = path.join(dir, `.lock-stale-${process.pid}`);
    renameSync(lock, aside);
    rmSync(aside, { force: true });
  } catch {
    // It went by itself.
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'no permission to write there';
    case 'ENOENT':
      return 'it cannot be made there';
    case 'EROFS':
      return 'the disk is read-only';
    case 'ENOSPC':
      return 'the disk is full';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of its path is not a folder';
    default:
      return code ?? 'unknown reason';
  }
}
