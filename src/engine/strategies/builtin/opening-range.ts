/**
 * Opening-range breakout: the high of the first minutes is where the morning's sellers stood. A stock that trades through
 * it on volume, with its spread back to normal, often keeps going. Once a stock and day.
 */
import { defineStrategy, phaseEnd, rule, sizeDollars, stopLoss, takeProfit, timeStop, trailing } from '../api.ts';

export const openingRange = defineStrategy({
  name: 'opening-range',
  about: 'Buys the first break of the opening range high on volume, once a stock and day.',
  params: {
    rangeMinutes: { default: 5, min: 1, max: 60, unit: 'min', about: 'Length of the opening range.', integer: true },
    untilMinutes: {
      default: 90,
      min: 5,
      max: 390,
      unit: 'min',
      about: 'Breaks later than this after the open do not count.',
    },
    minPrice: { default: 5, min: 1, max: 1000, unit: '$', about: 'Stocks cheaper than this are left alone.' },
    minNotional: { default: 3_000_000, min: 0, max: 1e10, unit: '$', about: 'Dollars traded so far today.' },
    maxSpreadBps: { default: 10, min: 0.1, max: 200, unit: 'bps', about: 'The widest spread that may be crossed.' },
    minRelativeVolume: {
      default: 1.2,
      min: 0,
      max: 100,
      unit: 'x',
      about: 'Volume so far against the usual volume by this minute.',
    },
    minRangeBps: {
      default: 20,
      min: 1,
      max: 2000,
      unit: 'bps',
      about: 'Ranges narrower than this do not pay the costs.',
    },
    maxRangeBps: { default: 300, min: 5, max: 5000, unit: 'bps', about: 'Ranges wider than this have spent the move.' },
    targetRanges: { default: 1, min: 0.1, max: 10, unit: 'x', about: 'Profit target, in opening ranges.' },
    positionDollars: { default: 5_000, min: 100, max: 1_000_000, unit: '$', about: 'Dollars a trade.' },
  },
  universe: (p) => ({ minPrice: p.minPrice, minNotional: p.minNotional, maxSpreadBps: p.maxSpreadBps }),
  sessions: [{ phase: 'regular', beforeEndMinutes: 60 }],
  evaluateOn: 'bar',
  bars: { kind: 'tick', trades: 100 },
  cooldownSeconds: 60,
  entry: ({ symbol, bars, session, memory, p }) => {
    const range = session.openingRange(p.rangeMinutes);
    const pace = (symbol.tickRate60s * session.minutesSinceStart * 60) / symbol.trades;
    const surge = Number.isNaN(symbol.relativeVolume) ? pace : symbol.relativeVolume;
    return [
      rule('the range is complete', session.minutesSinceStart, '>=', p.rangeMinutes, 'min'),
      rule('it is still morning', session.minutesSinceStart, '<=', p.untilMinutes, 'min'),
      rule('the range is wide enough', ((range.high - range.low) / range.low) * 10_000, '>=', p.minRangeBps, 'bps'),
      rule('the range is not too wide', ((range.high - range.low) / range.low) * 10_000, '<=', p.maxRangeBps, 'bps'),
      rule('price breaks the high', bars.close(0), '>', range.high, '$'),
      rule('it has just broken', bars.close(1), '<=', range.high, '$'),
      rule('volume is behind it', surge, '>=', p.minRelativeVolume, 'x'),
      rule('first break today', memory.get('day') === session.day ? 1 : 0, '==', 0, ''),
    ];
  },
  plan: ({ symbol, session, memory, p }) => {
    memory.set('day', session.day);
    const range = session.openingRange(p.rangeMinutes);
    const height = range.high - range.low;
    const stop = Math.max(height / 2, 2 * symbol.spread);
    return {
      expectedMove: height * p.targetRanges,
      confidence: 0.5,
      validForSeconds: 10,
      sizing: sizeDollars(p.positionDollars),
      exits: [
        takeProfit(symbol.ask + height * p.targetRanges),
        stopLoss(symbol.ask - stop),
        trailing(stop, symbol.ask + height / 2),
        timeStop(1800),
        phaseEnd(900),
      ],
      tags: ['breakout'],
    };
  },
});
