/** What a reference-data service would say about the simulated market: previous closes, usual volumes, listings. */
import { naturalRate } from './day-curve.ts';
import type { ListedSymbol, MarketDay } from './event-sink.ts';
import { meanPrintShares } from './printing.ts';
import { closeMicros, createTraits } from './symbol-traits.ts';

export interface SimReferenceRow {
  readonly name: string;
  readonly type: string;
  readonly tape: number;
  readonly mic: string;
  /** Dollars, the close that the day's first events are measured against. */
  readonly previousClose: number;
  /** Shares a usual day trades. */
  readonly averageVolume: number;
}

/** Share of prints among all events. */
const TRADES_OF_EVENTS = 0.3;

/** The reference data of a seed's market on a day, in the order of `symbols`. `rate` is the stated rate, null for natural. */
export function simReference(
  seed: number,
  symbols: readonly ListedSymbol[],
  day: MarketDay,
  rate: number | null = null,
): readonly SimReferenceRow[] {
  const traits = createTraits(seed, symbols);
  let eventsADay = 0;
  for (let timeUs = day.preOpenUs; timeUs < day.endUs; timeUs += 5_000_000) eventsADay += naturalRate(timeUs, day) * 5;
  const listShare = traits.weight.reduce((sum, weight) => sum + weight, 0);
  if (rate !== null) eventsADay = (rate * (day.endUs - day.preOpenUs)) / 1e6 / listShare;
  return symbols.map((symbol, i) => {
    const previousClose = closeMicros(seed, traits, i, day.previousDayNumber) / 1_000_000;
    const prints = eventsADay * TRADES_OF_EVENTS * (traits.weight[i] as number);
    return {
      name: symbol.name,
      type: symbol.type,
      tape: symbol.tape,
      mic: symbol.mic,
      previousClose,
      averageVolume: Math.round(prints * meanPrintShares(previousClose)),
    };
  });
}
