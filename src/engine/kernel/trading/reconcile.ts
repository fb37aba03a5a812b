/**
 * The broker's snapshot against our books (docs/specs/orders.md, REC1 to REC9): executions are booked, live orders are found
 * or counted missing, positions must agree. What does not agree is said and locked, never smoothed.
 */
import { ensure } from '../../lib/assert.ts';
import type { Difference } from '../../model/account.ts';
import { isTerminal, openQuantity } from '../../model/order.ts';
import type { EpochUs, SymbolId } from '../../model/units.ts';
import { fillKey } from '../../orders/execution-id.ts';
import type { BrokerSnapshot } from '../../ports/broker.ts';
import { bookCommission, bookExecution } from './booking.ts';
import type { DeskContext } from './context.ts';
import { noteRisk } from './context.ts';
import { applyOrderEvent } from './order-desk.ts';

/** Executions younger than the question may be missing from the answer; clocks may differ by this much. */
const CLOCK_SLACK_US = 2_000_000;
/** Answered questions without the order before it is believed gone. */
const MISSING_MAX = 2;

export function reconcile(
  ctx: DeskContext,
  snapshot: BrokerSnapshot,
  queryId: string | undefined,
  nowUs: EpochUs,
): readonly Difference[] {
  const sentUs = takeQuery(ctx, queryId);
  const { state } = ctx;
  if (!ctx.ledger.isOpen) openBooks(ctx, snapshot, nowUs);
  else for (const execution of snapshot.executions) bookExecution(ctx, execution, nowUs);
  for (const { executionId, commission } of snapshot.commissions ?? [])
    bookCommission(ctx, executionId, commission, nowUs);
  const differences: Difference[] = [];
  judgeOrders(ctx, snapshot, sentUs, differences, nowUs);
  if (sentUs > 0) {
    ctx.orders.settle(sentUs);
    judgePositions(ctx, snapshot, sentUs, differences);
    state.brokerCash = snapshot.cash;
    state.brokerBuyingPower = snapshot.buyingPower;
    state.brokerAtUs = nowUs;
    state.boughtSince = 0;
    state.isReconciled = true;
    const drift = differences.filter((one) => one.kind === 'position').map((one) => one.id);
    if (drift.join() !== state.drift.join()) {
      noteRisk(ctx, nowUs, 'reconcile', '', { code: drift.length === 0 ? 'agrees' : 'drift', differences });
      // A first disagreement may be a report under way: ask once more before anybody worries.
      if (drift.length > 0) state.wantsQuery = true;
    }
    state.drift = drift;
  }
  return differences;
}

/** When the question that this answers was sent; 0 when nobody asked. An answer also settles every older question. */
function takeQuery(ctx: DeskContext, queryId: string | undefined): EpochUs {
  const { queries } = ctx.state;
  // A broker that does not echo ids answers in order, and only one question may then be open.
  const at =
    queryId === undefined ? (queries.length === 1 ? 0 : -1) : queries.findIndex((query) => query.id === queryId);
  if (at < 0) return 0;
  const { sentUs } = ensure(queries[at], 'the index was just found');
  queries.splice(0, at + 1);
  return sentUs;
}

/**
 * First sight of the account: cash and foreign holdings are taken as they are, the day's executions as already in them. Books
 * taken over from the journal know orders already: executions of those are booked, and their shares are ours, not foreign.
 */
function openBooks(ctx: DeskContext, snapshot: BrokerSnapshot, nowUs: EpochUs): void {
  for (const execution of snapshot.executions) {
    if (ctx.orders.get(execution.clientOrderId) === undefined) ctx.fills.book(execution, '');
    else bookExecution(ctx, execution, nowUs);
  }
  ctx.ledger.open(snapshot.account, snapshot.cash, nowUs);
  const ours = new Map<SymbolId, number>();
  for (const trade of ctx.trades.active()) ours.set(trade.symbol, (ours.get(trade.symbol) ?? 0) + trade.position.held);
  for (const position of snapshot.positions) {
    // Fewer than we hold is a disagreement to be told, not a foreign holding below nothing.
    const foreign = position.quantity - (ours.get(position.symbol) ?? 0);
    ctx.trades.setUnmanaged(position.symbol, ours.has(position.symbol) ? Math.max(0, foreign) : foreign);
  }
}

function judgeOrders(
  ctx: DeskContext,
  snapshot: BrokerSnapshot,
  sentUs: EpochUs,
  differences: Difference[],
  nowUs: EpochUs,
): void {
  const open = new Set<string>();
  for (const theirs of snapshot.openOrders) {
    open.add(theirs.clientOrderId);
    const order = ctx.orders.get(theirs.clientOrderId);
    if (order === undefined) {
      const text = `open order ${theirs.clientOrderId} at the broker is not ours`;
      differences.push({
        kind: 'order',
        symbol: theirs.symbol,
        id: theirs.clientOrderId,
        ours: 0,
        theirs: theirs.quantity,
        text,
      });
    } else if (isTerminal(order.state)) {
      killZombie(ctx, order.id, sentUs, nowUs);
    } else if (sentUs > order.askedUs && order.submittedUs > 0) {
      applyOrderEvent(ctx, order.id, { kind: 'found', limit: theirs.limit, quantity: theirs.quantity }, nowUs);
    }
  }
  if (sentUs === 0) return;
  for (const order of ctx.orders.live()) {
    if (open.has(order.id) || order.submittedUs === 0 || openQuantity(order) === 0) continue;
    if (sentUs < order.askedUs + ctx.config.settleUs) {
      if (order.state === 'unknown') ctx.state.wantsQuery = true;
      continue;
    }
    if (ctx.orders.countMissing(order.id) >= MISSING_MAX) {
      applyOrderEvent(ctx, order.id, { kind: 'missing' }, nowUs);
      continue;
    }
    // It may never have arrived, or be on its way still: a cancel makes sure that it does not come to life later.
    if (order.brokerOrderId === '' && ctx.state.isLinkUp) ctx.send({ kind: 'cancel', clientOrderId: order.id });
    ctx.state.wantsQuery = true;
  }
}

/** An order that we saw end is open at the broker after all: end it there too. */
function killZombie(ctx: DeskContext, id: string, sentUs: EpochUs, nowUs: EpochUs): void {
  const order = ensure(ctx.orders.get(id), 'zombies were known orders');
  if (sentUs <= order.endedUs || order.state === 'filled') return;
  ctx.state.counts.zombies++;
  noteRisk(ctx, nowUs, id, ctx.symbols.name(order.symbol), { code: 'zombie-order', state: order.state });
  if (ctx.state.isLinkUp) ctx.send({ kind: 'cancel', clientOrderId: id });
}

function judgePositions(ctx: DeskContext, snapshot: BrokerSnapshot, sentUs: EpochUs, differences: Difference[]): void {
  const theirs = new Map<SymbolId, number>();
  for (const position of snapshot.positions)
    theirs.set(position.symbol, (theirs.get(position.symbol) ?? 0) + position.quantity);
  const ours = new Map<SymbolId, number>();
  for (const trade of ctx.trades.active()) {
    if (trade.position.held !== 0) ours.set(trade.symbol, (ours.get(trade.symbol) ?? 0) + trade.position.held);
  }
  for (const [symbol, shares] of ctx.trades.unmanagedAll()) ours.set(symbol, (ours.get(symbol) ?? 0) + shares);
  // Fills that happened after the snapshot was taken are not in it: they are taken out of our side.
  const inSnapshot = new Set(snapshot.executions.map((execution) => fillKey(execution.executionId)));
  for (const fill of ctx.fills.all()) {
    if (fill.atUs < sentUs - CLOCK_SLACK_US || inSnapshot.has(fill.key)) continue;
    const sign = fill.side === 'buy' ? 1 : -1;
    ours.set(fill.symbol, (ours.get(fill.symbol) ?? 0) - sign * fill.quantity);
  }
  for (const symbol of [...new Set([...ours.keys(), ...theirs.keys()])].toSorted((a, b) => a - b)) {
    const mine = ours.get(symbol) ?? 0;
    const other = theirs.get(symbol) ?? 0;
    if (mine === other) continue;
    const ticker = ctx.symbols.name(symbol);
    differences.push({
      kind: 'position',
      symbol,
      id: ticker,
      ours: mine,
      theirs: other,
      text: `${ticker}: ours ${mine}, broker ${other}`,
    });
  }
}

/** What the snapshot still holds beyond the user's own shares, in words: nothing means flat. */
export function leftAtBroker(ctx: DeskContext, snapshot: BrokerSnapshot): readonly string[] {
  const left: string[] = [];
  for (const position of snapshot.positions) {
    const beyond = position.quantity - ctx.trades.unmanaged(position.symbol);
    if (beyond !== 0) left.push(`${ctx.symbols.name(position.symbol)} ${beyond} shares`);
  }
  for (const order of snapshot.openOrders) {
    if (ctx.orders.get(order.clientOrderId) !== undefined)
      left.push(
        `order ${order.clientOrderId} (${order.side} ${order.quantity - order.filled} ${ctx.symbols.name(order.symbol)})`,
      );
  }
  return left;
}
