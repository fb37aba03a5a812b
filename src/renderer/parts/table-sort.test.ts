/** Sorting of table rows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedRows } from './table-sort.ts';

interface Row {
  readonly key: string;
  readonly n: number;
}
const columns = [{ id: 'n', value: (row: Row) => row.n }, { id: 'fixed' }];
const keyOf = ({ key }: Row): string => key;
const rows: readonly Row[] = [
  { key: 'b', n: 1 },
  { key: 'c', n: NaN },
  { key: 'a', n: 1 },
  { key: 'd', n: 5 },
];
const order = (sort: Parameters<typeof sortedRows>[2]): string =>
  sortedRows(rows, columns, sort, keyOf).map(keyOf).join('');

describe('table rows', () => {
  it('sorts either way, equal rows by key, rows without a value last', () => {
    expect(order({ column: 'n', isDescending: false })).toBe('abdc');
    expect(order({ column: 'n', isDescending: true })).toBe('dabc');
    expect(order(null)).toBe('bcad');
    expect(order({ column: 'fixed', isDescending: true })).toBe('bcad');
  });

  it('does not depend on the order the rows came in', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ key: fc.string(), n: fc.oneof(fc.integer(), fc.constant(NaN)) }), {
          selector: keyOf,
        }),
        fc.boolean(),
        (any, isDescending) => {
          const sort = { column: 'n', isDescending };
          expect(sortedRows(any.toReversed(), columns, sort, keyOf)).toEqual(sortedRows(any, columns, sort, keyOf));
        },
      ),
    );
  });
});
