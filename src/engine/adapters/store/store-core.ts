/**
 * What the store's tape thread does, without the thread: takes frames from the tape's ring, writes the tape, the
 * checkpoints and the exits file, and reports. The journal is another thread's (journal-lane.ts), which passes on the orders
 * that hold after its records. Without threads, in tests, `step` does the work of both.
 *
 * Frames stay in their ring until they are on the tape, so that the journal's thread can copy what is not yet
 * (docs/specs/journal.md, GRP3).
 */
import path from 'node:path';
import { FrameRing } from '../../lib/frame-ring.ts';
import { decodeText } from '../../lib/text-bytes.ts';
import type { EpochUs } from '../../model/units.ts';
import { MARKET_HEAD_BYTES, MARKET_ROW_BYTES, TAPE_KINDS } from '../../tape/tape-input.ts';
import { keepAnchor } from './checkpoint-anchors.ts';
import type { CheckpointMeta } from './checkpoint-files.ts';
import { CheckpointJob } from './checkpoint-files.ts';
import { writeExitsBytes } from './exits-file.ts';
import type { FileSystem } from './file-system.ts';
import { errorText, nodeFileSystem } from './file-system.ts';
import type { JournalLane, LaneClosed, LaneOpened } from './journal-lane.ts';
import { openJournalLane } from './journal-lane.ts';
import { tidyJournal } from './journal-sqlite.ts';
import type { Definitions, StoreChannel } from './store-channel.ts';
import { JournalTag, StoreCells, TAPE_TAG_DEFINITIONS } from './store-channel.ts';
import type { StoreGuard } from './store-guard.ts';
import { takeStoreGuard } from './store-guard.ts';
import type { StoreReport, StoreStats } from './store-report.ts';
import { foldFront } from './tape-fold.ts';
import { hasFront, removeFront } from './tape-front.ts';
import type { WriteResult } from './tape-writer.ts';
import { TapeWriter } from './tape-writer.ts';

export interface StoreCoreOptions {
  readonly channel: StoreChannel;
  readonly dataDir: string;
  readonly day: string;
  readonly nowUs: () => EpochUs;
  readonly files?: FileSystem;
  /** The ring whose bell wakes the kernel after a commit. */
  readonly kernelBell?: SharedArrayBuffer;
  /**
   * What must be in a file before a group with an order's intent is called durable: everything it was decided on, on the
   * medium; the same, written; or nothing. Groups without an intent ask for `write` at most.
   */
  readonly tapeBeforeJournal?: 'sync' | 'write' | 'off';
  readonly checkpointsKept?: number;
  readonly journalPagesMax?: number;
  /** Tape blocks are written at least so often, and synced so often. */
  readonly flushEveryUs?: number;
  readonly syncEveryUs?: number;
}

/** What a checkpoint frame says: where in the slot's buffer its sections lie. */
export interface CheckpointOrder {
  readonly slot: number;
  readonly meta: CheckpointMeta;
  readonly sections: readonly { readonly name: string; readonly at: number; readonly length: number }[];
}

const RETRY_US = 200_000;
const REPORT_EVERY_US = 1_000_000;
const TIDY_EVERY_US = 3_000_000;
const STEP_FRAMES = 16;
/** Blocks of the tape as written here: a millisecond or so of encoding and compressing each. */
const BLOCK_EVENTS = 4096;
/** An order's record is waited for so long before anything of some length is begun. */
const YIELD_MS = 4;

export class StoreCore {
  readonly #options: StoreCoreOptions;
  readonly #files: FileSystem;
  readonly #cells: StoreCells;
  readonly #tapeRing: FrameRing;
  readonly #orderRing: FrameRing;
  readonly #reports: FrameRing;
  readonly #guard: StoreGuard;
  readonly #tape: TapeWriter;
  readonly #lane: JournalLane | null;
  readonly #isHeldUntilSynced: boolean;
  #tapeRetryAtUs = 0;
  #hasTapeFailure = false;
  #lastFlushUs = 0;
  #lastSyncUs = 0;
  #lastReportUs = 0;
  #lastTidyUs = 0;
  #syncedInputNo = 0;
  #commitsAtTidy = 0;
  #job: { readonly job: CheckpointJob; readonly order: CheckpointOrder; readonly startedUs: EpochUs } | null = null;
  #waitingOrder: CheckpointOrder | null = null;
  #exits: Uint8Array | null = null;
  #closing: LaneClosed | null = null;
  isClosed = false;

  /** `lane` when this thread does the journal's work as well. */
  constructor(options: StoreCoreOptions, guard: StoreGuard, tape: TapeWriter, lane: JournalLane | null) {
    this.#options = options;
    this.#files = options.files ?? nodeFileSystem;
    this.#cells = new StoreCells(options.channel.cells);
    this.#tapeRing = new FrameRing(options.channel.tape);
    this.#orderRing = new FrameRing(options.channel.orders);
    this.#reports = new FrameRing(options.channel.reports);
    this.#guard = guard;
    this.#tape = tape;
    this.#lane = lane;
    this.#isHeldUntilSynced = (options.tapeBeforeJournal ?? 'sync') === 'sync';
    this.#syncedInputNo = tape.foundInputNo;
    this.#cells.setTapeInputNo(tape.foundInputNo, tape.foundInputNo);
  }

  /** Lets the journal's thread go first; without threads it has. */
  #yield(): void {
    if (this.#lane === null) this.#cells.yieldToJournal(YIELD_MS);
  }

  /** A bounded piece of work. False when there was nothing to do but wait. */
  step(): boolean {
    let didWork = this.#lane !== null && !this.#lane.isClosed && this.#lane.step();
    didWork = this.#takeOrders() || didWork;
    if (this.isClosed) return true;
    const nowUs = this.#options.nowUs();
    didWork = this.#takeTape(STEP_FRAMES, nowUs) || didWork;
    didWork = this.#stepCheckpoint() || didWork;
    this.#keepTime(nowUs);
    if (this.#closing !== null && !didWork) this.#finish(this.#closing);
    return didWork;
  }

  /** For tests of a full disk: room for the database again. */
  raiseJournalLimit(pages: number): void {
    this.#lane?.raiseLimit(pages);
  }

  report(report: StoreReport): void {
    const bytes = new TextEncoder().encode(JSON.stringify(report));
    // A kernel that does not read its reports loses the newest; numbers come again with the next one.
    this.#reports.push(bytes, 0, bytes.length, 1, this.#options.nowUs());
  }

  stats(): StoreStats {
    return {
      atUs: this.#options.nowUs(),
      durableSeq: this.#cells.durableSeq(),
      commits: this.#cells.commits(),
      records: this.#cells.records(),
      tapeBytes: this.#tape.bytesWritten,
      tapeEvents: this.#tape.eventsWritten,
      tapeInputs: this.#tape.inputsWritten,
      tapeSegment: this.#tape.segment,
      writtenInputNo: this.#tape.lastInputNo,
      syncedInputNo: this.#syncedInputNo,
      repeatedInputs: this.#tape.repeatedInputs,
      tapeRingBytes: this.#tapeRing.stats().usedBytes,
      journalRingBytes: new FrameRing(this.#options.channel.journal).stats().usedBytes,
      freeBytes: this.#files.freeBytes(this.#options.dataDir),
    };
  }

  #takeOrders(): boolean {
    let didWork = false;
    while (this.#orderRing.next()) {
      didWork = true;
      const { tag, start, end, bytes } = this.#orderRing;
      const content = bytes.slice(start, end);
      this.#orderRing.release();
      this.#obey(tag, content);
    }
    this.#writeExits();
    return didWork;
  }

  /** Only the latest of those that came together. */
  #writeExits(): void {
    if (this.#exits === null) return;
    const result = writeExitsBytes(this.#options.dataDir, this.#exits, this.#files);
    this.#exits = null;
    if (!result.ok) this.report({ kind: 'exits', code: result.code, message: result.message });
  }

  /** Work is under way that is looked at again soon. */
  get hasPending(): boolean {
    return this.#closing !== null || this.#job !== null || (this.#lane?.hasPending ?? false);
  }

  #obey(tag: number, content: Uint8Array): void {
    if (tag === JournalTag.exits) this.#exits = content;
    else if (tag === JournalTag.checkpoint) {
      this.#waitingOrder = JSON.parse(decodeText(content, 0, content.length)) as CheckpointOrder;
      if (this.#job === null) this.#startCheckpoint();
    } else if (tag === JournalTag.syncTape) {
      this.#drainTape();
      this.#syncTape();
    } else if (tag === JournalTag.close)
      this.#closing = JSON.parse(decodeText(content, 0, content.length)) as LaneClosed;
  }

  /** Everything the kernel had put in the ring when this was called. */
  #drainTape(): void {
    const nowUs = this.#options.nowUs();
    const { pushed, popped } = this.#tapeRing.stats();
    this.#takeTape(((pushed - popped) >>> 0) - this.#tapeRing.held().frames, nowUs);
  }

  #takeTape(framesMax: number, nowUs: EpochUs): boolean {
    if (this.#hasTapeFailure && !this.#retryTape(nowUs)) return false;
    let frames = 0;
    this.#yield();
    while (frames < framesMax && !this.#hasTapeFailure && this.#tapeRing.next()) {
      frames++;
      const { tag, start, end, stampUs } = this.#tapeRing;
      if (tag === 1) this.#takeMarket(start, end);
      else if (tag === TAPE_TAG_DEFINITIONS) {
        const definitions = JSON.parse(decodeText(this.#tapeRing.bytes, start, end)) as Definitions;
        this.#tape.addSymbols(definitions.symbols);
        this.#tape.addSets(definitions.sets);
      } else this.#takeInput(tag, start, end, stampUs);
      this.#tapeRing.hold();
    }
    if (frames > 0) this.#giveBack();
    return frames > 0;
  }

  /** Frames go when what was in them is on the tape. A ring that is a quarter full of others does not wait for a full block. */
  #giveBack(): void {
    const { bytes } = this.#tapeRing.held();
    if (!this.#hasTapeFailure && bytes > this.#tapeRing.stats().capacityBytes / 4) {
      if (this.#isHeldUntilSynced) this.#syncTape();
      else this.#took(this.#tape.flush());
    }
    if (this.#tape.hasPending) return;
    if (this.#isHeldUntilSynced && this.#syncedInputNo < this.#tape.lastInputNo) return;
    this.#tapeRing.releaseHeld();
    this.#cells.madeSpace();
  }

  #takeMarket(start: number, end: number): void {
    const { buffer, byteOffset } = this.#tapeRing.bytes;
    const doubles = new Float64Array(buffer, byteOffset + start, (end - start) / 8);
    const words = new Uint32Array(buffer, byteOffset + start, (end - start) / 4);
    const rows = (end - start - MARKET_HEAD_BYTES) / MARKET_ROW_BYTES;
    this.#took(this.#tape.addMarket(doubles[0] as number, doubles[1] as number, doubles, words, rows));
  }

  /** A frame of any other kind: input number, a number of the kind's own, then JSON. */
  #takeInput(tag: number, start: number, end: number, receivedUs: EpochUs): void {
    const kind = TAPE_KINDS[tag];
    if (kind === undefined || kind === '' || kind === 'market') return;
    const { buffer, byteOffset } = this.#tapeRing.bytes;
    const head = new Float64Array(buffer, byteOffset + start, 2);
    const payload = end - start > 16 ? this.#tapeRing.bytes.subarray(start + 16, end) : null;
    this.#took(this.#tape.addInput(head[0] as number, kind, receivedUs, head[1] as number, payload));
  }

  #took(result: WriteResult): void {
    if (result.ok) this.#cells.setTapeInputNo(this.#tape.lastInputNo, this.#syncedInputNo);
    else this.#tapeFailed(result.code, result.message);
  }

  #tapeFailed(code: 'disk-full' | 'io-error', message: string): void {
    this.#tapeRetryAtUs = this.#options.nowUs() + RETRY_US;
    if (this.#hasTapeFailure) return;
    this.#hasTapeFailure = true;
    this.#cells.setTapeState(code);
    this.report({ kind: 'tape', state: code, message });
  }

  #retryTape(nowUs: EpochUs): boolean {
    if (nowUs < this.#tapeRetryAtUs) return false;
    const result = this.#tape.flush();
    this.#tapeRetryAtUs = nowUs + RETRY_US;
    if (!result.ok) return false;
    this.#hasTapeFailure = false;
    this.#cells.setTapeState('ok');
    this.report({ kind: 'tape', state: 'ok', message: '' });
    return true;
  }

  #syncTape(): void {
    this.#yield();
    const result = this.#tape.sync();
    if (result.ok) this.#syncedInputNo = this.#tape.lastInputNo;
    this.#took(result);
    this.#lastSyncUs = this.#options.nowUs();
  }

  /** Flushes; in the turn of the sync, syncs. */
  #flushTape(nowUs: EpochUs): void {
    const { flushEveryUs = 250_000, syncEveryUs = 1_000_000 } = this.#options;
    if (this.#hasTapeFailure) return;
    if (nowUs - this.#lastSyncUs >= syncEveryUs) this.#syncTape();
    else if (nowUs - this.#lastFlushUs >= flushEveryUs) this.#took(this.#tape.flush());
    else return;
    this.#lastFlushUs = nowUs;
    this.#giveBack();
  }

  #startCheckpoint(): void {
    const order = this.#waitingOrder;
    if (order === null) return;
    this.#waitingOrder = null;
    // A checkpoint on the medium whose inputs are not would leave a hole in the tape after a power cut.
    this.#drainTape();
    if (!this.#hasTapeFailure) this.#syncTape();
    const buffer = this.#options.channel.checkpoints[order.slot] as SharedArrayBuffer;
    const sections = order.sections.map(({ name, at, length }) => ({
      name,
      bytes: new Uint8Array(buffer, at, length),
    }));
    const { dataDir, checkpointsKept = 4, nowUs } = this.#options;
    this.#job = {
      job: new CheckpointJob(this.#files, dataDir, order.meta, sections, checkpointsKept),
      order,
      startedUs: nowUs(),
    };
  }

  #stepCheckpoint(): boolean {
    if (this.#job === null) return false;
    const { job, order, startedUs } = this.#job;
    this.#yield();
    const result = job.step();
    if (result === null) return true;
    this.#job = null;
    this.#cells.setCheckpointBusy(order.slot, false);
    if (result.kind === 'written') keepAnchor(this.#options.dataDir, order.meta, result.file, this.#files);
    const tookMs = (this.#options.nowUs() - startedUs) / 1000;
    this.report({ kind: 'checkpoint', result, inputNo: order.meta.inputNo, tookMs });
    this.#startCheckpoint();
    return true;
  }

  #keepTime(nowUs: EpochUs): void {
    this.#flushTape(nowUs);
    if (nowUs - this.#lastReportUs >= REPORT_EVERY_US) {
      this.#lastReportUs = nowUs;
      this.report({ kind: 'stats', stats: this.stats() });
    }
    if (nowUs - this.#lastTidyUs >= TIDY_EVERY_US && this.#closing === null) {
      this.#lastTidyUs = nowUs;
      const commits = this.#cells.commits();
      if (commits !== this.#commitsAtTidy) tidyJournal(this.#options.dataDir);
      this.#commitsAtTidy = commits;
    }
  }

  /** Orderly end, after the journal's: everything written, indexed, synced and unlocked. */
  #finish({ waiting }: LaneClosed): void {
    this.#drainTape();
    const closed = this.#tape.close();
    if (closed.ok) this.#syncedInputNo = this.#tape.lastInputNo;
    this.#took(closed);
    if (closed.ok && hasFront(this.#tape.folder)) removeFront(this.#files, this.#tape.folder);
    const stats = this.stats();
    this.#guard.release();
    this.report({ kind: 'closed', stats });
    this.isClosed = true;
    this.#cells.setLife(waiting > 0 ? 'failed' : 'closed');
  }
}

const ORDER_WAIT_MS = 100;

/** What the journal's thread found; it has been told to open. */
function waitForLane(channel: StoreChannel): LaneOpened {
  const cells = new StoreCells(channel.cells);
  const orders = new FrameRing(channel.orders);
  for (;;) {
    const seen = cells.bell();
    if (orders.next()) {
      const opened = JSON.parse(decodeText(orders.bytes, orders.start, orders.end)) as LaneOpened;
      orders.release();
      return opened;
    }
    if (cells.life() === 'failed') return { ok: false, code: 'io-error', message: "the journal's thread ended" };
    cells.waitWork(seen, ORDER_WAIT_MS);
  }
}

/**
 * On a disk without room the front of the tape is given up: this run will use its input numbers for other inputs. What was
 * decided on it is then taken from the journal. '' when it was put on the tape.
 */
function giveUpOr(fold: () => void, folder: string, files: FileSystem): string {
  try {
    fold();
    return '';
  } catch (error) {
    removeFront(files, folder);
    return `${errorText(error)}; the last inputs before the end are lost`;
  }
}

/**
 * Locks the folder, makes the tape whole, opens journal and tape, reports what was found. Null, with a `failed` report, when
 * it cannot. With `isAlone` the journal is opened and worked on here, else by its own thread.
 */
export function openStoreCore(options: StoreCoreOptions, isAlone = true): StoreCore | null {
  const { channel, dataDir, day, nowUs, files } = options;
  const cells = new StoreCells(channel.cells);
  const fail = (code: string, message: string): null => {
    const bytes = new TextEncoder().encode(JSON.stringify({ kind: 'failed', code, message } satisfies StoreReport));
    new FrameRing(channel.reports).push(bytes, 0, bytes.length, 1, nowUs());
    cells.setLife('failed');
    return null;
  };
  const locked = takeStoreGuard(dataDir);
  if (!locked.ok) return fail('in-use', locked.message);
  cells.setGuarded();
  const lane = isAlone ? openJournalLane(options) : null;
  let tape: TapeWriter | null = null;
  let problem = '';
  const tapeOptions = { dataDir, day, nowUs, ...(files === undefined ? {} : { files }) };
  const given = giveUpOr(() => foldFront(tapeOptions), path.join(dataDir, 'tape', day), files ?? nodeFileSystem);
  try {
    tape = new TapeWriter({ ...tapeOptions, blockEventsMax: BLOCK_EVENTS });
  } catch (error) {
    problem = errorText(error);
  }
  const opened = waitForLane(channel);
  if (!opened.ok || tape === null) {
    lane?.abandon();
    locked.guard.release();
    return opened.ok ? fail('io-error', problem) : fail(opened.code, opened.message);
  }
  const core = new StoreCore(options, locked.guard, tape, lane);
  const { lastSeq, report: journal } = opened;
  if (given !== '') core.report({ kind: 'front', message: given });
  core.report({ kind: 'opened', journal, lastSeq, tapeDamage: tape.found, lastInputNo: tape.foundInputNo });
  cells.setLife('open');
  return core;
}
