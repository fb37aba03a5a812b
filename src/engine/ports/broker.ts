/**
 * The broker port: what the core asks of a broker and what a broker reports. The paper exchange (sim/) and Interactive
 * Brokers (adapters/ibkr/) are two implementations of the same events; the core cannot tell which it talks to.
 * Reports may be late, repeated, reordered or missing: the core books fills by execution id and asks when it does not know.
 */
import type { EpochUs, Micros, SymbolId } from '../model/units.ts';

export type Side = 'buy' | 'sell';
export type OrderType = 'limit' | 'market';
export type TimeInForce = 'day' | 'ioc' | 'gtc';

export interface OrderRequest {
  /** Ours, unique for ever, derived from run and counter; travels as IBKR orderRef. */
  readonly clientOrderId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: number;
  /** On the tick grid; null for market orders. */
  readonly limit: Micros | null;
  readonly timeInForce: TimeInForce;
  /** May trade in pre and post market. */
  readonly outsideRegularHours: boolean;
}

export type BrokerCommand =
  | { readonly kind: 'place'; readonly order: OrderRequest }
  | { readonly kind: 'replace'; readonly clientOrderId: string; readonly limit: Micros; readonly quantity: number }
  | { readonly kind: 'cancel'; readonly clientOrderId: string }
  /** Asks for the truth: open orders, executions, positions and cash come back as a 'snapshot' event carrying the same id. */
  | { readonly kind: 'query'; readonly queryId?: string };

export type BrokerEvent =
  | {
      readonly kind: 'link';
      readonly up: boolean;
      readonly dataLost: boolean;
      readonly reason: string;
      readonly account: string;
    }
  | { readonly kind: 'acknowledged'; readonly clientOrderId: string; readonly brokerOrderId: string }
  | {
      readonly kind: 'working';
      readonly clientOrderId: string;
      readonly limit: Micros | null;
      readonly quantity: number;
    }
  | { readonly kind: 'execution'; readonly execution: Execution }
  | { readonly kind: 'commission'; readonly executionId: string; readonly commission: Micros }
  /** `filled`: shares filled in all, as the broker counts them at the end; it tells whether an execution report is missing. */
  | { readonly kind: 'cancelled'; readonly clientOrderId: string; readonly reason: string; readonly filled?: number }
  | { readonly kind: 'rejected'; readonly clientOrderId: string; readonly code: string; readonly message: string }
  | {
      readonly kind: 'replace-rejected';
      readonly clientOrderId: string;
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly kind: 'cancel-rejected';
      readonly clientOrderId: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'expired'; readonly clientOrderId: string; readonly filled?: number }
  /** The request may or may not have reached the broker (timeout, drop). Never assumed either way. */
  | { readonly kind: 'unknown'; readonly clientOrderId: string; readonly reason: string }
  /** `queryId` is that of the query it answers; absent when nobody asked. */
  | { readonly kind: 'snapshot'; readonly snapshot: BrokerSnapshot; readonly queryId?: string };

export interface Execution {
  /** The broker's. The same id again is a repeat; the same id up to the last dot is a correction that replaces. */
  readonly executionId: string;
  readonly clientOrderId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly quantity: number;
  readonly price: Micros;
  readonly atUs: EpochUs;
  readonly venue: string;
  /** Added or removed liquidity, when the broker says so. */
  readonly liquidity: 'added' | 'removed' | 'unknown';
}

export interface BrokerSnapshot {
  readonly account: string;
  readonly openOrders: readonly {
    readonly clientOrderId: string;
    readonly symbol: SymbolId;
    readonly side: Side;
    readonly quantity: number;
    readonly filled: number;
    readonly limit: Micros | null;
  }[];
  /** All executions of the day. */
  readonly executions: readonly Execution[];
  readonly positions: readonly { readonly symbol: SymbolId; readonly quantity: number; readonly averageCost: Micros }[];
  readonly cash: Micros;
  readonly buyingPower: Micros;
  /** Charges of these executions as far as the broker tells them again, so that a lost commission report is made good. */
  readonly commissions?: readonly { readonly executionId: string; readonly commission: Micros }[];
}
