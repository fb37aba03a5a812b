/**
 * The second half of decoding: the collected fields of one object, read by the meaning its `ev` gives them, checked, and
 * appended to the batch. Nothing is put into the symbol or condition tables before the event has passed every check, so
 * that garbage cannot fill them.
 */
import type { ConditionSets } from '../model/conditions.ts';
import { EventFlag, EventKind } from '../model/event-batch.ts';
import type { EventBatch } from '../model/event-batch.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { DecoderCounters, RefusalReason } from './decoder-counters.ts';
import { FIELD } from './event-fields.ts';
import { CONDITION_ID_LIMIT, PRICE_LIMIT, SIZE_LIMIT, byteOrZero, sequenceOrZero, stampToUs } from './event-rules.ts';
import { SETS } from './known-events/layout.ts';
import type { KnownEvents } from './known-events/known-events.ts';
import { readNumber, readText, skipNumber } from './json-bytes.ts';
import type { EventScratch } from './event-scratch.ts';
import type { VendorStatus } from './vendor-status.ts';
import { SymbolLookup } from './symbol-lookup.ts';

const STATUSES_MAX = 256;
const STATUS_CHARACTERS_MAX = 1000;

const EV = 1 << FIELD.ev;
const SYM = 1 << FIELD.sym;
const TICKER = 1 << FIELD.ticker;
const P = 1 << FIELD.p;
const S = 1 << FIELD.s;
const DS = 1 << FIELD.ds;
const T = 1 << FIELD.t;
const C = 1 << FIELD.c;
const I = 1 << FIELD.i;
const BID_NUMBERS = (1 << FIELD.bp) | (1 << FIELD.bs);
const ASK_NUMBERS = (1 << FIELD.ap) | (1 << FIELD.as);
const BANDS = (1 << FIELD.h) | (1 << FIELD.l);

/** A number by the JSON grammar. */
const DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/** Ids are packed ten bits each, three to a key: most sets fit, the rest go to the table. */
const SET_CACHE = SETS;

export class EventWriter {
  readonly #conditions: ConditionSets;
  readonly #counters: DecoderCounters;
  readonly #event: EventScratch;
  readonly #lookup: SymbolLookup;
  readonly #setKeys: Int32Array;
  readonly #sets: Uint16Array;
  readonly #ids = new Int32Array(128);
  #statuses: VendorStatus[] = [];

  constructor(
    symbols: SymbolTable,
    conditions: ConditionSets,
    excluded: ReadonlySet<string>,
    counters: DecoderCounters,
    event: EventScratch,
    tables: KnownEvents,
  ) {
    this.#conditions = conditions;
    this.#counters = counters;
    this.#event = event;
    this.#lookup = new SymbolLookup(symbols, excluded, tables);
    this.#setKeys = tables.setKeys;
    this.#sets = tables.setIds;
  }

  takeStatuses(): readonly VendorStatus[] {
    const taken = this.#statuses;
    if (taken.length > 0) this.#statuses = [];
    return taken;
  }

  /** Appends the collected event, or counts why not. The batch must have room for one. */
  write(batch: EventBatch): void {
    const event = this.#event;
    if ((event.strings & EV) === 0) {
      this.#counters.unknown++;
      return;
    }
    const from = event.from[FIELD.ev] as number;
    const length = (event.to[FIELD.ev] as number) - from;
    if (length === 1) {
      const letter = event.bytes[from];
      if (letter === 81) return this.#quote(batch);
      if (letter === 84) return this.#trade(batch);
    }
    this.#rare(batch, readText(event.bytes, from, from + length));
  }

  #rare(batch: EventBatch, ev: string): void {
    const counters = this.#counters;
    switch (ev) {
      case 'T':
        return this.#trade(batch);
      case 'Q':
        return this.#quote(batch);
      case 'LULD':
        return this.#luld(batch);
      case 'status':
        return this.#status();
      case 'A':
      case 'AM':
        counters.aggregates++;
        return;
      case 'NOI':
        counters.imbalances++;
        return;
      case 'FMV':
        counters.fairValues++;
        return;
      default:
        counters.unknown++;
    }
  }

  #trade(batch: EventBatch): void {
    const event = this.#event;
    const values = event.values;
    const numbers = event.numbers;
    const wrong = event.odd | event.strings | event.arrays;
    if ((event.strings & SYM) === 0) return this.#refuse('symbol');
    if ((wrong & (P | T)) !== 0) return this.#refuse('type');
    let size = ((numbers | event.strings | wrong) & DS) !== 0 ? this.#decimalSize() : -1;
    if (size < 0) {
      if ((wrong & S) !== 0) return this.#refuse('type');
      size = (numbers & S) !== 0 ? (values[FIELD.s] as number) : 0;
    }
    const timeUs = (numbers & T) !== 0 ? stampToUs(values[FIELD.t] as number) : -1;
    if (timeUs < 0) return this.#refuse('time');
    const price = (numbers & P) !== 0 ? (values[FIELD.p] as number) : 0;
    if (!(price > 0 && price < PRICE_LIMIT)) return this.#refuse('price');
    if (!(size >= 0 && size < SIZE_LIMIT)) return this.#refuse('size');
    const count = this.#addIds(0, FIELD.c, C);
    if (count < 0) return this.#refuse('conditions');
    const symbol = this.#symbol(FIELD.sym, SYM);
    if (symbol < 0) return;
    const set = this.#setOf(count);
    if (set < 0) return this.#refuse('conditions');
    const row = batch.length++;
    batch.kind[row] = EventKind.trade;
    batch.symbol[row] = symbol;
    batch.timeUs[row] = timeUs;
    batch.price[row] = price;
    batch.size[row] = size + 0;
    batch.price2[row] = 0;
    batch.size2[row] = 0;
    batch.venue[row] = this.#byte(FIELD.x);
    batch.venue2[row] = 0;
    batch.conditions[row] = set;
    const isTrf = (numbers & (1 << FIELD.trfi)) !== 0 && (values[FIELD.trfi] as number) > 0;
    this.#common(batch, row, isTrf ? EventFlag.trf : 0);
    this.#counters.trades++;
  }

  #quote(batch: EventBatch): void {
    const event = this.#event;
    const values = event.values;
    const numbers = event.numbers;
    const wrong = event.odd | event.strings | event.arrays;
    if ((event.strings & SYM) === 0) return this.#refuse('symbol');
    if ((wrong & (T | BID_NUMBERS | ASK_NUMBERS)) !== 0) return this.#refuse('type');
    const timeUs = (numbers & T) !== 0 ? stampToUs(values[FIELD.t] as number) : -1;
    if (timeUs < 0) return this.#refuse('time');
    const bid = (numbers & (1 << FIELD.bp)) !== 0 ? (values[FIELD.bp] as number) : 0;
    const ask = (numbers & (1 << FIELD.ap)) !== 0 ? (values[FIELD.ap] as number) : 0;
    if (!(bid >= 0 && bid < PRICE_LIMIT && ask >= 0 && ask < PRICE_LIMIT)) return this.#refuse('price');
    const bidSize = (numbers & (1 << FIELD.bs)) !== 0 ? (values[FIELD.bs] as number) : 0;
    const askSize = (numbers & (1 << FIELD.as)) !== 0 ? (values[FIELD.as] as number) : 0;
    if (!(bidSize >= 0 && bidSize < SIZE_LIMIT && askSize >= 0 && askSize < SIZE_LIMIT)) return this.#refuse('size');
    const conditions = this.#addIds(0, FIELD.c, C);
    const count = conditions < 0 ? -1 : this.#addIds(conditions, FIELD.i, I);
    if (count < 0) return this.#refuse('conditions');
    const symbol = this.#symbol(FIELD.sym, SYM);
    if (symbol < 0) return;
    const set = this.#setOf(count);
    if (set < 0) return this.#refuse('conditions');
    const row = batch.length++;
    batch.kind[row] = EventKind.quote;
    batch.symbol[row] = symbol;
    batch.timeUs[row] = timeUs;
    batch.price[row] = bid + 0;
    batch.size[row] = bid > 0 ? bidSize + 0 : 0;
    batch.price2[row] = ask + 0;
    batch.size2[row] = ask > 0 ? askSize + 0 : 0;
    batch.venue[row] = this.#byte(FIELD.bx);
    batch.venue2[row] = this.#byte(FIELD.ax);
    batch.conditions[row] = set;
    this.#common(batch, row, 0);
    this.#counters.quotes++;
  }

  #luld(batch: EventBatch): void {
    const event = this.#event;
    const values = event.values;
    const numbers = event.numbers;
    const wrong = event.odd | event.strings | event.arrays;
    const hasTicker = (event.strings & TICKER) !== 0;
    if (!hasTicker && (event.strings & SYM) === 0) return this.#refuse('symbol');
    if ((wrong & (T | BANDS)) !== 0) return this.#refuse('type');
    const timeUs = (numbers & T) !== 0 ? stampToUs(values[FIELD.t] as number) : -1;
    if (timeUs < 0) return this.#refuse('time');
    const low = (numbers & (1 << FIELD.l)) !== 0 ? (values[FIELD.l] as number) : 0;
    const high = (numbers & (1 << FIELD.h)) !== 0 ? (values[FIELD.h] as number) : 0;
    if (!(low >= 0 && low < PRICE_LIMIT && high >= 0 && high < PRICE_LIMIT)) return this.#refuse('price');
    const count = this.#addIds(0, FIELD.i, I);
    if (count < 0) return this.#refuse('conditions');
    const symbol = hasTicker ? this.#symbol(FIELD.ticker, TICKER) : this.#symbol(FIELD.sym, SYM);
    if (symbol < 0) return;
    const set = this.#setOf(count);
    if (set < 0) return this.#refuse('conditions');
    const row = batch.length++;
    batch.kind[row] = EventKind.luld;
    batch.symbol[row] = symbol;
    batch.timeUs[row] = timeUs;
    batch.price[row] = low + 0;
    batch.size[row] = 0;
    batch.price2[row] = high + 0;
    batch.size2[row] = 0;
    batch.venue[row] = 0;
    batch.venue2[row] = 0;
    batch.conditions[row] = set;
    this.#common(batch, row, 0);
    this.#counters.lulds++;
  }

  #common(batch: EventBatch, row: number, flags: number): void {
    const event = this.#event;
    const sequence = (event.numbers & (1 << FIELD.q)) !== 0 ? sequenceOrZero(event.values[FIELD.q] as number) : 0;
    batch.sequence[row] = sequence;
    batch.tape[row] = this.#byte(FIELD.z);
    batch.flags[row] = sequence === 0 ? flags | EventFlag.noSequence : flags;
  }

  #byte(field: number): number {
    return (this.#event.numbers & (1 << field)) !== 0 ? byteOrZero(this.#event.values[field] as number) : 0;
  }

  /** The value of `ds` when it is a usable decimal, else -1, counted. */
  #decimalSize(): number {
    const event = this.#event;
    if ((event.numbers & DS) !== 0) {
      const value = event.values[FIELD.ds] as number;
      if (value >= 0 && value < SIZE_LIMIT) return value;
    } else if ((event.strings & DS) !== 0) {
      const size = this.#decimalText();
      if (size >= 0 && size < SIZE_LIMIT) return size;
    }
    this.#counters.badDecimalSizes++;
    return -1;
  }

  /** Reads the text of `ds`. Plain decimals of up to 15 digits without garbage; the rest through Number(). */
  #decimalText(): number {
    const event = this.#event;
    const b = event.bytes;
    const from = event.from[FIELD.ds] as number;
    const to = event.to[FIELD.ds] as number;
    if ((event.escaped & DS) !== 0) {
      const text = readText(b, from, to);
      return DECIMAL.test(text) ? Number(text) : -1;
    }
    if (to - from <= 16 && to > from) {
      let mantissa = 0;
      let scale = 0;
      let pos = from;
      for (; pos < to; pos++) {
        const c = b[pos] as number;
        if (c >= 48 && c <= 57) {
          mantissa = mantissa * 10 + (c - 48);
          scale *= 10;
        } else if (c === 46 && scale === 0 && pos > from && pos < to - 1) scale = 1;
        else break;
      }
      const isCanonical = b[from] !== 48 || to - from === 1 || b[from + 1] === 46;
      if (pos === to && isCanonical && (scale > 0 || to - from <= 15)) return scale > 1 ? mantissa / scale : mantissa;
    }
    if (skipNumber(b, from) !== to) return -1;
    return readNumber(b, from, to);
  }

  /** Adds the ids of `c` or `i` after `count` others; the new count, or -1 when the value is not one of ids. */
  #addIds(count: number, field: number, bit: number): number {
    const event = this.#event;
    let next = count;
    if ((event.arrays & bit) !== 0) {
      const ids = field === FIELD.c ? event.conditionIds : event.indicatorIds;
      const added = field === FIELD.c ? event.conditionCount : event.indicatorCount;
      for (let i = 0; i < added; i++) this.#ids[next++] = ids[i] as number;
    } else if ((event.numbers & bit) !== 0) {
      const id = event.values[field] as number;
      if (!(id >= 0 && id < CONDITION_ID_LIMIT) || id !== Math.floor(id)) return -1;
      this.#ids[next++] = id;
    } else if (((event.odd | event.strings) & bit) !== 0) return -1;
    return next;
  }

  /** The ConditionSetId of the first `count` collected ids, or -1 when the table is full. */
  #setOf(count: number): number {
    if (count === 0) return 0;
    const ids = this.#ids;
    let key = 0;
    if (count <= 3) {
      for (let i = 0; i < count; i++) {
        const id = (ids[i] as number) + 1;
        if (id > 1023) {
          key = 0;
          break;
        }
        key |= id << (10 * i);
      }
    }
    const slot = (Math.imul(key, 0x9e3779b1) >>> 20) & (SET_CACHE - 1);
    if (key !== 0 && this.#setKeys[slot] === key) return this.#sets[slot] as number;
    const set = this.#conditions.intern(ids, count);
    if (set === 0) return -1;
    if (key !== 0) {
      this.#setKeys[slot] = key;
      this.#sets[slot] = set;
    }
    return set;
  }

  /** The symbol's id, or a negative number after counting why there is none. */
  #symbol(field: number, bit: number): number {
    const event = this.#event;
    const from = event.from[field] as number;
    const to = event.to[field] as number;
    const id = this.#lookup.find(event.bytes, event.view, from, to, (event.escaped & bit) !== 0);
    if (id >= 0) return id;
    if (id === SymbolLookup.excluded) this.#counters.excluded++;
    else if (id === SymbolLookup.tableFull) this.#counters.tableFull++;
    else this.#refuse('symbol');
    return id;
  }

  #refuse(reason: RefusalReason): void {
    this.#counters.refused[reason]++;
  }

  #status(): void {
    const counters = this.#counters;
    counters.statuses++;
    if (this.#statuses.length >= STATUSES_MAX) {
      counters.statusesLost++;
      return;
    }
    this.#statuses.push({ status: this.#text(FIELD.status), message: this.#text(FIELD.message) });
  }

  #text(field: number): string {
    const event = this.#event;
    if ((event.strings & (1 << field)) === 0) return '';
    return readText(event.bytes, event.from[field] as number, event.to[field] as number).slice(
      0,
      STATUS_CHARACTERS_MAX,
    );
  }
}
