/** Bars, as everything outside the bar builder sees them. docs/specs/bars.md holds the numbered rules. */
import type { EpochUs, SymbolId } from './units.ts';

export type SessionPhase = 'pre' | 'regular' | 'post' | 'closed' | 'overnight';

export type BarKind =
  | { readonly kind: 'tick'; readonly trades: number }
  | { readonly kind: 'time'; readonly seconds: number }
  | { readonly kind: 'volume'; readonly shares: number }
  | { readonly kind: 'notional'; readonly dollars: number }
  | { readonly kind: 'imbalance'; readonly ticks: number };

export interface Bar {
  readonly symbol: SymbolId;
  readonly phase: SessionPhase;
  /** 0.. per symbol and day, across phases. */
  readonly index: number;
  readonly openTimeUs: EpochUs;
  readonly closeTimeUs: EpochUs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Shares of every print that may add volume, counted or not. */
  readonly volume: number;
  /** Dollars of the same prints; vwap = notional / volume. */
  readonly notional: number;
  readonly vwap: number;
  /** Counted prints: those that may set last. */
  readonly trades: number;
  /** Over counted prints with both sides present and not crossed; NaN when there was none. Dollars. */
  readonly spreadMean: number;
  readonly spreadMin: number;
  readonly spreadMax: number;
  readonly bidAtClose: number;
  readonly askAtClose: number;
  readonly quotes: number;
  readonly printsAtAsk: number;
  readonly printsAtBid: number;
  readonly ineligiblePrints: number;
  readonly ineligibleVolume: number;
  /** A feed gap fell inside the bar. */
  readonly hasGap: boolean;
  /** The symbol was halted at some time inside the bar. */
  readonly hasHalt: boolean;
  /** Closed by the end of the phase before it was full. */
  readonly isShort: boolean;
  /** Still forming: more prints may come. */
  readonly isForming: boolean;
}
