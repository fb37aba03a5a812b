/** The life of each trade as the journal tells it: cause by cause, from the signal to flat. Kept for the day, bounded. */
import type { TimelineItem } from '#protocol';
import type { ExitRule, Signal } from '../../model/signal.ts';
import type { JournalRecord } from '../../ports/journal.ts';

import type { PlanChange } from './exit-plan-view.ts';
import { dollars } from './narrator.ts';

const TRADES_MAX = 20_000;
const ITEMS_MAX = 400;

interface History {
  readonly items: TimelineItem[];
  readonly changes: PlanChange[];
  signal: Signal | null;
}

const NOTHING: History = { items: [], changes: [], signal: null };

export class TradeHistory {
  readonly #byTrade = new Map<string, History>();
  readonly #signals = new Map<string, { signal: Signal; item: TimelineItem }>();
  readonly #tradeOfOrder = new Map<string, string>();

  record(record: JournalRecord): void {
    switch (record.kind) {
      case 'signal': {
        const { signal } = record.body as { signal: Signal };
        this.#signals.set(record.id, {
          signal,
          item: item(record, `${signal.strategy} ${signal.version}: every rule passed`),
        });
        return;
      }
      case 'decision': {
        const outcome = record.body as { code?: string; tradeId?: string; exit?: string; bid?: number };
        if (outcome.code === 'fired' && outcome.tradeId !== undefined) this.#begin(record, outcome.tradeId);
        else if (outcome.code === undefined) this.#add(record.id, item(record, exitText(outcome)));
        this.#signals.delete(outcome.code === 'fired' ? '' : record.id);
        return;
      }
      case 'intent': {
        const order = record.body as {
          tradeId: string;
          side: string;
          quantity: number;
          limit: number | null;
          purpose: string;
        };
        this.#tradeOfOrder.set(record.id, order.tradeId);
        this.#add(
          order.tradeId,
          item(
            record,
            `${order.purpose} intent: ${order.side} ${order.quantity} at ${order.limit === null ? 'market' : dollars(order.limit)}`,
          ),
        );
        return;
      }
      case 'order': {
        const body = record.body as { state: string; from?: string; event?: { kind: string } };
        if (body.from !== body.state) this.#add(record.cause, item(record, `order ${body.state}`));
        return;
      }
      case 'fill': {
        const fill = record.body as { side: string; quantity: number; price: number };
        this.#add(
          this.#tradeOfOrder.get(record.cause) ?? '',
          item(record, `${fill.side === 'buy' ? 'bought' : 'sold'} ${fill.quantity} at ${dollars(fill.price)}`),
        );
        return;
      }
      case 'trade': {
        const body = record.body as { net?: number; exitReason?: string; notEntered?: string };
        // A commission reported late is told as the same record with the new result.
        const isRetold = this.#byTrade.get(record.id)?.items.some(({ kind }) => kind === 'trade') ?? false;
        const net = `${dollars(body.net ?? 0)} net`;
        const text = isRetold ? `costs reported: ${net}` : `flat, ${net}, by ${body.exitReason ?? ''}`;
        this.#add(record.id, item(record, body.notEntered === undefined ? text : `not entered: ${body.notEntered}`));
        return;
      }
      case 'command': {
        // The desk writes a new exit plan under the trade's own id.
        const { exits, version } = record.body as { exits?: readonly ExitRule[]; version?: string };
        if (record.cause !== 'exits' || exits === undefined) return;
        this.#add(
          record.id,
          item(record, version === undefined ? 'exits changed by hand' : `exits moved to version ${version} by hand`),
        );
        const changes = this.#byTrade.get(record.id)?.changes;
        if (changes !== undefined && changes.length < ITEMS_MAX) changes.push({ atUs: record.atUs, exits });
        return;
      }
      default:
        return;
    }
  }

  of(tradeId: string): {
    readonly items: readonly TimelineItem[];
    readonly changes: readonly PlanChange[];
    readonly signal: Signal | null;
  } {
    return this.#byTrade.get(tradeId) ?? NOTHING;
  }

  #begin(record: JournalRecord, tradeId: string): void {
    const signal = this.#signals.get(record.id);
    this.#signals.delete(record.id);
    if (this.#byTrade.size >= TRADES_MAX) this.#byTrade.delete(this.#byTrade.keys().next().value as string);
    // The order's intent is journalled before the outcome that names the trade, so the history may have begun already.
    const begun = this.#byTrade.get(tradeId)?.items ?? [];
    const items = [
      ...(signal === undefined ? [] : [signal.item]),
      item(record, 'economics, size and risk passed: fired'),
      ...begun,
    ];
    const changes = this.#byTrade.get(tradeId)?.changes ?? [];
    this.#byTrade.set(tradeId, { items, changes, signal: signal?.signal ?? null });
  }

  #add(tradeId: string, entry: TimelineItem): void {
    if (tradeId === '') return;
    let history = this.#byTrade.get(tradeId);
    if (history === undefined) {
      history = { items: [], changes: [], signal: null };
      this.#byTrade.set(tradeId, history);
    }
    if (history.items.length < ITEMS_MAX) history.items.push(entry);
  }
}

function exitText({ exit, bid }: { readonly exit?: string; readonly bid?: number }): string {
  const by = exit === undefined || exit === '' ? 'rule' : exit;
  return bid === undefined || bid <= 0 ? `exit decided by ${by}` : `exit decided by ${by}, bid ${dollars(bid)}`;
}

function item(record: JournalRecord, text: string): TimelineItem {
  return { atUs: record.atUs, inputNo: record.inputNo, kind: record.kind, id: record.id, cause: record.cause, text };
}
