// A lock between processes of this project, so that two commands never install or build at the same time.
import {
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  closeSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sorry, out, say } from './project.mjs';

/** Older than this a lock is left over, even when its process id lives on as another process. */
const STALE_AFTER_MS = 30 * 60_000;

/**
 * @template T
 * @param {string} name what is locked
 * @param {string} waiting said once when somebody else holds the lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, waiting, work) {
  const folder = path.join(out, '.locks');
  const file = path.join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Sorry(
      `Drover cannot write to its own folder (${errorCode(error)}); make ${out} writable and run the command again.`,
    );
  }
  let said = false;
  while (!take(file)) {
    if (!said) say(waiting);
    said = true;
    await sleep(150);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** @param {string} file @returns {boolean} */
function take(file) {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, `${process.pid}\n`);
    closeSync(handle);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  dropIfStale(file);
  return false;
}

/** @param {string} file */
function dropIfStale(file) {
  const holder = read(file);
  if (holder === undefined || !isStale(file, holder)) return;
  // Two waiters may both see a dead holder: move the lock aside first and give it back when it turns out to be a new one.
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (read(aside) !== holder) {
    try {
      linkSync(aside, file);
    } catch {
      // Somebody took the lock in between; theirs is as good.
    }
  }
  rmSync(aside, { force: true });
}

/** @param {string} file @param {string} holder */
function isStale(file, holder) {
  const ageMs = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  const pid = Number(holder);
  // An empty file is a lock being written this very moment.
  if (!Number.isInteger(pid) || pid <= 0) return ageMs > 5_000;
  if (ageMs > STALE_AFTER_MS) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** @param {unknown} error */
export function errorCode(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
