/** Open positions and working orders of a symbol as levels of its chart. Pure. Engine money is micro-dollars, levels are dollars. */
import type { ExitView, OrderRow, PositionRow } from '#protocol';
import { priceText } from '../format/number.ts';
import type { ChartLine } from './chart-marks.ts';

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
      title: exit.isNext ? `${exit.rule}, next` : exit.rule,
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

/** The exit that is next to fire. */
export function nextExit(position: PositionRow): ExitView | undefined {
  return position.exits.find((exit) => exit.isNext);
}
