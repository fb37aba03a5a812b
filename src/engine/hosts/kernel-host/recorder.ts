/**
 * Every input goes to the tape first and to the kernel second, so the tape is never behind what was decided. An order's
 * intent must be on disk before the kernel hears so; with a simulated feed the kernel waits for that on the spot (simulated
 * time can wait), so a run is the same however fast the disk is; with a real feed it goes on and is told when it happens.
 */
import type { StoreClient } from '../../adapters/store/store-client.ts';
import type { KernelInput, UserCommand } from '../../kernel/input.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { CommandAnswer } from '../../kernel/user-commands.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import type { EpochUs } from '../../model/units.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import type { JournalRecord, JournalSink } from '../../ports/journal.ts';

/**
 * How long an intent waits for a disk that says nothing before that counts as a fault. Simulated time stands still meanwhile, so
 * that a slow machine decides what a quick one does; this is for a disk that hangs.
 */
const DURABLE_WAIT_MS = 120_000;
const WAIT_SLICE_MS = 100;
/** The same with a real feed, where nobody waits. */
const LATE_MS = 2_000;
/**
 * With a real feed this thread stands still for a moment when it has handed over an intent: on a machine with few processors the
 * journal's thread would otherwise wait for its turn, and the order with it. Never longer, and never for more than a tenth
 * of the time.
 */
const LEND_MS = 1.5;
const LEND_APART_MS = 15;
/** With a real feed, silence longer than this is told to the kernel as time passing. */
const IDLE_US = 100_000;

/** The kernel's journal on its way to the store; remembers the newest intent, which an order waits for. */
export class JournalTap implements JournalSink {
  #store: StoreClient | null = null;
  readonly #onRecord: (record: JournalRecord) => void;
  /** Records up to here were on disk before this run: a recovery makes them again and they are not stored twice. */
  storedSeq = 0;
  /** A repaired journal lost records from here on: those that a recovery makes again are stored again. */
  resendFrom = Number.POSITIVE_INFINITY;
  lastIntentSeq = 0;

  constructor(onRecord: (record: JournalRecord) => void) {
    this.#onRecord = onRecord;
  }

  attach(store: StoreClient): void {
    this.#store = store;
    this.storedSeq = store.durableSeq();
  }

  append(record: JournalRecord): void {
    if (record.kind === 'intent') this.lastIntentSeq = record.seq;
    if (record.seq > this.storedSeq || record.seq >= this.resendFrom) this.#store?.appendJournal(record);
    this.#onRecord(record);
  }
}

export type Say = (severity: 'notice' | 'danger', text: string) => void;

export class Recorder {
  readonly #kernel: Kernel;
  readonly #store: StoreClient;
  readonly #tap: JournalTap;
  readonly #isLockstep: boolean;
  readonly #say: Say;
  #toldSeq = 0;
  /** Set while the store cannot keep promises; entries are stopped, exits go on. */
  storeFault = '';
  /** Microseconds from an order's intent to the kernel's leave to send it, newest last; for the lane figures. */
  readonly laneUs: number[] = [];
  #intentMs = 0;
  #lentMs = 0;

  constructor(kernel: Kernel, store: StoreClient, tap: JournalTap, isLockstep: boolean, say: Say = () => undefined) {
    this.#say = say;
    this.#kernel = kernel;
    this.#store = store;
    this.#tap = tap;
    this.#isLockstep = isLockstep;
    this.#toldSeq = tap.lastIntentSeq;
  }

  market(batch: EventBatch): void {
    this.#store.appendBatch(this.#kernel.inputNo + 1, batch);
    this.#accept({ kind: 'market', batch });
  }

  feed(notice: FeedNotice, receivedUs: EpochUs): void {
    this.#store.appendInput(this.#kernel.inputNo + 1, 'feed', receivedUs, notice);
    this.#accept({ kind: 'feed', notice });
  }

  time(nowUs: EpochUs): void {
    this.#store.appendInput(this.#kernel.inputNo + 1, 'time', nowUs);
    this.#accept({ kind: 'time', nowUs });
  }

  /** `laterUs` moves time there first; for the one command that knows how far the world went on without us. */
  command(command: UserCommand, laterUs = 0): CommandAnswer | undefined {
    const atUs = Math.max(this.#kernel.nowUs, laterUs);
    this.#store.appendInput(this.#kernel.inputNo + 1, 'command', atUs, command);
    return this.#accept({ kind: 'command', command, atUs });
  }

  #accept(input: KernelInput): CommandAnswer | undefined {
    const intentBefore = this.#tap.lastIntentSeq;
    const answer = this.#kernel.accept(input);
    const isIntent = this.#tap.lastIntentSeq > intentBefore;
    if (isIntent) this.#intentMs = performance.now();
    if (this.#isLockstep) this.#waitForDisk();
    else {
      if (isIntent) this.#lendProcessor();
      this.tellDurable();
    }
    return answer;
  }

  #lendProcessor(): void {
    if (this.storeFault !== '' || this.#intentMs - this.#lentMs < LEND_APART_MS) return;
    this.#lentMs = this.#intentMs;
    this.#store.waitDurable(this.#tap.lastIntentSeq, LEND_MS);
  }

  /** During a recovery: the tape says that the kernel was told so already. */
  heard(seq: number): void {
    if (seq > this.#toldSeq) this.#toldSeq = seq;
  }

  /**
   * After a recovery: intents of the run before that are on disk and were not confirmed may leave now. Those that were are not
   * confirmed a second time: that would be one input more than the uninterrupted run has.
   */
  settle(): void {
    this.#tap.lastIntentSeq = Math.max(this.#tap.lastIntentSeq, this.#kernel.waitingIntentSeq());
    if (this.#isLockstep) this.#waitForDisk();
    else this.tellDurable();
  }

  /** With a real feed: time goes on even when nothing arrives. */
  idleTime(nowUs: EpochUs): void {
    if (nowUs - this.#kernel.nowUs > IDLE_US) this.time(nowUs);
  }

  /** A confirmed intent may bring the next one at once, so this goes on until none is waiting. */
  #waitForDisk(): void {
    while (this.#tap.lastIntentSeq > this.#toldSeq) {
      const seq = this.#tap.lastIntentSeq;
      if (!this.#isStored(seq)) this.#fault();
      this.#tell(seq);
    }
  }

  /** Waits for the disk as long as it promises anything; not at all once it has failed. */
  #isStored(seq: number): boolean {
    if (seq <= this.#tap.storedSeq) return true;
    const deadlineMs = performance.now() + (this.storeFault === '' ? DURABLE_WAIT_MS : 0);
    for (;;) {
      if (this.#store.waitDurable(seq, this.storeFault === '' ? WAIT_SLICE_MS : 0)) return true;
      if (this.#isFailing() || performance.now() >= deadlineMs) return false;
    }
  }

  #isFailing(): boolean {
    const [journal, tape] = [this.#store.journalState(), this.#store.tapeState()];
    const isBad = (state: string): boolean => state === 'disk-full' || state === 'io-error';
    return isBad(journal) || isBad(tape) || this.#store.life() !== 'open';
  }

  /** Now and then: notices a disk that fails without being asked, and one that works again. */
  watchStore(nowMs: number): void {
    if (this.storeFault === '') {
      const isLate = !this.#isLockstep && this.#isWaiting() && nowMs - this.#intentMs > LATE_MS;
      if (isLate || this.#isFailing()) this.#fault();
      return;
    }
    if (this.#isFailing() || this.#store.durableSeq() < this.#tap.lastIntentSeq) return;
    this.storeFault = '';
    this.#commandNow({ id: 'disk', name: 'diskFault', args: { reason: '' } });
    this.#say('notice', 'the disk takes records again; auto trading stays off until you switch it on');
  }

  #isWaiting(): boolean {
    return this.#intentMs > 0 && this.#tap.lastIntentSeq > this.#toldSeq;
  }

  /** With a real feed: passes on how far the disk has come. Called between any two frames; nearly free. */
  tellDurable(): void {
    if (this.#tap.lastIntentSeq <= this.#toldSeq) return;
    // Entries are stopped while the disk fails; exits do not wait for it.
    if (this.storeFault !== '') return this.#tell(this.#tap.lastIntentSeq);
    const durable = Math.max(this.#store.durableSeq(), this.#tap.storedSeq);
    if (durable > this.#toldSeq) this.#tell(Math.min(durable, this.#tap.lastIntentSeq));
  }

  #tell(seq: number): void {
    this.#toldSeq = seq;
    if (this.#intentMs > 0) {
      this.laneUs.push((performance.now() - this.#intentMs) * 1000);
      if (this.laneUs.length > 1000) this.laneUs.shift();
      this.#intentMs = 0;
    }
    const { nowUs } = this.#kernel;
    this.#store.appendInput(this.#kernel.inputNo + 1, 'durable', nowUs, undefined, seq);
    this.#kernel.accept({ kind: 'durable', seq });
  }

  /** The disk did not confirm: nothing new is opened; what closes positions must not wait for a disk. */
  #fault(): void {
    if (this.storeFault !== '') return;
    const [journal, tape] = [this.#store.journalState(), this.#store.tapeState()];
    const isFull = journal === 'disk-full' || tape === 'disk-full';
    const what = isFull
      ? 'the disk is full'
      : `the disk does not take what must be on it (journal ${journal}, tape ${tape})`;
    this.storeFault = `${what}: auto trading is off and nothing is bought, exits go on; make room and it recovers by itself`;
    this.#say('danger', this.storeFault);
    // Before the kernel hears that anything may leave: entries that are not on disk are dropped.
    this.#commandNow({ id: 'disk', name: 'diskFault', args: { reason: this.storeFault } });
  }

  #commandNow(command: UserCommand): void {
    const atUs = this.#kernel.nowUs;
    this.#store.appendInput(this.#kernel.inputNo + 1, 'command', atUs, command);
    this.#kernel.accept({ kind: 'command', command, atUs });
  }
}
