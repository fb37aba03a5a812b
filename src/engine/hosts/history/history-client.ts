/** The main thread's handle on the history worker: started when first needed or a while after the engine, restarted once. */
import { Worker } from 'node:worker_threads';
import { createColumns } from '../../lib/columns.ts';
import type { ViewColumns } from '../../market/view-columns.ts';
import { VIEW_COLUMNS } from '../../market/view-columns.ts';
import { SYMBOL_CAPACITY } from '../../model/symbols.ts';
import type { PastMarket } from '../runtime-port.ts';
import type { EarlierRanges } from '../../kernel/adoption.ts';
import { ended, within } from '../kernel-host/thread-end.ts';
import type { EarlierFigures } from './scrub-desk.ts';
import type { FromHistory, HistoryWorkerData, ToHistory } from './history-messages.ts';

export interface HistoryOptions {
  readonly workerFile: string;
  readonly data: HistoryWorkerData;
  readonly say: (severity: 'info' | 'warn', text: string) => void;
  /** How long an end in order may take. Default 1.5 s. */
  readonly closeDeadlineMs?: number;
}

type Told = PastMarket | EarlierFigures | EarlierRanges['rows'];

interface Waiting {
  readonly resolve: (answer: Told) => void;
  readonly reject: (error: unknown) => void;
}

/** A worker that died more often than this stays down until the next start of the engine. */
const STARTS_MAX = 5;
/** The whole program is to end within two seconds of being told. */
const CLOSE_DEADLINE_MS = 1_500;

export class HistoryClient {
  readonly #options: HistoryOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #starts = 0;
  #nextId = 1;
  #isClosed = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#worker !== null || this.#isClosed || this.#starts >= STARTS_MAX) return;
    this.#starts++;
    const { workerFile, data, say } = this.#options;
    const worker = new Worker(workerFile, { workerData: data, name: 'history' });
    this.#worker = worker;
    worker.on('message', (message: FromHistory) => this.#hear(message));
    worker.on('error', (error) => say('warn', `looking back is not possible for now: ${error.message}`));
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
      for (const { reject } of this.#waiting.values()) reject(refused('the history worker ended; try again'));
      this.#waiting.clear();
    });
  }

  /** The market as of `atUs`, moved into the day as far as it is recorded. Rejects with a PlainError. */
  at(atUs: number): Promise<PastMarket> {
    return this.#ask((id) => ({ kind: 'at', id, us: atUs })) as Promise<PastMarket>;
  }

  /** The day up to an input, in figures; as soon as the tape has been read so far. */
  earlier(untilInputNo: number): Promise<EarlierFigures> {
    return this.#ask((id) => ({ kind: 'earlier', id, untilInputNo })) as Promise<EarlierFigures>;
  }

  /** How the opening ranges of the day grew up to an input; takes as long as reading the first hour's tape. */
  ranges(untilInputNo: number): Promise<EarlierRanges['rows']> {
    return this.#ask((id) => ({ kind: 'ranges', id, untilInputNo })) as Promise<EarlierRanges['rows']>;
  }

  #ask(message: (id: number) => ToHistory): Promise<Told> {
    this.start();
    const worker = this.#worker;
    if (worker === null) return Promise.reject(refused('looking back is not possible; the console says why'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage(message(id));
    });
  }

  /**
   * Resolves when the thread has ended: until then it may write into the data folder. It gives way to everything else, so
   * that on a busy machine its end takes a while; a thread that does not end is left to the end of the process, since it
   * must not be cut off inside a database.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    if (worker === null) return;
    const isOver = ended(worker);
    worker.postMessage({ kind: 'stop' } satisfies ToHistory);
    // Both keep the process alive: who waits here has more to do afterwards.
    await within(this.#options.closeDeadlineMs ?? CLOSE_DEADLINE_MS, isOver);
    worker.unref();
  }

  #hear(message: FromHistory): void {
    if (message.kind === 'say') return this.#options.say(message.severity, message.text);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'failed') waiting?.reject(refused(`the market of then cannot be read: ${message.message}`));
    else if (message.kind === 'earlier') waiting?.resolve(message.day);
    else if (message.kind === 'ranges') waiting?.resolve(message.rows);
    else {
      const { buffer, rows, atUs, fromUs, toUs } = message.past;
      const view: ViewColumns = createColumns(VIEW_COLUMNS, SYMBOL_CAPACITY, buffer);
      waiting?.resolve({ view, rows, atUs, fromUs, toUs, tookMs: message.tookMs });
    }
  }
}

const refused = (message: string): Error => Object.assign(new Error(message), { code: 'refused' });
