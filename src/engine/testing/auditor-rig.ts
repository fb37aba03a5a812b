/** A trading desk, a paper exchange and a hand-written market on a simulated clock, for scenario tests. */
import { DeskSessions } from '../kernel/desk-sessions.ts';
import type { DeskConfig } from '../kernel/trading/desk-config.ts';
import { DEFAULT_DESK_CONFIG } from '../kernel/trading/desk-config.ts';
import { JournalWriter } from '../kernel/trading/journal-writer.ts';
import { TradingDesk } from '../kernel/trading/trading-desk.ts';
import { createColumns } from '../lib/columns.ts';
import { createRng } from '../lib/rng.ts';
import { HaltState, VIEW_COLUMNS } from '../market/view-columns.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Signal } from '../model/signal.ts';
import { SymbolTable } from '../model/symbols.ts';
import type { BrokerCommand, BrokerEvent } from '../ports/broker.ts';
import type { JournalRecord } from '../ports/journal.ts';
import { PaperExchange } from '../sim/paper/paper-exchange.ts';
import type { PaperSettings } from '../sim/paper/paper-types.ts';
import { SessionCalendar } from '../time/calendar.ts';
import { daysFromCivil } from '../time/civil.ts';
import { newYorkToUs } from '../time/new-york.ts';
import { SessionClock } from '../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../time/us-calendar.ts';

export interface RigOptions {
  readonly day: readonly [number, number, number];
  /** New York time of day at the start, minutes after midnight. */
  readonly minute: number;
  readonly config?: Partial<DeskConfig>;
  readonly paper?: Partial<PaperSettings>;
}

export class TradingRig {
  readonly symbols = new SymbolTable(64);
  readonly view = createColumns(VIEW_COLUMNS, 64);
  readonly commands: { readonly atUs: number; readonly command: BrokerCommand }[] = [];
  readonly events: { readonly atUs: number; readonly event: BrokerEvent }[] = [];
  readonly records: JournalRecord[] = [];
  readonly desk: TradingDesk;
  readonly paper: PaperExchange;
  readonly journal: JournalWriter;
  nowUs: number;
  #durableUs = Infinity;
  #signals = 0;

  constructor(options: RigOptions) {
    this.nowUs = newYorkToUs(daysFromCivil(...options.day), options.minute);
    const sessions = new DeskSessions(new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR)));
    this.journal = new JournalWriter({
      append: (record) => {
        this.records.push(record);
        if (this.#durableUs === Infinity) this.#durableUs = this.nowUs + 2000;
      },
    });
    const settings = {
      commandUs: [20_000, 20_000],
      reportUs: [20_000, 20_000],
      commissionUs: [50_000, 50_000],
      ...options.paper,
    } as const;
    const { symbols, view } = this;
    this.paper = new PaperExchange({ view, symbols, sessions, rng: createRng('rig'), settings });
    this.desk = new TradingDesk({
      view,
      symbols,
      sessions,
      run: 'RIG',
      journal: this.journal,
      config: { ...DEFAULT_DESK_CONFIG, isAuto: true, ...options.config },
      send: (command) => {
        this.commands.push({ atUs: this.nowUs, command });
        this.paper.command(command, this.nowUs);
      },
    });
    this.paper.connect(this.nowUs);
    this.wait(1);
  }

  /** Lets time pass, in seconds. */
  wait(seconds: number): void {
    this.#runTo(this.nowUs + Math.round(seconds * 1e6));
  }

  #runTo(toUs: number): void {
    for (;;) {
      const next = Math.min(this.desk.nextTimerUs(), this.paper.nextTimerUs(), this.#durableUs);
      if (!(next <= toUs)) break;
      if (next > this.nowUs) this.nowUs = next;
      this.paper.advance(this.nowUs);
      for (const event of this.paper.takeEvents()) {
        this.events.push({ atUs: this.nowUs, event });
        this.desk.onBroker(event, this.nowUs);
      }
      if (this.#durableUs <= this.nowUs) {
        this.#durableUs = Infinity;
        this.desk.onDurable(this.journal.nextSeq - 1, this.nowUs);
      }
      if (this.desk.nextTimerUs() <= this.nowUs) this.desk.advance(this.nowUs);
    }
    this.nowUs = Math.max(this.nowUs, toUs);
  }

  quote(ticker: string, bid: number, ask: number, size = 1000, typicalSpread = ask - bid): void {
    const symbol = this.symbols.intern(ticker);
    const { view } = this;
    view.bid[symbol] = bid;
    view.ask[symbol] = ask;
    view.bidSize[symbol] = size;
    view.askSize[symbol] = size;
    view.quoteTimeUs[symbol] = this.nowUs;
    view.quoteCount[symbol] = (view.quoteCount[symbol] as number) + 1;
    view.typicalSpread[symbol] = typicalSpread;
    this.paper.onQuote(symbol, this.nowUs);
    this.desk.onMarket(symbol, this.nowUs);
  }

  trade(ticker: string, price: number, size = 100): void {
    const symbol = this.symbols.intern(ticker);
    const { view } = this;
    view.last[symbol] = price;
    view.lastTimeUs[symbol] = this.nowUs;
    for (const volume of ['volume', 'preVolume', 'regularVolume', 'postVolume'] as const)
      view[volume][symbol] = (view[volume][symbol] as number) + size;
    for (const notional of ['notional', 'preNotional', 'regularNotional', 'postNotional'] as const) {
      view[notional][symbol] = (view[notional][symbol] as number) + size * price;
    }
    view.tradeCount[symbol] = (view.tradeCount[symbol] as number) + 1;
    view.tickRate60s[symbol] = 50;
    this.paper.onTrade(symbol, price, size, this.nowUs);
    this.desk.onMarket(symbol, this.nowUs);
  }

  halt(ticker: string, isHalted: boolean): void {
    const symbol = this.symbols.intern(ticker);
    this.view.halt[symbol] = isHalted ? HaltState.halted : HaltState.trading;
    this.desk.onMarket(symbol, this.nowUs);
  }

  blind(ticker: string, isBlind: boolean): void {
    const symbol = this.symbols.intern(ticker);
    this.view.isBlind[symbol] = isBlind ? 1 : 0;
    this.desk.onMarket(symbol, this.nowUs);
  }

  /** Quotes and trades enough for an entry to be judged on its merits. */
  prime(ticker: string, bid: number, ask: number, size = 1000): void {
    this.quote(ticker, bid, ask, size);
    this.trade(ticker, bid, 50_000);
  }

  signal(ticker: string, changes: Partial<Signal> = {}): Outcome {
    const symbol = this.symbols.intern(ticker);
    const signal: Signal = {
      id: `S${++this.#signals}`,
      strategy: 'test',
      version: 'v1',
      symbol,
      side: 'buy',
      atUs: this.nowUs,
      inputNo: 1,
      expectedMove: 1,
      confidence: 1,
      validForUs: 5_000_000,
      sizing: { kind: 'dollars', amount: 2_000_000_000 },
      exits: [],
      gates: [],
      tags: [],
      shadow: false,
      ...changes,
    };
    return this.desk.onSignal(signal, this.nowUs);
  }

  held(ticker: string): number {
    return this.desk.summaries.heldBySymbol().get(this.symbols.intern(ticker)) ?? 0;
  }

  /** Limits of sell orders and of their replaces, in the order in which they left, dollars; NaN for market orders. */
  sellLimits(): readonly number[] {
    const sells = new Set<string>();
    const limits: number[] = [];
    for (const { command } of this.commands) {
      if (command.kind === 'place' && command.order.side === 'sell') {
        sells.add(command.order.clientOrderId);
        limits.push(command.order.limit === null ? Number.NaN : command.order.limit / 1e6);
      } else if (command.kind === 'replace' && sells.has(command.clientOrderId)) limits.push(command.limit / 1e6);
    }
    return limits;
  }

  placed(side: 'buy' | 'sell'): readonly Extract<BrokerCommand, { kind: 'place' }>['order'][] {
    return this.commands.flatMap(({ command }) =>
      command.kind === 'place' && command.order.side === side ? [command.order] : [],
    );
  }
}
