/**
 * Trend following in liquid stocks: notice a burst of price and volume early, take a small profit, cut fast.
 * The idea: several bars in a row that rise on far more volume than usual, while the spread stays tight, tend to go on for
 * a little while. The target is a few average bar ranges away, the stop about one, and the clock ends what goes nowhere.
 */
import {
  defineStrategy,
  giveBack,
  phaseEnd,
  rule,
  sizeDollars,
  stopLoss,
  takeProfit,
  timeStop,
  trailing,
} from '../api.ts';

export const trendFollow = defineStrategy({
  name: 'trend-follow',
  about: 'Buys liquid stocks that start to run on volume, takes small profits, cuts fast.',
  params: {
    minPrice: { default: 5, min: 1, max: 1000, unit: '$', about: 'Stocks cheaper than this are left alone.' },
    minNotional: {
      default: 5_000_000,
      min: 0,
      max: 1e10,
      unit: '$',
      about: 'Dollars traded so far today before a stock counts as liquid.',
    },
    maxSpreadBps: { default: 6, min: 0.1, max: 200, unit: 'bps', about: 'The widest spread that may be crossed.' },
    minRelativeVolume: {
      default: 1,
      min: 0,
      max: 100,
      unit: 'x',
      about: 'Volume so far against the usual volume by this minute.',
    },
    minBurst: {
      default: 1.4,
      min: 1,
      max: 50,
      unit: 'x',
      about: 'Trades a second over the last ten seconds against the last minute.',
    },
    minRunAtr: { default: 1.2, min: 0.1, max: 20, unit: 'x', about: 'Rise over the last bars, in average bar ranges.' },
    runBars: {
      default: 4,
      min: 2,
      max: 50,
      unit: 'bars',
      about: 'How many bars the run is measured over.',
      integer: true,
    },
    targetAtr: { default: 2.5, min: 0.1, max: 50, unit: 'x', about: 'Profit target, in average bar ranges.' },
    stopAtr: { default: 1.5, min: 0.1, max: 50, unit: 'x', about: 'Stop, in average bar ranges.' },
    maxHoldSeconds: {
      default: 300,
      min: 5,
      max: 20_000,
      unit: 's',
      about: 'A trade that goes nowhere ends after this long.',
    },
    positionDollars: { default: 5_000, min: 100, max: 1_000_000, unit: '$', about: 'Dollars a trade.' },
  },
  universe: (p) => ({ minPrice: p.minPrice, minNotional: p.minNotional, maxSpreadBps: p.maxSpreadBps }),
  sessions: [{ phase: 'regular', afterStartMinutes: 1, beforeEndMinutes: 10 }],
  evaluateOn: 'bar',
  bars: { kind: 'tick', trades: 100 },
  cooldownSeconds: 120,
  entry: ({ symbol, bars, indicators, session, p }) => {
    const atr = indicators.atr(14);
    // Without a known usual volume, the pace of the last minute against the pace since the phase began stands for it.
    const pace = (symbol.tickRate60s * session.minutesSinceStart * 60) / symbol.trades;
    const surge = Number.isNaN(symbol.relativeVolume) ? pace : symbol.relativeVolume;
    return [
      rule('volume is surging', surge, '>=', p.minRelativeVolume, 'x'),
      rule('trades are bursting', symbol.tickRate10s / symbol.tickRate60s, '>=', p.minBurst, 'x'),
      rule('price is over VWAP', symbol.last, '>', symbol.vwap, '$'),
      rule('price has run', (bars.close(0) - bars.close(p.runBars)) / atr, '>=', p.minRunAtr, 'ATR'),
      rule('the average rises', indicators.ema(8), '>', indicators.ema(21), '$'),
      rule('the run is not spent', (symbol.last - bars.lowest(20)) / atr, '<=', 12, 'ATR'),
      rule('spread is usual', symbol.spreadRatio, '<=', 2, 'x'),
    ];
  },
  plan: ({ symbol, indicators, p }) => {
    const atr = indicators.atr(14);
    const target = p.targetAtr * atr;
    const stop = Math.max(p.stopAtr * atr, 2 * symbol.spread);
    return {
      expectedMove: target,
      confidence: 0.6,
      validForSeconds: 5,
      sizing: sizeDollars(p.positionDollars),
      exits: [
        takeProfit(symbol.ask + target),
        stopLoss(symbol.ask - stop),
        trailing(stop, symbol.ask + target / 2),
        giveBack(0.5, target / 2),
        timeStop(p.maxHoldSeconds),
        phaseEnd(120),
      ],
      tags: ['momentum'],
    };
  },
});
