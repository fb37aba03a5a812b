/** A fill: one execution, booked once, as last corrected. */
import type { EpochUs, Micros, SymbolId } from './units.ts';

export interface Fill {
  /** The execution id up to its last dot: the identity of the fill over all its corrections. */
  readonly key: string;
  /** The full id of the revision now in force. */
  readonly executionId: string;
  readonly orderId: string;
  readonly tradeId: string;
  readonly symbol: SymbolId;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly price: Micros;
  readonly atUs: EpochUs;
  readonly venue: string;
  readonly liquidity: 'added' | 'removed' | 'unknown';
  /** All the broker charges for it; null until it has been reported. */
  readonly commission: Micros | null;
  /** How often it was corrected. */
  readonly corrections: number;
}

/** Cash that the fill moves, without its commission: negative for purchases. */
export function cashOf(fill: Pick<Fill, 'side' | 'quantity' | 'price'>): Micros {
  const value = fill.quantity * fill.price;
  return fill.side === 'buy' ? -value : value;
}
