/**
 * Turns the events of every symbol into bars of one kind. It is fed the same batches as the market view, right after it, and
 * relies on the view's answer about each event. Rules: docs/specs/bars.md.
 *
 * Invariants: nothing is allocated per event; the bars depend on the events and on the told ends of phases alone; every
 * print that may add volume is in exactly one bar or in the totals outside of bars.
 */
import type { Bar } from '../model/bar.ts';
import type { EventBatch } from '../model/event-batch.ts';
import type { EpochUs, SymbolId } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import { Eligibility, phaseOfResult } from '../market/update-rules.ts';
import type { ViewColumns } from '../market/view-columns.ts';
import { HaltState, PHASE_CODE } from '../market/view-columns.ts';
import type { BarRule } from './bar-rule.ts';
import { BarFlag, Forming, FORMING_HEAD, FORMING_STRIDE, formingBase, PHASE_BITS, readBar, Slot } from './bar-slots.ts';
import { BarStore } from './bar-store.ts';

/** Place of each phase in the trading day: a print of an earlier phase than the forming bar's is too late for a bar. */
const ORDER_OF_PHASE = [-1, 1, 2, 3, 0] as const;
const OUTSIDE_STRIDE = 4;
/** Instead of a phase: the clock ended it for this row. */
const ENDED = 255;

/** Prints of a symbol that are in no bar. */
export interface OutsideTotals {
  readonly prints: number;
  readonly volume: number;
  readonly notional: number;
}

export interface BarBuilderOptions {
  /** Rows for symbols. */
  readonly capacity: number;
  readonly rule: BarRule;
  /** See BarStore. */
  readonly barsMax?: number;
}

export class BarBuilder implements Checkpointable {
  readonly rule: BarRule;
  readonly closed: BarStore;
  readonly capacity: number;
  /** Symbols whose bar was closed by the latest `endPhase` or `finish`: the first that many entries. */
  readonly closedSymbols: Int32Array;
  readonly #rows: Float64Array;
  readonly #outside: Float64Array;
  /**
   * Of the forming rows, what every quote needs, apart from them: most events are quotes, and a row would be a cache line of its
   * own for each. Quotes are put into the row when somebody reads it.
   */
  readonly #quotes: Uint32Array;
  readonly #phases: Uint8Array;
  readonly #cutsByTime: boolean;
  #used = 0;
  #isGapOpen = false;
  #lastSymbol = -1;

  constructor(options: BarBuilderOptions) {
    this.capacity = options.capacity;
    this.rule = options.rule;
    this.closed = new BarStore(options);
    this.closedSymbols = new Int32Array(this.capacity);
    this.#rows = new Float64Array(this.capacity * FORMING_STRIDE);
    this.#outside = new Float64Array(this.capacity * OUTSIDE_STRIDE);
    this.#quotes = new Uint32Array(this.capacity);
    this.#phases = new Uint8Array(this.capacity);
    this.#cutsByTime = options.rule.endUs !== undefined;
    for (let s = 0; s < this.capacity; s++) this.#rows[formingBase(s) + Forming.target] = options.rule.defaultTarget;
  }

  /** Another target (prints, shares, ...) for one symbol; a bar already forming is held to it too. */
  setTarget(symbol: SymbolId, target: number): void {
    this.#rows[formingBase(symbol) + Forming.target] = target;
  }

  /**
   * Adds trade `i`, which the view just answered with `result`. Returns how many bars closed (0, 1, rarely 2: one that the
   * phase or the clock ended and one that this print filled); they are the newest of the symbol in `closed`.
   */
  applyTrade(batch: EventBatch, i: number, result: number, view: { readonly columns: ViewColumns }): number {
    if ((result & (Eligibility.duplicate | Eligibility.refused)) !== 0) return 0;
    const s = batch.symbol[i] as number;
    const rows = this.#rows;
    const base = formingBase(s);
    const timeUs = batch.timeUs[i] as number;
    const phase = phaseOfResult(result);
    const price = batch.price[i] as number;
    const size = batch.size[i] as number;
    const counts = (result & Eligibility.counts) !== 0;
    const volume = (result & Eligibility.volume) !== 0 ? size : 0;
    let closed = 0;
    if (((rows[base] as number) & PHASE_BITS) !== phase || timeUs >= (rows[base + Forming.endUs] as number)) {
      if (phase === PHASE_CODE.closed || this.#isPast(base, phase)) {
        this.#addOutside(s, 1, volume, price * volume);
        return 0;
      }
      closed = this.#turn(s, phase, timeUs);
    }
    if (counts && (rows[base + Slot.trades] as number) === 0) {
      rows[base + Slot.openTimeUs] = timeUs;
      rows[base + Slot.open] = price;
    }
    if ((result & Eligibility.highLow) !== 0) {
      const high = rows[base + Slot.high] as number;
      // The comparisons are written so that the NaN of an empty bar gives way.
      if (!(price <= high)) rows[base + Slot.high] = price;
      if (!(price >= (rows[base + Slot.low] as number))) rows[base + Slot.low] = price;
    }
    if (volume > 0) {
      (rows[base + Slot.volume] as number) += volume;
      (rows[base + Slot.notional] as number) += price * volume;
    }
    const columns = view.columns;
    if (
      (columns.haltCount[s] as number) !== (rows[base + Forming.haltCount] as number) ||
      columns.halt[s] === HaltState.halted
    )
      this.#markHalt(base, columns.haltCount[s] as number);
    if (!counts) {
      (rows[base + Slot.ineligiblePrints] as number)++;
      (rows[base + Slot.ineligibleVolume] as number) += volume;
      return closed;
    }
    rows[base + Slot.closeTimeUs] = timeUs;
    rows[base + Slot.close] = price;
    (rows[base + Slot.trades] as number)++;
    const bid = columns.bid[s] as number;
    const ask = columns.ask[s] as number;
    rows[base + Slot.bidAtClose] = bid;
    rows[base + Slot.askAtClose] = ask;
    if (bid > 0 && ask >= bid) this.#addSpread(base, price, bid, ask);
    if (this.rule.isFull(rows, base, price, size)) {
      this.#close(s, false);
      this.#begin(s, phase, timeUs);
      closed++;
    }
    return closed;
  }

  /** Adds quote `i`, which the view just answered with `result`. Returns how many bars closed (0 or 1). */
  applyQuote(batch: EventBatch, i: number, result: number): number {
    if ((result & (Eligibility.duplicate | Eligibility.outside)) !== 0) return 0;
    const s = batch.symbol[i] as number;
    const phase = phaseOfResult(result);
    let closed = 0;
    if (this.#phases[s] !== phase || this.#cutsByTime) {
      const rows = this.#rows;
      const base = formingBase(s);
      const timeUs = batch.timeUs[i] as number;
      if (((rows[base] as number) & PHASE_BITS) !== phase || timeUs >= (rows[base + Forming.endUs] as number)) {
        if (this.#isPast(base, phase)) return 0;
        closed = this.#turn(s, phase, timeUs);
      }
    }
    (this.#quotes[s] as number)++;
    return closed;
  }

  /**
   * Ends a phase by the clock: closes what is forming in it or in an earlier one. The bars are the same as when the next
   * phase's first event ends it, so call it a few seconds after the hour, when late reports are in. Returns how many closed.
   */
  endPhase(phase: number): number {
    return this.#closeAll(ORDER_OF_PHASE[phase] ?? -1);
  }

  /**
   * Tells a rule that cuts by time that `nowUs` has come: bars whose time is up close without waiting for an event. Call it a
   * little late, so that late reports are in. Returns how many closed, as `closedSymbols`.
   */
  advance(nowUs: EpochUs): number {
    let closed = 0;
    for (let s = 0; s < this.#used; s++) {
      const base = formingBase(s);
      const endUs = this.#rows[base + Forming.endUs] as number;
      if (endUs > nowUs || endUs === -Infinity || ((this.#rows[base] as number) & PHASE_BITS) === PHASE_CODE.closed)
        continue;
      if (this.#endStretch(s, false) > 0) this.closedSymbols[closed++] = s;
      this.#begin(s, (this.#rows[base] as number) & PHASE_BITS, endUs);
    }
    return closed;
  }

  /** The data is at its end: closes everything. Returns how many bars closed. */
  finish(): number {
    return this.#closeAll(ORDER_OF_PHASE.length);
  }

  /** A new trading day: closed bars are forgotten, indices begin at 0. Call `finish` before if the old day's bars matter. */
  startDay(): void {
    const rows = this.#rows;
    for (let s = 0; s < this.#used; s++) {
      const target = rows[formingBase(s) + Forming.target] as number;
      rows.fill(0, s * FORMING_STRIDE, (s + 1) * FORMING_STRIDE);
      rows[formingBase(s) + Forming.target] = target;
    }
    this.#used = 0;
    this.#quotes.fill(0);
    this.#phases.fill(0);
    this.#outside.fill(0);
    this.closed.clear();
  }

  /** The feed went away: every bar now forming has a gap, and so has each that begins before the gap ends. */
  beginGap(): void {
    this.#isGapOpen = true;
    for (let s = 0; s < this.#used; s++) this.#markGap(s);
  }

  endGap(): void {
    for (let s = 0; s < this.#used; s++) this.#markGap(s);
    this.#isGapOpen = false;
  }

  /** The bar being formed, once it has a counted print. */
  forming(symbol: SymbolId): Bar | undefined {
    this.#putQuotes(symbol);
    const base = formingBase(symbol);
    if (!((this.#rows[base + Slot.trades] as number) > 0)) return undefined;
    return readBar(this.#rows, base, symbol, this.closed.count(symbol), true);
  }

  /** One number of the forming bar by its Slot; means are not formed yet. */
  formingValue(symbol: SymbolId, slot: number): number {
    this.#putQuotes(symbol);
    return this.#rows[formingBase(symbol) + slot] as number;
  }

  /** The bar closed latest, of whatever symbol. */
  get lastClosed(): Bar | undefined {
    return this.#lastSymbol < 0
      ? undefined
      : this.closed.get(this.#lastSymbol, this.closed.count(this.#lastSymbol) - 1);
  }

  /** Prints that are in no bar: of closed hours, too late for their phase, or of a phase without a counted print. */
  outsideBars(symbol: SymbolId): OutsideTotals {
    const at = symbol * OUTSIDE_STRIDE;
    return {
      prints: this.#outside[at] as number,
      volume: this.#outside[at + 1] as number,
      notional: this.#outside[at + 2] as number,
    };
  }

  save(writer: CheckpointWriter): void {
    const name = this.#prefix();
    for (let s = 0; s < this.#used; s++) this.#putQuotes(s);
    writer.section(`${name}/head`, view8(Float64Array.of(this.#used, this.#isGapOpen ? 1 : 0, this.#lastSymbol)));
    writer.section(`${name}/forming`, view8(this.#rows.subarray(0, this.#used * FORMING_STRIDE)));
    writer.section(`${name}/outside`, view8(this.#outside.subarray(0, this.#used * OUTSIDE_STRIDE)));
    this.closed.save(writer, `${name}/closed`);
  }

  restore(reader: CheckpointReader): void {
    const name = this.#prefix();
    const head = reader.section(`${name}/head`);
    if (head === undefined) return;
    this.startDay();
    const [used, gap, last] = new Float64Array(head.slice().buffer) as unknown as [number, number, number];
    this.#used = used;
    this.#isGapOpen = gap === 1;
    this.#lastSymbol = last;
    this.#rows.set(new Float64Array((reader.section(`${name}/forming`) ?? new Uint8Array(0)).slice().buffer));
    this.#outside.set(new Float64Array((reader.section(`${name}/outside`) ?? new Uint8Array(0)).slice().buffer));
    this.closed.restore(reader, `${name}/closed`);
    for (let s = 0; s < used; s++) {
      const base = formingBase(s);
      this.#quotes[s] = this.#rows[base + Slot.quotes] as number;
      this.#phases[s] =
        this.#rows[base + Forming.endUs] === -Infinity ? ENDED : (this.#rows[base] as number) & PHASE_BITS;
    }
  }

  #putQuotes(s: number): void {
    this.#rows[formingBase(s) + Slot.quotes] = this.#quotes[s] as number;
  }

  #prefix(): string {
    return `bars/${this.rule.kind.kind}-${this.rule.defaultTarget}`;
  }

  /** Whether the phase is over for this row: a later one began, or the clock ended it. */
  #isPast(base: number, phase: number): boolean {
    const current = (this.#rows[base] as number) & PHASE_BITS;
    if (current === phase) return this.#rows[base + Forming.endUs] === -Infinity;
    return (ORDER_OF_PHASE[phase] as number) < (ORDER_OF_PHASE[current] as number);
  }

  /** Leaves the stretch at hand (another phase, or beyond its end in time) and begins the one `timeUs` lies in. */
  #turn(s: number, phase: number, timeUs: number): number {
    const base = formingBase(s);
    const closed = this.#endStretch(s, ((this.#rows[base] as number) & PHASE_BITS) !== phase);
    this.#begin(s, phase, timeUs);
    if (s >= this.#used) this.#used = s + 1;
    return closed;
  }

  /** Closes the bar when it has a counted print; what else is there goes to the totals outside of bars. */
  #endStretch(s: number, isPhaseEnd: boolean): number {
    const rows = this.#rows;
    const base = formingBase(s);
    if ((rows[base + Slot.trades] as number) > 0) {
      this.#close(s, isPhaseEnd);
      return 1;
    }
    const prints = rows[base + Slot.ineligiblePrints] as number;
    if (prints > 0)
      this.#addOutside(s, prints, rows[base + Slot.volume] as number, rows[base + Slot.notional] as number);
    return 0;
  }

  #close(s: number, isPhaseEnd: boolean): void {
    const rows = this.#rows;
    const base = formingBase(s);
    const spreads = rows[base + Forming.spreadCount] as number;
    this.#putQuotes(s);
    rows[base + Slot.spread] = spreads > 0 ? (rows[base + Slot.spread] as number) / spreads : NaN;
    // A bar cut by time is whole whenever its time is up.
    if (isPhaseEnd && this.rule.endUs === undefined) rows[base] = (rows[base] as number) | BarFlag.short;
    // No print was allowed to move high/low: the counted prints we know of bound the bar.
    if (Number.isNaN(rows[base + Slot.high])) {
      rows[base + Slot.high] = Math.max(rows[base + Slot.open] as number, rows[base + Slot.close] as number);
      rows[base + Slot.low] = Math.min(rows[base + Slot.open] as number, rows[base + Slot.close] as number);
    }
    this.closed.append(s, rows, base);
    this.#lastSymbol = s;
  }

  #begin(s: number, phase: number, timeUs: number): void {
    const rows = this.#rows;
    const base = formingBase(s);
    this.#phases[s] = phase;
    this.#quotes[s] = 0;
    const haltCount = rows[base + Forming.haltCount] as number;
    const target = rows[base + Forming.target] as number;
    const carried = rows[base + Forming.carried] as number;
    rows.fill(0, base - FORMING_HEAD, base - FORMING_HEAD + FORMING_STRIDE);
    rows[base] = phase | (this.#isGapOpen ? BarFlag.gap : 0);
    rows[base + Slot.high] = NaN;
    rows[base + Slot.low] = NaN;
    rows[base + Slot.spreadMin] = NaN;
    rows[base + Slot.spreadMax] = NaN;
    rows[base + Forming.haltCount] = haltCount;
    rows[base + Forming.target] = target;
    rows[base + Forming.carried] = carried;
    rows[base + Forming.endUs] = this.rule.endUs === undefined ? Infinity : this.rule.endUs(rows, base, timeUs);
  }

  #addSpread(base: number, price: number, bid: number, ask: number): void {
    const rows = this.#rows;
    const spread = ask - bid;
    (rows[base + Slot.spread] as number) += spread;
    (rows[base + Forming.spreadCount] as number)++;
    if (!(spread >= (rows[base + Slot.spreadMin] as number))) rows[base + Slot.spreadMin] = spread;
    if (!(spread <= (rows[base + Slot.spreadMax] as number))) rows[base + Slot.spreadMax] = spread;
    if (price >= ask) (rows[base + Slot.printsAtAsk] as number)++;
    if (price <= bid) (rows[base + Slot.printsAtBid] as number)++;
  }

  #markHalt(base: number, haltCount: number): void {
    this.#rows[base] = (this.#rows[base] as number) | BarFlag.halt;
    this.#rows[base + Forming.haltCount] = haltCount;
  }

  #markGap(s: number): void {
    const base = formingBase(s);
    if (((this.#rows[base] as number) & PHASE_BITS) !== PHASE_CODE.closed)
      this.#rows[base] = (this.#rows[base] as number) | BarFlag.gap;
  }

  #addOutside(s: number, prints: number, volume: number, notional: number): void {
    const at = s * OUTSIDE_STRIDE;
    (this.#outside[at] as number) += prints;
    (this.#outside[at + 1] as number) += volume;
    (this.#outside[at + 2] as number) += notional;
    if (s >= this.#used) this.#used = s + 1;
  }

  #closeAll(lastOrder: number): number {
    let closed = 0;
    for (let s = 0; s < this.#used; s++) {
      const base = formingBase(s);
      const phase = (this.#rows[base] as number) & PHASE_BITS;
      if (phase === PHASE_CODE.closed || (ORDER_OF_PHASE[phase] as number) > lastOrder) continue;
      if (this.#endStretch(s, true) > 0) this.closedSymbols[closed++] = s;
      // The row stays in its phase, empty and marked as ended: stragglers of the phase find no bar.
      this.#begin(s, phase, 0);
      this.#rows[base + Forming.endUs] = -Infinity;
      this.#phases[s] = ENDED;
    }
    return closed;
  }
}

function view8(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
