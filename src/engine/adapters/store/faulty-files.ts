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
  /** What writes inside the synced part of a file replaced, oldest first. */
  const replaced = new Map<string, { readonly position: number; readonly bytes: Uint8Array }[]>();
  const fail = (code: string): never => {
    throw Object.assign(new Error(`${code}: injected`), { code });
  };
  const faulty: FaultyFiles = {
    roomBytes: Number.POSITIVE_INFINITY,
    syncFails: '',
    loseUnsynced: () => {
      for (const [file, size] of syncedSize) {
        const now = nodeFileSystem.fileSize(file);
        if (now === null) continue;
        const fd = nodeFileSystem.open(file, 'r+');
        for (const { position, bytes } of (replaced.get(file) ?? []).toReversed())
          nodeFileSystem.write(fd, bytes, position);
        if (now > size) nodeFileSystem.truncate(fd, size);
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
        const file = names.get(fd);
        const kept = Math.min(fits, (syncedSize.get(file ?? '') ?? 0) - position);
        if (file !== undefined && kept > 0) {
          const before = new Uint8Array(kept);
          const reader = nodeFileSystem.open(file, 'r');
          nodeFileSystem.read(reader, before, position);
          nodeFileSystem.close(reader);
          replaced.set(file, [...(replaced.get(file) ?? []), { position, bytes: before }]);
        }
        if (fits > 0) nodeFileSystem.write(fd, bytes.subarray(0, fits), position);
        faulty.roomBytes -= fits;
        if (fits < bytes.length) fail('ENOSPC');
      },
      rename: (from, to) => {
        nodeFileSystem.rename(from, to);
        const size = syncedSize.get(from);
        if (size !== undefined) syncedSize.set(to, size);
        else syncedSize.delete(to);
        const before = replaced.get(from);
        if (before !== undefined) replaced.set(to, before);
        else replaced.delete(to);
        syncedSize.delete(from);
        replaced.delete(from);
      },
      sync: (fd) => {
        if (faulty.syncFails !== '') fail(faulty.syncFails);
        nodeFileSystem.sync(fd);
        const file = names.get(fd);
        if (file === undefined) return;
        syncedSize.set(file, nodeFileSystem.size(fd));
        replaced.delete(file);
      },
      freeBytes: (folder) => (Number.isFinite(faulty.roomBytes) ? faulty.roomBytes : nodeFileSystem.freeBytes(folder)),
    },
  };
  return faulty;
}
