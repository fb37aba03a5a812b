/**
 * The trading desk: orders, positions, exits, risk and the kill switch behind one synchronous interface. It has no clock and
 * does no I/O; every call is told the time. The kernel calls it between bounded batches of market data; orders leave through
 * `send`, and only after `onDurable` has confirmed their intent (docs/specs/orders.md).
 */
import { FEE_TABLES } from '../../economics/fee-tables.ts';
import type { FeeTables } from '../../economics/fee-tables.ts';
import { SlippageTracker } from '../../economics/slippage-tracker.ts';
import { tickGridOn } from '../../economics/tick-grid.ts';
import type { ExitCause } from '../../exits/exit-rules.ts';
import { decodeJson, encodeJson } from '../../lib/json-bytes.ts';
import type { ViewColumns } from '../../market/view-columns.ts';
import type { Difference } from '../../model/account.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { Sessions } from '../../model/sessions.ts';
import type { ExitRule, Signal } from '../../model/signal.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import type { EpochUs, SymbolId } from '../../model/units.ts';
import { FillBook } from '../../orders/fill-book.ts';
import { OrderBook } from '../../orders/order-book.ts';
import type { BrokerCommand, BrokerEvent, BrokerSnapshot } from '../../ports/broker.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../../ports/checkpoint.ts';
import { AccountLedger } from '../../positions/account-ledger.ts';
import { AccountNotes } from '../../positions/notes.ts';
import { TradeBook } from '../../positions/trade-book.ts';
import { DayLossGuard } from '../../risk/day-loss.ts';
import { KillSwitch } from '../../risk/kill-switch.ts';
import { limitRule, refuseLimit, withLimits } from '../../risk/limit-changes.ts';
import { Locks } from '../../risk/locks.ts';
import type { Adoption, ExitsBooks } from '../adoption.ts';
import { worthNow } from './account.ts';
import type { Adopted } from './adopt.ts';
import { adoptLost, exitsBooks, raiseIds } from './adopt.ts';
import { closeIfFlat } from './booking.ts';
import { takeBrokerEvent } from './broker-reports.ts';
import type { SignalOptions } from './buy-loop.ts';
import { noteChanges } from './carried-changes.ts';
import { advanceEntry, takeSignal } from './buy-loop.ts';
import type { DeskContext, DeskState } from './context.ts';
import { createDeskState, moveTo, noteRisk } from './context.ts';
import type { DeskConfig, StrategyBudget } from './desk-config.ts';
import type { JournalWriter } from './journal-writer.ts';
import { askTruth, cancelOrder, flushReady, nextOrderUs, releaseDurable, watchOrders } from './order-desk.ts';
import { reconcile } from './reconcile.ts';
import { advanceExit, nextExitUs, requestExit } from './sell-loop.ts';
import { DeskSummaries } from './summaries.ts';

export interface TradingDeskDeps {
  readonly view: ViewColumns;
  readonly symbols: SymbolTable;
  readonly sessions: Sessions;
  /** 1 to 16 letters and digits, new for every run that may give new ids. */
  readonly run: string;
  readonly journal: JournalWriter;
  readonly config: DeskConfig;
  readonly fees?: FeeTables;
  send(command: BrokerCommand): void;
}

const LOOK_AGAIN_US = 1000;
export class TradingDesk implements Checkpointable {
  /** 1 for every symbol whose events must be given to onMarket. */
  readonly watched: Uint8Array;
  /** What the screens and the command line read. */
  readonly summaries: DeskSummaries;
  readonly #ctx: DeskContext;
  readonly #config: DeskConfig;
  #dueUs: EpochUs = 0;

  constructor(deps: TradingDeskDeps) {
    const fees = deps.fees ?? FEE_TABLES;
    this.#config = deps.config;
    const trades = new TradeBook(deps.symbols);
    this.#ctx = {
      view: deps.view,
      symbols: deps.symbols,
      sessions: deps.sessions,
      fees,
      run: deps.run,
      config: deps.config,
      journal: deps.journal,
      send: (command) => deps.send(command),
      orders: new OrderBook(),
      fills: new FillBook(),
      trades,
      ledger: new AccountLedger(fees, deps.sessions),
      notes: new AccountNotes(fees),
      slippage: new SlippageTracker(deps.config.slippagePrior),
      locks: new Locks(),
      dayLoss: new DayLossGuard(deps.config.risk),
      kill: new KillSwitch(),
      market: {
        isQuoteGood: false,
        isHollow: false,
        bid: 0,
        ask: 0,
        quoteCount: 0,
        last: 0,
        lastTimeUs: 0,
        quoteTimeUs: 0,
        typicalSpread: 0,
        volatility: 0,
      },
      regime: new Map(),
      state: createDeskState(deps.config.isAuto),
      clock: { phase: 'closed', fromUs: 0, endUs: 0, date: '', grid: tickGridOn(fees, '') },
    };
    this.watched = trades.watched;
    this.summaries = new DeskSummaries(this.#ctx);
  }

  /** Judges a signal; it ends in exactly one outcome, which is returned and journalled. */
  onSignal(signal: Signal, nowUs: EpochUs, options: SignalOptions = {}): Outcome {
    moveTo(this.#ctx, nowUs);
    const outcome = takeSignal(this.#ctx, signal, nowUs, options);
    this.#after(nowUs);
    return outcome;
  }

  /** After the view took in a trade, quote, halt or band of a watched symbol. */
  onMarket(symbol: SymbolId, nowUs: EpochUs): void {
    if (this.watched[symbol] === 0) return;
    const ctx = this.#ctx;
    moveTo(ctx, nowUs);
    const seqBefore = ctx.journal.nextSeq;
    const trades = ctx.trades.on(symbol);
    // Backwards, because a trade that ends leaves the list.
    for (let i = trades.length - 1; i >= 0; i--) {
      const trade = trades[i];
      if (trade === undefined) continue;
      advanceExit(ctx, trade, nowUs);
      advanceEntry(ctx, trade, nowUs);
      const next = nextExitUs(ctx, trade, nowUs);
      if (next < this.#dueUs) this.#dueUs = next;
    }
    // Whatever changes an order or a trade is journalled, so most ticks end here.
    if (ctx.journal.nextSeq !== seqBefore) this.#after(nowUs);
  }

  onBroker(event: BrokerEvent, nowUs: EpochUs): void {
    moveTo(this.#ctx, nowUs);
    takeBrokerEvent(this.#ctx, event, nowUs);
    this.#advanceTrades(nowUs);
    this.#after(nowUs);
  }

  /** Records up to and including `seq` are on disk: their orders leave now. */
  onDurable(seq: number, nowUs: EpochUs): void {
    moveTo(this.#ctx, nowUs);
    releaseDurable(this.#ctx, seq, nowUs);
    this.#after(nowUs);
  }

  /** Earliest time at which advance() has something to do; Infinity when never. */
  nextTimerUs(): EpochUs {
    return this.#dueUs;
  }

  /** Time has passed. Calling it early or often changes nothing. */
  advance(nowUs: EpochUs): void {
    const ctx = this.#ctx;
    moveTo(ctx, nowUs);
    if (nowUs < this.#dueUs) return;
    watchOrders(ctx, nowUs);
    this.#rollDay(nowUs);
    this.#checkLoss(nowUs);
    this.#advanceTrades(nowUs);
    this.#after(nowUs);
  }

  setAuto(on: boolean, nowUs: EpochUs): void {
    const ctx = this.#ctx;
    if (ctx.state.isAuto === on) return;
    ctx.state.isAuto = on;
    ctx.journal.write({ kind: 'command', atUs: nowUs, id: 'auto', cause: '', symbol: '', body: { auto: on } });
    this.#advanceTrades(nowUs);
    this.#after(nowUs);
  }

  /** Sells what is held of a trade, a symbol or everything, by hand. Works whatever risk says. */
  flatten(
    what: { readonly trade: string } | { readonly symbol: SymbolId } | 'all',
    nowUs: EpochUs,
    cause: ExitCause = 'manual',
  ): number {
    const ctx = this.#ctx;
    moveTo(ctx, nowUs);
    let count = 0;
    for (const trade of ctx.trades.active()) {
      const matches = what === 'all' || ('trade' in what ? trade.id === what.trade : trade.symbol === what.symbol);
      if (!matches) continue;
      requestExit(ctx, trade, cause, cause, nowUs);
      advanceEntry(ctx, trade, nowUs);
      count++;
    }
    this.#after(nowUs);
    return count;
  }

  /** Cancels a working order by hand. False when it is not live. An exit that is still wanted is placed anew. */
  cancel(orderId: string, nowUs: EpochUs): boolean {
    const order = this.#ctx.orders.get(orderId);
    if (order === undefined || order.endedUs !== 0) return false;
    const trade = this.#ctx.trades.get(order.tradeId);
    if (trade !== undefined && trade.entry.orderId === orderId) trade.entry.giveUp = 'cancelled';
    cancelOrder(this.#ctx, order, 'by-hand', nowUs);
    this.#advanceTrades(nowUs);
    this.#after(nowUs);
    return true;
  }

  /** Replaces the exit plan of an open trade ('move stop', 'let it run'). False when the trade is not open. */
  setExits(tradeId: string, exits: readonly ExitRule[], nowUs: EpochUs, version?: string): boolean {
    const trade = this.#ctx.trades.get(tradeId);
    if (trade === undefined || (trade.state !== 'open' && trade.state !== 'opening')) return false;
    trade.exits = exits;
    if (version !== undefined) trade.version = version;
    trade.exit.confirmRule = -1;
    this.#ctx.journal.write({
      kind: 'command',
      atUs: nowUs,
      id: tradeId,
      cause: 'exits',
      symbol: trade.ticker,
      body: version === undefined ? { exits } : { exits, version },
    });
    this.#after(nowUs);
    return true;
  }

  /** Changes a limit of risk while running. Returns '' or why it is refused (docs/specs/risk.md, RSK28 to RSK30). */
  setLimit(name: string, value: number, nowUs: EpochUs): string {
    const ctx = this.#ctx;
    moveTo(ctx, nowUs);
    const { risk } = ctx.config;
    const fault = refuseLimit(risk, name, value, ctx.locks.all().length > 0 || ctx.kill.isOn);
    const rule = limitRule(name);
    if (fault !== '' || rule === undefined) return fault;
    const body = { limit: rule.key, from: risk[rule.key], to: value };
    ctx.state.limits = { ...ctx.state.limits, [rule.key]: value };
    this.#applyLimits();
    ctx.journal.write({ kind: 'command', atUs: nowUs, id: 'limit', cause: rule.key, symbol: '', body });
    this.#after(nowUs);
    return '';
  }

  /** What a strategy may use from now on; what it has open stays. */
  setBudget(strategy: string, budget: StrategyBudget, nowUs: EpochUs): void {
    const ctx = this.#ctx;
    ctx.state.budgets[strategy] = budget;
    ctx.journal.write({ kind: 'command', atUs: nowUs, id: 'budget', cause: strategy, symbol: '', body: budget });
  }

  /** To be called when a day begins. */
  noteChanges(nowUs: EpochUs): void {
    noteChanges(this.#ctx, this.#config.risk, nowUs);
  }

  #applyLimits(): void {
    const ctx = this.#ctx;
    ctx.config = { ...this.#config, risk: withLimits(this.#config.risk, ctx.state.limits) };
    ctx.dayLoss.setLimits(ctx.config.risk);
  }

  /** Throws the kill switch: auto trading off, cancel all, flatten, verify at the broker. */
  kill(reason: string, nowUs: EpochUs): void {
    const ctx = this.#ctx;
    moveTo(ctx, nowUs);
    if (!ctx.kill.engage(reason, nowUs)) return;
    noteRisk(ctx, nowUs, 'kill', '', { code: 'kill', reason });
    // Nobody must read 'auto trading on' while nothing is bought, nor find it on again afterwards.
    this.setAuto(false, nowUs);
    this.#advanceTrades(nowUs);
    this.#after(nowUs);
  }

  /** Undoes the kill switch when `text` is RELEASE_TEXT. Auto trading stays off. */
  releaseKill(text: string, nowUs: EpochUs): boolean {
    const ctx = this.#ctx;
    if (!ctx.kill.release(text)) return false;
    ctx.state.isAuto = false;
    noteRisk(ctx, nowUs, 'kill', '', { code: 'kill-released' });
    this.#after(nowUs);
    return true;
  }

  /**
   * The disk does not take what must be on it before an order leaves, or does again. While it does not, nothing is opened and
   * entries that have not left are dropped; exits go on (docs/specs/recovery.md, DSK1). Auto stays off afterwards.
   */
  setDiskFault(reason: string, nowUs: EpochUs): void {
    const ctx = this.#ctx;
    moveTo(ctx, nowUs);
    if (reason === '') {
      if (ctx.locks.unlock('disk')) noteRisk(ctx, nowUs, 'disk', '', { code: 'disk-back' });
      return;
    }
    const lock = { scope: 'disk', code: 'disk', text: reason, sinceUs: nowUs, date: ctx.clock.date };
    if (!ctx.locks.lock(lock)) return;
    noteRisk(ctx, nowUs, 'disk', '', { ...lock });
    for (const order of ctx.orders.live()) {
      if (order.side !== 'buy' || order.state !== 'intent') continue;
      const trade = ctx.trades.get(order.tradeId);
      if (trade !== undefined && trade.entry.giveUp === '') trade.entry.giveUp = 'cancelled';
      cancelOrder(ctx, order, 'disk', nowUs);
    }
    this.setAuto(false, nowUs);
    this.#advanceTrades(nowUs);
    this.#after(nowUs);
  }

  /** We did not watch for a while (the machine slept): nothing is opened until the broker has said what is open. */
  doubt(nowUs: EpochUs): void {
    const ctx = this.#ctx;
    moveTo(ctx, nowUs);
    ctx.state.isReconciled = false;
    askTruth(ctx, nowUs, true);
    this.#after(nowUs);
  }

  /** A snapshot that came some other way than through onBroker. */
  reconcile(snapshot: BrokerSnapshot, nowUs: EpochUs): readonly Difference[] {
    moveTo(this.#ctx, nowUs);
    const differences = reconcile(this.#ctx, snapshot, undefined, nowUs);
    this.#advanceTrades(nowUs);
    this.#after(nowUs);
    return differences;
  }

  /** Takes over what a restart found in the journal and not on the tape (docs/specs/recovery.md). Entries stop. */
  adopt(adoption: Adoption, nowUs: EpochUs): Adopted {
    const adopted = adoptLost(this.#ctx, adoption, nowUs);
    this.#applyLimits();
    this.setAuto(false, nowUs);
    this.#dueUs = nowUs;
    return adopted;
  }

  /** Highest journal sequence of an intent that waits for the disk; 0 when none does. */
  waitingIntentSeq(): number {
    let highest = 0;
    for (const { seq } of this.#ctx.state.intents) if (seq > highest) highest = seq;
    return highest;
  }

  /** The highest number an id of this desk carries. */
  highestId(): number {
    const { orderCounter, tradeCounter, queryCounter } = this.#ctx.state;
    return Math.max(orderCounter, tradeCounter, queryCounter);
  }

  /** Ids continue at or above this. */
  raiseIds(idsFrom: number): void {
    raiseIds(this.#ctx, idsFrom);
  }

  /** Open trades and their orders for the exits file: enough to go on with them when tape and journal are lost. */
  exitsBooks(): ExitsBooks {
    return exitsBooks(this.#ctx);
  }

  /** Asks the broker for a snapshot now ('reconcile' in the menu). */
  refresh(nowUs: EpochUs): void {
    askTruth(this.#ctx, nowUs);
    this.#after(nowUs);
  }

  /** A market-wide measure that regime rules look at. */
  setRegime(measure: string, value: number): void {
    this.#ctx.regime.set(measure, value);
  }

  /** Difference between our clock and the market's, as the feed measures it. */
  setClockSkew(skewUs: number): void {
    this.#ctx.state.clockSkewUs = skewUs;
  }

  #advanceTrades(nowUs: EpochUs): void {
    const ctx = this.#ctx;
    for (const trade of ctx.trades.active()) {
      if (ctx.kill.isOn) requestExit(ctx, trade, 'kill', 'kill', nowUs);
      advanceExit(ctx, trade, nowUs);
      advanceEntry(ctx, trade, nowUs);
      closeIfFlat(ctx, trade, nowUs);
    }
  }

  /** What follows every input: the kill switch moves on, ready orders leave, the next timer is found. */
  #after(nowUs: EpochUs): void {
    this.#advanceKill(nowUs);
    flushReady(this.#ctx, nowUs);
    this.#reschedule(nowUs);
  }

  #advanceKill(nowUs: EpochUs): void {
    const { kill, orders, trades } = this.#ctx;
    if (!kill.isOn) return;
    let buys = 0;
    for (const order of orders.live()) if (order.side === 'buy') buys++;
    const left: string[] = [];
    for (const trade of trades.active()) {
      if (trade.position.held === 0) continue;
      const held = trade.exit.heldBack === '' ? '' : ` (${trade.exit.heldBack})`;
      left.push(`${trade.ticker} ${trade.position.held} shares${held}`);
    }
    if (kill.advance({ liveBuyOrders: buys, liveOrders: orders.liveCount, left }, nowUs) !== 'query') return;
    const queryId = askTruth(this.#ctx, nowUs, true);
    // On a dead link the question is put off, not asked at every turn.
    kill.asked(queryId, nowUs);
  }

  #rollDay(nowUs: EpochUs): void {
    const ctx = this.#ctx;
    if (!ctx.ledger.isOpen || ctx.clock.date <= ctx.ledger.date) return;
    ctx.ledger.rollDay(nowUs, worthNow(ctx).equity);
    for (const lock of ctx.locks.rollDay(ctx.clock.date))
      noteRisk(ctx, nowUs, 'lock', '', { code: 'lock-ended', lock });
    ctx.state.streaks = {};
    ctx.state.entriesToday = {};
    ctx.trades.forget(nowUs - ctx.config.forgetUs);
    ctx.orders.forget(nowUs - ctx.config.forgetUs);
  }

  #checkLoss(nowUs: EpochUs): void {
    const ctx = this.#ctx;
    if (!ctx.ledger.isOpen || nowUs < ctx.dayLoss.nextCheckUs) return;
    const pnl = ctx.ledger.dayPnl(worthNow(ctx).equity);
    ctx.ledger.notePnl(pnl);
    const breach = ctx.dayLoss.check(nowUs, pnl, ctx.ledger.dayPeakPnl);
    if (breach === undefined) return;
    const text = `${breach.code}: ${breach.value} against ${breach.limit} micro-dollars`;
    const isNew = ctx.locks.lock({ scope: 'all', code: breach.code, text, sinceUs: nowUs, date: ctx.clock.date });
    if (!isNew) return;
    noteRisk(ctx, nowUs, 'day-loss', '', { ...breach });
    for (const trade of ctx.trades.active()) {
      if (trade.entry.orderId !== '' && trade.entry.giveUp === '') trade.entry.giveUp = 'cancelled';
      if (ctx.config.risk.flattenOnDailyLoss) requestExit(ctx, trade, 'risk', breach.code, nowUs);
    }
  }

  #reschedule(nowUs: EpochUs): void {
    const ctx = this.#ctx;
    let next = nextOrderUs(ctx, nowUs);
    let isBusy = false;
    for (const trade of ctx.trades.active()) {
      isBusy = true;
      next = Math.min(next, nextExitUs(ctx, trade, nowUs));
      if (trade.entry.orderId === '') continue;
      next = Math.min(next, trade.entry.giveUp === '' ? trade.entry.deadlineUs : Infinity);
      if (trade.entry.pricedUs + ctx.config.entry.repriceUs > nowUs)
        next = Math.min(next, trade.entry.pricedUs + ctx.config.entry.repriceUs);
    }
    if (isBusy) next = Math.min(next, Math.max(nowUs + 1, ctx.dayLoss.nextCheckUs), ctx.clock.endUs);
    const due = Math.min(next, ctx.kill.nextUs, ctx.ledger.isOpen ? ctx.clock.endUs : Infinity);
    // What could be done now has been done: what is still due waits for somebody else, so look again a little later.
    this.#dueUs = Math.max(due, nowUs + LOOK_AGAIN_US);
  }

  save(writer: CheckpointWriter): void {
    const ctx = this.#ctx;
    ctx.state.regime = [...ctx.regime];
    // The timer is kept too, so that a restored desk looks at the world when this one would have.
    const dueUs = Number.isFinite(this.#dueUs) ? this.#dueUs : null;
    writer.section('desk/state', encodeJson({ ...ctx.state, dueUs }));
    for (const part of this.#parts()) part.save(writer);
  }

  restore(reader: CheckpointReader): void {
    const ctx = this.#ctx;
    const bytes = reader.section('desk/state');
    if (bytes === undefined) return;
    const { dueUs, ...state } = decodeJson<DeskState & { dueUs: EpochUs | null }>(bytes);
    // A checkpoint of an earlier program knows fewer things.
    ctx.state = { ...createDeskState(false), ...state };
    ctx.regime.clear();
    for (const [measure, value] of ctx.state.regime) ctx.regime.set(measure, value);
    for (const part of this.#parts()) part.restore(reader);
    this.#applyLimits();
    ctx.clock.endUs = 0;
    this.#dueUs = dueUs ?? Infinity;
  }

  /** After a restore of another day's books. */
  beginDay(isAuto: boolean): void {
    this.#ctx.state.isAuto = isAuto;
  }

  #parts(): readonly Checkpointable[] {
    const { orders, fills, trades, ledger, notes, slippage, locks, dayLoss, kill } = this.#ctx;
    return [orders, fills, trades, ledger, notes, slippage, locks, dayLoss, kill];
  }
}
