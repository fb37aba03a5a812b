/**
 * Tick bars once more, the slow and obvious way: written from docs/specs/bars.md alone with plain objects, text and arrays,
 * sharing no code with the engine. What it says and what the engine says must be equal, bar by bar.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface SlowBar {
  symbol: string;
  phase: string;
  index: number;
  openTime: number;
  closeTime: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  trades: number;
  vwap: number | null;
  spreadMean: number | null;
  quotes: number;
  short: boolean;
  notional: number;
  spreadMin: number | null;
  spreadMax: number | null;
  bidAtClose: number;
  askAtClose: number;
  printsAtAsk: number;
  printsAtBid: number;
  ineligiblePrints: number;
  ineligibleVolume: number;
}

export interface SlowEvent {
  kind: 'trade' | 'quote';
  nanos: bigint;
  sequence: number;
  conditions: number[];
  price: number;
  size: number;
  bid: number;
  ask: number;
}

export interface SlowResult {
  bars: SlowBar[];
  outsidePrints: number;
  outsideVolume: number;
}

/** Condition ids whose prints may not set last; may not move high/low; may not add volume (facts of the tape, by hand). */
const NO_LAST = new Set([2, 5, 7, 10, 12, 13, 15, 16, 20, 21, 22, 29, 32, 33, 37, 52, 53]);
const NO_HIGH_LOW = new Set([2, 7, 12, 13, 15, 16, 20, 21, 29, 37, 52, 53]);
const NO_VOLUME = new Set([15, 16, 38]);

/** All events of one symbol out of a trades and a quotes file, in playing order. `linesOf` may remember what it read. */
export function slowEvents(
  tradesFile: string,
  quotesFile: string | null,
  symbol: string,
  linesOf: (file: string) => readonly string[] = slowLines,
): SlowEvent[] {
  const events: SlowEvent[] = [];
  for (const row of slowRows(linesOf(tradesFile), symbol)) {
    if (['10', '11', '12'].includes(row('correction')) || Number(row('price')) === 0) continue;
    events.push({
      kind: 'trade',
      nanos: BigInt(row('sip_timestamp')),
      sequence: Number(row('sequence_number')),
      conditions: numbers(row('conditions')),
      price: Number(row('price')),
      size: Number(row('size')),
      bid: 0,
      ask: 0,
    });
  }
  for (const row of quotesFile === null ? [] : slowRows(linesOf(quotesFile), symbol)) {
    events.push({
      kind: 'quote',
      nanos: BigInt(row('sip_timestamp')),
      sequence: Number(row('sequence_number')),
      conditions: [],
      price: 0,
      size: 0,
      bid: Number(row('bid_price')),
      ask: Number(row('ask_price')),
    });
  }
  return events.toSorted((a, b) => {
    if (a.nanos !== b.nanos) return a.nanos < b.nanos ? -1 : 1;
    if (a.kind !== b.kind) return a.kind === 'quote' ? -1 : 1;
    return a.sequence - b.sequence;
  });
}

/** The bars of one day's events. `closes` are the New York minutes at which the regular and the late session end. */
export function slowBars(
  symbol: string,
  events: readonly SlowEvent[],
  trades: number,
  regularEnd = 960,
  postEnd = 1200,
): SlowResult {
  const result: SlowResult = { bars: [], outsidePrints: 0, outsideVolume: 0 };
  let bid = 0;
  let ask = 0;
  const phases = events.map((event) => slowPhase(event.nanos, regularEnd, postEnd));
  for (const phase of ['pre', 'regular', 'post', 'closed']) {
    const inPhase = events.filter((_, i) => phases[i] === phase);
    // The NBBO in force when the phase began was left by the last quote before it.
    const standing = events.slice(0, phases.indexOf(phase)).findLast((event) => event.kind === 'quote');
    if (inPhase.length > 0 && standing !== undefined) [bid, ask] = [standing.bid, standing.ask];
    let pending: { event: SlowEvent; bid: number; ask: number }[] = [];
    let counted = 0;
    for (const event of inPhase) {
      if (event.kind === 'quote') [bid, ask] = [event.bid, event.ask];
      pending.push({ event, bid, ask });
      if (counts(event, phase)) counted++;
      if (counted === trades) {
        result.bars.push(summary(symbol, phase, result.bars.length, pending, false));
        pending = [];
        counted = 0;
      }
    }
    if (counted > 0) {
      result.bars.push(summary(symbol, phase, result.bars.length, pending, true));
      continue;
    }
    for (const { event } of pending) {
      if (event.kind !== 'trade') continue;
      result.outsidePrints++;
      if (mayAddVolume(event)) result.outsideVolume += event.size;
    }
  }
  return result;
}

function summary(
  symbol: string,
  phase: string,
  index: number,
  items: readonly { event: SlowEvent; bid: number; ask: number }[],
  short: boolean,
): SlowBar {
  const prints = items.filter(({ event }) => event.kind === 'trade');
  const counted = prints.filter(({ event }) => counts(event, phase));
  const ineligible = prints.filter(({ event }) => !counts(event, phase));
  const movers = prints.filter(({ event }) => mayMoveHighLow(event, phase)).map(({ event }) => event.price);
  const volumes = prints.filter(({ event }) => mayAddVolume(event));
  const twoSided = counted.filter((item) => item.bid > 0 && item.ask > 0 && item.ask >= item.bid);
  const spreads = twoSided.map((item) => item.ask - item.bid);
  const first = counted[0] as (typeof counted)[number];
  const last = counted.at(-1) as (typeof counted)[number];
  const volume = sum(volumes.map(({ event }) => event.size));
  const notional = sum(volumes.map(({ event }) => event.price * event.size));
  return {
    symbol,
    phase,
    index,
    openTime: Number(first.event.nanos / 1000n),
    closeTime: Number(last.event.nanos / 1000n),
    open: first.event.price,
    high: movers.reduce((a, b) => Math.max(a, b)),
    low: movers.reduce((a, b) => Math.min(a, b)),
    close: last.event.price,
    volume,
    trades: counted.length,
    vwap: volume > 0 ? notional / volume : null,
    spreadMean: spreads.length === 0 ? null : sum(spreads) / spreads.length,
    quotes: items.length - prints.length,
    short,
    notional,
    spreadMin: spreads.length === 0 ? null : spreads.reduce((a, b) => Math.min(a, b)),
    spreadMax: spreads.length === 0 ? null : spreads.reduce((a, b) => Math.max(a, b)),
    bidAtClose: last.bid,
    askAtClose: last.ask,
    printsAtAsk: twoSided.filter((item) => item.event.price >= item.ask).length,
    printsAtBid: twoSided.filter((item) => item.event.price <= item.bid).length,
    ineligiblePrints: ineligible.length,
    ineligibleVolume: sum(ineligible.filter(({ event }) => mayAddVolume(event)).map(({ event }) => event.size)),
  };
}

function counts(event: SlowEvent, phase: string): boolean {
  return (
    event.kind === 'trade' &&
    phase !== 'closed' &&
    event.conditions.every((id) => !NO_LAST.has(id) || (id === 12 && phase !== 'regular'))
  );
}

function mayMoveHighLow(event: SlowEvent, phase: string): boolean {
  return event.conditions.every((id) => !NO_HIGH_LOW.has(id) || (id === 12 && phase !== 'regular'));
}

function mayAddVolume(event: SlowEvent): boolean {
  return event.conditions.every((id) => !NO_VOLUME.has(id));
}

const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
});
const minutes = new Map<bigint, number>();

function slowPhase(nanos: bigint, regularEnd: number, postEnd: number): string {
  const epochMinute = nanos / 60_000_000_000n;
  let minute = minutes.get(epochMinute);
  if (minute === undefined) {
    const [hours, rest] = clock.format(Number(epochMinute) * 60_000).split(':');
    minute = Number(hours) * 60 + Number(rest);
    minutes.set(epochMinute, minute);
  }
  if (minute < 240 || minute >= postEnd) return 'closed';
  return minute < 570 ? 'pre' : minute < regularEnd ? 'regular' : 'post';
}

export function slowLines(file: string): readonly string[] {
  return gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
}

type Field = (name: string) => string;

function* slowRows(lines: readonly string[], symbol: string): Generator<Field> {
  const names = (lines[0] as string).split(',');
  let fields: string[] = [];
  const field: Field = (name) => fields[names.indexOf(name)] ?? '';
  for (const line of lines.slice(1)) {
    if (!line.startsWith(`${symbol},`)) continue;
    // A field holding commas is quoted: what stands between quotes keeps its commas.
    fields = line
      .split('"')
      .map((part, at) => (at % 2 === 0 ? part : part.replaceAll(',', ';')))
      .join('')
      .split(',');
    yield field;
  }
}

function numbers(text: string): number[] {
  return text === '' ? [] : text.split(';').map(Number);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
