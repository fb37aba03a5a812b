/**
 * All trades of the day, by symbol, with exposure and the shares at the broker that are not ours to touch
 * (docs/specs/orders.md, POS5 to POS9).
 */
import { assert } from '../lib/assert.ts';
import { decodeJson } from '../lib/json-bytes.ts';
import { JsonRows } from '../lib/json-rows.ts';
import type { Fill } from '../model/fill.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { EpochUs, Micros, SymbolId } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import { foldFills } from './trade-fold.ts';
import type { TradeRecord } from './trade-record.ts';

export class TradeBook implements Checkpointable {
  readonly #symbols: SymbolTable;
  readonly #trades = new Map<string, TradeRecord>();
  /** Trades that are opening or hold shares, by symbol, in order of birth. */
  readonly #active = new Map<SymbolId, TradeRecord[]>();
  /** The same trades in order of birth over all symbols. */
  readonly #inOrder: TradeRecord[] = [];
  readonly #births = new Map<string, number>();
  #birth = 0;
  readonly #unmanaged = new Map<SymbolId, number>();
  /** 1 for symbols with an active trade. Shared with the kernel, which reads it on every event. */
  readonly watched: Uint8Array;
  #heldCount = 0;
  /** A trade that ended changes only with its fills, and every change of those makes another `position`. */
  readonly #rows = new JsonRows<TradeRecord>((trade) => (isActive(trade) ? null : trade.position));

  constructor(symbols: SymbolTable) {
    this.#symbols = symbols;
    this.watched = new Uint8Array(symbols.capacity);
  }

  get activeCount(): number {
    return this.#inOrder.length;
  }

  /** Trades that hold shares now. */
  get heldCount(): number {
    return this.#heldCount;
  }

  get(id: string): TradeRecord | undefined {
    return this.#trades.get(id);
  }

  all(): IterableIterator<TradeRecord> {
    return this.#trades.values();
  }

  /** Opening or open, in order of birth. A copy: trades may end while it is walked. */
  active(): readonly TradeRecord[] {
    return [...this.#inOrder];
  }

  on(symbol: SymbolId): readonly TradeRecord[] {
    return this.#active.get(symbol) ?? NONE;
  }

  add(trade: TradeRecord): void {
    assert(!this.#trades.has(trade.id), 'a trade id is used once');
    this.#know(trade);
    this.refresh(trade);
  }

  #know(trade: TradeRecord): void {
    this.#trades.set(trade.id, trade);
    this.#births.set(trade.id, ++this.#birth);
  }

  /** Keeps the order of birth also when a trade comes back to life after a late fill. */
  #insert(list: TradeRecord[], trade: TradeRecord): void {
    const birth = this.#births.get(trade.id) ?? 0;
    let at = list.length;
    while (at > 0 && (this.#births.get((list[at - 1] as TradeRecord).id) ?? 0) > birth) at--;
    list.splice(at, 0, trade);
  }

  /** Books a new or changed fill into its trade and folds it again. */
  applyFill(trade: TradeRecord, fill: Fill, chargesExpected: Micros): void {
    const at = trade.fills.findIndex((known) => known.key === fill.key);
    if (at < 0) trade.fills.push(fill);
    else trade.fills[at] = fill;
    const heldBefore = trade.position.held;
    trade.position = foldFills(trade.fills, chargesExpected);
    if (heldBefore > 0 !== trade.position.held > 0) this.#heldCount += trade.position.held > 0 ? 1 : -1;
    this.refresh(trade);
  }

  /** Call after the state of a trade changed: keeps the index by symbol and `watched` true. */
  refresh(trade: TradeRecord): void {
    this.#rows.forget(trade);
    const list = this.#active.get(trade.symbol);
    const at = list?.indexOf(trade) ?? -1;
    if (isActive(trade)) {
      if (at < 0) {
        if (list === undefined) this.#active.set(trade.symbol, [trade]);
        else this.#insert(list, trade);
        this.#insert(this.#inOrder, trade);
        this.watched[trade.symbol] = 1;
      }
    } else if (at >= 0 && list !== undefined) {
      list.splice(at, 1);
      this.#inOrder.splice(this.#inOrder.indexOf(trade), 1);
      if (list.length === 0) {
        this.#active.delete(trade.symbol);
        this.watched[trade.symbol] = 0;
      }
    }
  }

  /** Shares of all trades in a symbol. */
  held(symbol: SymbolId): number {
    let shares = 0;
    for (const trade of this.on(symbol)) shares += trade.position.held;
    return shares;
  }

  unmanaged(symbol: SymbolId): number {
    return this.#unmanaged.get(symbol) ?? 0;
  }

  setUnmanaged(symbol: SymbolId, shares: number): void {
    if (shares === 0) this.#unmanaged.delete(symbol);
    else this.#unmanaged.set(symbol, shares);
  }

  unmanagedAll(): readonly (readonly [SymbolId, number])[] {
    return [...this.#unmanaged];
  }

  /** Forgets finished trades that closed before `beforeUs`; called when the day rolls over. */
  forget(beforeUs: EpochUs): void {
    for (const [id, trade] of this.#trades) {
      const endedUs = trade.state === 'not-entered' ? trade.signalledUs : trade.closedUs;
      if (isActive(trade) || endedUs >= beforeUs) continue;
      this.#trades.delete(id);
      this.#births.delete(id);
    }
  }

  save(writer: CheckpointWriter): void {
    const unmanaged = [...this.#unmanaged].map(([symbol, shares]) => [this.#symbols.name(symbol), shares]);
    const rest = JSON.stringify({ unmanaged });
    writer.section('positions/trades', this.#rows.encode('{"trades":', this.#trades.values(), `,${rest.slice(1)}`));
  }

  restore(reader: CheckpointReader): void {
    this.#trades.clear();
    this.#active.clear();
    this.#unmanaged.clear();
    this.watched.fill(0);
    this.#inOrder.length = 0;
    this.#births.clear();
    this.#heldCount = 0;
    const bytes = reader.section('positions/trades');
    if (bytes === undefined) return;
    const kept = decodeJson<{ trades: TradeRecord[]; unmanaged: [string, number][] }>(bytes);
    for (const trade of kept.trades) {
      // Symbol ids are given by order of first sight and may differ after a restart; tickers do not.
      trade.symbol = this.#symbols.intern(trade.ticker);
      this.#know(trade);
      if (trade.position.held > 0) this.#heldCount++;
      this.refresh(trade);
    }
    for (const [name, shares] of kept.unmanaged) this.#unmanaged.set(this.#symbols.intern(name), shares);
  }
}

const NONE: readonly TradeRecord[] = [];

function isActive(trade: TradeRecord): boolean {
  return trade.state === 'opening' || trade.state === 'open';
}
