/** Rows of the market grid as text: one figure to the clipboard, one row, or all that are shown as a table. Pure. */
import { ROW_FLAGS } from '#protocol';
import { csvText, type CsvCell } from '../../format/csv.ts';
import { marketColumn, type MarketColumn } from '../../grids/market-columns.ts';
import { MARKET_FIELDS } from '../../stores/market-fields.ts';
import type { MarketMirror } from '../../stores/market-mirror.ts';

const DECIMALS = 6;

function cellOf(mirror: MarketMirror, row: number, column: MarketColumn): CsvCell {
  if (column.kind === 'symbol') return mirror.names[row] ?? '';
  if (column.kind === 'marks') return flagWords(mirror.columns.flags[row] as number);
  const value = MARKET_FIELDS[column.field](mirror, row);
  // Single precision figures would otherwise carry digits that mean nothing.
  return Number.isFinite(value) ? Number(value.toFixed(DECIMALS)) : null;
}

/** The marks of a row, as the grid writes them; flags that are no marks (phase, up, down) are in no file. */
const MARK_WORDS: Readonly<Record<string, string>> = {
  luldPause: 'LULD',
  halted: 'HALT',
  blind: 'BLIND',
  held: 'HELD',
  working: 'ORDER',
  crossed: 'CROSS',
  locked: 'LOCK',
  ssr: 'SSR',
};

function flagWords(flags: number): string {
  return Object.entries(ROW_FLAGS)
    .filter(([name, flag]) => name in MARK_WORDS && (flags & flag) !== 0)
    .map(([name]) => MARK_WORDS[name])
    .join(' ');
}

export function cellText(mirror: MarketMirror, row: number, columnId: string): string {
  const column = marketColumn(columnId);
  return column ? String(cellOf(mirror, row, column) ?? '') : '';
}

/** Tab-separated, as spreadsheets take it. */
export function rowText(mirror: MarketMirror, row: number, columnIds: readonly string[]): string {
  return columnIds.map((id) => cellText(mirror, row, id)).join('\t');
}

export function marketCsv(mirror: MarketMirror, rows: Iterable<number>, columnIds: readonly string[]): string {
  // A trail is a drawing.
  const columns = columnIds.flatMap((id) => marketColumn(id) ?? []).filter(({ kind }) => kind !== 'spark');
  const lines: CsvCell[][] = [];
  for (const row of rows) lines.push(columns.map((column) => cellOf(mirror, row, column)));
  return csvText(
    columns.map(({ label }) => label),
    lines,
  );
}
