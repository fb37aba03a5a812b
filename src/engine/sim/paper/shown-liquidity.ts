/** What the NBBO shows less what we took of this very quote: the same displayed shares are not sold to us twice. */
import type { ViewColumns } from '../../market/view-columns.ts';
import type { SymbolId } from '../../model/units.ts';
import { toMicros } from '../../model/units.ts';
import type { Touch } from './matching.ts';
import type { PaperOrder } from './paper-types.ts';

export interface TakenQuote {
  readonly symbol: SymbolId;
  quote: number;
  bid: number;
  ask: number;
}

export class ShownLiquidity {
  readonly #view: ViewColumns;
  readonly #taken = new Map<SymbolId, TakenQuote>();

  constructor(view: ViewColumns) {
    this.#view = view;
  }

  touch(symbol: SymbolId): Touch {
    const view = this.#view;
    const taken = this.#taken.get(symbol);
    const isSame = taken !== undefined && taken.quote === view.quoteCount[symbol];
    return {
      bid: toMicros(Math.max(0, view.bid[symbol] as number)),
      ask: toMicros(Math.max(0, view.ask[symbol] as number)),
      bidSize: Math.max(0, (view.bidSize[symbol] as number) - (isSame ? taken.bid : 0)),
      askSize: Math.max(0, (view.askSize[symbol] as number) - (isSame ? taken.ask : 0)),
    };
  }

  take(order: PaperOrder, shares: number): void {
    const quote = this.#view.quoteCount[order.symbol] as number;
    let taken = this.#taken.get(order.symbol);
    if (taken === undefined || taken.quote !== quote) {
      taken = { symbol: order.symbol, quote, bid: 0, ask: 0 };
      this.#taken.set(order.symbol, taken);
    }
    if (order.side === 'buy') taken.ask += shares;
    else taken.bid += shares;
  }

  /** An order that ate through several levels leaves nothing of this quote for the next. */
  exhaust(order: PaperOrder): void {
    const shown = order.side === 'buy' ? this.#view.askSize[order.symbol] : this.#view.bidSize[order.symbol];
    this.take(order, shown as number);
  }

  save(): TakenQuote[] {
    return [...this.#taken.values()];
  }

  restore(taken: readonly TakenQuote[]): void {
    this.#taken.clear();
    for (const entry of taken) this.#taken.set(entry.symbol, entry);
  }
}
