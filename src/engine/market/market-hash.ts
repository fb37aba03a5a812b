/**
 * A fingerprint of the market state: equal on two machines, two runs or two paths exactly when the event-driven state is
 * equal. What follows the clock (published rates, relative volume, phase, blindness, suspected halts) or comes from reference
 * data (previous close) is left out.
 */
import { encodeUtf8 } from '../model/symbols.ts';
import type { MarketView } from './market-view.ts';
import { Row, ROW_STRIDE } from './row-state.ts';
import type { ViewColumns } from './view-columns.ts';
import { HaltState } from './view-columns.ts';

const HASHED = [
  'last',
  'lastSize',
  'lastTimeUs',
  'lastVenue',
  'bid',
  'ask',
  'bidSize',
  'askSize',
  'bidVenue',
  'askVenue',
  'quoteTimeUs',
  'dayOpen',
  'dayHigh',
  'dayLow',
  'sessionHigh',
  'sessionLow',
  'volume',
  'notional',
  'tradeCount',
  'quoteCount',
  'preVolume',
  'preNotional',
  'regularVolume',
  'regularNotional',
  'postVolume',
  'postNotional',
  'typicalSpread',
  'volatility',
  'upTicks',
  'downTicks',
  'lastDirection',
  'luldLow',
  'luldHigh',
  'luldTimeUs',
  'isSsr',
  'quoteFlags',
  'anyTradeTimeUs',
  'tradeSequence',
  'quoteSequence',
  'regularClose',
  'haltCount',
] as const satisfies readonly (keyof ViewColumns)[];

const word = new Float64Array(1);
const halves = new Uint32Array(word.buffer);

/** Two 32-bit lanes with different multipliers: enough to tell states apart, no defence against an adversary. */
export class StateHash {
  #a = 0x811c9dc5;
  #b = 0x9e3779b9;

  /** Mixes one number in; every NaN is the same NaN, -0 is 0. */
  add(value: number): void {
    word[0] = Number.isNaN(value) ? NaN : value + 0;
    this.#mix(halves[0] as number);
    this.#mix(halves[1] as number);
  }

  addText(text: string): void {
    const bytes = new Uint8Array(text.length * 3);
    const length = encodeUtf8(text, bytes);
    this.add(length);
    for (let i = 0; i < length; i++) this.#mix(bytes[i] as number);
  }

  /** 16 hexadecimal digits. */
  hex(): string {
    return (
      finish(this.#a ^ this.#b).padStart(8, '0') +
      finish(Math.imul(this.#a, 0x85ebca6b) ^ (this.#b >>> 3)).padStart(8, '0')
    );
  }

  #mix(value: number): void {
    this.#a = Math.imul((this.#a ^ value) + ((this.#a << 13) | (this.#a >>> 19)), 0x01000193);
    this.#b = Math.imul(((this.#b << 15) | (this.#b >>> 17)) ^ Math.imul(value, 0xcc9e2d51), 0x1b873593) + 0x52dce729;
  }
}

function finish(value: number): string {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0).toString(16);
}

/** Symbols are taken in the order of their names, so the order in which they were first seen does not matter. */
export function hashMarket(view: MarketView): string {
  const hash = new StateHash();
  const order = Array.from({ length: view.size }, (_, s) => s).toSorted((x, y) =>
    view.symbols.name(x) < view.symbols.name(y) ? -1 : 1,
  );
  for (const s of order) {
    // A symbol known only from reference data is no market state.
    if (view.columns.tradeCount[s] === 0 && view.columns.quoteCount[s] === 0 && view.columns.luldTimeUs[s] === 0)
      continue;
    hash.addText(view.symbols.name(s));
    for (const name of HASHED) hash.add(view.columns[name][s] as number);
    for (const id of view.conditions.get(view.columns.quoteConditions[s] as number)) hash.add(id);
    const halt = view.columns.halt[s] as number;
    hash.add(halt === HaltState.suspected ? HaltState.trading : halt);
    for (let slot = 0; slot < Row.referenceDay; slot++) hash.add(view.rows[s * ROW_STRIDE + slot] as number);
  }
  return hash.hex();
}
