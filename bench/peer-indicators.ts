/**
 * Indicators by `technicalindicators`, a peer on npm written independently of the library ours wrap, over the same bars: a moving
 * average, an exponential one, RSI and ATR after every bar of every symbol. Once the different first values are forgotten
 * they must agree to 1e-9; the peer rounds RSI to two places, which is compared as such. Material for benches.
 */
import { ATR, EMA, RSI, SMA } from 'technicalindicators';
import { FailureError } from '../src/engine/cli/command.ts';
import { createRng } from '../src/engine/lib/rng.ts';
import type { BarSeries } from '../src/engine/strategies/api.ts';
import { IndicatorSet } from '../src/engine/strategies/indicator-set.ts';
import { cpuMs, median } from './harness/measure.ts';

export interface PeerIndicators {
  readonly bars: number;
  readonly compared: number;
  /** All four after one bar. */
  readonly oursNsPerBar: number;
  readonly peerNsPerBar: number;
  /** The peer's processor time over ours, at the median. */
  readonly ratio: number;
}

const PERIOD = { sma: 20, ema: 20, rsi: 14, atr: 14 } as const;
/** Both begin exponential averages differently: after so many bars, less than 1e-9 is left of it. */
const FORGOTTEN = 450;
const VALUES = 4;

interface Series {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** @throws {FailureError} when one value differs */
export function measurePeerIndicators(options: {
  readonly symbols: number;
  readonly bars: number;
  readonly seed: number;
  readonly runs: number;
}): PeerIndicators {
  const market = Array.from({ length: options.symbols }, (_, n) => makeSeries(`${options.seed}/${n}`, options.bars));
  const bars = options.symbols * options.bars;
  const mine = new Float64Array(bars * VALUES);
  const other = new Float64Array(bars * VALUES);
  const ours: number[] = [];
  const theirs: number[] = [];
  let compared = 0;
  for (let round = -1; round < options.runs; round++) {
    let fromMs = cpuMs();
    market.forEach((series, n) => oursOver(series, mine, n * options.bars * VALUES));
    const oursMs = cpuMs() - fromMs;
    fromMs = cpuMs();
    market.forEach((series, n) => theirsOver(series, other, n * options.bars * VALUES));
    const theirsMs = cpuMs() - fromMs;
    compared = compare(mine, other, options.bars);
    if (round < 0) continue;
    ours.push((oursMs * 1e6) / bars);
    theirs.push((theirsMs * 1e6) / bars);
  }
  return {
    bars,
    compared,
    oursNsPerBar: median(ours),
    peerNsPerBar: median(theirs),
    ratio: median(theirs) / median(ours),
  };
}

function makeSeries(seed: string, bars: number): Series {
  const rng = createRng(`peer-indicators/${seed}`);
  const series = { high: new Float64Array(bars), low: new Float64Array(bars), close: new Float64Array(bars) };
  let cents = 5_000 + rng.below(20_000);
  for (let n = 0; n < bars; n++) {
    cents = Math.max(1_000, cents + rng.below(41) - 20);
    series.close[n] = cents / 100;
    series.high[n] = (cents + rng.below(15)) / 100;
    series.low[n] = (cents - rng.below(15)) / 100;
  }
  return series;
}

function oursOver(series: Series, into: Float64Array, base: number): void {
  const bars = new GrowingBars(series);
  const indicators = new IndicatorSet(bars);
  for (let at = base; bars.grow(); at += VALUES) {
    into[at] = indicators.sma(PERIOD.sma);
    into[at + 1] = indicators.ema(PERIOD.ema);
    into[at + 2] = indicators.rsi(PERIOD.rsi);
    into[at + 3] = indicators.atr(PERIOD.atr);
  }
}

function theirsOver({ high, low, close }: Series, into: Float64Array, base: number): void {
  const sma = new SMA({ period: PERIOD.sma, values: [] });
  const ema = new EMA({ period: PERIOD.ema, values: [] });
  const rsi = new RSI({ period: PERIOD.rsi, values: [] });
  const atr = new ATR({ period: PERIOD.atr, high: [], low: [], close: [] });
  let at = base;
  for (let n = 0; n < close.length; n++, at += VALUES) {
    const bar = { high: high[n] as number, low: low[n] as number, close: close[n] as number };
    into[at] = sma.nextValue(bar.close) ?? Number.NaN;
    into[at + 1] = ema.nextValue(bar.close) ?? Number.NaN;
    into[at + 2] = rsi.nextValue(bar.close) ?? Number.NaN;
    // The type knows a whole candle; the values asked for are these three.
    into[at + 3] = atr.nextValue(bar as Parameters<typeof atr.nextValue>[0]) ?? Number.NaN;
  }
}

/** @returns how many values were compared */
function compare(ours: Float64Array, theirs: Float64Array, barsPerSymbol: number): number {
  let compared = 0;
  for (let at = 0; at < ours.length; at++) {
    if (Math.floor(at / VALUES) % barsPerSymbol < FORGOTTEN) continue;
    const [a, b] = [ours[at] as number, theirs[at] as number];
    const allowed = at % VALUES === 2 ? 0.005 + 1e-9 : 1e-9 * Math.max(1, Math.abs(b));
    if (!(Math.abs(a - b) <= allowed))
      throw new FailureError(`an indicator is ${a} here and ${b} in technicalindicators (value ${at}).`);
    compared++;
  }
  if (compared === 0) throw new FailureError(`more than ${FORGOTTEN} bars a symbol are needed to compare.`);
  return compared;
}

/** The bars of one symbol as a strategy sees them, one more at a time. */
class GrowingBars implements BarSeries {
  readonly #series: Series;
  count = 0;

  constructor(series: Series) {
    this.#series = series;
  }

  grow(): boolean {
    if (this.count === this.#series.close.length) return false;
    this.count++;
    return true;
  }

  readonly open = (ago = 0): number => this.close(ago);
  readonly high = (ago = 0): number => this.#series.high[this.count - 1 - ago] as number;
  readonly low = (ago = 0): number => this.#series.low[this.count - 1 - ago] as number;
  readonly close = (ago = 0): number => this.#series.close[this.count - 1 - ago] as number;
  readonly volume = (): number => 0;
  readonly vwap = (ago = 0): number => this.close(ago);
  readonly trades = (): number => 0;
  readonly spreadMean = (): number => 0;
  readonly openTimeUs = (): number => 0;
  readonly closeTimeUs = (): number => 0;
  readonly highest = (): number => Number.NaN;
  readonly lowest = (): number => Number.NaN;
}
