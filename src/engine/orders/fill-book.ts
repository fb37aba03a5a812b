/**
 * Every execution once, by its id; corrections replace; commissions join in whatever order they come
 * (docs/specs/orders.md, ORD7 to ORD10). Covers executions of orders we do not know as well.
 */
import { decodeJson } from '../lib/json-bytes.ts';
import { JsonRows } from '../lib/json-rows.ts';
import type { Fill } from '../model/fill.ts';
import type { Micros } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import type { Execution } from '../ports/broker.ts';
import { compareRevisions, fillKey, revisionOf } from './execution-id.ts';

export type Booked =
  | { readonly kind: 'new'; readonly fill: Fill }
  | { readonly kind: 'correction'; readonly fill: Fill; readonly previous: Fill }
  /** The same revision again, or an older one than is booked: no effect. */
  | { readonly kind: 'repeat'; readonly fill: Fill };

interface KnownCommission {
  readonly revision: string;
  readonly commission: Micros;
}

export class FillBook implements Checkpointable {
  readonly #fills = new Map<string, Fill>();
  /** Latest commission by fill, also for fills that have not come yet. */
  readonly #commissions = new Map<string, KnownCommission>();
  /** A fill that changes becomes another object. */
  readonly #rows = new JsonRows<Fill>((fill) => fill);

  get size(): number {
    return this.#fills.size;
  }

  get(key: string): Fill | undefined {
    return this.#fills.get(key);
  }

  all(): IterableIterator<Fill> {
    return this.#fills.values();
  }

  book(execution: Execution, tradeId: string): Booked {
    const key = fillKey(execution.executionId);
    const previous = this.#fills.get(key);
    if (
      previous !== undefined &&
      compareRevisions(revisionOf(execution.executionId), revisionOf(previous.executionId)) <= 0
    ) {
      return { kind: 'repeat', fill: previous };
    }
    const fill: Fill = {
      key,
      executionId: execution.executionId,
      orderId: execution.clientOrderId,
      tradeId,
      symbol: execution.symbol,
      side: execution.side,
      quantity: execution.quantity,
      price: execution.price,
      atUs: execution.atUs,
      venue: execution.venue,
      liquidity: execution.liquidity,
      commission: this.#commissions.get(key)?.commission ?? null,
      corrections: previous === undefined ? 0 : previous.corrections + 1,
    };
    this.#fills.set(key, fill);
    return previous === undefined ? { kind: 'new', fill } : { kind: 'correction', fill, previous };
  }

  /** Returns the fill with its new commission and as it was, when the fill is known and the report says something new. */
  commission(executionId: string, commission: Micros): { readonly fill: Fill; readonly previous: Fill } | undefined {
    const key = fillKey(executionId);
    const revision = revisionOf(executionId);
    const known = this.#commissions.get(key);
    if (known !== undefined && compareRevisions(revision, known.revision) <= 0) return undefined;
    this.#commissions.set(key, { revision, commission });
    const previous = this.#fills.get(key);
    if (previous === undefined) return undefined;
    const fill: Fill = { ...previous, commission };
    this.#fills.set(key, fill);
    return { fill, previous };
  }

  save(writer: CheckpointWriter): void {
    const rest = JSON.stringify({ commissions: [...this.#commissions] });
    writer.section('orders/fills', this.#rows.encode('{"fills":', this.#fills.values(), `,${rest.slice(1)}`));
  }

  restore(reader: CheckpointReader): void {
    this.#fills.clear();
    this.#commissions.clear();
    const bytes = reader.section('orders/fills');
    if (bytes === undefined) return;
    const kept = decodeJson<{ fills: Fill[]; commissions: [string, KnownCommission][] }>(bytes);
    for (const fill of kept.fills) this.#fills.set(fill.key, fill);
    for (const [key, commission] of kept.commissions) this.#commissions.set(key, commission);
  }
}
