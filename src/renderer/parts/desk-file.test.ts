/** A table's file: what the columns hold, in the units of people. */
import { expect, it } from 'vitest';
import { dollarsCell, tableCsv, timeCell } from './desk-file.ts';
import type { DeskColumn } from './desk-table.tsx';

interface Row {
  readonly symbol: string;
  readonly entry: number;
  readonly atUs: number;
}
const column = (part: Partial<DeskColumn<Row>> & { readonly id: string; readonly title: string }): DeskColumn<Row> => ({
  explain: '',
  width: 10,
  cell: () => null,
  ...part,
});

it('holds dollars and New York time, and leaves out what is only drawn', () => {
  const columns = [
    column({ id: 'symbol', title: 'Symbol', value: ({ symbol }) => symbol }),
    column({ id: 'entry', title: 'Entry', value: ({ entry }) => entry, csv: ({ entry }) => dollarsCell(entry) }),
    column({ id: 'at', title: 'At', csv: ({ atUs }) => timeCell(atUs) }),
    column({ id: 'bar', title: 'stop … target' }),
  ];
  const rows = [
    { symbol: 'ABC', entry: 64_120_000, atUs: Date.UTC(2026, 10, 20, 14, 47, 12, 304) * 1000 },
    { symbol: '=X', entry: -500_000, atUs: Date.UTC(2026, 6, 1, 13, 30) * 1000 },
  ];
  expect(tableCsv(columns, rows)).toBe("Symbol,Entry,At\r\nABC,64.12,09:47:12.304\r\n'=X,-0.5,09:30:00.000\r\n");
  expect(dollarsCell(null)).toBeNull();
});
