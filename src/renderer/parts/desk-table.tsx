/**
 * A table of the desk: fixed columns, right-aligned figures, sorting that is stable, rows drawn only where they are seen.
 * Arrow keys move along the rows, Enter picks one. Nothing moves when a number changes width.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  memo,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import { useStore } from 'zustand';
import { useContextMenu } from '../app/context-menu.tsx';
import { copyText } from '../app/copy-text.ts';
import { useServices } from '../app/services.ts';
import { downloadText, type CsvCell } from '../format/csv.ts';
import { countText } from '../format/number.ts';
import { tableCsv } from './desk-file.ts';
import { sortedRows, type Sort } from './table-sort.ts';
import { useSize } from './use-size.ts';
import './desk-table.css';

export interface DeskColumn<Row> {
  readonly id: string;
  readonly title: string;
  /** Explains the abbreviation. */
  readonly explain: string;
  /** Pixels; `grow` shares what is left. */
  readonly width: number;
  readonly grow?: number;
  readonly isText?: boolean;
  /** Left away when the table is narrower than this. */
  readonly dropsBelow?: number;
  /** What the column sorts by; absent: it does not sort. */
  readonly value?: (row: Row) => number | string;
  /** What a file holds, in units of people; absent: what it sorts by, or nothing. */
  readonly csv?: (row: Row) => CsvCell;
  readonly cell: (row: Row) => ReactNode;
}

interface DeskTableProps<Row> {
  readonly label: string;
  readonly testId: string;
  readonly columns: readonly DeskColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly sort: Sort | null;
  readonly onSort?: (sort: Sort | null) => void;
  readonly onPick?: (row: Row) => void;
  readonly picked?: string | undefined;
  /** Attributes that make a state look different: data-state and the like. */
  readonly rowState?: (row: Row) => string;
  /** Cells of the last line, by column; absent: no such line. */
  readonly footer?: Readonly<Record<string, ReactNode>> | undefined;
  readonly empty: ReactNode;
}

const ROW_HEIGHT = { dense: 22, comfortable: 28 } as const;

export function DeskTable<Row>(props: DeskTableProps<Row>) {
  const { rows, rowKey, sort } = props;
  const { settings } = useServices();
  const density = useStore(settings, (state) => state.density);
  const height = ROW_HEIGHT[density];
  const scroller = useRef<HTMLDivElement>(null);
  const { width: tableWidth } = useSize(scroller);
  const columns = useMemo(
    () => props.columns.filter(({ dropsBelow }) => tableWidth === 0 || tableWidth >= (dropsBelow ?? 0)),
    [props.columns, tableWidth],
  );
  const [focused, setFocused] = useState<string>();
  const sorted = useMemo(() => sortedRows(rows, columns, sort, rowKey), [rows, columns, sort, rowKey]);
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const template = columns
    .map(({ width, grow }) => (grow === undefined ? `${width}px` : `minmax(${width}px, ${grow}fr)`))
    .join(' ');
  const least = columns.reduce((sum, { width }) => sum + width, 0);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const at = sorted.findIndex((row) => rowKey(row) === focused);
    if (event.key === 'Enter' && event.target === scroller.current) {
      const row = sorted[at];
      if (row !== undefined) props.onPick?.(row);
    } else if (step !== 0 && sorted.length > 0) {
      const next = at < 0 ? 0 : Math.min(sorted.length - 1, Math.max(0, at + step));
      setFocused(rowKey(sorted[next] as Row));
      virtual.scrollToIndex(next);
    } else if (event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey) && at >= 0 && isNothingSelected())
      copyText(rowText(scroller.current, focused));
    else return;
    event.preventDefault();
  };
  const onPick = useRef(props.onPick);
  useEffect(() => {
    onPick.current = props.onPick;
  });
  const choose = useCallback((row: Row, key: string): void => {
    setFocused(key);
    onPick.current?.(row);
  }, []);
  const [menu, openMenu] = useContextMenu();
  const onContextMenu = (event: MouseEvent): void => {
    const target = event.target as HTMLElement;
    const key = target.closest<HTMLElement>('[data-row]')?.dataset['row'] ?? focused;
    const row = sorted.find((candidate) => rowKey(candidate) === key);
    const cell = target.closest<HTMLElement>('.desk-rows .desk-cell')?.textContent?.trim() ?? '';
    openMenu(event, props.label, [
      ...(cell === '' ? [] : [{ label: `Copy “${shortened(cell)}”`, run: () => void copyText(cell) }]),
      ...(row === undefined
        ? []
        : [{ label: 'Copy row', keys: 'Ctrl C', run: () => void copyText(rowText(scroller.current, key)) }]),
      {
        label: `Export ${countText(sorted.length)} rows as CSV`,
        isGroupStart: row !== undefined,
        run: () => downloadText(`drover-${props.testId}.csv`, tableCsv(props.columns, sorted)),
      },
    ]);
  };
  return (
    <div
      ref={scroller}
      className="desk-table"
      data-testid={props.testId}
      role="table"
      aria-label={props.label}
      aria-rowcount={sorted.length + 1}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
    >
      {menu}
      <div className="desk-sheet" style={{ minWidth: least + 16 }}>
        <TableHead columns={columns} sort={sort} onSort={props.onSort} template={template} />
        {sorted.length > 0 && (
          <div className="desk-rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = sorted[index];
              if (row === undefined) return null;
              const key = rowKey(row);
              return (
                <DeskRow
                  key={key}
                  row={row}
                  name={key}
                  index={index}
                  start={start}
                  height={height}
                  template={template}
                  columns={columns}
                  state={props.rowState?.(row)}
                  isFocused={key === focused}
                  isPicked={key === props.picked}
                  onChoose={choose}
                />
              );
            })}
          </div>
        )}
        {sorted.length > 0 && props.footer !== undefined && (
          <div className="desk-row desk-foot" role="row" style={{ gridTemplateColumns: template, height }}>
            {columns.map(({ id, isText }) => (
              <div key={id} className="desk-cell" role="cell" data-text={isText || undefined}>
                {props.footer?.[id]}
              </div>
            ))}
          </div>
        )}
      </div>
      {sorted.length === 0 && (
        <div className="empty desk-empty" role="row">
          <div className="desk-empty-words" role="cell">
            {props.empty}
          </div>
        </div>
      )}
    </div>
  );
}

interface DeskRowProps<Row> {
  readonly row: Row;
  readonly name: string;
  readonly index: number;
  readonly start: number;
  readonly height: number;
  readonly template: string;
  readonly columns: readonly DeskColumn<Row>[];
  readonly state: string | undefined;
  readonly isFocused: boolean;
  readonly isPicked: boolean;
  readonly onChoose: (row: Row, name: string) => void;
}

/** Drawn anew only when its row or the columns are others: of a long table that grew by a line, that line. */
const DeskRow = memo(function DeskRow<Row>(props: DeskRowProps<Row>) {
  const { row, name, height, start } = props;
  return (
    <div
      className="desk-row"
      role="row"
      aria-rowindex={props.index + 2}
      data-row={name}
      data-state={props.state}
      data-focused={props.isFocused || undefined}
      data-picked={props.isPicked || undefined}
      style={{ gridTemplateColumns: props.template, height, transform: `translateY(${start}px)` }}
      onClick={() => props.onChoose(row, name)}
    >
      {props.columns.map((column) => (
        <div
          key={column.id}
          className="desk-cell"
          role="cell"
          data-col={column.id}
          data-text={column.isText || undefined}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}) as <Row>(props: DeskRowProps<Row>) => ReactNode;

/** What is marked with the pointer is copied by the browser. */
const isNothingSelected = (): boolean => (getSelection()?.toString() ?? '') === '';

const shortened = (text: string): string => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

/** The cells of a row as they stand on screen, between tabs; '' when it is not drawn. */
function rowText(host: HTMLElement | null, key: string | undefined): string {
  const row = [...(host?.querySelectorAll<HTMLElement>('.desk-row[data-row]') ?? [])].find(
    ({ dataset }) => dataset['row'] === key,
  );
  const cells = [...(row?.querySelectorAll<HTMLElement>('.desk-cell:not([data-col="actions"])') ?? [])];
  return cells.map((cell) => cell.textContent?.trim() ?? '').join('\t');
}

interface TableHeadProps<Row> {
  readonly columns: readonly DeskColumn<Row>[];
  readonly sort: Sort | null;
  readonly onSort: ((sort: Sort | null) => void) | undefined;
  readonly template: string;
}

function TableHead<Row>(props: TableHeadProps<Row>) {
  const { sort, onSort } = props;
  return (
    <div className="desk-row desk-head" role="row" style={{ gridTemplateColumns: props.template }}>
      {props.columns.map((column) => {
        const isSorted = sort?.column === column.id;
        const way = sort?.isDescending === true ? 'descending' : 'ascending';
        return (
          <div
            key={column.id}
            className="desk-cell"
            role="columnheader"
            aria-sort={isSorted ? way : undefined}
            data-text={column.isText || undefined}
            title={column.explain}
          >
            {column.value !== undefined && onSort ? (
              <button type="button" tabIndex={-1} onClick={() => onSort(nextSort(sort, column.id))}>
                {column.title}
                {isSorted && <i aria-hidden="true">{sort.isDescending ? '▾' : '▴'}</i>}
              </button>
            ) : column.title === '' ? (
              <span className="unseen">{column.explain}</span>
            ) : (
              column.title
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Largest first, then smallest first, then as it comes. */
function nextSort(sort: Sort | null, column: string): Sort | null {
  if (sort?.column !== column) return { column, isDescending: true };
  return sort.isDescending ? { column, isDescending: false } : null;
}
