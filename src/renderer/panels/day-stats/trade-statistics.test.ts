/** Statistics of closed trades, against cases worked out by hand and against properties. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  equityCurve,
  groupedStatistics,
  hourOfClose,
  maximumDrawdown,
  statisticsOf,
  type TradeResult,
} from './trade-statistics.ts';

const SECOND = 1_000_000;
let id = 0;
function trade(dollars: number, openedS: number, closedS: number, costs = 0): TradeResult {
  id += 1;
  return {
    tradeId: `t${String(id).padStart(4, '0')}`,
    pnlNet: Math.round(dollars * 1e6),
    costs: Math.round(costs * 1e6),
    openedUs: openedS * SECOND,
    closedUs: closedS * SECOND,
  };
}

describe('statistics', () => {
  // Wins 10 + 20 = 30, losses 5 + 10 = 15, one flat.
  const day = [trade(10, 0, 10, 1), trade(-5, 5, 25, 1), trade(20, 0, 40, 2), trade(-10, 40, 70, 1), trade(0, 50, 50)];

  it('agrees with the hand', () => {
    expect(statisticsOf(day)).toEqual({
      trades: 5,
      wins: 2,
      losses: 2,
      flats: 1,
      net: 15_000_000,
      costs: 5_000_000,
      winRate: 0.4,
      averageWin: 15_000_000,
      averageLoss: -7_500_000,
      winLossRatio: 2,
      profitFactor: 2,
      expectancy: 3_000_000,
      // (10 + 20 + 40 + 30 + 0) / 5 seconds.
      averageHoldUs: 20 * SECOND,
      best: 20_000_000,
      worst: -10_000_000,
    });
  });

  it('says nothing of no trades, infinity without losses, zero without wins', () => {
    const none = statisticsOf([]);
    expect([none.winRate, none.profitFactor, none.expectancy, none.averageHoldUs, none.best]).toEqual(
      Array.from({ length: 5 }, () => NaN),
    );
    expect(none.net).toBe(0);
    const won = statisticsOf([trade(3, 0, 1)]);
    expect([won.winRate, won.profitFactor, won.winLossRatio]).toEqual([1, Infinity, Infinity]);
    expect(won.averageLoss).toBeNaN();
    const lost = statisticsOf([trade(-3, 0, 1)]);
    expect([lost.winRate, lost.profitFactor, lost.winLossRatio]).toEqual([0, 0, 0]);
    expect(statisticsOf([trade(0, 0, 1)]).profitFactor).toBeNaN();
  });

  it('draws equity in order of closing and finds the deepest fall', () => {
    const curve = equityCurve(day.toReversed());
    expect(curve.map(({ atUs, net, peak }) => [atUs / SECOND, net / 1e6, peak / 1e6])).toEqual([
      [0, 0, 0],
      [10, 10, 10],
      [25, 5, 10],
      [40, 25, 25],
      [50, 25, 25],
      [70, 15, 25],
    ]);
    expect(maximumDrawdown(curve)).toBe(10_000_000);
    expect(maximumDrawdown(equityCurve([trade(-4, 0, 1)]))).toBe(4_000_000);
    expect(equityCurve([])).toEqual([]);
  });

  it('knows the hour of New York in summer and winter', () => {
    const at = (iso: string): string => hourOfClose({ closedUs: Date.parse(iso) * 1000 });
    expect([at('2026-11-20T14:59:59Z'), at('2026-11-20T15:00:00Z'), at('2026-07-01T13:30:00Z')]).toEqual([
      '09:00',
      '10:00',
      '09:00',
    ]);
  });
});

describe('properties of statistics', () => {
  const anyDay = fc
    .array(
      fc.record({
        pnlNet: fc.integer({ min: -1e9, max: 1e9 }),
        costs: fc.nat(1e7),
        openedUs: fc.nat(1e9),
        heldUs: fc.nat(1e9),
        group: fc.constantFrom('a', 'b', 'c'),
      }),
      { maxLength: 60 },
    )
    .map((list) =>
      list.map(({ heldUs, ...rest }, index) => ({
        ...rest,
        tradeId: String(index).padStart(3, '0'),
        closedUs: rest.openedUs + heldUs,
      })),
    );

  it('parts add up to the whole, whatever the order', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const all = statisticsOf(day);
        const parts = groupedStatistics(day, ({ group }) => group).map(({ statistics }) => statistics);
        const sum = (pick: (one: typeof all) => number): number => parts.reduce((total, one) => total + pick(one), 0);
        expect(sum(({ net }) => net)).toBe(all.net);
        expect(sum(({ costs }) => costs)).toBe(all.costs);
        expect(sum(({ trades }) => trades)).toBe(all.trades);
        expect(all.wins + all.losses + all.flats).toBe(all.trades);
        expect(all.net).toBe(day.reduce((total, { pnlNet }) => total + pnlNet, 0));
        expect(statisticsOf(day.toReversed())).toEqual(all);
      }),
    );
  });

  it('the curve ends at the net result, and its drawdown is the deepest of all pairs', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const curve = equityCurve(day);
        expect(curve.at(-1)?.net ?? 0).toBe(statisticsOf(day).net);
        expect(equityCurve(day.toReversed())).toEqual(curve);
        let deepest = 0;
        for (let i = 0; i < curve.length; i++)
          for (let j = i + 1; j < curve.length; j++)
            deepest = Math.max(deepest, (curve[i]?.net ?? 0) - (curve[j]?.net ?? 0));
        expect(maximumDrawdown(curve)).toBe(deepest);
      }),
    );
  });
});
