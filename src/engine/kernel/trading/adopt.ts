/**
 * Takes over what the journal and the exits file know and the replayed tape does not (docs/specs/recovery.md, ADO1 to
 * ADO10): orders, fills and exit plans of inputs that were lost. Everything goes through the same folds as the first time;
 * what the journal holds already is not written again. Runs as an input of its own, so a replay adopts the same.
 */
import { decodeJson, encodeJson } from '../../lib/json-bytes.ts';
import type { Fill } from '../../model/fill.ts';
import type { Order } from '../../model/order.ts';
import { isTerminal } from '../../model/order.ts';
import type { ExitRule, Signal } from '../../model/signal.ts';
import type { EntryEnd } from '../../model/trade.ts';
import type { EpochUs } from '../../model/units.ts';
import { fillKey } from '../../orders/execution-id.ts';
import type { OrderEvent } from '../../orders/order-machine.ts';
import type { TradeRecord } from '../../positions/trade-record.ts';
import { createTradeRecord } from '../../positions/trade-record.ts';
import { RELEASE_TEXT } from '../../risk/kill-switch.ts';
import type { Lock } from '../../risk/locks.ts';
import type { Adoption, ExitsBooks, LostRecord, TradePeak } from '../adoption.ts';
import { bookCommission, bookExecution, closeIfFlat } from './booking.ts';
import type { DeskContext } from './context.ts';
import { moveTo, noteRisk } from './context.ts';
import type { StrategyBudget } from './desk-config.ts';
import { applyOrderEvent } from './order-desk.ts';

export interface Adopted {
  readonly orders: number;
  /** Fills that our books did not have; the paper exchange books them too. */
  readonly fills: readonly Fill[];
  /** One sentence each: what could not be taken over whole. */
  readonly problems: readonly string[];
}

interface Work {
  readonly ctx: DeskContext;
  readonly signals: Map<string, Signal>;
  readonly plans: Map<string, TradeRecord>;
  readonly problems: string[];
  orders: number;
}

/** Counters continue at or above `idsFrom`, so that no id is ever given twice, whatever was lost. */
export function raiseIds(ctx: DeskContext, idsFrom: number): void {
  const { state } = ctx;
  state.orderCounter = Math.max(state.orderCounter, idsFrom);
  state.tradeCounter = Math.max(state.tradeCounter, idsFrom);
  state.queryCounter = Math.max(state.queryCounter, idsFrom);
}

export function adoptLost(ctx: DeskContext, adoption: Adoption, nowUs: EpochUs): Adopted {
  const known = new Set<string>();
  for (const fill of ctx.fills.all()) known.add(fill.executionId);
  const work: Work = { ctx, signals: new Map(), plans: new Map(), problems: [], orders: 0 };
  for (const trade of adoption.exits?.trades ?? []) work.plans.set(trade.id, trade);
  for (const record of adoption.records)
    if (record.kind === 'signal') work.signals.set(record.cause, (record.body as { signal: Signal }).signal);
  ctx.journal.isMuted = true;
  try {
    for (const record of adoption.records) fold(work, record);
  } finally {
    ctx.journal.isMuted = false;
  }
  moveTo(ctx, nowUs);
  if (adoption.exits !== null) takeExits(work, adoption.exits, nowUs);
  for (const peak of adoption.afresh?.peaks ?? []) takePeak(ctx, peak);
  loseSight(ctx, nowUs);
  raiseIds(ctx, adoption.idsFrom);
  const fills = [...ctx.fills.all()].filter((fill) => !known.has(fill.executionId));
  return { orders: work.orders, fills, problems: work.problems };
}

function fold(work: Work, record: LostRecord): void {
  const { ctx } = work;
  const { atUs } = record;
  // What was carried over from another day is noted before there is a time.
  if (atUs > 0) moveTo(ctx, atUs);
  switch (record.kind) {
    case 'intent':
      takeOrder(work, record.body as Order, record.symbol);
      return;
    case 'order':
      takeOrderEvent(work, record);
      return;
    case 'fill': {
      const fill = record.body as Fill;
      const symbol = ctx.symbols.intern(record.symbol);
      bookExecution(ctx, { ...fill, clientOrderId: record.cause, symbol }, atUs);
      return;
    }
    case 'trade':
      endTrade(ctx, record);
      return;
    case 'command':
      takeCommand(ctx, record);
      return;
    case 'risk':
      takeRisk(ctx, record);
      return;
    default:
      return;
  }
}

/** What the user changed while trading: exit plans, limits, budgets. */
function takeCommand(ctx: DeskContext, record: LostRecord): void {
  if (record.cause === 'exits') {
    const trade = ctx.trades.get(record.id);
    const { exits, version } = record.body as { exits: readonly ExitRule[]; version?: string };
    if (trade !== undefined) Object.assign(trade, { exits, version: version ?? trade.version });
  } else if (record.id === 'limit') {
    const { limit, to } = record.body as { limit: string; to: number };
    ctx.state.limits = { ...ctx.state.limits, [limit]: to };
  } else if (record.id === 'budget') ctx.state.budgets[record.cause] = record.body as StrategyBudget;
}

/** The exits file may be older than the journal: a peak counts when it is higher than what is known. */
function takePeak(ctx: DeskContext, peak: TradePeak): void {
  const trade = ctx.trades.get(peak.id);
  if (trade === undefined || trade.position.held === 0) return;
  if (peak.peakBid > trade.peakBid) Object.assign(trade, { peakBid: peak.peakBid, peakUs: peak.peakUs });
  if (peak.troughBid > 0 && (trade.troughBid === 0 || peak.troughBid < trade.troughBid))
    trade.troughBid = peak.troughBid;
}

function takeOrder(work: Work, order: Order, ticker: string): void {
  const { ctx } = work;
  if (ctx.orders.get(order.id) !== undefined) return;
  const symbol = ctx.symbols.intern(ticker);
  const trade = ctx.trades.get(order.tradeId) ?? bornTrade(work, order, ticker);
  ctx.orders.create({ ...order, symbol, state: 'intent', fills: [], filled: 0 });
  trade.orders.push(order.id);
  work.orders++;
  ctx.state.counts.orders++;
  if (order.purpose === 'exit') {
    trade.exit.orderId = order.id;
    // The rule fired; which one decides how urgent it is, and that it is wanted now is what counts.
    if (trade.exit.reason === '') Object.assign(trade.exit, { reason: order.cause, firedUs: order.createdUs });
    trade.exit.pricedUs = order.createdUs;
  } else {
    trade.entry.orderId = order.id;
    trade.entry.pricedUs = order.createdUs;
  }
}

/** The trade an adopted entry belongs to, from its signal; from the exits file when the signal is lost as well. */
function bornTrade(work: Work, order: Order, ticker: string): TradeRecord {
  const { ctx } = work;
  const signal = work.signals.get(order.tradeId);
  const plan = work.plans.get(order.tradeId);
  const exits = signal?.exits ?? plan?.exits;
  if (exits === undefined)
    work.problems.push(
      `the exit plan of trade ${order.tradeId} in ${ticker} is lost; it gets a stop 2 % below its limit`,
    );
  const limit = order.limit ?? 0;
  const trade = createTradeRecord({
    id: order.tradeId,
    strategy: order.strategy,
    version: signal?.version ?? plan?.version ?? '',
    symbol: ctx.symbols.intern(ticker),
    ticker,
    signalId: signal?.id ?? order.cause,
    signalledUs: signal?.atUs ?? order.createdUs,
    inputNo: signal?.inputNo ?? 0,
    exits: exits ?? [
      { kind: 'stop-loss', price: Math.round(limit * 0.98) },
      { kind: 'phase-end', beforeUs: 60_000_000 },
    ],
    gates: signal?.gates ?? [],
    tags: [...(signal?.tags ?? []), 'adopted'],
    predicted: order.costs,
    manual: order.purpose === 'manual-entry',
    entryMid: plan?.entryMid ?? limit,
    entryAsk: plan?.entryAsk ?? limit,
    entry: {
      orderId: '',
      // What was wanted before the loss is not chased after it.
      deadlineUs: order.createdUs,
      repricesLeft: 0,
      priceMax: limit,
      spread: ctx.clock.grid.belowOneDollar,
      pricedUs: order.createdUs,
      giveUp: '',
    },
  });
  ctx.trades.add(trade);
  ctx.state.counts.fired++;
  const { entriesToday } = ctx.state;
  entriesToday[order.strategy] = (entriesToday[order.strategy] ?? 0) + 1;
  return trade;
}

function takeOrderEvent(work: Work, record: LostRecord): void {
  const { ctx } = work;
  const { event } = record.body as { event?: OrderEvent };
  if (event === undefined || ctx.orders.get(record.id) === undefined) return;
  if (event.kind !== 'fill') {
    applyOrderEvent(ctx, record.id, event, record.atUs);
    return;
  }
  // The fill itself has a record of its own; what only this one says is its commission.
  const { executionId, commission } = event.fill;
  if (commission !== null) bookCommission(ctx, executionId, commission, record.atUs);
}

function endTrade(ctx: DeskContext, record: LostRecord): void {
  const trade = ctx.trades.get(record.id);
  if (trade === undefined) return;
  const body = record.body as { notEntered?: EntryEnd; entryEnd?: EntryEnd; exitReason?: string };
  trade.entry.orderId = '';
  trade.entryEnd ??= body.entryEnd ?? body.notEntered ?? 'cancelled';
  trade.exit.orderId = '';
  if (body.exitReason !== undefined) trade.exit.reason = body.exitReason;
  ctx.trades.refresh(trade);
  closeIfFlat(ctx, trade, record.atUs);
}

/** Locks and the kill switch outlive the loss: whatever was stopped stays stopped. */
function takeRisk(ctx: DeskContext, record: LostRecord): void {
  const body = record.body as { code?: string; reason?: string; lock?: Lock } & Partial<Lock>;
  if (body.code === 'kill') ctx.kill.engage(body.reason ?? 'before the restart', record.atUs);
  else if (body.code === 'kill-released') ctx.kill.release(RELEASE_TEXT);
  else if (body.scope !== undefined && body.code !== undefined && body.date !== undefined)
    ctx.locks.lock({
      scope: body.scope,
      code: body.code,
      text: body.text ?? body.code,
      sinceUs: record.atUs,
      date: body.date,
    });
}

/** The exits file is younger than the journal: its trades, orders and fills are booked as new ones. */
function takeExits(work: Work, exits: ExitsBooks, nowUs: EpochUs): void {
  const { ctx } = work;
  const orders = new Map(exits.orders.map((order) => [order.id, order]));
  for (const theirs of exits.trades) {
    const strangers = theirs.fills.filter((fill) => ctx.fills.get(fillKey(fill.executionId)) === undefined);
    if (ctx.trades.get(theirs.id) !== undefined && strangers.length === 0) continue;
    for (const id of theirs.orders) {
      const order = orders.get(id);
      if (order === undefined || ctx.orders.get(id) !== undefined) continue;
      takeOrder(work, order, theirs.ticker);
      noteRisk(ctx, nowUs, id, theirs.ticker, { code: 'adopted-order', order });
      for (const event of [{ kind: 'durable' }, { kind: 'sent' }] as const) applyOrderEvent(ctx, id, event, nowUs);
    }
    const symbol = ctx.symbols.intern(theirs.ticker);
    for (const fill of strangers) {
      if (ctx.orders.get(fill.orderId) === undefined) {
        work.problems.push(`fill ${fill.executionId} in ${theirs.ticker} belongs to an order that is lost`);
        continue;
      }
      bookExecution(ctx, { ...fill, clientOrderId: fill.orderId, symbol }, nowUs);
      if (fill.commission !== null) bookCommission(ctx, fill.executionId, fill.commission, nowUs);
    }
    for (const id of theirs.orders) {
      const order = orders.get(id);
      const ours = ctx.orders.get(id);
      if (order === undefined || ours === undefined || !isTerminal(order.state) || isTerminal(ours.state)) continue;
      applyOrderEvent(ctx, id, { kind: 'cancelled', reason: order.reason, filled: order.filled }, nowUs);
    }
    const trade = ctx.trades.get(theirs.id);
    if (trade !== undefined)
      Object.assign(trade, { peakBid: theirs.peakBid, peakUs: theirs.peakUs, exits: theirs.exits });
  }
  const open = new Set(exits.trades.map((trade) => trade.id));
  for (const trade of ctx.trades.active()) {
    if (open.has(trade.id) || trade.position.held === 0) continue;
    work.problems.push(
      `trade ${trade.id} in ${trade.ticker} ended before the restart and no record tells how; its ${trade.position.held} shares are treated as held until the broker says otherwise`,
    );
  }
}

/** What was on its way may or may not have arrived: it is asked for, never assumed. */
function loseSight(ctx: DeskContext, nowUs: EpochUs): void {
  ctx.state.intents = [];
  ctx.state.ready = [];
  for (const order of ctx.orders.live()) {
    if (order.state !== 'intent' && order.state !== 'durable') continue;
    for (const event of [{ kind: 'durable' }, { kind: 'sent' }] as const) applyOrderEvent(ctx, order.id, event, nowUs);
    applyOrderEvent(ctx, order.id, { kind: 'unknown', reason: 'recovery' }, nowUs);
  }
}

/** What the exits file keeps of the books, so that positions survive the loss of tape and journal. A copy. */
export function exitsBooks(ctx: DeskContext): ExitsBooks {
  const trades = ctx.trades.active();
  const orders: Order[] = [];
  for (const trade of trades)
    for (const id of trade.orders) {
      const order = ctx.orders.get(id);
      if (order !== undefined) orders.push({ ...order, fills: [] });
    }
  return decodeJson<ExitsBooks>(encodeJson({ trades, orders }));
}
