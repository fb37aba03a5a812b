/** AFR5: a view that began in the middle of a day and is given the earlier part back tells the same day as one that saw it all. */
import { describe, expect, it } from 'vitest';
import { createRng } from '../lib/rng.ts';
import { MarketRig } from '../testing/market-rig.ts';
import { dayFacts, takeDayFacts } from './day-facts.ts';
import { recentQuotes, recentTrades } from './recent.ts';
import type { ViewColumns } from './view-columns.ts';

/** 2026-11-20 09:30 in New York. */
const OPEN_US = Date.UTC(2026, 10, 20, 14, 30) * 1000;
const SAME = [
  'dayOpen',
  'dayHigh',
  'dayLow',
  'sessionHigh',
  'sessionLow',
  'volume',
  'regularVolume',
  'tradeCount',
  'quoteCount',
  'last',
  'lastTimeUs',
  'bid',
  'ask',
  'anyTradeTimeUs',
  'regularClose',
] as const satisfies readonly (keyof ViewColumns)[];

/** A random walk of trades and quotes in some symbols; the second half of the day leaves one symbol out. */
function feed(rigs: readonly MarketRig[], from: number, to: number, seed: number): void {
  const rng = createRng(`day-facts/${seed}/${from}`);
  for (let n = from; n < to; n++) {
    const symbol = `S${rng.below(n < 300 ? 6 : 5)}`;
    const atUs = OPEN_US + n * 400_000;
    const price = 100 + rng.below(400) / 100;
    for (const rig of rigs) {
      if (n % 3 === 0) rig.trade({ symbol, atUs, price, size: 100 + n, sequence: n });
      else rig.quote({ symbol, atUs, bid: price - 0.01, ask: price + 0.01, sequence: n });
    }
  }
}

describe('the earlier day in figures', () => {
  it.each([1, 2, 3])('comes to the day as it was, seed %i', (seed) => {
    const [whole, earlier, later] = [new MarketRig(), new MarketRig(), new MarketRig()];
    for (let i = 0; i < 8; i++) for (const rig of [whole, earlier, later]) rig.id(`S${i}`);
    feed([whole, earlier], 0, 300, seed);
    feed([whole, later], 300, 600, seed);
    const trades = recentTrades(later.view.recentTrades, later.id('S1'));
    for (let symbol = 0; symbol < 8; symbol++) {
      const facts = dayFacts(earlier.view.columns, symbol);
      if (symbol >= 6) expect(facts).toBeNull();
      else takeDayFacts(later.view, symbol, JSON.parse(JSON.stringify(facts)) as (number | null)[]);
    }
    for (let symbol = 0; symbol < 6; symbol++)
      for (const name of SAME) {
        // The one symbol that was silent since keeps its last print and is not quoted.
        const isQuote = name === 'bid' || name === 'ask';
        if (symbol === 5 && isQuote) expect(later.view.columns[name][symbol]).toBe(0);
        else expect(later.view.columns[name][symbol], `${name} of S${symbol}`).toBe(whole.view.columns[name][symbol]);
      }
    expect(later.view.totals.trades + later.view.totals.quotes).toBe(600);
    // Latest events are those since; what came before is not made up.
    expect(recentTrades(later.view.recentTrades, later.id('S1'))).toEqual(trades);
    feed([whole, later], 600, 700, seed);
    for (const symbol of ['S0', 'S1', 'S4']) {
      const [mine, theirs] = [
        recentQuotes(later.view.recentQuotes, later.id(symbol)),
        recentQuotes(whole.view.recentQuotes, whole.id(symbol)),
      ];
      expect(mine).toEqual(theirs.slice(0, mine.length));
      expect(mine.length).toBeGreaterThan(8);
    }
  });
});
