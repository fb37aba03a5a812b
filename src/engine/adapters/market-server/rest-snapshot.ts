/** Snapshot rows of one symbol: the vendor's v2 shape for the whole market and its v3 shape for named tickers. */
import { marketDay } from '../../sim/market/market-days.ts';
import type { RestMarket } from './rest-market.ts';

/** The v2 row, or null for a symbol that has shown nothing today. `day` stays all zeros until the first regular trade. */
export function snapshotOf(market: RestMarket, name: string, i: number): unknown {
  const { day, minute, finished } = market.bars;
  const last = day.lastPrice[i] as number;
  const hasQuote = (day.quoteTimeMs[i] as number) > 0;
  if (last === 0 && !hasQuote) return null;
  const previous = day.previousClose[i] as number;
  const hasDay = (day.open[i] as number) > 0;
  const volume = day.volume[i] as number;
  const bar = (minute.trades[i] as number) > 0 ? minute : finished;
  const barVolume = bar.volume[i] as number;
  const change = last > 0 && previous > 0 ? last - previous : 0;
  return {
    ticker: name,
    todaysChangePerc: previous > 0 ? (change / previous) * 100 : 0,
    todaysChange: change,
    updated: nanoseconds(Math.max(day.lastTimeMs[i] as number, day.quoteTimeMs[i] as number)),
    day: hasDay
      ? {
          o: day.open[i],
          h: day.high[i],
          l: day.low[i],
          c: day.regularClose[i],
          v: volume,
          vw: volume > 0 ? (day.notional[i] as number) / volume : 0,
        }
      : { o: 0, h: 0, l: 0, c: 0, v: 0, vw: 0 },
    ...(hasQuote
      ? {
          lastQuote: {
            P: day.ask[i],
            S: day.askShares[i],
            p: day.bid[i],
            s: day.bidShares[i],
            t: nanoseconds(day.quoteTimeMs[i] as number),
          },
        }
      : {}),
    ...(last > 0
      ? {
          lastTrade: {
            c: market.bars.conditionsOf(i),
            i: String(day.lastId[i]),
            p: last,
            s: Math.floor(day.lastShares[i] as number),
            ds: String(day.lastShares[i]),
            t: nanoseconds(day.lastTimeMs[i] as number),
            x: day.lastVenue[i],
          },
        }
      : {}),
    min: {
      av: Math.floor(volume),
      t: bar.startMs[i],
      n: bar.trades[i],
      o: bar.open[i],
      h: bar.high[i],
      l: bar.low[i],
      c: bar.close[i],
      v: barVolume,
      vw: barVolume > 0 ? (bar.notional[i] as number) / barVolume : 0,
    },
    prevDay: { o: previous, h: previous, l: previous, c: previous, v: 0, vw: previous },
  };
}

export function universalSnapshotOf(market: RestMarket, name: string, i: number | undefined): unknown {
  if (i === undefined) return { ticker: name, error: 'NOT_FOUND', message: 'Ticker not found.' };
  const { day } = market.bars;
  const previous = day.previousClose[i] as number;
  const last = day.lastPrice[i] as number;
  return {
    ticker: name,
    type: 'stocks',
    name,
    market_status: phaseName(market),
    session: {
      change: last > 0 && previous > 0 ? last - previous : 0,
      open: day.open[i],
      high: day.high[i],
      low: day.low[i],
      close: day.close[i],
      volume: day.volume[i],
      previous_close: previous,
    },
    last_quote: {
      bid: day.bid[i],
      bid_size: day.bidShares[i],
      ask: day.ask[i],
      ask_size: day.askShares[i],
      last_updated: nanoseconds(day.quoteTimeMs[i] as number),
    },
    last_trade: {
      price: last,
      size: day.lastShares[i],
      exchange: day.lastVenue[i],
      conditions: market.bars.conditionsOf(i),
      sip_timestamp: nanoseconds(day.lastTimeMs[i] as number),
    },
  };
}

function phaseName(market: RestMarket): string {
  const day = marketDay(market.today());
  const nowUs = market.nowMs() * 1000;
  if (day === undefined || nowUs < day.preOpenUs || nowUs >= day.endUs) return 'closed';
  if (nowUs < day.openUs) return 'early_trading';
  return nowUs < day.closeUs ? 'open' : 'late_trading';
}

/** Beyond what a double holds exactly, like the vendor's own numbers: good to about 200 ns. */
function nanoseconds(ms: number): number {
  return ms * 1_000_000;
}
