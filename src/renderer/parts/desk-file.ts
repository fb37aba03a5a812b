/** A table of the desk as a file, and as text for the clipboard. Pure. */
import { csvText, type CsvCell } from '../format/csv.ts';
import { timeText } from '../format/time.ts';
import type { DeskColumn } from './desk-table.tsx';

/** Every row, and of the columns those that hold something; money in dollars, as the columns say. */
export function tableCsv<Row>(columns: readonly DeskColumn<Row>[], rows: readonly Row[]): string {
  const held = columns.filter(({ csv, value }) => csv !== undefined || value !== undefined);
  return csvText(
    held.map(({ title, id }) => (title === '' ? id : title)),
    rows.map((row) => held.map(({ csv, value }) => rounded((csv ?? value)?.(row) ?? null))),
  );
}

/** Further digits come from reckoning and mean nothing. */
const DECIMALS = 6;
const rounded = (cell: CsvCell): CsvCell => (typeof cell === 'number' ? Number(cell.toFixed(DECIMALS)) : cell);

/** Micro-dollars as dollars. */
export const dollarsCell = (micros: number | null): CsvCell => (micros === null ? null : micros / 1e6);

/** New York time of an instant, to the millisecond. */
export const timeCell = (us: number): CsvCell => timeText(us);
