/** Filters of closed trades and their table. */
import { describe, expect, it } from 'vitest';
import type { ClosedTrade } from '#protocol';
import { parseCsv } from '../../format/csv.ts';
import { EVERY_TRADE, filteredTrades, tradesCsv } from './trade-filter.ts';

const AT = Date.parse('2026-11-20T14:47:12.304Z') * 1000;
const trade = (tradeId: string, changes: Partial<ClosedTrade>): ClosedTrade => ({
  tradeId,
  symbol: 'ABC',
  strategy: 'trend-follow',
  version: 'v1',
  isShadow: false,
  quantity: 24,
  entry: 64_120_000,
  exit: 64_391_250,
  openedUs: AT - 90_500_000,
  closedUs: AT,
  pnlNet: 6_310_001,
  pnlPercent: 0.41,
  costs: 2_000_000,
  exitReason: 'take-profit',
  ...changes,
});
const day = [
  trade('1', {}),
  trade('2', { symbol: 'ABX', pnlNet: -1 }),
  trade('3', { strategy: 'random-buy', pnlNet: 0 }),
  trade('4', { isShadow: true }),
];
const ids = (filter: Partial<typeof EVERY_TRADE>): string =>
  filteredTrades(day, { ...EVERY_TRADE, ...filter })
    .map(({ tradeId }) => tradeId)
    .join('');

describe('closed trades', () => {
  it('filters by strategy, beginning of the symbol, result and shadow', () => {
    expect(ids({})).toBe('123');
    expect(ids({ hasShadows: true })).toBe('1234');
    expect(ids({ strategy: 'random-buy' })).toBe('3');
    expect(ids({ symbol: ' ab' })).toBe('123');
    expect(ids({ symbol: 'abx' })).toBe('2');
    expect(ids({ result: 'won' })).toBe('1');
    expect(ids({ result: 'lost' })).toBe('2');
  });

  it('leaves as a table whose numbers are exact', () => {
    const [header, first] = parseCsv(tradesCsv(day));
    expect(header).toHaveLength(first?.length as number);
    expect(first).toEqual(
      '1 2026-11-20 09:45:41.804 09:47:12.304 90.5 ABC trend-follow v1 no 24 64.12 64.39125 6.310001 0.41 2 take-profit'.split(
        ' ',
      ),
    );
  });
});
