/** Tick bars: the bars the strategies read, N counted prints each. */
import { BarBuilder } from './bar-builder.ts';
import { tickRule } from './tick-rule.ts';

export const TRADES_PER_BAR = 100;

export interface TickBarsOptions {
  /** Rows for symbols. */
  readonly capacity: number;
  /** Counted prints a bar; 100 when absent. `setTarget` gives single symbols another number. */
  readonly tradesPerBar?: number;
  /** See BarStore. */
  readonly barsMax?: number;
}

export class TickBars extends BarBuilder {
  constructor(options: TickBarsOptions) {
    super({ ...options, rule: tickRule(options.tradesPerBar ?? TRADES_PER_BAR) });
  }
}
