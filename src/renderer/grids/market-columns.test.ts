/** Which columns a panel of a given width shows. */
import { expect, it } from 'vitest';
import { columnsThatFit, MARKET_COLUMNS } from './market-columns.ts';

it('a narrow panel keeps the core columns, a wide one shows all, always in the same order', () => {
  const core = ['symbol', 'last', 'changePct', 'bid', 'ask', 'spreadBps', 'volume', 'trades', 'tickRate'];
  expect(columnsThatFit(200, 1).map(({ id }) => id)).toEqual(core);
  expect(columnsThatFit(4_000, 1)).toEqual(MARKET_COLUMNS);
  const all = MARKET_COLUMNS.map(({ id }) => id);
  for (let width = 700; width < 1_700; width += 10) {
    const fitting = columnsThatFit(width, 1);
    expect(fitting.map(({ id }) => id)).toEqual(all.filter((id) => fitting.some((column) => column.id === id)));
    const used = fitting.reduce((sum, column) => sum + column.width, 0);
    if (fitting.length > core.length) expect(used).toBeLessThanOrEqual(width);
  }
});

it('ids are unique and every column explains itself', () => {
  expect(new Set(MARKET_COLUMNS.map(({ id }) => id)).size).toBe(MARKET_COLUMNS.length);
  for (const column of MARKET_COLUMNS) expect(column.explain.length, column.id).toBeGreaterThan(10);
});
