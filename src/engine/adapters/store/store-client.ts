/**
 * The kernel's end of the store: everything here copies bytes into shared memory and returns; nothing waits for a disk
 * unless asked to. One client per channel, on the kernel's thread.
 *
 * When the tape's ring is full its inputs are dropped and a hole is recorded in their place (or, with `whenFull: 'wait'`,
 * the caller waits, which is right for a replay that runs faster than the disk). Journal records are never dropped while
 * memory lasts: they queue here up to a limit, and `journalState` says so.
 */
import type { Worker } from 'node:worker_threads';
import { ByteSink } from '../../lib/byte-sink.ts';
import type { EarlyThread } from '../early-thread.ts';
import { startEarlyThread } from '../early-thread.ts';
import { FrameRing } from '../../lib/frame-ring.ts';
import { packRow, toRow } from '../../journal/journal-record.ts';
import type { ConditionSets } from '../../model/conditions.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import { EVENT_BATCH_CAPACITY } from '../../model/event-batch.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import type { EpochUs, InputNo } from '../../model/units.ts';
import type { CheckpointWriter } from '../../ports/checkpoint.ts';
import type { JournalRecord, JournalSink } from '../../ports/journal.ts';
import type { MarketStaging, TapeHole, TapeKind } from '../../tape/tape-input.ts';
import { createMarketStaging, packMarketFrame, TAPE_KIND_CODE } from '../../tape/tape-input.ts';
import type { CheckpointMeta } from './checkpoint-files.ts';
import type { ExitsContent } from './exits-file.ts';
import { encodeExits } from './exits-file.ts';
import type { Definitions, StoreChannel, StoreChannelOptions, StoreLife, StoreState } from './store-channel.ts';
import { createStoreChannel, growTo, JournalTag, StoreCells, TAPE_TAG_DEFINITIONS } from './store-channel.ts';
import type { CheckpointOrder, StoreCoreOptions } from './store-core.ts';
import type { StoreReport } from './store-report.ts';

export interface StoreClientOptions {
  readonly channel: StoreChannel;
  readonly symbols: SymbolTable;
  readonly sets: ConditionSets;
  readonly onReport?: (report: StoreReport) => void;
  /** What to do when the tape's ring is full. Default 'drop'. */
  readonly whenFull?: 'drop' | 'wait';
  /** Records held here while the journal's ring is full, at most. */
  readonly overflowMax?: number;
}

/** What the worker is started with; plain data. */
export interface StoreWorkerData extends Omit<StoreCoreOptions, 'nowUs' | 'files'> {
  readonly part: 'tape' | 'journal';
}

export interface StoreWorkerOptions extends Omit<StoreWorkerData, 'channel' | 'part'>, StoreChannelOptions {
  /** URL or path of the bundled entry, store-worker.js; or its two threads, which wait for what they are to do. */
  readonly workerUrl: string | URL | EarlyStore;
}

export interface EarlyStore {
  readonly tape: EarlyThread;
  readonly journal: EarlyThread;
}

export interface StoreWorker {
  readonly channel: StoreChannel;
  /** The thread of tape, checkpoints and exits file; it ends last. */
  readonly worker: Worker;
  readonly journal: Worker;
}

/** Starts the store's two threads; the channel may then be handed to the kernel's thread. */
export function startStoreWorker(options: StoreWorkerOptions): StoreWorker {
  const { workerUrl, tapeRingBytes, journalRingBytes, checkpointBytesMax, ...data } = options;
  const channel = createStoreChannel({
    ...(tapeRingBytes === undefined ? {} : { tapeRingBytes }),
    ...(journalRingBytes === undefined ? {} : { journalRingBytes }),
    ...(checkpointBytesMax === undefined ? {} : { checkpointBytesMax }),
  });
  const cells = new StoreCells(channel.cells);
  const start = (part: 'tape' | 'journal'): Worker => {
    const workerData: StoreWorkerData = { ...data, channel, part };
    const isEarly = typeof workerUrl === 'object' && 'tape' in workerUrl;
    const thread = isEarly ? workerUrl[part] : startEarlyThread(workerUrl, part === 'tape' ? 'store' : 'journal');
    thread.worker.once('error', () => cells.setLife('failed'));
    thread.begin(workerData);
    return thread.worker;
  };
  const worker = start('tape');
  const journal = start('journal');
  worker.once('exit', () => {
    if (cells.life() !== 'closed') cells.setLife('failed');
  });
  journal.once('exit', (code) => {
    if (code !== 0 && cells.life() !== 'closed') cells.setLife('failed');
  });
  return { channel, worker, journal };
}

export type CheckpointStarted =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly code: 'busy' | 'too-large' | 'no-room'; readonly message: string };

const COMMIT_WAIT_SLICE_MS = 100;
/** So much new tape wakes the tape's thread. */
const RING_BYTES = 128 << 10;
/** Bytes of a checkpoint copied in one turn: about a millisecond. */
const COPY_BYTES = 4 << 20;

/** A checkpoint whose unchanging sections are still being copied. */
interface CheckpointUnderWay {
  readonly slot: number;
  readonly meta: CheckpointMeta;
  readonly sections: readonly { readonly name: string; readonly at: number; readonly length: number }[];
  /** What is still to be copied, first one first. */
  readonly rest: { at: number; from: Uint8Array }[];
  readonly checks: readonly (() => boolean)[];
}

export class StoreClient implements JournalSink {
  readonly channel: StoreChannel;
  readonly #options: StoreClientOptions;
  readonly #cells: StoreCells;
  readonly #tape: FrameRing;
  readonly #journal: FrameRing;
  readonly #reports: readonly FrameRing[];
  readonly #overflow: { readonly tag: number; readonly bytes: Uint8Array }[] = [];
  readonly #packed = new ByteSink(4096);
  readonly #encoder = new TextEncoder();
  #staging: MarketStaging = createMarketStaging(EVENT_BATCH_CAPACITY);
  #symbolsSent = 0;
  #setsSent = 1;
  #hole: { from: InputNo; to: InputNo; inputs: number; events: number; atUs: EpochUs } | null = null;
  #nextSlot = 0;
  #unrungBytes = 0;
  #underWay: CheckpointUnderWay | null = null;
  /** Checkpoints that were given up because what was to be copied had changed. */
  checkpointsGivenUp = 0;
  /** Inputs and events that did not reach the tape, so far. */
  inputsDropped = 0;
  eventsDropped = 0;
  recordsRefused = 0;

  constructor(options: StoreClientOptions) {
    this.#options = options;
    this.channel = options.channel;
    this.#cells = new StoreCells(options.channel.cells);
    this.#tape = new FrameRing(options.channel.tape);
    this.#journal = new FrameRing(options.channel.journal);
    this.#reports = [new FrameRing(options.channel.reports), new FrameRing(options.channel.laneReports)];
  }

  /** Waits until the store is open or has failed. Worker threads only. */
  waitOpen(timeoutMs: number): StoreLife {
    this.#cells.waitLife('starting', timeoutMs);
    return this.#cells.life();
  }

  life(): StoreLife {
    return this.#cells.life();
  }

  append(record: JournalRecord): void {
    this.appendJournal(record);
  }

  /** False when even the overflow is full: the record is not kept, and the caller must not act on it. */
  appendJournal(record: JournalRecord): boolean {
    this.#packed.clear();
    packRow(toRow(record), this.#packed);
    if (record.kind === 'intent') this.#cells.setUrgentSeq(record.seq);
    const isTaken = this.#sendJournal(JournalTag.record, this.#packed.bytes, this.#packed.length);
    if (!isTaken) this.recordsRefused++;
    return isTaken;
  }

  /** Takes the batch as input `inputNo`. False when it could not be taken and became part of a hole. */
  appendBatch(inputNo: InputNo, batch: EventBatch): boolean {
    if (!this.#prepare()) return this.#drop(inputNo, batch.length, batch.receivedUs);
    if (batch.length > this.#staging.rowsMax) this.#staging = createMarketStaging(batch.length);
    const length = packMarketFrame(this.#staging, inputNo, batch, 0, batch.length);
    if (this.#push(this.#staging.bytes, length, TAPE_KIND_CODE.market, batch.receivedUs)) return true;
    return this.#drop(inputNo, batch.length, batch.receivedUs);
  }

  /** Any other input. `body` becomes JSON; `seq` is for `durable`. */
  appendInput(
    inputNo: InputNo,
    kind: Exclude<TapeKind, 'market'>,
    receivedUs: EpochUs,
    body?: unknown,
    seq = 0,
  ): boolean {
    if (!this.#prepare()) return this.#drop(inputNo, 0, receivedUs);
    if (this.#pushInput(inputNo, kind, receivedUs, body, seq)) return true;
    return this.#drop(inputNo, 0, receivedUs);
  }

  /** Highest journal sequence of the day that is on disk. */
  durableSeq(): number {
    return this.#cells.durableSeq();
  }

  /** Waits until the record is on disk. Worker threads only. False when it took longer, or the store is not open. */
  waitDurable(seq: number, timeoutMs: number): boolean {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      this.#sendOverflow();
      const seen = this.#cells.durableSeq();
      if (seen >= seq) return true;
      const left = deadline - performance.now();
      if (left <= 0 || this.#cells.life() === 'failed' || this.#cells.life() === 'closed') return false;
      this.#cells.waitDurable(seen, Math.min(left, COMMIT_WAIT_SLICE_MS));
    }
  }

  /** 'overflow' while records wait here because the worker does not keep up. */
  journalState(): StoreState {
    return this.#overflow.length > 0 && this.#cells.journalState() === 'ok' ? 'overflow' : this.#cells.journalState();
  }

  tapeState(): StoreState {
    return this.#hole !== null && this.#cells.tapeState() === 'ok' ? 'overflow' : this.#cells.tapeState();
  }

  /** Inputs up to here survive a kill; and a power cut. */
  tapeProgress(): { readonly writtenInputNo: InputNo; readonly syncedInputNo: InputNo } {
    return { writtenInputNo: this.#cells.writtenInputNo(), syncedInputNo: this.#cells.syncedInputNo() };
  }

  /** Asks for everything so far to be put on the medium. */
  syncTape(): boolean {
    return this.#sendJournal(JournalTag.syncTape, new Uint8Array(0), 0);
  }

  /** Replaces the exits file, after the records before this call are on disk. */
  writeExits(content: ExitsContent): boolean {
    const bytes = encodeExits(content);
    return this.#sendJournal(JournalTag.exits, bytes, bytes.length);
  }

  /**
   * Copies the sections and returns; the worker compresses and writes. The pause of the caller is the copying. What was put
   * off (`later`) is copied by `continueCheckpoint`. Two checkpoints may be under way; a third is refused as busy.
   */
  writeCheckpoint(meta: CheckpointMeta, save: (writer: CheckpointWriter) => void): CheckpointStarted {
    const slot = this.#nextSlot;
    if (this.#cells.isCheckpointBusy(slot) || this.#underWay !== null)
      return { ok: false, code: 'busy', message: 'the checkpoint before is still being written' };
    const buffer = this.channel.checkpoints[slot] as SharedArrayBuffer;
    const sections: { name: string; at: number; length: number }[] = [];
    const rest: { at: number; from: Uint8Array }[] = [];
    const checks: (() => boolean)[] = [];
    let used = 0;
    let isTooLarge = false;
    /** Where the section goes; -1 when there is no room. */
    const place = (name: string, length: number): number => {
      const at = used;
      if (isTooLarge || at + length > buffer.maxByteLength) {
        isTooLarge = true;
        return -1;
      }
      used = at + Math.ceil(length / 8) * 8;
      if (used > buffer.byteLength)
        growTo(buffer, Math.min(buffer.maxByteLength, Math.max(used, buffer.byteLength + (8 << 20))));
      sections.push({ name, at, length });
      return at;
    };
    save({
      section: (name, bytes) => {
        const at = place(name, bytes.length);
        if (at >= 0) new Uint8Array(buffer, at, bytes.length).set(bytes);
      },
      later: (name, parts, isStill) => {
        let at = place(
          name,
          parts.reduce((sum, part) => sum + part.length, 0),
        );
        if (at < 0) return;
        checks.push(isStill);
        for (const from of parts) {
          rest.push({ at, from });
          at += from.length;
        }
      },
    });
    if (isTooLarge)
      return { ok: false, code: 'too-large', message: `the state is larger than ${buffer.maxByteLength} bytes` };
    this.#cells.setCheckpointBusy(slot, true);
    this.#underWay = { slot, meta, sections, rest, checks };
    if (rest.length === 0 && this.continueCheckpoint() === 'failed')
      return { ok: false, code: 'no-room', message: 'the store is not taking orders' };
    return { ok: true, bytes: used };
  }

  /** Copies a little more of the checkpoint under way; to be called between turns until it says anything but 'more'. */
  continueCheckpoint(bytesMax: number = COPY_BYTES): 'none' | 'more' | 'sent' | 'failed' {
    const job = this.#underWay;
    if (job === null) return 'none';
    const buffer = this.channel.checkpoints[job.slot] as SharedArrayBuffer;
    let left = bytesMax;
    for (let next = job.rest[0]; next !== undefined && left > 0; next = job.rest[0]) {
      const length = Math.min(left, next.from.length);
      new Uint8Array(buffer, next.at, length).set(next.from.subarray(0, length));
      left -= length;
      if (length === next.from.length) job.rest.shift();
      else job.rest[0] = { at: next.at + length, from: next.from.subarray(length) };
    }
    if (job.rest.length > 0) return 'more';
    this.#underWay = null;
    const { slot, meta, sections } = job;
    // Looked at after the copying: nothing changed in between, because this thread did the copying.
    const isWhole = job.checks.every((isStill) => isStill());
    if (!isWhole) this.checkpointsGivenUp++;
    const order = this.#encoder.encode(JSON.stringify({ slot, meta, sections } satisfies CheckpointOrder));
    if (!isWhole || !this.#sendJournal(JournalTag.checkpoint, order, order.length)) {
      this.#cells.setCheckpointBusy(slot, false);
      return 'failed';
    }
    this.#nextSlot = 1 - slot;
    return 'sent';
  }

  /** Hands reports to `onReport` and sends what waits; to be called now and then by the thread that owns the client. */
  poll(): void {
    this.#sendOverflow();
    if (this.#hole !== null) this.#prepare();
    for (const reports of this.#reports) {
      while (reports.next()) {
        // TextDecoder does not read shared memory.
        const text = new TextDecoder().decode(reports.bytes.slice(reports.start, reports.end));
        reports.release();
        this.#options.onReport?.(JSON.parse(text) as StoreReport);
      }
    }
  }

  /** Asks the worker to finish everything and end; resolves when it has. False when it did not within `timeoutMs`. */
  async close(timeoutMs = 15_000): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    let isAsked = false;
    for (;;) {
      this.poll();
      const life = this.#cells.life();
      if (life === 'closed' || life === 'failed') {
        this.poll();
        return life === 'closed';
      }
      if (!isAsked && this.#overflow.length === 0) isAsked = this.#sendJournal(JournalTag.close, new Uint8Array(0), 0);
      if (performance.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** Sends a recorded hole and new definitions ahead of an input. False when the ring has no room for them. */
  #prepare(): boolean {
    if (this.#hole !== null && !this.#sendHole()) return false;
    const { symbols, sets } = this.#options;
    if (symbols.names.length === this.#symbolsSent && sets.sets.length === this.#setsSent) return true;
    const definitions: Definitions = {
      firstSymbol: this.#symbolsSent,
      firstSet: this.#setsSent,
      symbols: symbols.names.slice(this.#symbolsSent),
      sets: sets.sets.slice(this.#setsSent),
    };
    const bytes = this.#encoder.encode(JSON.stringify(definitions));
    if (!this.#push(bytes, bytes.length, TAPE_TAG_DEFINITIONS, 0)) return false;
    this.#symbolsSent = symbols.names.length;
    this.#setsSent = sets.sets.length;
    return true;
  }

  #pushInput(
    inputNo: InputNo,
    kind: Exclude<TapeKind, 'market'>,
    receivedUs: EpochUs,
    body: unknown,
    seq: number,
  ): boolean {
    const sink = this.#packed;
    sink.clear();
    sink.reserve(16);
    sink.putDouble(inputNo);
    sink.putDouble(seq);
    if (body !== undefined) sink.putBytes(this.#encoder.encode(JSON.stringify(body)));
    return this.#push(sink.bytes, sink.length, TAPE_KIND_CODE[kind], receivedUs);
  }

  #push(bytes: Uint8Array, length: number, tag: number, stampUs: EpochUs): boolean {
    for (;;) {
      const seen = this.#cells.space();
      if (this.#tape.push(bytes, 0, length, tag, stampUs)) {
        // The tape's thread looks by itself every few milliseconds; waking it for every batch would cost both threads time.
        this.#unrungBytes += length;
        if (this.#unrungBytes >= RING_BYTES) this.#ringTape();
        return true;
      }
      this.#ringTape();
      const { capacityBytes } = this.#tape.stats();
      // A disk that is full may stay so for hours: then even a patient caller goes on, and the tape gets a hole.
      const canWait =
        this.#options.whenFull === 'wait' && this.#cells.tapeState() === 'ok' && length + 64 < capacityBytes / 2;
      if (!canWait || this.#cells.life() === 'failed' || this.#cells.life() === 'closed') return false;
      this.#cells.waitSpace(seen, COMMIT_WAIT_SLICE_MS);
    }
  }

  #ringTape(): void {
    this.#unrungBytes = 0;
    this.#cells.ring();
  }

  #drop(inputNo: InputNo, events: number, atUs: EpochUs): false {
    this.inputsDropped++;
    this.eventsDropped += events;
    this.#hole ??= { from: inputNo, to: inputNo, inputs: 0, events: 0, atUs };
    this.#hole.to = inputNo;
    this.#hole.atUs = atUs;
    this.#hole.inputs++;
    this.#hole.events += events;
    return false;
  }

  #sendHole(): boolean {
    const hole = this.#hole;
    if (hole === null) return true;
    // Only when there is room again for a while: one hole that names all, not one for every input that did not fit.
    const { usedBytes, capacityBytes } = this.#tape.stats();
    if (usedBytes > capacityBytes / 2) return false;
    const body: TapeHole = {
      fromInputNo: hole.from,
      toInputNo: hole.to,
      inputs: hole.inputs,
      events: hole.events,
      reason: this.#cells.tapeState() === 'ok' ? 'overflow' : this.#cells.tapeState(),
    };
    if (!this.#pushInput(hole.to, 'hole', hole.atUs, body, 0)) return false;
    this.#hole = null;
    return true;
  }

  #sendJournal(tag: number, bytes: Uint8Array, length: number): boolean {
    this.#sendOverflow();
    if (this.#overflow.length === 0 && this.#journal.push(bytes, 0, length, tag, 0)) {
      this.#cells.ringJournal();
      return true;
    }
    if (this.#overflow.length >= (this.#options.overflowMax ?? 100_000)) return false;
    this.#overflow.push({ tag, bytes: bytes.slice(0, length) });
    return true;
  }

  #sendOverflow(): void {
    if (this.#overflow.length === 0) return;
    let sent = 0;
    for (const { tag, bytes } of this.#overflow) {
      if (!this.#journal.push(bytes, 0, bytes.length, tag, 0)) break;
      sent++;
    }
    if (sent === 0) return;
    this.#overflow.splice(0, sent);
    this.#cells.ringJournal();
  }
}
