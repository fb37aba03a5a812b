/** The engine's market path without its threads: decoder, market view, 100-trade bars, trade tape. Material for benches. */
import type { EventBatch } from '../src/engine/model/event-batch.ts';
import { EventKind } from '../src/engine/model/event-batch.ts';
import { ConditionSets } from '../src/engine/model/conditions.ts';
import { SymbolTable } from '../src/engine/model/symbols.ts';
import { TickBars } from '../src/engine/bars/tick-bars.ts';
import { FrameDecoder } from '../src/engine/feeds/frame-decoder.ts';
import { TEST_TICKERS } from '../src/engine/feeds/test-tickers.ts';
import { hashMarket } from '../src/engine/market/market-hash.ts';
import { MarketView } from '../src/engine/market/market-view.ts';
import { TradeTape } from '../src/engine/tape/trade-tape.ts';
import { SessionCalendar } from '../src/engine/time/calendar.ts';
import { SessionClock } from '../src/engine/time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../src/engine/time/us-calendar.ts';

export class Pipeline {
  readonly symbols = new SymbolTable();
  readonly conditions = new ConditionSets();
  readonly decoder = new FrameDecoder(this.symbols, this.conditions, { excluded: TEST_TICKERS });
  readonly view = new MarketView({
    symbols: this.symbols,
    conditions: this.conditions,
    sessions: new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR)),
  });
  readonly tickBars = new TickBars({ capacity: this.symbols.capacity });
  readonly tape = new TradeTape({ capacity: this.symbols.capacity, maxTrades: 4_000_000 });
  readonly #batch = this.decoder.batch;
  bars = 0;
  trades = 0;
  events = 0;
  #latestUs = 0;
  /** Event time of the last event applied. */
  newestUs = 0;

  constructor() {
    // The engine touched this memory long before the open; first-touch page faults are no part of the market path.
    this.view.recentTrades.data.fill(0);
    this.view.recentQuotes.data.fill(0);
    this.view.rows.fill(0);
    for (const column of Object.values(this.view.columns)) column.set(column.slice());
  }

  /** Decodes and applies messages that lie back to back. */
  run(bytes: Uint8Array, starts: Float64Array): void {
    for (let n = 0; n + 1 < starts.length; n++) this.runFrame(bytes, starts[n] as number, starts[n + 1] as number);
  }

  /** `receivedUs` as the socket stamped it; without it the latest event time seen stands in, the same for every decoder. */
  runFrame(bytes: Uint8Array, start: number, end: number, receivedUs = 0): void {
    const batch = this.#batch;
    this.decoder.start(bytes, start, end);
    let more: boolean;
    do {
      batch.length = 0;
      more = this.decoder.fill(batch);
      if (batch.length > 0) this.#apply(batch, receivedUs);
    } while (more);
  }

  /** Applies what `fill` puts into the batch. */
  accept(fill: (batch: EventBatch) => void): void {
    const batch = this.#batch;
    batch.length = 0;
    fill(batch);
    if (batch.length > 0) this.#apply(batch, 0);
  }

  #apply(batch: EventBatch, receivedUs: number): void {
    const { view, tape, tickBars } = this;
    const columns = view.columns;
    const length = batch.length;
    this.events += length;
    if (receivedUs === 0) {
      for (let i = 0; i < length; i++)
        if ((batch.timeUs[i] as number) > this.#latestUs) this.#latestUs = batch.timeUs[i] as number;
      batch.receivedUs = this.#latestUs;
    } else batch.receivedUs = receivedUs;
    this.newestUs = batch.timeUs[length - 1] as number;
    for (let i = 0; i < length; i++) {
      const kind = batch.kind[i] as EventKind;
      if (kind === EventKind.quote) this.bars += tickBars.applyQuote(batch, i, view.applyQuote(batch, i));
      else if (kind === EventKind.trade) {
        const symbol = batch.symbol[i] as number;
        this.trades++;
        tape.append(batch, i, columns.bid[symbol] as number, columns.ask[symbol] as number);
        this.bars += tickBars.applyTrade(batch, i, view.applyTrade(batch, i), view);
      } else view.applyLuld(batch, i);
    }
  }

  bytesPerTrade(): number {
    return this.tape.bytesPerTrade();
  }

  /** The market state, and how many trades and bars it took. */
  hash(): string {
    return `${hashMarket(this.view)}-${this.trades}-${this.bars}`;
  }
}
