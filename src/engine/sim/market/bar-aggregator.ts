/**
 * Second and minute bars and the running day of every symbol, out of prints: what the vendor sends on A and AM and answers
 * on its snapshot endpoints. Only the update rules that bars need are here (facts B): one condition that says no wins, and
 * Form T prints make prices outside regular hours.
 */
import type { ColumnsOf } from '../../lib/columns.ts';
import { createColumns } from '../../lib/columns.ts';
import type { ConditionSets } from '../../model/conditions.ts';
import type { EventSink } from './event-sink.ts';
import type { AggregateBar } from './frame-writer.ts';
import { Channel } from './frame-writer.ts';

const BAR = {
  startMs: 'f64',
  open: 'f64',
  high: 'f64',
  low: 'f64',
  close: 'f64',
  volume: 'f64',
  notional: 'f64',
  trades: 'u32',
} as const;
const DAY = {
  open: 'f64',
  high: 'f64',
  low: 'f64',
  close: 'f64',
  volume: 'f64',
  notional: 'f64',
  trades: 'u32',
  /** Regular session only, as the vendor's day bar. */
  regularClose: 'f64',
  previousClose: 'f64',
  lastPrice: 'f64',
  lastShares: 'f64',
  lastTimeMs: 'f64',
  lastVenue: 'u8',
  lastConditions: 'u16',
  lastId: 'f64',
  bid: 'f64',
  ask: 'f64',
  bidShares: 'f64',
  askShares: 'f64',
  bidVenue: 'u8',
  askVenue: 'u8',
  quoteTimeMs: 'f64',
} as const;
export type BarColumns = ColumnsOf<typeof BAR>;
export type DayColumns = ColumnsOf<typeof DAY>;

const NO_PRICE = new Set([2, 7, 13, 15, 16, 20, 21, 29, 37, 52, 53]);
const NO_LAST = new Set([5, 10, 22, 32, 33]);
const NO_VOLUME = new Set([15, 16, 38]);
const FORM_T = 12;
const SETS_HIGH_LOW = 1;
const SETS_LAST = 2;
const ADDS_VOLUME = 4;
const KNOWN = 128;

export class BarAggregator implements EventSink {
  readonly day: DayColumns;
  readonly minute: BarColumns;
  /** The minute bar that was complete last, for snapshots. */
  readonly finished: BarColumns;
  readonly second: BarColumns;
  /** Regular hours of the day under way, epoch ms; Form T prints make no prices inside. */
  #openMs = 0;
  #closeMs = 0;
  readonly #conditions: ConditionSets;
  readonly #rules: Uint8Array = new Uint8Array(65_536);
  readonly #secondTouched: Touched;
  readonly #minuteTouched: Touched;
  #secondMs = 0;
  #minuteMs = 0;
  readonly #emit: (bar: AggregateBar) => void;

  constructor(symbols: number, conditions: ConditionSets, emit: (bar: AggregateBar) => void) {
    this.day = createColumns(DAY, symbols);
    this.minute = createColumns(BAR, symbols);
    this.finished = createColumns(BAR, symbols);
    this.second = createColumns(BAR, symbols);
    this.#conditions = conditions;
    this.#secondTouched = new Touched(symbols);
    this.#minuteTouched = new Touched(symbols);
    this.#emit = emit;
  }

  /** Starts a day: yesterday's last regular close becomes the previous close where `previousClose` says nothing. */
  beginDay(openMs: number, closeMs: number, previousClose?: (symbol: number) => number): void {
    this.#openMs = openMs;
    this.#closeMs = closeMs;
    const { day } = this;
    for (let i = 0; i < day.open.length; i++) {
      const carried = (day.regularClose[i] as number) || (day.previousClose[i] as number);
      day.previousClose[i] = previousClose?.(i) ?? carried;
    }
    for (const name of ['open', 'high', 'low', 'close', 'volume', 'notional', 'trades', 'regularClose'] as const)
      day[name].fill(0);
    for (const column of Object.values(this.finished)) column.fill(0);
  }

  /** Sends the bars that ended at or before `timeMs`. Call it before the events of that time. */
  advance(timeMs: number): void {
    if (timeMs >= this.#secondMs) {
      this.#flush(this.second, this.#secondTouched, Channel.A, 1000);
      this.#secondMs = Math.floor(timeMs / 1000) * 1000 + 1000;
    }
    if (timeMs >= this.#minuteMs) {
      this.#flush(this.minute, this.#minuteTouched, Channel.AM, 60_000);
      this.#minuteMs = Math.floor(timeMs / 60_000) * 60_000 + 60_000;
    }
  }

  trade(
    symbol: number,
    timeMs: number,
    _participantMs: number,
    venue: number,
    priceMicros: number,
    sizeMicros: number,
    conditionSet: number,
    tradeId: number,
  ): void {
    if (timeMs >= this.#secondMs) this.advance(timeMs);
    const { day } = this;
    const price = priceMicros / 1_000_000;
    const shares = sizeMicros / 1_000_000;
    day.lastPrice[symbol] = price;
    day.lastShares[symbol] = shares;
    day.lastTimeMs[symbol] = timeMs;
    day.lastVenue[symbol] = venue;
    day.lastConditions[symbol] = conditionSet;
    day.lastId[symbol] = tradeId;
    const isRegular = timeMs >= this.#openMs && timeMs < this.#closeMs + 60_000;
    const rules = this.#rulesOf(conditionSet, isRegular);
    const adds = (rules & ADDS_VOLUME) !== 0;
    if (adds) {
      day.volume[symbol] = (day.volume[symbol] as number) + shares;
      day.notional[symbol] = (day.notional[symbol] as number) + shares * price;
      day.trades[symbol] = (day.trades[symbol] as number) + 1;
    }
    if (isRegular && (rules & SETS_HIGH_LOW) !== 0) {
      if (day.open[symbol] === 0 && (rules & SETS_LAST) !== 0) day.open[symbol] = price;
      if (price > (day.high[symbol] as number)) day.high[symbol] = price;
      if (day.low[symbol] === 0 || price < (day.low[symbol] as number)) day.low[symbol] = price;
    }
    if ((rules & SETS_LAST) !== 0) {
      day.close[symbol] = price;
      if (isRegular) day.regularClose[symbol] = price;
    }
    // The closing cross is in the day but in no minute (facts A7).
    if (timeMs >= this.#closeMs && isRegular && (rules & SETS_HIGH_LOW) !== 0 && !this.#isFormT(conditionSet)) return;
    addToBar(this.second, this.#secondTouched, symbol, this.#secondMs - 1000, price, shares, rules);
    addToBar(this.minute, this.#minuteTouched, symbol, this.#minuteMs - 60_000, price, shares, rules);
  }

  quote(
    symbol: number,
    timeMs: number,
    _participantMs: number,
    bidVenue: number,
    bidMicros: number,
    bidShares: number,
    askVenue: number,
    askMicros: number,
    askShares: number,
  ): void {
    const { day } = this;
    day.bid[symbol] = bidMicros / 1_000_000;
    day.ask[symbol] = askMicros / 1_000_000;
    day.bidShares[symbol] = bidShares;
    day.askShares[symbol] = askShares;
    day.bidVenue[symbol] = bidVenue;
    day.askVenue[symbol] = askVenue;
    day.quoteTimeMs[symbol] = timeMs;
  }

  luld(): void {}

  conditionsOf(symbol: number): readonly number[] {
    return this.#conditions.get(this.day.lastConditions[symbol] as number);
  }

  #isFormT(set: number): boolean {
    return this.#conditions.get(set).includes(FORM_T);
  }

  #rulesOf(set: number, isRegular: boolean): number {
    const slot = set * 2 + (isRegular ? 1 : 0);
    if (slot >= this.#rules.length) return this.#judge(set, isRegular);
    const known = this.#rules[slot] as number;
    if (known !== 0) return known;
    const rules = this.#judge(set, isRegular) | KNOWN;
    this.#rules[slot] = rules;
    return rules;
  }

  #judge(set: number, isRegular: boolean): number {
    let rules = SETS_HIGH_LOW | SETS_LAST | ADDS_VOLUME;
    for (const id of this.#conditions.get(set)) {
      if (NO_PRICE.has(id) || (id === FORM_T && isRegular)) rules &= ~(SETS_HIGH_LOW | SETS_LAST);
      if (NO_LAST.has(id)) rules &= ~SETS_LAST;
      if (NO_VOLUME.has(id)) rules &= ~ADDS_VOLUME;
    }
    return rules;
  }

  #flush(bars: BarColumns, touched: Touched, channel: typeof Channel.A | typeof Channel.AM, lengthMs: number): void {
    const { day } = this;
    for (let k = 0; k < touched.count; k++) {
      const symbol = touched.symbols[k] as number;
      const volume = bars.volume[symbol] as number;
      if (bars.open[symbol] !== 0 && volume > 0) {
        if (channel === Channel.AM)
          for (const name of BAR_NAMES) this.finished[name][symbol] = bars[name][symbol] as number;
        const startMs = bars.startMs[symbol] as number;
        const dayVolume = day.volume[symbol] as number;
        this.#emit({
          symbol,
          channel,
          volume,
          dayVolume,
          dayOpen: day.open[symbol] as number,
          vwap: (bars.notional[symbol] as number) / volume,
          open: bars.open[symbol] as number,
          close: bars.close[symbol] as number,
          high: bars.high[symbol] as number,
          low: bars.low[symbol] as number,
          dayVwap: dayVolume > 0 ? (day.notional[symbol] as number) / dayVolume : 0,
          averageSize: volume / (bars.trades[symbol] as number),
          startMs,
          endMs: startMs + lengthMs,
        });
      }
      bars.open[symbol] = 0;
      bars.volume[symbol] = 0;
      bars.notional[symbol] = 0;
      bars.trades[symbol] = 0;
    }
    touched.clear();
  }
}

const BAR_NAMES = Object.keys(BAR) as (keyof typeof BAR)[];

function addToBar(
  bars: BarColumns,
  touched: Touched,
  symbol: number,
  startMs: number,
  price: number,
  shares: number,
  rules: number,
): void {
  touched.add(symbol);
  bars.startMs[symbol] = startMs;
  if ((rules & ADDS_VOLUME) !== 0) {
    bars.volume[symbol] = (bars.volume[symbol] as number) + shares;
    bars.notional[symbol] = (bars.notional[symbol] as number) + shares * price;
    bars.trades[symbol] = (bars.trades[symbol] as number) + 1;
  }
  if ((rules & SETS_HIGH_LOW) === 0) return;
  if (bars.open[symbol] === 0) {
    bars.open[symbol] = price;
    bars.high[symbol] = price;
    bars.low[symbol] = price;
    bars.close[symbol] = price;
    return;
  }
  if (price > (bars.high[symbol] as number)) bars.high[symbol] = price;
  if (price < (bars.low[symbol] as number)) bars.low[symbol] = price;
  if ((rules & SETS_LAST) !== 0) bars.close[symbol] = price;
}

/** The symbols that traded in the bar under way, each once. */
class Touched {
  readonly symbols: Int32Array;
  readonly #isIn: Uint8Array;
  count = 0;

  constructor(capacity: number) {
    this.symbols = new Int32Array(capacity);
    this.#isIn = new Uint8Array(capacity);
  }

  add(symbol: number): void {
    if (this.#isIn[symbol] === 1) return;
    this.#isIn[symbol] = 1;
    this.symbols[this.count++] = symbol;
  }

  clear(): void {
    for (let k = 0; k < this.count; k++) this.#isIn[this.symbols[k] as number] = 0;
    this.count = 0;
  }
}
