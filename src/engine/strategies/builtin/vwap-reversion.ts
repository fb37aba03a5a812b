/**
 * Mean reversion to VWAP: a liquid stock that fell unusually far below the average price everybody paid today, and has
 * stopped falling, tends to come part of the way back.
 */
import { defineStrategy, phaseEnd, rule, sizeDollars, stopLoss, takeProfit, timeStop } from '../api.ts';

export const vwapReversion = defineStrategy({
  name: 'vwap-reversion',
  about: 'Buys liquid stocks that are stretched far below VWAP and have turned, sells part of the way back.',
  params: {
    minPrice: { default: 5, min: 1, max: 1000, unit: '$', about: 'Stocks cheaper than this are left alone.' },
    minNotional: { default: 10_000_000, min: 0, max: 1e10, unit: '$', about: 'Dollars traded so far today.' },
    maxSpreadBps: { default: 5, min: 0.1, max: 200, unit: 'bps', about: 'The widest spread that may be crossed.' },
    minStretch: {
      default: 2.5,
      min: 0.5,
      max: 20,
      unit: 'sd',
      about: 'Distance below VWAP, in standard deviations of the recent closes.',
    },
    minDistanceBps: {
      default: 30,
      min: 1,
      max: 1000,
      unit: 'bps',
      about: 'Distance below VWAP that makes the way back worth the costs.',
    },
    maxRsi: { default: 35, min: 1, max: 60, unit: '', about: 'The stock must be this oversold.' },
    recover: { default: 0.5, min: 0.05, max: 1, unit: 'x', about: 'Share of the way back to VWAP that is the target.' },
    maxHoldSeconds: {
      default: 900,
      min: 10,
      max: 20_000,
      unit: 's',
      about: 'Time after which the idea counts as wrong.',
    },
    positionDollars: { default: 5_000, min: 100, max: 1_000_000, unit: '$', about: 'Dollars a trade.' },
  },
  universe: (p) => ({ minPrice: p.minPrice, minNotional: p.minNotional, maxSpreadBps: p.maxSpreadBps }),
  sessions: [{ phase: 'regular', afterStartMinutes: 15, beforeEndMinutes: 20 }],
  evaluateOn: 'bar',
  bars: { kind: 'tick', trades: 100 },
  cooldownSeconds: 600,
  entry: ({ symbol, bars, indicators, p }) => [
    rule('price is far under VWAP', -symbol.vwapDistanceBps, '>=', p.minDistanceBps, 'bps'),
    rule('the stretch is unusual', (symbol.vwap - symbol.last) / indicators.deviation(30), '>=', p.minStretch, 'sd'),
    rule('it is oversold', indicators.rsi(14), '<=', p.maxRsi, ''),
    rule('the fall has stopped', bars.close(0), '>', bars.close(1), '$'),
    rule('the low holds', bars.low(0), '>=', bars.low(1), '$'),
    rule('spread is usual', symbol.spreadRatio, '<=', 1.5, 'x'),
  ],
  plan: ({ symbol, bars, p }) => {
    const way = symbol.vwap - symbol.ask;
    const move = Math.max(way * p.recover, symbol.spread);
    const stop = Math.max(symbol.ask - bars.lowest(5), 0) + 2 * symbol.spread;
    return {
      expectedMove: move,
      confidence: 0.65,
      validForSeconds: 10,
      sizing: sizeDollars(p.positionDollars),
      exits: [takeProfit(symbol.ask + move), stopLoss(symbol.ask - stop), timeStop(p.maxHoldSeconds), phaseEnd(300)],
      tags: ['reversion'],
    };
  },
});
