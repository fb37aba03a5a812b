/** Texts of the grid's figures: points stand below each other whatever the number of decimals. */
import { describe, expect, it } from 'vitest';
import { pointAligned } from './market-painter.ts';
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
