/** The market view in a checkpoint: the rows in use of every column, the private rows, the rings, and a few scalars. */
import { assert } from '../lib/assert.ts';
import type { CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import type { MarketView } from './market-view.ts';
import { ROW_STRIDE } from './row-state.ts';
import type { MarketTotals } from './view-types.ts';

const VERSION = 1;
const HEAD = 24;
const TOTALS_AT = 12;
const TOTALS = [
  'trades',
  'quotes',
  'lulds',
  'duplicates',
  'late',
  'refused',
  'unknownConditions',
] as const satisfies readonly (keyof MarketTotals)[];

type Numbers = Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

export function saveView(view: MarketView, writer: CheckpointWriter): void {
  const size = view.size;
  const head = new Float64Array(HEAD);
  head.set([
    VERSION,
    size,
    view.recentTrades.depth,
    view.dayIndex,
    view.dayStartUs,
    view.dayEndUs,
    view.isGapOpen ? 1 : 0,
    view.eventUs,
    view.nowUs,
    view.sweptUs,
    view.sweptPhase,
    // Rows never seen share one state: blind while a gap is open and, after one, until their first quote.
    view.blindBits[size] ?? 0,
  ]);
  for (const [i, name] of TOTALS.entries()) head[TOTALS_AT + i] = view.totals[name];
  writer.section('market/head', bytesOf(head, HEAD));
  for (const [name, column] of Object.entries(view.columns) as [string, Numbers][])
    writer.section(`market/column/${name}`, bytesOf(column, size));
  writer.section('market/rows', bytesOf(view.rows, size * ROW_STRIDE));
  writer.section('market/blind', bytesOf(view.blindBits, size));
  for (const [name, ring] of rings(view)) {
    writer.section(`market/${name}`, bytesOf(ring, (ring.length / view.capacity) * size));
  }
}

/** Sections that are missing (a column added since) leave what a fresh view has. */
export function restoreView(view: MarketView, reader: CheckpointReader): void {
  const bytes = reader.section('market/head');
  if (bytes === undefined) return;
  const head = new Float64Array(HEAD);
  readInto(head, bytes);
  assert(head[0] === VERSION, 'the checkpoint container refuses versions it does not know');
  const size = head[1] as number;
  assert(
    size <= view.capacity && size <= view.symbols.size,
    'symbols are restored before the view, with room for all of them',
  );
  view.dayIndex = head[3] as number;
  view.dayStartUs = head[4] as number;
  view.dayEndUs = head[5] as number;
  view.isGapOpen = head[6] === 1;
  view.eventUs = head[7] as number;
  view.nowUs = head[8] as number;
  view.sweptUs = head[9] as number;
  view.sweptPhase = head[10] as number;
  for (const [i, name] of TOTALS.entries()) view.totals[name] = head[TOTALS_AT + i] as number;
  for (const [name, column] of Object.entries(view.columns) as [string, Numbers][])
    readInto(column, reader.section(`market/column/${name}`));
  readInto(view.rows, reader.section('market/rows'));
  readInto(view.blindBits, reader.section('market/blind'));
  const unseen = head[11] as number;
  view.blindBits.fill(unseen, size);
  view.columns.isBlind.fill(unseen === 0 ? 0 : 1, size);
  if (head[2] !== view.recentTrades.depth) return;
  for (const [name, ring] of rings(view)) readInto(ring, reader.section(`market/${name}`));
}

function rings(view: MarketView): readonly (readonly [string, Float64Array])[] {
  return [
    ['recent-trades', view.recentTrades.data],
    ['recent-quotes', view.recentQuotes.data],
  ];
}

function bytesOf(column: Numbers, length: number): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, length * column.BYTES_PER_ELEMENT);
}

function readInto(column: Numbers, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) return;
  assert(bytes.length <= column.byteLength, 'a section never holds more rows than the column');
  new Uint8Array(column.buffer, column.byteOffset, bytes.length).set(bytes);
}
