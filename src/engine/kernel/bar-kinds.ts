/**
 * The bar builders a day needs: the standard tick bars that charts show, and one more for each other kind a strategy asks
 * for. All are fed the same prints.
 */
import type { BarBuilder } from '../bars/bar-builder.ts';
import { BarBuilder as Builder } from '../bars/bar-builder.ts';
import { imbalanceRule } from '../bars/imbalance-rule.ts';
import { notionalRule } from '../bars/notional-rule.ts';
import { TickBars, TRADES_PER_BAR } from '../bars/tick-bars.ts';
import { tickRule } from '../bars/tick-rule.ts';
import { timeRule } from '../bars/time-rule.ts';
import { volumeRule } from '../bars/volume-rule.ts';
import { assertNever } from '../lib/assert.ts';
import type { BarRule } from '../bars/bar-rule.ts';
import type { BarKind } from '../model/bar.ts';
import { barKindKey } from '../strategies/strategy-host.ts';

export const STANDARD_BARS: BarKind = { kind: 'tick', trades: TRADES_PER_BAR };

export interface KeptBars {
  readonly kind: BarKind;
  readonly builder: BarBuilder;
}

export class BarKinds {
  readonly #capacity: number;
  readonly list: KeptBars[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.list.push({ kind: STANDARD_BARS, builder: new TickBars({ capacity }) });
  }

  get standard(): BarBuilder {
    return (this.list[0] as KeptBars).builder;
  }

  /** The builder of a kind when there is one already. */
  find(kind: BarKind): BarBuilder | undefined {
    const key = barKindKey(kind);
    return this.list.find((kept) => barKindKey(kept.kind) === key)?.builder;
  }

  /** The builder of a kind, begun now when it is new: its bars then start with the next print. */
  of(kind: BarKind): BarBuilder {
    const known = this.find(kind);
    if (known !== undefined) return known;
    const builder = new Builder({ capacity: this.#capacity, rule: barRuleOf(kind) });
    this.list.push({ kind, builder });
    return builder;
  }
}

/** The rule that makes bars of a kind. */
export function barRuleOf(kind: BarKind): BarRule {
  switch (kind.kind) {
    case 'tick':
      return tickRule(kind.trades);
    case 'time':
      return timeRule(kind.seconds);
    case 'volume':
      return volumeRule(kind.shares);
    case 'notional':
      return notionalRule(kind.dollars);
    case 'imbalance':
      return imbalanceRule(kind.ticks);
    default:
      return assertNever(kind);
  }
}
