/** What a new trading day does to the rows of the view: the close becomes the previous close, the day begins at nothing. */
import { clearHalt, endsWithDay } from './halts.ts';
import { Row, ROW_STRIDE } from './row-state.ts';
import type { ViewColumns } from './view-columns.ts';

/** Columns that outlive the day or are treated one by one below. */
const KEPT: ReadonlySet<string> = new Set([
  'previousClose',
  'averageVolume',
  'halt',
  'haltReason',
  'haltSinceUs',
  'isSsr',
  'isBlind',
  'phase',
  'version',
] satisfies (keyof ViewColumns)[]);

/** Columns whose "nothing yet" is not zero. */
const NOT_A_NUMBER: ReadonlySet<string> = new Set(['relativeVolume', 'volatility'] satisfies (keyof ViewColumns)[]);

export function resetRows(c: ViewColumns, rows: Float64Array, dayIndex: number): void {
  for (let s = 0; s < c.last.length; s++) {
    const close = (c.regularClose[s] as number) || (c.last[s] as number);
    // Reference data for this very day knows about splits; our own close does not.
    const referenceDay = rows[s * ROW_STRIDE + Row.referenceDay] as number;
    if (close > 0 && referenceDay < dayIndex) c.previousClose[s] = close;
    const ssrUntilDay = rows[s * ROW_STRIDE + Row.ssrUntilDay] as number;
    rows.fill(0, s * ROW_STRIDE, (s + 1) * ROW_STRIDE);
    rows[s * ROW_STRIDE + Row.referenceDay] = referenceDay;
    if (ssrUntilDay >= dayIndex) rows[s * ROW_STRIDE + Row.ssrUntilDay] = ssrUntilDay;
    c.isSsr[s] = ssrUntilDay >= dayIndex ? 1 : 0;
    if (endsWithDay(c, s)) clearHalt(c, s);
    (c.version[s] as number)++;
  }
  for (const [name, column] of Object.entries(c)) {
    if (!KEPT.has(name)) column.fill(NOT_A_NUMBER.has(name) ? NaN : 0);
  }
}
