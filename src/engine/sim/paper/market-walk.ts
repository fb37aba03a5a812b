/**
 * A small seeded market for soaks and tests of trading: quotes and prints of a few dozen symbols written straight into the
 * view's columns, with everything that hurts: halts and gaps on resume, spikes that come back, spreads that blow out, crossed
 * and one-sided quotes, thin books, blind spells. Not a model of prices; sim/market is that.
 */
import type { Rng } from '../../lib/rng.ts';
import { HaltState, PHASE_CODE, QuoteFlag } from '../../market/view-columns.ts';
import type { ViewColumns } from '../../market/view-columns.ts';
import type { SessionPhase } from '../../model/bar.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import type { EpochUs, SymbolId } from '../../model/units.ts';

export interface WalkEvent {
  kind: 'quote' | 'trade';
  symbol: SymbolId;
  price: number;
  size: number;
}

export interface HaltSpan {
  readonly symbol: SymbolId;
  readonly fromUs: EpochUs;
  toUs: EpochUs;
}

interface Walker {
  price: number;
  /** Drift a step while a spike lasts, as a fraction; 0 otherwise. */
  drift: number;
  driftLeft: number;
  /** A spike comes back: the drift that follows it. */
  reverts: boolean;
  spread: number;
  haltUntilUs: EpochUs;
  blindUntilUs: EpochUs;
}

export class MarketWalk {
  /** Every halt so far, for auditors. */
  readonly halts: HaltSpan[] = [];
  readonly #view: ViewColumns;
  readonly #rng: Rng;
  readonly #walkers: Walker[] = [];
  readonly #openHalts = new Map<SymbolId, HaltSpan>();
  readonly #event: WalkEvent = { kind: 'quote', symbol: 0, price: 0, size: 0 };

  constructor(view: ViewColumns, symbols: SymbolTable, rng: Rng, count: number) {
    this.#view = view;
    this.#rng = rng;
    for (let i = 0; i < count; i++) {
      const symbol = symbols.intern(`SOAK${String.fromCharCode(65 + (i % 26))}${i < 26 ? '' : Math.floor(i / 26)}`);
      const price = i % 9 === 0 ? 0.8 + rng.next() : 5 + rng.next() * (i % 5 === 0 ? 400 : 60);
      this.#walkers.push({
        price,
        drift: 0,
        driftLeft: 0,
        reverts: false,
        spread: 0.01,
        haltUntilUs: 0,
        blindUntilUs: 0,
      });
      view.previousClose[symbol] = price;
    }
  }

  get count(): number {
    return this.#walkers.length;
  }

  /** One event at `nowUs`; the object is reused. */
  step(nowUs: EpochUs, phase: SessionPhase): WalkEvent {
    const rng = this.#rng;
    const symbol = rng.below(this.#walkers.length);
    const walker = this.#walkers[symbol] as Walker;
    this.#view.phase[symbol] = PHASE_CODE[phase];
    this.#mishaps(symbol, walker, nowUs, phase);
    this.#move(walker, phase);
    const isTrade =
      rng.next() < 0.3 && this.#view.halt[symbol] === HaltState.trading && (this.#view.bid[symbol] as number) > 0;
    if (isTrade) this.#trade(symbol, nowUs, phase);
    else this.#quote(symbol, walker, nowUs, phase);
    return this.#event;
  }

  /** Ends every halt and blind spell and quotes every symbol afresh, so that whatever is open can be closed. */
  calm(nowUs: EpochUs, phase: SessionPhase): void {
    for (const [symbol, walker] of this.#walkers.entries()) {
      walker.haltUntilUs = 0;
      walker.blindUntilUs = 0;
      walker.driftLeft = 0;
      walker.drift = 0;
      this.#release(symbol, walker, nowUs);
      this.#quote(symbol, walker, nowUs, phase);
    }
  }

  #mishaps(symbol: SymbolId, walker: Walker, nowUs: EpochUs, phase: SessionPhase): void {
    const rng = this.#rng;
    const view = this.#view;
    if (walker.haltUntilUs > 0 && nowUs >= walker.haltUntilUs) {
      this.#release(symbol, walker, nowUs);
      // Reopens somewhere else.
      walker.price = Math.max(0.3, walker.price * (0.85 + rng.next() * 0.3));
    }
    if (walker.blindUntilUs > 0 && nowUs >= walker.blindUntilUs) this.#release(symbol, walker, nowUs);
    const dice = rng.next();
    if (dice < 0.0003 && phase === 'regular' && walker.haltUntilUs === 0) {
      walker.haltUntilUs = nowUs + 5_000_000 + rng.below(60_000_000);
      view.halt[symbol] = HaltState.halted;
      view.haltSinceUs[symbol] = nowUs;
      const span: HaltSpan = { symbol, fromUs: nowUs, toUs: Infinity };
      this.#openHalts.set(symbol, span);
      this.halts.push(span);
    } else if (dice < 0.0006) {
      walker.blindUntilUs = nowUs + 1_000_000 + rng.below(8_000_000);
      view.isBlind[symbol] = 1;
    } else if (dice < 0.0016 && walker.driftLeft === 0) {
      walker.drift = (rng.next() < 0.5 ? -1 : 1) * (0.002 + rng.next() * 0.02);
      walker.driftLeft = 3 + rng.below(20);
      walker.reverts = rng.next() < 0.6;
    }
  }

  #release(symbol: SymbolId, walker: Walker, nowUs: EpochUs): void {
    if (walker.haltUntilUs <= nowUs) {
      walker.haltUntilUs = 0;
      this.#view.halt[symbol] = HaltState.trading;
      const span = this.#openHalts.get(symbol);
      if (span !== undefined) span.toUs = nowUs;
      this.#openHalts.delete(symbol);
    }
    if (walker.blindUntilUs <= nowUs) {
      walker.blindUntilUs = 0;
      this.#view.isBlind[symbol] = 0;
    }
  }

  #move(walker: Walker, phase: SessionPhase): void {
    const rng = this.#rng;
    const scale = phase === 'regular' ? 0.0006 : 0.0012;
    walker.price *= 1 + rng.normal() * scale + walker.drift;
    if (walker.price < 0.3) walker.price = 0.3;
    if (walker.price > 900) walker.price = 900;
    if (walker.driftLeft === 0) return;
    walker.driftLeft--;
    if (walker.driftLeft > 0) return;
    const back = walker.reverts ? 0 - walker.drift : 0;
    walker.reverts = false;
    walker.drift = back;
    if (back !== 0) walker.driftLeft = 3 + rng.below(20);
  }

  #quote(symbol: SymbolId, walker: Walker, nowUs: EpochUs, phase: SessionPhase): void {
    const rng = this.#rng;
    const view = this.#view;
    const tick = walker.price >= 1 ? 0.01 : 0.0001;
    const wide = phase === 'regular' ? 1 : 3;
    const ticks = 1 + rng.below(3 * wide) + (rng.next() < 0.02 ? rng.below(30) : 0);
    const bid = Math.max(tick, Math.floor(walker.price / tick) * tick);
    const ask = bid + ticks * tick;
    const flags = rng.next();
    const thin = rng.next() < 0.15 ? 1 : 100;
    let quoteFlags = 0;
    view.bid[symbol] = cents(bid, tick);
    view.ask[symbol] = cents(ask, tick);
    view.bidSize[symbol] = thin * (1 + rng.below(8));
    view.askSize[symbol] = thin * (1 + rng.below(8));
    if (flags < 0.003) {
      view.bid[symbol] = cents(ask + tick, tick);
      view.ask[symbol] = cents(bid, tick);
      quoteFlags = QuoteFlag.crossed;
    } else if (flags < 0.006) {
      view.bid[symbol] = 0;
      view.bidSize[symbol] = 0;
      quoteFlags = QuoteFlag.oneSided;
    } else if (flags < 0.008) {
      // One bad tick: the bid shows a price from nowhere for a single quote.
      view.bid[symbol] = cents(bid * 0.8, tick);
    }
    view.quoteFlags[symbol] = quoteFlags;
    view.quoteTimeUs[symbol] = nowUs;
    view.quoteCount[symbol] = (view.quoteCount[symbol] as number) + 1;
    view.typicalSpread[symbol] = 2 * tick * wide;
    view.volatility[symbol] = 0.002;
    this.#emit('quote', symbol, 0, 0);
  }

  #trade(symbol: SymbolId, nowUs: EpochUs, phase: SessionPhase): void {
    const rng = this.#rng;
    const view = this.#view;
    const bid = view.bid[symbol] as number;
    const ask = view.ask[symbol] as number;
    const price = rng.next() < 0.5 ? bid : ask;
    const size = rng.next() < 0.3 ? 1 + rng.below(99) : 100 * (1 + rng.below(6));
    view.last[symbol] = price;
    view.lastSize[symbol] = size;
    view.lastTimeUs[symbol] = nowUs;
    view.volume[symbol] = (view.volume[symbol] as number) + size;
    view.notional[symbol] = (view.notional[symbol] as number) + size * price;
    view.tradeCount[symbol] = (view.tradeCount[symbol] as number) + 1;
    view.tickRate60s[symbol] = 2;
    const columns =
      phase === 'pre'
        ? (['preVolume', 'preNotional'] as const)
        : phase === 'post'
          ? (['postVolume', 'postNotional'] as const)
          : (['regularVolume', 'regularNotional'] as const);
    view[columns[0]][symbol] = (view[columns[0]][symbol] as number) + size * 20;
    view[columns[1]][symbol] = (view[columns[1]][symbol] as number) + size * 20 * price;
    this.#emit('trade', symbol, price, size);
  }

  #emit(kind: 'quote' | 'trade', symbol: SymbolId, price: number, size: number): void {
    this.#event.kind = kind;
    this.#event.symbol = symbol;
    this.#event.price = price;
    this.#event.size = size;
  }
}

/** The double a feed would have sent for a price on the grid. */
function cents(price: number, tick: number): number {
  const perDollar = Math.round(1 / tick);
  return Math.round(price * perDollar) / perDollar;
}
