/**
 * Where market rows come from: the live view, or the view of a past instant while the market is scrubbed. Both are columns
 * in shared memory with a version a row; the stream of rows to a window does not know which one it reads.
 */
import type { RowColumns } from '#protocol';
import { ROW_FLAGS } from '#protocol';
import type { ViewColumns } from '../../market/view-columns.ts';
import { HaltState, HALT_REASONS } from '../../market/view-columns.ts';

export interface RowSource {
  readonly isPast: boolean;
  /** Rows that exist; ids are [0, rowCount()). */
  rowCount(): number;
  /** versions[row] changes after each change of the row; 0 means nothing was ever written there. */
  readonly versions: Uint32Array;
  /** Market time of this view. */
  nowUs(): number;
  /** Trades a second of `row` as of nowUs. */
  tickRate(row: number): number;
  /** Writes rows[0..count) into the wire columns. */
  fill(rows: Uint32Array, count: number, into: RowColumns): void;
}

/** ROW_FLAGS.held and ROW_FLAGS.working come from elsewhere than the market: which symbols have a position or an order. */
export type RowMarks = (row: number) => number;

const LULD_REASONS = new Set(HALT_REASONS.map((reason, code) => (reason.startsWith('LUD') ? code : -1)));
const RATE_TIME_CONSTANT_US = 10_000_000;
const QUOTE_CROSSED = 1;
const QUOTE_LOCKED = 2;
const DIRECTION_UP = 1;
const DIRECTION_DOWN = 2;

export function viewRowSource(options: {
  readonly view: ViewColumns;
  readonly rowCount: () => number;
  readonly nowUs: () => number;
  readonly isPast: boolean;
  readonly marks?: RowMarks;
}): RowSource {
  const { view, nowUs } = options;
  const marks = options.marks ?? ((): number => 0);
  const tickRate = (row: number): number =>
    decayedRate(view.tickRate10s[row] as number, view.rateTimeUs[row] as number, nowUs());
  return {
    isPast: options.isPast,
    rowCount: () => Math.min(options.rowCount(), view.version.length),
    versions: view.version,
    nowUs,
    tickRate,
    fill: (rows, count, into) => fillRows(view, rows, count, into, tickRate, marks),
  };
}

/** The kernel updates a rate when something happens; between events it fades by itself. */
function decayedRate(rate: number, atUs: number, nowUs: number): number {
  const silentUs = nowUs - atUs;
  return silentUs > 0 && rate > 0 ? rate * Math.exp(-silentUs / RATE_TIME_CONSTANT_US) : rate;
}

function fillRows(
  view: ViewColumns,
  rows: Uint32Array,
  count: number,
  into: RowColumns,
  tickRate: (row: number) => number,
  marks: RowMarks,
): void {
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    const bid = view.bid[row] as number;
    const ask = view.ask[row] as number;
    const volume = view.volume[row] as number;
    const typical = view.typicalSpread[row] as number;
    into.last[i] = view.last[row] as number;
    into.previousClose[i] = view.previousClose[row] as number;
    into.bid[i] = bid;
    into.ask[i] = ask;
    into.bidSize[i] = view.bidSize[row] as number;
    into.askSize[i] = view.askSize[row] as number;
    into.volume[i] = volume;
    into.vwap[i] = volume > 0 ? (view.notional[row] as number) / volume : 0;
    into.dayOpen[i] = view.dayOpen[row] as number;
    into.dayHigh[i] = view.dayHigh[row] as number;
    into.dayLow[i] = view.dayLow[row] as number;
    into.trades[i] = view.tradeCount[row] as number;
    into.tickRate[i] = tickRate(row);
    into.relativeVolume[i] = view.relativeVolume[row] as number;
    into.spreadRatio[i] = typical > 0 && bid > 0 && ask > 0 ? (ask - bid) / typical : Number.NaN;
    into.volatility[i] = view.volatility[row] as number;
    into.lastTimeUs[i] = view.lastTimeUs[row] as number;
    into.luldLow[i] = view.luldLow[row] as number;
    into.luldHigh[i] = view.luldHigh[row] as number;
    into.flags[i] = rowFlags(view, row) | marks(row);
  }
}

function rowFlags(view: ViewColumns, row: number): number {
  let flags = (view.phase[row] as number) & ROW_FLAGS.phaseMask;
  const halt = view.halt[row] as number;
  if (halt !== HaltState.trading) {
    flags |= ROW_FLAGS.halted;
    if (LULD_REASONS.has(view.haltReason[row] as number)) flags |= ROW_FLAGS.luldPause;
  }
  if (view.isSsr[row] !== 0) flags |= ROW_FLAGS.ssr;
  if (view.isBlind[row] !== 0) flags |= ROW_FLAGS.blind;
  const quote = view.quoteFlags[row] as number;
  if ((quote & QUOTE_CROSSED) !== 0) flags |= ROW_FLAGS.crossed;
  if ((quote & QUOTE_LOCKED) !== 0) flags |= ROW_FLAGS.locked;
  const direction = view.lastDirection[row];
  if (direction === DIRECTION_UP) flags |= ROW_FLAGS.up;
  else if (direction === DIRECTION_DOWN) flags |= ROW_FLAGS.down;
  return flags;
}
