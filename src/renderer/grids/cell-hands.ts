/**
 * What a cell of AG Grid is handed to be painted by us. Functions and nothing else: AG Grid copies plain objects among the
 * parameters of a cell, and a copy of something that lives keeps the values it had at that moment for ever.
 */
import type { PriceTrail } from '../stores/price-trail.ts';
import type { MarketColumn } from './market-columns.ts';
import { createPaintedCell, type MarketPainter, type PaintedCell } from './market-painter.ts';

export interface CellHands {
  /** The cell for a slot, kept current until it is closed. */
  readonly open: (slot: number) => PaintedCell;
  readonly close: (cell: PaintedCell) => void;
}

export function cellHands(
  column: MarketColumn,
  grid: { readonly painter: MarketPainter; readonly trail: PriceTrail },
): CellHands {
  return {
    open: (slot) => {
      const cell = createPaintedCell(slot, column, grid.trail);
      // A symbol can be dragged onto a watch list.
      if (column.kind === 'symbol') cell.element.draggable = true;
      grid.painter.add(cell);
      return cell;
    },
    close: (cell) => grid.painter.remove(cell),
  };
}
