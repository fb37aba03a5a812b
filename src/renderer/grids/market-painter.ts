/**
 * Paints figures straight into the cells that are on screen. AG Grid keeps the slots, columns, keyboard and roles; asking
 * it to refresh thousands of cells ten times a second would cost more than a display frame, so it is not asked: a cell
 * registers here when it appears, and only text that differs is written.
 */
import { ROW_FLAGS } from '#protocol';
import { MARKET_FIELDS } from '../stores/market-fields.ts';
import type { MarketMirror } from '../stores/market-mirror.ts';
import type { RowOrder } from '../stores/row-order.ts';
import type { PriceTrail } from '../stores/price-trail.ts';
import type { MarketColumn } from './market-columns.ts';
import { sparkCell } from './spark-cell.ts';

export interface PaintedCell {
  readonly slot: number;
  readonly element: HTMLElement;
  /** May be written some refreshes later than the prices: see `MarketColumn.isSlow`. */
  readonly isSlow?: boolean;
  /** `isSame`: the slot still shows the symbol it showed; only then does a change fade. */
  paint(mirror: MarketMirror, row: number, isSame: boolean): void;
  /** Takes a fade one step on. True while there is more of it to come; absent where nothing fades. */
  fade?(): boolean;
  /** A fade has begun with the latest painting. */
  isFadeNew?: boolean;
}

interface PaintedRow {
  readonly cells: PaintedCell[];
  row: number;
  version: number;
  /** Version that its slow cells show, and the notes of the price trail they were painted with. */
  slowVersion: number;
  trail: number;
  look: number;
}

export interface MarketPainter {
  add(cell: PaintedCell): void;
  remove(cell: PaintedCell): void;
  /**
   * Writes what changed, `most` rows at the most; the others have their turn next time. `slowShare` is the share of rows whose
   * slow cells are written too; all rows have their turn, and soon after the last call nothing is left over. Returns how many
   * rows were touched.
   */
  paint(most?: number, slowShare?: number): number;
  /** The symbol row that carries the cursor, or -1. */
  setCursor(row: number): void;
  readonly renderedRows: number;
}

/** A fade goes on without new frames from the engine. */
const FADE_STEP_MS = 260;
/** A market that stands still sends nothing more: slow cells that are owed are written after this. */
const OWED_MS = 500;

/** `later` runs work once the grid has put new rows into the document. */
export function createMarketPainter(
  mirror: MarketMirror,
  order: RowOrder,
  trail: PriceTrail,
  later: (work: () => void) => void,
): MarketPainter {
  const rows = new Map<number, PaintedRow>();
  /** Steps of classes and not an animation: hundreds of cells would be styled and painted at every display frame. */
  const fading = new Set<PaintedCell>();
  let fadeTimer: ReturnType<typeof setTimeout> | undefined;
  let owedTimer: ReturnType<typeof setTimeout> | undefined;
  let trailRevision = 0;
  let turn = -1;
  let slowTurn = 0;
  let cursor = -1;
  let isDressing = false;

  const paintRow = (slot: number, painted: PaintedRow, hasSlow: boolean): boolean => {
    const row = slot < order.length ? (order.rowAt[slot] as number) : -1;
    if (row < 0) return false;
    const version = mirror.versions[row] as number;
    const isSame = row === painted.row;
    const isSlowDue =
      !isSame ||
      painted.version < 0 ||
      (hasSlow && (version !== painted.slowVersion || trailRevision !== painted.trail));
    if (isSame && version === painted.version && !isSlowDue) return false;
    painted.row = row;
    painted.version = version;
    if (isSlowDue) {
      painted.slowVersion = version;
      painted.trail = trailRevision;
    }
    for (const cell of painted.cells) {
      if (!isSlowDue && cell.isSlow === true) continue;
      cell.paint(mirror, row, isSame);
      if (cell.isFadeNew === true) fading.add(cell);
    }
    dress(painted, row);
    return true;
  };
  /** Puts the row's state on its element; classes of ours all start with "is-". */
  const dress = (painted: PaintedRow, row: number): void => {
    const flags = mirror.columns.flags[row] as number;
    const look = (flags & DRESSED_FLAGS) | (row === cursor ? CURSOR_BIT : 0) | (isOldPrice(mirror, row) ? OLD_BIT : 0);
    if (look === painted.look) return;
    const element = painted.cells[0]?.element.closest('.ag-row');
    if (!element) return;
    for (const [name, bit] of DRESSES) {
      // A row that has just come may still wear what the one before it in this element wore.
      if (painted.look >= 0 && ((look ^ painted.look) & bit) === 0) continue;
      const isWorn = (look & bit) !== 0;
      if (element.classList.contains(name) !== isWorn) element.classList.toggle(name, isWorn);
    }
    painted.look = look;
  };
  const fade = (): void => {
    fadeTimer = undefined;
    for (const cell of fading) if (cell.fade?.() !== true) fading.delete(cell);
    if (fading.size > 0) fadeTimer = setTimeout(fade, FADE_STEP_MS);
  };
  /** Some of the rows, in turn. */
  const paintSome = (most: number): number => {
    let touched = 0;
    const slots = [...rows.keys()];
    for (let seen = 0; seen < slots.length && touched < most; seen++) {
      turn = (turn + 1) % slots.length;
      const slot = slots[turn] as number;
      if (paintRow(slot, rows.get(slot) as PaintedRow, true)) touched += 1;
    }
    return touched;
  };
  /** All rows, and the slow cells of as many as asked for, in turn. */
  const paintAll = (slowShare: number): number => {
    const most = Math.ceil(rows.size * Math.min(1, slowShare));
    const from = slowTurn;
    let touched = 0;
    let at = 0;
    for (const [slot, painted] of rows) {
      const place = at >= from ? at - from : at - from + rows.size;
      if (paintRow(slot, painted, place < most)) touched += 1;
      at += 1;
    }
    slowTurn = rows.size === 0 ? 0 : (from + most) % rows.size;
    return touched;
  };
  const paint = (most = Number.POSITIVE_INFINITY, slowShare = 1): number => {
    trailRevision = trail.revision;
    const touched = most < rows.size ? paintSome(most) : paintAll(slowShare);
    if (fading.size > 0) fadeTimer ??= setTimeout(fade, FADE_STEP_MS);
    clearTimeout(owedTimer);
    owedTimer = slowShare < 1 ? setTimeout(paint, OWED_MS) : undefined;
    return touched;
  };

  return {
    add: (cell) => {
      let painted = rows.get(cell.slot);
      if (!painted) {
        painted = { cells: [], row: -1, version: -1, slowVersion: -1, trail: -1, look: -1 };
        rows.set(cell.slot, painted);
      }
      painted.cells.push(cell);
      painted.version = -1;
      // New cells have no row element yet, and a market that stands still brings no paint that would find it later.
      painted.look = -1;
      if (!isDressing) {
        isDressing = true;
        later(() => {
          isDressing = false;
          paint();
        });
      }
      const row = cell.slot < order.length ? (order.rowAt[cell.slot] as number) : -1;
      if (row >= 0) cell.paint(mirror, row, false);
    },
    remove: (cell) => {
      fading.delete(cell);
      const painted = rows.get(cell.slot);
      if (!painted) return;
      const at = painted.cells.indexOf(cell);
      if (at >= 0) painted.cells.splice(at, 1);
      if (painted.cells.length === 0) rows.delete(cell.slot);
    },
    paint,
    setCursor: (row) => {
      if (row === cursor) return;
      cursor = row;
      for (const painted of rows.values()) if (painted.row >= 0) dress(painted, painted.row);
    },
    get renderedRows() {
      return rows.size;
    },
  };
}

/** Not of the wire: reckoned here. */
const OLD_BIT = 1 << 30;
const CURSOR_BIT = 1 << 29;
const DRESSES: readonly (readonly [className: string, bit: number])[] = [
  ['is-cursor', CURSOR_BIT],
  ['is-halted', ROW_FLAGS.halted],
  ['is-blind', ROW_FLAGS.blind],
  ['is-held', ROW_FLAGS.held],
  ['is-old', OLD_BIT],
];
const DRESSED_FLAGS = ROW_FLAGS.halted | ROW_FLAGS.blind | ROW_FLAGS.held;
const MARKS: readonly (readonly [flag: number, text: string, look: string])[] = [
  [ROW_FLAGS.luldPause, 'LULD', 'warn'],
  [ROW_FLAGS.halted, 'HALT', 'warn'],
  [ROW_FLAGS.blind, 'BLIND', 'danger'],
  [ROW_FLAGS.held, 'HELD', 'entry'],
  [ROW_FLAGS.working, 'ORDER', 'accent'],
  [OLD_BIT, 'OLD', 'quiet'],
  [ROW_FLAGS.crossed, 'CROSS', 'quiet'],
  [ROW_FLAGS.locked, 'LOCK', 'quiet'],
  [ROW_FLAGS.ssr, 'SSR', 'quiet'],
];

/** Further back than this the last trade was in another session than the market is in now. */
const OLD_AFTER_US = 16 * 3_600_000_000;

/** A price that is not of today's session: what stands there is what was left over. */
export function isOldPrice(mirror: MarketMirror, row: number): boolean {
  const tradedUs = mirror.columns.lastTimeUs[row] as number;
  return tradedUs > 0 && mirror.atUs - tradedUs > OLD_AFTER_US;
}

/** The element and painting of one cell, by the kind of its column. */
export function createPaintedCell(slot: number, column: MarketColumn, trail: PriceTrail): PaintedCell {
  const element = document.createElement('span');
  if (column.kind === 'symbol') return symbolCell(slot, element);
  if (column.kind === 'marks') return marksCell(slot, element);
  const isSlow = column.isSlow === true;
  if (column.kind === 'range') return { ...rangeCell(slot, element), isSlow };
  if (column.kind === 'spark') return { ...sparkCell(slot, element, trail), isSlow };
  return figureCell(slot, element, column);
}

function symbolCell(slot: number, element: HTMLElement): PaintedCell {
  element.className = 'cell-symbol';
  const text = element.appendChild(document.createTextNode(''));
  let shown = '';
  return {
    slot,
    element,
    paint: (mirror, row) => {
      const name = mirror.names[row] ?? '';
      if (name !== shown) text.data = shown = name;
    },
  };
}

function figureCell(slot: number, element: HTMLElement, column: MarketColumn): PaintedCell {
  const field = MARKET_FIELDS[column.field];
  const format = column.text as (value: number) => string;
  const whole = element.appendChild(document.createTextNode(''));
  let tail: Text | undefined;
  if (column.tail === 'compact') {
    const part = element.appendChild(document.createElement('span'));
    part.className = `tail tail-${column.tail}`;
    tail = part.appendChild(document.createTextNode(''));
  }
  let value = Number.NaN;
  let text = '';
  let wholeText = '';
  let tailText = '';
  let look = '';
  let fadeName = '';
  let fadeStep = 0;
  element.className = 'cell-figure';
  const show = (): void => {
    let next = 'cell-figure';
    if (column.isSigned) next += text.startsWith('+') ? ' up' : text.startsWith('\u2212') ? ' down' : '';
    if (column.isHeated) next += heatOf(value);
    if (fadeStep > 0) next += ` ${fadeName}-${fadeStep}`;
    if (next !== look) element.className = look = next;
  };
  const cell: PaintedCell = {
    slot,
    element,
    isSlow: column.isSlow === true,
    isFadeNew: false,
    fade: () => {
      fadeStep = Math.max(0, fadeStep - 1);
      show();
      return fadeStep > 0;
    },
    paint: (mirror, row, isSame) => {
      cell.isFadeNew = false;
      const next = field(mirror, row);
      if (isSame && (next === value || (next !== next && value !== value))) return;
      const nextText = format(next);
      const rise = isSame ? next - value : Number.NaN;
      value = next;
      const isTextNew = nextText !== text;
      if (isTextNew) {
        text = nextText;
        if (!tail) {
          whole.data = pointAligned(nextText, column.tail);
        } else {
          const point = nextText.indexOf('.');
          const nextWhole = point < 0 ? nextText : nextText.slice(0, point);
          const nextTail = point < 0 ? '' : nextText.slice(point);
          if (nextWhole !== wholeText) whole.data = wholeText = nextWhole;
          if (nextTail !== tailText) tail.data = tailText = nextTail;
        }
      }
      if (!isSame) fadeStep = 0;
      else if (column.isFading && isTextNew && rise !== 0 && rise === rise) {
        fadeName = rise > 0 ? 'rose' : 'fell';
        fadeStep = FADE_STEPS;
        cell.isFadeNew = true;
      }
      show();
    },
  };
  return cell;
}

/** Spaces as wide as a digit and as a point. */
const DIGIT_SPACE = '\u2007';
const POINT_SPACE = '\u2008';
const DECIMALS = { price: 4, two: 2, one: 1, compact: 0 } as const;

/** Fills a figure up to the decimals of its column, so that points stand below each other. One text costs a third of two parts. */
export function pointAligned(text: string, tail: MarketColumn['tail']): string {
  if (tail === undefined) return text;
  const point = text.indexOf('.');
  const wanted = DECIMALS[tail];
  if (point < 0) return text + POINT_SPACE + DIGIT_SPACE.repeat(wanted);
  return text + DIGIT_SPACE.repeat(Math.max(0, wanted - (text.length - 1 - point)));
}

/** Classes rose-2, rose-1, then none: half a second, or what trades most would never be seen at rest. */
const FADE_STEPS = 2;
/** Percent of change from which a cell is one step warmer; the sign says which way. */
const HEAT_FROM = [0.5, 1.5, 3, 6, 10] as const;

function heatOf(percent: number): string {
  const size = Math.abs(percent);
  let step = 0;
  while (step < HEAT_FROM.length && size >= (HEAT_FROM[step] as number)) step += 1;
  return step === 0 || Number.isNaN(percent) ? '' : ` heat-${step}`;
}

function rangeCell(slot: number, element: HTMLElement): PaintedCell {
  element.className = 'cell-range';
  const mark = element.appendChild(document.createElement('span'));
  /** Percent, -1 for unknown; -2 before the first painting. */
  let shown = -2;
  return {
    slot,
    element,
    paint: (mirror, row) => {
      const value = MARKET_FIELDS.dayRange(mirror, row);
      // Whole percents: finer steps cannot be seen and would be painted all the same.
      const percent = Number.isNaN(value) ? -1 : Math.round(value * 100);
      if (percent === shown) return;
      if (percent < 0 !== shown < 0 || shown === -2) element.classList.toggle('is-unknown', percent < 0);
      shown = percent;
      mark.style.left = percent < 0 ? '0' : `${percent}%`;
      element.title = percent < 0 ? 'No range yet' : `${percent} % of the way from the day’s low to its high`;
    },
  };
}

function marksCell(slot: number, element: HTMLElement): PaintedCell {
  element.className = 'cell-marks';
  let shown = -1;
  const watched = MARKS.reduce((all, [flag]) => all | flag, 0);
  return {
    slot,
    element,
    paint: (mirror, row) => {
      let flags = (mirror.columns.flags[row] as number) & watched;
      if (isOldPrice(mirror, row)) flags |= OLD_BIT;
      if ((flags & ROW_FLAGS.luldPause) !== 0) flags &= ~ROW_FLAGS.halted;
      if (flags === shown) return;
      shown = flags;
      element.replaceChildren(
        ...MARKS.filter(([flag]) => (flags & flag) !== 0).map(([, text, look]) => {
          const mark = document.createElement('span');
          mark.className = `mark mark-${look}`;
          mark.textContent = text;
          return mark;
        }),
      );
    },
  };
}
