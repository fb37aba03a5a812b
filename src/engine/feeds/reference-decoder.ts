/**
 * The slow, obvious decoder: JSON.parse and plain objects. It states what the fast decoder must do; tests and benches
 * compare the two event by event. Never used on live data.
 */
import type { ConditionSets } from '../model/conditions.ts';
import { EventFlag, EventKind } from '../model/event-batch.ts';
import type { EventBatch } from '../model/event-batch.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { DecoderCounters, RefusalReason } from './decoder-counters.ts';
import { createDecoderCounters } from './decoder-counters.ts';
import {
  CONDITIONS_MAX, CONDITION_ID_LIMIT, PRICE_LIMIT, SIZE_LIMIT, byteOrZero, isUsableSymbol, sequenceOrZero, stampToUs,
} from './event-rules.ts'; // prettier-ignore
import type { VendorStatus } from './vendor-status.ts';

export interface ReferenceEvent {
  readonly kind: EventKind;
  readonly symbol: string;
  readonly timeUs: number;
  readonly sequence: number;
  readonly price: number;
  readonly size: number;
  readonly price2: number;
  readonly size2: number;
  readonly venue: number;
  readonly venue2: number;
  readonly tape: number;
  readonly flags: number;
  readonly conditions: readonly number[];
}

export interface ReferenceResult {
  /** Null when JSON.parse refuses the frame: the reference has no opinion then. */
  readonly events: readonly ReferenceEvent[] | null;
  readonly statuses: readonly VendorStatus[];
  readonly counters: DecoderCounters;
}

type Fields = Readonly<Record<string, unknown>>;
const EXCLUDED_NONE: ReadonlySet<string> = new Set();

/** Decodes one frame's text. */
export function decodeReference(text: string, excluded: ReadonlySet<string> = EXCLUDED_NONE): ReferenceResult {
  const counters = createDecoderCounters();
  const statuses: VendorStatus[] = [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { events: null, statuses, counters };
  }
  counters.frames++;
  const events: ReferenceEvent[] = [];
  const pending: unknown[] = [parsed];
  while (pending.length > 0) {
    const element = pending.pop();
    if (Array.isArray(element)) for (let i = element.length - 1; i >= 0; i--) pending.push(element[i]);
    else if (typeof element !== 'object' || element === null) counters.notEvents++;
    else {
      const outcome = readEvent(element as Fields, counters, statuses);
      if (typeof outcome === 'string') counters.refused[outcome]++;
      else if (outcome !== null) {
        if (excluded.has(outcome.symbol)) counters.excluded++;
        else {
          if (outcome.kind === EventKind.trade) counters.trades++;
          else if (outcome.kind === EventKind.quote) counters.quotes++;
          else counters.lulds++;
          events.push(outcome);
        }
      }
    }
  }
  return { events, statuses, counters };
}

function readEvent(
  fields: Fields,
  counters: DecoderCounters,
  statuses: VendorStatus[],
): ReferenceEvent | RefusalReason | null {
  switch (fields['ev']) {
    case 'T':
      return readTrade(fields, counters);
    case 'Q':
      return readQuote(fields);
    case 'LULD':
      return readLuld(fields);
    case 'status':
      counters.statuses++;
      statuses.push({ status: textOf(fields['status']), message: textOf(fields['message']) });
      return null;
    case 'A':
    case 'AM':
      counters.aggregates++;
      return null;
    case 'NOI':
      counters.imbalances++;
      return null;
    case 'FMV':
      counters.fairValues++;
      return null;
    default:
      counters.unknown++;
      return null;
  }
}

function readTrade(fields: Fields, counters: DecoderCounters): ReferenceEvent | RefusalReason {
  const symbol = fields['sym'];
  if (typeof symbol !== 'string') return 'symbol';
  if (isWrong(fields['p']) || isWrong(fields['t'])) return 'type';
  let size = decimalSize(fields['ds'], counters);
  if (size < 0) {
    if (isWrong(fields['s'])) return 'type';
    size = numberOf(fields['s']);
  }
  const timeUs = stampToUs(numberOf(fields['t']));
  if (timeUs < 0) return 'time';
  const price = numberOf(fields['p']);
  if (!(price > 0 && price < PRICE_LIMIT)) return 'price';
  if (!(size >= 0 && size < SIZE_LIMIT)) return 'size';
  const conditions = idsOf(fields['c']);
  if (conditions === null) return 'conditions';
  if (!isUsableSymbol(symbol)) return 'symbol';
  const flags = numberOf(fields['trfi']) > 0 ? EventFlag.trf : 0;
  return withCommon(fields, {
    kind: EventKind.trade,
    symbol,
    timeUs,
    price,
    size,
    venue: byteOrZero(numberOf(fields['x'])),
    flags,
    conditions,
  });
}

function readQuote(fields: Fields): ReferenceEvent | RefusalReason {
  const symbol = fields['sym'];
  if (typeof symbol !== 'string') return 'symbol';
  for (const key of ['t', 'bp', 'bs', 'ap', 'as']) if (isWrong(fields[key])) return 'type';
  const timeUs = stampToUs(numberOf(fields['t']));
  if (timeUs < 0) return 'time';
  const price = numberOf(fields['bp']);
  const price2 = numberOf(fields['ap']);
  if (!(price >= 0 && price < PRICE_LIMIT && price2 >= 0 && price2 < PRICE_LIMIT)) return 'price';
  const size = numberOf(fields['bs']);
  const size2 = numberOf(fields['as']);
  if (!(size >= 0 && size < SIZE_LIMIT && size2 >= 0 && size2 < SIZE_LIMIT)) return 'size';
  const conditions = idsOf(fields['c']);
  const indicators = idsOf(fields['i']);
  if (conditions === null || indicators === null) return 'conditions';
  if (!isUsableSymbol(symbol)) return 'symbol';
  return withCommon(fields, {
    kind: EventKind.quote,
    symbol,
    timeUs,
    price,
    size: price > 0 ? size : 0,
    price2,
    size2: price2 > 0 ? size2 : 0,
    venue: byteOrZero(numberOf(fields['bx'])),
    venue2: byteOrZero(numberOf(fields['ax'])),
    flags: 0,
    conditions: [...conditions, ...indicators],
  });
}

function readLuld(fields: Fields): ReferenceEvent | RefusalReason {
  const symbol = typeof fields['T'] === 'string' ? fields['T'] : fields['sym'];
  if (typeof symbol !== 'string') return 'symbol';
  for (const key of ['t', 'h', 'l']) if (isWrong(fields[key])) return 'type';
  const timeUs = stampToUs(numberOf(fields['t']));
  if (timeUs < 0) return 'time';
  const price = numberOf(fields['l']);
  const price2 = numberOf(fields['h']);
  if (!(price >= 0 && price < PRICE_LIMIT && price2 >= 0 && price2 < PRICE_LIMIT)) return 'price';
  const conditions = idsOf(fields['i']);
  if (conditions === null) return 'conditions';
  if (!isUsableSymbol(symbol)) return 'symbol';
  return withCommon(fields, { kind: EventKind.luld, symbol, timeUs, price, size: 0, price2, flags: 0, conditions });
}

type Partly = Omit<ReferenceEvent, 'sequence' | 'price2' | 'size2' | 'venue' | 'venue2' | 'tape'> &
  Partial<Pick<ReferenceEvent, 'price2' | 'size2' | 'venue' | 'venue2'>>;

function withCommon(fields: Fields, event: Partly): ReferenceEvent {
  const sequence = sequenceOrZero(numberOf(fields['q']));
  const flags = sequence === 0 ? event.flags | EventFlag.noSequence : event.flags;
  const complete = { price2: 0, size2: 0, venue: 0, venue2: 0, ...event };
  // Adding 0 turns -0 into 0.
  const { price, size, price2, size2 } = complete;
  const tape = byteOrZero(numberOf(fields['z']));
  return { ...complete, price: price + 0, size: size + 0, price2: price2 + 0, size2: size2 + 0, sequence, tape, flags };
}

/** A value that is there and is not a number. */
function isWrong(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'number';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 1000) : '';
}

function decimalSize(value: unknown, counters: DecoderCounters): number {
  if (value === undefined || value === null) return -1;
  const isText = typeof value === 'string' && /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(value);
  const size = typeof value === 'number' || isText ? Number(value) : -1;
  if (size >= 0 && size < SIZE_LIMIT) return size;
  counters.badDecimalSizes++;
  return -1;
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < CONDITION_ID_LIMIT && Number.isInteger(value);
}

/** Condition ids, or null when the value is not one of ids. */
function idsOf(value: unknown): readonly number[] | null {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number') return isId(value) ? [value + 0] : null;
  if (!Array.isArray(value)) return null;
  const ids: number[] = [];
  for (const id of value) {
    if (id === null) continue;
    if (!isId(id) || ids.length === CONDITIONS_MAX) return null;
    ids.push(id + 0);
  }
  return ids;
}

/** Appends events to a batch, as the fast decoder would. False when a row does not fit or the symbol table is full. */
export function appendReference(
  batch: EventBatch,
  events: readonly ReferenceEvent[],
  symbols: SymbolTable,
  conditions: ConditionSets,
): boolean {
  for (const event of events) {
    const symbol = symbols.intern(event.symbol);
    if (symbol < 0 || batch.length >= batch.capacity) return false;
    const row = batch.length++;
    for (const key of [
      'kind',
      'timeUs',
      'sequence',
      'price',
      'size',
      'price2',
      'size2',
      'venue',
      'venue2',
      'tape',
      'flags',
    ] as const) {
      batch[key][row] = event[key];
    }
    batch.symbol[row] = symbol;
    batch.conditions[row] = conditions.intern(event.conditions);
  }
  return true;
}

/** Row `row` of a batch as a reference event, for comparing. */
export function referenceOfRow(
  batch: EventBatch,
  row: number,
  symbols: SymbolTable,
  conditions: ConditionSets,
): ReferenceEvent {
  const at = (column: ArrayLike<number>): number => column[row] as number;
  return {
    kind: at(batch.kind) as EventKind,
    symbol: symbols.name(at(batch.symbol)),
    timeUs: at(batch.timeUs),
    sequence: at(batch.sequence),
    price: at(batch.price),
    size: at(batch.size),
    price2: at(batch.price2),
    size2: at(batch.size2),
    venue: at(batch.venue),
    venue2: at(batch.venue2),
    tape: at(batch.tape),
    flags: at(batch.flags),
    conditions: conditions.get(at(batch.conditions)),
  };
}
