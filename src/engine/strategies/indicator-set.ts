/**
 * Streaming indicators of one symbol under one strategy, over its bars of today. The arithmetic is the library's
 * (trading-signals); here it is wrapped once: created when first asked for, fed every bar once, NaN until warm.
 *
 * Nothing needs saving: an indicator is a function of the bars of the day, so after a restart it is fed again from them.
 */
import { ATR, EMA, RSI, SMA } from 'trading-signals';
import type { BarSeries, Indicators } from './api.ts';

interface Streaming {
  readonly isStable: boolean;
  getResult(): number | null;
}

interface Fed {
  fed: number;
  readonly source: Streaming;
  readonly feed: (bars: BarSeries, ago: number) => void;
}

export class IndicatorSet implements Indicators {
  readonly #bars: BarSeries;
  readonly #kept = new Map<string, Fed>();

  constructor(bars: BarSeries) {
    this.#bars = bars;
  }

  sma(period: number): number {
    return this.#read(`sma${period}`, () => overCloses(new SMA(period)));
  }

  ema(period: number): number {
    return this.#read(`ema${period}`, () => overCloses(new EMA(period)));
  }

  rsi(period: number): number {
    return this.#read(`rsi${period}`, () => overCloses(new RSI(period)));
  }

  atr(period: number): number {
    return this.#read(`atr${period}`, () => {
      const atr = new ATR(period);
      return {
        fed: 0,
        source: atr,
        feed: (bars, ago) =>
          void atr.update({ high: bars.high(ago), low: bars.low(ago), close: bars.close(ago) }, false),
      };
    });
  }

  deviation(period: number): number {
    if (this.#bars.count < period || period < 2) return Number.NaN;
    let mean = 0;
    for (let ago = 0; ago < period; ago++) mean += this.#bars.close(ago);
    mean /= period;
    let sum = 0;
    for (let ago = 0; ago < period; ago++) sum += (this.#bars.close(ago) - mean) ** 2;
    return Math.sqrt(sum / period);
  }

  #read(key: string, create: () => Fed): number {
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      kept = create();
      this.#kept.set(key, kept);
    }
    const count = this.#bars.count;
    while (kept.fed < count) {
      kept.feed(this.#bars, count - 1 - kept.fed);
      kept.fed++;
    }
    return kept.source.isStable ? (kept.source.getResult() ?? Number.NaN) : Number.NaN;
  }
}

function overCloses(indicator: Streaming & { update(value: number, replace: boolean): unknown }): Fed {
  return { fed: 0, source: indicator, feed: (bars, ago) => void indicator.update(bars.close(ago), false) };
}
