/**
 * The whole market view as of any instant of a recorded day: the nearest anchor before it (a saved view) and the tape from
 * there on (docs/specs/tape.md, SCR1..). Anchors are laid by an indexer that follows the tape on a thread of its own, so
 * that the kernel pays nothing.
 */
import { decodeText } from '../lib/text-bytes.ts';
import type { ConditionSets } from '../model/conditions.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { EventKind } from '../model/event-batch.ts';
import { encodeUtf8 } from '../model/symbols.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { EpochUs, InputNo } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import type { FeedNotice } from '../ports/feed.ts';
import type { TapeInput } from './tape-input.ts';

/** What scrubbing needs of the market view. */
export interface ScrubView extends Checkpointable {
  readonly symbols: SymbolTable;
  readonly conditions: ConditionSets;
  applyTrade(batch: EventBatch, i: number): unknown;
  applyQuote(batch: EventBatch, i: number): unknown;
  applyLuld(batch: EventBatch, i: number): void;
  advance(nowUs: EpochUs): void;
  beginGap(): void;
  endGap(): void;
}

/** Where a saved view stands: after input `inputNo`, at time `us`. */
export interface ScrubAnchor {
  readonly inputNo: InputNo;
  readonly us: EpochUs;
}

export interface AnchorStore {
  /** Oldest first. */
  list(): readonly ScrubAnchor[];
  /** Null when it cannot be read; an earlier one serves then. */
  open(anchor: ScrubAnchor): CheckpointReader | null;
  /** False when it could not be kept; scrubbing is then slower there, not wrong. */
  keep(anchor: ScrubAnchor, save: (writer: CheckpointWriter) => void): boolean;
}

/** What scrubbing needs of a tape reader. */
export interface TapeStream {
  readonly batch: EventBatch;
  seek(range: { readonly fromInputNo?: InputNo; readonly toInputNo?: InputNo; readonly toUs?: EpochUs }): void;
  next(): TapeInput | null;
}

export interface ScrubHooks<V extends ScrubView> {
  /** An empty view over tables that the tape stream shares. */
  readonly makeView: () => V;
  /** Commands that change the view (reference data), as the kernel would apply them. */
  readonly onCommand?: (view: V, body: unknown) => void;
}

const TABLES = 'scrub/tables';

/** Applies one input to a view the way the kernel does. Returns the events applied. */
export function applyToView<V extends ScrubView>(
  view: V,
  input: TapeInput,
  batch: EventBatch,
  hooks: ScrubHooks<V>,
): number {
  if (input.kind === 'hole' || input.kind === 'note' || input.kind === 'durable') return 0;
  view.advance(input.receivedUs);
  if (input.kind === 'feed') {
    const notice = input.body as FeedNotice;
    if (notice.kind === 'gap' && notice.endUs === null) view.beginGap();
    else if (notice.kind === 'gap') view.endGap();
    return 0;
  }
  if (input.kind === 'command') hooks.onCommand?.(view, input.body);
  if (input.kind !== 'market') return 0;
  for (let i = 0; i < batch.length; i++) {
    const kind = batch.kind[i];
    if (kind === EventKind.trade) view.applyTrade(batch, i);
    else if (kind === EventKind.quote) view.applyQuote(batch, i);
    else if (kind === EventKind.luld) view.applyLuld(batch, i);
  }
  return batch.length;
}

export interface IndexerOptions {
  /** An anchor at least so often, in received time and in events. */
  readonly everyUs?: number;
  readonly everyEvents?: number;
}

/** Follows the tape and keeps an anchor now and then. */
export class ScrubIndexer<V extends ScrubView> {
  readonly view: V;
  readonly #anchors: AnchorStore;
  readonly #hooks: ScrubHooks<V>;
  readonly #everyUs: number;
  readonly #everyEvents: number;
  #events = 0;
  #anchorUs = Number.NaN;
  #lastInputNo = 0;
  kept = 0;

  constructor(anchors: AnchorStore, hooks: ScrubHooks<V>, options: IndexerOptions = {}) {
    this.view = hooks.makeView();
    this.#anchors = anchors;
    this.#hooks = hooks;
    this.#everyUs = options.everyUs ?? 300_000_000;
    this.#everyEvents = options.everyEvents ?? 400_000;
  }

  /** Continues behind the last anchor; returns the input number to read from. */
  resume(): InputNo {
    const last = this.#anchors.list().at(-1);
    const reader = last === undefined ? null : this.#anchors.open(last);
    if (last === undefined || reader === null) return 0;
    restoreAnchor(this.view, reader);
    this.#anchorUs = last.us;
    this.#lastInputNo = last.inputNo;
    return last.inputNo + 1;
  }

  /** The last input taken. */
  get lastInputNo(): InputNo {
    return this.#lastInputNo;
  }

  take(input: TapeInput, batch: EventBatch): void {
    this.#events += applyToView(this.view, input, batch, this.#hooks);
    this.#lastInputNo = input.inputNo;
    if (Number.isNaN(this.#anchorUs)) this.#anchorUs = input.receivedUs;
    if (this.#events < this.#everyEvents && input.receivedUs - this.#anchorUs < this.#everyUs) return;
    this.#events = 0;
    this.#anchorUs = input.receivedUs;
    const anchor = { inputNo: this.#lastInputNo, us: input.receivedUs };
    if (this.#anchors.keep(anchor, (writer) => saveAnchor(this.view, writer))) this.kept++;
  }
}

export interface ScrubResult<V extends ScrubView> {
  readonly view: V;
  /** Last input applied, 0 when the instant lies before the tape. */
  readonly inputNo: InputNo;
  readonly anchor: ScrubAnchor | null;
  readonly eventsReplayed: number;
}

export class MarketScrub<V extends ScrubView> {
  readonly #anchors: AnchorStore;
  readonly #tape: TapeStream;
  readonly #hooks: ScrubHooks<V>;
  #view: V | null = null;
  #anchor: ScrubAnchor | null = null;
  #atUs = Number.NEGATIVE_INFINITY;
  #inputNo = 0;

  constructor(anchors: AnchorStore, tape: TapeStream, hooks: ScrubHooks<V>) {
    this.#anchors = anchors;
    this.#tape = tape;
    this.#hooks = hooks;
  }

  /** The view with everything received up to and at `us`. It is valid until the next call. */
  at(us: EpochUs): ScrubResult<V> {
    const before = this.#anchors.list().filter((anchor) => anchor.us <= us);
    const isAhead = this.#view !== null && us >= this.#atUs && (before.at(-1)?.inputNo ?? 0) <= this.#inputNo;
    const view = isAhead && this.#view !== null ? this.#view : this.#load(before);
    this.#tape.seek({ fromInputNo: this.#inputNo + 1, toUs: us });
    let eventsReplayed = 0;
    for (let input = this.#tape.next(); input !== null; input = this.#tape.next()) {
      eventsReplayed += applyToView(view, input, this.#tape.batch, this.#hooks);
      this.#inputNo = input.inputNo;
    }
    view.advance(us);
    this.#view = view;
    this.#atUs = us;
    return { view, inputNo: this.#inputNo, anchor: this.#anchor, eventsReplayed };
  }

  /** The view with every input up to and with `inputNo`. It is valid until the next call. */
  until(inputNo: InputNo): ScrubResult<V> {
    const view = this.#load(this.#anchors.list().filter((anchor) => anchor.inputNo <= inputNo));
    this.#tape.seek({ fromInputNo: this.#inputNo + 1, toInputNo: inputNo });
    let eventsReplayed = 0;
    for (let input = this.#tape.next(); input !== null; input = this.#tape.next()) {
      eventsReplayed += applyToView(view, input, this.#tape.batch, this.#hooks);
      this.#inputNo = input.inputNo;
    }
    // The next question about an instant begins anew.
    this.#view = null;
    return { view, inputNo: this.#inputNo, anchor: this.#anchor, eventsReplayed };
  }

  #load(before: readonly ScrubAnchor[]): V {
    const view = this.#hooks.makeView();
    this.#anchor = null;
    this.#inputNo = 0;
    for (const anchor of before.toReversed()) {
      const reader = this.#anchors.open(anchor);
      if (reader === null) continue;
      restoreAnchor(view, reader);
      this.#anchor = anchor;
      this.#inputNo = anchor.inputNo;
      break;
    }
    return view;
  }
}

function saveAnchor(view: ScrubView, writer: CheckpointWriter): void {
  const text = JSON.stringify({ symbols: view.symbols.names, sets: view.conditions.sets });
  const bytes = new Uint8Array(text.length * 3);
  writer.section(TABLES, bytes.subarray(0, encodeUtf8(text, bytes)));
  view.save(writer);
}

/** The tables get the ids that the view's rows have: they only ever grow, in one order. */
function restoreAnchor(view: ScrubView, reader: CheckpointReader): void {
  const bytes = reader.section(TABLES);
  if (bytes === undefined) return;
  const tables = JSON.parse(decodeText(bytes, 0, bytes.length)) as { symbols: string[]; sets: number[][] };
  for (const name of tables.symbols) view.symbols.intern(name);
  for (const set of tables.sets) view.conditions.intern(set);
  view.restore(reader);
}
