/** The closed bars of one symbol as strategies read them: newest first, NaN where there is none. Nothing is copied. */
import { Slot } from '../bars/bar-slots.ts';
import type { BarStore } from '../bars/bar-store.ts';
import type { SymbolId } from '../model/units.ts';
import type { BarSeries } from '../strategies/api.ts';

export class StoredBarSeries implements BarSeries {
  readonly #store: BarStore;
  readonly #symbol: SymbolId;

  constructor(store: BarStore, symbol: SymbolId) {
    this.#store = store;
    this.#symbol = symbol;
  }

  get count(): number {
    return this.#store.count(this.#symbol);
  }

  #at(ago: number, slot: number): number {
    return this.#store.value(this.#symbol, this.#store.count(this.#symbol) - 1 - ago, slot);
  }

  open(ago = 0): number {
    return this.#at(ago, Slot.open);
  }
  high(ago = 0): number {
    return this.#at(ago, Slot.high);
  }
  low(ago = 0): number {
    return this.#at(ago, Slot.low);
  }
  close(ago = 0): number {
    return this.#at(ago, Slot.close);
  }
  volume(ago = 0): number {
    return this.#at(ago, Slot.volume);
  }
  vwap(ago = 0): number {
    return this.#at(ago, Slot.notional) / this.#at(ago, Slot.volume);
  }
  trades(ago = 0): number {
    return this.#at(ago, Slot.trades);
  }
  spreadMean(ago = 0): number {
    return this.#at(ago, Slot.spread);
  }
  openTimeUs(ago = 0): number {
    return this.#at(ago, Slot.openTimeUs);
  }
  closeTimeUs(ago = 0): number {
    return this.#at(ago, Slot.closeTimeUs);
  }

  highest(bars: number): number {
    return this.#extreme(bars, Slot.high, (a, b) => a > b);
  }

  lowest(bars: number): number {
    return this.#extreme(bars, Slot.low, (a, b) => a < b);
  }

  #extreme(bars: number, slot: number, wins: (a: number, b: number) => boolean): number {
    if (this.count < bars || bars < 1) return Number.NaN;
    let best = this.#at(0, slot);
    for (let ago = 1; ago < bars; ago++) {
      const value = this.#at(ago, slot);
      if (wins(value, best)) best = value;
    }
    return best;
  }
}
