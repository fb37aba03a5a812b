/** What a chart can carry beside its bars, as plain data. Prices in dollars, times in epoch microseconds. */

/** A level across the chart. `entry` is where we bought and has the colour reserved for it. */
export interface ChartLine {
  /** Lines are matched by id from one call to the next. */
  readonly id: string;
  readonly kind: 'entry' | 'stop' | 'target' | 'trail' | 'exit' | 'buy-order' | 'sell-order' | 'level';
  readonly price: number;
  /** Short, as "24 @ 64.12". */
  readonly title: string;
  /** Drawn more strongly: the exit that is nearest to firing. */
  readonly isNext?: boolean;
  /** A strategy that only pretends to trade. */
  readonly isShadow?: boolean;
}

/** A fill of ours, at its time and price. */
export interface ChartMarker {
  readonly id: string;
  readonly atUs: number;
  readonly price: number;
  readonly side: 'buy' | 'sell';
  /** Short, as "+24". */
  readonly text: string;
}

/** An instant across the chart's height: a signal, a decision, the time machine's place. */
export interface ChartMoment {
  readonly id: string;
  readonly atUs: number;
  readonly title: string;
}

/** The LULD band from the bar `index` on, until the next step. NaN or 0 = no band. */
export interface BandStep {
  readonly index: number;
  readonly low: number;
  readonly high: number;
}
