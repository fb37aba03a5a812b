/**
 * Reads the tape of one day: from any input number or any time on, in order, one block in memory at a time, while the
 * writer writes if need be (docs/specs/tape.md, RD1..). Damaged stretches are skipped to the next key block and reported
 * with the inputs and the time they cost; reading never throws for bad bytes.
 */
import path from 'node:path';
import { ConditionSets } from '../../model/conditions.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import { SymbolTable } from '../../model/symbols.ts';
import type { EpochUs, InputNo } from '../../model/units.ts';
import { TapeBlockOpener } from '../../tape/tape-block.ts';
import type { TapeInput } from '../../tape/tape-input.ts';
import { decompress } from './compression.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';
import type { IndexEntry } from './tape-format.ts';
import { BLOCK_HEADER_BYTES, SEGMENT_HEADER_BYTES, SEGMENT_VERSION } from './tape-format.ts';
import type { BlockRef, TapeDamage } from './tape-scan.ts';
import { damageOf, entryOf, indexOf, listSegments, scanSegment, SegmentFile } from './tape-scan.ts';

export interface TapeReaderOptions {
  readonly dataDir: string;
  readonly day: string;
  /** Ids in the batches are of these tables; fresh tables get the ids of the recording. */
  readonly symbols?: SymbolTable;
  readonly sets?: ConditionSets;
  readonly files?: FileSystem;
}

export interface TapeRange {
  /** First input wanted. */
  readonly fromInputNo?: InputNo;
  /** First input received at or after this time. */
  readonly fromUs?: EpochUs;
  /** Last input wanted. */
  readonly toInputNo?: InputNo;
  /** No input received later than this. */
  readonly toUs?: EpochUs;
  /** At the end of the files `next` gives null and may be asked again: the writer may still be writing. */
  readonly live?: boolean;
}

interface Facts {
  readonly afterInputNo: InputNo | null;
  readonly afterUs: EpochUs | null;
}

export class TapeReader {
  readonly symbols: SymbolTable;
  readonly sets: ConditionSets;
  readonly folder: string;
  readonly #files: FileSystem;
  readonly #opener: TapeBlockOpener;
  /** The rows of the latest market input; used again by the next one. */
  batch: EventBatch = createEventBatch();
  /** What was found wrong so far on the way. */
  readonly damage: TapeDamage[] = [];

  #range: TapeRange = {};
  #segment: SegmentFile | null = null;
  #segmentNumber = 0;
  #at = 0;
  #end = 0;
  #isClosed = false;
  #isBlockOpen = false;
  #needsKey = true;
  #isDone = false;
  #lastInputNo = -1;
  #lastUs: EpochUs | null = null;
  #hole: { facts: Facts; offset: number; events: number | null; file: string; bytes: number } | null = null;
  eventsRead = 0;
  inputsRead = 0;
  blocksRead = 0;

  constructor(options: TapeReaderOptions) {
    this.#files = options.files ?? nodeFileSystem;
    this.symbols = options.symbols ?? new SymbolTable();
    this.sets = options.sets ?? new ConditionSets();
    this.folder = path.join(options.dataDir, 'tape', options.day);
    this.#opener = new TapeBlockOpener(this.symbols, this.sets);
  }

  /** Starts over at the given place. Seeking costs one group of blocks. */
  seek(range: TapeRange = {}): void {
    this.close();
    this.#range = range;
    this.#isDone = false;
    this.#lastInputNo = -1;
    this.#lastUs = null;
    this.#segmentNumber = 0;
    if (range.fromInputNo === undefined && range.fromUs === undefined) return;
    const segments = listSegments(this.#files, this.folder);
    for (let i = segments.length - 1; i >= 0; i--) {
      const { file, segment } = segments[i] as (typeof segments)[number];
      const index = this.#indexOf(file);
      const entry = this.#lastBefore(index);
      if (entry < 0 && i > 0) continue;
      this.#openSegment(file, segment);
      if (entry >= 0) this.#at = (index[entry] as IndexEntry).offset;
      return;
    }
  }

  /** The next input, null at the end. The rows of a market input are in `batch` until the next call. */
  next(): TapeInput | null {
    while (!this.#isDone) {
      if (!this.#isBlockOpen && !this.#nextBlock()) return null;
      const input = this.#opener.next(this.#batchOf);
      if (input === null) {
        this.#isBlockOpen = false;
        if (this.#opener.fault !== null) this.#lost(this.#at, 0, null);
        continue;
      }
      if (!this.#accept(input)) continue;
      return input;
    }
    return null;
  }

  /** Passes over the rest and takes only the names and condition sets that it brings: the tables end as if it had been read. */
  skim(): void {
    while (!this.#isDone && this.#nextBlock()) this.#isBlockOpen = false;
  }

  /** Counts of the whole day from block headers alone, and with `verify` every checksum. */
  stat(verify = false): TapeStat {
    return statTape(this.#files, this.folder, verify);
  }

  close(): void {
    this.#segment?.close();
    this.#segment = null;
    this.#isBlockOpen = false;
    this.#needsKey = true;
    this.#hole = null;
  }

  readonly #batchOf = (rows: number): EventBatch => {
    if (rows > this.batch.capacity) this.batch = createEventBatch(rows);
    return this.batch;
  };

  #accept(input: TapeInput): boolean {
    const { fromInputNo, fromUs, toInputNo, toUs } = this.#range;
    if (this.#hole !== null) this.#closeHole(input);
    if ((toInputNo !== undefined && input.inputNo > toInputNo) || (toUs !== undefined && input.receivedUs > toUs)) {
      this.#isDone = true;
      return false;
    }
    if (input.inputNo <= this.#lastInputNo) return false;
    this.#lastInputNo = input.inputNo;
    this.#lastUs = input.receivedUs;
    if (fromInputNo !== undefined && input.inputNo < fromInputNo) return false;
    if (fromUs !== undefined && input.receivedUs < fromUs) return false;
    this.inputsRead++;
    if (input.kind === 'market') this.eventsRead += this.batch.length;
    return true;
  }

  /** Opens the next readable block; false at the end of what there is. */
  #nextBlock(): boolean {
    for (;;) {
      if (this.#segment === null && !this.#nextSegment()) return this.#finish();
      const segment = this.#segment as SegmentFile;
      if (this.#at >= this.#end || !this.#isClosed) this.#refresh(segment);
      if (this.#at >= this.#end) {
        if (!this.#leaveSegment()) return false;
        continue;
      }
      const block = segment.blockAt(this.#at, this.#end);
      if (block === null) {
        if (!this.#skipBad(segment)) return false;
        continue;
      }
      const opened = this.#openBlock(segment, block);
      if (opened === 'wait') return false;
      if (opened === 'open') return true;
    }
  }

  #openBlock(segment: SegmentFile, block: BlockRef): 'open' | 'lost' | 'wait' {
    const bytes = BLOCK_HEADER_BYTES + block.header.storedBytes;
    const payload = segment.payload(block);
    // The last block of a growing file may be half written: not damage, not yet.
    if (payload === null && this.#range.live === true && !this.#isClosed && block.offset + bytes >= this.#end)
      return 'wait';
    this.#at = block.offset + bytes;
    if (this.#needsKey && !block.header.isKey) {
      this.#lost(block.offset, bytes, block.header.events);
      return 'lost';
    }
    if (block.header.isKey) this.#opener.reset(false);
    const raw = payload === null ? null : decompress(block.header.codec, payload, block.header.rawBytes);
    if (raw === null || !this.#opener.open(raw)) {
      this.#lost(block.offset, bytes, block.header.events);
      return 'lost';
    }
    this.#needsKey = false;
    this.#isBlockOpen = true;
    this.blocksRead++;
    return 'open';
  }

  /** Between good blocks stands something else: to the next block, or to the end. False when a live reader must wait. */
  #skipBad(segment: SegmentFile): boolean {
    const next = segment.findBlock(this.#at + 1, this.#end);
    if (next >= 0) {
      this.#lost(this.#at, next - this.#at, segment.headerAt(this.#at, this.#end)?.events ?? null);
      this.#at = next;
      return true;
    }
    const isLast = !listSegments(this.#files, this.folder).some(({ segment: n }) => n > this.#segmentNumber);
    if (this.#range.live === true && isLast && !this.#isClosed) return false;
    this.#lost(this.#at, this.#end - this.#at, segment.headerAt(this.#at, this.#end)?.events ?? null);
    this.#at = this.#end;
    return true;
  }

  #lost(offset: number, bytes: number, events: number | null): void {
    this.#needsKey = true;
    this.#isBlockOpen = false;
    const file = this.#segment?.file ?? '';
    if (this.#hole === null) {
      const facts = { afterInputNo: this.#lastInputNo < 0 ? null : this.#lastInputNo, afterUs: this.#lastUs };
      this.#hole = { facts, offset, bytes, events, file };
      return;
    }
    this.#hole.bytes += bytes;
    this.#hole.events = this.#hole.events === null || events === null ? null : this.#hole.events + events;
  }

  #closeHole(next: TapeInput | null): void {
    if (this.#hole === null) return;
    const { facts, offset, bytes, events, file } = this.#hole;
    this.#hole = null;
    this.damage.push({
      kind: next === null ? 'tail' : 'hole',
      file,
      offset,
      bytes,
      events,
      ...facts,
      beforeInputNo: next?.inputNo ?? null,
      beforeUs: next?.receivedUs ?? null,
    });
  }

  #finish(): false {
    if (this.#range.live === true) return false;
    this.#closeHole(null);
    this.#isDone = true;
    return false;
  }

  #nextSegment(): boolean {
    const following = listSegments(this.#files, this.folder).find(({ segment }) => segment > this.#segmentNumber);
    if (following === undefined) return false;
    this.#openSegment(following.file, following.segment);
    return true;
  }

  #openSegment(file: string, segment: number): void {
    this.#segment = new SegmentFile(this.#files, file);
    this.#segmentNumber = segment;
    this.#at = SEGMENT_HEADER_BYTES;
    this.#end = 0;
    this.#isClosed = false;
    this.#needsKey = true;
    this.#opener.reset(true);
    const { header } = this.#segment;
    if (header === null || header.version > SEGMENT_VERSION) {
      const none = { afterInputNo: null, beforeInputNo: null, afterUs: null, beforeUs: null, events: null };
      const kind = header === null ? 'header' : 'version';
      this.damage.push({ ...none, kind, file, offset: 0, bytes: SEGMENT_HEADER_BYTES });
      if (header !== null) this.#at = this.#segment.size();
    }
    this.#refresh(this.#segment);
  }

  #refresh(segment: SegmentFile): void {
    const { end, isClosed } = segment.dataEnd();
    this.#end = end;
    this.#isClosed = isClosed;
  }

  /** At the end of a segment: on to the next, or, live, wait for more. False when there is no more now. */
  #leaveSegment(): boolean {
    const hasNext = listSegments(this.#files, this.folder).some(({ segment }) => segment > this.#segmentNumber);
    if (!hasNext) return this.#finish();
    // The writer may have added a block between our look at the end and our look at the folder.
    const segment = this.#segment as SegmentFile;
    this.#refresh(segment);
    if (this.#at < this.#end) return true;
    segment.close();
    this.#segment = null;
    return true;
  }

  #indexOf(file: string): readonly IndexEntry[] {
    const segment = new SegmentFile(this.#files, file);
    try {
      const { index } = segment.dataEnd();
      return index ?? indexOf(scanSegment(segment, false).blocks);
    } finally {
      segment.close();
    }
  }

  /** The last key block that starts before the place wanted, -1 when none does. */
  #lastBefore(index: readonly IndexEntry[]): number {
    const { fromInputNo, fromUs } = this.#range;
    for (let i = index.length - 1; i >= 0; i--) {
      const entry = index[i] as IndexEntry;
      if (fromInputNo !== undefined && entry.firstInputNo > fromInputNo) continue;
      if (fromUs !== undefined && entry.firstUs >= fromUs) continue;
      return i;
    }
    return -1;
  }
}

export interface TapeStat {
  readonly segments: readonly SegmentStat[];
  readonly bytes: number;
  readonly blocks: number;
  readonly inputs: number;
  readonly events: number;
  readonly firstInputNo: InputNo | null;
  readonly lastInputNo: InputNo | null;
  readonly firstUs: EpochUs | null;
  readonly lastUs: EpochUs | null;
  readonly damage: readonly TapeDamage[];
}

export interface SegmentStat {
  readonly file: string;
  readonly bytes: number;
  readonly blocks: number;
  readonly inputs: number;
  readonly events: number;
  readonly isClosed: boolean;
}

function statTape(files: FileSystem, folder: string, verify: boolean): TapeStat {
  const segments: SegmentStat[] = [];
  const damage: TapeDamage[] = [];
  let first: IndexEntry | null = null;
  let last: IndexEntry | null = null;
  for (const { file } of listSegments(files, folder)) {
    const segment = new SegmentFile(files, file);
    try {
      const scan = scanSegment(segment, verify);
      damage.push(...damageOf(file, scan));
      let inputs = 0;
      let events = 0;
      for (const { header, offset } of scan.blocks) {
        inputs += header.inputs;
        events += header.events;
        first ??= entryOf(offset, header);
        last = entryOf(offset, header);
      }
      segments.push({ file, bytes: scan.size, blocks: scan.blocks.length, inputs, events, isClosed: scan.isClosed });
    } finally {
      segment.close();
    }
  }
  const sum = (of: (segment: SegmentStat) => number): number =>
    segments.reduce((total, segment) => total + of(segment), 0);
  return {
    segments,
    bytes: sum((segment) => segment.bytes),
    blocks: sum((segment) => segment.blocks),
    inputs: sum((segment) => segment.inputs),
    events: sum((segment) => segment.events),
    firstInputNo: first?.firstInputNo ?? null,
    lastInputNo: last?.lastInputNo ?? null,
    firstUs: first?.firstUs ?? null,
    lastUs: last?.lastUs ?? null,
    damage,
  };
}
