/**
 * AG Grid over fixed slots. It scrolls, sizes columns, takes the keyboard and speaks to screen readers; figures are ours.
 * Its own DOM layer is used rather than its React one: a row that scrolls in costs a fraction of a React cell each.
 */
import {
  CellApiModule,
  CellStyleModule,
  ClientSideRowModelModule,
  ClientSideRowModelApiModule,
  ColumnApiModule,
  EventApiModule,
  ModuleRegistry,
  RowApiModule,
  ScrollApiModule,
  TooltipModule,
  type ColDef,
  createGrid,
  type GridApi,
  type GridOptions,
  type ICellRendererComp,
  type ICellRendererParams,
} from 'ag-grid-community';
import 'ag-grid-community/styles/ag-grid.css';
import { useEffect, useRef } from 'react';
import { COLUMN_SCALE, marketColumn, SCROLLBAR_WIDTH, type MarketColumn } from '../../grids/market-columns.ts';
import { cellHands, type CellHands } from '../../grids/cell-hands.ts';
import type { PaintedCell } from '../../grids/market-painter.ts';
import { MARKET_FIELDS } from '../../stores/market-fields.ts';
import type { MarketMirror } from '../../stores/market-mirror.ts';
import type { RowSort } from '../../stores/row-order.ts';
import type { Density } from '../../stores/settings-store.ts';
import '../../grids/grid-theme.css';
import type { GridController, Slot } from './grid-controller.ts';

ModuleRegistry.registerModules([
  CellApiModule,
  CellStyleModule,
  ClientSideRowModelModule,
  ClientSideRowModelApiModule,
  ColumnApiModule,
  EventApiModule,
  RowApiModule,
  ScrollApiModule,
  TooltipModule,
]);

const ROW_HEIGHT: Readonly<Record<Density, number>> = { dense: 22, comfortable: 28 };
const HEADER_HEIGHT: Readonly<Record<Density, number>> = { dense: 26, comfortable: 30 };

interface MarketGridProps {
  readonly controller: GridController;
  readonly mirror: MarketMirror;
  /** Column ids, in order. A new array means new columns. */
  readonly columns: readonly string[];
  readonly density: Density;
  readonly sort: RowSort;
  readonly onSort: (sort: RowSort) => void;
  readonly onColumnsMoved: (ids: readonly string[]) => void;
}

export function MarketGrid(props: MarketGridProps) {
  const { controller, mirror, columns, density } = props;
  const host = useRef<HTMLDivElement>(null);
  const grid = useRef<GridApi<Slot> | null>(null);
  // The grid outlives many renders; it calls what is newest.
  const told = useRef(props);
  useEffect(() => {
    told.current = props;
  });

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const api = createGrid<Slot>(element, {
      ...FIXED_OPTIONS,
      ...sizes(told.current.density),
      columnDefs: columnDefs(told.current, controller, mirror),
      navigateToNextCell: (params) => controller.nextCell(params),
      onSortChanged: (event) => {
        const sort = sortOf(event.api);
        controller.setSort(sort);
        told.current.onSort(sort);
      },
      onCellFocused: (event) => controller.onCellFocused(event),
      onModelUpdated: () => stateRowCount(element, controller.order.length),
      onColumnMoved: (event) => {
        if (event.finished && event.source === 'uiColumnMoved')
          told.current.onColumnsMoved(event.api.getAllDisplayedColumns().map((column) => column.getColId()));
      },
    });
    grid.current = api;
    controller.attach(api);
    return () => {
      grid.current = null;
      controller.detach();
      api.destroy();
    };
  }, [controller, mirror]);
  useEffect(() => {
    grid.current?.updateGridOptions({
      ...sizes(density),
      columnDefs: columnDefs({ columns, density, sort: controller.order.sort() }, controller, mirror),
    });
  }, [columns, density, controller, mirror]);
  const { field, isDescending } = props.sort;
  useEffect(() => {
    const now = controller.order.sort();
    if (!grid.current || (now.field === field && now.isDescending === isDescending)) return;
    const column = columns.find((id) => marketColumn(id)?.field === field);
    if (column === undefined) controller.setSort({ field, isDescending });
    else
      grid.current.applyColumnState({
        state: [{ colId: column, sort: isDescending ? 'desc' : 'asc' }],
        defaultState: { sort: null },
      });
  }, [field, isDescending, columns, controller]);

  return <div ref={host} className="ag-theme-drover market-grid-body" />;
}

const sizes = (density: Density) => ({ rowHeight: ROW_HEIGHT[density], headerHeight: HEADER_HEIGHT[density] });

function sortOf(api: GridApi<Slot>): RowSort {
  const sorted = api.getColumnState().find(({ sort }) => sort);
  const column = sorted && marketColumn(sorted.colId);
  return column
    ? { field: column.field, isDescending: sorted?.sort === 'desc' }
    : { field: 'symbol', isDescending: false };
}

/** The grid counts its header among the rows; what is asked of us is the number of symbols. */
function stateRowCount(host: HTMLElement, count: number): void {
  for (const element of host.querySelectorAll('[aria-rowcount]')) element.setAttribute('aria-rowcount', String(count));
}

function columnDefs(
  { columns, density, sort }: Pick<MarketGridProps, 'columns' | 'density' | 'sort'>,
  controller: GridController,
  mirror: MarketMirror,
): ColDef<Slot>[] {
  return columns
    .flatMap((id) => marketColumn(id) ?? [])
    .map((column) => columnDef(column, controller, mirror, COLUMN_SCALE[density], sort));
}

const SORTING_ORDER: ('asc' | 'desc')[] = ['desc', 'asc'];
const DEFAULT_COLUMN: ColDef<Slot> = {
  sortable: true,
  resizable: true,
  suppressMovable: false,
  comparator: () => 0,
  suppressHeaderMenuButton: true,
};
const SORT_ICONS = {
  sortAscending: sortIcon('M5 2 L8.5 7 L1.5 7 Z'),
  sortDescending: sortIcon('M5 8 L1.5 3 L8.5 3 Z'),
  sortUnSort: '',
};

const FIXED_OPTIONS: GridOptions<Slot> = {
  theme: 'legacy',
  defaultColDef: DEFAULT_COLUMN,
  getRowId: ({ data }) => String(data.slot),
  rowData: [],
  rowBuffer: 4,
  scrollbarWidth: SCROLLBAR_WIDTH,
  // Columns share the width beside it from the start; one that comes later would cover the last figures.
  alwaysShowVerticalScroll: true,
  icons: SORT_ICONS,
  animateRows: false,
  suppressDragLeaveHidesColumns: true,
  suppressMultiSort: true,
  suppressNoRowsOverlay: true,
  suppressColumnVirtualisation: true,
  suppressScrollOnNewData: true,
  sortingOrder: SORTING_ORDER,
  tooltipShowDelay: 500,
};

function sortIcon(path: string): string {
  return `<svg class="sort-mark" viewBox="0 0 10 10" width="8" height="8" aria-hidden="true"><path d="${path}"/></svg>`;
}

function columnDef(
  column: MarketColumn,
  controller: GridController,
  mirror: MarketMirror,
  scale: number,
  sort: RowSort,
): ColDef<Slot> {
  const width = Math.round(column.width * scale);
  const field = MARKET_FIELDS[column.field];
  return {
    colId: column.id,
    headerName: column.label,
    headerTooltip: column.explain,
    minWidth: Math.min(width, 60),
    initialWidth: width,
    flex: width,
    ...(column.id === 'symbol'
      ? { pinned: 'left' as const, flex: 0, lockPosition: 'left' as const, sortingOrder: ['asc', 'desc'] }
      : {}),
    initialSort: sort.field === column.field ? (sort.isDescending ? 'desc' : 'asc') : null,
    ...(column.kind === 'figure'
      ? {
          headerClass:
            column.tail === 'price' ? ['ag-right-aligned-header', 'price-header'] : 'ag-right-aligned-header',
          cellClass: 'figure',
        }
      : { cellClass: column.kind }),
    valueGetter: ({ data }) => {
      const row = data && data.slot < controller.order.length ? (controller.order.rowAt[data.slot] as number) : -1;
      if (row < 0) return null;
      return column.id === 'symbol' ? mirror.names[row] : field(mirror, row);
    },
    cellRenderer: PaintedRenderer,
    cellRendererParams: cellHands(column, controller),
  };
}

/** Hands a cell of AG Grid to the painter for as long as it exists. */
class PaintedRenderer implements ICellRendererComp<Slot> {
  #cell: PaintedCell | undefined;
  #close: CellHands['close'] | undefined;

  init(params: ICellRendererParams<Slot>): void {
    const { open, close } = params as ICellRendererParams<Slot> & CellHands;
    this.#close = close;
    this.#cell = open(params.data?.slot ?? 0);
  }

  getGui(): HTMLElement {
    return (this.#cell as PaintedCell).element;
  }

  /** The painter keeps the cell current; there is nothing to do here. */
  refresh(): boolean {
    return true;
  }

  destroy(): void {
    if (this.#cell) this.#close?.(this.#cell);
  }
}
