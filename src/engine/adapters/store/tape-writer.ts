/**
 * Writes the tape of one day: blocks appended to numbered segments, never rewritten. A writer always starts a segment of
 * its own, so an earlier one is only ever cut at a damaged tail, never continued (docs/specs/tape.md, SEG4, SEG5).
 *
 * A failed write (disk full, I/O error) loses nothing that the caller still holds: the file is cut back to the last whole
 * block and the failure is returned. `flush` writes what is pending, `sync` makes it survive a power cut.
 */
import path from 'node:path';
import { assert } from '../../lib/assert.ts';
import { crc32c } from '../../lib/crc32c.ts';
import type { EpochUs, InputNo } from '../../model/units.ts';
import { TapeBlockBuilder } from '../../tape/tape-block.ts';
import type { TapeKind } from '../../tape/tape-input.ts';
import { Codec, compress } from './compression.ts';
import type { FileSystem } from './file-system.ts';
import { errorText, isDiskFull, nodeFileSystem } from './file-system.ts';
import type { IndexEntry } from './tape-format.ts';
import {
  encodeBlockHeader,
  encodeIndex,
  encodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  SEGMENT_VERSION,
  segmentName,
  segmentNumber,
} from './tape-format.ts';
import type { TapeDamage } from './tape-scan.ts';
import { repairLastSegment } from './tape-scan.ts';

export interface TapeWriterOptions {
  /** The data folder; segments go to tape/DAY below it. */
  readonly dataDir: string;
  readonly day: string;
  readonly nowUs: () => EpochUs;
  readonly files?: FileSystem;
  readonly codec?: number;
  readonly quality?: number;
  /** A block is closed at so many events ... */
  readonly blockEventsMax?: number;
  /** ... a group of dependent blocks at so many events, or so much receive time ... */
  readonly groupEventsMax?: number;
  readonly groupUsMax?: number;
  /** ... and a segment at so many bytes. */
  readonly segmentBytesMax?: number;
}

export type WriteResult =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly code: 'disk-full' | 'io-error'; readonly message: string };

/** A start after a kill checks every byte of the segment that was being written: this bounds what it waits for. */
const SEGMENT_BYTES_MAX = 16 << 20;

const FINE: WriteResult = { ok: true, bytes: 0 };

export class TapeWriter {
  readonly folder: string;
  /** What was found wrong with the last segment of an earlier run, and cut, when the writer started. */
  readonly found: readonly TapeDamage[];
  /** Highest input number on the tape before this run. An input up to here is not written again: it is on the tape. */
  readonly foundInputNo: InputNo;
  /** Inputs handed in that were on the tape already. */
  repeatedInputs = 0;
  readonly #options: Required<TapeWriterOptions>;
  readonly #files: FileSystem;
  readonly builder = new TapeBlockBuilder();
  #segment: number;
  #fd = -1;
  #position = 0;
  #index: IndexEntry[] = [];
  #groupEvents = 0;
  #groupStartUs = Number.NaN;
  #startsSegment = false;
  /** A finished block that could not be written yet. */
  #waiting: {
    readonly bytes: Uint8Array;
    readonly entry: IndexEntry;
    readonly isKey: boolean;
    readonly startsSegment: boolean;
  } | null = null;
  #isDirty = false;
  bytesWritten = 0;
  eventsWritten = 0;
  inputsWritten = 0;
  segmentsOpened = 0;
  lastInputNo: InputNo = 0;

  constructor(options: TapeWriterOptions) {
    this.#options = {
      files: nodeFileSystem,
      codec: Codec.deflate,
      quality: 1,
      blockEventsMax: 16_384,
      groupEventsMax: 262_144,
      groupUsMax: 60_000_000,
      segmentBytesMax: SEGMENT_BYTES_MAX,
      ...options,
    };
    this.#files = this.#options.files;
    this.folder = path.join(options.dataDir, 'tape', options.day);
    this.#files.makeFolder(this.folder);
    let last = 0;
    for (const name of this.#files.list(this.folder)) last = Math.max(last, segmentNumber(name) ?? 0);
    const repaired = repairLastSegment(this.#files, this.folder);
    this.found = repaired.damage;
    this.foundInputNo = repaired.lastInputNo;
    this.lastInputNo = repaired.lastInputNo;
    this.#segment = last;
  }

  get segment(): number {
    return this.#segment;
  }

  addSymbols(names: readonly string[]): void {
    this.builder.dictionary.symbols.push(...names);
  }

  addSets(sets: readonly (readonly number[])[]): void {
    this.builder.dictionary.sets.push(...sets);
  }

  /** Rows in the layout of a market frame (tape/tape-input.ts). Writes when the block is full. */
  addMarket(
    inputNo: InputNo,
    receivedUs: EpochUs,
    doubles: Float64Array,
    words: Uint32Array,
    rows: number,
  ): WriteResult {
    if (this.#isRepeat(inputNo)) return FINE;
    this.#beforeInput(receivedUs);
    this.builder.addMarket(inputNo, receivedUs, doubles, words, rows);
    return this.builder.eventCount >= this.#options.blockEventsMax ? this.flush() : FINE;
  }

  addInput(
    inputNo: InputNo,
    kind: Exclude<TapeKind, 'market'>,
    receivedUs: EpochUs,
    seq: number,
    payload: Uint8Array | null,
  ): WriteResult {
    if (this.#isRepeat(inputNo)) return FINE;
    this.#beforeInput(receivedUs);
    this.builder.addInput(inputNo, kind, receivedUs, seq, payload);
    return this.builder.inputCount >= this.#options.blockEventsMax ? this.flush() : FINE;
  }

  get hasPending(): boolean {
    return this.builder.inputCount > 0 || this.#waiting !== null;
  }

  /** Receive time of the oldest input that is not in the file yet; NaN when none is pending. */
  get pendingSinceUs(): EpochUs {
    return this.builder.inputCount > 0 ? this.builder.firstUs : Number.NaN;
  }

  /** Hands everything pending to the operating system: it survives a kill, not yet a power cut. */
  flush(): WriteResult {
    if (this.#waiting !== null) {
      const earlier = this.#write();
      if (!earlier.ok) return earlier;
    }
    if (this.builder.inputCount === 0) return FINE;
    this.#finishBlock();
    return this.#write();
  }

  /** Flushes, then waits until the medium has it. */
  sync(): WriteResult {
    const flushed = this.flush();
    if (!flushed.ok || !this.#isDirty || this.#fd < 0) return flushed;
    try {
      this.#files.sync(this.#fd);
      this.#isDirty = false;
      return flushed;
    } catch (error) {
      return failure(error);
    }
  }

  /** Flushes, writes the index and closes the segment. */
  close(): WriteResult {
    const flushed = this.flush();
    this.#groupStartUs = Number.NaN;
    return flushed.ok ? this.#closeSegment() : flushed;
  }

  #isRepeat(inputNo: InputNo): boolean {
    if (inputNo > this.foundInputNo) return false;
    this.repeatedInputs++;
    return true;
  }

  #beforeInput(receivedUs: EpochUs): void {
    if (this.builder.inputCount > 0) return;
    const isOver =
      Number.isNaN(this.#groupStartUs) ||
      this.#groupEvents >= this.#options.groupEventsMax ||
      Math.abs(receivedUs - this.#groupStartUs) >= this.#options.groupUsMax ||
      this.#position >= this.#options.segmentBytesMax;
    if (!isOver) return;
    const startsSegment = this.#fd < 0 || this.#position >= this.#options.segmentBytesMax;
    this.builder.startKey();
    this.#startsSegment = startsSegment;
    this.#groupEvents = 0;
    this.#groupStartUs = receivedUs;
  }

  #finishBlock(): void {
    const { bytes, facts } = this.builder.finish();
    const { codec, quality } = this.#options;
    const stored = compress(codec, bytes, quality);
    const isSmaller = stored.length < bytes.length;
    const payload = isSmaller ? stored : bytes;
    const header = encodeBlockHeader({
      ...facts,
      codec: isSmaller ? codec : Codec.none,
      storedBytes: payload.length,
      rawBytes: bytes.length,
      payloadCrc: crc32c(payload),
    });
    this.#groupEvents += facts.events;
    const whole = new Uint8Array(header.length + payload.length);
    whole.set(header);
    whole.set(payload, header.length);
    this.#waiting = {
      bytes: whole,
      entry: { offset: 0, ...facts },
      isKey: facts.isKey,
      startsSegment: facts.isKey && this.#startsSegment,
    };
    this.eventsWritten += facts.events;
    this.inputsWritten += facts.inputs;
  }

  /** Writes the waiting block. After a failure it waits on, and the file ends where it ended before. */
  #write(): WriteResult {
    const block = this.#waiting;
    if (block === null) return FINE;
    try {
      if (this.#fd >= 0 && block.startsSegment) {
        const closed = this.#closeSegment();
        if (!closed.ok) return closed;
      }
      if (this.#fd < 0) this.#openSegment();
      this.#files.write(this.#fd, block.bytes, this.#position);
    } catch (error) {
      this.#cutBack();
      return failure(error);
    }
    if (block.isKey) this.#index.push({ ...block.entry, offset: this.#position });
    else {
      const last = this.#index.pop();
      if (last !== undefined)
        this.#index.push({ ...last, lastUs: block.entry.lastUs, lastInputNo: block.entry.lastInputNo });
    }
    const bytes = block.bytes.length;
    this.#position += bytes;
    this.bytesWritten += bytes;
    this.lastInputNo = block.entry.lastInputNo;
    this.#isDirty = true;
    this.#waiting = null;
    return { ok: true, bytes };
  }

  #openSegment(): void {
    const segment = this.#segment + 1;
    const file = path.join(this.folder, segmentName(segment));
    const header = { version: SEGMENT_VERSION, day: this.#options.day, segment, createdUs: this.#options.nowUs() };
    // Under its name only with its header: a kill in between would leave what looks like a damaged segment.
    const part = `${file}.part`;
    const fd = this.#files.open(part, 'w');
    try {
      this.#files.write(fd, encodeSegmentHeader(header), 0);
    } catch (error) {
      this.#files.close(fd);
      this.#files.remove(part);
      throw error;
    }
    this.#files.close(fd);
    assert(this.#files.fileSize(file) === null, 'a segment is never begun twice');
    this.#files.rename(part, file);
    this.#files.syncFolder(this.folder);
    this.#fd = this.#files.open(file, 'r+');
    this.#segment = segment;
    this.#position = SEGMENT_HEADER_BYTES;
    this.#index = [];
    this.segmentsOpened++;
    this.bytesWritten += SEGMENT_HEADER_BYTES;
  }

  #closeSegment(): WriteResult {
    if (this.#fd < 0) return FINE;
    const fd = this.#fd;
    try {
      const index = encodeIndex(this.#index, this.#position);
      this.#files.write(fd, index, this.#position);
      this.#files.sync(fd);
    } catch (error) {
      this.#cutBack();
      return failure(error);
    }
    this.#files.close(fd);
    this.#fd = -1;
    this.#isDirty = false;
    return FINE;
  }

  /** Lets go of the file without index or sync, as a crash would. */
  abandon(): void {
    if (this.#fd >= 0) this.#files.close(this.#fd);
    this.#fd = -1;
  }

  #cutBack(): void {
    if (this.#fd < 0) return;
    try {
      this.#files.truncate(this.#fd, this.#position);
    } catch {
      // The torn block stays behind the last good one; readers cut it by its checksum, and the next write covers it.
    }
  }
}

function failure(error: unknown): WriteResult {
  return { ok: false, code: isDiskFull(error) ? 'disk-full' : 'io-error', message: errorText(error) };
}
