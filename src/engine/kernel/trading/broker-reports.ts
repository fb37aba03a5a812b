/** What the broker reports, into orders, fills and the link state (docs/specs/orders.md, ORD16, REC1). */
import { assertNever } from '../../lib/assert.ts';
import type { EpochUs } from '../../model/units.ts';
import type { OrderEvent } from '../../orders/order-machine.ts';
import type { BrokerEvent } from '../../ports/broker.ts';
import { bookCommission, bookExecution } from './booking.ts';
import type { DeskContext } from './context.ts';
import { noteRisk } from './context.ts';
import { applyOrderEvent, askTruth, linkLost } from './order-desk.ts';
import { leftAtBroker, reconcile } from './reconcile.ts';

export function takeBrokerEvent(ctx: DeskContext, event: BrokerEvent, nowUs: EpochUs): void {
  switch (event.kind) {
    case 'link':
      takeLink(ctx, event, nowUs);
      return;
    case 'execution':
      bookExecution(ctx, event.execution, nowUs);
      return;
    case 'commission':
      bookCommission(ctx, event.executionId, event.commission, nowUs);
      return;
    case 'snapshot':
      reconcile(ctx, event.snapshot, event.queryId, nowUs);
      if (ctx.kill.isOn && event.queryId !== undefined)
        ctx.kill.answered(event.queryId, leftAtBroker(ctx, event.snapshot), nowUs);
      return;
    case 'acknowledged':
      report(ctx, event.clientOrderId, { kind: 'acknowledged', brokerOrderId: event.brokerOrderId }, nowUs);
      return;
    case 'working':
      report(ctx, event.clientOrderId, { kind: 'working', limit: event.limit, quantity: event.quantity }, nowUs);
      return;
    case 'cancelled':
      report(
        ctx,
        event.clientOrderId,
        { kind: 'cancelled', reason: event.reason, ...(event.filled === undefined ? {} : { filled: event.filled }) },
        nowUs,
      );
      return;
    case 'rejected':
      report(ctx, event.clientOrderId, { kind: 'rejected', reason: event.code }, nowUs);
      return;
    case 'replace-rejected':
      report(ctx, event.clientOrderId, { kind: 'replace-rejected', reason: event.code }, nowUs);
      ctx.state.wantsQuery = true;
      return;
    case 'cancel-rejected':
      report(ctx, event.clientOrderId, { kind: 'cancel-rejected', reason: event.code }, nowUs);
      // Filled, gone or never arrived: the broker knows, so it is asked.
      ctx.state.wantsQuery = true;
      return;
    case 'expired':
      report(
        ctx,
        event.clientOrderId,
        { kind: 'expired', ...(event.filled === undefined ? {} : { filled: event.filled }) },
        nowUs,
      );
      return;
    case 'unknown':
      report(ctx, event.clientOrderId, { kind: 'unknown', reason: event.reason }, nowUs);
      return;
    default:
      assertNever(event);
  }
}

function report(ctx: DeskContext, id: string, event: OrderEvent, nowUs: EpochUs): void {
  if (ctx.orders.get(id) === undefined) {
    ctx.state.counts.foreign++;
    noteRisk(ctx, nowUs, id, '', { code: 'foreign-report', event });
    return;
  }
  applyOrderEvent(ctx, id, event, nowUs);
}

function takeLink(ctx: DeskContext, event: Extract<BrokerEvent, { kind: 'link' }>, nowUs: EpochUs): void {
  if (!event.up) {
    if (ctx.state.isLinkUp) linkLost(ctx, nowUs);
    return;
  }
  // Another account than the books are of is never traded.
  if (ctx.ledger.isOpen && event.account !== ctx.ledger.account) {
    noteRisk(ctx, nowUs, 'link', '', { code: 'wrong-account', ours: ctx.ledger.account, theirs: event.account });
    return;
  }
  if (ctx.state.isLinkUp && event.dataLost) linkLost(ctx, nowUs);
  ctx.state.isLinkUp = true;
  ctx.state.isReconciled = false;
  askTruth(ctx, nowUs, true);
}
