/**
 * The market in memory: one row a symbol, kept current event by event. It turns decoded events into the columns of
 * view-columns.ts and tells, per event, what the consolidated rules let it change. Rules: docs/specs/market-view.md.
 *
 * Invariants: nothing is allocated per event; a row changes only through this class; everything but the published rates,
 * relative volume, phase, suspected halts and blindness depends on the events alone, not on when the clock was told.
 */
import { createColumns } from '../lib/columns.ts';
import type { ConditionSets } from '../model/conditions.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { EventFlag } from '../model/event-batch.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { EpochUs, SymbolId } from '../model/units.ts';
import { US_PER_MINUTE, US_PER_SECOND } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import type { SessionClock } from '../time/session-clock.ts';
import { beginHalt, endHalt, haltReasonIndex, printWhileHalted, quoteAndHalt, suspectHalt } from './halts.ts';
import { resetRows } from './new-day.ts';
import { QuoteRing, TradeRing } from './recent.ts';
import { closeMinute, countTrade, rateAt, Row, ROW_STRIDE } from './row-state.ts';
import { Eligibility, PHASE_SHIFT, QuoteBit, TRADE_MARK_BIT, UNKNOWN_CONDITION, UpdateRules } from './update-rules.ts';
import type { HaltNotice, MarketTotals, MarketViewDeps, SymbolReference } from './view-types.ts';
import { restoreView, saveView } from './view-checkpoint.ts';
import type { ViewColumns } from './view-columns.ts';
import { HaltState, PHASE_CODE, QuoteFlag, VIEW_COLUMNS } from './view-columns.ts';
import type { VolumeProfile } from './volume-profile.ts';
import { defaultVolumeProfile, MINUTES_PER_DAY } from './volume-profile.ts';

/** A live event may be this much ahead of our clock before it is refused. */
const FUTURE_US = 60 * US_PER_SECOND;
const SWEEP_US = US_PER_SECOND;
const TYPICAL_SPREAD_QUOTES = 512;
const SSR_FALL = 0.9;
const LULD_PAUSE = 17;
const LULD_REOPEN = 18;
const LULD_OUTSIDE_HOURS = 19;

const Blind = { gap: 1, unhealed: 2, outside: 4 } as const;

export class MarketView implements Checkpointable {
  readonly columns: ViewColumns;
  readonly capacity: number;
  readonly symbols: SymbolTable;
  readonly conditions: ConditionSets;
  readonly sessions: SessionClock;
  readonly rules: UpdateRules;
  readonly recentTrades: TradeRing;
  readonly recentQuotes: QuoteRing;
  /** ROW_STRIDE numbers a symbol, see row-state.ts. */
  readonly rows: Float64Array;
  readonly blindBits: Uint8Array;
  readonly totals: MarketTotals = {
    trades: 0,
    quotes: 0,
    lulds: 0,
    duplicates: 0,
    late: 0,
    refused: 0,
    unknownConditions: 0,
  };

  /** Trading day being shown as days since 1970-01-01; -1 before the first event. */
  dayIndex = -1;
  dayStartUs = 0;
  dayEndUs = 0;
  isGapOpen = false;
  /** Latest event time, and latest time told. */
  eventUs = 0;
  nowUs = 0;
  #profile: VolumeProfile = defaultVolumeProfile();
  /** When quiet rows were last refreshed, and the phase they were given; part of the state, so that a restart changes nothing. */
  sweptUs = 0;
  sweptPhase = -1;

  constructor(deps: MarketViewDeps) {
    this.symbols = deps.symbols;
    this.conditions = deps.conditions;
    this.sessions = deps.sessions;
    this.capacity = deps.capacity ?? deps.symbols.capacity;
    this.columns = createColumns(VIEW_COLUMNS, this.capacity, deps.buffer);
    this.columns.relativeVolume.fill(NaN);
    this.columns.volatility.fill(NaN);
    this.rules = new UpdateRules(deps.conditions, deps.conditionTable);
    this.rows = new Float64Array(this.capacity * ROW_STRIDE);
    this.blindBits = new Uint8Array(this.capacity);
    const depth = deps.recentDepth ?? 16;
    this.recentTrades = new TradeRing(this.columns.tradeCount, depth);
    this.recentQuotes = new QuoteRing(this.columns.quoteCount, depth);
  }

  /** Rows in use. */
  get size(): number {
    return Math.min(this.symbols.size, this.capacity);
  }

  /** Applies trade `i` of the batch. Returns Eligibility bits with the phase code of the print in bits 8 to 10. */
  applyTrade(batch: EventBatch, i: number): number {
    const s = batch.symbol[i] as number;
    const timeUs = batch.timeUs[i] as number;
    if (!this.#admits(s, timeUs, batch.receivedUs)) return Eligibility.outside | Eligibility.refused;
    const c = this.columns;
    const price = batch.price[i] as number;
    const size = batch.size[i] as number;
    const sequence = batch.sequence[i] as number;
    const phase = this.sessions.phaseAt(timeUs);
    let result = phase << PHASE_SHIFT;
    if (((batch.flags[i] as number) & EventFlag.noSequence) === 0) {
      if (sequence <= (c.tradeSequence[s] as number)) {
        if (this.recentTrades.has(s, sequence, timeUs, price, size)) {
          this.totals.duplicates++;
          return result | Eligibility.duplicate;
        }
        this.totals.late++;
        result |= Eligibility.late;
      } else c.tradeSequence[s] = sequence;
    }
    const isRegular = phase === PHASE_CODE.regular;
    const word = this.rules.trade(batch.conditions[i] as number, isRegular);
    result |= word & Eligibility.volume;
    if (phase === PHASE_CODE.closed) result |= Eligibility.outside;
    else result |= word & (Eligibility.counts | Eligibility.highLow);

    this.totals.trades++;
    if (timeUs >= this.eventUs) {
      this.eventUs = timeUs;
      c.phase[s] = phase;
    }
    const count = c.tradeCount[s] as number;
    c.tradeCount[s] = count + 1;
    if ((result & Eligibility.volume) !== 0) this.#addVolume(s, phase, size, price * size);
    if ((result & Eligibility.counts) !== 0) this.#setLast(s, i, batch, isRegular, result);
    if ((result & Eligibility.highLow) !== 0)
      this.#moveHighLow(s, price, isRegular || (word & TRADE_MARK_BIT.closingCross) !== 0);
    if ((word & ~0x8007) !== 0) this.#marks(s, word, price, size, result);
    if ((c.halt[s] as number) !== HaltState.trading) printWhileHalted(c, this.rows, s, word, timeUs, result);
    if (timeUs > (c.anyTradeTimeUs[s] as number)) c.anyTradeTimeUs[s] = timeUs;
    this.#remember(s, count, i, batch, result);
    if (countTrade(this.rows, s * ROW_STRIDE, timeUs)) this.#publishActivity(s, timeUs);
    (c.version[s] as number)++;
    return result;
  }

  /** Applies quote `i` of the batch. Returns duplicate, late and outside bits with the phase code in bits 8 to 10. */
  applyQuote(batch: EventBatch, i: number): number {
    const s = batch.symbol[i] as number;
    const timeUs = batch.timeUs[i] as number;
    if (!this.#admits(s, timeUs, batch.receivedUs)) return Eligibility.outside | Eligibility.refused;
    const c = this.columns;
    const bid = batch.price[i] as number;
    const ask = batch.price2[i] as number;
    const sequence = batch.sequence[i] as number;
    const bidSize = batch.size[i] as number;
    const askSize = batch.size2[i] as number;
    const conditions = batch.conditions[i] as number;
    const phase = this.sessions.phaseAt(timeUs);
    let result = phase << PHASE_SHIFT;
    if (((batch.flags[i] as number) & EventFlag.noSequence) === 0) {
      if (sequence <= (c.quoteSequence[s] as number)) {
        if (this.recentQuotes.has(s, timeUs, bid, ask, bidSize, askSize)) {
          this.totals.duplicates++;
          return result | Eligibility.duplicate;
        }
        this.totals.late++;
        result |= Eligibility.late;
      } else c.quoteSequence[s] = sequence;
    }
    if (phase === PHASE_CODE.closed) result |= Eligibility.outside;
    this.totals.quotes++;
    if (timeUs >= this.eventUs) {
      this.eventUs = timeUs;
      c.phase[s] = phase;
    }
    const count = c.quoteCount[s] as number;
    c.quoteCount[s] = count + 1;
    (c.version[s] as number)++;
    const { data, sizes } = this.recentQuotes;
    const at = this.recentQuotes.slot(s, count);
    data[at] = timeUs;
    data[at + 1] = bid;
    data[at + 2] = ask;
    sizes[at * 2 + 6] = bidSize;
    sizes[at * 2 + 7] = askSize;
    // An older quote that arrives late tells nothing about the market now.
    if ((result & Eligibility.late) !== 0 && timeUs < (c.quoteTimeUs[s] as number)) return result;
    c.bid[s] = bid;
    c.ask[s] = ask;
    c.bidSize[s] = bidSize;
    c.askSize[s] = askSize;
    c.bidVenue[s] = batch.venue[i] as number;
    c.askVenue[s] = batch.venue2[i] as number;
    c.quoteTimeUs[s] = timeUs;
    c.quoteConditions[s] = conditions;
    const word = this.rules.quote(conditions);
    let flags = (word & QuoteBit.nonFirm) !== 0 ? QuoteFlag.nonFirm : 0;
    if (bid > 0 && ask > 0) {
      if (bid > ask) flags |= QuoteFlag.crossed;
      else if (bid === ask) flags |= QuoteFlag.locked;
      if ((flags & (QuoteFlag.crossed | QuoteFlag.nonFirm)) === 0) {
        const typical = c.typicalSpread[s] as number;
        const seen = count + 1;
        c.typicalSpread[s] =
          typical === 0
            ? ask - bid
            : typical + (ask - bid - typical) / (seen < TYPICAL_SPREAD_QUOTES ? seen : TYPICAL_SPREAD_QUOTES);
      }
    } else flags |= QuoteFlag.oneSided;
    if ((flags & QuoteFlag.crossed) !== 0 && ((c.quoteFlags[s] as number) & QuoteFlag.crossed) === 0)
      c.crossedSinceUs[s] = timeUs;
    c.quoteFlags[s] = flags;
    if ((c.isBlind[s] as number) !== 0) this.heal(s);
    if ((word & (QuoteBit.halted | QuoteBit.resume)) !== 0 || (c.halt[s] as number) !== HaltState.trading)
      quoteAndHalt(c, this.rows, s, word, flags, timeUs);
    return result;
  }

  /** Applies a limit-up/limit-down message: price bands, pause, reopening. */
  applyLuld(batch: EventBatch, i: number): void {
    const s = batch.symbol[i] as number;
    const timeUs = batch.timeUs[i] as number;
    if (!this.#admits(s, timeUs, batch.receivedUs)) return;
    const c = this.columns;
    this.totals.lulds++;
    if (timeUs < (c.luldTimeUs[s] as number)) {
      this.totals.late++;
      return;
    }
    if (timeUs > this.eventUs) this.eventUs = timeUs;
    c.luldTimeUs[s] = timeUs;
    (c.version[s] as number)++;
    const low = Math.min(batch.price[i] as number, batch.price2[i] as number);
    const high = Math.max(batch.price[i] as number, batch.price2[i] as number);
    const isBand = low > 0;
    if (isBand) {
      c.luldLow[s] = low;
      c.luldHigh[s] = high;
    }
    for (const indicator of this.conditions.get(batch.conditions[i] as number)) {
      if (indicator === LULD_PAUSE) beginHalt(c, this.rows, s, haltReasonIndex('LUDP'), timeUs);
      else if (indicator === LULD_REOPEN) endHalt(c, this.rows, s, timeUs);
      else if (indicator === LULD_OUTSIDE_HOURS) {
        c.luldLow[s] = 0;
        c.luldHigh[s] = 0;
      }
    }
  }

  /** Reference data of a symbol; what is left out stays as it is. */
  setReference(symbol: SymbolId, reference: SymbolReference): void {
    const c = this.columns;
    if (reference.previousClose !== undefined && reference.previousClose > 0) {
      c.previousClose[symbol] = reference.previousClose;
      this.rows[symbol * ROW_STRIDE + Row.referenceDay] = this.sessions.dayOf(Math.max(this.nowUs, this.eventUs)).index;
    }
    if (reference.averageVolume !== undefined && reference.averageVolume >= 0)
      c.averageVolume[symbol] = reference.averageVolume;
    (c.version[symbol] as number)++;
  }

  /** Replaces the shape of a usual day that relative volume is measured against. */
  setVolumeProfile(profile: VolumeProfile): void {
    this.#profile = profile;
  }

  /** A halt or resume told by someone else than the tape (exchange halt lists, the broker). */
  setHalt(symbol: SymbolId, notice: HaltNotice): void {
    const c = this.columns;
    if (notice.state === 'trading') endHalt(c, this.rows, symbol, notice.atUs);
    else if (notice.state === 'halted') beginHalt(c, this.rows, symbol, haltReasonIndex(notice.reason), notice.atUs);
    else c.halt[symbol] = HaltState[notice.state];
    (c.version[symbol] as number)++;
  }

  /** The feed went away: every symbol is blind until the gap ends and a quote of its own arrives. */
  beginGap(): void {
    this.isGapOpen = true;
    for (let s = 0; s < this.capacity; s++) this.blindBits[s] = (this.blindBits[s] as number) | Blind.gap;
    this.#publishBlind();
  }

  endGap(): void {
    this.isGapOpen = false;
    for (let s = 0; s < this.capacity; s++) {
      const bits = this.blindBits[s] as number;
      if ((bits & Blind.gap) !== 0) this.blindBits[s] = (bits & ~Blind.gap) | Blind.unhealed;
    }
    this.#publishBlind();
  }

  /** The symbol's NBBO is known again (its own quote, or a snapshot); an open gap keeps it blind. */
  heal(symbol: SymbolId): void {
    const bits = (this.blindBits[symbol] as number) & ~Blind.unhealed;
    this.blindBits[symbol] = bits;
    this.columns.isBlind[symbol] = bits === 0 ? 0 : 1;
  }

  /** Blindness for a reason only the caller knows (silent far beyond what is usual at this hour). */
  setBlind(symbol: SymbolId, isBlind: boolean): void {
    const bits = this.blindBits[symbol] as number;
    if (((bits & Blind.outside) !== 0) === isBlind) return;
    this.blindBits[symbol] = isBlind ? bits | Blind.outside : bits & ~Blind.outside;
    this.columns.isBlind[symbol] = this.blindBits[symbol] === 0 ? 0 : 1;
    (this.columns.version[symbol] as number)++;
  }

  /**
   * Begins the trading day of an instant. The first event of a later day does it by itself; a host that loads reference data
   * before the first event begins the day by hand. The clock alone never does: a replayed day must not be ended by it.
   */
  startDay(us: number): void {
    const day = this.sessions.dayOf(us);
    if (day.index === this.dayIndex) return;
    const isFirst = this.dayIndex < 0;
    this.dayIndex = day.index;
    this.dayStartUs = day.startUs;
    this.dayEndUs = day.endUs;
    if (isFirst) return;
    resetRows(this.columns, this.rows, day.index);
  }

  /** Tells the time: phase of quiet rows, decayed rates, relative volume, suspected halts. Once a second does work. */
  advance(nowUs: EpochUs): void {
    if (nowUs <= this.nowUs) return;
    this.nowUs = nowUs;
    const phase = this.sessions.phaseAt(nowUs);
    if (phase !== this.sweptPhase) {
      this.sweptPhase = phase;
      this.columns.phase.fill(phase);
    }
    if (nowUs - this.sweptUs < SWEEP_US) return;
    this.sweptUs = nowUs;
    const size = this.size;
    // A silent feed is not a market full of halts.
    const mayBeHalted = phase === PHASE_CODE.regular && !this.isGapOpen;
    for (let s = 0; s < size; s++) {
      if ((this.rows[s * ROW_STRIDE + Row.bucketEndUs] as number) > 0) this.#publishActivity(s, nowUs);
      if (mayBeHalted && suspectHalt(this.columns, this.rows, s, nowUs, this.eventUs))
        (this.columns.version[s] as number)++;
    }
  }

  save(writer: CheckpointWriter): void {
    saveView(this, writer);
  }

  /** The symbol table and the condition sets must have been restored before. */
  restore(reader: CheckpointReader): void {
    this.rules.forgetSets();
    restoreView(this, reader);
  }

  #remember(s: number, count: number, i: number, batch: EventBatch, result: number): void {
    const data = this.recentTrades.data;
    const at = this.recentTrades.slot(s, count);
    data[at] = batch.timeUs[i] as number;
    data[at + 1] = batch.price[i] as number;
    data[at + 2] = batch.size[i] as number;
    data[at + 3] = this.columns.bid[s] as number;
    data[at + 4] = this.columns.ask[s] as number;
    data[at + 5] = batch.sequence[i] as number;
    data[at + 6] = (batch.venue[i] as number) + (batch.conditions[i] as number) * 256;
    data[at + 7] = result;
  }

  #addVolume(s: number, phase: number, size: number, notional: number): void {
    const c = this.columns;
    (c.volume[s] as number) += size;
    (c.notional[s] as number) += notional;
    if (phase === PHASE_CODE.regular) {
      (c.regularVolume[s] as number) += size;
      (c.regularNotional[s] as number) += notional;
    } else if (phase === PHASE_CODE.pre || phase === PHASE_CODE.overnight) {
      (c.preVolume[s] as number) += size;
      (c.preNotional[s] as number) += notional;
    } else if (phase === PHASE_CODE.post) {
      (c.postVolume[s] as number) += size;
      (c.postNotional[s] as number) += notional;
    }
  }

  #setLast(s: number, i: number, batch: EventBatch, isRegular: boolean, result: number): void {
    const c = this.columns;
    const timeUs = batch.timeUs[i] as number;
    // A print older than the last one may still count, but it does not say where the market is.
    if ((result & Eligibility.late) !== 0 && timeUs < (c.lastTimeUs[s] as number)) return;
    const price = batch.price[i] as number;
    const last = c.last[s] as number;
    const deviation = closeMinute(this.rows, s * ROW_STRIDE, timeUs, last);
    if (deviation >= 0) c.volatility[s] = deviation;
    if (last > 0 && price !== last) {
      if (price > last) {
        (c.upTicks[s] as number)++;
        c.lastDirection[s] = 1;
      } else {
        (c.downTicks[s] as number)++;
        c.lastDirection[s] = 2;
      }
    }
    c.last[s] = price;
    c.lastSize[s] = batch.size[i] as number;
    c.lastTimeUs[s] = timeUs;
    c.lastVenue[s] = batch.venue[i] as number;
    if (!isRegular) return;
    if (c.dayOpen[s] === 0) c.dayOpen[s] = price;
    c.regularClose[s] = price;
    const previous = c.previousClose[s] as number;
    if (
      previous > 0 &&
      price <= previous * SSR_FALL &&
      (this.rows[s * ROW_STRIDE + Row.ssrUntilDay] as number) <= this.dayIndex
    ) {
      c.isSsr[s] = 1;
      this.rows[s * ROW_STRIDE + Row.ssrUntilDay] = this.sessions.calendar.nextOpenDay(this.dayIndex).index;
    }
  }

  #moveHighLow(s: number, price: number, isDay: boolean): void {
    const c = this.columns;
    if (price > (c.sessionHigh[s] as number)) c.sessionHigh[s] = price;
    const sessionLow = c.sessionLow[s] as number;
    if (price < sessionLow || sessionLow === 0) c.sessionLow[s] = price;
    if (!isDay) return;
    if (price > (c.dayHigh[s] as number)) c.dayHigh[s] = price;
    const dayLow = c.dayLow[s] as number;
    if (price < dayLow || dayLow === 0) c.dayLow[s] = price;
  }

  #marks(s: number, word: number, price: number, size: number, result: number): void {
    const c = this.columns;
    const base = s * ROW_STRIDE;
    if ((word & UNKNOWN_CONDITION) !== 0) this.totals.unknownConditions++;
    if (
      (word & TRADE_MARK_BIT.closingCross) !== 0 &&
      (result & Eligibility.counts) !== 0 &&
      size > (this.rows[base + Row.closingCrossSize] as number)
    ) {
      this.rows[base + Row.closingCrossSize] = size;
      c.regularClose[s] = price;
    }
    if ((word & TRADE_MARK_BIT.correctedClose) !== 0) c.regularClose[s] = price;
    if ((word & TRADE_MARK_BIT.shortSaleOn) !== 0) c.isSsr[s] = 1;
    if ((word & TRADE_MARK_BIT.shortSaleOff) !== 0) {
      c.isSsr[s] = 0;
      this.rows[base + Row.ssrUntilDay] = 0;
    }
  }

  #publishActivity(s: number, nowUs: number): void {
    const c = this.columns;
    const base = s * ROW_STRIDE;
    c.tickRate1s[s] = rateAt(this.rows, base, 1, nowUs);
    c.tickRate10s[s] = rateAt(this.rows, base, 10, nowUs);
    c.tickRate60s[s] = rateAt(this.rows, base, 60, nowUs);
    c.rateTimeUs[s] = nowUs;
    const average = c.averageVolume[s] as number;
    if (average > 0) c.relativeVolume[s] = (c.volume[s] as number) / (average * this.usualShare(nowUs));
  }

  /** Share of a usual day's volume traded by an instant of the shown day, interpolated within the minute; never zero. */
  usualShare(us: EpochUs): number {
    const minutes = (us - this.sessions.dayOf(us).midnightUs) / US_PER_MINUTE;
    const whole = Math.min(Math.max(Math.floor(minutes), 0), MINUTES_PER_DAY - 1);
    const before = whole === 0 ? 0 : (this.#profile[whole - 1] as number);
    const share = before + ((this.#profile[whole] as number) - before) * Math.min(Math.max(minutes - whole, 0), 1);
    return Math.max(share, 1e-6);
  }

  #publishBlind(): void {
    const c = this.columns;
    for (let s = 0; s < this.capacity; s++) c.isBlind[s] = this.blindBits[s] === 0 ? 0 : 1;
    for (let s = 0; s < this.size; s++) (c.version[s] as number)++;
  }

  /** Whether an event may be applied; begins its trading day when it is the first of a later one. */
  #admits(s: number, timeUs: number, receivedUs: number): boolean {
    if (s >= 0 && s < this.capacity) {
      if (timeUs >= this.dayStartUs && timeUs < this.dayEndUs) return true;
      // Files carry no receive time; a live event must be confirmed by our own clock before it can end the day.
      if (timeUs >= this.dayEndUs && (receivedUs === 0 || timeUs <= receivedUs + FUTURE_US)) {
        this.startDay(timeUs);
        return true;
      }
    }
    this.totals.refused++;
    return false;
  }
}
