/**
 * What the store worker does, without the thread: takes frames from the rings, commits journal records in groups, writes
 * the tape, the checkpoints and the exits file, and reports. `step` does a bounded piece of work, journal first, so that
 * no checkpoint and no burst of market data keeps an order waiting (docs/specs/journal.md, GRP1..).
 */
import { FrameRing } from '../../lib/frame-ring.ts';
import { decodeText } from '../../lib/text-bytes.ts';
import type { JournalRow } from '../../journal/journal-record.ts';
import { unpackRow } from '../../journal/journal-record.ts';
import type { EpochUs } from '../../model/units.ts';
import { MARKET_HEAD_BYTES, MARKET_ROW_BYTES, TAPE_KINDS } from '../../tape/tape-input.ts';
import { keepAnchor } from './checkpoint-anchors.ts';
import type { CheckpointMeta } from './checkpoint-files.ts';
import { CheckpointJob } from './checkpoint-files.ts';
import { writeExitsBytes } from './exits-file.ts';
import type { FileSystem } from './file-system.ts';
import { errorText, nodeFileSystem } from './file-system.ts';
import type { Journal } from './journal-sqlite.ts';
import { openJournal } from './journal-sqlite.ts';
import type { Definitions, StoreChannel } from './store-channel.ts';
import { JournalTag, StoreCells, TAPE_TAG_DEFINITIONS } from './store-channel.ts';
import type { StoreGuard } from './store-guard.ts';
import { takeStoreGuard } from './store-guard.ts';
import type { StoreReport, StoreStats } from './store-report.ts';
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
   * How far the tape must be before a group with an order's intent is called durable: on the medium, in the file, or
   * anywhere. Groups without an intent ask for `write` at most.
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

const GROUP_MAX = 4096;
/** A group without anything urgent waits so long for company. */
const GROUP_WAIT_US = 10_000;
const RETRY_US = 200_000;
const CLOSE_GRACE_US = 5_000_000;
const REPORT_EVERY_US = 1_000_000;
const TIDY_EVERY_US = 5_000_000;
const STEP_FRAMES = 16;
const URGENT: ReadonlySet<string> = new Set(['intent', 'risk', 'command', 'run']);

export class StoreCore {
  readonly #options: StoreCoreOptions;
  readonly #files: FileSystem;
  readonly #cells: StoreCells;
  readonly #tapeRing: FrameRing;
  readonly #journalRing: FrameRing;
  readonly #reports: FrameRing;
  readonly #bell: FrameRing | null;
  readonly #guard: StoreGuard;
  readonly #tape: TapeWriter;
  #journal: Journal;
  #group: JournalRow[] = [];
  #groupSinceUs = 0;
  #isUrgent = false;
  #retryAtUs = 0;
  #tapeRetryAtUs = 0;
  #hasTapeFailure = false;
  #lastFlushUs = 0;
  #lastSyncUs = 0;
  #lastReportUs = 0;
  #lastTidyUs = 0;
  #syncedInputNo = 0;
  #records = 0;
  #commitsAtReport = -1;
  #job: { readonly job: CheckpointJob; readonly order: CheckpointOrder; readonly startedUs: EpochUs } | null = null;
  #waitingOrder: CheckpointOrder | null = null;
  #exits: Uint8Array | null = null;
  #closingSinceUs = Number.NaN;
  isClosed = false;

  constructor(options: StoreCoreOptions, guard: StoreGuard, journal: Journal, tape: TapeWriter) {
    this.#options = options;
    this.#files = options.files ?? nodeFileSystem;
    this.#cells = new StoreCells(options.channel.cells);
    this.#tapeRing = new FrameRing(options.channel.tape);
    this.#journalRing = new FrameRing(options.channel.journal);
    this.#reports = new FrameRing(options.channel.reports);
    this.#bell = options.kernelBell === undefined ? null : new FrameRing(options.kernelBell);
    this.#guard = guard;
    this.#journal = journal;
    this.#tape = tape;
    this.#syncedInputNo = tape.foundInputNo;
    this.#cells.setTapeInputNo(tape.foundInputNo, tape.foundInputNo);
    this.#cells.setDurableSeq(journal.lastSeq(options.day));
  }

  /** A bounded piece of work. False when there was nothing to do but wait. */
  step(): boolean {
    const nowUs = this.#options.nowUs();
    let didWork = this.#takeJournal(nowUs);
    if (this.isClosed) return true;
    didWork = this.#commitIfDue(nowUs) || didWork;
    didWork = this.#takeTape(STEP_FRAMES, nowUs) || didWork;
    didWork = this.#stepCheckpoint() || didWork;
    this.#keepTime(nowUs);
    if (this.#isClosing() && !didWork) this.#finish(nowUs);
    return didWork;
  }

  /** For tests of a full disk: room for the database again. */
  raiseJournalLimit(pages: number): void {
    this.#journal.limitPages(pages);
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
      commits: this.#journal.commits,
      records: this.#records,
      tapeBytes: this.#tape.bytesWritten,
      tapeEvents: this.#tape.eventsWritten,
      tapeInputs: this.#tape.inputsWritten,
      tapeSegment: this.#tape.segment,
      writtenInputNo: this.#tape.lastInputNo,
      syncedInputNo: this.#syncedInputNo,
      repeatedInputs: this.#tape.repeatedInputs,
      tapeRingBytes: this.#tapeRing.stats().usedBytes,
      journalRingBytes: this.#journalRing.stats().usedBytes,
      freeBytes: this.#files.freeBytes(this.#options.dataDir),
    };
  }

  #takeJournal(nowUs: EpochUs): boolean {
    let didWork = false;
    while (this.#group.length < GROUP_MAX && this.#journalRing.next()) {
      didWork = true;
      const { tag, start, end, bytes } = this.#journalRing;
      if (tag === JournalTag.record) {
        const row = unpackRow(bytes, start, end);
        if (row !== null) this.#addToGroup(row, nowUs);
        this.#journalRing.release();
        continue;
      }
      // An order to the worker holds for everything before it.
      if (this.#group.length > 0 && !this.#commit(nowUs)) break;
      const content = bytes.slice(start, end);
      this.#journalRing.release();
      this.#obey(tag, content);
    }
    if (didWork) this.#cells.madeSpace();
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

  #isClosing(): boolean {
    return !Number.isNaN(this.#closingSinceUs);
  }

  /** Records wait for company or for the disk. */
  get hasPending(): boolean {
    return this.#group.length > 0 || this.#isClosing();
  }

  #addToGroup(row: JournalRow, nowUs: EpochUs): void {
    if (this.#group.length === 0) this.#groupSinceUs = nowUs;
    this.#group.push(row);
    if (URGENT.has(row.kind)) this.#isUrgent = true;
  }

  #obey(tag: number, content: Uint8Array): void {
    if (tag === JournalTag.exits) this.#exits = content;
    else if (tag === JournalTag.checkpoint) {
      this.#waitingOrder = JSON.parse(decodeText(content, 0, content.length)) as CheckpointOrder;
      if (this.#job === null) this.#startCheckpoint();
    } else if (tag === JournalTag.syncTape) {
      this.#drainTape();
      this.#syncTape();
    } else if (tag === JournalTag.close) this.#closingSinceUs = this.#options.nowUs();
  }

  #commitIfDue(nowUs: EpochUs): boolean {
    if (this.#group.length === 0) return false;
    const isDue =
      this.#isUrgent ||
      this.#isClosing() ||
      this.#group.length >= GROUP_MAX ||
      nowUs - this.#groupSinceUs >= GROUP_WAIT_US;
    return isDue && this.#commit(nowUs);
  }

  /** True when the group is on disk. On failure it stays and is tried again after a while. */
  #commit(nowUs: EpochUs): boolean {
    if (nowUs < this.#retryAtUs) return false;
    this.#tapeFirst();
    const result = this.#journal.append(this.#options.day, this.#group);
    if (!result.ok) {
      this.#journalFailed(result.code, result.message, nowUs);
      return false;
    }
    const last = this.#group.at(-1);
    this.#records += this.#group.length;
    this.#group = [];
    this.#isUrgent = false;
    this.#cells.setDurableSeq(last?.seq ?? 0);
    this.#bell?.ring();
    if (result.conflicts.length > 0) this.report({ kind: 'conflict', seqs: result.conflicts });
    if (this.#retryAtUs !== 0) {
      this.#retryAtUs = 0;
      this.#cells.setJournalState('ok');
      this.report({ kind: 'journal', state: 'ok', message: '', waiting: 0 });
    }
    return true;
  }

  /** Nothing is durable in the journal whose cause is not on the tape; but a tape that fails does not stop the journal. */
  #tapeFirst(): void {
    const { tapeBeforeJournal = 'sync' } = this.#options;
    if (tapeBeforeJournal === 'off' || this.#hasTapeFailure) return;
    this.#drainTape();
    if (tapeBeforeJournal === 'sync' && this.#group.some(({ kind }) => kind === 'intent')) this.#syncTape();
    else this.#took(this.#tape.flush());
  }

  #journalFailed(code: 'disk-full' | 'io-error', message: string, nowUs: EpochUs): void {
    const isFirst = this.#retryAtUs === 0;
    this.#retryAtUs = nowUs + RETRY_US;
    this.#cells.setJournalState(code);
    if (isFirst) this.report({ kind: 'journal', state: code, message, waiting: this.#group.length });
    if (!/malformed|corrupt|not a database/i.test(message)) return;
    this.#journal.close();
    const opened = openJournal(journalOptions(this.#options));
    if (!opened.ok) return;
    this.#journal = opened.journal;
    this.#retryAtUs = nowUs;
    this.report({ kind: 'salvaged', journal: opened.report });
  }

  /** Everything the kernel had put in the ring when this was called. */
  #drainTape(): void {
    const nowUs = this.#options.nowUs();
    const { pushed, popped } = this.#tapeRing.stats();
    this.#takeTape((pushed - popped) >>> 0, nowUs);
  }

  #takeTape(framesMax: number, nowUs: EpochUs): boolean {
    if (this.#hasTapeFailure && !this.#retryTape(nowUs)) return false;
    let frames = 0;
    while (frames < framesMax && !this.#hasTapeFailure && this.#tapeRing.next()) {
      frames++;
      const { tag, start, end, stampUs } = this.#tapeRing;
      if (tag === 1) this.#takeMarket(start, end);
      else if (tag === TAPE_TAG_DEFINITIONS) {
        const definitions = JSON.parse(decodeText(this.#tapeRing.bytes, start, end)) as Definitions;
        this.#tape.addSymbols(definitions.symbols);
        this.#tape.addSets(definitions.sets);
      } else this.#takeInput(tag, start, end, stampUs);
      this.#tapeRing.release();
    }
    if (frames > 0) this.#cells.madeSpace();
    return frames > 0;
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
    const result = this.#tape.sync();
    if (result.ok) this.#syncedInputNo = this.#tape.lastInputNo;
    this.#took(result);
    this.#lastSyncUs = this.#options.nowUs();
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
    const { flushEveryUs = 250_000, syncEveryUs = 1_000_000 } = this.#options;
    if (!this.#hasTapeFailure && nowUs - this.#lastFlushUs >= flushEveryUs) {
      this.#lastFlushUs = nowUs;
      this.#took(this.#tape.flush());
    }
    if (!this.#hasTapeFailure && nowUs - this.#lastSyncUs >= syncEveryUs) this.#syncTape();
    if (nowUs - this.#lastReportUs >= REPORT_EVERY_US) {
      this.#lastReportUs = nowUs;
      this.report({ kind: 'stats', stats: this.stats() });
    }
    if (nowUs - this.#lastTidyUs >= TIDY_EVERY_US && this.#group.length === 0) {
      this.#lastTidyUs = nowUs;
      if (this.#journal.commits !== this.#commitsAtReport) this.#journal.tidy();
      this.#commitsAtReport = this.#journal.commits;
    }
  }

  /** Orderly end: everything written, indexed, synced and unlocked. A disk that stays full is not waited for for ever. */
  #finish(nowUs: EpochUs): void {
    const waiting = this.#group.length;
    if (waiting > 0 && nowUs - this.#closingSinceUs < CLOSE_GRACE_US) return;
    this.#drainTape();
    const closed = this.#tape.close();
    if (closed.ok) this.#syncedInputNo = this.#tape.lastInputNo;
    this.#took(closed);
    const stats = this.stats();
    this.#journal.close();
    this.#guard.release();
    if (waiting > 0)
      this.report({
        kind: 'journal',
        state: 'overflow',
        message: 'closed with records that could not be written',
        waiting,
      });
    this.report({ kind: 'closed', stats });
    this.isClosed = true;
    this.#cells.setLife(waiting > 0 ? 'failed' : 'closed');
  }
}

function journalOptions(options: StoreCoreOptions): Parameters<typeof openJournal>[0] {
  return {
    dataDir: options.dataDir,
    nowUs: options.nowUs,
    ...(options.files === undefined ? {} : { files: options.files }),
    ...(options.journalPagesMax === undefined ? {} : { pagesMax: options.journalPagesMax }),
  };
}

/** Locks the folder, opens journal and tape, reports what was found. Null, with a `failed` report, when it cannot. */
export function openStoreCore(options: StoreCoreOptions): StoreCore | null {
  const cells = new StoreCells(options.channel.cells);
  const fail = (code: string, message: string): null => {
    const bytes = new TextEncoder().encode(JSON.stringify({ kind: 'failed', code, message } satisfies StoreReport));
    new FrameRing(options.channel.reports).push(bytes, 0, bytes.length, 1, options.nowUs());
    cells.setLife('failed');
    return null;
  };
  const locked = takeStoreGuard(options.dataDir);
  if (!locked.ok) return fail('in-use', locked.message);
  const opened = openJournal(journalOptions(options));
  if (!opened.ok) {
    locked.guard.release();
    return fail(opened.code, opened.message);
  }
  let tape: TapeWriter;
  try {
    tape = new TapeWriter({
      dataDir: options.dataDir,
      day: options.day,
      nowUs: options.nowUs,
      ...(options.files === undefined ? {} : { files: options.files }),
    });
  } catch (error) {
    opened.journal.close();
    locked.guard.release();
    return fail('io-error', errorText(error));
  }
  const core = new StoreCore(options, locked.guard, opened.journal, tape);
  const lastSeq = opened.journal.lastSeq(options.day);
  core.report({
    kind: 'opened',
    journal: opened.report,
    lastSeq,
    tapeDamage: tape.found,
    lastInputNo: tape.foundInputNo,
  });
  cells.setLife('open');
  return core;
}
