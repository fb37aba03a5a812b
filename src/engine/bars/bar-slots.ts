/**
 * How a bar lies in memory: a row of numbers. Slots [0, BAR_STRIDE) from `base` are the bar as it is kept; a forming bar has
 * more around them. Rules: docs/specs/bars.md.
 */
import type { Bar } from '../model/bar.ts';
import type { SymbolId } from '../model/units.ts';
import { PHASES } from '../market/view-columns.ts';

export const BAR_STRIDE = 20;
export const Slot = {
  /** Phase code in bits 0 to 2, then BarFlag. */
  state: 0,
  quotes: 1,
  trades: 2,
  volume: 3,
  notional: 4,
  high: 5,
  low: 6,
  close: 7,
  closeTimeUs: 8,
  bidAtClose: 9,
  askAtClose: 10,
  /** Sum while the bar forms, mean once it is kept. */
  spread: 11,
  spreadMin: 12,
  spreadMax: 13,
  printsAtAsk: 14,
  printsAtBid: 15,
  open: 16,
  openTimeUs: 17,
  ineligiblePrints: 18,
  ineligibleVolume: 19,
} as const;

/**
 * A forming row has four numbers before its `base` and two behind the bar: what nearly every event looks at stands together
 * in one cache line, with the bar's first slots.
 */
export const FORMING_STRIDE = 32;
export const FORMING_HEAD = 4;
export const Forming = {
  /** First instant no longer in the bar; Infinity unless the rule cuts by time. */
  endUs: -4,
  /** The rule's own: when it is full (prints, shares, dollars ...). */
  target: -3,
  /** Prints whose spread is in the sum. */
  spreadCount: -2,
  /** haltCount of the view when the bar's stretch began. */
  haltCount: -1,
  /** The rule's own running numbers; `carried` survives the end of a bar. */
  auxiliary: 20,
  carried: 21,
} as const;

/** Where the bar of a symbol begins in the forming rows. */
export function formingBase(symbol: SymbolId): number {
  return symbol * FORMING_STRIDE + FORMING_HEAD;
}

export const PHASE_BITS = 7;
export const BarFlag = { gap: 8, halt: 16, short: 32 } as const;

/** A row as an object. `isForming` rows hold sums where kept rows hold means. */
export function readBar(rows: Float64Array, base: number, symbol: SymbolId, index: number, isForming: boolean): Bar {
  const at = (slot: number): number => rows[base + slot] as number;
  const state = at(Slot.state);
  const volume = at(Slot.volume);
  return {
    symbol,
    phase: PHASES[state & PHASE_BITS] ?? 'closed',
    index,
    openTimeUs: at(Slot.openTimeUs),
    closeTimeUs: at(Slot.closeTimeUs),
    open: at(Slot.open),
    high: at(Slot.high),
    low: at(Slot.low),
    close: at(Slot.close),
    volume,
    notional: at(Slot.notional),
    vwap: volume > 0 ? at(Slot.notional) / volume : NaN,
    trades: at(Slot.trades),
    spreadMean: isForming
      ? at(Forming.spreadCount) > 0
        ? at(Slot.spread) / at(Forming.spreadCount)
        : NaN
      : at(Slot.spread),
    spreadMin: at(Slot.spreadMin),
    spreadMax: at(Slot.spreadMax),
    bidAtClose: at(Slot.bidAtClose),
    askAtClose: at(Slot.askAtClose),
    quotes: at(Slot.quotes),
    printsAtAsk: at(Slot.printsAtAsk),
    printsAtBid: at(Slot.printsAtBid),
    ineligiblePrints: at(Slot.ineligiblePrints),
    ineligibleVolume: at(Slot.ineligibleVolume),
    hasGap: (state & BarFlag.gap) !== 0,
    hasHalt: (state & BarFlag.halt) !== 0,
    isShort: (state & BarFlag.short) !== 0,
    isForming,
  };
}
