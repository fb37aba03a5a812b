/** Figures of a market row as numbers: wire columns, and those derived from them. NaN means "not known". */
import { ROW_FLAGS } from '#protocol';
import type { MarketMirror } from './market-mirror.ts';

export type MarketField = (mirror: MarketMirror, row: number) => number;

const positive = (value: number): number => (value > 0 ? value : Number.NaN);

export const MARKET_FIELDS = {
  symbol: (m, row) => m.nameRanks[row] as number,
  last: (m, row) => positive(m.columns.last[row] as number),
  changePct: (m, row) => {
    const last = m.columns.last[row] as number;
    const close = m.columns.previousClose[row] as number;
    return last > 0 && close > 0 ? (last / close - 1) * 100 : Number.NaN;
  },
  change: (m, row) => {
    const last = m.columns.last[row] as number;
    const close = m.columns.previousClose[row] as number;
    return last > 0 && close > 0 ? last - close : Number.NaN;
  },
  bid: (m, row) => positive(m.columns.bid[row] as number),
  ask: (m, row) => positive(m.columns.ask[row] as number),
  spreadBps: (m, row) => {
    const bid = m.columns.bid[row] as number;
    const ask = m.columns.ask[row] as number;
    return bid > 0 && ask > 0 ? ((ask - bid) / (ask + bid)) * 20_000 : Number.NaN;
  },
  volume: (m, row) => (m.versions[row] === 0 ? Number.NaN : (m.columns.volume[row] as number)),
  trades: (m, row) => (m.versions[row] === 0 ? Number.NaN : (m.columns.trades[row] as number)),
  tickRate: (m, row) => (m.versions[row] === 0 ? Number.NaN : (m.columns.tickRate[row] as number)),
  relativeVolume: (m, row) => positive(m.columns.relativeVolume[row] as number),
  spreadRatio: (m, row) => positive(m.columns.spreadRatio[row] as number),
  vwapPct: (m, row) => {
    const last = m.columns.last[row] as number;
    const vwap = m.columns.vwap[row] as number;
    return last > 0 && vwap > 0 ? (last / vwap - 1) * 100 : Number.NaN;
  },
  /** Where last stands between the day's low (0) and high (1). */
  dayRange: (m, row) => {
    const low = m.columns.dayLow[row] as number;
    const high = m.columns.dayHigh[row] as number;
    const last = m.columns.last[row] as number;
    return low > 0 && high > low && last > 0 ? Math.min(1, Math.max(0, (last - low) / (high - low))) : Number.NaN;
  },
  volatility: (m, row) => positive(m.columns.volatility[row] as number) * 10_000,
  previousClose: (m, row) => positive(m.columns.previousClose[row] as number),
  bidSize: (m, row) => positive(m.columns.bidSize[row] as number),
  askSize: (m, row) => positive(m.columns.askSize[row] as number),
  flags: (m, row) => m.columns.flags[row] as number,
  /** Marks by weight, so that sorting brings the gravest up: halted, blind, held, working, crossed, short-sale restricted. */
  marks: (m, row) => {
    const flags = m.columns.flags[row] as number;
    const has = (flag: number): number => ((flags & flag) === 0 ? 0 : 1);
    return (
      has(ROW_FLAGS.halted) * 32 +
      has(ROW_FLAGS.blind) * 16 +
      has(ROW_FLAGS.held) * 8 +
      has(ROW_FLAGS.working) * 4 +
      has(ROW_FLAGS.crossed | ROW_FLAGS.locked) * 2 +
      has(ROW_FLAGS.ssr)
    );
  },
} as const satisfies Record<string, MarketField>;

export type MarketFieldName = keyof typeof MARKET_FIELDS;
