/** A view with bars and everything they need, and batches made by hand, for tests of the market stages. */
import { applyBatch } from '../bars/apply-batch.ts';
import type { BarBuilder } from '../bars/bar-builder.ts';
import { TickBars } from '../bars/tick-bars.ts';
import { MarketView } from '../market/market-view.ts';
import type { Bar } from '../model/bar.ts';
import { ConditionSets } from '../model/conditions.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { createEventBatch, EventFlag, EventKind } from '../model/event-batch.ts';
import { SymbolTable } from '../model/symbols.ts';
import { SessionCalendar } from '../time/calendar.ts';
import { SessionClock } from '../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../time/us-calendar.ts';

export interface TradeLike {
  readonly atUs: number;
  readonly price: number;
  readonly size?: number;
  readonly sequence?: number;
  readonly conditions?: readonly number[];
  readonly symbol?: string;
}
export interface QuoteLike {
  readonly atUs: number;
  readonly bid: number;
  readonly ask: number;
  readonly sequence?: number;
  readonly conditions?: readonly number[];
  readonly symbol?: string;
}
export interface LuldLike {
  readonly atUs: number;
  readonly low: number;
  readonly high: number;
  readonly indicators: readonly number[];
  readonly symbol?: string;
}

export class MarketRig {
  readonly symbols: SymbolTable;
  readonly conditions = new ConditionSets();
  readonly sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
  readonly view: MarketView;
  readonly bars: BarBuilder;
  readonly #batch: EventBatch = createEventBatch(1);

  constructor(
    options: { readonly capacity?: number; readonly tradesPerBar?: number; readonly bars?: BarBuilder } = {},
  ) {
    this.symbols = new SymbolTable(options.capacity ?? 64);
    this.view = new MarketView({ symbols: this.symbols, conditions: this.conditions, sessions: this.sessions });
    this.bars =
      options.bars ?? new TickBars({ capacity: this.symbols.capacity, tradesPerBar: options.tradesPerBar ?? 100 });
  }

  /** The instant of a New York wall time on a date. */
  at(date: string, time: string): number {
    const day = this.sessions.calendar.dayOfDate(date);
    if (day === undefined) throw new RangeError(date);
    const [hours, minutes, seconds] = time.split(':').map(Number) as [number, number, number?];
    return day.midnightUs + Math.round((hours * 3600 + minutes * 60 + (seconds ?? 0)) * 1_000_000);
  }

  id(symbol = 'X'): number {
    return this.symbols.intern(symbol);
  }

  /** Returns what the view answered. */
  trade(trade: TradeLike): number {
    const b = this.#event(EventKind.trade, trade.symbol, trade.atUs, trade.sequence, trade.conditions);
    b.price[0] = trade.price;
    b.size[0] = trade.size ?? 100;
    const result = this.view.applyTrade(b, 0);
    this.bars.applyTrade(b, 0, result, this.view);
    return result;
  }

  quote(quote: QuoteLike): number {
    const b = this.#event(EventKind.quote, quote.symbol, quote.atUs, quote.sequence, quote.conditions);
    b.price[0] = quote.bid;
    b.size[0] = quote.bid > 0 ? 200 : 0;
    b.price2[0] = quote.ask;
    b.size2[0] = quote.ask > 0 ? 300 : 0;
    const result = this.view.applyQuote(b, 0);
    this.bars.applyQuote(b, 0, result);
    return result;
  }

  luld(luld: LuldLike): void {
    const b = this.#event(EventKind.luld, luld.symbol, luld.atUs, undefined, luld.indicators);
    b.price[0] = luld.low;
    b.price2[0] = luld.high;
    this.view.applyLuld(b, 0);
  }

  apply(batch: EventBatch, from?: number, to?: number): number {
    return applyBatch(batch, this.view, this.bars, from, to);
  }

  closed(symbol = 'X'): readonly Bar[] {
    const id = this.id(symbol);
    const bars: Bar[] = [];
    for (let index = this.bars.closed.firstIndex(id); index < this.bars.closed.count(id); index++)
      bars.push(this.bars.closed.get(id, index) as Bar);
    return bars;
  }

  #event(
    kind: EventKind,
    symbol: string | undefined,
    atUs: number,
    sequence: number | undefined,
    conditions: readonly number[] = [],
  ): EventBatch {
    const b = this.#batch;
    b.length = 1;
    b.receivedUs = 0;
    b.kind[0] = kind;
    b.symbol[0] = this.id(symbol);
    b.timeUs[0] = atUs;
    b.sequence[0] = sequence ?? 0;
    b.flags[0] = sequence === undefined ? EventFlag.noSequence : 0;
    b.price[0] = 0;
    b.size[0] = 0;
    b.price2[0] = 0;
    b.size2[0] = 0;
    b.venue[0] = 11;
    b.venue2[0] = 12;
    b.tape[0] = 1;
    b.conditions[0] = this.conditions.intern(conditions);
    return b;
  }
}
