/**
 * The shared memory between the kernel's thread and the two of the store: a ring for the tape; a ring for the journal and
 * for orders that hold after the records before them; a ring by which the journal's thread passes those on to the tape's;
 * a ring of reports from each; a few numbers all can read; and two buffers for checkpoints. The journal has a ring and a
 * thread of its own so that market data can never stand in front of an order's intent.
 */
import { FrameRing } from '../../lib/frame-ring.ts';
import type { InputNo } from '../../model/units.ts';

/** Everything that crosses to the other thread; structured cloning shares the buffers. */
export interface StoreChannel {
  readonly tape: SharedArrayBuffer;
  readonly journal: SharedArrayBuffer;
  /** Orders to the tape's thread, from the journal's: `JournalTag` and content. */
  readonly orders: SharedArrayBuffer;
  readonly laneReports: SharedArrayBuffer;
  readonly reports: SharedArrayBuffer;
  readonly cells: SharedArrayBuffer;
  readonly checkpoints: readonly [SharedArrayBuffer, SharedArrayBuffer];
}

export interface StoreChannelOptions {
  readonly tapeRingBytes?: number;
  readonly journalRingBytes?: number;
  /** Reserved as address space, used as needed. */
  readonly checkpointBytesMax?: number;
}

const ORDERS_RING_BYTES = 16 << 20;

export function createStoreChannel(options: StoreChannelOptions = {}): StoreChannel {
  const { tapeRingBytes = 64 << 20, journalRingBytes = 16 << 20, checkpointBytesMax = 512 << 20 } = options;
  const slot = (): SharedArrayBuffer => new SharedArrayBuffer(0, { maxByteLength: checkpointBytesMax });
  return {
    tape: new FrameRing(tapeRingBytes).buffer,
    journal: new FrameRing(journalRingBytes).buffer,
    orders: new FrameRing(ORDERS_RING_BYTES).buffer,
    laneReports: new FrameRing(1 << 20).buffer,
    reports: new FrameRing(1 << 20).buffer,
    cells: new SharedArrayBuffer(256),
    checkpoints: [slot(), slot()],
  };
}

/** At least so large; the other thread may be growing it too. */
export function growTo(buffer: SharedArrayBuffer, bytes: number): void {
  while (buffer.byteLength < bytes) {
    try {
      buffer.grow(bytes);
    } catch (error) {
      if (buffer.byteLength < bytes) throw error;
    }
  }
}

const PAGE_BYTES = 4096;

/**
 * Makes both checkpoint buffers so large and touches every page of them, changing nothing, so that the first checkpoints
 * cost the kernel no page faults. For the worker's thread, whose time is nobody's pause; what the kernel writes there
 * meanwhile stays.
 */
export function warmCheckpoints(channel: StoreChannel, bytesMax: number): void {
  for (const buffer of channel.checkpoints) {
    const size = Math.min(bytesMax, buffer.maxByteLength);
    growTo(buffer, size);
    const bytes = new Uint8Array(buffer);
    for (let at = 0; at < size; at += PAGE_BYTES) Atomics.or(bytes, at, 0);
  }
}

/** Tags below 32 in the tape ring are input kinds (TAPE_KIND_CODE). */
export const TAPE_TAG_DEFINITIONS = 32;

export const JournalTag = { record: 1, exits: 2, checkpoint: 3, syncTape: 4, close: 5, opened: 6 } as const;

/** Names and sets new since the last definitions frame, in order of id. */
export interface Definitions {
  /** Ids of the first of them. */
  readonly firstSymbol: number;
  readonly firstSet: number;
  readonly symbols: readonly string[];
  readonly sets: readonly (readonly number[])[];
}

const DURABLE = 0;
const WORK = 1;
const JOURNAL_STATE = 2;
const TAPE_STATE = 3;
const SPACE = 4;
const LIFE = 5;
const BUSY = 6; // and 7
const WRITTEN_INPUT = 8; // as double, index 8 of the doubles
const SYNCED_INPUT = 9;
const COMMITS = 10; // doubles
const RECORDS = 11;
const JOURNAL_WORK = 24; // words again
const GUARD = 25;
const URGENT_SEQ = 26;

export const STORE_STATES = ['ok', 'disk-full', 'io-error', 'overflow'] as const;
export type StoreState = (typeof STORE_STATES)[number];

/** Starting, accepting, closed in order, ended by failure. */
export const LIFE_STATES = ['starting', 'open', 'closed', 'failed'] as const;
export type StoreLife = (typeof LIFE_STATES)[number];

const GUARD_WAIT_MS = 100;

/** The numbers all sides share. Each has one writer. */
export class StoreCells {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  durableSeq(): number {
    return Atomics.load(this.#words, DURABLE);
  }

  setDurableSeq(seq: number): void {
    Atomics.store(this.#words, DURABLE, seq);
    Atomics.notify(this.#words, DURABLE);
  }

  /** Blocks this thread until the durable sequence is no longer `seen`. */
  waitDurable(seen: number, timeoutMs: number): void {
    Atomics.wait(this.#words, DURABLE, seen, timeoutMs);
  }

  /** Wakes the tape's thread. */
  ring(): void {
    Atomics.add(this.#words, WORK, 1);
    Atomics.notify(this.#words, WORK);
  }

  /** Wakes the journal's thread. */
  ringJournal(): void {
    Atomics.add(this.#words, JOURNAL_WORK, 1);
    Atomics.notify(this.#words, JOURNAL_WORK);
  }

  journalBell(): number {
    return Atomics.load(this.#words, JOURNAL_WORK);
  }

  waitJournalWork(seen: number, timeoutMs: number): void {
    Atomics.wait(this.#words, JOURNAL_WORK, seen, timeoutMs);
  }

  /** The folder is ours: the journal may be opened. */
  setGuarded(): void {
    Atomics.store(this.#words, GUARD, 1);
    Atomics.notify(this.#words, GUARD);
  }

  /** Waits for the folder to be ours. False when it will not be. */
  waitGuarded(): boolean {
    while (Atomics.load(this.#words, GUARD) === 0) {
      if (this.life() === 'failed') return false;
      Atomics.wait(this.#words, GUARD, 0, GUARD_WAIT_MS);
    }
    return true;
  }

  /** A record that an order waits for was handed over. */
  setUrgentSeq(seq: number): void {
    Atomics.store(this.#words, URGENT_SEQ, seq);
  }

  /**
   * Blocks this thread while an order waits for its record, at most so long: a processor and the disk are better left to the
   * journal meanwhile. Not while the journal cannot be written.
   */
  yieldToJournal(timeoutMs: number): void {
    const durable = this.durableSeq();
    if (durable >= Atomics.load(this.#words, URGENT_SEQ) || this.journalState() !== 'ok') return;
    this.waitDurable(durable, timeoutMs);
  }

  commits(): number {
    return this.#doubles[COMMITS] as number;
  }

  records(): number {
    return this.#doubles[RECORDS] as number;
  }

  setJournalCounts(commits: number, records: number): void {
    this.#doubles[COMMITS] = commits;
    this.#doubles[RECORDS] = records;
  }

  bell(): number {
    return Atomics.load(this.#words, WORK);
  }

  waitWork(seen: number, timeoutMs: number): void {
    Atomics.wait(this.#words, WORK, seen, timeoutMs);
  }

  journalState(): StoreState {
    return STORE_STATES[Atomics.load(this.#words, JOURNAL_STATE)] ?? 'io-error';
  }

  setJournalState(state: StoreState): void {
    Atomics.store(this.#words, JOURNAL_STATE, STORE_STATES.indexOf(state));
  }

  tapeState(): StoreState {
    return STORE_STATES[Atomics.load(this.#words, TAPE_STATE)] ?? 'io-error';
  }

  setTapeState(state: StoreState): void {
    Atomics.store(this.#words, TAPE_STATE, STORE_STATES.indexOf(state));
  }

  /** The worker took frames from a ring: a producer that waits for room looks again. */
  madeSpace(): void {
    Atomics.add(this.#words, SPACE, 1);
    Atomics.notify(this.#words, SPACE);
  }

  space(): number {
    return Atomics.load(this.#words, SPACE);
  }

  waitSpace(seen: number, timeoutMs: number): void {
    Atomics.wait(this.#words, SPACE, seen, timeoutMs);
  }

  life(): StoreLife {
    return LIFE_STATES[Atomics.load(this.#words, LIFE)] ?? 'failed';
  }

  setLife(life: StoreLife): void {
    Atomics.store(this.#words, LIFE, LIFE_STATES.indexOf(life));
    Atomics.notify(this.#words, LIFE);
  }

  waitLife(seen: StoreLife, timeoutMs: number): void {
    Atomics.wait(this.#words, LIFE, LIFE_STATES.indexOf(seen), timeoutMs);
  }

  isCheckpointBusy(slot: number): boolean {
    return Atomics.load(this.#words, BUSY + slot) !== 0;
  }

  setCheckpointBusy(slot: number, isBusy: boolean): void {
    Atomics.store(this.#words, BUSY + slot, isBusy ? 1 : 0);
  }

  /** Inputs up to here are in the file (survive a kill), and on the medium (survive a power cut). */
  writtenInputNo(): InputNo {
    return this.#doubles[WRITTEN_INPUT] as number;
  }

  syncedInputNo(): InputNo {
    return this.#doubles[SYNCED_INPUT] as number;
  }

  setTapeInputNo(written: InputNo, synced: InputNo): void {
    this.#doubles[WRITTEN_INPUT] = written;
    this.#doubles[SYNCED_INPUT] = synced;
  }
}
