/** ORD2 to ORD10: the order machine against a dumb model, under duplicate, reordered, missing and corrected reports. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fill } from '../model/fill.ts';
import type { Order, OrderState } from '../model/order.ts';
import { isTerminal } from '../model/order.ts';
import type { Execution } from '../ports/broker.ts';
import { idOf } from './client-order-id.ts';
import { compareRevisions, fillKey } from './execution-id.ts';
import { FillBook } from './fill-book.ts';
import { OrderBook } from './order-book.ts';
import type { OrderEvent, OrderEventKind } from './order-machine.ts';
import { TRANSITIONS, foldOrder } from './order-machine.ts';

const QUANTITY = 100;

function freshOrder(state: OrderState = 'intent'): Order {
  return {
    id: 'R-O1',
    tradeId: 'R-T1',
    cause: 's',
    purpose: 'entry',
    strategy: 'x',
    symbol: 0,
    side: 'buy',
    type: 'limit',
    timeInForce: 'day',
    outsideRegularHours: false,
    state,
    quantity: QUANTITY,
    limit: 10_000_000,
    pendingLimit: null,
    pendingQuantity: null,
    filled: 0,
    fills: [],
    toldFilled: null,
    brokerOrderId: '',
    createdUs: 1,
    submittedUs: 1,
    askedUs: 1,
    heardUs: 1,
    endedUs: 0,
    replaces: 0,
    reason: '',
    refused: 0,
    costs: null,
  };
}

function execution(id: string, quantity: number, price = 10_000_000): Execution {
  return {
    executionId: id,
    clientOrderId: 'R-O1',
    symbol: 0,
    side: 'buy',
    quantity,
    price,
    atUs: 5,
    venue: 'X',
    liquidity: 'unknown',
  };
}

const STATES = Object.keys(TRANSITIONS) as OrderState[];
const anyEvent: fc.Arbitrary<OrderEvent> = fc.oneof(
  fc.constant<OrderEvent>({ kind: 'durable' }),
  fc.constant<OrderEvent>({ kind: 'sent' }),
  fc.constant<OrderEvent>({ kind: 'acknowledged', brokerOrderId: 'B1' }),
  fc.record({
    kind: fc.constant('working' as const),
    limit: fc.constantFrom(10_000_000, 10_010_000),
    quantity: fc.constant(QUANTITY),
  }),
  fc.record({
    kind: fc.constant('replace-sent' as const),
    limit: fc.constant(10_010_000),
    quantity: fc.constant(QUANTITY),
  }),
  fc.constant<OrderEvent>({ kind: 'replace-rejected', reason: 'r' }),
  fc.constant<OrderEvent>({ kind: 'cancel-sent' }),
  fc.constant<OrderEvent>({ kind: 'cancel-rejected', reason: 'r' }),
  fc.record({ kind: fc.constant('cancelled' as const), reason: fc.constant('c') }),
  fc.constant<OrderEvent>({ kind: 'rejected', reason: 'r' }),
  fc.constant<OrderEvent>({ kind: 'expired' }),
  fc.constant<OrderEvent>({ kind: 'unknown', reason: 'timeout' }),
  fc.record({ kind: fc.constant('found' as const), limit: fc.constant(10_000_000), quantity: fc.constant(QUANTITY) }),
  fc.constant<OrderEvent>({ kind: 'missing' }),
);

describe('ORD2 the table', () => {
  it('names every state, and terminal states lead nowhere', () => {
    expect(STATES).toHaveLength(13);
    for (const state of ['filled', 'cancelled', 'rejected', 'expired'] as const)
      expect(Object.keys(TRANSITIONS[state])).toHaveLength(0);
  });

  it('ORD3 refuses and counts what it does not allow, in every state, for every event', () => {
    const kinds: OrderEventKind[] = [
      'durable',
      'sent',
      'acknowledged',
      'replace-sent',
      'replace-rejected',
      'cancel-sent',
      'cancel-rejected',
      'cancelled',
      'rejected',
      'expired',
      'unknown',
      'missing',
    ];
    let refusals = 0;
    for (const state of STATES) {
      for (const kind of kinds) {
        const event = { kind, reason: '', brokerOrderId: '', limit: 1, quantity: QUANTITY } as OrderEvent;
        const { order, verdict } = foldOrder(freshOrder(state), event, 9);
        const isAllowed = TRANSITIONS[state][kind] !== undefined;
        const isEcho = kind === state || (kind === 'missing' && state === 'cancelled');
        if (isAllowed || isEcho) expect(verdict).not.toBe('refused');
        else {
          refusals++;
          expect([state, kind, verdict, order.state, order.refused]).toEqual([state, kind, 'refused', state, 1]);
        }
      }
    }
    expect(refusals).toBeGreaterThan(60);
  });

  it('ORD4 never downgrades a terminal state under any sequence', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let order = freshOrder();
        for (const event of events) {
          const before = order;
          order = foldOrder(order, event, 9).order;
          if (isTerminal(before.state)) expect(order.state).toBe(before.state);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** One true history at the broker: fills in revisions, then an end. */
interface History {
  readonly fills: readonly { readonly quantities: readonly number[]; readonly price: number }[];
  readonly end: 'cancelled' | 'expired' | 'none';
}

const history: fc.Arbitrary<History> = fc.record({
  fills: fc.array(
    fc.record({
      quantities: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
      price: fc.integer({ min: 1, max: 9_000_000 }),
    }),
    { maxLength: 8 },
  ),
  end: fc.constantFrom('cancelled', 'expired', 'none'),
});

type Report =
  | { readonly kind: 'execution'; readonly execution: Execution }
  | { readonly kind: 'commission'; readonly id: string; readonly amount: number }
  | { readonly kind: 'state'; readonly event: OrderEvent };

function reportsOf(truth: History): Report[] {
  const reports: Report[] = [
    { kind: 'state', event: { kind: 'acknowledged', brokerOrderId: 'B1' } },
    { kind: 'state', event: { kind: 'working', limit: 10_000_000, quantity: QUANTITY } },
  ];
  for (const [index, fill] of truth.fills.entries()) {
    for (const [revision, quantity] of fill.quantities.entries()) {
      const id = `00e1.${index}.0${revision + 1}`;
      reports.push(
        { kind: 'execution', execution: execution(id, quantity, fill.price) },
        { kind: 'commission', id, amount: index * 100 + revision },
      );
    }
  }
  if (truth.end !== 'none')
    reports.push({
      kind: 'state',
      event: truth.end === 'expired' ? { kind: 'expired' } : { kind: 'cancelled', reason: 'x' },
    });
  return reports;
}

/** The real parts: fill book and order book, as the desk uses them. */
function play(reports: readonly Report[]): {
  readonly order: Order;
  readonly book: FillBook;
  readonly states: readonly OrderState[];
} {
  const book = new FillBook();
  const orders = new OrderBook();
  orders.create(freshOrder());
  orders.apply('R-O1', { kind: 'durable' }, 1);
  orders.apply('R-O1', { kind: 'sent' }, 2);
  const states: OrderState[] = [];
  const apply = (event: OrderEvent): void => void orders.apply('R-O1', event, 3);
  for (const report of reports) {
    if (report.kind === 'state') apply(report.event);
    else if (report.kind === 'execution') {
      const booked = book.book(report.execution, 'R-T1');
      if (booked.kind !== 'repeat') apply({ kind: 'fill', fill: booked.fill });
    } else {
      const joined = book.commission(report.id, report.amount);
      if (joined !== undefined) apply({ kind: 'fill', fill: joined.fill });
    }
    states.push(orders.get('R-O1')?.state ?? 'intent');
  }
  return { order: orders.get('R-O1') as Order, book, states };
}

/** The dumb model: the latest revision that was seen of each fill, added up. */
function expectedOf(reports: readonly Report[]): { filled: number; value: number; charges: number } {
  const latest = new Map<string, Execution>();
  const charge = new Map<string, { revision: number; amount: number }>();
  for (const report of reports) {
    if (report.kind === 'execution') {
      const known = latest.get(report.execution.executionId.slice(0, -3));
      if (known === undefined || known.executionId < report.execution.executionId)
        latest.set(report.execution.executionId.slice(0, -3), report.execution);
    } else if (report.kind === 'commission') {
      const key = report.id.slice(0, -3);
      const revision = Number(report.id.slice(-2));
      if ((charge.get(key)?.revision ?? 0) < revision) charge.set(key, { revision, amount: report.amount });
    }
  }
  let [filled, value, charges] = [0, 0, 0];
  for (const [key, one] of latest) {
    filled += one.quantity;
    value += one.quantity * one.price;
    charges += charge.get(key)?.amount ?? 0;
  }
  return { filled, value, charges };
}

describe('ORD7 to ORD10 against the dumb model', () => {
  it('books every fill once whatever is repeated, reordered or missing', () => {
    const scenario = history.chain((truth) => {
      const reports = reportsOf(truth);
      return fc.record({
        // Indices drawn with repetition: some reports come twice, some never, all in any order.
        delivered: fc
          .array(fc.nat(reports.length - 1), { maxLength: reports.length * 3 })
          .map((picks) => picks.map((at) => reports[at] as Report)),
      });
    });
    fc.assert(
      fc.property(scenario, ({ delivered }) => {
        const { order, states } = play(delivered);
        const expected = expectedOf(delivered);
        expect(order.filled).toBe(expected.filled);
        expect(order.fills.reduce((sum, fill) => sum + fill.quantity * fill.price, 0)).toBe(expected.value);
        expect(order.fills.reduce((sum, fill) => sum + (fill.commission ?? 0), 0)).toBe(expected.charges);
        let over = '';
        for (const state of states) {
          if (over !== '' && state !== 'filled') expect(state).toBe(over);
          if (isTerminal(state)) over = state;
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('ends in the same fills whatever the order of the same reports', () => {
    const shuffled = history.chain((truth) =>
      fc
        .shuffledSubarray(reportsOf(truth), { minLength: reportsOf(truth).length })
        .map((reports) => ({ truth, reports })),
    );
    fc.assert(
      fc.property(shuffled, ({ truth, reports }) => {
        const one = play(reports).order;
        const other = play(reportsOf(truth)).order;
        const plain = (fills: readonly Fill[]) =>
          fills.map((fill) => `${fill.executionId} ${fill.quantity} ${fill.price} ${fill.commission}`).toSorted();
        expect(plain(one.fills)).toEqual(plain(other.fills));
      }),
      { numRuns: 1000 },
    );
  });

  it('ORD5 a cancelled order that turns out filled is filled, and its end is not certain before', () => {
    const orders = new OrderBook();
    orders.create(freshOrder());
    const book = new FillBook();
    for (const event of [
      { kind: 'durable' },
      { kind: 'sent' },
      { kind: 'cancelled', reason: 'x', filled: 100 },
    ] as const)
      orders.apply('R-O1', event, 2);
    expect(orders.isSettling('R-T1')).toBe(true);
    orders.apply('R-O1', { kind: 'fill', fill: book.book(execution('a.01', 100), 'R-T1').fill }, 3);
    expect(orders.get('R-O1')?.state).toBe('filled');
    expect(orders.isSettling('R-T1')).toBe(false);
  });

  it('ORD6 the echo of the old price does not confirm a replace', () => {
    let order = freshOrder('working');
    order = foldOrder(order, { kind: 'replace-sent', limit: 10_010_000, quantity: 100 }, 2).order;
    order = foldOrder(order, { kind: 'working', limit: 10_000_000, quantity: 100 }, 3).order;
    expect(order).toMatchObject({ state: 'pending-replace', limit: 10_000_000, pendingLimit: 10_010_000 });
    order = foldOrder(order, { kind: 'working', limit: 10_010_000, quantity: 100 }, 4).order;
    expect(order).toMatchObject({ state: 'working', limit: 10_010_000, pendingLimit: null });
  });
});

describe('ids', () => {
  it('ORD1 are a pure function of run and counter and fit orderRef', () => {
    expect(idOf('O', 'R20261122A', 1)).toBe('R20261122A-O1');
    expect(idOf('O', 'ABCDEFGHIJKLMNOP', Number.MAX_SAFE_INTEGER).length).toBeLessThanOrEqual(30);
  });
  it('ORD7 take the part up to the last dot as the fill', () => {
    expect(fillKey('0000e0d5.6561a2f1.01.02')).toBe('0000e0d5.6561a2f1.01');
    expect(fillKey('plain')).toBe('plain');
    expect(compareRevisions('09', '10')).toBeLessThan(0);
    expect(compareRevisions('2', '10')).toBeLessThan(0);
  });
});
