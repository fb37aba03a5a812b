/**
 * Executions and commissions into orders, trades and cash, and the life of a trade from first fill to closed
 * (docs/specs/orders.md, ORD7 to ORD10, POS5 to POS11).
 */
import type { Charges } from '../../economics/commission.ts';
import { NO_CHARGES, chargesOf, totalCharges } from '../../economics/commission.ts';
import { realisedCosts } from '../../economics/cost-model.ts';
import type { CostItems } from '../../model/economics.ts';
import type { Fill } from '../../model/fill.ts';
import type { ClosedTrade } from '../../model/trade.ts';
import type { EpochUs, Micros, SymbolId } from '../../model/units.ts';
import type { Execution } from '../../ports/broker.ts';
import { openGain } from '../../positions/trade-fold.ts';
import type { TradeRecord } from '../../positions/trade-record.ts';
import type { DeskContext } from './context.ts';
import { noteRisk } from './context.ts';
import { applyOrderEvent } from './order-desk.ts';

/** Books one execution, once. Returns the trade it changed, if any. */
export function bookExecution(ctx: DeskContext, execution: Execution, nowUs: EpochUs): TradeRecord | undefined {
  const { counts } = ctx.state;
  const order = ctx.orders.get(execution.clientOrderId);
  const booked = ctx.fills.book(execution, order?.tradeId ?? '');
  if (booked.kind === 'repeat') {
    counts.repeats++;
    return undefined;
  }
  const previous = booked.kind === 'correction' ? booked.previous : undefined;
  if (previous !== undefined) counts.corrections++;
  ctx.ledger.applyFill(booked.fill, previous);
  ctx.journal.write({
    kind: 'fill',
    atUs: nowUs,
    id: booked.fill.executionId,
    cause: execution.clientOrderId,
    symbol: ctx.symbols.name(execution.symbol),
    body: previous === undefined ? booked.fill : { ...booked.fill, replaces: previous.executionId },
  });
  if (order === undefined) {
    counts.foreign++;
    return bookForeign(ctx, booked.fill, previous, nowUs);
  }
  if (previous === undefined) {
    // What is sold again gives its buying power back: a day turns the account over many times between two figures.
    const value = booked.fill.quantity * booked.fill.price;
    ctx.state.boughtSince = Math.max(0, ctx.state.boughtSince + (order.side === 'buy' ? value : 0 - value));
  }
  applyOrderEvent(ctx, order.id, { kind: 'fill', fill: booked.fill }, nowUs);
  const trade = ctx.trades.get(order.tradeId);
  if (trade === undefined) return undefined;
  if (previous === undefined) observeSlippage(ctx, trade, booked.fill, order.quantity);
  changeTrade(ctx, trade, booked.fill, nowUs);
  return trade;
}

/** A commission report, before or after its execution. Returns the trade it changed, if any. */
export function bookCommission(
  ctx: DeskContext,
  executionId: string,
  commission: Micros,
  nowUs: EpochUs,
): TradeRecord | undefined {
  const joined = ctx.fills.commission(executionId, commission);
  if (joined === undefined) return undefined;
  ctx.ledger.applyFill(joined.fill, joined.previous);
  const order = ctx.orders.get(joined.fill.orderId);
  if (order === undefined) return undefined;
  applyOrderEvent(ctx, order.id, { kind: 'fill', fill: joined.fill }, nowUs);
  const trade = ctx.trades.get(order.tradeId);
  if (trade === undefined) return undefined;
  changeTrade(ctx, trade, joined.fill, nowUs);
  return trade;
}

function changeTrade(ctx: DeskContext, trade: TradeRecord, fill: Fill, nowUs: EpochUs): void {
  const wasClosed = trade.state === 'closed';
  ctx.trades.applyFill(trade, fill, 0);
  const expected = expectedCharges(ctx, trade);
  if (expected > 0) ctx.trades.applyFill(trade, fill, expected);
  if (trade.openedUs === 0 && trade.position.bought > 0) openTrade(ctx, trade, nowUs);
  if (trade.position.held < 0) oversold(ctx, trade, nowUs);
  if (wasClosed && trade.position.held === 0) journalTrade(ctx, trade, nowUs);
  else if (wasClosed || (trade.state === 'not-entered' && trade.position.bought > 0)) {
    // A late fill or a correction: the trade lives again, and its exits with it.
    trade.state = 'open';
    trade.closedUs = 0;
    ctx.trades.refresh(trade);
  }
  ctx.journal.write({
    kind: 'position',
    atUs: nowUs,
    id: trade.id,
    cause: fill.executionId,
    symbol: trade.ticker,
    body: {
      held: trade.position.held,
      averageCost: trade.position.averageCost,
      realisedGross: trade.position.realisedGross,
      charges: trade.position.charges,
    },
  });
}

function openTrade(ctx: DeskContext, trade: TradeRecord, nowUs: EpochUs): void {
  trade.state = 'open';
  trade.openedUs = nowUs;
  trade.phaseEndUs = ctx.clock.endUs;
  const washNote = ctx.notes.onPurchase(trade.ticker, nowUs);
  if (washNote !== '') trade.notes.push(washNote);
  ctx.trades.refresh(trade);
}

/** More was sold than held: it cannot be our order, so it is said loudly and entries in the symbol stop. */
function oversold(ctx: DeskContext, trade: TradeRecord, nowUs: EpochUs): void {
  const scope = `symbol:${trade.ticker}`;
  const isNew = ctx.locks.lock({
    scope,
    code: 'oversold',
    text: `sold ${-trade.position.held} shares more than held in ${trade.ticker}`,
    sinceUs: nowUs,
    date: ctx.clock.date,
  });
  if (isNew) noteRisk(ctx, nowUs, trade.id, trade.ticker, { code: 'oversold', held: trade.position.held });
}

/** An execution of an order that is not ours: unmanaged shares first, then our trades in order of birth. */
function bookForeign(
  ctx: DeskContext,
  fill: Fill,
  previous: Fill | undefined,
  nowUs: EpochUs,
): TradeRecord | undefined {
  const symbol: SymbolId = fill.symbol;
  const delta = fill.quantity - (previous?.quantity ?? 0);
  noteRisk(ctx, nowUs, fill.executionId, ctx.symbols.name(symbol), {
    code: 'foreign-execution',
    side: fill.side,
    quantity: delta,
    price: fill.price,
  });
  if (fill.side === 'buy') {
    ctx.trades.setUnmanaged(symbol, ctx.trades.unmanaged(symbol) + delta);
    return undefined;
  }
  let left = delta;
  const own = Math.min(left, Math.max(0, ctx.trades.unmanaged(symbol)));
  ctx.trades.setUnmanaged(symbol, ctx.trades.unmanaged(symbol) - own);
  left -= own;
  let touched: TradeRecord | undefined;
  for (const trade of [...ctx.trades.on(symbol)]) {
    if (left <= 0) break;
    const shares = Math.min(left, trade.position.held);
    if (shares <= 0) continue;
    left -= shares;
    changeTrade(
      ctx,
      trade,
      { ...fill, key: `${fill.key}#${trade.id}`, quantity: shares, tradeId: trade.id, commission: 0 },
      nowUs,
    );
    touched = trade;
  }
  // What is left is a short position opened by hand: not ours to manage.
  if (left > 0) ctx.trades.setUnmanaged(symbol, ctx.trades.unmanaged(symbol) - left);
  return touched;
}

function observeSlippage(ctx: DeskContext, trade: TradeRecord, fill: Fill, ordered: number): void {
  const touch = fill.side === 'buy' ? trade.entryAsk : trade.exitBid;
  // An order that waited under the offer did not slip.
  if (touch <= 0 || (fill.side === 'buy' && trade.entry.isResting === true)) return;
  const beyond = fill.side === 'buy' ? fill.price - touch : touch - fill.price;
  ctx.slippage.observe(
    trade.ticker,
    hourOf(ctx, fill.atUs),
    (beyond / touch) * 10_000,
    Math.min(1, fill.quantity / ordered),
  );
}

/** Hours since the start of the phase's day part: a stable label of the hour that needs no calendar. */
export function hourOf(ctx: DeskContext, atUs: EpochUs): number {
  const untilEndUs = ctx.clock.endUs - atUs;
  const base = ctx.clock.phase === 'pre' ? 0 : ctx.clock.phase === 'regular' ? 8 : 16;
  return base + Math.min(7, Math.max(0, Math.floor(untilEndUs / 3_600_000_000)));
}

/** What the tables say the fills of a trade cost, order by order. */
export function tableCharges(ctx: DeskContext, trade: TradeRecord): Charges {
  let sum = NO_CHARGES;
  for (const id of trade.orders) {
    const order = ctx.orders.get(id);
    if (order === undefined || order.filled === 0) continue;
    let value = 0;
    let added = 0;
    let atUs = 0;
    for (const fill of order.fills) {
      value += fill.quantity * fill.price;
      if (fill.liquidity === 'added') added += fill.quantity;
      atUs = fill.atUs;
    }
    const date = ctx.sessions.dateAt(atUs);
    const charges = chargesOf(
      ctx.fees,
      ctx.config.costs.plan,
      date,
      { side: order.side, shares: order.filled, value, addedShares: added },
      ctx.ledger.monthShares,
    );
    sum = {
      commission: sum.commission + charges.commission,
      exchange: sum.exchange + charges.exchange,
      sec: sum.sec + charges.sec,
      taf: sum.taf + charges.taf,
      cat: sum.cat + charges.cat,
    };
  }
  return sum;
}

function expectedCharges(ctx: DeskContext, trade: TradeRecord): Micros {
  let reported = 0;
  let waits = false;
  for (const fill of trade.fills) {
    if (fill.commission === null) waits = true;
    else reported += fill.commission;
  }
  return waits ? Math.max(0, totalCharges(tableCharges(ctx, trade)) - reported) : 0;
}

/** Call when the entry has ended: closes the trade when nothing is held and nothing can come any more. */
export function closeIfFlat(ctx: DeskContext, trade: TradeRecord, nowUs: EpochUs): void {
  if (trade.state !== 'open' && trade.state !== 'opening') return;
  if (trade.entryEnd === null || trade.position.held !== 0 || trade.exit.orderId !== '') return;
  if (ctx.orders.isSettling(trade.id)) return;
  if (trade.position.bought === 0) {
    trade.state = 'not-entered';
    ctx.trades.refresh(trade);
    ctx.journal.write({
      kind: 'trade',
      atUs: nowUs,
      id: trade.id,
      cause: trade.signalId,
      symbol: trade.ticker,
      body: { notEntered: trade.entryEnd },
    });
    return;
  }
  trade.state = 'closed';
  trade.closedUs = nowUs;
  ctx.trades.refresh(trade);
  const closed = journalTrade(ctx, trade, nowUs);
  const isDayTrade = ctx.sessions.dateAt(trade.openedUs) === ctx.clock.date;
  ctx.notes.closed(trade.ticker, ctx.clock.date, isDayTrade, closed.result === 'loss', nowUs);
  coolDown(ctx, trade, closed, nowUs);
}

function coolDown(ctx: DeskContext, trade: TradeRecord, closed: ClosedTrade, nowUs: EpochUs): void {
  const { risk } = ctx.config;
  const isLoss = closed.result === 'loss';
  const pause = isLoss ? Math.max(risk.cooldownUs, risk.cooldownAfterLossUs) : risk.cooldownUs;
  if (pause > 0) ctx.locks.coolDown(trade.strategy, trade.ticker, nowUs + pause);
  if (trade.manual) return;
  const streak = isLoss ? (ctx.state.streaks[trade.strategy] ?? 0) + 1 : 0;
  ctx.state.streaks[trade.strategy] = streak;
  if (risk.lossStreakMax === 0 || streak < risk.lossStreakMax) return;
  ctx.state.streaks[trade.strategy] = 0;
  const lock = {
    scope: `strategy:${trade.strategy}`,
    code: 'loss-streak',
    text: `${streak} losing trades running`,
    sinceUs: nowUs,
    date: ctx.clock.date,
  };
  if (ctx.locks.lock(lock)) noteRisk(ctx, nowUs, trade.id, '', { ...lock });
}

function journalTrade(ctx: DeskContext, trade: TradeRecord, nowUs: EpochUs): ClosedTrade {
  const closed = toClosedTrade(ctx, trade);
  ctx.journal.write({
    kind: 'trade',
    atUs: nowUs,
    id: trade.id,
    cause: trade.signalId,
    symbol: trade.ticker,
    body: closed,
  });
  return closed;
}

/** The closed trade with realised economics beside the predicted ones. */
export function toClosedTrade(ctx: DeskContext, trade: TradeRecord): ClosedTrade {
  const { position } = trade;
  const reported = position.charges + position.chargesExpected;
  const net = position.soldValue - position.boughtValue - reported;
  const averageBuy = position.bought > 0 ? Math.round(position.boughtValue / position.bought) : 0;
  const averageSell = position.sold > 0 ? Math.round(position.soldValue / position.sold) : 0;
  const realised: CostItems = realisedCosts(ctx.config.costs, {
    shares: position.bought,
    boughtValue: position.boughtValue,
    soldValue: position.soldValue,
    entryMid: trade.entryMid,
    entryAsk: trade.entryAsk,
    // Sold by hand elsewhere: there was no decision of ours to measure from.
    exitMid: trade.exitMid > 0 ? trade.exitMid : averageSell,
    exitBid: trade.exitBid > 0 ? trade.exitBid : averageSell,
    reported,
    byTable: tableCharges(ctx, trade),
  });
  return {
    id: trade.id,
    strategy: trade.strategy,
    version: trade.version,
    symbol: trade.symbol,
    ticker: trade.ticker,
    signalId: trade.signalId,
    openedUs: trade.openedUs,
    closedUs: trade.closedUs,
    heldUs: trade.closedUs - trade.openedUs,
    shares: position.bought,
    averageBuy,
    averageSell,
    gross: position.soldValue - position.boughtValue,
    charges: reported,
    net,
    result: net > 0 ? 'win' : net < 0 ? 'loss' : 'flat',
    exitReason: trade.exit.reason,
    entryEnd: trade.entryEnd,
    predicted: trade.predicted,
    realised,
    peakGain: trade.peakBid > 0 ? (trade.peakBid - averageBuy) * position.bought : 0,
    troughGain: trade.troughBid > 0 ? (trade.troughBid - averageBuy) * position.bought : 0,
    fills: [...trade.fills],
    orders: [...trade.orders],
    gates: trade.gates,
    tags: trade.tags,
    notes: [...trade.notes],
    manual: trade.manual,
  };
}

/** Result of a trade now, at the given bid. */
export function gainNow(trade: TradeRecord, bid: Micros): Micros {
  return openGain(trade.position, bid);
}
