/**
 * From a decision to the broker and back: intents wait for the disk, durable orders wait for link and rate, reports are
 * folded into orders (docs/specs/orders.md, ORD15 to ORD21).
 */
import { ensure } from '../../lib/assert.ts';
import type { CostEstimate } from '../../model/economics.ts';
import type { Order, OrderPurpose, OrderSide } from '../../model/order.ts';
import { isTerminal } from '../../model/order.ts';
import type { EpochUs, Micros } from '../../model/units.ts';
import { idOf } from '../../orders/client-order-id.ts';
import { timeoutOf } from '../../orders/order-book.ts';
import type { OrderEvent, Verdict } from '../../orders/order-machine.ts';
import type { TradeRecord } from '../../positions/trade-record.ts';
import { countWithinSecond, note, roomAtUs } from '../../risk/rates.ts';
import type { DeskContext } from './context.ts';
import { noteRisk } from './context.ts';

export interface OrderWish {
  readonly purpose: OrderPurpose;
  readonly side: OrderSide;
  readonly type: 'limit' | 'market';
  readonly quantity: number;
  readonly limit: Micros | null;
  readonly outsideRegularHours: boolean;
  readonly cause: string;
  readonly costs: CostEstimate | null;
}

/** Decides an order: appended to the journal now, sent when the disk has it. Returns its id. */
export function issueOrder(ctx: DeskContext, trade: TradeRecord, wish: OrderWish, nowUs: EpochUs): string {
  const id = idOf('O', ctx.run, ++ctx.state.orderCounter);
  const order: Order = {
    id,
    tradeId: trade.id,
    cause: wish.cause,
    purpose: wish.purpose,
    strategy: trade.strategy,
    symbol: trade.symbol,
    side: wish.side,
    type: wish.type,
    timeInForce: 'day',
    outsideRegularHours: wish.outsideRegularHours,
    state: 'intent',
    quantity: wish.quantity,
    limit: wish.limit,
    pendingLimit: null,
    pendingQuantity: null,
    filled: 0,
    fills: [],
    toldFilled: null,
    brokerOrderId: '',
    createdUs: nowUs,
    submittedUs: 0,
    askedUs: nowUs,
    heardUs: nowUs,
    endedUs: 0,
    replaces: 0,
    reason: '',
    refused: 0,
    costs: wish.costs,
  };
  ctx.orders.create(order);
  trade.orders.push(id);
  ctx.state.counts.orders++;
  const seq = ctx.journal.write({
    kind: 'intent',
    atUs: nowUs,
    id,
    cause: wish.cause,
    symbol: trade.ticker,
    body: order,
  });
  ctx.state.intents.push({ seq, orderId: id });
  return id;
}

/** Applies an event and journals what it did. */
export function applyOrderEvent(ctx: DeskContext, id: string, event: OrderEvent, nowUs: EpochUs): Verdict {
  const before = ensure(ctx.orders.get(id), 'events reach known orders');
  const { order, verdict } = ctx.orders.apply(id, event, nowUs);
  if (verdict === 'repeat') return verdict;
  const symbol = ctx.symbols.name(order.symbol);
  if (verdict === 'refused') {
    ctx.state.counts.refused++;
    ctx.journal.write({
      kind: 'order',
      atUs: nowUs,
      id,
      cause: order.tradeId,
      symbol,
      body: { refused: event, state: order.state },
    });
    return verdict;
  }
  if (order.state !== before.state) {
    if (order.state === 'unknown') ctx.state.counts.unknowns++;
    if (before.state === 'unknown') ctx.state.counts.unknownsResolved++;
    if (order.state === 'rejected') ctx.state.counts.rejects++;
  }
  ctx.journal.write({
    kind: 'order',
    atUs: nowUs,
    id,
    cause: order.tradeId,
    symbol,
    body: {
      event,
      from: before.state,
      state: order.state,
      filled: order.filled,
      limit: order.limit,
      quantity: order.quantity,
    },
  });
  return verdict;
}

/** The journal is on disk up to `seq`. */
export function releaseDurable(ctx: DeskContext, seq: number, nowUs: EpochUs): void {
  const { state } = ctx;
  if (seq > state.durableSeq) state.durableSeq = seq;
  let released = 0;
  for (const intent of state.intents) {
    if (intent.seq > state.durableSeq) break;
    released++;
    const order = ensure(ctx.orders.get(intent.orderId), 'intents name known orders');
    if (isTerminal(order.state)) continue;
    applyOrderEvent(ctx, order.id, { kind: 'durable' }, nowUs);
    state.ready.push(order.id);
  }
  if (released > 0) state.intents.splice(0, released);
}

/** Hands durable orders to the broker lane, exits first, while link, reconciliation and rate allow. */
export function flushReady(ctx: DeskContext, nowUs: EpochUs): void {
  const { state } = ctx;
  if (state.ready.length === 0 || !state.isLinkUp || !state.isReconciled) return;
  for (const side of ['sell', 'buy'] as const) {
    const left: string[] = [];
    for (const id of state.ready) {
      const order = ensure(ctx.orders.get(id), 'ready orders are known');
      if (isTerminal(order.state)) continue;
      if (order.side !== side || countWithinSecond(state.messages, nowUs) >= ctx.config.risk.messagesPerSecond)
        left.push(id);
      else place(ctx, order, nowUs);
    }
    state.ready = left;
  }
}

function place(ctx: DeskContext, order: Order, nowUs: EpochUs): void {
  applyOrderEvent(ctx, order.id, { kind: 'sent' }, nowUs);
  note(ctx.state.messages, nowUs);
  ctx.send({
    kind: 'place',
    order: {
      clientOrderId: order.id,
      symbol: order.symbol,
      side: order.side,
      type: order.type,
      quantity: order.quantity,
      limit: order.limit,
      timeInForce: order.timeInForce,
      outsideRegularHours: order.outsideRegularHours,
    },
  });
}

/** Whether a replace or another message that can wait may go now. */
export function hasRoom(ctx: DeskContext, nowUs: EpochUs): boolean {
  const { state } = ctx;
  if (!state.isLinkUp || !state.isReconciled) return false;
  return countWithinSecond(state.messages, nowUs) < ctx.config.risk.messagesPerSecond;
}

export function roomUs(ctx: DeskContext, nowUs: EpochUs): EpochUs {
  return roomAtUs(ctx.state.messages, ctx.config.risk.messagesPerSecond, nowUs);
}

export function replaceOrder(ctx: DeskContext, order: Order, limit: Micros, quantity: number, nowUs: EpochUs): void {
  if (applyOrderEvent(ctx, order.id, { kind: 'replace-sent', limit, quantity }, nowUs) !== 'applied') return;
  note(ctx.state.messages, nowUs);
  ctx.send({ kind: 'replace', clientOrderId: order.id, limit, quantity });
}

/** Cancels wherever the order is: locally when it has not left, at the broker otherwise. Cancels do not wait for rates. */
export function cancelOrder(ctx: DeskContext, order: Order, reason: string, nowUs: EpochUs): void {
  if (isTerminal(order.state) || order.state === 'pending-cancel') return;
  if (order.state === 'intent' || order.state === 'durable') {
    applyOrderEvent(ctx, order.id, { kind: 'cancelled', reason }, nowUs);
    return;
  }
  if (order.state === 'unknown' || !ctx.state.isLinkUp) return;
  applyOrderEvent(ctx, order.id, { kind: 'cancel-sent' }, nowUs);
  note(ctx.state.messages, nowUs);
  ctx.send({ kind: 'cancel', clientOrderId: order.id });
}

/** Requests unanswered for too long have an unknown outcome; unknown and long silent orders are asked about. */
export function watchOrders(ctx: DeskContext, nowUs: EpochUs): void {
  const { state, config } = ctx;
  if (!state.isLinkUp) return;
  let needsTruth = ctx.orders.hasUnsettled;
  for (const order of ctx.orders.live()) {
    if (nowUs >= timeoutOf(order, config.timeouts))
      applyOrderEvent(ctx, order.id, { kind: 'unknown', reason: 'no-answer' }, nowUs);
    const now = ensure(ctx.orders.get(order.id), 'orders stay in the book');
    if (now.state === 'unknown') needsTruth = true;
    else if (
      isAtBroker(now) &&
      nowUs - Math.max(now.heardUs, now.askedUs, state.queriedUs) >= config.timeouts.silenceUs
    )
      needsTruth = true;
  }
  if (needsTruth) state.wantsQuery = true;
  if (state.wantsQuery || !state.isReconciled) askTruth(ctx, nowUs);
}

function isAtBroker(order: Order): boolean {
  return order.state !== 'intent' && order.state !== 'durable' && !isTerminal(order.state);
}

const QUERIES_MAX = 8;

/** Asks the broker for a snapshot, not more often than the pause allows unless `isUrgent`. Returns the query id, or ''. */
export function askTruth(ctx: DeskContext, nowUs: EpochUs, isUrgent = false): string {
  const { state, config } = ctx;
  if (!state.isLinkUp) return '';
  if (!isUrgent && state.queriedUs !== 0 && nowUs - state.queriedUs < config.queryUs) return '';
  const id = idOf('Q', ctx.run, ++state.queryCounter);
  state.queries.push({ id, sentUs: nowUs });
  if (state.queries.length > QUERIES_MAX) state.queries.shift();
  state.queriedUs = nowUs;
  state.wantsQuery = false;
  state.counts.queries++;
  note(state.messages, nowUs);
  ctx.send({ kind: 'query', queryId: id });
  return id;
}

/** When the orders need attention next. */
export function nextOrderUs(ctx: DeskContext, nowUs: EpochUs): EpochUs {
  const { state, config } = ctx;
  if (!state.isLinkUp) return Infinity;
  let next = ctx.orders.nextTimeoutUs(config.timeouts);
  if (state.wantsQuery || !state.isReconciled || ctx.orders.hasUnsettled)
    next = Math.min(next, state.queriedUs + config.queryUs);
  for (const order of ctx.orders.live()) {
    if (order.state === 'unknown') next = Math.min(next, state.queriedUs + config.queryUs);
    else if (isAtBroker(order))
      next = Math.min(next, Math.max(order.heardUs, order.askedUs, state.queriedUs) + config.timeouts.silenceUs);
  }
  if (state.ready.length > 0 && state.isReconciled) next = Math.min(next, roomUs(ctx, nowUs));
  return next;
}

/** The link dropped: what was asked may or may not have arrived. */
export function linkLost(ctx: DeskContext, nowUs: EpochUs): void {
  ctx.state.isLinkUp = false;
  ctx.state.isReconciled = false;
  ctx.state.queries = [];
  ctx.state.ready = [];
  for (const order of ctx.orders.live()) {
    // What has not left is dropped: its price is old by the time the link is back, and the loops decide anew.
    if (order.state === 'intent' || order.state === 'durable') cancelOrder(ctx, order, 'link-lost', nowUs);
    if (timeoutOf(order, ctx.config.timeouts) === Infinity) continue;
    applyOrderEvent(ctx, order.id, { kind: 'unknown', reason: 'link-lost' }, nowUs);
  }
  noteRisk(ctx, nowUs, 'link', '', { code: 'link-lost' });
}
