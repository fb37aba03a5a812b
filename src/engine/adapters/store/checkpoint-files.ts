/**
 * Checkpoints on disk: one file of named sections, compressed, with a checksum each and one over the whole, written beside
 * the place, synced and renamed, so that a checkpoint is there completely or not at all. The newest whole one is read; what
 * was passed over on the way is reported (docs/specs/checkpoint.md).
 *
 * Writing is cut into steps of a quarter of a megabyte, so that the thread that writes can commit journal records in between.
 */
import path from 'node:path';
import { crc32c } from '../../lib/crc32c.ts';
import type { EpochUs, InputNo } from '../../model/units.ts';
import type { CheckpointReader } from '../../ports/checkpoint.ts';
import { Codec, compress, decompress } from './compression.ts';
import type { FileSystem } from './file-system.ts';
import { errorText, isDiskFull, nodeFileSystem, readWhole } from './file-system.ts';

const MAGIC = 0x504b4344; // "DCKP"
export const CHECKPOINT_VERSION = 1;
const HEADER_BYTES = 16;
const FOOTER_BYTES = 48;
const CHUNK_BYTES = 256 << 10;
/** A sync of more than this would keep journal commits waiting. */
const SYNC_BYTES = 1 << 20;
const TABLE_BYTES_MAX = 64 << 20;

/** What a checkpoint says about itself; `section` versions are the business of the parts that wrote them. */
export interface CheckpointMeta {
  readonly day: string;
  readonly inputNo: InputNo;
  readonly atUs: EpochUs;
  /** Highest journal sequence whose effects are in the state. */
  readonly seq: number;
  /** Of the program and of the state's layout, as the engine defines it. */
  readonly engineVersion: string;
  readonly stateVersion: number;
}

export interface CheckpointSection {
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface ChunkEntry {
  readonly at: number;
  readonly stored: number;
  readonly raw: number;
  readonly codec: number;
}

interface SectionEntry {
  readonly name: string;
  readonly bytes: number;
  /** Of the uncompressed bytes. */
  readonly crc: number;
  readonly chunks: readonly ChunkEntry[];
}

interface Table {
  readonly meta: CheckpointMeta;
  readonly sections: readonly SectionEntry[];
}

export type CheckpointWritten =
  | {
      readonly kind: 'written';
      readonly file: string;
      readonly bytes: number;
      readonly rawBytes: number;
      readonly removed: readonly string[];
    }
  | { readonly kind: 'failed'; readonly code: 'disk-full' | 'io-error'; readonly message: string };

/** One checkpoint being written, step by step. */
export class CheckpointJob {
  readonly #files: FileSystem;
  readonly #folder: string;
  readonly #meta: CheckpointMeta;
  readonly #sections: readonly CheckpointSection[];
  readonly #keep: number;
  readonly #temporary: string;
  readonly #done: SectionEntry[] = [];
  #chunks: ChunkEntry[] = [];
  #fd = -1;
  #position = 0;
  #synced = 0;
  #fileCrc = 0;
  #section = 0;
  #offset = 0;
  #sectionCrc = 0;

  constructor(
    files: FileSystem,
    dataDir: string,
    meta: CheckpointMeta,
    sections: readonly CheckpointSection[],
    keep: number,
  ) {
    this.#files = files;
    this.#folder = path.join(dataDir, 'checkpoints');
    this.#meta = meta;
    this.#sections = sections;
    this.#keep = Math.max(1, keep);
    this.#temporary = path.join(this.#folder, `${checkpointName(meta)}.tmp`);
  }

  /** Does a quarter of a megabyte of work. Null while there is more to do. */
  step(): CheckpointWritten | null {
    try {
      if (this.#fd < 0) this.#start();
      const section = this.#sections[this.#section];
      if (section === undefined) return this.#finish();
      this.#writeChunk(section);
      return null;
    } catch (error) {
      this.#giveUp();
      return { kind: 'failed', code: isDiskFull(error) ? 'disk-full' : 'io-error', message: errorText(error) };
    }
  }

  #start(): void {
    this.#files.makeFolder(this.#folder);
    this.#fd = this.#files.open(this.#temporary, 'w');
    const header = new Uint8Array(HEADER_BYTES);
    const view = new DataView(header.buffer);
    view.setUint32(0, MAGIC, true);
    view.setUint32(4, CHECKPOINT_VERSION, true);
    view.setUint32(12, crc32c(header, 0, 12), true);
    this.#put(header);
  }

  #writeChunk(section: CheckpointSection): void {
    // A copy of our own: the section may lie in shared memory, which native compressors do not take.
    const raw = section.bytes.slice(this.#offset, this.#offset + CHUNK_BYTES);
    if (raw.length > 0) {
      const packed = compress(Codec.lz4, raw);
      const isSmaller = packed.length < raw.length;
      const stored = isSmaller ? packed : raw;
      this.#chunks.push({
        at: this.#position,
        stored: stored.length,
        raw: raw.length,
        codec: isSmaller ? Codec.lz4 : Codec.none,
      });
      this.#sectionCrc = crc32c(raw, 0, raw.length, this.#sectionCrc);
      this.#put(stored);
      this.#offset += raw.length;
    }
    if (this.#offset < section.bytes.length) return;
    this.#done.push({ name: section.name, bytes: section.bytes.length, crc: this.#sectionCrc, chunks: this.#chunks });
    this.#chunks = [];
    this.#sectionCrc = 0;
    this.#offset = 0;
    this.#section++;
  }

  #put(bytes: Uint8Array): void {
    this.#files.write(this.#fd, bytes, this.#position);
    this.#fileCrc = crc32c(bytes, 0, bytes.length, this.#fileCrc);
    this.#position += bytes.length;
    if (this.#position - this.#synced < SYNC_BYTES) return;
    this.#files.sync(this.#fd);
    this.#synced = this.#position;
  }

  #finish(): CheckpointWritten {
    const table = new TextEncoder().encode(JSON.stringify({ meta: this.#meta, sections: this.#done } satisfies Table));
    const tableAt = this.#position;
    this.#put(table);
    const footer = new Uint8Array(FOOTER_BYTES);
    const view = new DataView(footer.buffer);
    view.setUint32(0, MAGIC, true);
    view.setUint32(4, CHECKPOINT_VERSION, true);
    view.setFloat64(8, tableAt, true);
    view.setUint32(16, table.length, true);
    view.setUint32(20, crc32c(table), true);
    view.setUint32(24, this.#fileCrc, true);
    view.setUint32(44, crc32c(footer, 0, 44), true);
    this.#files.write(this.#fd, footer, this.#position);
    this.#position += FOOTER_BYTES;
    this.#files.sync(this.#fd);
    this.#files.close(this.#fd);
    this.#fd = -1;
    const file = path.join(this.#folder, checkpointName(this.#meta));
    this.#files.rename(this.#temporary, file);
    this.#files.syncFolder(this.#folder);
    const rawBytes = this.#done.reduce((sum, { bytes }) => sum + bytes, 0);
    return { kind: 'written', file, bytes: this.#position, rawBytes, removed: this.#removeOld() };
  }

  /** Older checkpoints beyond the number kept, and what earlier crashes left half written. */
  #removeOld(): string[] {
    const removed: string[] = [];
    const names = this.#files.list(this.#folder);
    const whole = names.filter((name) => name.endsWith('.ckpt'));
    const old = whole.slice(0, Math.max(0, whole.length - this.#keep));
    for (const name of [...old, ...names.filter((name) => name.endsWith('.tmp'))]) {
      this.#files.remove(path.join(this.#folder, name));
      removed.push(name);
    }
    return removed;
  }

  #giveUp(): void {
    try {
      if (this.#fd >= 0) this.#files.close(this.#fd);
      this.#files.remove(this.#temporary);
    } catch {
      // The next checkpoint that succeeds removes it.
    }
    this.#fd = -1;
  }
}

/** Writes a whole checkpoint in one go, for tools and tests. */
export function writeCheckpointFile(
  dataDir: string,
  meta: CheckpointMeta,
  sections: readonly CheckpointSection[],
  keep = 4,
  files: FileSystem = nodeFileSystem,
): CheckpointWritten {
  const job = new CheckpointJob(files, dataDir, meta, sections, keep);
  for (;;) {
    const result = job.step();
    if (result !== null) return result;
  }
}

export interface RejectedCheckpoint {
  readonly file: string;
  readonly reason: 'header' | 'footer' | 'table' | 'checksum' | 'newer-version' | 'unreadable';
  readonly detail: string;
}

export interface CheckpointChoice {
  readonly checkpoint: CheckpointFile | null;
  readonly rejected: readonly RejectedCheckpoint[];
}

/** A checkpoint in memory whose every byte was checked. */
export class CheckpointFile implements CheckpointReader {
  readonly file: string;
  readonly meta: CheckpointMeta;
  readonly #content: Uint8Array;
  readonly #sections: ReadonlyMap<string, SectionEntry>;

  constructor(file: string, content: Uint8Array, table: Table) {
    this.#content = content;
    this.file = file;
    this.meta = table.meta;
    this.#sections = new Map(table.sections.map((section) => [section.name, section]));
  }

  names(): string[] {
    return [...this.#sections.keys()];
  }

  /** The section's bytes, undefined when there is no such section or it does not unpack to what was packed. */
  section(name: string): Uint8Array | undefined {
    const entry = this.#sections.get(name);
    if (entry === undefined) return undefined;
    const bytes = new Uint8Array(entry.bytes);
    let at = 0;
    for (const chunk of entry.chunks) {
      const stored = this.#content.slice(chunk.at, chunk.at + chunk.stored);
      const raw = decompress(chunk.codec, stored, chunk.raw);
      if (raw === null || at + raw.length > bytes.length) return undefined;
      bytes.set(raw, at);
      at += raw.length;
    }
    return at === bytes.length && crc32c(bytes) === entry.crc ? bytes : undefined;
  }
}

/** The newest checkpoint that is whole, of `day` if one is given, and why newer ones were passed over. */
export function newestCheckpoint(dataDir: string, day?: string, files: FileSystem = nodeFileSystem): CheckpointChoice {
  const rejected: RejectedCheckpoint[] = [];
  for (const name of listCheckpoints(dataDir, files).toReversed()) {
    if (day !== undefined && !isOfDay(name, day)) continue;
    const file = path.join(dataDir, 'checkpoints', name);
    const opened = openCheckpoint(file, files);
    if (opened instanceof CheckpointFile) return { checkpoint: opened, rejected };
    rejected.push(opened);
  }
  return { checkpoint: null, rejected };
}

/** Names of finished checkpoints, oldest first. */
export function listCheckpoints(dataDir: string, files: FileSystem = nodeFileSystem): string[] {
  return files.list(path.join(dataDir, 'checkpoints')).filter((name) => name.endsWith('.ckpt'));
}

export function openCheckpoint(file: string, files: FileSystem = nodeFileSystem): CheckpointFile | RejectedCheckpoint {
  try {
    const content = readWhole(files, file);
    if (content === null) return { file, reason: 'unreadable', detail: 'it is gone' };
    const table = readTable(content);
    return 'reason' in table ? { file, ...table } : new CheckpointFile(file, content, table);
  } catch (error) {
    return { file, reason: 'unreadable', detail: errorText(error) };
  }
}

function readTable(content: Uint8Array): Table | Omit<RejectedCheckpoint, 'file'> {
  const size = content.length;
  if (size < HEADER_BYTES + FOOTER_BYTES) return { reason: 'footer', detail: `the file has only ${size} bytes` };
  const header = content.subarray(0, HEADER_BYTES);
  const headerView = new DataView(content.buffer, content.byteOffset, HEADER_BYTES);
  if (headerView.getUint32(0, true) !== MAGIC || headerView.getUint32(12, true) !== crc32c(header, 0, 12))
    return { reason: 'header', detail: 'the first bytes are damaged' };
  const version = headerView.getUint32(4, true);
  if (version > CHECKPOINT_VERSION)
    return {
      reason: 'newer-version',
      detail: `it has format version ${version}, this program reads up to ${CHECKPOINT_VERSION}`,
    };
  const footer = content.slice(size - FOOTER_BYTES);
  const view = new DataView(footer.buffer);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(44, true) !== crc32c(footer, 0, 44))
    return { reason: 'footer', detail: 'the end is missing or damaged' };
  const tableAt = view.getFloat64(8, true);
  const tableBytes = view.getUint32(16, true);
  if (tableBytes > TABLE_BYTES_MAX || tableAt + tableBytes + FOOTER_BYTES !== size)
    return { reason: 'footer', detail: 'the length is not what the end says' };
  const table = content.subarray(tableAt, tableAt + tableBytes);
  if (crc32c(table) !== view.getUint32(20, true)) return { reason: 'table', detail: 'the list of sections is damaged' };
  if (crc32c(content, 0, size - FOOTER_BYTES) !== view.getUint32(24, true))
    return { reason: 'checksum', detail: 'the checksum of the file is wrong' };
  return JSON.parse(new TextDecoder().decode(table)) as Table;
}

/** Recordings of a date beside the first have a letter in their names, which is no input number. */
function isOfDay(name: string, day: string): boolean {
  return name.startsWith(day) && /^-\d+\.ckpt$/.test(name.slice(day.length));
}

function checkpointName(meta: CheckpointMeta): string {
  return `${meta.day}-${String(meta.inputNo).padStart(12, '0')}.ckpt`;
}
