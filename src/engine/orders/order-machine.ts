/**
 * An order is the fold of its events: one table of legal transitions, one function (docs/specs/orders.md, ORD2 to ORD6).
 * Reports of the world may be late, repeated, reordered or missing; what the table does not allow is refused and counted.
 */
import { assert, assertNever } from '../lib/assert.ts';
import type { Fill } from '../model/fill.ts';
import type { Order, OrderState } from '../model/order.ts';
import { isTerminal } from '../model/order.ts';
import type { EpochUs, Micros } from '../model/units.ts';

export type OrderEvent =
  | { readonly kind: 'durable' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'acknowledged'; readonly brokerOrderId: string }
  | { readonly kind: 'working'; readonly limit: Micros | null; readonly quantity: number }
  /** A new fill, or the corrected form of one that is already there (same key). */
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'replace-sent'; readonly limit: Micros; readonly quantity: number }
  | { readonly kind: 'replace-rejected'; readonly reason: string }
  | { readonly kind: 'cancel-sent' }
  | { readonly kind: 'cancel-rejected'; readonly reason: string }
  | { readonly kind: 'cancelled'; readonly reason: string; readonly filled?: number }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'expired'; readonly filled?: number }
  | { readonly kind: 'unknown'; readonly reason: string }
  /** The broker's snapshot lists it as open. */
  | { readonly kind: 'found'; readonly limit: Micros | null; readonly quantity: number }
  /** The broker's snapshots no longer list it, and they are younger than anything asked of it. */
  | { readonly kind: 'missing' };

export type OrderEventKind = OrderEvent['kind'];

/** A state; or 'same': legal and without effect on the state; or 'resume': working or partially filled, by what has filled. */
type Target = OrderState | 'same' | 'resume';
type Row = Readonly<Partial<Record<OrderEventKind, Target>>>;

const ENDINGS: Row = { cancelled: 'cancelled', rejected: 'rejected', expired: 'expired', missing: 'cancelled' };
const LIVE: Row = { ...ENDINGS, unknown: 'unknown', found: 'resume', 'cancel-sent': 'pending-cancel' };

/** The one table. An event that is absent is refused. Fills are legal in every state and are handled by `afterFill`. */
export const TRANSITIONS: Readonly<Record<OrderState, Row>> = {
  intent: { durable: 'durable', cancelled: 'cancelled' },
  durable: { durable: 'same', sent: 'submitted', cancelled: 'cancelled' },
  submitted: { ...LIVE, acknowledged: 'acknowledged', working: 'resume' },
  acknowledged: { ...LIVE, acknowledged: 'same', working: 'resume', 'replace-sent': 'pending-replace' },
  working: {
    ...LIVE,
    acknowledged: 'same',
    working: 'same',
    'replace-sent': 'pending-replace',
    'replace-rejected': 'same',
    'cancel-rejected': 'same',
  },
  'partially-filled': {
    ...LIVE,
    acknowledged: 'same',
    working: 'same',
    'replace-sent': 'pending-replace',
    'replace-rejected': 'same',
    'cancel-rejected': 'same',
  },
  'pending-replace': {
    ...LIVE,
    acknowledged: 'same',
    working: 'resume',
    'replace-rejected': 'resume',
    'cancel-rejected': 'same',
  },
  'pending-cancel': {
    ...ENDINGS,
    unknown: 'unknown',
    found: 'resume',
    acknowledged: 'same',
    working: 'same',
    'cancel-sent': 'same',
    'cancel-rejected': 'resume',
    'replace-rejected': 'same',
  },
  unknown: {
    ...ENDINGS,
    unknown: 'same',
    found: 'resume',
    acknowledged: 'resume',
    working: 'resume',
    'cancel-sent': 'same',
    'cancel-rejected': 'same',
    'replace-rejected': 'same',
  },
  filled: {},
  cancelled: {},
  rejected: {},
  expired: {},
};

export type Verdict =
  | 'applied'
  /** Legal, and said nothing new. */
  | 'repeat'
  /** Not legal in this state: recorded, without effect. */
  | 'refused';

export interface Folded {
  readonly order: Order;
  readonly verdict: Verdict;
}

/** The order after `event`. Pure. */
export function foldOrder(order: Order, event: OrderEvent, nowUs: EpochUs): Folded {
  if (event.kind === 'fill') return { order: afterFill(order, event.fill, nowUs), verdict: 'applied' };
  const target = TRANSITIONS[order.state][event.kind];
  if (target === undefined) return refuse(order, event);
  // A report of the old price while a replace is under way is an echo, not its confirmation.
  if (event.kind === 'working' && order.state === 'pending-replace' && !confirms(order, event))
    return { order, verdict: 'repeat' };
  const next = settle(merge(order, event, nowUs), target, nowUs);
  return { order: next, verdict: next.state === order.state && target === 'same' ? 'repeat' : 'applied' };
}

function refuse(order: Order, event: OrderEvent): Folded {
  // The ending an order already has, said again, is a repeat; everything else is recorded as refused.
  const isRepeat =
    isTerminal(order.state) &&
    (event.kind === order.state || (event.kind === 'missing' && order.state === 'cancelled'));
  if (isRepeat) return { order, verdict: 'repeat' };
  return { order: { ...order, refused: order.refused + 1 }, verdict: 'refused' };
}

function confirms(order: Order, event: { readonly limit: Micros | null; readonly quantity: number }): boolean {
  return event.limit === order.pendingLimit && event.quantity === order.pendingQuantity;
}

/** What the event says, apart from the state. */
function merge(order: Order, event: Exclude<OrderEvent, { kind: 'fill' }>, nowUs: EpochUs): Order {
  switch (event.kind) {
    case 'durable':
      return order;
    case 'sent':
      return { ...order, submittedUs: nowUs, askedUs: nowUs };
    case 'acknowledged':
      return {
        ...order,
        heardUs: nowUs,
        brokerOrderId: event.brokerOrderId === '' ? order.brokerOrderId : event.brokerOrderId,
      };
    case 'working':
      if (order.state === 'pending-replace') return { ...confirmed(order, event), heardUs: nowUs };
      return { ...order, heardUs: nowUs };
    case 'found':
      return { ...confirmed(order, event), heardUs: nowUs };
    case 'replace-sent':
      return {
        ...order,
        pendingLimit: event.limit,
        pendingQuantity: event.quantity,
        askedUs: nowUs,
        replaces: order.replaces + 1,
      };
    case 'replace-rejected':
      return { ...order, pendingLimit: null, pendingQuantity: null, heardUs: nowUs, reason: event.reason };
    case 'cancel-sent':
      return { ...order, askedUs: nowUs };
    case 'cancel-rejected':
      return { ...order, heardUs: nowUs, reason: event.reason };
    case 'cancelled':
      return { ...order, heardUs: nowUs, reason: event.reason, toldFilled: event.filled ?? null };
    case 'rejected':
      return { ...order, heardUs: nowUs, reason: event.reason, toldFilled: 0 };
    case 'expired':
      return { ...order, heardUs: nowUs, reason: 'expired', toldFilled: event.filled ?? null };
    case 'missing':
      return { ...order, reason: 'missing-at-broker' };
    case 'unknown':
      return { ...order, reason: event.reason };
    default:
      return assertNever(event);
  }
}

function confirmed(order: Order, event: { readonly limit: Micros | null; readonly quantity: number }): Order {
  return { ...order, limit: event.limit, quantity: event.quantity, pendingLimit: null, pendingQuantity: null };
}

function settle(order: Order, target: Target, nowUs: EpochUs): Order {
  let state: OrderState = order.state;
  if (target === 'resume') state = order.filled > 0 ? 'partially-filled' : 'working';
  else if (target !== 'same') state = target;
  // Everything is filled, whatever else was said last.
  if (order.filled > 0 && order.filled >= ceiling(order) && !isTerminal(state)) state = 'filled';
  const hasEnded = isTerminal(state);
  if (!hasEnded) return state === order.state ? order : { ...order, state };
  return {
    ...order,
    state,
    pendingLimit: null,
    pendingQuantity: null,
    endedUs: order.endedUs === 0 ? nowUs : order.endedUs,
  };
}

/** Shares at which nothing more can fill. While a replace is open, the larger of the two quantities. */
function ceiling(order: Order): number {
  return Math.max(order.quantity, order.pendingQuantity ?? 0);
}

/** Executions are facts: they are booked in every state, and a complete order is filled whatever was said before. */
function afterFill(order: Order, fill: Fill, nowUs: EpochUs): Order {
  assert(fill.orderId === order.id, 'a fill belongs to its order');
  const at = order.fills.findIndex((known) => known.key === fill.key);
  const fills = at < 0 ? [...order.fills, fill] : order.fills.with(at, fill);
  let filled = 0;
  for (const one of fills) filled += one.quantity;
  const next: Order = { ...order, fills, filled, heardUs: nowUs };
  if (order.state === 'filled') return next;
  if (filled >= ceiling(next) && filled > 0) {
    return {
      ...next,
      state: 'filled',
      pendingLimit: null,
      pendingQuantity: null,
      endedUs: order.endedUs === 0 ? nowUs : order.endedUs,
    };
  }
  const takesFill =
    order.state === 'submitted' ||
    order.state === 'acknowledged' ||
    order.state === 'working' ||
    order.state === 'durable' ||
    order.state === 'intent';
  return takesFill ? { ...next, state: 'partially-filled' } : next;
}
