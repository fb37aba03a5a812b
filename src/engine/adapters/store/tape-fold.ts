/**
 * Puts the front of a tape (tape-front.ts) into blocks: the first thing done with a data folder whose writer was killed.
 * What is on the tape already is passed over; a front that does not continue the tape (a power cut took the end between)
 * is dropped, and the journal says later what was lost (docs/specs/tape.md, FRT3).
 */
import path from 'node:path';
import { decodeText } from '../../lib/text-bytes.ts';
import { ConditionSets } from '../../model/conditions.ts';
import { SymbolTable } from '../../model/symbols.ts';
import type { EpochUs, InputNo } from '../../model/units.ts';
import type { TapeHole } from '../../tape/tape-input.ts';
import { MARKET_HEAD_BYTES, MARKET_ROW_BYTES, TAPE_KIND_CODE, TAPE_KINDS } from '../../tape/tape-input.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';
import type { Definitions } from './store-channel.ts';
import { TAPE_TAG_DEFINITIONS } from './store-channel.ts';
import { takeStoreGuard } from './store-guard.ts';
import type { FrontFrame } from './tape-front.ts';
import { hasFront, readFront, removeFront } from './tape-front.ts';
import { TapeReader } from './tape-reader.ts';
import type { WriteResult } from './tape-writer.ts';
import { TapeWriter } from './tape-writer.ts';

export interface FoldOptions {
  readonly dataDir: string;
  readonly day: string;
  readonly nowUs: () => EpochUs;
  readonly files?: FileSystem;
}

/** Inputs put on the tape. Throws what the disk throws; the front then stays for the next time. */
export function foldFront(options: FoldOptions): number {
  const { dataDir, day } = options;
  const files = options.files ?? nodeFileSystem;
  const folder = path.join(dataDir, 'tape', day);
  if (!hasFront(folder)) return 0;
  const chains = readFront(files, folder);
  let folded = 0;
  if (chains.some((frames) => frames.length > 0)) {
    const writer = new TapeWriter({ dataDir, day, nowUs: options.nowUs, files });
    restoreNames(writer, dataDir, day);
    for (const frames of chains) folded += foldChain(writer, frames);
    const closed = writer.close();
    if (!closed.ok) throw Object.assign(new Error(closed.message), { code: closed.code });
  }
  removeFront(files, folder);
  return folded;
}

/** The tape of a folder that nobody has open is made whole; of one that is open nothing is touched. */
export function foldFrontIfIdle(dataDir: string, day: string): void {
  if (!hasFront(path.join(dataDir, 'tape', day))) return;
  const locked = takeStoreGuard(dataDir);
  if (!locked.ok) return;
  try {
    foldFront({ dataDir, day, nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000) });
  } catch {
    // A disk without room: what can be read is what the blocks hold.
  } finally {
    locked.guard.release();
  }
}

/** The writer of the front went on with the ids that the tape knows; a new block must name them again. */
function restoreNames(writer: TapeWriter, dataDir: string, day: string): void {
  const symbols = new SymbolTable();
  const sets = new ConditionSets();
  const reader = new TapeReader({ dataDir, day, symbols, sets });
  reader.seek({ fromInputNo: writer.foundInputNo });
  reader.skim();
  reader.close();
  writer.addSymbols(symbols.names);
  writer.addSets(sets.sets.slice(1));
}

function foldChain(writer: TapeWriter, frames: readonly FrontFrame[]): number {
  let folded = 0;
  for (const frame of frames) {
    if (frame.tag === TAPE_TAG_DEFINITIONS) {
      if (!define(writer, JSON.parse(decodeText(frame.bytes, frame.start, frame.end)) as Definitions)) break;
      continue;
    }
    if (frame.end - frame.start < MARKET_HEAD_BYTES) break;
    const head = new Float64Array(frame.bytes.buffer, frame.start, 2);
    const inputNo = head[0] as number;
    const last = lastOf(writer);
    if (inputNo <= last) continue;
    if (inputNo !== last + 1 && !startsAt(frame, last + 1)) break;
    const result = put(writer, frame, inputNo, head[1] as number);
    if (!result.ok) throw Object.assign(new Error(result.message), { code: result.code });
    folded++;
  }
  return folded;
}

function lastOf(writer: TapeWriter): InputNo {
  return writer.builder.inputCount > 0 ? writer.builder.lastInputNo : writer.lastInputNo;
}

/** A hole is numbered by its last input and names its first. */
function startsAt(frame: FrontFrame, inputNo: InputNo): boolean {
  if (frame.tag !== TAPE_KIND_CODE.hole) return false;
  const { fromInputNo } = JSON.parse(decodeText(frame.bytes, frame.start + 16, frame.end)) as TapeHole;
  return fromInputNo <= inputNo;
}

function put(writer: TapeWriter, frame: FrontFrame, inputNo: InputNo, second: number): WriteResult {
  const { bytes, start, end, tag } = frame;
  const kind = TAPE_KINDS[tag];
  if (kind === 'market') {
    const rows = (end - start - MARKET_HEAD_BYTES) / MARKET_ROW_BYTES;
    const doubles = new Float64Array(bytes.buffer, start, (end - start) / 8);
    return writer.addMarket(inputNo, second, doubles, new Uint32Array(bytes.buffer, start, (end - start) / 4), rows);
  }
  if (kind === undefined || kind === '') return { ok: true, bytes: 0 };
  const payload = end - start > 16 ? bytes.subarray(start + 16, end) : null;
  return writer.addInput(inputNo, kind, frame.stampUs, second, payload);
}

/** False when names before these are missing: what follows could not be read. */
function define(writer: TapeWriter, definitions: Definitions): boolean {
  const { symbols, sets } = writer.builder.dictionary;
  if (definitions.firstSymbol > symbols.length || definitions.firstSet > sets.length) return false;
  const newSymbols = definitions.symbols.slice(symbols.length - definitions.firstSymbol);
  const newSets = definitions.sets.slice(sets.length - definitions.firstSet);
  writer.addSymbols(newSymbols);
  writer.addSets(newSets);
  return true;
}
