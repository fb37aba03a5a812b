/**
 * The few file operations that storage needs, as an interface, so that tests can make a disk full or a write short at any
 * call. Everything is synchronous: the store worker has nothing else to do while the disk works.
 */
import fs from 'node:fs';
import path from 'node:path';

export interface FileSystem {
  open(file: string, flags: 'r' | 'r+' | 'w' | 'wx' | 'a'): number;
  close(fd: number): void;
  /** Writes all bytes or throws. */
  write(fd: number, bytes: Uint8Array, position: number): void;
  /** Bytes read, fewer only at the end of the file. */
  read(fd: number, target: Uint8Array, position: number): number;
  /** Data on the medium, not only in the cache. */
  sync(fd: number): void;
  size(fd: number): number;
  truncate(fd: number, length: number): void;
  rename(from: string, to: string): void;
  /** A second name for the same file. */
  link(from: string, to: string): void;
  remove(file: string): void;
  makeFolder(folder: string): void;
  /** Names in the folder, sorted by code units; empty when there is no such folder. */
  list(folder: string): string[];
  fileSize(file: string): number | null;
  /** Makes renames and new names in the folder durable. */
  syncFolder(folder: string): void;
  /** Free bytes for this user on the disk that holds the folder; null when it cannot be told. */
  freeBytes(folder: string): number | null;
}

export const nodeFileSystem: FileSystem = {
  open: (file, flags) => fs.openSync(file, flags),
  close: (fd) => fs.closeSync(fd),
  write: (fd, bytes, position) => {
    let done = 0;
    while (done < bytes.length) done += fs.writeSync(fd, bytes, done, bytes.length - done, position + done);
  },
  read: (fd, target, position) => {
    let done = 0;
    while (done < target.length) {
      const got = fs.readSync(fd, target, done, target.length - done, position + done);
      if (got === 0) break;
      done += got;
    }
    return done;
  },
  sync: (fd) => fs.fdatasyncSync(fd),
  size: (fd) => fs.fstatSync(fd).size,
  truncate: (fd, length) => fs.ftruncateSync(fd, length),
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) => fs.linkSync(from, to),
  remove: (file) => fs.rmSync(file, { force: true, recursive: true }),
  makeFolder: (folder) => void fs.mkdirSync(folder, { recursive: true }),
  list: (folder) => {
    try {
      return fs.readdirSync(folder).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  },
  fileSize: (file) => fs.statSync(file, { throwIfNoEntry: false })?.size ?? null,
  syncFolder: (folder) => {
    // Windows refuses to open a folder; there a rename is durable once the file was synced.
    if (process.platform === 'win32') return;
    const fd = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
  freeBytes: (folder) => {
    try {
      const stats = fs.statfsSync(folder);
      return stats.bavail * stats.bsize;
    } catch {
      return null;
    }
  },
};

/** The `code` of a system error, '' for anything else. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The disk has no room, or this user has none left on it. */
export function isDiskFull(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT' || /database or disk is full|SQLITE_FULL/i.test(errorText(error));
}

/**
 * Writes a whole file so that after a crash at any point either the old or the new content is there, never a mixture.
 * `beforeRename` runs when the new content is safe and the old one still in its place.
 */
export function writeAtomically(files: FileSystem, file: string, bytes: Uint8Array, beforeRename?: () => void): void {
  const temporary = `${file}.tmp`;
  const fd = files.open(temporary, 'w');
  try {
    files.write(fd, bytes, 0);
    files.sync(fd);
  } catch (error) {
    files.close(fd);
    files.remove(temporary);
    throw error;
  }
  files.close(fd);
  beforeRename?.();
  files.rename(temporary, file);
  files.syncFolder(path.dirname(file));
}

/** The whole file, or null when it is not there. */
export function readWhole(files: FileSystem, file: string): Uint8Array | null {
  const size = files.fileSize(file);
  if (size === null) return null;
  const fd = files.open(file, 'r');
  try {
    const bytes = new Uint8Array(size);
    const got = files.read(fd, bytes, 0);
    return got === size ? bytes : bytes.subarray(0, got);
  } finally {
    files.close(fd);
  }
}
