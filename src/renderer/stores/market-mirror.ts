/**
 * The window's copy of the market: one typed array a column, one row a symbol. Written by frames from the engine, read by
 * whatever paints. Nothing here is React state; readers compare `versions`.
 */
import { ROW_COLUMN_NAMES, ROW_COLUMNS, type RowColumn, type RowsFrame } from '#protocol';

type MirrorArray = Float64Array | Float32Array | Uint32Array;
export type MirrorColumns = { [K in RowColumn]: MirrorArray };

export interface MarketMirror {
  readonly columns: Readonly<MirrorColumns>;
  /** Grows by one with each change of the row; 0 means nothing arrived yet. */
  readonly versions: Uint32Array;
  /** Position of each row's name in alphabetical order (by code units). */
  readonly nameRanks: Uint32Array;
  readonly names: readonly string[];
  /** Rows that have a name. */
  readonly count: number;
  readonly isPast: boolean;
  /** Market time of the newest frame, epoch microseconds. */
  readonly atUs: number;
  /** Grows with each applied frame, change of names or reset. */
  readonly revision: number;
  /** Grows when names come or go. */
  readonly namesRevision: number;
  rowOf(name: string): number | undefined;
  applyNames(first: number, names: readonly string[]): void;
  applyRows(frame: RowsFrame): void;
  reset(): void;
}

const CAPACITY_FIRST = 8_192;
/** More rows than any market has; a frame that names a higher row is damaged. */
const CAPACITY_MAX = 131_072;

export function createMarketMirror(): MarketMirror {
  let capacity = CAPACITY_FIRST;
  let columns = allocate(capacity);
  let versions = new Uint32Array(capacity);
  let nameRanks = new Uint32Array(capacity);
  const names: string[] = [];
  const rowByName = new Map<string, number>();
  let isPast = false;
  let atUs = 0;
  let revision = 0;
  let namesRevision = 0;

  const reserve = (count: number): boolean => {
    if (count > CAPACITY_MAX) return false;
    if (count <= capacity) return true;
    while (capacity < count) capacity *= 2;
    const larger = allocate(capacity);
    for (const name of ROW_COLUMN_NAMES) larger[name].set(columns[name]);
    columns = larger;
    versions = grown(versions, capacity);
    nameRanks = grown(nameRanks, capacity);
    return true;
  };
  const rank = (): void => {
    const order = names.map((_, row) => row).toSorted((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1));
    for (let i = 0; i < order.length; i++) nameRanks[order[i] as number] = i;
  };

  return {
    get columns() {
      return columns;
    },
    get versions() {
      return versions;
    },
    get nameRanks() {
      return nameRanks;
    },
    names,
    get count() {
      return names.length;
    },
    get isPast() {
      return isPast;
    },
    get atUs() {
      return atUs;
    },
    get revision() {
      return revision;
    },
    get namesRevision() {
      return namesRevision;
    },
    rowOf: (name) => rowByName.get(name),
    applyNames: (first, more) => {
      if (!reserve(first + more.length)) return;
      for (let i = 0; i < more.length; i++) {
        names[first + i] = more[i] as string;
        rowByName.set(more[i] as string, first + i);
      }
      rank();
      revision += 1;
      namesRevision += 1;
    },
    applyRows: (frame) => {
      const { rows } = frame;
      let highest = -1;
      for (let i = 0; i < rows.length; i++) if ((rows[i] as number) > highest) highest = rows[i] as number;
      if (!reserve(highest + 1)) return;
      if (frame.snapshot) clear(columns, versions);
      for (const name of ROW_COLUMN_NAMES) {
        const from = frame.columns[name];
        const into = columns[name];
        for (let i = 0; i < rows.length; i++) into[rows[i] as number] = from[i] as number;
      }
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as number;
        versions[row] = (versions[row] as number) + 1;
      }
      isPast = frame.past;
      atUs = frame.atUs;
      revision += 1;
    },
    reset: () => {
      names.length = 0;
      rowByName.clear();
      clear(columns, versions);
      versions.fill(0);
      isPast = false;
      revision += 1;
      namesRevision += 1;
    },
  };
}

function allocate(capacity: number): MirrorColumns {
  const columns: Partial<MirrorColumns> = {};
  for (const name of ROW_COLUMN_NAMES) {
    const type = ROW_COLUMNS[name];
    columns[name] =
      type === 'f64'
        ? new Float64Array(capacity)
        : type === 'f32'
          ? new Float32Array(capacity)
          : new Uint32Array(capacity);
  }
  return columns as MirrorColumns;
}

/** Empties every row; versions move on so that painters see the change. */
function clear(columns: MirrorColumns, versions: Uint32Array): void {
  for (const name of ROW_COLUMN_NAMES) columns[name].fill(0);
  for (let row = 0; row < versions.length; row++)
    if (versions[row] !== 0) versions[row] = (versions[row] as number) + 1;
}

function grown(array: Uint32Array<ArrayBuffer>, capacity: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(capacity);
  larger.set(array);
  return larger;
}
