/** All orders of the day, which of them are live, and what is overdue at the broker (docs/specs/orders.md, ORD11 to ORD14). */
import { assert, ensure } from '../lib/assert.ts';
import { decodeJson } from '../lib/json-bytes.ts';
import { JsonRows } from '../lib/json-rows.ts';
import type { Order, OrderSide } from '../model/order.ts';
import { isTerminal, openQuantity } from '../model/order.ts';
import type { EpochUs, Micros, SymbolId } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import type { Folded, OrderEvent } from './order-machine.ts';
import { foldOrder } from './order-machine.ts';

export interface OrderTimeouts {
  /** A request unanswered for so long has an unknown outcome. */
  readonly answerUs: number;
  /** A live order not heard of for so long is asked about, without changing its state. */
  readonly silenceUs: number;
}

export const DEFAULT_ORDER_TIMEOUTS: OrderTimeouts = { answerUs: 3_000_000, silenceUs: 15_000_000 };

export class OrderBook implements Checkpointable {
  readonly #orders = new Map<string, Order>();
  readonly #live = new Set<string>();
  /** Snapshots in a row that should have listed a live order and did not. */
  readonly #missing = new Map<string, number>();
  /** Orders that ended at the broker while executions of theirs may not have been reported. */
  readonly #unsettled = new Set<string>();
  /** An order that changes becomes another object. */
  readonly #rows = new JsonRows<Order>((order) => order);

  get size(): number {
    return this.#orders.size;
  }

  get liveCount(): number {
    return this.#live.size;
  }

  get(id: string): Order | undefined {
    return this.#orders.get(id);
  }

  all(): IterableIterator<Order> {
    return this.#orders.values();
  }

  /** Live orders in order of creation. */
  live(): Order[] {
    const orders: Order[] = [];
    for (const id of this.#live) orders.push(this.#orders.get(id) as Order);
    return orders;
  }

  create(order: Order): void {
    assert(!this.#orders.has(order.id), 'a client order id is used once');
    assert(order.quantity > 0 && Number.isInteger(order.quantity), 'orders are for whole shares');
    this.#orders.set(order.id, order);
    this.#live.add(order.id);
  }

  apply(id: string, event: OrderEvent, nowUs: EpochUs): Folded {
    const before = ensure(this.#orders.get(id), 'events are applied to known orders');
    const folded = foldOrder(before, event, nowUs);
    if (folded.order !== before) this.#orders.set(id, folded.order);
    if (isTerminal(folded.order.state)) {
      this.#live.delete(id);
      this.#missing.delete(id);
    }
    this.#judgeSettled(folded.order, event);
    if (event.kind === 'found' || event.kind === 'working' || event.kind === 'fill') this.#missing.delete(id);
    return folded;
  }

  /** An end is only believed with its fills: the broker's own count agrees, or a later snapshot has been taken in. */
  #judgeSettled(order: Order, event: OrderEvent): void {
    if (!isTerminal(order.state) || order.submittedUs === 0) return;
    const isComplete = order.state === 'filled' || order.filled === order.toldFilled || event.kind === 'missing';
    if (isComplete) this.#unsettled.delete(order.id);
    else if (event.kind === 'cancelled' || event.kind === 'expired' || event.kind === 'rejected')
      this.#unsettled.add(order.id);
  }

  /** A snapshot asked for at `sentUs` has been taken in: orders that ended before it have no more unknown fills. */
  settle(sentUs: EpochUs): void {
    for (const id of this.#unsettled) if ((this.#orders.get(id) as Order).endedUs < sentUs) this.#unsettled.delete(id);
  }

  get hasUnsettled(): boolean {
    return this.#unsettled.size > 0;
  }

  /** The trade has an order that ended with its fills not yet certain. */
  isSettling(tradeId: string): boolean {
    for (const id of this.#unsettled) if ((this.#orders.get(id) as Order).tradeId === tradeId) return true;
    return false;
  }

  /** Counts one more snapshot without the order. */
  countMissing(id: string): number {
    const count = (this.#missing.get(id) ?? 0) + 1;
    this.#missing.set(id, count);
    return count;
  }

  /** Live orders of one side in one symbol, for IBKR's limit of 20. */
  liveOn(symbol: SymbolId, side: OrderSide): number {
    let count = 0;
    for (const id of this.#live) {
      const order = this.#orders.get(id) as Order;
      if (order.symbol === symbol && order.side === side) count++;
    }
    return count;
  }

  /** Shares that live sell orders of a trade may still sell. */
  openSellQuantity(tradeId: string): number {
    let quantity = 0;
    for (const id of this.#live) {
      const order = this.#orders.get(id) as Order;
      if (order.tradeId === tradeId && order.side === 'sell') quantity += openQuantity(order);
    }
    return quantity;
  }

  /** Cash that live buy orders may still take. */
  reservedCash(): Micros {
    let reserved = 0;
    for (const id of this.#live) {
      const order = this.#orders.get(id) as Order;
      if (order.side === 'buy') reserved += openQuantity(order) * Math.max(order.limit ?? 0, order.pendingLimit ?? 0);
    }
    return reserved;
  }

  /** When something is next overdue; Infinity when nothing waits. */
  nextTimeoutUs(timeouts: OrderTimeouts): EpochUs {
    let next = Infinity;
    for (const id of this.#live) {
      const at = timeoutOf(this.#orders.get(id) as Order, timeouts);
      if (at < next) next = at;
    }
    return next;
  }

  /** Forgets orders that ended, fills and all, before `beforeUs`. */
  forget(beforeUs: EpochUs): void {
    for (const [id, order] of this.#orders) {
      if (isTerminal(order.state) && order.endedUs < beforeUs && !this.#unsettled.has(id)) this.#orders.delete(id);
    }
  }

  save(writer: CheckpointWriter): void {
    const rest = JSON.stringify({ missing: [...this.#missing], unsettled: [...this.#unsettled] });
    writer.section('orders/book', this.#rows.encode('{"orders":', this.#orders.values(), `,${rest.slice(1)}`));
  }

  restore(reader: CheckpointReader): void {
    this.#orders.clear();
    this.#live.clear();
    this.#missing.clear();
    this.#unsettled.clear();
    const bytes = reader.section('orders/book');
    if (bytes === undefined) return;
    const kept = decodeJson<{ orders: Order[]; missing: [string, number][]; unsettled: string[] }>(bytes);
    for (const id of kept.unsettled) this.#unsettled.add(id);
    for (const order of kept.orders) {
      this.#orders.set(order.id, order);
      if (!isTerminal(order.state)) this.#live.add(order.id);
    }
    for (const [id, count] of kept.missing) this.#missing.set(id, count);
  }
}

/** When the order's outcome becomes unknown for want of an answer; Infinity when nothing was asked. */
export function timeoutOf(order: Order, timeouts: OrderTimeouts): EpochUs {
  switch (order.state) {
    case 'submitted':
    case 'pending-replace':
    case 'pending-cancel':
      return order.askedUs + timeouts.answerUs;
    case 'acknowledged':
    case 'working':
    case 'partially-filled':
    case 'intent':
    case 'durable':
    case 'unknown':
    case 'filled':
    case 'cancelled':
    case 'rejected':
    case 'expired':
      return Infinity;
  }
}
