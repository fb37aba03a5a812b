/**
 * Exits first: the open positions and their exit plans in a small file of their own, exits.json, so that after a crash the
 * first exit check waits for nothing but this. JSON that a person can read, in an envelope with a checksum; replaced
 * atomically, with the generation before kept as exits.previous.json (docs/specs/checkpoint.md, EXF1..).
 */
import path from 'node:path';
import { crc32c } from '../../lib/crc32c.ts';
import type { EpochUs, InputNo } from '../../model/units.ts';
import type { FileSystem } from './file-system.ts';
import { errorText, isDiskFull, nodeFileSystem, readWhole, writeAtomically } from './file-system.ts';

export const EXITS_FILE = 'exits.json';
const PREVIOUS_FILE = 'exits.previous.json';
const FORMAT = 1;

export interface ExitsContent {
  readonly day: string;
  readonly inputNo: InputNo;
  readonly atUs: EpochUs;
  /** Highest journal sequence whose effects are in it. */
  readonly seq: number;
  /** Positions, orders and exit plans, as the kernel writes them. */
  readonly state: unknown;
}

export type ExitsWritten =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly code: 'disk-full' | 'io-error'; readonly message: string };

export interface ExitsRead {
  readonly content: ExitsContent | null;
  readonly from: 'current' | 'previous' | 'none';
  /** What was wrong with the files passed over, one sentence each. */
  readonly problems: readonly string[];
}

export function encodeExits(content: ExitsContent): Uint8Array {
  const body = JSON.stringify(content);
  return new TextEncoder().encode(`{"format":${FORMAT},"crc":${checksum(FORMAT, body)},"content":${body}}\n`);
}

function checksum(format: number, body: string): number {
  return crc32c(new TextEncoder().encode(`${format}:${body}`));
}

/** Replaces the file; the one before stays as the previous generation. */
export function writeExits(dataDir: string, content: ExitsContent, files: FileSystem = nodeFileSystem): ExitsWritten {
  return writeExitsBytes(dataDir, encodeExits(content), files);
}

/** The same for bytes that `encodeExits` made on another thread. */
export function writeExitsBytes(dataDir: string, bytes: Uint8Array, files: FileSystem = nodeFileSystem): ExitsWritten {
  const file = path.join(dataDir, EXITS_FILE);
  try {
    // Only a whole generation may replace the previous one: a damaged current file must not push out a good older one.
    const current = readWhole(files, file);
    const isWhole = current !== null && decode(current) !== null;
    writeAtomically(files, file, bytes, () => {
      if (isWhole) keepAsPrevious(dataDir, current, files);
    });
    return { ok: true, bytes: bytes.length };
  } catch (error) {
    return { ok: false, code: isDiskFull(error) ? 'disk-full' : 'io-error', message: errorText(error) };
  }
}

/**
 * The current file, which is on the medium already, gets the previous one's name beside its own: writing its bytes once more
 * would cost two more syncs, and an order that leaves meanwhile waits for the same disk.
 */
function keepAsPrevious(dataDir: string, current: Uint8Array, files: FileSystem): void {
  const previous = path.join(dataDir, PREVIOUS_FILE);
  const second = `${previous}.second`;
  try {
    files.remove(second);
    files.link(path.join(dataDir, EXITS_FILE), second);
    files.rename(second, previous);
    // Two names of one file, which an end between these lines leaves behind, are not renamed.
    files.remove(second);
  } catch {
    // A file system without second names.
    writeAtomically(files, previous, current);
  }
}

/** The newest generation that is whole. */
export function readExits(dataDir: string, files: FileSystem = nodeFileSystem): ExitsRead {
  const problems: string[] = [];
  for (const [name, from] of [
    [EXITS_FILE, 'current'],
    [PREVIOUS_FILE, 'previous'],
  ] as const) {
    let bytes: Uint8Array | null = null;
    try {
      bytes = readWhole(files, path.join(dataDir, name));
    } catch (error) {
      problems.push(`${name} cannot be read: ${errorText(error)}`);
      continue;
    }
    if (bytes === null) continue;
    const content = decode(bytes);
    if (content !== null) return { content, from, problems };
    problems.push(`${name} is damaged (${bytes.length} bytes, wrong checksum)`);
  }
  return { content: null, from: 'none', problems };
}

function decode(bytes: Uint8Array): ExitsContent | null {
  const text = new TextDecoder().decode(bytes);
  const match = /^\{"format":(\d+),"crc":(\d+),"content":/.exec(text);
  if (match === null || Number(match[1]) > FORMAT || !text.endsWith('}\n')) return null;
  const body = text.slice(match[0].length, -2);
  if (checksum(Number(match[1]), body) !== Number(match[2])) return null;
  try {
    return JSON.parse(body) as ExitsContent;
  } catch {
    return null;
  }
}
