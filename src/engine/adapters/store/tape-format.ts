/**
 * The bytes of a tape segment outside the blocks: file header, block headers, the index at the end of a closed segment
 * (docs/specs/tape.md, SEG1..). All numbers are little endian; every header carries its own checksum, so that a damaged
 * length is never believed.
 */
import { crc32c } from '../../lib/crc32c.ts';
import type { EpochUs, InputNo } from '../../model/units.ts';
import type { BlockFacts } from '../../tape/tape-block.ts';

export const SEGMENT_MAGIC = 0x47455344; // "DSEG"
export const BLOCK_MAGIC = 0x4b4c4244; // "DBLK"
export const INDEX_MAGIC = 0x58444944; // "DIDX"
export const SEGMENT_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 64;
export const BLOCK_HEADER_BYTES = 72;
/** No block is larger, compressed or not: a length beyond this is damage. */
export const BLOCK_BYTES_MAX = 64 * 1024 * 1024;
const INDEX_ENTRY_BYTES = 40;
const INDEX_TAIL_BYTES = 32;

export interface SegmentHeader {
  readonly version: number;
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly segment: number;
  readonly createdUs: EpochUs;
}

export interface BlockHeader extends BlockFacts {
  readonly codec: number;
  readonly storedBytes: number;
  readonly rawBytes: number;
  /** CRC-32C of the stored payload. */
  readonly payloadCrc: number;
}

/** Where a key block starts, and what precedes what: enough to seek by time and by input number. */
export interface IndexEntry {
  readonly offset: number;
  readonly firstInputNo: InputNo;
  readonly firstUs: EpochUs;
  /** Latest receive time of any block before the next key block. */
  readonly lastUs: EpochUs;
  readonly lastInputNo: InputNo;
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SEGMENT_MAGIC, true);
  view.setUint32(4, header.version, true);
  for (let i = 0; i < 10; i++) bytes[8 + i] = header.day.charCodeAt(i);
  view.setUint32(20, header.segment, true);
  view.setFloat64(24, header.createdUs, true);
  view.setUint32(60, crc32c(bytes, 0, 60), true);
  return bytes;
}

export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader | null {
  if (bytes.length < SEGMENT_HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(0, true) !== SEGMENT_MAGIC || view.getUint32(60, true) !== crc32c(bytes, 0, 60)) return null;
  let day = '';
  for (let i = 0; i < 10; i++) day += String.fromCharCode(bytes[8 + i] as number);
  return {
    version: view.getUint32(4, true),
    day,
    segment: view.getUint32(20, true),
    createdUs: view.getFloat64(24, true),
  };
}

export function encodeBlockHeader(header: BlockHeader): Uint8Array {
  const bytes = new Uint8Array(BLOCK_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, BLOCK_MAGIC, true);
  bytes[4] = header.codec;
  bytes[5] = header.isKey ? 1 : 0;
  view.setUint32(8, header.storedBytes, true);
  view.setUint32(12, header.rawBytes, true);
  view.setUint32(16, header.inputs, true);
  view.setUint32(20, header.events, true);
  view.setFloat64(24, header.firstInputNo, true);
  view.setFloat64(32, header.lastInputNo, true);
  view.setFloat64(40, header.firstUs, true);
  view.setFloat64(48, header.lastUs, true);
  view.setUint32(56, header.payloadCrc, true);
  view.setUint32(68, crc32c(bytes, 0, 68), true);
  return bytes;
}

/** Null unless a whole, undamaged block header stands at `at`. */
export function decodeBlockHeader(bytes: Uint8Array, at = 0): BlockHeader | null {
  if (at + BLOCK_HEADER_BYTES > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  if (view.getUint32(0, true) !== BLOCK_MAGIC || view.getUint32(68, true) !== crc32c(bytes, at, at + 68)) return null;
  const storedBytes = view.getUint32(8, true);
  const rawBytes = view.getUint32(12, true);
  if (storedBytes > BLOCK_BYTES_MAX || rawBytes > BLOCK_BYTES_MAX) return null;
  return {
    codec: bytes[at + 4] as number,
    isKey: bytes[at + 5] === 1,
    storedBytes,
    rawBytes,
    inputs: view.getUint32(16, true),
    events: view.getUint32(20, true),
    firstInputNo: view.getFloat64(24, true),
    lastInputNo: view.getFloat64(32, true),
    firstUs: view.getFloat64(40, true),
    lastUs: view.getFloat64(48, true),
    payloadCrc: view.getUint32(56, true),
  };
}

/** The index and its tail: the tail is the last 32 bytes of a closed segment and says where the index starts. */
export function encodeIndex(entries: readonly IndexEntry[], at: number): Uint8Array {
  const bytes = new Uint8Array(entries.length * INDEX_ENTRY_BYTES + INDEX_TAIL_BYTES);
  const view = new DataView(bytes.buffer);
  entries.forEach((entry, i) => {
    const offset = i * INDEX_ENTRY_BYTES;
    view.setFloat64(offset, entry.offset, true);
    view.setFloat64(offset + 8, entry.firstInputNo, true);
    view.setFloat64(offset + 16, entry.firstUs, true);
    view.setFloat64(offset + 24, entry.lastUs, true);
    view.setFloat64(offset + 32, entry.lastInputNo, true);
  });
  const tail = entries.length * INDEX_ENTRY_BYTES;
  view.setFloat64(tail, at, true);
  view.setUint32(tail + 8, entries.length, true);
  view.setUint32(tail + 12, crc32c(bytes, 0, tail), true);
  view.setUint32(tail + 24, INDEX_MAGIC, true);
  view.setUint32(tail + 28, crc32c(bytes, tail, tail + 28), true);
  return bytes;
}

export const INDEX_TAIL = INDEX_TAIL_BYTES;

/** Where the index stands, from the last 32 bytes of the file; null when the segment was not closed. */
export function decodeIndexTail(
  tail: Uint8Array,
): { readonly at: number; readonly bytes: number; readonly crc: number } | null {
  if (tail.length !== INDEX_TAIL_BYTES) return null;
  const view = new DataView(tail.buffer, tail.byteOffset);
  if (view.getUint32(24, true) !== INDEX_MAGIC || view.getUint32(28, true) !== crc32c(tail, 0, 28)) return null;
  return {
    at: view.getFloat64(0, true),
    bytes: view.getUint32(8, true) * INDEX_ENTRY_BYTES,
    crc: view.getUint32(12, true),
  };
}

export function decodeIndex(bytes: Uint8Array, crc: number): IndexEntry[] | null {
  if (crc32c(bytes) !== crc) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const entries: IndexEntry[] = [];
  for (let offset = 0; offset < bytes.length; offset += INDEX_ENTRY_BYTES) {
    entries.push({
      offset: view.getFloat64(offset, true),
      firstInputNo: view.getFloat64(offset + 8, true),
      firstUs: view.getFloat64(offset + 16, true),
      lastUs: view.getFloat64(offset + 24, true),
      lastInputNo: view.getFloat64(offset + 32, true),
    });
  }
  return entries;
}

/** Bytes that the index of so many key blocks takes. */
export function indexBytes(entries: number): number {
  return entries * INDEX_ENTRY_BYTES + INDEX_TAIL_BYTES;
}

export function segmentName(segment: number): string {
  return `${String(segment).padStart(6, '0')}.seg`;
}

/** The number of a segment file, null for any other name. */
export function segmentNumber(name: string): number | null {
  const match = /^(\d{6,9})\.seg$/.exec(name);
  return match === null ? null : Number(match[1]);
}
