/** Which closed trades a list shows, and how they leave as a table. Pure. */
import type { ClosedTrade } from '#protocol';
import { csvText } from '../../format/csv.ts';
import { dateText, timeText } from '../../format/time.ts';

export interface TradeFilter {
  readonly strategy: string;
  readonly symbol: string;
  readonly result: 'all' | 'won' | 'lost';
  /** Trades of strategies that only pretend. */
  readonly hasShadows: boolean;
}

export const EVERY_TRADE: TradeFilter = { strategy: '', symbol: '', result: 'all', hasShadows: false };

export function filteredTrades(trades: readonly ClosedTrade[], filter: TradeFilter): readonly ClosedTrade[] {
  const symbol = filter.symbol.trim().toUpperCase();
  return trades.filter(
    (trade) =>
      (filter.hasShadows || !trade.isShadow) &&
      (filter.strategy === '' || trade.strategy === filter.strategy) &&
      (symbol === '' || trade.symbol.startsWith(symbol)) &&
      (filter.result === 'all' || (filter.result === 'won' ? trade.pnlNet > 0 : trade.pnlNet < 0)),
  );
}

/** Dollars with every digit that counts: micro-dollars are exact in text. */
const dollars = (micros: number): number => Math.round(micros) / 1e6;

export function tradesCsv(trades: readonly ClosedTrade[]): string {
  return csvText(
    [
      'trade',
      'date',
      'opened (New York)',
      'closed (New York)',
      'held seconds',
      'symbol',
      'strategy',
      'version',
      'shadow',
      'shares',
      'entry',
      'exit',
      'net',
      'net percent',
      'costs',
      'exit reason',
    ],
    trades.map((trade) => [
      trade.tradeId,
      dateText(trade.closedUs),
      timeText(trade.openedUs),
      timeText(trade.closedUs),
      (trade.closedUs - trade.openedUs) / 1e6,
      trade.symbol,
      trade.strategy,
      trade.version,
      trade.isShadow ? 'yes' : 'no',
      trade.quantity,
      dollars(trade.entry),
      dollars(trade.exit),
      dollars(trade.pnlNet),
      Number(trade.pnlPercent.toFixed(4)),
      dollars(trade.costs),
      trade.exitReason,
    ]),
  );
}
