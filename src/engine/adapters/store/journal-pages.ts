/**
 * Finds journal rows in the raw pages of a damaged database and its write-ahead log, without asking SQLite, which stops at
 * the first page it dislikes. Every row carries a checksum over all its fields, so what is found is right or is not taken
 * (docs/specs/journal.md, SLV2). File format: sqlite.org/fileformat2.html, table b-tree leaf pages and record format.
 */
import type { JournalRow } from '../../journal/journal-record.ts';
import { rowCrc } from '../../journal/journal-record.ts';
import type { JournalKind } from '../../ports/journal.ts';

export const PAGE_BYTES = 4096;
const LEAF_TABLE = 0x0d;
const WAL_HEADER_BYTES = 32;
const WAL_FRAME_HEADER_BYTES = 24;
const COLUMNS = 11;
const BODY_BYTES_MAX = 64 * 1024 * 1024;

export interface FoundRow {
  readonly position: number;
  readonly day: string;
  readonly row: JournalRow;
  readonly crc: number;
}

/** Rows with a right checksum, by (day, seq), found anywhere in the file or in the log. */
export function findRows(main: Uint8Array, log: Uint8Array): Map<string, FoundRow> {
  const found = new Map<string, FoundRow>();
  const pages = latestPages(main, log);
  const overflow = (page: number): Uint8Array | undefined => pages.get(page)?.at(-1);
  for (const versions of pages.values()) for (const page of versions) findInPage(page, overflow, found);
  return found;
}

/** Page number -> its versions, the one from the main file first. */
function latestPages(main: Uint8Array, log: Uint8Array): Map<number, Uint8Array[]> {
  const pages = new Map<number, Uint8Array[]>();
  for (let at = 0; at < main.length; at += PAGE_BYTES)
    pages.set(at / PAGE_BYTES + 1, [main.subarray(at, at + PAGE_BYTES)]);
  const step = WAL_FRAME_HEADER_BYTES + PAGE_BYTES;
  for (let at = WAL_HEADER_BYTES; at + step <= log.length; at += step) {
    const number = new DataView(log.buffer, log.byteOffset + at).getUint32(0, false);
    const versions = pages.get(number);
    const page = log.subarray(at + WAL_FRAME_HEADER_BYTES, at + step);
    if (versions === undefined) pages.set(number, [page]);
    else versions.push(page);
  }
  return pages;
}

type Overflow = (page: number) => Uint8Array | undefined;

function findInPage(page: Uint8Array, overflow: Overflow, found: Map<string, FoundRow>): void {
  // Page 1 starts with the file header; journal rows are never there, and a damaged type byte hides only itself.
  if (page.length < 8 || page[0] !== LEAF_TABLE) return;
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  const cells = view.getUint16(3, false);
  for (let i = 0; i < cells && 8 + i * 2 + 2 <= page.length; i++) {
    const found1 = readCell(page, view.getUint16(8 + i * 2, false), overflow);
    if (found1 !== null) found.set(`${found1.day}/${found1.row.seq}`, found1);
  }
}

function readCell(page: Uint8Array, at: number, overflow: Overflow): FoundRow | null {
  const size = readVarint(page, at);
  if (size === null || size.value > BODY_BYTES_MAX) return null;
  const rowid = readVarint(page, size.next);
  if (rowid === null) return null;
  const payload = readPayload(page, rowid.next, size.value, overflow);
  if (payload === null) return null;
  const values = readRecord(payload);
  if (values === null || values.length !== COLUMNS) return null;
  const [, day, seq, inputNo, atUs, kind, id, cause, symbol, bodyJson, crc] = values;
  if (typeof day !== 'string' || typeof seq !== 'number' || typeof inputNo !== 'number' || typeof atUs !== 'number')
    return null;
  if (typeof kind !== 'string' || typeof id !== 'string' || typeof cause !== 'string' || typeof symbol !== 'string')
    return null;
  if (typeof bodyJson !== 'string' || typeof crc !== 'number') return null;
  const row: JournalRow = { seq, inputNo, atUs, kind: kind as JournalKind, id, cause, symbol, bodyJson };
  return rowCrc(day, row) === crc ? { position: rowid.value, day, row, crc } : null;
}

/** The record's bytes: those on the page, then those on its overflow pages. */
function readPayload(page: Uint8Array, at: number, size: number, overflow: Overflow): Uint8Array | null {
  const usable = PAGE_BYTES;
  const localMax = usable - 35;
  if (size <= localMax) return at + size <= page.length ? page.subarray(at, at + size) : null;
  const localMin = Math.floor(((usable - 12) * 32) / 255) - 23;
  const surplus = localMin + ((size - localMin) % (usable - 4));
  const local = surplus <= localMax ? surplus : localMin;
  if (at + local + 4 > page.length) return null;
  const payload = new Uint8Array(size);
  payload.set(page.subarray(at, at + local));
  let done = local;
  let next = new DataView(page.buffer, page.byteOffset + at + local).getUint32(0, false);
  while (done < size) {
    const more = overflow(next);
    if (more === undefined || more.length < usable) return null;
    const take = Math.min(usable - 4, size - done);
    payload.set(more.subarray(4, 4 + take), done);
    done += take;
    next = new DataView(more.buffer, more.byteOffset).getUint32(0, false);
  }
  return payload;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function readRecord(payload: Uint8Array): (number | string | null)[] | null {
  const headerSize = readVarint(payload, 0);
  if (headerSize === null || headerSize.value > payload.length) return null;
  const values: (number | string | null)[] = [];
  let header = headerSize.next;
  let at = headerSize.value;
  while (header < headerSize.value) {
    const type = readVarint(payload, header);
    if (type === null) return null;
    header = type.next;
    const value = readValue(payload, at, type.value);
    if (value === null || values.length > COLUMNS) return null;
    values.push(value.value);
    at = value.next;
  }
  return values;
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8];

function readValue(
  bytes: Uint8Array,
  at: number,
  type: number,
): { readonly value: number | string | null; readonly next: number } | null {
  if (type === 0) return { value: null, next: at };
  if (type === 8 || type === 9) return { value: type - 8, next: at };
  if (type <= 6) {
    const count = INTEGER_BYTES[type] as number;
    if (at + count > bytes.length) return null;
    let value = ((bytes[at] as number) << 24) >> 24;
    for (let i = 1; i < count; i++) value = value * 256 + (bytes[at + i] as number);
    return { value, next: at + count };
  }
  if (type === 7) {
    if (at + 8 > bytes.length) return null;
    return { value: new DataView(bytes.buffer, bytes.byteOffset + at).getFloat64(0, false), next: at + 8 };
  }
  if (type < 13 || type % 2 === 0) return null;
  const length = (type - 13) / 2;
  if (at + length > bytes.length) return null;
  try {
    return { value: utf8.decode(bytes.subarray(at, at + length)), next: at + length };
  } catch {
    return null;
  }
}

/** SQLite's big-endian variable-length integer; values beyond 2^53 cannot occur in our rows. */
function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } | null {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return null;
    value = value * 128 + (byte & 127);
    if (byte < 128) return { value, next: at + i + 1 };
  }
  return null;
}
