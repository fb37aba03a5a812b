/**
 * What the journal's thread does, without the thread: takes records from their ring, commits them in groups, tells how far
 * they are on disk, and passes orders on to the tape's thread when everything before them is. Nothing else is done here, so
 * that an order's intent waits for one commit and for nothing more (docs/specs/journal.md, GRP1..).
 */
import path from 'node:path';
import { FrameRing } from '../../lib/frame-ring.ts';
import type { JournalRow } from '../../journal/journal-record.ts';
import { unpackRow } from '../../journal/journal-record.ts';
import type { EpochUs } from '../../model/units.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';
import type { Journal, JournalOpenReport } from './journal-sqlite.ts';
import { openJournal } from './journal-sqlite.ts';
import { JournalTag, StoreCells } from './store-channel.ts';
import type { StoreCoreOptions } from './store-core.ts';
import type { StoreReport } from './store-report.ts';
import { FrontWriter } from './tape-front.ts';

const GROUP_MAX = 4096;
/** A group without anything urgent waits so long for company. */
const GROUP_WAIT_US = 10_000;
const RETRY_US = 200_000;
const CLOSE_GRACE_US = 5_000_000;
const URGENT: ReadonlySet<string> = new Set(['intent', 'risk', 'command', 'run']);

/** The first order to the tape's thread: what opening found. */
export type LaneOpened =
  | { readonly ok: true; readonly report: JournalOpenReport; readonly lastSeq: number }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** The last one. */
export interface LaneClosed {
  /** Records that could not be written. */
  readonly waiting: number;
}

export class JournalLane {
  readonly #options: StoreCoreOptions;
  readonly #cells: StoreCells;
  readonly #ring: FrameRing;
  readonly #orders: FrameRing;
  readonly #reports: FrameRing;
  readonly #bell: FrameRing | null;
  readonly #front: FrontWriter | null;
  readonly #unsent: { readonly tag: number; readonly bytes: Uint8Array }[] = [];
  #journal: Journal;
  #group: JournalRow[] = [];
  #groupSinceUs = 0;
  #isUrgent = false;
  #retryAtUs = 0;
  #records = 0;
  #frontFailed = false;
  #closingSinceUs = Number.NaN;
  isClosed = false;

  constructor(options: StoreCoreOptions, journal: Journal) {
    this.#options = options;
    this.#cells = new StoreCells(options.channel.cells);
    this.#ring = new FrameRing(options.channel.journal);
    this.#orders = new FrameRing(options.channel.orders);
    this.#reports = new FrameRing(options.channel.laneReports);
    this.#bell = options.kernelBell === undefined ? null : new FrameRing(options.kernelBell);
    const { tapeBeforeJournal = 'sync', dataDir, day, files = nodeFileSystem } = options;
    const folder = path.join(dataDir, 'tape', day);
    const isWhole = tapeBeforeJournal === 'sync';
    this.#front = tapeBeforeJournal === 'off' ? null : new FrontWriter(files, folder, options.channel.tape, isWhole);
    this.#journal = journal;
    this.#cells.setDurableSeq(journal.lastSeq(options.day));
  }

  /** A bounded piece of work. False when there was nothing to do but wait. */
  step(): boolean {
    const nowUs = this.#options.nowUs();
    if (this.#unsent.length > 0) this.#sendOrders();
    const didTake = this.#take(nowUs);
    const didCommit = this.#commitIfDue(nowUs);
    if (this.#isClosing() && !didTake && !didCommit) this.#finish(nowUs);
    else if (!didTake && !didCommit) return this.#journal.growLog();
    return didTake || didCommit;
  }

  /** Records wait for company or for the disk, or orders for room. */
  get hasPending(): boolean {
    return this.#group.length > 0 || this.#unsent.length > 0 || this.#isClosing();
  }

  /** For tests of a full disk: room for the database again. */
  raiseLimit(pages: number): void {
    this.#journal.limitPages(pages);
  }

  #take(nowUs: EpochUs): boolean {
    let didWork = false;
    const ring = this.#ring;
    while (this.#group.length < GROUP_MAX && ring.next()) {
      didWork = true;
      const { tag, start, end, bytes } = ring;
      if (tag === JournalTag.record) {
        const row = unpackRow(bytes, start, end);
        if (row !== null) this.#add(row, nowUs);
        ring.release();
        continue;
      }
      // An order holds for everything before it.
      if (this.#group.length > 0 && !this.#commit(nowUs)) break;
      const content = bytes.slice(start, end);
      ring.release();
      if (tag === JournalTag.close) this.#closingSinceUs = nowUs;
      else this.#order(tag, content);
    }
    if (didWork) this.#cells.madeSpace();
    return didWork;
  }

  #add(row: JournalRow, nowUs: EpochUs): void {
    if (this.#group.length === 0) this.#groupSinceUs = nowUs;
    this.#group.push(row);
    if (URGENT.has(row.kind)) this.#isUrgent = true;
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
    this.#writeFront();
    const result = this.#journal.append(this.#options.day, this.#group);
    if (!result.ok) {
      this.#failed(result.code, result.message, nowUs);
      return false;
    }
    const last = this.#group.at(-1);
    this.#records += this.#group.length;
    this.#group = [];
    this.#isUrgent = false;
    this.#cells.setDurableSeq(last?.seq ?? 0);
    this.#bell?.ring();
    this.#cells.setJournalCounts(this.#journal.commits, this.#records);
    if (result.conflicts.length > 0) this.#report({ kind: 'conflict', seqs: result.conflicts });
    if (this.#retryAtUs !== 0) {
      this.#retryAtUs = 0;
      this.#cells.setJournalState('ok');
      this.#report({ kind: 'journal', state: 'ok', message: '', waiting: 0 });
    }
    return true;
  }

  /** What the group was decided on is in a file before the group is; but a file that fails does not stop the journal. */
  #writeFront(): void {
    if (this.#front === null) return;
    const { tapeBeforeJournal = 'sync' } = this.#options;
    const isSynced = tapeBeforeJournal === 'sync' && this.#group.some(({ kind }) => kind === 'intent');
    const result = this.#front.write(isSynced);
    const isFailing = result.kind === 'failed';
    if (isFailing === this.#frontFailed) return;
    this.#frontFailed = isFailing;
    this.#report({ kind: 'front', message: isFailing ? result.message : '' });
  }

  #failed(code: 'disk-full' | 'io-error', message: string, nowUs: EpochUs): void {
    const isFirst = this.#retryAtUs === 0;
    this.#retryAtUs = nowUs + RETRY_US;
    this.#cells.setJournalState(code);
    if (isFirst) this.#report({ kind: 'journal', state: code, message, waiting: this.#group.length });
    if (!/malformed|corrupt|not a database/i.test(message)) return;
    this.#journal.close();
    const opened = openJournal(journalOptions(this.#options));
    if (!opened.ok) return;
    this.#journal = opened.journal;
    this.#retryAtUs = nowUs;
    this.#report({ kind: 'salvaged', journal: opened.report });
  }

  #isClosing(): boolean {
    return !Number.isNaN(this.#closingSinceUs);
  }

  /** A disk that stays full is not waited for for ever. */
  #finish(nowUs: EpochUs): void {
    const waiting = this.#group.length;
    if ((waiting > 0 || this.#unsent.length > 0) && nowUs - this.#closingSinceUs < CLOSE_GRACE_US) return;
    this.#journal.close();
    this.#front?.close();
    if (waiting > 0) {
      const message = 'closed with records that could not be written';
      this.#report({ kind: 'journal', state: 'overflow', message, waiting });
    }
    this.isClosed = true;
    this.#order(JournalTag.close, encode({ waiting } satisfies LaneClosed));
  }

  /** The folder could not be opened after all. */
  abandon(): void {
    this.#journal.close();
    this.isClosed = true;
  }

  #order(tag: number, bytes: Uint8Array): void {
    this.#unsent.push({ tag, bytes });
    this.#sendOrders();
  }

  #sendOrders(): void {
    while (this.#unsent.length > 0) {
      const { tag, bytes } = this.#unsent[0] as { readonly tag: number; readonly bytes: Uint8Array };
      if (!this.#orders.push(bytes, 0, bytes.length, tag, 0)) break;
      this.#unsent.shift();
    }
    this.#cells.ring();
  }

  #report(report: StoreReport): void {
    const bytes = encode(report);
    this.#reports.push(bytes, 0, bytes.length, 1, this.#options.nowUs());
  }
}

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function journalOptions(options: StoreCoreOptions): Parameters<typeof openJournal>[0] {
  const files: FileSystem | undefined = options.files;
  return {
    dataDir: options.dataDir,
    nowUs: options.nowUs,
    ...(files === undefined ? {} : { files }),
    ...(options.journalPagesMax === undefined ? {} : { pagesMax: options.journalPagesMax }),
  };
}

/** Opens the journal of a folder that is ours, and tells the tape's thread what was found. Null when it cannot. */
export function openJournalLane(options: StoreCoreOptions): JournalLane | null {
  const orders = new FrameRing(options.channel.orders);
  const opened = openJournal(journalOptions(options));
  const lane = opened.ok ? new JournalLane(options, opened.journal) : null;
  const told: LaneOpened = opened.ok
    ? { ok: true, report: opened.report, lastSeq: opened.journal.lastSeq(options.day) }
    : { ok: false, code: opened.code, message: opened.message };
  const bytes = encode(told);
  orders.push(bytes, 0, bytes.length, JournalTag.opened, 0);
  new StoreCells(options.channel.cells).ring();
  return lane;
}
