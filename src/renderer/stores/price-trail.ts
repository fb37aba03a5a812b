/**
 * Where each price came from in the last minutes, for the small lines of the market grid: the last price of every row, noted
 * down every few seconds for as long as this window looks. One typed array, whatever the number of rows.
 */
import type { MarketMirror } from './market-mirror.ts';

export const TRAIL_POINTS = 60;
export const TRAIL_EVERY_MS = 5_000;

export interface PriceTrail {
  /** Grows with each note. */
  readonly revision: number;
  /** Notes so far, at most TRAIL_POINTS. */
  readonly length: number;
  /** Notes the prices down when it is time. */
  note(nowMs: number): void;
  /** Copies the row's prices into `into`, oldest first, leaving out those before it had one. Says how many. */
  read(row: number, into: Float64Array): number;
}

export function createPriceTrail(mirror: MarketMirror): PriceTrail {
  let points = new Float32Array(0);
  let capacity = 0;
  let length = 0;
  let at = 0;
  let notedMs = Number.NEGATIVE_INFINITY;
  let revision = 0;
  const forget = (): void => {
    capacity = mirror.columns.last.length;
    points = new Float32Array(capacity * TRAIL_POINTS);
    length = 0;
    at = 0;
    notedMs = Number.NEGATIVE_INFINITY;
  };
  return {
    get revision() {
      return revision;
    },
    get length() {
      return length;
    },
    note: (nowMs) => {
      // Other names mean other rows: an engine began anew.
      if (mirror.columns.last.length !== capacity || (mirror.count === 0 && length > 0)) forget();
      if (mirror.isPast || mirror.count === 0 || nowMs - notedMs < TRAIL_EVERY_MS) return;
      notedMs = nowMs;
      points.set((mirror.columns.last as Float64Array).subarray(0, capacity), at * capacity);
      at = (at + 1) % TRAIL_POINTS;
      length = Math.min(TRAIL_POINTS, length + 1);
      revision += 1;
    },
    read: (row, into) => {
      let count = 0;
      for (let n = 0; n < length; n++) {
        const price = points[((at - length + n + TRAIL_POINTS) % TRAIL_POINTS) * capacity + row] as number;
        if (price > 0) into[count++] = price;
      }
      return count;
    },
  };
}
