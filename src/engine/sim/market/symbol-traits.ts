/**
 * What each simulated security is like, as pure functions of (seed, symbol, day): how active, how volatile, how wide, and
 * where it closes each day. Because closes are a function and not a memory, a market may start at any instant of any day
 * and still agree with the previous close that its reference data states.
 */
import { hashNormal, hashUnit } from './draw.ts';
import type { ListedSymbol, MarketDay } from './event-sink.ts';

export const SECTORS = 11;

export interface SymbolTraits {
  readonly count: number;
  /** Share of all activity, sums to 1 over the full list of `FULL_MARKET` symbols, to less for fewer. */
  readonly weight: Float64Array;
  /** Dollars. */
  readonly basePrice: Float64Array;
  /** Standard deviation of a day's log return. */
  readonly dailyVolatility: Float64Array;
  readonly marketBeta: Float32Array;
  readonly sector: Uint8Array;
  /** Typical spread as a fraction of the price, before the one-tick floor. */
  readonly spreadFraction: Float64Array;
  /** LULD tier 1 or 2; 0 for warrants and rights, which have no bands. */
  readonly tier: Uint8Array;
  readonly tape: Uint8Array;
  /** Exchange id of the listing market, where the crosses print. */
  readonly primaryVenue: Uint8Array;
  readonly hasAuction: Uint8Array;
  readonly isFund: Uint8Array;
}

/** The size of the market for which the natural rates are stated. */
export const FULL_MARKET = 5500;

const VENUE_OF_MIC: Readonly<Record<string, number>> = { XNYS: 10, XNAS: 12, ARCX: 11, XASE: 1, BATS: 19 };
// Purposes of a hash, so that two traits of a symbol never share one.
const PRICE = 11;
const VOLATILITY = 12;
const BETA = 13;
const SECTOR = 14;
const SPREAD = 15;
const ACTIVITY = 16;
const JUMP_CHANCE = 17;
const JUMP_SIZE = 18;
const NOISE = 20;

export function createTraits(seed: number, symbols: readonly ListedSymbol[]): SymbolTraits {
  const count = symbols.length;
  const traits: SymbolTraits = {
    count,
    weight: new Float64Array(count),
    basePrice: new Float64Array(count),
    dailyVolatility: new Float64Array(count),
    marketBeta: new Float32Array(count),
    sector: new Uint8Array(count),
    spreadFraction: new Float64Array(count),
    tier: new Uint8Array(count),
    tape: new Uint8Array(count),
    primaryVenue: new Uint8Array(count),
    hasAuction: new Uint8Array(count),
    isFund: new Uint8Array(count),
  };
  let fullWeight = 0;
  for (let i = 0; i < Math.max(count, FULL_MARKET); i++) {
    const weight = zipf(seed, i);
    if (i < FULL_MARKET) fullWeight += weight;
    if (i < count) traits.weight[i] = weight;
  }
  for (let i = 0; i < count; i++) {
    traits.weight[i] = (traits.weight[i] as number) / fullWeight;
    fillTraits(traits, seed, i, symbols[i] as ListedSymbol);
  }
  return traits;
}

function zipf(seed: number, rank: number): number {
  return (Math.exp(-rank / 6000) / Math.pow(rank + 4, 1.02)) * (0.7 + 0.6 * hashUnit(seed, rank, ACTIVITY));
}

function fillTraits(traits: SymbolTraits, seed: number, i: number, symbol: ListedSymbol): void {
  const isFund = symbol.type === 'ETF' || symbol.type === 'ETN' || symbol.type === 'FUND' || symbol.type === 'PFD';
  const isCheap = symbol.type === 'WARRANT' || symbol.type === 'RIGHT';
  const drawn = isCheap
    ? 0.6 * Math.exp(1.1 * hashNormal(seed, i, PRICE))
    : Math.min(900, 28 * Math.exp((isFund ? 0.5 : 1.15) * hashNormal(seed, i, PRICE)));
  const price = Math.max(0.08, symbol.typicalPrice > 0 ? symbol.typicalPrice : drawn);
  const restless = isFund ? 0.008 : 0.014 + 0.012 * Math.min(3, Math.pow(12 / price, 0.35));
  traits.basePrice[i] = price;
  traits.dailyVolatility[i] = restless * (0.7 + 0.6 * hashUnit(seed, i, VOLATILITY));
  traits.marketBeta[i] = isFund ? 0.3 + 0.7 * hashUnit(seed, i, BETA) : 0.5 + 1.2 * hashUnit(seed, i, BETA);
  traits.sector[i] = Math.floor(hashUnit(seed, i, SECTOR) * SECTORS);
  const quietness = i / FULL_MARKET;
  traits.spreadFraction[i] =
    (0.00008 + 0.0045 * Math.pow(quietness, 1.3)) * (0.6 + 0.8 * hashUnit(seed, i, SPREAD)) * (isCheap ? 6 : 1);
  traits.tier[i] = isCheap ? 0 : i < 1200 && price > 3 ? 1 : 2;
  traits.tape[i] = symbol.tape;
  traits.primaryVenue[i] = VENUE_OF_MIC[symbol.mic] ?? 10;
  traits.hasAuction[i] = isCheap ? 0 : 1;
  traits.isFund[i] = isFund ? 1 : 0;
}

/** News overnight: the log jump at that day's open, 0 for nearly all. */
export function overnightJump(seed: number, traits: SymbolTraits, i: number, dayNumber: number): number {
  const chance = Math.max(0.004, 2.5 / traits.count);
  if (traits.isFund[i] === 1 || hashUnit(seed ^ i, dayNumber, JUMP_CHANCE) >= chance) return 0;
  const size = hashNormal(seed ^ i, dayNumber, JUMP_SIZE);
  return Math.max(-0.35, Math.min(0.6, 0.06 * Math.sign(size) + 0.09 * size));
}

/** The official close of a day in dollars, before rounding to the grid. */
export function closeOf(seed: number, traits: SymbolTraits, i: number, dayNumber: number): number {
  const key = seed ^ Math.imul(i + 1, 0x9e3779b1);
  const sigma = traits.dailyVolatility[i] as number;
  let log = 0.65 * sigma * hashNormal(key, dayNumber, NOISE);
  log += 2.5 * sigma * smoothNoise(key, dayNumber, 16) + 5 * sigma * smoothNoise(key, dayNumber, 64);
  // News moves a price for good as far as a day trader can tell: it fades over two weeks.
  for (let back = 0; back < 14; back++) log += overnightJump(seed, traits, i, dayNumber - back) * (1 - back / 14);
  return Math.max(0.02, (traits.basePrice[i] as number) * Math.exp(Math.max(-1.2, Math.min(1.2, log))));
}

function smoothNoise(key: number, dayNumber: number, span: number): number {
  const step = Math.floor(dayNumber / span);
  const part = (dayNumber - step * span) / span;
  return hashNormal(key, step, NOISE + span) * (1 - part) + hashNormal(key, step + 1, NOISE + span) * part;
}

/** The close as it prints: on the tick grid, micro-dollars. */
export function closeMicros(seed: number, traits: SymbolTraits, i: number, dayNumber: number): number {
  return onGrid(closeOf(seed, traits, i, dayNumber) * 1_000_000);
}

/** Where the first trade of the day would be: the previous close, the news and some of the night's drift. */
export function openPrice(seed: number, traits: SymbolTraits, i: number, day: MarketDay): number {
  const previous = closeOf(seed, traits, i, day.previousDayNumber);
  const drift = 0.3 * (traits.dailyVolatility[i] as number) * hashNormal(seed ^ i, day.dayNumber, NOISE + 1);
  return previous * Math.exp(0.85 * overnightJump(seed, traits, i, day.dayNumber) + drift);
}

/** The minimum price increment at a price: $0.01 at or above $1.00, $0.0001 below (Regulation NMS Rule 612). */
export function tickAt(micros: number): number {
  return micros >= 1_000_000 ? 10_000 : 100;
}

export function onGrid(micros: number): number {
  const tick = tickAt(micros);
  return Math.max(tick, Math.round(micros / tick) * tick);
}

/** Round lot in shares by price (the tiers in force since 3 November 2025). */
export function roundLot(dollars: number): number {
  if (dollars <= 250) return 100;
  if (dollars <= 1000) return 40;
  return dollars <= 10_000 ? 10 : 1;
}
