/**
 * Market data through the kernel, event by event: view, bars, tape; then what may act on it, in a fixed order: the paper
 * exchange sees the event first, open orders and positions in that symbol next, strategies last. So an exit is never
 * decided on older data than an entry.
 */
import type { MarketView } from '../market/market-view.ts';
import { Eligibility } from '../market/update-rules.ts';
import type { BarKind } from '../model/bar.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { EventKind } from '../model/event-batch.ts';
import type { SymbolId } from '../model/units.ts';
import type { TradeTape } from '../tape/trade-tape.ts';
import type { BarKinds } from './bar-kinds.ts';

/** Who is told what an event did. */
export interface MarketWatchers {
  /** Non-zero where orders work or positions are open, on our side or at the exchange; reported at every event. */
  readonly watched: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  /** A trade of a watched symbol; `counts` when it may set last. */
  onTrade(symbol: SymbolId, price: number, size: number, counts: boolean): void;
  onQuote(symbol: SymbolId): void;
  onBar(kind: BarKind, symbol: SymbolId): void;
  /** A print that may set last, of any symbol. Only called while `wantsTicks`. */
  onTick(symbol: SymbolId): void;
  wantsTicks: boolean;
  onNewDay(): void;
}

const IGNORED = Eligibility.duplicate | Eligibility.refused;

export class MarketStage {
  readonly #view: MarketView;
  readonly #bars: BarKinds;
  readonly #tape: TradeTape | null;
  readonly #watchers: MarketWatchers;
  readonly #watched: MarketWatchers['watched'];
  #day: number;

  constructor(view: MarketView, bars: BarKinds, tape: TradeTape | null, watchers: MarketWatchers) {
    this.#view = view;
    this.#bars = bars;
    this.#tape = tape;
    this.#watchers = watchers;
    this.#watched = watchers.watched;
    this.#day = view.dayIndex;
  }

  apply(batch: EventBatch): void {
    for (let i = 0; i < batch.length; i++) {
      const kind = batch.kind[i];
      if (kind === EventKind.trade) this.#trade(batch, i);
      else if (kind === EventKind.quote) this.#quote(batch, i);
      else {
        this.#view.applyLuld(batch, i);
        this.checkDay();
        const symbol = batch.symbol[i] as number;
        if (this.#isWatched(symbol)) this.#watchers.onQuote(symbol);
      }
    }
  }

  #isWatched(symbol: SymbolId): boolean {
    const [a, b, c, d] = this.#watched;
    return ((a[symbol] as number) | (b[symbol] as number) | (c[symbol] as number) | (d[symbol] as number)) !== 0;
  }

  #trade(batch: EventBatch, i: number): void {
    const symbol = batch.symbol[i] as number;
    const { columns } = this.#view;
    const result = this.#view.applyTrade(batch, i);
    if (this.#view.dayIndex !== this.#day) this.checkDay();
    if ((result & IGNORED) !== 0) return;
    this.#tape?.append(batch, i, columns.bid[symbol] as number, columns.ask[symbol] as number);
    const counts = (result & Eligibility.counts) !== 0;
    const { list } = this.#bars;
    const watchers = this.#watchers;
    if (this.#isWatched(symbol)) watchers.onTrade(symbol, batch.price[i] as number, batch.size[i] as number, counts);
    for (let k = 0; k < list.length; k++) {
      const kept = list[k] as (typeof list)[number];
      let closed = kept.builder.applyTrade(batch, i, result, this.#view);
      for (; closed > 0; closed--) watchers.onBar(kept.kind, symbol);
    }
    if (counts && watchers.wantsTicks) watchers.onTick(symbol);
  }

  #quote(batch: EventBatch, i: number): void {
    const symbol = batch.symbol[i] as number;
    const result = this.#view.applyQuote(batch, i);
    if (this.#view.dayIndex !== this.#day) this.checkDay();
    if ((result & IGNORED) !== 0) return;
    const watchers = this.#watchers;
    if (this.#isWatched(symbol)) watchers.onQuote(symbol);
    const { list } = this.#bars;
    for (let k = 0; k < list.length; k++) {
      const kept = list[k] as (typeof list)[number];
      let closed = kept.builder.applyQuote(batch, i, result);
      for (; closed > 0; closed--) watchers.onBar(kept.kind, symbol);
    }
  }

  /** Starts the bars of a new trading day when the view has entered one. */
  checkDay(): void {
    if (this.#view.dayIndex === this.#day) return;
    this.#day = this.#view.dayIndex;
    for (const kept of this.#bars.list) kept.builder.startDay();
    this.#watchers.onNewDay();
  }

  /** After a restore the view is on its day already. */
  resumeDay(): void {
    this.#day = this.#view.dayIndex;
  }
}
