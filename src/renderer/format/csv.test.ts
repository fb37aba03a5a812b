/** CSV there and back. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvText, parseCsv } from './csv.ts';

it('quotes what needs it and leaves the rest', () => {
  expect(
    csvText(
      ['symbol', 'text'],
      [
        ['A,B', 'say "x"'],
        ['C', -1.5],
        ['D', null],
      ],
    ),
  ).toBe('symbol,text\r\n"A,B","say ""x"""\r\nC,-1.5\r\nD,\r\n');
});

it('disarms formulas in texts but not negative numbers', () => {
  expect(csvText(['a'], [['=1+1'], [-2]])).toBe("a\r\n'=1+1\r\n-2\r\n");
});

it('reads back what it wrote, whatever the text', () => {
  const unit = fc.constantFrom('a', 'Z', '1', ' ', '"', ',', '\n', '\r', '=', "'", 'ü', '€', '\u{1F4C8}');
  const safe = fc.string({ unit, maxLength: 8 }).filter((text) => !/^[=+\-@\t\r]/.test(text));
  fc.assert(
    fc.property(fc.array(fc.tuple(safe, safe), { maxLength: 8 }), (rows) => {
      expect(parseCsv(csvText(['x', 'y'], rows)).slice(1)).toEqual(rows.map((row) => [...row]));
    }),
  );
});

it('takes lines of any ending and a byte order mark', () => {
  expect(parseCsv('\uFEFFAAPL\nMSFT\r\n\n"NVDA"')).toEqual([['AAPL'], ['MSFT'], ['NVDA']]);
});
