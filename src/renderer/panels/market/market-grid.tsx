/** AG Grid over fixed slots. It scrolls, sizes columns, takes the keyboard and speaks to screen readers; figures are ours. */
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
  type GridApi,
  type ICellRendererComp,
  type ICellRendererParams,
  type SortChangedEvent,
} from 'ag-grid-community';
import 'ag-grid-community/styles/ag-grid.css';
import { AgGridReact } from 'ag-grid-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { COLUMN_SCALE, marketColumn, SCROLLBAR_WIDTH, type MarketColumn } from '../../grids/market-columns.ts';
import { createPaintedCell, type PaintedCell } from '../../grids/market-painter.ts';
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
  const api = useRef<GridApi<Slot> | null>(null);
  const host = useRef<HTMLDivElement>(null);
  const scale = COLUMN_SCALE[density];
  // The sort is AG Grid's to show and change; later changes come from it, so the first one is enough.
  const [firstSort] = useState(props.sort);
  const columnDefs = useMemo(
    () =>
      columns
        .flatMap((id) => marketColumn(id) ?? [])
        .map((column) => columnDef(column, controller, mirror, scale, firstSort)),
    [columns, controller, mirror, scale, firstSort],
  );

  useEffect(() => () => controller.detach(), [controller]);
  useEffect(() => {
    api.current?.resetRowHeights();
  }, [density]);

  const onSortChanged = ({ api: gridApi }: SortChangedEvent<Slot>): void => {
    const sorted = gridApi.getColumnState().find(({ sort }) => sort);
    const column = sorted && marketColumn(sorted.colId);
    const sort: RowSort = column
      ? { field: column.field, isDescending: sorted?.sort === 'desc' }
      : { field: 'symbol', isDescending: false };
    controller.setSort(sort);
    props.onSort(sort);
  };
  /** The grid counts its header among the rows; what is asked of us is the number of symbols. */
  const stateRowCount = (): void => {
    for (const element of host.current?.querySelectorAll('[aria-rowcount]') ?? [])
      element.setAttribute('aria-rowcount', String(controller.order.length));
  };

  return (
    <div ref={host} className="ag-theme-drover market-grid-body">
      <AgGridReact<Slot>
        theme="legacy"
        columnDefs={columnDefs}
        defaultColDef={DEFAULT_COLUMN}
        getRowId={({ data }) => String(data.slot)}
        rowHeight={ROW_HEIGHT[density]}
        headerHeight={HEADER_HEIGHT[density]}
        rowBuffer={4}
        scrollbarWidth={SCROLLBAR_WIDTH}
        icons={SORT_ICONS}
        animateRows={false}
        suppressCellFocus={false}
        suppressDragLeaveHidesColumns
        suppressMultiSort
        suppressNoRowsOverlay
        suppressColumnVirtualisation
        suppressScrollOnNewData
        sortingOrder={SORTING_ORDER}
        tooltipShowDelay={500}
        navigateToNextCell={(params) => controller.nextCell(params)}
        onGridReady={(event) => {
          api.current = event.api;
          controller.attach(event.api);
        }}
        onSortChanged={onSortChanged}
        onCellFocused={(event) => controller.onCellFocused(event)}
        onModelUpdated={stateRowCount}
        onColumnMoved={(event) => {
          if (event.finished && event.source === 'uiColumnMoved')
            props.onColumnsMoved(event.api.getAllDisplayedColumns().map((column) => column.getColId()));
        }}
      />
    </div>
  );
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
    cellRendererParams: { shownColumn: column, controller },
  };
}

interface PaintedParams extends ICellRendererParams<Slot> {
  readonly shownColumn: MarketColumn;
  readonly controller: GridController;
}

/** Hands a cell of AG Grid to the painter for as long as it exists. */
class PaintedRenderer implements ICellRendererComp<Slot> {
  #cell: PaintedCell | undefined;
  #controller: GridController | undefined;

  init(params: ICellRendererParams<Slot>): void {
    const { shownColumn, controller } = params as PaintedParams;
    this.#controller = controller;
    this.#cell = createPaintedCell(params.data?.slot ?? 0, shownColumn);
    controller.painter.add(this.#cell);
  }

  getGui(): HTMLElement {
    return (this.#cell as PaintedCell).element;
  }

  /** The painter keeps the cell current; there is nothing to do here. */
  refresh(): boolean {
    return true;
  }

  destroy(): void {
    if (this.#cell) this.#controller?.painter.remove(this.#cell);
  }
}
