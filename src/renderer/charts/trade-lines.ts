/** Open positions and working orders of a symbol as levels of its chart. Pure. Engine money is micro-dollars, levels are dollars. */
import type { ClosedTrade, ExitView, OrderRow, PositionRow } from '#protocol';
import { priceText } from '../format/number.ts';
import { exitWords } from '../format/exit-words.ts';
import type { ChartLine, ChartMarker } from './chart-marks.ts';

export function positionLines(position: PositionRow): readonly ChartLine[] {
  const entry = position.entry / 1e6;
  const shadow = position.isShadow ? { isShadow: true } : {};
  const lines: ChartLine[] = [
    {
      id: `${position.tradeId} entry`,
      kind: 'entry',
      price: entry,
      title: `${position.quantity} @ ${priceText(entry)}`,
      ...shadow,
    },
  ];
  position.exits.forEach((exit, i) => {
    if (exit.price === null) return;
    lines.push({
      id: `${position.tradeId} exit ${i}`,
      kind: exitKind(exit.rule),
      price: exit.price / 1e6,
      title: exit.isNext ? `${exitWords(exit.rule)}, next` : exitWords(exit.rule),
      ...(exit.isNext ? { isNext: true } : {}),
      ...shadow,
    });
  });
  return lines;
}

/** What kind of level a rule of exit is, by its name. */
export function exitKind(rule: string): ChartLine['kind'] {
  if (/trail/i.test(rule)) return 'trail';
  if (/stop|loss/i.test(rule)) return 'stop';
  if (/target|profit/i.test(rule)) return 'target';
  return 'exit';
}

export function orderLine(order: OrderRow): ChartLine | undefined {
  if (order.limit === null) return undefined;
  return {
    id: `${order.orderId} order`,
    kind: order.side === 'buy' ? 'buy-order' : 'sell-order',
    price: order.limit / 1e6,
    title: `${order.side} ${order.quantity - order.filled} ${order.state}`,
  };
}

/** Every level; the same array as `before` while nothing changed, so that a chart is told only of changes. */
export function tradeLines(
  positions: readonly PositionRow[],
  orders: readonly OrderRow[],
  before: readonly ChartLine[] = [],
): readonly ChartLine[] {
  const lines = [...positions.flatMap(positionLines), ...orders.map(orderLine).filter((line) => line !== undefined)];
  return JSON.stringify(lines) === JSON.stringify(before) ? before : lines;
}

/** Dollars the bid is away from an exit that has a price. */
export function exitDistance(position: PositionRow, exit: ExitView): number | null {
  return exit.price === null || !(position.bid > 0) ? null : Math.abs(position.bid - exit.price / 1e6);
}

/** The exit that is next to fire. */
export function nextExit(position: PositionRow): ExitView | undefined {
  return position.exits.find((exit) => exit.isNext);
}

/** Our fills in a symbol as marks: entries and exits of the day's closed trades, entries of the open ones. Shadow trades had none. */
export function tradeMarkers(
  symbol: string,
  open: readonly PositionRow[],
  closed: readonly ClosedTrade[],
): readonly ChartMarker[] {
  const bought = (trade: PositionRow | ClosedTrade): ChartMarker => ({
    id: `${trade.tradeId} in`,
    atUs: trade.openedUs,
    price: trade.entry / 1e6,
    side: 'buy',
    text: `+${trade.quantity}`,
  });
  const own = closed.filter((trade) => trade.symbol === symbol && !trade.isShadow);
  const sold = own.map((trade) => ({
    id: `${trade.tradeId} out`,
    atUs: trade.closedUs,
    price: trade.exit / 1e6,
    side: 'sell' as const,
    text: `−${trade.quantity}`,
  }));
  return [...own.map(bought), ...sold, ...open.filter((position) => !position.isShadow).map(bought)];
}
