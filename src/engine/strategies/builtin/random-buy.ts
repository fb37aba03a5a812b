/**
 * Random buying: the system's own test tool. It has no opinion; it exercises every path of the BUY and SELL loops at a set
 * rate, and is the yardstick other strategies are compared with (same exits, same costs, no skill).
 */
import { defineStrategy, phaseEnd, rule, sizeDollars, stopLoss, takeProfit, timeStop } from '../api.ts';

export const randomBuy = defineStrategy({
  name: 'random-buy',
  about: 'Buys liquid stocks at random and holds for a random time: a test tool and a yardstick, not an idea.',
  params: {
    oneIn: {
      default: 400,
      min: 1,
      max: 1_000_000,
      unit: 'bars',
      about: 'On average one bar close in this many fires.',
    },
    minPrice: { default: 5, min: 1, max: 1000, unit: '$', about: 'Stocks cheaper than this are left alone.' },
    minNotional: { default: 500_000, min: 0, max: 1e10, unit: '$', about: 'Dollars traded so far today.' },
    maxSpreadBps: { default: 20, min: 0.1, max: 500, unit: 'bps', about: 'The widest spread that may be crossed.' },
    minHoldSeconds: { default: 20, min: 1, max: 20_000, unit: 's', about: 'Shortest holding time.' },
    meanHoldSeconds: {
      default: 120,
      min: 1,
      max: 20_000,
      unit: 's',
      about: 'Mean of the exponential part of the holding time.',
    },
    stopPercent: { default: 1, min: 0.05, max: 50, unit: '%', about: 'Stop below the entry.' },
    targetPercent: { default: 1, min: 0.05, max: 50, unit: '%', about: 'Target above the entry.' },
    positionDollars: { default: 2_000, min: 100, max: 1_000_000, unit: '$', about: 'Dollars a trade.' },
  },
  universe: (p) => ({ minPrice: p.minPrice, minNotional: p.minNotional, maxSpreadBps: p.maxSpreadBps }),
  sessions: [
    { phase: 'pre', beforeEndMinutes: 5 },
    { phase: 'regular', beforeEndMinutes: 5 },
    { phase: 'post', beforeEndMinutes: 15 },
  ],
  evaluateOn: 'bar',
  bars: { kind: 'tick', trades: 100 },
  cooldownSeconds: 30,
  entry: ({ chance, p }) => [rule('the die says so', chance(), '<', 1 / p.oneIn, '')],
  plan: ({ symbol, chance, p }) => ({
    expectedMove: (symbol.ask * p.targetPercent) / 100,
    confidence: 1,
    validForSeconds: 10,
    sizing: sizeDollars(p.positionDollars),
    exits: [
      takeProfit(symbol.ask * (1 + p.targetPercent / 100)),
      stopLoss(symbol.ask * (1 - p.stopPercent / 100)),
      timeStop(p.minHoldSeconds - Math.log(1 - chance()) * p.meanHoldSeconds),
      phaseEnd(60),
    ],
    tags: ['random'],
  }),
});
