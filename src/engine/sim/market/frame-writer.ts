/**
 * Events as the vendor writes them: JSON objects back to back in one growable buffer, with an index beside it (where each
 * event starts, its channel, its symbol), so that frames for any set of subscriptions are cut by copying byte ranges and
 * no event is ever serialised twice. Keys stand in the order of the vendor's live frames.
 */
import { assert } from '../../lib/assert.ts';
import type { ConditionSets } from '../../model/conditions.ts';
import { encodeUtf8 } from '../../model/symbols.ts';
import type { EventSink } from './event-sink.ts';

/** Channels as bits, so that a subscription is a mask. */
export const Channel = { T: 1, Q: 2, LULD: 4, A: 8, AM: 16 } as const;

/** No event is longer than this without its symbol's name. */
const EVENT_BYTES_MAX = 640;
const ZERO = 48;
const COMMA = 44;

export interface AggregateBar {
  readonly symbol: number;
  readonly channel: typeof Channel.A | typeof Channel.AM;
  readonly volume: number;
  readonly dayVolume: number;
  /** Dollars. */
  readonly dayOpen: number;
  readonly vwap: number;
  readonly open: number;
  readonly close: number;
  readonly high: number;
  readonly low: number;
  readonly dayVwap: number;
  readonly averageSize: number;
  readonly startMs: number;
  readonly endMs: number;
}

export class FrameWriter implements EventSink {
  /** Byte 0 is kept free for the opening bracket of the first frame. */
  bytes: Uint8Array;
  /** Event i occupies bytes[starts[i], starts[i + 1] - 1); the byte after it is a comma. */
  starts: Int32Array;
  channels: Uint8Array;
  symbols: Int32Array;
  count = 0;
  /** SIP time of the newest event, epoch ms (before the offset). */
  lastTimeMs = 0;
  /** Added to every time written, so that a stream can carry the wall clock's times. */
  readonly timeOffsetMs: number;
  readonly #names: Uint8Array[];
  #tapes: Uint8Array;
  readonly #conditions: ConditionSets;
  readonly #conditionBytes: (Uint8Array | undefined)[] = [];
  #at = 1;
  #cachedMs = -1;
  readonly #cachedDigits = new Uint8Array(13);

  constructor(
    symbols: readonly { readonly name: string; readonly tape: number }[],
    conditions: ConditionSets,
    options: { timeOffsetMs?: number } = {},
  ) {
    this.#names = symbols.map((symbol) => jsonText(symbol.name));
    this.#tapes = Uint8Array.from(symbols, (symbol) => symbol.tape);
    this.#conditions = conditions;
    this.timeOffsetMs = options.timeOffsetMs ?? 0;
    this.bytes = new Uint8Array(1 << 20);
    this.starts = new Int32Array(8193);
    this.channels = new Uint8Array(8192);
    this.symbols = new Int32Array(8192);
    this.starts[0] = 1;
  }

  /** Adds a symbol behind the last one and returns its index; for markets whose names show up as they are read. */
  addSymbol(name: string, tape: number): number {
    const index = this.#names.push(jsonText(name)) - 1;
    if (index >= this.#tapes.length) {
      const grown = new Uint8Array(Math.max(64, this.#tapes.length * 2));
      grown.set(this.#tapes);
      this.#tapes = grown;
    }
    this.#tapes[index] = tape;
    return index;
  }

  /** Bytes in use, counting the free byte in front and the comma after the last event. */
  get length(): number {
    return this.#at;
  }

  /** Forgets all events; the buffers stay. */
  clear(): void {
    this.count = 0;
    this.#at = 1;
  }

  /**
   * Turns events [first, last) into one frame in place and returns where it starts; it ends at `frameEnd(last)`. The
   * brackets replace the commas around it, so take frames in order and copy each before asking for the next.
   */
  frameStart(first: number, last: number): number {
    const start = (this.starts[first] as number) - 1;
    this.bytes[start] = 91;
    this.bytes[this.frameEnd(last) - 1] = 93;
    return start;
  }

  frameEnd(last: number): number {
    return this.starts[last] as number;
  }

  /** The first event after `first` at which a frame must end: at most `eventsMax` events and `bytesMax` bytes. */
  cut(first: number, eventsMax: number, bytesMax: number): number {
    const limit = (this.starts[first] as number) + bytesMax;
    let last = Math.min(this.count, first + eventsMax);
    while (last > first + 1 && (this.starts[last] as number) > limit) last = first + Math.max(1, (last - first) >> 1);
    return last;
  }

  trade(
    symbol: number,
    timeMs: number,
    participantMs: number,
    venue: number,
    priceMicros: number,
    sizeMicros: number,
    conditionSet: number,
    tradeId: number,
    sequence: number,
    trfId: number,
    trfMs: number,
  ): void {
    const name = this.#begin(symbol, timeMs);
    this.#copy(TRADE_HEAD);
    this.#copy(name);
    this.#copy(TRADE_ID);
    this.#integer(tradeId);
    this.#copy(TRADE_VENUE);
    this.#integer(venue);
    this.#copy(PRICE);
    this.#micros(priceMicros);
    this.#copy(SIZE);
    const shares = Math.floor(sizeMicros / 1_000_000);
    this.#integer(shares);
    if (conditionSet !== 0) this.#copy(this.#conditionBytes[conditionSet] ?? this.#encodeConditions(conditionSet));
    this.#copy(TIME);
    this.#time(timeMs);
    this.#copy(PARTICIPANT_TIME);
    this.#integer(participantMs + this.timeOffsetMs);
    this.#copy(SEQUENCE);
    this.#integer(sequence);
    this.#copy(TAPE);
    this.bytes[this.#at++] = ZERO + (this.#tapes[symbol] as number);
    if (trfId !== 0) {
      this.#copy(TRF_ID);
      this.#integer(trfId);
      this.#copy(TRF_TIME);
      this.#integer(trfMs + this.timeOffsetMs);
    }
    this.#copy(DECIMAL_SIZE);
    this.#integer(shares);
    this.#fraction(sizeMicros - shares * 1_000_000);
    this.#copy(QUOTE_END);
    this.#end(Channel.T, symbol);
  }

  quote(
    symbol: number,
    timeMs: number,
    participantMs: number,
    bidVenue: number,
    bidMicros: number,
    bidShares: number,
    askVenue: number,
    askMicros: number,
    askShares: number,
    condition: number,
    indicator: number,
    sequence: number,
  ): void {
    const name = this.#begin(symbol, timeMs);
    this.#copy(QUOTE_HEAD);
    this.#copy(name);
    this.bytes[this.#at++] = 34;
    if (condition !== 0) {
      this.#copy(CONDITION);
      this.#integer(condition);
    }
    if (indicator !== 0) {
      this.#copy(INDICATOR);
      this.#integer(indicator);
      this.bytes[this.#at++] = 93;
    }
    this.#copy(BID_VENUE);
    this.#integer(bidVenue);
    this.#copy(ASK_VENUE);
    this.#integer(askVenue);
    this.#copy(BID_PRICE);
    this.#micros(bidMicros);
    this.#copy(ASK_PRICE);
    this.#micros(askMicros);
    this.#copy(BID_SIZE);
    this.#integer(bidShares);
    this.#copy(ASK_SIZE);
    this.#integer(askShares);
    this.#copy(TIME);
    this.#time(timeMs);
    this.#copy(PARTICIPANT_TIME);
    this.#integer(participantMs + this.timeOffsetMs);
    this.#copy(SEQUENCE);
    this.#integer(sequence);
    this.#copy(TAPE);
    this.bytes[this.#at++] = ZERO + (this.#tapes[symbol] as number);
    this.bytes[this.#at++] = 125;
    this.#end(Channel.Q, symbol);
  }

  luld(
    symbol: number,
    timeMs: number,
    timeSubNs: number,
    lowMicros: number,
    highMicros: number,
    indicator: number,
    sequence: number,
  ): void {
    const name = this.#begin(symbol, timeMs);
    this.#copy(LULD_HEAD);
    this.#micros(highMicros);
    this.#copy(LULD_LOW);
    this.#micros(lowMicros);
    this.#copy(INDICATOR);
    this.#integer(indicator);
    this.bytes[this.#at++] = 93;
    this.#copy(TAPE);
    this.bytes[this.#at++] = ZERO + (this.#tapes[symbol] as number);
    this.#copy(LULD_TICKER);
    this.#copy(name);
    this.bytes[this.#at++] = 34;
    this.#copy(TIME);
    this.#time(timeMs);
    let sub = timeSubNs;
    for (let k = 5; k >= 0; k--) {
      this.bytes[this.#at + k] = ZERO + (sub % 10);
      sub = (sub / 10) | 0;
    }
    this.#at += 6;
    this.#copy(SEQUENCE);
    this.#integer(sequence);
    this.bytes[this.#at++] = 125;
    this.#end(Channel.LULD, symbol);
  }

  /** Bars are rare beside ticks, so they go through ordinary text. */
  bar(bar: AggregateBar, symbolName: string): void {
    this.#begin(bar.symbol, bar.endMs);
    const round = (dollars: number): number => Math.round(dollars * 10_000) / 10_000;
    const text = JSON.stringify({
      ev: bar.channel === Channel.A ? 'A' : 'AM',
      sym: symbolName,
      v: Math.floor(bar.volume),
      av: Math.floor(bar.dayVolume),
      op: bar.dayOpen,
      vw: round(bar.vwap),
      o: bar.open,
      c: bar.close,
      h: bar.high,
      l: bar.low,
      a: round(bar.dayVwap),
      z: Math.floor(bar.averageSize),
      s: bar.startMs + this.timeOffsetMs,
      e: bar.endMs + this.timeOffsetMs,
      dv: decimalText(bar.volume),
      dav: decimalText(bar.dayVolume),
    });
    this.#reserve(text.length * 3);
    this.#at += encodeUtf8(text, this.bytes.subarray(this.#at));
    this.#end(bar.channel, bar.symbol);
  }

  #begin(symbol: number, timeMs: number): Uint8Array {
    const name = this.#names[symbol] as Uint8Array;
    this.#reserve(EVENT_BYTES_MAX + name.length);
    if (this.count === this.channels.length) this.#growIndex();
    this.lastTimeMs = timeMs;
    return name;
  }

  #end(channel: number, symbol: number): void {
    this.bytes[this.#at++] = COMMA;
    this.channels[this.count] = channel;
    this.symbols[this.count] = symbol;
    this.starts[++this.count] = this.#at;
  }

  #reserve(length: number): void {
    if (this.#at + length <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.#at + length));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  #growIndex(): void {
    const size = this.channels.length * 2;
    const starts = new Int32Array(size + 1);
    starts.set(this.starts);
    const channels = new Uint8Array(size);
    channels.set(this.channels);
    const symbols = new Int32Array(size);
    symbols.set(this.symbols);
    this.starts = starts;
    this.channels = channels;
    this.symbols = symbols;
  }

  #copy(source: Uint8Array): void {
    const target = this.bytes;
    let at = this.#at;
    for (let i = 0; i < source.length; i++) target[at++] = source[i] as number;
    this.#at = at;
  }

  /** A non-negative integer below 2^53. */
  #integer(value: number): void {
    if (value < 1_000_000_000) {
      this.#small(value | 0);
      return;
    }
    const high = Math.floor(value / 1_000_000_000);
    this.#integer(high);
    this.#padded(value - high * 1_000_000_000, 9);
  }

  #small(value: number): void {
    let digits = 1;
    for (let power = 10; digits < 10 && value >= power; power *= 10) digits++;
    this.#padded(value, digits);
  }

  #padded(value: number, digits: number): void {
    let rest = value | 0;
    const target = this.bytes;
    const at = this.#at;
    for (let k = at + digits - 1; k >= at; k--) {
      const next = (rest / 10) | 0;
      target[k] = ZERO + rest - next * 10;
      rest = next;
    }
    this.#at = at + digits;
  }

  /** Micro-dollars as JSON.stringify would write the dollars. */
  #micros(micros: number): void {
    const whole = Math.floor(micros / 1_000_000);
    this.#integer(whole);
    const rest = micros - whole * 1_000_000;
    if (rest !== 0) this.#fraction(rest);
  }

  /** A point and up to six digits without trailing zeros (one digit at least). */
  #fraction(millionths: number): void {
    const target = this.bytes;
    target[this.#at++] = 46;
    let rest = millionths | 0;
    let digits = 6;
    while (digits > 1 && rest % 10 === 0) {
      rest = (rest / 10) | 0;
      digits--;
    }
    this.#padded(rest, digits);
  }

  /** The same millisecond is written many times over: its digits are kept. */
  #time(timeMs: number): void {
    if (timeMs !== this.#cachedMs) {
      this.#integer(timeMs + this.timeOffsetMs);
      assert(
        timeMs + this.timeOffsetMs >= 1e12 && timeMs + this.timeOffsetMs < 1e13,
        'times are epoch milliseconds of this century',
      );
      for (let k = 0; k < 13; k++) this.#cachedDigits[k] = this.bytes[this.#at - 13 + k] as number;
      this.#cachedMs = timeMs;
      return;
    }
    this.#copy(this.#cachedDigits);
  }

  #encodeConditions(set: number): Uint8Array {
    const bytes = ascii(`,"c":[${this.#conditions.get(set).join(',')}]`);
    this.#conditionBytes[set] = bytes;
    return bytes;
  }
}

/** A size in shares as the vendor's decimal string: one digit after the point at least, six at most. */
export function decimalText(shares: number): string {
  const text = (Math.round(shares * 1_000_000) / 1_000_000).toFixed(6).replace(/0+$/, '');
  return text.endsWith('.') ? `${text}0` : text;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** A ticker as it stands between the quotes of a JSON string. */
function jsonText(name: string): Uint8Array {
  const text = JSON.stringify(name).slice(1, -1);
  const bytes = new Uint8Array(text.length * 3);
  return bytes.slice(0, encodeUtf8(text, bytes));
}

const TRADE_HEAD = ascii('{"ev":"T","sym":"');
const TRADE_ID = ascii('","i":"');
const TRADE_VENUE = ascii('","x":');
const PRICE = ascii(',"p":');
const SIZE = ascii(',"s":');
const TIME = ascii(',"t":');
const PARTICIPANT_TIME = ascii(',"pt":');
const SEQUENCE = ascii(',"q":');
const TAPE = ascii(',"z":');
const TRF_ID = ascii(',"trfi":');
const TRF_TIME = ascii(',"trft":');
const DECIMAL_SIZE = ascii(',"ds":"');
const QUOTE_END = ascii('"}');
const QUOTE_HEAD = ascii('{"ev":"Q","sym":"');
const CONDITION = ascii(',"c":');
const INDICATOR = ascii(',"i":[');
const BID_VENUE = ascii(',"bx":');
const ASK_VENUE = ascii(',"ax":');
const BID_PRICE = ascii(',"bp":');
const ASK_PRICE = ascii(',"ap":');
const BID_SIZE = ascii(',"bs":');
const ASK_SIZE = ascii(',"as":');
const LULD_HEAD = ascii('{"ev":"LULD","h":');
const LULD_LOW = ascii(',"l":');
const LULD_TICKER = ascii(',"T":"');
