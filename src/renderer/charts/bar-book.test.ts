/** The book of one chart's bars: no holes, no repeats, whatever order the answers come in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBarBook } from './bar-book.ts';
import { testBar, testBars } from './test-bars.ts';

describe('bar book', () => {
  it('appends what is new and skips what it has', () => {
    const book = createBarBook();
    expect(book.take(testBars(10, 5)).kind).toBe('replaced');
    expect(book.take(testBars(12, 5))).toEqual({ kind: 'appended', from: 5 });
    expect(book.take(testBars(12, 5)).kind).toBe('none');
    expect(book.closed.map(({ index }) => index)).toEqual([10, 11, 12, 13, 14, 15, 16]);
  });

  it('refuses what would leave a hole', () => {
    const book = createBarBook();
    book.take(testBars(10, 5));
    expect(book.take(testBars(16, 5)).kind).toBe('none');
    expect(book.take(testBars(0, 5)).kind).toBe('none');
    expect(book.take([testBar(15), testBar(17)])).toEqual({ kind: 'appended', from: 5 });
    expect(book.end).toBe(16);
  });

  it('prepends older bars up to the oldest it has', () => {
    const book = createBarBook();
    book.take(testBars(10, 5));
    expect(book.take(testBars(4, 8))).toEqual({ kind: 'prepended', count: 6 });
    expect([book.first, book.end, book.closed.length]).toEqual([4, 15, 11]);
  });

  it('shows a forming bar only behind the last closed one', () => {
    const book = createBarBook();
    book.take(testBars(0, 5));
    expect(book.setForming(testBar(6, { isForming: true }))).toBe(false);
    expect(book.forming).toBeNull();
    book.take(testBars(5, 1));
    expect(book.forming?.index).toBe(6);
    book.take(testBars(6, 1));
    expect(book.forming).toBeNull();
  });

  it('ends at an instant: later bars and the forming one wait, and are there again afterwards', () => {
    const book = createBarBook();
    book.take(testBars(10, 5));
    book.setForming(testBar(15, { isForming: true }));
    const endUs = testBar(12).closeTimeUs;
    expect(book.endAt(endUs)).toBe(true);
    expect(book.endAt(endUs)).toBe(false);
    expect([book.closed.map(({ index }) => index), book.end, book.forming]).toEqual([[10, 11, 12], 13, null]);
    // What closes meanwhile is kept and not shown; what is older is.
    expect(book.take(testBars(15, 2)).kind).toBe('none');
    expect(book.take(testBars(7, 4))).toEqual({ kind: 'prepended', count: 3 });
    expect(book.setForming(testBar(17, { isForming: true }))).toBe(false);
    expect([book.first, book.closed.length, book.all.length]).toEqual([7, 6, 10]);
    // Before the first bar there is nothing, until older ones have come.
    expect(book.endAt(testBar(7).closeTimeUs - 1)).toBe(true);
    expect([book.closed, book.first, book.end]).toEqual([[], 7, 7]);
    expect(book.endAt(testBar(4).closeTimeUs)).toBe(false);
    expect(book.take(testBars(2, 5)).kind).toBe('replaced');
    expect(book.closed.map(({ index }) => index)).toEqual([2, 3, 4]);
    expect(book.endAt(null)).toBe(true);
    expect([book.end, book.closed.length, book.forming?.index]).toEqual([17, 15, 17]);
  });

  it('is always a row without holes that equals the engine’s bars', () => {
    const answer = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 15 }));
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 40 }), (answers) => {
        const book = createBarBook();
        for (const [from, count] of answers) {
          book.take(testBars(from, count));
          book.closed.forEach((bar, i) => expect(bar).toEqual(testBar(book.first + i)));
          expect(book.end - book.first).toBe(book.closed.length);
        }
      }),
    );
  });
});
