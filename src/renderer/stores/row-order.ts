/**
 * Which symbol stands in which slot of a grid. Slots are fixed; sorting and filtering only rewrite this map. A few
 * milliseconds at 5,500 rows, so it may run while the market moves.
 */
import { MARKET_FIELDS, type MarketFieldName } from './market-fields.ts';
import type { RowTest } from './market-filter.ts';
import type { MarketMirror } from './market-mirror.ts';

export interface RowSort {
  readonly field: MarketFieldName;
  readonly isDescending: boolean;
}

export interface RowOrder {
  /** rowAt[slot] for slots below `length`. */
  readonly rowAt: Int32Array;
  readonly length: number;
  /** Grows when the map changed. */
  readonly revision: number;
  sort(): RowSort;
  setSort(sort: RowSort): void;
  setFilter(test: RowTest | undefined): void;
  /** Sorts and filters anew. True when any slot changed its symbol or the length changed. */
  arrange(): boolean;
  /** The slot a row stands in, or -1 when the filter hides it. */
  slotOf(row: number): number;
}

/** More names than a mirror takes; with 32 bits of key the product stays below 2^53. */
const RANKS_MOST = 131_072;
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Bits of the nearest float of 32 bits, as a number that rises with the value. */
function orderedBits(value: number): number {
  float[0] = value === 0 ? 0 : value;
  const raw = bits[0] as number;
  return raw >= 0x8000_0000 ? 0xffff_ffff - raw : raw + 0x8000_0000;
}

export function createRowOrder(mirror: MarketMirror, firstSort: RowSort): RowOrder {
  let sort = firstSort;
  let test: RowTest | undefined;
  let rowAt = new Int32Array(0);
  let scratch = new Int32Array(0);
  let slots = new Int32Array(0);
  let keys = new Float64Array(0);
  let packed = new Float64Array(0);
  let rowOfRank = new Int32Array(0);
  let length = 0;
  let revision = 0;

  const reserve = (count: number): void => {
    if (rowAt.length >= count) return;
    const capacity = Math.max(8_192, count * 2);
    const before = rowAt;
    rowAt = new Int32Array(capacity);
    rowAt.set(before);
    scratch = new Int32Array(capacity);
    slots = new Int32Array(capacity).fill(-1);
    keys = new Float64Array(capacity);
    packed = new Float64Array(capacity);
    rowOfRank = new Int32Array(capacity);
  };
  /**
   * Sorts scratch[0..kept) by key, then by name. The key as a float of 32 bits and the place of the name make one whole
   * number, so that numbers are sorted without a comparison of ours; what rounding brought out of order stands side by side
   * and is put right after.
   */
  const sortKept = (kept: number): void => {
    const { nameRanks } = mirror;
    for (let i = 0; i < kept; i++) {
      const row = scratch[i] as number;
      const rank = nameRanks[row] as number;
      rowOfRank[rank] = row;
      packed[i] = orderedBits(keys[row] as number) * RANKS_MOST + rank;
    }
    packed.subarray(0, kept).sort();
    for (let i = 0; i < kept; i++) {
      const row = rowOfRank[(packed[i] as number) % RANKS_MOST] as number;
      const key = keys[row] as number;
      let at = i;
      while (at > 0) {
        const before = scratch[at - 1] as number;
        const beforeKey = keys[before] as number;
        if (beforeKey < key || (beforeKey === key && (nameRanks[before] as number) < (nameRanks[row] as number))) break;
        scratch[at] = before;
        at -= 1;
      }
      scratch[at] = row;
    }
  };

  return {
    get rowAt() {
      return rowAt;
    },
    get length() {
      return length;
    },
    get revision() {
      return revision;
    },
    sort: () => sort,
    setSort: (next) => {
      sort = next;
    },
    setFilter: (next) => {
      test = next;
    },
    arrange: () => {
      const { count } = mirror;
      reserve(count);
      let kept = 0;
      for (let row = 0; row < count; row++) if (!test || test(mirror, row)) scratch[kept++] = row;
      const field = MARKET_FIELDS[sort.field];
      const sign = sort.isDescending ? -1 : 1;
      // What is not known goes last in both directions.
      for (let i = 0; i < kept; i++) {
        const row = scratch[i] as number;
        const value = field(mirror, row);
        keys[row] = Number.isNaN(value) ? Infinity : value * sign;
      }
      sortKept(kept);
      let isChanged = kept !== length;
      slots.fill(-1);
      for (let slot = 0; slot < kept; slot++) {
        const row = scratch[slot] as number;
        if (rowAt[slot] !== row) isChanged = true;
        rowAt[slot] = row;
        slots[row] = slot;
      }
      length = kept;
      if (isChanged) revision += 1;
      return isChanged;
    },
    slotOf: (row) => slots[row] ?? -1,
  };
}
