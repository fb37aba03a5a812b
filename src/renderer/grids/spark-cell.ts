/** The small line of a grid row: the price over the last minutes. It is drawn anew only when a price was noted down. */
import type { MarketMirror } from '../stores/market-mirror.ts';
import { TRAIL_POINTS, type PriceTrail } from '../stores/price-trail.ts';
import type { PaintedCell } from './market-painter.ts';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = TRAIL_POINTS - 1;
const HEIGHT = 20;
const PAD = 4;
/** Fewer notes than this make a tick, not a line. */
const POINTS_LEAST = 3;
const prices = new Float64Array(TRAIL_POINTS);

export function sparkCell(slot: number, element: HTMLElement, trail: PriceTrail): PaintedCell {
  element.className = 'cell-spark';
  const picture = element.appendChild(document.createElementNS(SVG, 'svg'));
  picture.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('aria-hidden', 'true');
  const line = picture.appendChild(document.createElementNS(SVG, 'path'));
  let shownRow = -1;
  let shownRevision = -1;
  let look = 'cell-spark';
  return {
    slot,
    element,
    paint: (mirror: MarketMirror, row) => {
      if (row === shownRow && trail.revision === shownRevision) return;
      shownRow = row;
      shownRevision = trail.revision;
      const count = mirror.isPast ? 0 : trail.read(row, prices);
      line.setAttribute('d', sparkPath(prices, count));
      const rise = count < 2 ? 0 : (prices[count - 1] as number) - (prices[0] as number);
      const next = `cell-spark${rise > 0 ? ' up' : rise < 0 ? ' down' : ''}`;
      if (next !== look) element.className = look = next;
    },
  };
}

/** The first `count` prices as a path over the whole cell, the newest at the right edge. A price that stands still is a level line. */
export function sparkPath(points: Float64Array, count: number): string {
  if (count < POINTS_LEAST) return '';
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < count; i++) {
    const price = points[i] as number;
    if (price < low) low = price;
    if (price > high) high = price;
  }
  const scale = high > low ? (HEIGHT - 2 * PAD) / (high - low) : 0;
  let path = '';
  for (let i = 0; i < count; i++) {
    const y = scale === 0 ? HEIGHT / 2 : HEIGHT - PAD - ((points[i] as number) - low) * scale;
    path += `${i === 0 ? 'M' : 'L'}${rounded((i / (count - 1)) * WIDTH)} ${rounded(y)}`;
  }
  return path;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
