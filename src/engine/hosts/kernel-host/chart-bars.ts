/**
 * Bars of kinds that no stage of the kernel keeps, for charts that ask: built from the trades in memory by the same builder,
 * one symbol and kind at a time, and carried on with each question. What the trades do not tell (quotes between them, gaps,
 * halts) these bars do not know; docs/specs/bars.md, BAR19.
 */
import { BarBuilder } from '../../bars/bar-builder.ts';
import { columnsByteLength, createColumns } from '../../lib/columns.ts';
import { barRuleOf } from '../../kernel/bar-kinds.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { Eligibility, PHASE_SHIFT } from '../../market/update-rules.ts';
import { PHASE_CODE, VIEW_COLUMNS } from '../../market/view-columns.ts';
import type { Bar, BarKind } from '../../model/bar.ts';
import { createEventBatch, EventKind } from '../../model/event-batch.ts';
import type { SymbolId } from '../../model/units.ts';
import { barKindKey } from '../../strategies/strategy-host.ts';
import type { TapeTrade, TradeTape } from '../../tape/trade-tape.ts';

/** Series kept; the one nobody asked for longest goes first. */
const SERIES_MAX = 32;
/** Trades taken in by one question: about two milliseconds of the kernel's thread. */
const TRADES_PER_ASK = 4_000;
const BARS_MAX = 200_000;
/** Tells a bar that does not know its quotes from one without any. */
const NOT_KNOWN = -1;

interface Series {
  readonly builder: BarBuilder;
  readonly day: number;
  /** Place on the tape of the next trade to take. */
  next: number;
  /** Trades of the day before this place were not in memory any more. */
  readonly from: number;
}

export interface ChartBarsAnswer {
  readonly total: number;
  readonly bars: readonly Bar[];
  readonly forming: Bar | null;
  /** More trades wait: ask again. */
  readonly isBehind: boolean;
  /** The day's earlier trades are not in memory: index 0 is not the day's first bar. */
  readonly isPartial: boolean;
}

export class ChartBars {
  readonly #series = new Map<string, Series>();
  readonly #batch = createEventBatch(1);
  readonly #columns = createColumns(VIEW_COLUMNS, 1, new SharedArrayBuffer(columnsByteLength(VIEW_COLUMNS, 1)));

  /** Null without trades in memory. */
  answer(kernel: Kernel, symbol: SymbolId, kind: BarKind, from: number, count: number): ChartBarsAnswer | null {
    const { tape } = kernel;
    if (tape === null) return null;
    const series = this.#of(kernel, tape, symbol, kind);
    const until = Math.min(tape.count(symbol), series.next + TRADES_PER_ASK);
    for (; series.next < until; series.next++) {
      const trade = tape.at(symbol, series.next);
      if (trade !== undefined) this.#take(kernel, series.builder, trade);
    }
    const { closed } = series.builder;
    const total = closed.count(0);
    const bars: Bar[] = [];
    for (let index = Math.max(from, closed.firstIndex(0)); index < Math.min(total, from + count); index++) {
      const bar = closed.get(0, index);
      if (bar !== undefined) bars.push({ ...bar, symbol, quotes: NOT_KNOWN });
    }
    const forming = series.builder.forming(0);
    return {
      total,
      bars,
      forming: forming === undefined ? null : { ...forming, symbol, quotes: NOT_KNOWN },
      isBehind: series.next < tape.count(symbol),
      isPartial: series.from > 0 || tape.isPartial,
    };
  }

  #of(kernel: Kernel, tape: TradeTape, symbol: SymbolId, kind: BarKind): Series {
    const key = `${symbol} ${barKindKey(kind)}`;
    const known = this.#series.get(key);
    this.#series.delete(key);
    const day = kernel.view.dayIndex;
    const isUsable = known !== undefined && known.day === day && known.next >= tape.oldest(symbol);
    const series = isUsable ? known : this.#begin(kernel, tape, symbol, kind, day);
    // The map keeps the order in which keys were put in: the first one was asked for longest ago.
    this.#series.set(key, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > SERIES_MAX && oldest !== undefined) this.#series.delete(oldest);
    return series;
  }

  #begin(kernel: Kernel, tape: TradeTape, symbol: SymbolId, kind: BarKind, day: number): Series {
    const { sessions } = kernel.view;
    let from = tape.oldest(symbol);
    // Trades of an earlier day, if the tape still has some, stand in front.
    while (from < tape.count(symbol) && sessions.dayOf(tape.timeAt(symbol, from)).index !== day) from++;
    return {
      builder: new BarBuilder({ capacity: 1, rule: barRuleOf(kind), barsMax: BARS_MAX }),
      day,
      next: from,
      from: tape.oldest(symbol),
    };
  }

  /** As the market view answers about a print that was no duplicate: UPD1 to UPD3 by the rules of now. */
  #take(kernel: Kernel, builder: BarBuilder, trade: TapeTrade): void {
    const { rules, sessions } = kernel.view;
    const batch = this.#batch;
    batch.kind[0] = EventKind.trade;
    batch.symbol[0] = 0;
    batch.timeUs[0] = trade.timeUs;
    batch.price[0] = trade.price;
    batch.size[0] = trade.size;
    batch.conditions[0] = trade.conditions;
    batch.length = 1;
    const phase = sessions.phaseAt(trade.timeUs);
    const word = rules.trade(trade.conditions, phase === PHASE_CODE.regular);
    const allowed =
      phase === PHASE_CODE.closed ? Eligibility.outside : word & (Eligibility.counts | Eligibility.highLow);
    this.#columns.bid[0] = trade.bid;
    this.#columns.ask[0] = trade.ask;
    builder.applyTrade(batch, 0, (phase << PHASE_SHIFT) | (word & Eligibility.volume) | allowed, {
      columns: this.#columns,
    });
  }
}
