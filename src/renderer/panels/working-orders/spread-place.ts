/** Where a limit stands in the spread, in words and as a place 0 (bid) to 1 (ask). Pure; limit micro-dollars, quotes dollars. */
export interface SpreadPlace {
  readonly words: string;
  /** Below 0: under the bid; over 1: above the ask. NaN without a two-sided quote. */
  readonly place: number;
}

const TIGHT = 0.000_001;

export function spreadPlace(side: 'buy' | 'sell', limit: number | null, bid: number, ask: number): SpreadPlace {
  if (limit === null) return { words: 'market', place: NaN };
  if (!(bid > 0) || !(ask > 0)) return { words: 'no quote', place: NaN };
  const price = limit / 1e6;
  if (ask < bid) return { words: 'crossed market', place: NaN };
  // A locked market has no width: on it, over it or under it is all there is to say.
  const place =
    ask - bid < TIGHT ? (price > ask + TIGHT ? 2 : price < bid - TIGHT ? -1 : 0.5) : (price - bid) / (ask - bid);
  return { words: wordsOf(side, place), place };
}

function wordsOf(side: 'buy' | 'sell', place: number): string {
  if (Math.abs(place - 0.5) < 0.001) return 'at mid';
  if (Math.abs(place) < 0.001) return side === 'buy' ? 'at bid, joins' : 'at bid, takes';
  if (Math.abs(place - 1) < 0.001) return side === 'buy' ? 'at ask, takes' : 'at ask, joins';
  if (place < 0) return side === 'buy' ? 'under bid, waits' : 'through bid, takes';
  if (place > 1) return side === 'buy' ? 'over ask, takes' : 'over ask, waits';
  return `${Math.round(place * 100)} % of spread`;
}
