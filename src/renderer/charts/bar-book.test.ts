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
