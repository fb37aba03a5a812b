/** An order as everything outside the order book sees it: the fold of the events that happened to it (docs/specs/orders.md). */
import type { CostEstimate } from './economics.ts';
import type { Fill } from './fill.ts';
import type { EpochUs, Micros, SymbolId } from './units.ts';

export type OrderSide = 'buy' | 'sell';

export type OrderState =
  /** Decided and appended to the journal; not yet known to be on disk. */
  | 'intent'
  /** Its intent is on disk: it may leave. */
  | 'durable'
  /** Handed to the broker lane. */
  | 'submitted'
  /** The broker has it. */
  | 'acknowledged'
  /** The exchange works it. */
  | 'working'
  | 'partially-filled'
  | 'pending-replace'
  | 'pending-cancel'
  | 'filled'
  | 'cancelled'
  | 'rejected'
  | 'expired'
  /** The outcome of the last request is not known: it is asked for, never assumed. */
  | 'unknown';

/** Why the order exists. */
export type OrderPurpose = 'entry' | 'exit' | 'manual-entry';

export interface Order {
  /** The client order id: pure function of run and counter, at most 30 characters, travels as IBKR orderRef. */
  readonly id: string;
  readonly tradeId: string;
  /** Id of what caused it: signal id for entries, exit rule for exits, command id for manual orders. */
  readonly cause: string;
  readonly purpose: OrderPurpose;
  readonly strategy: string;
  readonly symbol: SymbolId;
  readonly side: OrderSide;
  readonly type: 'limit' | 'market';
  readonly timeInForce: 'day' | 'ioc' | 'gtc';
  readonly outsideRegularHours: boolean;
  readonly state: OrderState;
  /** Total shares asked for, as the broker last confirmed. */
  readonly quantity: number;
  readonly limit: Micros | null;
  /** Set while a replace is under way, else null. */
  readonly pendingLimit: Micros | null;
  readonly pendingQuantity: number | null;
  /** Shares filled: always the sum of `fills`. */
  readonly filled: number;
  readonly fills: readonly Fill[];
  /** Shares filled in all, as the broker counted them when the order ended; null when it did not say. */
  readonly toldFilled: number | null;
  readonly brokerOrderId: string;
  readonly createdUs: EpochUs;
  /** When it was handed to the broker lane; 0 before. */
  readonly submittedUs: EpochUs;
  /** When anything was last asked of the broker for it, and last heard. */
  readonly askedUs: EpochUs;
  readonly heardUs: EpochUs;
  readonly endedUs: EpochUs;
  readonly replaces: number;
  /** Last reason given: reject code, cancel reason. */
  readonly reason: string;
  /** Events that had no legal transition, recorded and refused. */
  readonly refused: number;
  readonly costs: CostEstimate | null;
}

export function isTerminal(state: OrderState): boolean {
  return state === 'filled' || state === 'cancelled' || state === 'rejected' || state === 'expired';
}

/** Shares that may still fill. 0 once the order has ended. An unknown order may still fill in full. */
export function openQuantity(order: Order): number {
  if (isTerminal(order.state)) return 0;
  const most = Math.max(order.quantity, order.pendingQuantity ?? 0);
  return Math.max(0, most - order.filled);
}
