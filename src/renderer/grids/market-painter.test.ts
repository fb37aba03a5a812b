/** Texts of the grid's figures: points stand below each other whatever the number of decimals. */
import { _mergeDeep } from 'ag-grid-community';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMarketMirror } from '../stores/market-mirror.ts';
import { createPriceTrail, TRAIL_EVERY_MS } from '../stores/price-trail.ts';
import { createRowOrder } from '../stores/row-order.ts';
import { frameOf } from '../stores/test-frames.ts';
import { cellHands, type CellHands } from './cell-hands.ts';
import { marketColumn, type MarketColumn } from './market-columns.ts';
import { createMarketPainter, pointAligned } from './market-painter.ts';
import { sparkPath } from './spark-cell.ts';

describe('figures of one column', () => {
  it.each([
    ['price', ['1,234.50', '0.1234', '–']],
    ['two', ['+1.25', '–']],
    ['one', ['12.5', '1,204', '–']],
  ] as const)('%s: as many places behind the point', (tail, texts) => {
    const places = texts.map((text) => {
      const filled = pointAligned(text, tail);
      const point = Math.max(filled.indexOf('.'), filled.indexOf('\u2008'));
      return filled.length - point;
    });
    expect(new Set(places).size).toBe(1);
    for (const text of texts) expect(pointAligned(text, tail).trim()).toBe(text);
  });

  it('without decimals nothing is added', () => expect(pointAligned('5,500', undefined)).toBe('5,500'));
});

describe('the trail of a price', () => {
  it('needs three notes, and ends at the right edge', () => {
    expect(sparkPath(Float64Array.of(1, 2), 2)).toBe('');
    expect(sparkPath(Float64Array.of(10, 11, 12), 3)).toBe('M0 16L29.5 10L59 4');
  });

  it('is level where the price stood still', () => {
    expect(sparkPath(Float64Array.of(5, 5, 5), 3)).toBe('M0 10L29.5 10L59 10');
  });
});

/** As much of an element as a trail touches. */
function fakeElement() {
  const attributes = new Map<string, string>();
  return {
    className: '',
    appendChild: <T>(child: T): T => child,
    setAttribute: (name: string, value: string) => void attributes.set(name, value),
    getAttribute: (name: string) => attributes.get(name),
    closest: () => null,
  };
}

describe('a trail in the grid', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('grows with every note in a row that keeps its place, through the copy AG Grid makes of what cells are handed', () => {
    const made: ReturnType<typeof fakeElement>[] = [];
    const make = (): ReturnType<typeof fakeElement> => {
      made.push(fakeElement());
      return made.at(-1) as ReturnType<typeof fakeElement>;
    };
    vi.stubGlobal('document', { createElement: make, createElementNS: make });
    const mirror = createMarketMirror();
    mirror.applyNames(0, ['SPY']);
    const order = createRowOrder(mirror, { field: 'tickRate', isDescending: true });
    const trail = createPriceTrail(mirror);
    const painter = createMarketPainter(mirror, order, trail, (work) => work());
    // As the grid's controller is: a plain object with something living behind a getter.
    const hands = cellHands(marketColumn('spark') as MarketColumn, { painter, trail });
    const definition: { cellRendererParams?: CellHands } = {};
    _mergeDeep(definition, { cellRendererParams: hands }, false, true);

    mirror.applyRows(frameOf({ 0: { last: 100, tickRate: 9 } }, true));
    order.arrange();
    (definition.cellRendererParams as CellHands).open(0);
    const path = made.at(-1) as ReturnType<typeof fakeElement>;
    const drawn: (string | undefined)[] = [];
    for (let note = 0; note < 5; note++) {
      mirror.applyRows(frameOf({ 0: { last: 100 + note, tickRate: 9 } }));
      trail.note(note * TRAIL_EVERY_MS);
      painter.paint();
      drawn.push(path.getAttribute('d'));
    }
    expect(drawn.slice(0, 2)).toEqual(['', '']);
    expect(drawn[2]).toBe('M0 16L29.5 10L59 4');
    expect(new Set(drawn.slice(2)).size).toBe(3);
  });
});

describe('painting some rows at a time', () => {
  it('gives every row its turn, however many changed', () => {
    const names = Array.from({ length: 10 }, (_, i) => `S${i}`);
    const mirror = createMarketMirror();
    mirror.applyNames(0, names);
    const order = createRowOrder(mirror, { field: 'symbol', isDescending: false });
    const painter = createMarketPainter(mirror, order, createPriceTrail(mirror), () => undefined);
    const change = (last: number): void =>
      mirror.applyRows(frameOf(Object.fromEntries(names.map((_, row) => [row, { last }])), last === 1));
    change(1);
    order.arrange();
    const painted: number[] = [];
    for (let slot = 0; slot < names.length; slot++)
      painter.add({
        slot,
        element: fakeElement() as unknown as HTMLElement,
        paint: (_mirror, row) => void painted.push(row),
      });
    painter.paint();
    painted.length = 0;
    for (let last = 2; last < 6; last++) {
      change(last);
      expect(painter.paint(3)).toBe(3);
    }
    expect(new Set(painted).size).toBe(10);
    expect(painted.length).toBe(12);
    // Without a limit nothing is left over.
    painter.paint();
    painted.length = 0;
    expect(painter.paint()).toBe(0);
  });
});

describe('slow figures', () => {
  afterEach(() => vi.useRealTimers());

  it('are written a share of the rows at a time, prices at once, and nothing is owed to a market that stands still', () => {
    vi.useFakeTimers();
    const names = Array.from({ length: 8 }, (_, i) => `S${i}`);
    const mirror = createMarketMirror();
    mirror.applyNames(0, names);
    const order = createRowOrder(mirror, { field: 'symbol', isDescending: false });
    const painter = createMarketPainter(mirror, order, createPriceTrail(mirror), () => undefined);
    const change = (last: number): void =>
      mirror.applyRows(frameOf(Object.fromEntries(names.map((_, row) => [row, { last }])), last === 1));
    change(1);
    order.arrange();
    const shown = { quick: new Map<number, number>(), slow: new Map<number, number>() };
    for (let slot = 0; slot < names.length; slot++)
      for (const kind of ['quick', 'slow'] as const)
        painter.add({
          slot,
          element: fakeElement() as unknown as HTMLElement,
          isSlow: kind === 'slow',
          paint: (_mirror, row) => void shown[kind].set(row, mirror.columns.last[row] as number),
        });
    painter.paint();
    const kinds = (values: Iterable<number>): readonly number[] => [...values].toSorted((a, b) => a - b);
    expect(kinds(shown.slow.values())).toEqual(names.map(() => 1));
    change(2);
    painter.paint(undefined, 0.25);
    expect(kinds(shown.quick.values())).toEqual(names.map(() => 2));
    expect(kinds(shown.slow.values())).toEqual([1, 1, 1, 1, 1, 1, 2, 2]);
    for (let last = 3; last < 6; last++) {
      change(last);
      painter.paint(undefined, 0.25);
    }
    expect(kinds(shown.slow.values())).toEqual([2, 2, 3, 3, 4, 4, 5, 5]);
    vi.runAllTimers();
    expect(kinds(shown.slow.values())).toEqual(names.map(() => 5));
  });
});
