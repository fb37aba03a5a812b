/**
 * An auditor of a day's journal that shares no code with what wrote it: from fills, order events and decisions alone it
 * keeps its own books and says where the recorded ones break a rule. For long runs, where nothing can be asked meanwhile.
 */
import type { JournalRecord } from '../ports/journal.ts';
import type { Violation } from './auditor.ts';

export interface JournalAudit {
  readonly violations: readonly Violation[];
  readonly records: number;
  readonly checks: number;
  readonly orders: number;
  readonly fills: number;
  readonly closedTrades: number;
  /** Trades that hold shares at the end. */
  readonly openTrades: number;
}

interface BookedFill {
  readonly executionId: string;
  readonly orderId: string;
  readonly tradeId: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly price: number;
}

interface OrderBook {
  hasIntent: boolean;
  isDurable: boolean;
  quantity: number;
  filled: number;
  state: string;
}

interface TradeBook {
  held: number;
  readonly fills: Map<string, BookedFill>;
}

const OVER: ReadonlySet<string> = new Set(['filled', 'cancelled', 'rejected', 'expired']);
const VIOLATIONS_MAX = 200;

export function auditJournal(records: Iterable<JournalRecord>): JournalAudit {
  const audit = new Audit();
  for (const record of records) audit.take(record);
  return audit.result();
}

class Audit {
  readonly #violations: Violation[] = [];
  readonly #orders = new Map<string, OrderBook>();
  readonly #trades = new Map<string, TradeBook>();
  readonly #executions = new Set<string>();
  readonly #outcomes = new Set<string>();
  readonly #closed = new Set<string>();
  #records = 0;
  #checks = 0;
  #fills = 0;
  #seq = 0;

  take(record: JournalRecord): void {
    this.#records++;
    this.#must(
      'sequence',
      record,
      this.#seq === 0 || record.seq === this.#seq + 1,
      `record ${record.seq} follows ${this.#seq}`,
    );
    this.#seq = record.seq;
    if (record.kind === 'intent') this.#intent(record);
    else if (record.kind === 'order') this.#order(record);
    else if (record.kind === 'fill') this.#fill(record);
    else if (record.kind === 'position') this.#position(record);
    else if (record.kind === 'trade') this.#trade(record);
    else if (record.kind === 'decision') this.#decision(record);
  }

  result(): JournalAudit {
    const openTrades = [...this.#trades.values()].filter(({ held }) => held !== 0).length;
    return {
      violations: this.#violations,
      records: this.#records,
      checks: this.#checks,
      orders: this.#orders.size,
      fills: this.#fills,
      closedTrades: this.#closed.size,
      openTrades,
    };
  }

  #must(rule: string, { atUs, id }: JournalRecord, holds: boolean, text: string): void {
    this.#checks++;
    if (!holds && this.#violations.length < VIOLATIONS_MAX)
      this.#violations.push({ rule, atUs, text: `${id}: ${text}` });
  }

  #intent(record: JournalRecord): void {
    const { quantity } = record.body as { quantity: number };
    this.#must('id-once', record, !this.#orders.has(record.id), 'the order was made before');
    this.#orders.set(record.id, { hasIntent: true, isDurable: false, quantity, filled: 0, state: 'intent' });
  }

  #order(record: JournalRecord): void {
    const body = record.body as {
      event?: { kind: string };
      from?: string;
      state: string;
      quantity?: number;
      refused?: unknown;
    };
    const order = this.#orders.get(record.id);
    this.#must('intent-first', record, order?.hasIntent === true, `'${body.event?.kind ?? ''}' without an intent`);
    if (order === undefined || body.refused !== undefined) return;
    if (body.event?.kind === 'durable') order.isDurable = true;
    if (body.event?.kind === 'sent')
      this.#must('durable-first', record, order.isDurable, 'it left before it was on disk');
    this.#must(
      'terminal',
      record,
      !OVER.has(order.state) || order.state === body.state,
      `${order.state} became ${body.state}`,
    );
    order.state = body.state;
    order.quantity = Math.max(order.quantity, body.quantity ?? 0);
  }

  #fill(record: JournalRecord): void {
    const fill = record.body as BookedFill & { key: string; replaces?: string };
    const trade = this.#tradeOf(fill.tradeId);
    this.#must(
      'execution-once',
      record,
      !this.#executions.has(fill.executionId),
      `${fill.executionId} was booked before`,
    );
    this.#executions.add(fill.executionId);
    this.#fills++;
    const sign = fill.side === 'buy' ? 1 : -1;
    const before = trade.fills.get(fill.key);
    trade.fills.set(fill.key, fill);
    trade.held += sign * (fill.quantity - (before?.quantity ?? 0));
    this.#must('oversell', record, trade.held >= 0, `${fill.tradeId} holds ${trade.held}`);
    const order = this.#orders.get(fill.orderId);
    if (order === undefined) return;
    order.filled += fill.quantity - (before?.quantity ?? 0);
    this.#must('overfill', record, order.filled <= order.quantity, `${order.filled} of ${order.quantity} filled`);
  }

  #position(record: JournalRecord): void {
    const { held } = record.body as { held: number };
    const own = this.#tradeOf(record.id).held;
    this.#must('positions', record, own === held, `${held} booked, the fills make ${own}`);
  }

  #trade(record: JournalRecord): void {
    const body = record.body as { notEntered?: string; shares: number; gross: number; net: number; charges: number };
    const { held, fills } = this.#tradeOf(record.id);
    this.#must('flat', record, held === 0, `over with ${held} shares`);
    if (body.notEntered !== undefined) return this.#must('not-entered', record, fills.size === 0, 'it has fills');
    let [bought, paid, received] = [0, 0, 0];
    for (const fill of fills.values()) {
      if (fill.side === 'buy') {
        bought += fill.quantity;
        paid += fill.quantity * fill.price;
      } else received += fill.quantity * fill.price;
    }
    this.#closed.add(record.id);
    this.#must('shares', record, bought === body.shares, `${body.shares} told, ${bought} bought`);
    this.#must(
      'gross',
      record,
      received - paid === body.gross,
      `${body.gross} told, the fills make ${received - paid}`,
    );
    this.#must('net', record, body.gross - body.charges === body.net, `${body.net} is not gross less charges`);
  }

  #decision(record: JournalRecord): void {
    const { code } = record.body as { code?: string };
    if (code === undefined) return;
    this.#must('one-outcome', record, !this.#outcomes.has(record.id), 'the signal has an outcome already');
    this.#outcomes.add(record.id);
  }

  #tradeOf(id: string): TradeBook {
    const known = this.#trades.get(id);
    if (known !== undefined) return known;
    const made: TradeBook = { held: 0, fills: new Map() };
    this.#trades.set(id, made);
    return made;
  }
}
