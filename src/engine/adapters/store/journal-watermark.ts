/**
 * How far the journal was committed, in a small file beside it. SQLite silently forgets the end of a damaged write-ahead
 * log; with this mark the loss is noticed, named and, where the rows can still be read, undone (docs/specs/journal.md,
 * JRN6). The file is written after every commit without a sync: after a power cut it may be behind, never ahead.
 */
import path from 'node:path';
import { crc32c } from '../../lib/crc32c.ts';
import type { FileSystem } from './file-system.ts';
import { readWhole } from './file-system.ts';

const SLOT_BYTES = 32;
const SLOTS = 2;

export class Watermark {
  readonly #files: FileSystem;
  readonly #file: string;
  #fd: number | null = null;
  #turn = 0;
  readonly #bytes = new Uint8Array(SLOT_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);

  constructor(files: FileSystem, folder: string) {
    this.#files = files;
    this.#file = path.join(folder, 'committed');
  }

  /** Best effort: a mark that cannot be written must not stop the journal. */
  set(day: string, seq: number): void {
    try {
      this.#fd ??= this.#files.open(this.#file, this.#files.fileSize(this.#file) === null ? 'w' : 'r+');
      for (let i = 0; i < 10; i++) this.#bytes[i] = day.charCodeAt(i);
      this.#view.setFloat64(16, seq, true);
      this.#view.setUint32(28, crc32c(this.#bytes, 0, 28), true);
      this.#files.write(this.#fd, this.#bytes, this.#turn * SLOT_BYTES);
      this.#turn = (this.#turn + 1) % SLOTS;
    } catch {
      // See above.
    }
  }

  close(): void {
    if (this.#fd !== null) this.#files.close(this.#fd);
    this.#fd = null;
  }
}

/** Day -> sequence known to have been committed. A damaged slot is ignored: the other one is one commit older. */
export function readWatermark(files: FileSystem, folder: string): Map<string, number> {
  const marks = new Map<string, number>();
  const bytes = readWhole(files, path.join(folder, 'committed'));
  if (bytes === null) return marks;
  for (let at = 0; at + SLOT_BYTES <= bytes.length; at += SLOT_BYTES) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    if (view.getUint32(28, true) !== crc32c(bytes, at, at + 28)) continue;
    const day = String.fromCharCode(...bytes.subarray(at, at + 10));
    marks.set(day, Math.max(marks.get(day) ?? 0, view.getFloat64(16, true)));
  }
  return marks;
}
