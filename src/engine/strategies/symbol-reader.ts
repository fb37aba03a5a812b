/** SymbolFacts read straight from the market view's columns: one reader, pointed at a row, no copies. */
import type { ViewColumns } from '../market/view-columns.ts';
import { PHASE_CODE } from '../market/view-columns.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { EpochUs, SymbolId } from '../model/units.ts';
import type { SymbolFacts } from './api.ts';

/** A price of 0 means "none yet"; strategies see NaN so that no rule can pass on it. */
const known = (price: number): number => (price > 0 ? price : Number.NaN);

export class SymbolReader implements SymbolFacts {
  readonly #view: ViewColumns;
  readonly #symbols: SymbolTable;
  #row: SymbolId = 0;
  #nowUs: EpochUs = 0;

  constructor(view: ViewColumns, symbols: SymbolTable) {
    this.#view = view;
    this.#symbols = symbols;
  }

  point(row: SymbolId, nowUs: EpochUs): this {
    this.#row = row;
    this.#nowUs = nowUs;
    return this;
  }

  get name(): string {
    return this.#symbols.name(this.#row);
  }
  get last(): number {
    return known(this.#view.last[this.#row] as number);
  }
  get bid(): number {
    return known(this.#view.bid[this.#row] as number);
  }
  get ask(): number {
    return known(this.#view.ask[this.#row] as number);
  }
  get mid(): number {
    return (this.bid + this.ask) / 2;
  }
  get bidSize(): number {
    return this.#view.bidSize[this.#row] as number;
  }
  get askSize(): number {
    return this.#view.askSize[this.#row] as number;
  }
  get spread(): number {
    return this.ask - this.bid;
  }
  get spreadBps(): number {
    return (this.spread / this.mid) * 10_000;
  }
  get typicalSpread(): number {
    return known(this.#view.typicalSpread[this.#row] as number);
  }
  get spreadRatio(): number {
    return this.spread / this.typicalSpread;
  }
  get volume(): number {
    return this.#view.volume[this.#row] as number;
  }
  get notional(): number {
    return this.#view.notional[this.#row] as number;
  }
  get trades(): number {
    return this.#view.tradeCount[this.#row] as number;
  }
  get vwap(): number {
    const { phase, preVolume, preNotional, regularVolume, regularNotional, postVolume, postNotional } = this.#view;
    const code = phase[this.#row];
    if (code === PHASE_CODE.pre) return (preNotional[this.#row] as number) / (preVolume[this.#row] as number);
    if (code === PHASE_CODE.post) return (postNotional[this.#row] as number) / (postVolume[this.#row] as number);
    return (regularNotional[this.#row] as number) / (regularVolume[this.#row] as number);
  }
  get vwapDistanceBps(): number {
    const vwap = this.vwap;
    return ((this.last - vwap) / vwap) * 10_000;
  }
  get relativeVolume(): number {
    return this.#view.relativeVolume[this.#row] as number;
  }
  get tickRate1s(): number {
    return this.#view.tickRate1s[this.#row] as number;
  }
  get tickRate10s(): number {
    return this.#view.tickRate10s[this.#row] as number;
  }
  get tickRate60s(): number {
    return this.#view.tickRate60s[this.#row] as number;
  }
  get volatility(): number {
    return this.#view.volatility[this.#row] as number;
  }
  get dayOpen(): number {
    return known(this.#view.dayOpen[this.#row] as number);
  }
  get dayHigh(): number {
    return known(this.#view.dayHigh[this.#row] as number);
  }
  get dayLow(): number {
    return known(this.#view.dayLow[this.#row] as number);
  }
  get previousClose(): number {
    return known(this.#view.previousClose[this.#row] as number);
  }
  get changePercent(): number {
    return (this.last / this.previousClose - 1) * 100;
  }
  get gapPercent(): number {
    return (this.dayOpen / this.previousClose - 1) * 100;
  }
  get upTicks(): number {
    return this.#view.upTicks[this.#row] as number;
  }
  get downTicks(): number {
    return this.#view.downTicks[this.#row] as number;
  }
  get luldLow(): number {
    return known(this.#view.luldLow[this.#row] as number);
  }
  get luldHigh(): number {
    return known(this.#view.luldHigh[this.#row] as number);
  }
  get secondsSinceTrade(): number {
    const at = this.#view.anyTradeTimeUs[this.#row] as number;
    return at > 0 ? (this.#nowUs - at) / 1e6 : Number.NaN;
  }
  get secondsSinceQuote(): number {
    const at = this.#view.quoteTimeUs[this.#row] as number;
    return at > 0 ? (this.#nowUs - at) / 1e6 : Number.NaN;
  }
}
