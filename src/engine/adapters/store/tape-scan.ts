/**
 * Walks the blocks of one segment and finds what is damaged: a torn tail, a hole in the middle, a broken index. Damage is
 * a fact to report with the inputs and the time it cost, never an error (docs/specs/tape.md, DMG1..).
 */
import path from 'node:path';
import { crc32c } from '../../lib/crc32c.ts';
import type { EpochUs, InputNo } from '../../model/units.ts';
import type { FileSystem } from './file-system.ts';
import type { BlockHeader, IndexEntry, SegmentHeader } from './tape-format.ts';
import {
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  decodeBlockHeader,
  decodeIndex,
  decodeIndexTail,
  decodeSegmentHeader,
  encodeIndex,
  INDEX_TAIL,
  indexBytes,
  SEGMENT_HEADER_BYTES,
  SEGMENT_VERSION,
  segmentName,
  segmentNumber,
} from './tape-format.ts';

export interface TapeDamage {
  /**
   * header: the segment's own header; index: nothing is lost; hole: blocks in the middle; tail: the end was cut;
   * version: written by a newer program; overlap: inputs that come twice (the second time ignored).
   */
  readonly kind: 'header' | 'index' | 'hole' | 'tail' | 'version' | 'overlap';
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  /** The inputs lost lie strictly between these two; null when that side is open. */
  readonly afterInputNo: InputNo | null;
  readonly beforeInputNo: InputNo | null;
  readonly afterUs: EpochUs | null;
  readonly beforeUs: EpochUs | null;
  /** Events lost as far as headers tell; null when they do not. */
  readonly events: number | null;
}

export interface BlockRef {
  readonly offset: number;
  readonly header: BlockHeader;
}

/** An unreadable stretch between two good blocks, or behind the last. */
export interface BadStretch {
  readonly offset: number;
  readonly bytes: number;
  /** The header was fine and only the payload is cut off. */
  readonly header: BlockHeader | null;
}

const SEARCH_BYTES = 1 << 20;

/** An open segment file: headers on demand, nothing held but a small window. */
export class SegmentFile {
  readonly file: string;
  readonly header: SegmentHeader | null;
  readonly #files: FileSystem;
  readonly fd: number;
  readonly #head = new Uint8Array(BLOCK_HEADER_BYTES);

  constructor(files: FileSystem, file: string) {
    this.#files = files;
    this.file = file;
    this.fd = files.open(file, 'r');
    const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
    const got = files.read(this.fd, bytes, 0);
    this.header = decodeSegmentHeader(bytes.subarray(0, got));
  }

  close(): void {
    this.#files.close(this.fd);
  }

  size(): number {
    return this.#files.size(this.fd);
  }

  /** Where the blocks end, and the index if the segment was closed and its index is whole. */
  dataEnd(): { readonly end: number; readonly index: IndexEntry[] | null; readonly isClosed: boolean } {
    const size = this.size();
    if (size < SEGMENT_HEADER_BYTES + INDEX_TAIL) return { end: size, index: null, isClosed: false };
    const tail = new Uint8Array(INDEX_TAIL);
    this.#files.read(this.fd, tail, size - INDEX_TAIL);
    const found = decodeIndexTail(tail);
    if (found === null || found.at < SEGMENT_HEADER_BYTES || found.at + found.bytes + INDEX_TAIL !== size)
      return { end: size, index: null, isClosed: false };
    const bytes = new Uint8Array(found.bytes);
    this.#files.read(this.fd, bytes, found.at);
    return { end: found.at, index: decodeIndex(bytes, found.crc), isClosed: true };
  }

  /** The block whose header stands at `offset` and whose payload ends by `end`; null when there is none. */
  blockAt(offset: number, end: number): BlockRef | null {
    const header = this.headerAt(offset, end);
    if (header === null || offset + BLOCK_HEADER_BYTES + header.storedBytes > end) return null;
    return { offset, header };
  }

  headerAt(offset: number, end: number): BlockHeader | null {
    if (offset + BLOCK_HEADER_BYTES > end) return null;
    if (this.#files.read(this.fd, this.#head, offset) < BLOCK_HEADER_BYTES) return null;
    return decodeBlockHeader(this.#head);
  }

  /** The stored payload, null when its checksum is wrong. */
  payload(block: BlockRef): Uint8Array | null {
    const bytes = new Uint8Array(block.header.storedBytes);
    if (this.#files.read(this.fd, bytes, block.offset + BLOCK_HEADER_BYTES) < bytes.length) return null;
    return crc32c(bytes) === block.header.payloadCrc ? bytes : null;
  }

  /** Offset of the next block at or after `from`, -1 when there is none before `end`. */
  findBlock(from: number, end: number): number {
    const window = new Uint8Array(SEARCH_BYTES);
    for (let base = from; base < end; base += SEARCH_BYTES - BLOCK_HEADER_BYTES) {
      const got = Math.min(this.#files.read(this.fd, window, base), end - base);
      for (let i = 0; i + BLOCK_HEADER_BYTES <= got; i++) {
        if (window[i] !== (BLOCK_MAGIC & 255) || window[i + 1] !== ((BLOCK_MAGIC >>> 8) & 255)) continue;
        if (decodeBlockHeader(window.subarray(0, got), i) !== null && this.blockAt(base + i, end) !== null)
          return base + i;
      }
      if (got < SEARCH_BYTES) break;
    }
    return -1;
  }
}

export interface SegmentScan {
  readonly header: SegmentHeader | null;
  readonly isClosed: boolean;
  readonly isIndexWhole: boolean;
  readonly size: number;
  /** Behind the last good block. */
  readonly goodEnd: number;
  readonly blocks: readonly BlockRef[];
  readonly bad: readonly BadStretch[];
  readonly index: readonly IndexEntry[];
}

/** Reads every block header of the segment, and with `checkPayloads` every byte. */
export function scanSegment(segment: SegmentFile, checkPayloads: boolean): SegmentScan {
  const size = segment.size();
  const { end, index, isClosed } = segment.dataEnd();
  const blocks: BlockRef[] = [];
  const bad: BadStretch[] = [];
  let at = SEGMENT_HEADER_BYTES;
  let goodEnd = Math.min(size, SEGMENT_HEADER_BYTES);
  while (at < end) {
    const block = segment.blockAt(at, end);
    if (block !== null && (!checkPayloads || segment.payload(block) !== null)) {
      blocks.push(block);
      at += BLOCK_HEADER_BYTES + block.header.storedBytes;
      goodEnd = at;
      continue;
    }
    if (block !== null) {
      const bytes = BLOCK_HEADER_BYTES + block.header.storedBytes;
      bad.push({ offset: at, bytes, header: block.header });
      at += bytes;
      continue;
    }
    const next = segment.findBlock(at + 1, end);
    const stop = next < 0 ? end : next;
    bad.push({ offset: at, bytes: stop - at, header: segment.headerAt(at, end) });
    at = stop;
  }
  return {
    header: segment.header,
    isClosed,
    isIndexWhole: index !== null,
    size,
    goodEnd,
    blocks,
    bad,
    index: index ?? indexOf(blocks),
  };
}

/** The index that the blocks themselves give. */
export function indexOf(blocks: readonly BlockRef[]): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (const { offset, header } of blocks) {
    const last = entries.at(-1);
    if (header.isKey) entries.push(entryOf(offset, header));
    else if (last !== undefined)
      entries[entries.length - 1] = { ...last, lastUs: header.lastUs, lastInputNo: header.lastInputNo };
  }
  return entries;
}

export function entryOf(offset: number, header: BlockHeader): IndexEntry {
  const { firstInputNo, lastInputNo, firstUs, lastUs } = header;
  return { offset, firstInputNo, lastInputNo, firstUs, lastUs };
}

/** What a scan found wrong, in words a user can be told. */
export function damageOf(file: string, scan: SegmentScan): TapeDamage[] {
  const damage: TapeDamage[] = [];
  const none = { afterInputNo: null, beforeInputNo: null, afterUs: null, beforeUs: null, events: null };
  if (scan.header === null)
    damage.push({
      ...none,
      kind: 'header',
      file,
      offset: 0,
      bytes: Math.min(scan.size, SEGMENT_HEADER_BYTES),
      events: 0,
    });
  else if (scan.header.version > SEGMENT_VERSION)
    damage.push({ ...none, kind: 'version', file, offset: 0, bytes: scan.size });
  for (const stretch of scan.bad) {
    const before = scan.blocks.findLast((block) => block.offset < stretch.offset);
    const after = scan.blocks.find((block) => block.offset > stretch.offset);
    const isIndex = after === undefined && stretch.header === null && stretch.bytes === indexBytes(scan.index.length);
    damage.push({
      kind: isIndex ? 'index' : after === undefined ? 'tail' : 'hole',
      file,
      offset: stretch.offset,
      bytes: stretch.bytes,
      afterInputNo: before?.header.lastInputNo ?? null,
      beforeInputNo: after?.header.firstInputNo ?? null,
      afterUs: before?.header.lastUs ?? null,
      beforeUs: after?.header.firstUs ?? null,
      events: isIndex ? 0 : (stretch.header?.events ?? null),
    });
  }
  if (scan.isClosed && !scan.isIndexWhole)
    damage.push({ ...none, kind: 'index', file, offset: scan.goodEnd, bytes: scan.size - scan.goodEnd, events: 0 });
  return damage;
}

/**
 * Looks at the last segment of a day that an earlier run left behind. If that run did not close it, every block is
 * checked, the end is cut at the last good block, and the index is written, so that the segment is whole again.
 */
export function repairLastSegment(
  files: FileSystem,
  folder: string,
): { readonly damage: TapeDamage[]; readonly lastInputNo: InputNo } {
  const names = files.list(folder).filter((name) => segmentNumber(name) !== null);
  const damage: TapeDamage[] = [];
  for (let i = names.length - 1; i >= 0; i--) {
    const file = path.join(folder, names[i] as string);
    const segment = new SegmentFile(files, file);
    let scan: SegmentScan;
    try {
      const { index, isClosed } = segment.dataEnd();
      scan = scanSegment(segment, !isClosed || index === null);
    } finally {
      segment.close();
    }
    damage.push(...damageOf(file, scan));
    if (!scan.isClosed && scan.header !== null && scan.header.version <= SEGMENT_VERSION)
      closeScanned(files, file, scan);
    const last = scan.blocks.at(-1);
    if (last !== undefined) return { damage, lastInputNo: last.header.lastInputNo };
  }
  return { damage, lastInputNo: 0 };
}

/** Best effort: on a full disk the segment stays unclosed, which readers cope with. */
function closeScanned(files: FileSystem, file: string, scan: SegmentScan): void {
  const fd = files.open(file, 'r+');
  try {
    if (scan.goodEnd < scan.size) files.truncate(fd, scan.goodEnd);
    files.write(fd, encodeIndex(indexOf(scan.blocks), scan.goodEnd), scan.goodEnd);
    files.sync(fd);
  } catch {
    files.truncate(fd, scan.goodEnd);
  } finally {
    files.close(fd);
  }
}

/** Segment files of a day, in order. */
export function listSegments(files: FileSystem, folder: string): { readonly file: string; readonly segment: number }[] {
  return files
    .list(folder)
    .map((name) => segmentNumber(name))
    .filter((segment) => segment !== null)
    .sort((a, b) => a - b)
    .map((segment) => ({ file: path.join(folder, segmentName(segment)), segment }));
}
