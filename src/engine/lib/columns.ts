/**
 * Named typed-array columns laid out in one buffer. With a SharedArrayBuffer another thread of the same process
 * can read the columns without asking, which is how windows see the market without costing the kernel anything.
 */
export type ColumnType = 'f64' | 'f32' | 'i32' | 'u32' | 'u16' | 'u8';
export type ColumnSpec = Readonly<Record<string, ColumnType>>;

interface ArrayOf {
  f64: Float64Array;
  f32: Float32Array;
  i32: Int32Array;
  u32: Uint32Array;
  u16: Uint16Array;
  u8: Uint8Array;
}
export type ColumnsOf<S extends ColumnSpec> = { readonly [K in keyof S]: ArrayOf[S[K]] };

const WIDTH: Record<ColumnType, number> = { f64: 8, f32: 4, i32: 4, u32: 4, u16: 2, u8: 1 };

const CACHE_LINE = 64;

/**
 * Bytes from one column's start to the next: whole cache lines and one more. With power-of-two rows the same row of every
 * column would otherwise fall into the same set of the processor's caches, and a row of many columns would evict itself.
 */
function columnStride(type: ColumnType, rows: number): number {
  return Math.ceil((WIDTH[type] * rows) / CACHE_LINE) * CACHE_LINE + CACHE_LINE;
}

/** Bytes needed for `rows` rows of `spec`; every column starts on an 8-byte boundary. */
export function columnsByteLength(spec: ColumnSpec, rows: number): number {
  let bytes = 0;
  for (const type of Object.values(spec)) bytes += columnStride(type, rows);
  return bytes;
}

/**
 * One small set of columns per spec, kept for good: compiled code relies on the shape of such objects and is thrown away when
 * the last of them dies, which would slow down whoever makes the next one.
 */
const SHAPES = new WeakMap<ColumnSpec, unknown>();

/** Lays `spec` out over `buffer` (made when absent) from byte `start` on. The order of the keys is the order in memory. */
export function createColumns<S extends ColumnSpec>(
  spec: S,
  rows: number,
  buffer: ArrayBuffer | SharedArrayBuffer = new ArrayBuffer(columnsByteLength(spec, rows)),
  start = 0,
): ColumnsOf<S> {
  const columns: Record<string, unknown> = {};
  let offset = start;
  for (const [name, type] of Object.entries(spec)) {
    columns[name] = view(type, buffer, offset, rows);
    offset += columnStride(type, rows);
  }
  // An object filled by computed names becomes a hash table in V8, an order of magnitude slower to read on hot paths; its
  // copy has a shape.
  const shaped = Object.freeze({ ...columns }) as ColumnsOf<S>;
  if (!SHAPES.has(spec)) SHAPES.set(spec, rows <= 1 ? shaped : createColumns(spec, 1));
  return shaped;
}

function view(type: ColumnType, buffer: ArrayBuffer | SharedArrayBuffer, offset: number, rows: number): unknown {
  switch (type) {
    case 'f64':
      return new Float64Array(buffer, offset, rows);
    case 'f32':
      return new Float32Array(buffer, offset, rows);
    case 'i32':
      return new Int32Array(buffer, offset, rows);
    case 'u32':
      return new Uint32Array(buffer, offset, rows);
    case 'u16':
      return new Uint16Array(buffer, offset, rows);
    case 'u8':
      return new Uint8Array(buffer, offset, rows);
  }
}

/** What the C library keeps before a large block: it begins this many bytes into a page. */
const BLOCK_HEADER = 16;

/**
 * `count` zeros that begin on a cache line where large blocks are laid out as usual, so that rows of whole cache lines take no
 * more lines than they have to. Where they are not, it is as fast as any other array.
 */
export function alignedNumbers(count: number): Float64Array {
  return new Float64Array(new ArrayBuffer(count * 8 + CACHE_LINE), CACHE_LINE - BLOCK_HEADER, count);
}
