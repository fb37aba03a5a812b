/**
 * Drives one market grid: slots to AG Grid, symbols to slots, figures to cells. Sorting and filtering rewrite the order,
 * never the rows; the cursor and keyboard focus belong to a symbol and move with it.
 */
import type { CellFocusedEvent, CellPosition, GridApi, NavigateToNextCellParams } from 'ag-grid-community';
import { isChartDragged } from '../../charts/hands-on-chart.ts';
import { createMarketPainter, type MarketPainter } from '../../grids/market-painter.ts';
import type { MarketStore } from '../../stores/market-store.ts';
import type { RowTest } from '../../stores/market-filter.ts';
import type { DroverPerf } from '../../stores/perf.ts';
import { createPriceTrail, type PriceTrail } from '../../stores/price-trail.ts';
import { createRowOrder, type RowOrder, type RowSort } from '../../stores/row-order.ts';

export interface Slot {
  readonly slot: number;
}

/** While the market moves, rows change places at most this often; a trader must be able to read them. */
const ARRANGE_EVERY_MS = 1_000;

/** Rows painted in one refresh while a chart is dragged; every row still has its turn within half a second. */
const ROWS_BESIDE_DRAG = 8;

/** Share of the rows whose slow figures are written in one refresh, and the time in which every row has its turn at the latest. */
const SLOW_SHARE = 0.25;
const SLOW_WITHIN_MS = 2_000;

export interface GridController {
  readonly order: RowOrder;
  readonly painter: MarketPainter;
  readonly trail: PriceTrail;
  attach(api: GridApi<Slot>): void;
  detach(): void;
  setSort(sort: RowSort): void;
  setFilter(test: RowTest | undefined): void;
  /** Puts the cursor on a symbol and brings it into view. False when the filter hides it or it is unknown. */
  jump(symbol: string, isFocusing: boolean): boolean;
  /** Moves focus from wherever it is to the cursor's symbol and on by `delta` rows. */
  step(delta: number): void;
  onCellFocused(event: CellFocusedEvent<Slot>): void;
  nextCell(params: NavigateToNextCellParams<Slot>): CellPosition | null;
  cursorSymbol(): string | undefined;
  /** Column of the cell that has the focus. */
  focusedColumn(): string | undefined;
  /** Called when the number of rows shown or known changed. */
  onCount(listener: (shown: number, known: number) => void): void;
}

export function createGridController(
  market: MarketStore,
  perf: DroverPerf,
  options: { readonly sort: RowSort; readonly onCursor: (symbol: string) => void },
): GridController {
  const { mirror } = market;
  const order = createRowOrder(mirror, options.sort);
  const trail = createPriceTrail(mirror);
  const painter = createMarketPainter(mirror, order, trail, (work) => void requestAnimationFrame(work));
  let api: GridApi<Slot> | undefined;
  let leave: (() => void) | undefined;
  let slots = 0;
  let cursor = -1;
  let namesRevision = -1;
  let arrangedMs = 0;
  let paintedMs = 0;
  let wasPast = false;
  let isMovingFocus = false;
  let tellCount: (shown: number, known: number) => void = () => undefined;

  const syncSlots = (): void => {
    if (!api || slots === order.length) return;
    if (slots === 0) {
      api.setGridOption(
        'rowData',
        Array.from({ length: order.length }, (_, slot) => ({ slot })),
      );
    } else if (order.length > slots) {
      api.applyTransaction({ add: Array.from({ length: order.length - slots }, (_, i) => ({ slot: slots + i })) });
    } else {
      api.applyTransaction({
        remove: Array.from({ length: slots - order.length }, (_, i) => ({ slot: order.length + i })),
      });
    }
    slots = order.length;
  };
  /** The focused cell stays on its symbol. Focus is taken along only when it is in the grid: typing elsewhere goes on. */
  const followCursor = (): void => {
    const focused = api?.getFocusedCell();
    if (!api || !focused || cursor < 0) return;
    const slot = order.slotOf(cursor);
    if (slot === focused.rowIndex) return;
    const isInGrid = document.activeElement?.closest('.ag-cell') !== null && document.activeElement !== document.body;
    isMovingFocus = true;
    if (slot < 0 || !isInGrid) api.clearFocusedCell();
    else api.setFocusedCell(slot, focused.column);
    isMovingFocus = false;
  };
  const arrange = (): void => {
    const startedMs = performance.now();
    arrangedMs = startedMs;
    const before = order.length;
    if (order.arrange()) {
      syncSlots();
      followCursor();
    }
    if (before !== order.length || namesRevision !== mirror.namesRevision) tellCount(order.length, mirror.count);
    namesRevision = mirror.namesRevision;
    perf.recordArrange(performance.now() - startedMs);
  };
  const refresh = (): void => {
    const startedMs = performance.now();
    trail.note(startedMs);
    if (namesRevision !== mirror.namesRevision) {
      if (mirror.count === 0) setCursor(-1);
      arrange();
    } else if (!isChartDragged() && startedMs - arrangedMs >= ARRANGE_EVERY_MS) arrange();
    // Figures of then and of now do not stand side by side.
    const isWhole = mirror.isPast || wasPast;
    const slowShare = isWhole ? 1 : Math.max(SLOW_SHARE, (startedMs - paintedMs) / SLOW_WITHIN_MS);
    paintedMs = startedMs;
    wasPast = mirror.isPast;
    perf.recordPaint(painter.paint(isChartDragged() ? ROWS_BESIDE_DRAG : undefined, slowShare));
  };
  const setCursor = (row: number): void => {
    cursor = row;
    painter.setCursor(row);
    if (row >= 0) options.onCursor(mirror.names[row] as string);
  };
  const rearrangeNow = (): void => {
    arrange();
    painter.paint();
  };

  const goTo = (slot: number, isFocusing: boolean): void => {
    if (!api || slot < 0 || slot >= order.length) return;
    setCursor(order.rowAt[slot] as number);
    const column = api.getFocusedCell()?.column ?? api.getAllDisplayedColumns()[0];
    api.ensureIndexVisible(slot, null);
    if (!isFocusing || !column) return;
    isMovingFocus = true;
    api.setFocusedCell(slot, column);
    isMovingFocus = false;
  };

  return {
    order,
    painter,
    trail,
    attach: (gridApi) => {
      api = gridApi;
      leave = market.follow(refresh);
      namesRevision = -1;
      refresh();
    },
    detach: () => {
      leave?.();
      leave = undefined;
      api = undefined;
      slots = 0;
    },
    setSort: (sort) => {
      order.setSort(sort);
      rearrangeNow();
    },
    setFilter: (test) => {
      order.setFilter(test);
      rearrangeNow();
      if (order.length > 0) api?.ensureIndexVisible(0, 'top');
    },
    jump: (symbol, isFocusing) => {
      const row = mirror.rowOf(symbol);
      const slot = row === undefined ? -1 : order.slotOf(row);
      goTo(slot, isFocusing);
      return slot >= 0;
    },
    step: (delta) =>
      goTo(Math.min(order.length - 1, Math.max(0, (cursor < 0 ? -1 : order.slotOf(cursor)) + delta)), true),
    onCellFocused: (event) => {
      if (isMovingFocus || event.rowIndex === null || event.rowIndex >= order.length) return;
      setCursor(order.rowAt[event.rowIndex] as number);
    },
    nextCell: ({ previousCellPosition, nextCellPosition }) => {
      const slot = cursor < 0 ? -1 : order.slotOf(cursor);
      if (slot < 0 || slot === previousCellPosition.rowIndex) return nextCellPosition;
      const delta = (nextCellPosition ?? previousCellPosition).rowIndex - previousCellPosition.rowIndex;
      const rowIndex = Math.min(order.length - 1, Math.max(0, slot + delta));
      return { ...(nextCellPosition ?? previousCellPosition), rowIndex };
    },
    cursorSymbol: () => (cursor < 0 ? undefined : mirror.names[cursor]),
    focusedColumn: () => api?.getFocusedCell()?.column.getColId(),
    onCount: (listener) => {
      tellCount = listener;
      listener(order.length, mirror.count);
    },
  };
}
