/** When the whole engine state goes to disk: every 20 seconds or 300,000 events, at every stop; the exits file whenever positions change. */
import type { StoreClient } from '../../adapters/store/store-client.ts';
import type { StoreReport } from '../../adapters/store/store-report.ts';
import { encodeJson } from '../../lib/json-bytes.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { KernelConfig } from '../../kernel/kernel-config.ts';
import type { ConditionSets } from '../../model/conditions.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import type { CheckpointWriter } from '../../ports/checkpoint.ts';
import type { CheckpointPace } from '../runtime-port.ts';
import { STATE_VERSION } from './recovery.ts';

/** What lies behind the newest checkpoint is what a restart must replay before the first exit check: it is kept short. */
const USUAL_PACE: CheckpointPace = { everyMs: 20_000, everyEvents: 300_000, apartMs: 4_000 };
const EXITS_EVERY_MS = 1_000;
/** After a fill: what was bought a moment before the end is to be on the first screen. */
const EXITS_AFTER_FILL_MS = 250;
/** With positions open, peaks move although nothing is decided. */
const EXITS_PEAKS_MS = 5_000;

export class Checkpoints {
  readonly #kernel: Kernel;
  readonly #store: StoreClient;
  readonly #config: KernelConfig;
  readonly #symbols: SymbolTable;
  readonly #conditions: ConditionSets;
  readonly #configBytes: Uint8Array;
  readonly #pace: CheckpointPace;
  #names: { readonly count: number; readonly bytes: Uint8Array } = { count: -1, bytes: new Uint8Array(0) };
  #lastMs = performance.now();
  #lastEvents = 0;
  #exitsMs = 0;
  #exitsSeq = -1;
  #hasMoved = false;
  /** Longest and latest pause of the kernel for a checkpoint, milliseconds. */
  pauseMaxMs = 0;
  pauseMs = 0;
  writtenInputNo = 0;
  /** Engine time of the newest checkpoint that is on disk. */
  writtenUs: number | null = null;

  constructor(
    kernel: Kernel,
    store: StoreClient,
    config: KernelConfig,
    symbols: SymbolTable,
    conditions: ConditionSets,
    pace: CheckpointPace = USUAL_PACE,
  ) {
    this.#pace = pace;
    this.#kernel = kernel;
    this.#store = store;
    this.#config = config;
    this.#configBytes = encodeJson(config);
    this.#symbols = symbols;
    this.#conditions = conditions;
  }

  /** `events` counts all market events so far. */
  pulse(nowMs: number, stampUs: number, events: number): void {
    this.#store.continueCheckpoint();
    if (nowMs - this.#exitsMs >= (this.#hasMoved ? EXITS_AFTER_FILL_MS : EXITS_EVERY_MS)) this.#writeExits(nowMs);
    const sinceMs = nowMs - this.#lastMs;
    const { everyMs, everyEvents, apartMs } = this.#pace;
    if (sinceMs < apartMs || (sinceMs < everyMs && events - this.#lastEvents < everyEvents)) return;
    this.#lastMs = nowMs;
    this.#lastEvents = events;
    this.#write(stampUs);
  }

  /** Positions have changed: the exits file is written sooner. */
  positionsMoved(): void {
    this.#hasMoved = true;
  }

  /** A checkpoint is due as soon as one may be. */
  soon(): void {
    this.#lastEvents = Number.NEGATIVE_INFINITY;
  }

  final(stampUs: number): void {
    this.#writeExits(performance.now());
    // One that is half copied is older than this one; it goes first.
    this.#store.continueCheckpoint(Infinity);
    if (this.#kernel.inputNo > 1) this.#write(stampUs);
    this.#store.continueCheckpoint(Infinity);
  }

  written(report: StoreReport & { kind: 'checkpoint' }): void {
    if (report.result.kind !== 'written') return;
    this.writtenInputNo = report.inputNo;
    this.writtenUs = this.#kernel.nowUs;
  }

  #write(stampUs: number): void {
    const startMs = performance.now();
    const { inputNo, nowUs, journal } = this.#kernel;
    const meta = {
      day: this.#config.day,
      inputNo,
      atUs: nowUs,
      seq: journal.nextSeq - 1,
      engineVersion: '0.1.0',
      stateVersion: STATE_VERSION,
    };
    const started = this.#store.writeCheckpoint(meta, (writer) => this.#save(writer, stampUs));
    if (!started.ok) return;
    this.pauseMs = performance.now() - startMs;
    this.pauseMaxMs = Math.max(this.pauseMaxMs, this.pauseMs);
  }

  #save(writer: CheckpointWriter, stampUs: number): void {
    if (this.#names.count !== this.#symbols.size)
      this.#names = { count: this.#symbols.size, bytes: encodeJson(this.#symbols.names) };
    writer.section('config', this.#configBytes);
    writer.section('symbols', this.#names.bytes);
    writer.section('conditions', encodeJson(this.#conditions.sets));
    writer.section('resume', new Uint8Array(Float64Array.of(stampUs).buffer));
    this.#kernel.save(writer);
  }

  #writeExits(nowMs: number): void {
    const seq = this.#kernel.journal.nextSeq - 1;
    if (seq === this.#exitsSeq && nowMs - this.#exitsMs < EXITS_PEAKS_MS) return;
    const { summaries } = this.#kernel.main.desk;
    const positions = summaries.positions(this.#kernel.nowUs);
    if (seq === this.#exitsSeq && positions.length === 0) return;
    const content = {
      day: this.#config.day,
      inputNo: this.#kernel.inputNo,
      atUs: this.#kernel.nowUs,
      seq,
      state: {
        run: this.#config.run,
        highestId: this.#kernel.highestId(),
        books: this.#kernel.main.desk.exitsBooks(),
        positions: positions.map((trade) => ({
          tradeId: trade.id,
          symbol: trade.ticker,
          strategy: trade.strategy,
          version: trade.version,
          quantity: trade.position.held,
          averageCost: trade.position.averageCost,
          openedUs: trade.openedUs,
          exits: trade.exits,
        })),
        orders: summaries.workingOrders(this.#kernel.nowUs).map((order) => ({
          orderId: order.id,
          tradeId: order.tradeId,
          symbol: order.ticker,
          side: order.side,
          quantity: order.quantity,
          filled: order.filled,
          limit: order.limit,
          state: order.state,
        })),
      },
    };
    if (!this.#store.writeExits(content)) return;
    this.#exitsSeq = seq;
    this.#exitsMs = nowMs;
    this.#hasMoved = false;
  }
}
