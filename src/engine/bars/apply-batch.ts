/** One batch through the market view and the bars, in the order both rely on. The kernel and the tools share this loop. */
import { assertNever } from '../lib/assert.ts';
import type { ViewColumns } from '../market/view-columns.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { EventKind } from '../model/event-batch.ts';
import type { BarBuilder } from './bar-builder.ts';

/** What the loop needs of the market view. */
export interface EventSink {
  readonly columns: ViewColumns;
  readonly dayIndex: number;
  applyTrade(batch: EventBatch, i: number): number;
  applyQuote(batch: EventBatch, i: number): number;
  applyLuld(batch: EventBatch, i: number): void;
}

/**
 * Applies events [from, to) of the batch. When an event begins a new trading day the bars are begun anew before
 * it. Returns how many bars closed.
 */
export function applyBatch(
  batch: EventBatch,
  view: EventSink,
  bars: BarBuilder,
  from = 0,
  to: number = batch.length,
): number {
  let closed = 0;
  let day = view.dayIndex;
  for (let i = from; i < to; i++) {
    const kind = batch.kind[i] as EventKind;
    switch (kind) {
      case EventKind.trade: {
        const result = view.applyTrade(batch, i);
        if (view.dayIndex !== day) day = newDay(view, bars);
        closed += bars.applyTrade(batch, i, result, view);
        break;
      }
      case EventKind.quote: {
        const result = view.applyQuote(batch, i);
        if (view.dayIndex !== day) day = newDay(view, bars);
        closed += bars.applyQuote(batch, i, result);
        break;
      }
      case EventKind.luld:
        view.applyLuld(batch, i);
        if (view.dayIndex !== day) day = newDay(view, bars);
        break;
      default:
        assertNever(kind);
    }
  }
  return closed;
}

function newDay(view: EventSink, bars: BarBuilder): number {
  bars.startDay();
  return view.dayIndex;
}
