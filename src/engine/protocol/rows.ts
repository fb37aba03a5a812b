/**
 * Binary frames of changed market rows.
 *
 * type u8, flags u8 (1 = snapshot: forget what you have; 2 = past: the scrubbed market, not the live one), reserved u16,
 * frame u32, rows u32, reserved u32, atUs f64, epoch u32, reserved u32, then the row numbers (u32 each, padded to 8),
 * then one column after another in the order of ROW_COLUMNS, each padded to 8. Little endian. Rows nobody changed are absent.
 */
import { FrameType } from './frames.ts';

export const ROW_COLUMNS = {
  last: 'f64',
  previousClose: 'f64',
  bid: 'f64',
  ask: 'f64',
  bidSize: 'f32',
  askSize: 'f32',
  volume: 'f64',
  vwap: 'f64',
  dayOpen: 'f64',
  dayHigh: 'f64',
  dayLow: 'f64',
  trades: 'u32',
  tickRate: 'f32',
  relativeVolume: 'f32',
  /** Spread as a multiple of its own typical. */
  spreadRatio: 'f32',
  volatility: 'f32',
  lastTimeUs: 'f64',
  luldLow: 'f64',
  luldHigh: 'f64',
  /** ROW_FLAGS. */
  flags: 'u32',
} as const;

export type RowColumn = keyof typeof ROW_COLUMNS;
export const ROW_COLUMN_NAMES = Object.keys(ROW_COLUMNS) as readonly RowColumn[];

/** Bits 0-2 hold the session phase (closed 0, pre 1, regular 2, post 3, overnight 4). */
export const ROW_FLAGS = {
  phaseMask: 7,
  halted: 8,
  luldPause: 16,
  ssr: 32,
  blind: 64,
  held: 128,
  crossed: 256,
  locked: 512,
  up: 1024,
  down: 2048,
  working: 4096,
} as const;

export const ROWS_FLAG_SNAPSHOT = 1;
export const ROWS_FLAG_PAST = 2;
const HEADER_BYTES = 32;

type WireArray = Float64Array | Float32Array | Uint32Array;
export type RowColumns = { readonly [K in RowColumn]: WireArray };

export interface RowsFrame {
  readonly snapshot: boolean;
  readonly past: boolean;
  readonly frame: number;
  readonly epoch: number;
  readonly atUs: number;
  readonly rows: Uint32Array;
  readonly columns: RowColumns;
}

const padded = (bytes: number): number => (bytes + 7) & ~7;
const width = (type: 'f64' | 'f32' | 'u32'): number => (type === 'f64' ? 8 : 4);

/** Bytes of a frame of `count` rows. */
export function rowsFrameBytes(count: number): number {
  let bytes = HEADER_BYTES + padded(count * 4);
  for (const name of ROW_COLUMN_NAMES) bytes += padded(count * width(ROW_COLUMNS[name]));
  return bytes;
}

/** A frame to be filled: the columns are views into `bytes`. */
export function createRowsFrame(
  count: number,
  head: {
    readonly snapshot: boolean;
    readonly past: boolean;
    readonly frame: number;
    readonly epoch: number;
    readonly atUs: number;
  },
): { readonly bytes: Uint8Array; readonly rows: Uint32Array; readonly columns: RowColumns } {
  const bytes = new Uint8Array(rowsFrameBytes(count));
  const data = new DataView(bytes.buffer);
  bytes[0] = FrameType.rows;
  bytes[1] = (head.snapshot ? ROWS_FLAG_SNAPSHOT : 0) | (head.past ? ROWS_FLAG_PAST : 0);
  data.setUint32(4, head.frame, true);
  data.setUint32(8, count, true);
  data.setFloat64(16, head.atUs, true);
  data.setUint32(24, head.epoch, true);
  const views = layout(bytes, count);
  return { bytes, ...views };
}

/** Reads a frame, copying only when its bytes are not aligned to 8. Undefined when it is not a whole rows frame. */
export function readRowsFrame(frame: Uint8Array): RowsFrame | undefined {
  if (frame.length < HEADER_BYTES || frame[0] !== FrameType.rows) return undefined;
  const bytes = frame.byteOffset % 8 === 0 ? frame : frame.slice();
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = data.getUint32(8, true);
  if (rowsFrameBytes(count) !== bytes.length) return undefined;
  const flags = bytes[1] as number;
  return {
    snapshot: (flags & ROWS_FLAG_SNAPSHOT) !== 0,
    past: (flags & ROWS_FLAG_PAST) !== 0,
    frame: data.getUint32(4, true),
    epoch: data.getUint32(24, true),
    atUs: data.getFloat64(16, true),
    ...layout(bytes, count),
  };
}

function layout(bytes: Uint8Array, count: number): { rows: Uint32Array; columns: RowColumns } {
  let at = bytes.byteOffset + HEADER_BYTES;
  const rows = new Uint32Array(bytes.buffer, at, count);
  at += padded(count * 4);
  const columns: Partial<Record<RowColumn, WireArray>> = {};
  for (const name of ROW_COLUMN_NAMES) {
    const type = ROW_COLUMNS[name];
    columns[name] =
      type === 'f64'
        ? new Float64Array(bytes.buffer, at, count)
        : type === 'f32'
          ? new Float32Array(bytes.buffer, at, count)
          : new Uint32Array(bytes.buffer, at, count);
    at += padded(count * width(type));
  }
  return { rows, columns: columns as RowColumns };
}
