/** The market mirror, its order and its filter, against plain reckoning. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROW_FLAGS } from '#protocol';
import { MARKET_FIELDS } from './market-fields.ts';
import { marketBreadth } from './market-breadth.ts';
import type { RowsHandler } from '../link/engine-link.ts';
import { parseFilter } from './market-filter.ts';
import { createMarketMirror, type MarketMirror } from './market-mirror.ts';
import { createMarketStore } from './market-store.ts';
import { createPriceTrail, TRAIL_EVERY_MS, TRAIL_POINTS } from './price-trail.ts';
import { createRowOrder } from './row-order.ts';
import { frameOf, type RowValues } from './test-frames.ts';

function mirrorOf(
  rows: readonly RowValues[],
  names = rows.map((_, i) => `S${String(i).padStart(4, '0')}`),
): MarketMirror {
  const mirror = createMarketMirror();
  mirror.applyNames(0, names);
  mirror.applyRows(frameOf(Object.fromEntries(rows.entries()), true));
  return mirror;
}

describe('mirror', () => {
  it('changes only the rows of a frame and counts their versions', () => {
    const mirror = mirrorOf([{ last: 1 }, { last: 2 }, { last: 3 }]);
    mirror.applyRows(frameOf({ 1: { last: 20, volume: 7 } }));
    expect([...mirror.columns.last.subarray(0, 3)]).toEqual([1, 20, 3]);
    expect([...mirror.versions.subarray(0, 3)]).toEqual([1, 2, 1]);
    expect(mirror.columns.volume[1]).toBe(7);
  });

  it('a snapshot forgets rows that are absent from it, visibly', () => {
    const mirror = mirrorOf([{ last: 1 }, { last: 2 }]);
    const before = mirror.versions[0] as number;
    mirror.applyRows(frameOf({ 1: { last: 9 } }, true));
    expect(mirror.columns.last[0]).toBe(0);
    expect(mirror.versions[0]).toBeGreaterThan(before);
    expect(mirror.columns.last[1]).toBe(9);
  });

  it('grows past its first capacity and refuses an absurd row', () => {
    const mirror = createMarketMirror();
    mirror.applyRows(frameOf({ 20_000: { last: 4 }, 3: { last: 5 } }));
    expect(mirror.columns.last[20_000]).toBe(4);
    expect(mirror.columns.last[3]).toBe(5);
    mirror.applyRows(frameOf({ 4_000_000_000: { last: 4 } }));
    expect(mirror.columns.last.length).toBeLessThan(200_000);
  });

  it('knows names both ways and forgets them on reset', () => {
    const mirror = mirrorOf([{ last: 1 }, { last: 2 }], ['MSFT', 'AAPL']);
    expect(mirror.rowOf('AAPL')).toBe(1);
    expect([...mirror.nameRanks.subarray(0, 2)]).toEqual([1, 0]);
    mirror.reset();
    expect(mirror.count).toBe(0);
    expect(mirror.rowOf('AAPL')).toBeUndefined();
  });
});

it('says which instant is shown while the market is looked back at, and only then', () => {
  let engine: RowsHandler | undefined;
  const store = createMarketStore({
    market: (handler) => {
      engine = handler;
      return () => undefined;
    },
  });
  const told: (number | null)[] = [];
  store.past.subscribe((us) => told.push(us));
  const leave = store.follow(() => undefined);
  engine?.symbols(0, ['AAPL']);
  engine?.rows(frameOf({ 0: { last: 10 } }, true));
  expect(store.past.getState()).toBeNull();
  engine?.rows(frameOf({ 0: { last: 9 } }, true, 777));
  engine?.rows(frameOf({ 0: { last: 8 } }, true, 555));
  engine?.rows(frameOf({ 0: { last: 11 } }, true));
  engine?.rows(frameOf({ 0: { last: 7 } }, true, 333));
  engine?.reset();
  engine?.rows(frameOf({ 0: { last: 7 } }, true, 111));
  leave();
  expect(told).toEqual([777, 555, null, 333, null, 111, null]);
});

it('derived figures', () => {
  const mirror = mirrorOf([
    { last: 110, previousClose: 100, bid: 109.9, ask: 110.1, vwap: 100, dayLow: 90, dayHigh: 130 },
    {},
  ]);
  expect(MARKET_FIELDS.changePct(mirror, 0)).toBeCloseTo(10, 9);
  expect(MARKET_FIELDS.spreadBps(mirror, 0)).toBeCloseTo((0.2 / 110) * 10_000, 9);
  expect(MARKET_FIELDS.vwapPct(mirror, 0)).toBeCloseTo(10, 9);
  expect(MARKET_FIELDS.dayRange(mirror, 0)).toBeCloseTo(0.5, 9);
  for (const name of ['last', 'changePct', 'bid', 'ask', 'spreadBps', 'vwapPct', 'dayRange', 'relativeVolume'] as const)
    expect(MARKET_FIELDS[name](mirror, 1), name).toBeNaN();
});

it('breadth counts the market, and nothing that is not known', () => {
  const mirror = mirrorOf([
    { last: 11, previousClose: 10, dayLow: 9, dayHigh: 11, relativeVolume: 2 },
    { last: 9, previousClose: 10, dayLow: 9, dayHigh: 11, flags: ROW_FLAGS.halted },
    { last: 10, previousClose: 10, dayLow: 10, dayHigh: 10 },
    { last: 12, previousClose: 0, flags: ROW_FLAGS.blind },
    {},
  ]);
  expect(marketBreadth(mirror)).toEqual({
    up: 1,
    down: 1,
    atHigh: 1,
    atLow: 1,
    halted: 1,
    blind: 1,
    relativeVolume: 2,
  });
});

it('the trail notes prices every few seconds and forgets the oldest', () => {
  const mirror = mirrorOf([{ last: 10 }, {}]);
  const trail = createPriceTrail(mirror);
  const into = new Float64Array(TRAIL_POINTS);
  trail.note(0);
  trail.note(TRAIL_EVERY_MS - 1);
  expect([trail.length, trail.read(0, into), trail.read(1, into)]).toEqual([1, 1, 0]);
  for (let n = 1; n <= TRAIL_POINTS + 4; n++) {
    mirror.applyRows(frameOf({ 0: { last: 10 + n } }));
    trail.note(n * TRAIL_EVERY_MS);
  }
  expect(trail.read(0, into)).toBe(TRAIL_POINTS);
  expect([into[0], into[TRAIL_POINTS - 1]]).toEqual([15, 74]);
  mirror.reset();
  trail.note(1e9);
  expect(trail.length).toBe(0);
});

describe('order', () => {
  const value = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 20 }),
    fc.double({ min: 0.01, max: 1000, noNaN: true }),
  );

  it('equals a plain sort and filter, whatever came before, with the unknown last', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ last: value, volume: value }), { minLength: 1, maxLength: 60 }),
        fc.array(fc.tuple(fc.nat(59), value), { maxLength: 20 }),
        fc.boolean(),
        value,
        (rows, changes, isDescending, floor) => {
          const mirror = mirrorOf(rows);
          const order = createRowOrder(mirror, { field: 'symbol', isDescending: false });
          order.arrange();
          expect([...order.rowAt.subarray(0, order.length)]).toEqual(rows.map((_, i) => i));
          for (const [row, last] of changes)
            if (row < rows.length) mirror.applyRows(frameOf({ [row]: { last, volume: rows[row]?.volume ?? 0 } }));
          order.setSort({ field: 'last', isDescending });
          order.setFilter((m, row) => (m.columns.volume[row] as number) >= floor);
          order.arrange();
          const last = (row: number): number => mirror.columns.last[row] as number;
          const key = (row: number): number => (last(row) > 0 ? (isDescending ? -last(row) : last(row)) : Infinity);
          const expected = rows.map((_, i) => i).filter((row) => (mirror.columns.volume[row] as number) >= floor);
          expected.sort((a, b) => (key(a) === key(b) ? a - b : key(a) - key(b)));
          expect([...order.rowAt.subarray(0, order.length)]).toEqual(expected);
          for (let row = 0; row < rows.length; row++) expect(order.slotOf(row)).toBe(expected.indexOf(row));
        },
      ),
    );
  });

  it('tells whether anything moved', () => {
    const mirror = mirrorOf([{ last: 1 }, { last: 2 }]);
    const order = createRowOrder(mirror, { field: 'last', isDescending: true });
    expect(order.arrange()).toBe(true);
    expect(order.arrange()).toBe(false);
    mirror.applyRows(frameOf({ 0: { last: 3 } }));
    expect(order.arrange()).toBe(true);
    expect([...order.rowAt.subarray(0, 2)]).toEqual([0, 1]);
  });
});

describe('filter', () => {
  const mirror = mirrorOf(
    [
      { last: 103, previousClose: 100, volume: 2_000_000, bid: 102.99, ask: 103.01, flags: ROW_FLAGS.halted },
      { last: 99, previousClose: 100, volume: 500_000, bid: 98, ask: 100 },
      { last: 0, previousClose: 100, volume: 0 },
    ],
    ['AAPL', 'APLE', 'ZZZ'],
  );
  const pass = (text: string): string[] => {
    const parsed = parseFilter(text);
    if (!parsed.ok) throw new Error(parsed.message);
    return mirror.names.filter((_, row) => parsed.test?.(mirror, row) ?? true);
  };

  it.each([
    ['', ['AAPL', 'APLE', 'ZZZ']],
    ['   ', ['AAPL', 'APLE', 'ZZZ']],
    ['apl', ['AAPL', 'APLE']],
    ['zz aap', ['AAPL', 'ZZZ']],
    ['chg>2', ['AAPL']],
    ['chg > 2', ['AAPL']],
    ['chg>2%', ['AAPL']],
    ['chg<0', ['APLE']],
    ['vol>=500k', ['AAPL', 'APLE']],
    ['vol>1m spread<10', ['AAPL']],
    ['price>=99 apl', ['AAPL', 'APLE']],
    ['is:halted', ['AAPL']],
    ['close=100', ['AAPL', 'APLE', 'ZZZ']],
    ['chg>-5', ['AAPL', 'APLE']],
  ])('%j', (text, names) => expect(pass(text)).toEqual(names));

  it.each([
    ['foo>2', /“foo” is no figure; use chg/],
    ['chg>', /lacks its number/],
    ['chg>abc', /“abc” is no number/],
    ['>2', /is no figure/],
    ['is:sad', /“sad” is no state; use halted/],
    ['constructor>1', /is no figure/],
    ['is:constructor', /is no state/],
    ['vol>1mm', /is no number/],
  ])('%j is refused in words', (text, message) => {
    const parsed = parseFilter(text);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.message).toMatch(message);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseFilter(text)));
  });
});
