/** A file system whose disk fills up or breaks on demand; everything else is the real one. For tests. */
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';

export interface FaultyFiles {
  readonly files: FileSystem;
  /** Bytes that may still be written; Infinity is a healthy disk. A write that does not fit is cut short, as real ones are. */
  roomBytes: number;
  /** Code that the next syncs fail with, '' for none. */
  syncFails: string;
  /** What was written since the last sync of each file, to be undone by `loseUnsynced`. */
  loseUnsynced(): void;
}

export function createFaultyFiles(): FaultyFiles {
  const names = new Map<number, string>();
  const syncedSize = new Map<string, number>();
  const fail = (code: string): never => {
    throw Object.assign(new Error(`${code}: injected`), { code });
  };
  const faulty: FaultyFiles = {
    roomBytes: Number.POSITIVE_INFINITY,
    syncFails: '',
    loseUnsynced: () => {
      for (const [file, size] of syncedSize) {
        const now = nodeFileSystem.fileSize(file);
        if (now === null || now <= size) continue;
        const fd = nodeFileSystem.open(file, 'r+');
        nodeFileSystem.truncate(fd, size);
        nodeFileSystem.close(fd);
      }
    },
    files: {
      ...nodeFileSystem,
      open: (file, flags) => {
        const fd = nodeFileSystem.open(file, flags);
        names.set(fd, file);
        if (flags === 'w' || flags === 'wx') syncedSize.set(file, 0);
        return fd;
      },
      write: (fd, bytes, position) => {
        const fits = Math.min(bytes.length, faulty.roomBytes);
        if (fits > 0) nodeFileSystem.write(fd, bytes.subarray(0, fits), position);
        faulty.roomBytes -= fits;
        if (fits < bytes.length) fail('ENOSPC');
      },
      sync: (fd) => {
        if (faulty.syncFails !== '') fail(faulty.syncFails);
        nodeFileSystem.sync(fd);
        const file = names.get(fd);
        if (file !== undefined) syncedSize.set(file, nodeFileSystem.size(fd));
      },
      freeBytes: (folder) => (Number.isFinite(faulty.roomBytes) ? faulty.roomBytes : nodeFileSystem.freeBytes(folder)),
    },
  };
  return faulty;
}
