/** Sorting of table rows: stable, and rows that are equal stand in the order of their keys so that nothing jumps about. */
export interface Sort {
  readonly column: string;
  readonly isDescending: boolean;
}

interface Sortable<Row> {
  readonly id: string;
  readonly value?: (row: Row) => number | string;
}

/** Without a sort the rows stay as they came. What has no value (NaN) goes last either way. */
export function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly Sortable<Row>[],
  sort: Sort | null,
  rowKey: (row: Row) => string,
): readonly Row[] {
  const value = sort === null ? undefined : columns.find(({ id }) => id === sort.column)?.value;
  if (sort === null || value === undefined) return rows;
  const way = sort.isDescending ? -1 : 1;
  return rows.toSorted((a, b) => way * compareValues(value(a), value(b), way) || compareKeys(rowKey(a), rowKey(b)));
}

function compareValues(a: number | string, b: number | string, way: number): number {
  if (typeof a === 'string' || typeof b === 'string') return compareKeys(String(a), String(b));
  const isMissing = [Number.isNaN(a), Number.isNaN(b)] as const;
  if (isMissing[0] || isMissing[1]) return isMissing[0] === isMissing[1] ? 0 : isMissing[0] ? way : -way;
  return a - b;
}

const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
