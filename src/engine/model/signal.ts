/** What a strategy asks for, and the plan by which the position will be left again: both are plain data. */
import type { EpochUs, InputNo, Micros, SymbolId } from './units.ts';

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** One named rule as it was judged. `pass` is `value operator threshold`; a NaN value never passes. */
export interface RuleResult {
  readonly name: string;
  readonly value: number;
  readonly operator: Operator;
  readonly threshold: number;
  readonly pass: boolean;
  /** 'bps', '$', 'x', 's', '' ... for display. */
  readonly unit: string;
}

/** Exit rules are data, so that they run on every tick without strategy code and survive any restart or reload. */
export type ExitRule =
  | { readonly kind: 'take-profit'; readonly price: Micros }
  | { readonly kind: 'stop-loss'; readonly price: Micros }
  | { readonly kind: 'trailing'; readonly by: TrailDistance; readonly activateAt?: Micros }
  /** Leaves when the given share of the peak gain has been given back, once the peak gain reached `minGain`. */
  | { readonly kind: 'give-back'; readonly fraction: number; readonly minGain: Micros }
  | { readonly kind: 'time-stop'; readonly afterUs: number }
  | { readonly kind: 'phase-end'; readonly beforeUs: number }
  /** Leaves when a market-wide measure crosses a threshold (evaluated by the kernel). */
  | { readonly kind: 'regime'; readonly measure: string; readonly operator: Operator; readonly threshold: number };

export type TrailDistance =
  | { readonly unit: 'price'; readonly amount: Micros }
  | { readonly unit: 'percent'; readonly amount: number }
  | { readonly unit: 'spreads'; readonly amount: number }
  | { readonly unit: 'volatility'; readonly amount: number };

export type SizingHint =
  | { readonly kind: 'percent-of-equity'; readonly percent: number }
  | { readonly kind: 'dollars'; readonly amount: Micros }
  | { readonly kind: 'risk'; readonly amount: Micros; readonly stopDistance: Micros };

export interface Signal {
  /** Pure function of run id and counter. */
  readonly id: string;
  readonly strategy: string;
  /** Hash of the strategy's source and parameters. */
  readonly version: string;
  readonly symbol: SymbolId;
  readonly side: 'buy';
  readonly atUs: EpochUs;
  readonly inputNo: InputNo;
  /** Expected favourable move in dollars a share, before costs. */
  readonly expectedMove: number;
  /** 0..1; expectedMove x confidence is what economics weighs against costs. */
  readonly confidence: number;
  /** How long the entry stays worth chasing. */
  readonly validForUs: number;
  readonly sizing: SizingHint;
  readonly exits: readonly ExitRule[];
  readonly gates: readonly RuleResult[];
  readonly tags: readonly string[];
  readonly shadow: boolean;
}
