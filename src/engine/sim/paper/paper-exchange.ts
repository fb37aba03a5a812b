/**
 * The paper exchange: a broker and a market behind the broker port (docs/specs/paper.md). Seeded and synchronous: the same
 * commands, the same market and the same seed give the same reports at the same times. Commands take time to arrive and
 * reports take time to come back; what may go wrong on the way is in faults.ts. `snapshot` answers are the truth.
 *
 * The caller updates the view first, then calls onQuote or onTrade for symbols with `interest`, and calls advance(t) before
 * it applies any market event later than nextTimerUs().
 */
import type { FeeTables } from '../../economics/fee-tables.ts';
import { FEE_TABLES } from '../../economics/fee-tables.ts';
import type { TickGrid } from '../../economics/tick-grid.ts';
import { tickAt, tickGridOn } from '../../economics/tick-grid.ts';
import { assert, assertNever } from '../../lib/assert.ts';
import { decodeJson, encodeJson } from '../../lib/json-bytes.ts';
import type { Rng } from '../../lib/rng.ts';
import { createRng } from '../../lib/rng.ts';
import { HaltState } from '../../market/view-columns.ts';
import type { ViewColumns } from '../../market/view-columns.ts';
import type { Fill } from '../../model/fill.ts';
import type { Sessions } from '../../model/sessions.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import type { EpochUs, Micros, SymbolId } from '../../model/units.ts';
import { toMicros } from '../../model/units.ts';
import type { BrokerCommand, BrokerEvent, Execution, OrderRequest } from '../../ports/broker.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../../ports/checkpoint.ts';
import type { TakenQuote } from './shown-liquidity.ts';
import { ShownLiquidity } from './shown-liquidity.ts';
import { fillOnPrint, queueOnArrival, queueOnQuote, takeLiquidity } from './matching.ts';
import { adoptFills } from './paper-adopt.ts';
import { OpenOrders } from './open-orders.ts';
import type { Happening } from './message-luck.ts';
import { between, freshLines, keepLines, luckOf, luckOfCommand } from './message-luck.ts';
import { bookPaperFill, buyingPowerOf, correctExecution, offeredShares, snapshotOf } from './paper-books.ts';
import type { PaperOrder, PaperSettings, PaperState } from './paper-types.ts';
import { DEFAULT_PAPER_SETTINGS, freshState } from './paper-types.ts';
import { refuseForm, refuseReplace, refuseRoom } from './paper-refusals.ts';
import { dropLink, nextDueUs, orderIdOf, pushReport, sendReport, takeDue } from './report-queue.ts';

export interface PaperDeps {
  readonly view: ViewColumns;
  readonly symbols: SymbolTable;
  readonly sessions: Sessions;
  readonly rng: Rng;
  readonly settings?: Partial<PaperSettings>;
  readonly fees?: FeeTables;
}

const SECTION = 'sim/paper';

export class PaperExchange implements Checkpointable {
  readonly settings: PaperSettings;
  /** 1 for symbols with an open order: their quotes and trades must be told. */
  readonly interest: Uint8Array;
  readonly #view: ViewColumns;
  readonly #symbols: SymbolTable;
  readonly #sessions: Sessions;
  readonly #fees: FeeTables;
  #rng: Rng; // never moves: message-luck.ts
  #state: PaperState;
  #grid: TickGrid;
  #phaseEndUs = 0;
  readonly #open: OpenOrders;
  readonly #shown: ShownLiquidity;

  constructor(deps: PaperDeps) {
    this.settings = { ...DEFAULT_PAPER_SETTINGS, ...deps.settings };
    this.#view = deps.view;
    this.#symbols = deps.symbols;
    this.#sessions = deps.sessions;
    this.#fees = deps.fees ?? FEE_TABLES;
    this.#rng = deps.rng;
    this.#shown = new ShownLiquidity(deps.view);
    this.#grid = tickGridOn(this.#fees, '');
    this.#open = new OpenOrders(deps.symbols.capacity);
    this.interest = this.#open.interest;
    this.#state = freshState(this.settings.cash, this.#rng.save());
  }

  get cash(): Micros {
    return this.#state.cash;
  }

  get isIdle(): boolean {
    return this.#state.commands.length === 0 && this.#state.reports.length === 0;
  }

  /** The order is open, or a request for it is on its way. For auditors. */
  mayStillTrade(orderId: string): boolean {
    const isComing = this.#state.commands.some(
      ({ command }) => command.kind === 'place' && command.order.clientOrderId === orderId,
    );
    return isComing || this.#open.find(orderId)?.isOpen === true;
  }

  /** Shares that open sell orders, and those on their way, may still sell. For auditors. */
  offered(symbol: SymbolId): number {
    return offeredShares(this.#state, this.#open.on(symbol), symbol);
  }

  position(ticker: string): number {
    return this.#state.positions[ticker]?.shares ?? 0;
  }

  /** Brings the link up; the desk answers with a query. Called once at start and after a restore. */
  connect(nowUs: EpochUs): void {
    this.#moveTo(nowUs);
    this.#state.isLinkUp = true;
    this.#state.linkUpUs = 0;
    this.#push({ kind: 'link', up: true, dataLost: false, reason: 'connected', account: this.settings.account }, nowUs);
  }

  /**
   * After a loss of inputs: fills that our books know and this exchange does not are booked here too, nothing works or is on
   * its way any more, and the link comes back with data lost, so that the desk asks what is left.
   */
  adopt(fills: readonly Fill[], nowUs: EpochUs): void {
    this.#moveTo(nowUs);
    const state = this.#state;
    adoptFills(state, this.settings, this.#fees, this.#symbols, fills);
    for (const order of state.orders) if (order.isOpen) this.#open.close(order);
    state.commands = [];
    state.reports = [];
    state.corrections = [];
    state.isLinkUp = true;
    state.linkUpUs = 0;
    state.lastReportUs = Math.max(state.lastReportUs, nowUs);
    const { account } = this.settings;
    this.#push({ kind: 'link', up: true, dataLost: true, reason: 'recovered', account }, nowUs);
  }

  /** A command of the broker lane. On a dead link it is gone. */
  command(command: BrokerCommand, nowUs: EpochUs): void {
    this.#moveTo(nowUs);
    const state = this.#state;
    if (!state.isLinkUp) return;
    const luck = luckOfCommand(this.#rng, state.lines, command, this.#symbols);
    const dueUs = Math.max(state.lastCommandUs, nowUs + between(luck, this.settings.commandUs));
    state.lastCommandUs = dueUs;
    state.commands.push({ dueUs, command });
    if (this.#chance(luck, 'disconnect')) dropLink(state, this.settings, luck, nowUs);
  }

  /** Earliest time at which advance() has something to do; Infinity when never. */
  nextTimerUs(): EpochUs {
    const next = nextDueUs(this.#state);
    return this.#open.isAny ? Math.min(next, this.#phaseEndUs) : next;
  }

  /** Time has passed: commands arrive, orders expire, the link comes back. */
  advance(nowUs: EpochUs): void {
    const state = this.#state;
    while (state.commands.length > 0 && (state.commands[0] as { dueUs: number }).dueUs <= nowUs) {
      const { dueUs, command } = state.commands.shift() as PaperState['commands'][number];
      this.#moveTo(dueUs);
      this.#arrive(command, dueUs);
    }
    while (state.corrections.length > 0 && (state.corrections[0] as { dueUs: number }).dueUs <= nowUs) {
      const { key, dueUs } = state.corrections.shift() as PaperState['corrections'][number];
      this.#correct(key, dueUs);
    }
    this.#moveTo(nowUs);
    if (!state.isLinkUp && state.linkUpUs > 0 && nowUs >= state.linkUpUs) {
      state.isLinkUp = true;
      state.linkUpUs = 0;
      state.lastReportUs = Math.max(state.lastReportUs, nowUs);
      this.#push(
        { kind: 'link', up: true, dataLost: true, reason: 'reconnected', account: this.settings.account },
        nowUs,
      );
    }
  }

  /** The reports that have arrived by the time last advanced to, in order of arrival. */
  takeEvents(): BrokerEvent[] {
    return takeDue(this.#state.reports, this.#state.nowUs).map((report) => report.event);
  }

  /** After the view took in a quote of the symbol. */
  onQuote(symbol: SymbolId, nowUs: EpochUs): void {
    if (this.interest[symbol] === 0) return;
    this.#moveTo(nowUs);
    for (const order of [...this.#open.on(symbol)]) {
      const touch = this.#shown.touch(symbol);
      if (!this.#mayTrade(order) || touch.bid > touch.ask) continue;
      if (order.type === 'market' || !order.isResting) {
        this.#match(order, nowUs);
        continue;
      }
      order.queueAhead = queueOnQuote(order.side, order.limit, order.queueAhead, touch);
      // The other side has come to our price: it trades with us there.
      const meets = order.side === 'buy' ? touch.ask > 0 && touch.ask <= order.limit : touch.bid >= order.limit;
      if (!meets) continue;
      const there = order.side === 'buy' ? touch.askSize : touch.bidSize;
      const shares = Math.min(order.quantity - order.filled, Math.floor(there));
      if (shares > 0) this.#fill(order, shares, order.limit, 'added', nowUs);
    }
  }

  /** After the view took in a print of the symbol. */
  onTrade(symbol: SymbolId, price: number, size: number, nowUs: EpochUs): void {
    if (this.interest[symbol] === 0) return;
    this.#moveTo(nowUs);
    const at = toMicros(price);
    let left = Math.floor(size);
    for (const order of [...this.#open.on(symbol)]) {
      if (left <= 0 || order.type === 'market' || !order.isResting || !this.#mayTrade(order)) continue;
      const got = fillOnPrint(order.side, order.limit, order.queueAhead, order.quantity - order.filled, at, left);
      order.queueAhead = got.queueAhead;
      if (got.shares <= 0) continue;
      left -= got.shares;
      this.#fill(order, got.shares, order.limit, 'added', nowUs);
    }
  }

  #arrive(command: BrokerCommand, nowUs: EpochUs): void {
    switch (command.kind) {
      case 'place':
        this.#place(command.order, nowUs);
        return;
      case 'replace':
        this.#replace(command.clientOrderId, command.limit, command.quantity, nowUs);
        return;
      case 'cancel':
        this.#cancel(command.clientOrderId, nowUs);
        return;
      case 'query': {
        const snapshot = snapshotOf(this.#state, this.settings, this.#buyingPower(), (ticker) =>
          this.#symbols.intern(ticker),
        );
        this.#report(
          { kind: 'snapshot', snapshot, ...(command.queryId === undefined ? {} : { queryId: command.queryId }) },
          nowUs,
        );
        return;
      }
      default:
        assertNever(command);
    }
  }

  #place(request: OrderRequest, nowUs: EpochUs): void {
    const id = request.clientOrderId;
    const luck = this.#luck(id, 'arrival');
    const isUnknown = this.#chance(luck, 'unknown');
    if (isUnknown) {
      const unknown = { kind: 'unknown', clientOrderId: id, reason: 'timeout' } as const;
      this.#push(unknown, nowUs + between(luck, this.settings.reportUs));
      // Half of them never arrived at all.
      if (luck.next() < 0.5) return;
    }
    const code = this.#refusal(request, luck);
    if (code !== '') {
      if (!isUnknown)
        this.#report({ kind: 'rejected', clientOrderId: id, code, message: `order refused: ${code}` }, nowUs);
      return;
    }
    const order: PaperOrder = {
      id,
      brokerId: `B${++this.#state.orderNumber}`,
      symbol: request.symbol,
      ticker: this.#symbols.name(request.symbol),
      side: request.side,
      type: request.type,
      timeInForce: request.timeInForce,
      outside: request.outsideRegularHours,
      quantity: request.quantity,
      limit: request.limit ?? 0,
      filled: 0,
      value: 0,
      added: 0,
      charged: 0,
      isResting: false,
      queueAhead: -1,
      isOpen: true,
    };
    this.#state.orders.push(order);
    this.#open.add(order);
    if (!isUnknown) {
      this.#report({ kind: 'acknowledged', clientOrderId: id, brokerOrderId: order.brokerId }, nowUs);
      this.#report({ kind: 'working', clientOrderId: id, limit: request.limit, quantity: order.quantity }, nowUs);
    }
    this.#match(order, nowUs);
    if (order.isOpen && order.timeInForce === 'ioc')
      this.#end(order, { kind: 'cancelled', clientOrderId: id, reason: 'ioc', filled: order.filled }, nowUs);
  }

  /** A stable code, '' when the order is good. */
  #refusal(request: OrderRequest, luck: Rng): string {
    if (this.#open.has(request.clientOrderId)) return 'duplicate-id';
    const { symbol } = request;
    const hasPrice = (this.#view.last[symbol] as number) > 0 || (this.#view.ask[symbol] as number) > 0;
    if (!(symbol >= 0 && symbol < this.#symbols.size && hasPrice)) return 'unknown-symbol';
    const code = refuseForm(request, this.#grid, this.#state.phase);
    if (code !== '') return code;
    if (this.#chance(luck, 'reject')) return 'broker-busy';
    return refuseRoom(request, this.settings, {
      open: this.#open.on(symbol),
      held: this.position(this.#symbols.name(symbol)),
      ask: toMicros(Math.max(0, this.#view.ask[symbol] as number)),
      buyingPower: this.#buyingPower(),
    });
  }

  #replace(id: string, limit: Micros, quantity: number, nowUs: EpochUs): void {
    const order = this.#open.find(id);
    const code = refuseReplace(order, limit, quantity, this.#grid, () => this.#buyingPower());
    if (order === undefined || code !== '') {
      this.#report({ kind: 'replace-rejected', clientOrderId: id, code, message: `replace refused: ${code}` }, nowUs);
      return;
    }
    // A changed price, or more shares, goes to the back of the queue.
    if (limit !== order.limit || quantity > order.quantity) {
      order.isResting = false;
      order.queueAhead = -1;
    }
    order.limit = limit;
    order.quantity = quantity;
    this.#report({ kind: 'working', clientOrderId: id, limit, quantity }, nowUs);
    this.#match(order, nowUs);
  }

  #cancel(id: string, nowUs: EpochUs): void {
    const order = this.#open.find(id);
    const luck = this.#luck(id, 'arrival');
    if (order !== undefined && order.isOpen && this.#mayTrade(order) && this.#chance(luck, 'race'))
      this.#raceFill(order, luck, nowUs);
    if (order === undefined || !order.isOpen) {
      const code = order !== undefined && order.filled >= order.quantity ? 'filled' : 'not-found';
      this.#report({ kind: 'cancel-rejected', clientOrderId: id, code, message: `cancel refused: ${code}` }, nowUs);
      return;
    }
    this.#end(order, { kind: 'cancelled', clientOrderId: id, reason: 'by-request', filled: order.filled }, nowUs);
  }

  /** Somebody trades with an order at the touch just before its cancel is looked at. */
  #raceFill(order: PaperOrder, luck: Rng, nowUs: EpochUs): void {
    if (order.type === 'market') return;
    const touch = this.#shown.touch(order.symbol);
    const isAtTouch =
      order.side === 'buy' ? touch.bid > 0 && order.limit >= touch.bid : touch.ask > 0 && order.limit <= touch.ask;
    if (!isAtTouch) return;
    const left = order.quantity - order.filled;
    const shares = luck.next() < 0.5 ? left : Math.max(1, luck.below(left + 1));
    this.#fill(order, shares, order.limit, 'added', nowUs);
  }

  /** Meets the book now: takes what is there within its limit, rests with what is left. */
  #match(order: PaperOrder, nowUs: EpochUs): void {
    if (!this.#mayTrade(order)) return;
    const touch = this.#shown.touch(order.symbol);
    if (touch.bid > touch.ask && touch.ask > 0) return;
    const { depthFactor, depthLevels } = this.settings;
    const limit = order.type === 'market' ? null : order.limit;
    const slices = takeLiquidity(
      order.side,
      order.quantity - order.filled,
      limit,
      touch,
      this.#grid,
      depthFactor,
      depthLevels,
    );
    for (const slice of slices) {
      if (!order.isOpen) break;
      this.#fill(order, slice.shares, slice.price, 'removed', nowUs);
    }
    if (slices.length > 1) this.#shown.exhaust(order);
    if (!order.isOpen || order.type === 'market') return;
    order.isResting = true;
    order.queueAhead = queueOnArrival(order.side, order.limit, this.#shown.touch(order.symbol));
  }

  #fill(order: PaperOrder, shares: number, price: Micros, liquidity: 'added' | 'removed', nowUs: EpochUs): void {
    assert(shares > 0 && shares <= order.quantity - order.filled, 'an order fills no more than it asks for');
    this.#shown.take(order, shares);
    const { commission, ...execution } = bookPaperFill(
      this.#state,
      this.settings,
      this.#fees,
      order,
      shares,
      price,
      liquidity,
      nowUs,
    );
    const luck = this.#luck(order.id, 'fill');
    this.#report({ kind: 'execution', execution }, nowUs);
    this.#tellCommission(execution, commission, nowUs + between(luck, this.settings.commissionUs));
    if (this.#chance(luck, 'correct')) {
      const dueUs = nowUs + 500_000 + luck.below(2_500_000);
      this.#state.corrections.push({ dueUs, key: execution.executionId });
      this.#state.corrections.sort((a, b) => a.dueUs - b.dueUs || (a.key < b.key ? -1 : 1));
    }
    if (order.filled >= order.quantity) this.#open.close(order);
  }

  #correct(key: string, nowUs: EpochUs): void {
    const at = this.#state.executions.findIndex((execution) => execution.executionId === key);
    if (at < 0) return;
    const symbol = (this.#state.executions[at] as { symbol: SymbolId }).symbol;
    const price = (this.#state.executions[at] as { price: Micros }).price;
    const { commission, ...execution } = correctExecution(
      this.#state,
      at,
      this.#symbols.name(symbol),
      tickAt(this.#grid, price),
    );
    const luck = this.#luck(execution.clientOrderId, 'fill');
    this.#report({ kind: 'execution', execution }, nowUs);
    this.#tellCommission(execution, commission, nowUs + between(luck, this.settings.commissionUs));
  }

  #tellCommission({ executionId, clientOrderId }: Execution, commission: Micros, atUs: EpochUs): void {
    this.#report({ kind: 'commission', executionId, commission }, atUs, clientOrderId);
  }

  #end(order: PaperOrder, event: BrokerEvent, nowUs: EpochUs): void {
    this.#open.close(order);
    this.#report(event, nowUs);
  }

  #mayTrade(order: PaperOrder): boolean {
    const halt = this.#view.halt[order.symbol];
    if (halt === HaltState.halted || halt === HaltState.quoting) return false;
    // Without a quote to trust there is nothing honest to fill against.
    if (this.#view.isBlind[order.symbol] !== 0) return false;
    const { phase } = this.#state;
    return phase === 'regular' || (order.outside && (phase === 'pre' || phase === 'post'));
  }

  #buyingPower(): Micros {
    return buyingPowerOf(this.#state, this.settings, this.#symbols, this.#view);
  }

  #report(event: BrokerEvent, nowUs: EpochUs, orderId = orderIdOf(event)): void {
    sendReport(this.#state, this.settings, this.#luck(orderId, 'report'), event, nowUs);
  }

  #push(event: BrokerEvent, dueUs: EpochUs): void {
    pushReport(this.#state, event, dueUs);
  }

  #luck(orderId: string, what: Happening): Rng {
    return luckOf(this.#rng, this.#state.lines, orderId, what);
  }

  #chance(luck: Rng, fault: keyof PaperSettings['faults']): boolean {
    const rate = this.settings.faults[fault];
    return rate > 0 && luck.next() < rate;
  }

  /** Sessions: a day order that may not trade outside dies at the regular close, every other at the end of the day. */
  #moveTo(nowUs: EpochUs): void {
    const state = this.#state;
    if (nowUs > state.nowUs) state.nowUs = nowUs;
    if (nowUs < this.#phaseEndUs && state.phase !== '') return;
    const before = state.phase;
    state.phase = this.#sessions.phaseAt(nowUs);
    this.#phaseEndUs = this.#sessions.phaseEndUs(nowUs);
    const date = this.#sessions.dateAt(nowUs);
    if (date !== state.date) {
      state.date = date;
      state.executions = [];
      state.orders = state.orders.filter((order) => order.isOpen);
      keepLines(state.lines, (id) => state.orders.some((order) => order.id === id));
      this.#grid = tickGridOn(this.#fees, date);
    }
    if (before === '' || before === state.phase) return;
    const isClosed = state.phase === 'closed' || state.phase === 'overnight';
    for (const order of state.orders) {
      if (!order.isOpen || order.timeInForce === 'gtc') continue;
      if (isClosed || (before === 'regular' && !order.outside))
        this.#end(order, { kind: 'expired', clientOrderId: order.id, filled: order.filled }, nowUs);
    }
    if (state.phase === 'regular')
      for (const order of state.orders) if (order.isOpen && !order.isResting) this.#match(order, nowUs);
  }

  save(writer: CheckpointWriter): void {
    writer.section(SECTION, encodeJson({ ...this.#state, taken: this.#shown.save() }));
  }

  restore(reader: CheckpointReader): void {
    const bytes = reader.section(SECTION);
    if (bytes === undefined) return;
    const { taken, ...state } = decodeJson<PaperState & { taken: TakenQuote[] }>(bytes);
    // A checkpoint of an earlier program knows no lines.
    state.lines ??= freshLines();
    this.#state = state;
    this.#rng = createRng(state.rng);
    this.#grid = tickGridOn(this.#fees, state.date);
    this.#phaseEndUs = state.phase === '' ? 0 : this.#sessions.phaseEndUs(state.nowUs);
    this.#open.clear();
    this.#shown.restore(taken);
    for (const order of state.orders) {
      order.symbol = this.#symbols.intern(order.ticker);
      this.#open.add(order);
    }
  }
}
