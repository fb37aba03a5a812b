/** Positions and orders as levels: dollars, the kinds that give colour, and no new array without a change. */
import { expect, it } from 'vitest';
import type { ClosedTrade, OrderRow, PositionRow } from '#protocol';
import { exitKind, tradeLines, tradeMarkers } from './trade-lines.ts';

const exit = {
  rule: 'stop-loss',
  price: 63_800_000,
  atUs: null,
  distance: 0.5,
  distancePercent: 1,
  distanceSpreads: 4,
  netIfFires: -8e6,
  isNext: true,
};
const position = {
  tradeId: 't1',
  quantity: 24,
  entry: 64_120_000,
  isShadow: false,
  exits: [exit, { ...exit, rule: 'time', price: null, isNext: false }],
} as unknown as PositionRow;
const order = {
  orderId: 'o1',
  side: 'sell',
  quantity: 24,
  filled: 10,
  limit: 64_700_000,
  state: 'working',
} as unknown as OrderRow;

it('draws the entry, the exits that have a price, and the orders that have a limit', () => {
  const lines = tradeLines([position], [order, { ...order, orderId: 'o2', limit: null }]);
  expect(lines.map(({ kind, price, title }) => [kind, price, title])).toEqual([
    ['entry', 64.12, '24 @ 64.12'],
    ['stop', 63.8, 'stop, next'],
    ['sell-order', 64.7, 'sell 14 working'],
  ]);
  expect(tradeLines([{ ...position }], [order, { ...order, orderId: 'o2', limit: null }], lines)).toBe(lines);
  expect(tradeLines([], [order], lines)).toHaveLength(1);
});

it('knows the kinds of exits by name', () => {
  expect(['take-profit', 'target', 'trailing', 'stop-loss', 'session-end'].map(exitKind)).toEqual([
    'target',
    'target',
    'trail',
    'stop',
    'exit',
  ]);
});

it('marks entries and exits of its own symbol, and nothing of shadow trades', () => {
  const closed = { ...position, symbol: 'ABC', openedUs: 5, closedUs: 9, exit: 65e6 } as unknown as ClosedTrade;
  const marks = tradeMarkers(
    'ABC',
    [{ ...position, openedUs: 20 }],
    [closed, { ...closed, symbol: 'XYZ' }, { ...closed, isShadow: true }],
  );
  expect(marks.map(({ atUs, price, side, text }) => [atUs, price, side, text])).toEqual([
    [5, 64.12, 'buy', '+24'],
    [9, 65, 'sell', '−24'],
    [20, 64.12, 'buy', '+24'],
  ]);
});
