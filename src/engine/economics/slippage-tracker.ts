/**
 * What slippage has been, by symbol and hour of day, so that economics can expect it (docs/specs/economics.md, ECO9). Each
 * realised slippage is kept as a count in a histogram of basis points; a prior counts as a few observations, the
 * histogram of the hour over all symbols as a few more, until the symbol has enough of its own.
 */
import { decodeJson, encodeJson } from '../lib/json-bytes.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';

/** Upper edges of the bins, basis points of the price; the last bin is open and stands for its lower edge x 2. */
const EDGES: readonly number[] = [
  -20, -10, -5, -2, -1, -0.5, 0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256,
];
const BINS = EDGES.length + 1;
const SYMBOL_HOURS_MAX = 20_000;

export interface SlippagePrior {
  /** Basis points that half of the fills do not exceed. */
  readonly medianBps: number;
  /** How many observations the prior is worth. */
  readonly weight: number;
  /** How many observations the hour over all symbols is worth at most. */
  readonly hourWeight: number;
}

export const DEFAULT_SLIPPAGE_PRIOR: SlippagePrior = { medianBps: 0.5, weight: 20, hourWeight: 30 };

export class SlippageTracker implements Checkpointable {
  readonly #prior: SlippagePrior;
  readonly #bySymbolHour = new Map<string, number[]>();
  readonly #byHour = new Map<number, number[]>();

  constructor(prior: SlippagePrior = DEFAULT_SLIPPAGE_PRIOR) {
    this.#prior = prior;
  }

  /**
   * `bps`: paid beyond the touch, in basis points of the price; negative when better. `hour`: any small stable label of the
   * hour. `weight`: the fill's share of its order, so that an order counts once however many pieces it came in.
   */
  observe(ticker: string, hour: number, bps: number, weight = 1): void {
    const bin = binOf(bps);
    const key = `${ticker}@${hour}`;
    let own = this.#bySymbolHour.get(key);
    if (own === undefined) {
      if (this.#bySymbolHour.size >= SYMBOL_HOURS_MAX) return;
      own = emptyBins();
      this.#bySymbolHour.set(key, own);
    }
    own[bin] = (own[bin] as number) + weight;
    let all = this.#byHour.get(hour);
    if (all === undefined) {
      all = emptyBins();
      this.#byHour.set(hour, all);
    }
    all[bin] = (all[bin] as number) + weight;
  }

  /** The slippage in basis points that the share `percentile` (0..1) of fills does not exceed. */
  percentileBps(ticker: string, hour: number, percentile: number): number {
    const bins = this.#blend(ticker, hour);
    const wanted = Math.min(Math.max(percentile, 0), 1) * sum(bins);
    let below = 0;
    for (let bin = 0; bin < BINS; bin++) {
      below += bins[bin] as number;
      if (below >= wanted - 1e-9) return valueOf(bin);
    }
    return valueOf(BINS - 1);
  }

  /**
   * What economics should expect of a fill, in basis points: the percentile, but never less than the mean. Most fills slip
   * little and a few slip a lot (a halt, a price that ran while the order was on its way); over a day it is the mean that
   * is paid.
   */
  expectedBps(ticker: string, hour: number, percentile: number): number {
    const bins = this.#blend(ticker, hour);
    let total = 0;
    for (let bin = 0; bin < BINS; bin++) total += (bins[bin] as number) * middleOf(bin);
    return Math.max(this.percentileBps(ticker, hour, percentile), total / sum(bins));
  }

  /** Own observations, those of the hour over all symbols up to their weight, and the prior. */
  #blend(ticker: string, hour: number): number[] {
    const own = this.#bySymbolHour.get(`${ticker}@${hour}`);
    const all = this.#byHour.get(hour);
    const allCount = all === undefined ? 0 : sum(all);
    const hourScale = allCount === 0 ? 0 : Math.min(1, this.#prior.hourWeight / allCount);
    const bins: number[] = [];
    for (let bin = 0; bin < BINS; bin++) {
      bins.push(
        (own === undefined ? 0 : (own[bin] as number)) +
          (all === undefined ? 0 : (all[bin] as number) * hourScale) +
          this.#prior.weight * priorMass(bin, this.#prior.medianBps),
      );
    }
    return bins;
  }

  save(writer: CheckpointWriter): void {
    writer.section(
      'economics/slippage',
      encodeJson({ symbolHours: [...this.#bySymbolHour], hours: [...this.#byHour] }),
    );
  }

  restore(reader: CheckpointReader): void {
    const bytes = reader.section('economics/slippage');
    this.#bySymbolHour.clear();
    this.#byHour.clear();
    if (bytes === undefined) return;
    const kept = decodeJson<{ symbolHours: [string, number[]][]; hours: [number, number[]][] }>(bytes);
    for (const [key, bins] of kept.symbolHours) this.#bySymbolHour.set(key, bins);
    for (const [hour, bins] of kept.hours) this.#byHour.set(hour, bins);
  }
}

function emptyBins(): number[] {
  return Array.from({ length: BINS }, () => 0);
}

function binOf(bps: number): number {
  let bin = 0;
  while (bin < EDGES.length && bps > (EDGES[bin] as number)) bin++;
  return bin;
}

function valueOf(bin: number): number {
  return bin < EDGES.length ? (EDGES[bin] as number) : (EDGES.at(-1) as number) * 2;
}

/** What a fill of a bin slipped, on average: the middle of its edges. The open ends stand for themselves. */
function middleOf(bin: number): number {
  if (bin === 0 || bin >= EDGES.length) return valueOf(bin);
  return ((EDGES[bin - 1] as number) + (EDGES[bin] as number)) / 2;
}

/** The prior: exponential above zero with the given median. */
function priorMass(bin: number, medianBps: number): number {
  const upper = bin < EDGES.length ? (EDGES[bin] as number) : Infinity;
  const lower = bin === 0 ? -Infinity : (EDGES[bin - 1] as number);
  return below(upper, medianBps) - below(lower, medianBps);
}

function below(bps: number, medianBps: number): number {
  if (bps < 0) return 0;
  if (bps === Infinity) return 1;
  return medianBps <= 0 ? 1 : 1 - 0.5 ** (bps / medianBps);
}

function sum(bins: readonly number[]): number {
  let total = 0;
  for (const count of bins) total += count;
  return total;
}
