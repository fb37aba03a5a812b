/** The orders of the paper exchange: all of the day by id, the open ones by symbol in order of arrival. */
import type { SymbolId } from '../../model/units.ts';
import type { PaperOrder } from './paper-types.ts';

const NONE: readonly PaperOrder[] = [];

export class OpenOrders {
  /** 1 for symbols with an open order. */
  readonly interest: Uint8Array;
  readonly #open = new Map<SymbolId, PaperOrder[]>();
  readonly #byId = new Map<string, PaperOrder>();

  constructor(capacity: number) {
    this.interest = new Uint8Array(capacity);
  }

  get isAny(): boolean {
    return this.#open.size > 0;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  find(id: string): PaperOrder | undefined {
    return this.#byId.get(id);
  }

  on(symbol: SymbolId): readonly PaperOrder[] {
    return this.#open.get(symbol) ?? NONE;
  }

  add(order: PaperOrder): void {
    this.#byId.set(order.id, order);
    if (!order.isOpen) return;
    const list = this.#open.get(order.symbol);
    if (list === undefined) this.#open.set(order.symbol, [order]);
    else list.push(order);
    this.interest[order.symbol] = 1;
  }

  close(order: PaperOrder): void {
    order.isOpen = false;
    const list = this.#open.get(order.symbol);
    if (list === undefined) return;
    list.splice(list.indexOf(order), 1);
    if (list.length > 0) return;
    this.#open.delete(order.symbol);
    this.interest[order.symbol] = 0;
  }

  clear(): void {
    this.#open.clear();
    this.#byId.clear();
    this.interest.fill(0);
  }
}
