/**
 * A journal record as bytes (kernel to store worker) and its checksum (in every row of the database). The body becomes
 * JSON once, in the kernel; from there on it is text and nobody changes it (docs/specs/journal.md, JRN2, JRN3).
 */
import type { ByteSink } from '../lib/byte-sink.ts';
import { ByteSource } from '../lib/byte-sink.ts';
import { crc32c } from '../lib/crc32c.ts';
import { decodeText } from '../lib/text-bytes.ts';
import { encodeUtf8 } from '../model/symbols.ts';
import type { EpochUs, InputNo } from '../model/units.ts';
import type { JournalKind, JournalRecord } from '../ports/journal.ts';

/** A record whose body is its JSON text. */
export interface JournalRow {
  readonly seq: number;
  readonly inputNo: InputNo;
  readonly atUs: EpochUs;
  readonly kind: JournalKind;
  readonly id: string;
  readonly cause: string;
  readonly symbol: string;
  readonly bodyJson: string;
}

/** Numbers that are not finite become null, as in any JSON; an undefined body becomes null. */
export function toRow(record: JournalRecord): JournalRow {
  const { seq, inputNo, atUs, kind, body } = record;
  // A lone surrogate does not survive UTF-8; in the body JSON escapes it.
  const [id, cause, symbol] = [record.id.toWellFormed(), record.cause.toWellFormed(), record.symbol.toWellFormed()];
  return { seq, inputNo, atUs, kind, id, cause, symbol, bodyJson: JSON.stringify(body) ?? 'null' };
}

export function toRecord(row: JournalRow): JournalRecord {
  const { seq, inputNo, atUs, kind, id, cause, symbol, bodyJson } = row;
  return { seq, inputNo, atUs, kind, id, cause, symbol, body: JSON.parse(bodyJson) as unknown };
}

export function packRow(row: JournalRow, out: ByteSink): void {
  out.reserve(32);
  out.putDouble(row.seq);
  out.putDouble(row.inputNo);
  out.putDouble(row.atUs);
  for (const text of [row.kind, row.id, row.cause, row.symbol, row.bodyJson]) {
    out.reserve(8 + text.length * 3);
    const at = out.length;
    out.length += 4;
    const length = encodeUtf8(text, out.bytes.subarray(out.length));
    out.length = at;
    out.putU32(length);
    out.length += length;
  }
}

/** Null when the bytes are not a record. */
export function unpackRow(bytes: Uint8Array, start: number, end: number): JournalRow | null {
  const source = new ByteSource(bytes, start, end);
  const seq = source.double();
  const inputNo = source.double();
  const atUs = source.double();
  const texts: string[] = [];
  for (let k = 0; k < 5; k++) {
    const text = source.take(source.u32());
    texts.push(decodeText(text, 0, text.length));
  }
  if (source.isBroken || source.left !== 0) return null;
  const [kind, id, cause, symbol, bodyJson] = texts as [string, string, string, string, string];
  return { seq, inputNo, atUs, kind: kind as JournalKind, id, cause, symbol, bodyJson };
}

/** CRC-32C over the row's fields and its day, each ended by a unit separator. */
export function rowCrc(day: string, row: JournalRow): number {
  const head = `${day}\u001f${row.seq}\u001f${row.inputNo}\u001f${row.atUs}\u001f${row.kind}\u001f${row.id}\u001f${row.cause}\u001f${row.symbol}\u001f${row.bodyJson}`;
  if (head.length * 3 > scratch.length) scratch = new Uint8Array(head.length * 4);
  return crc32c(scratch, 0, encodeUtf8(head, scratch));
}

let scratch = new Uint8Array(4096);
