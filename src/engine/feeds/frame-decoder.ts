/**
 * Bytes of the vendor's websocket messages to columns. One pass, any key order, nothing allocated per event. A broken
 * event costs itself: the decoder goes on at the next object that looks like an event. docs/specs/feed.md has the rules;
 * reference-decoder.ts says the same slowly.
 *
 * A frame is copied once into a buffer that ends in zeros. No JSON value contains a zero byte, so the inner loops need no
 * end checks, and the ring's space can be given back at once.
 */
import type { ConditionSets } from '../model/conditions.ts';
import type { EventBatch } from '../model/event-batch.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { DecoderCounters } from './decoder-counters.ts';
import { createDecoderCounters } from './decoder-counters.ts';
import { EventScratch } from './event-scratch.ts';
import { EventWriter } from './event-writer.ts';
import { FIELD, SHORT_KEY_FIELDS, fieldOfKey } from './event-fields.ts';
import { findNextEvent, readText, skipSpace, skipString, skipValue, skipWord } from './json-bytes.ts';
import { POWERS_OF_TEN, readIds, readNumberInto } from './number-reader.ts';
import { KnownEvents } from './known-events/known-events.ts';
import type { VendorStatus } from './vendor-status.ts';

export interface DecoderOptions {
  /** Tickers whose events are counted and dropped; see test-tickers.ts. */
  readonly excluded?: ReadonlySet<string>;
  /** Frames longer than this are refused whole. */
  readonly frameBytesMax?: number;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const FRAME_BYTES_MAX = 16 * 1024 * 1024;

/** Where in the frame the decoder stands. */
const PLACE = { start: 0, firstElement: 1, element: 2, afterElement: 3, tail: 4, done: 5 } as const;

export class FrameDecoder {
  readonly counters: DecoderCounters = createDecoderCounters();
  readonly #known = new KnownEvents();
  readonly #event = new EventScratch(this.#known.frame);
  readonly #writer: EventWriter;
  readonly #frameBytesMax: number;
  #pos = 0;
  #coldField = 0;
  /** Where to look for the next event when the bytes make no sense: after the last whole event or broken beginning. */
  #resumeAt = 0;
  #end = 0;
  #place: number = PLACE.done;
  /** Arrays open at this place. Nested arrays are read through. */
  #depth = 0;

  constructor(symbols: SymbolTable, conditions: ConditionSets, options: DecoderOptions = {}) {
    this.#writer = new EventWriter(
      symbols,
      conditions,
      options.excluded ?? new Set(),
      this.counters,
      this.#event,
      this.#known,
    );
    this.#frameBytesMax = options.frameBytesMax ?? FRAME_BYTES_MAX;
  }

  /** The batch to have this decoder fill, when there is the choice: it takes no copying. */
  get batch(): EventBatch {
    return this.#known.batch;
  }

  /** Takes the frame bytes[start, end) in; they are copied. What was left of the frame before is forgotten. */
  start(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#pos = 0;
    this.#resumeAt = 0;
    this.#depth = 0;
    this.#end = length;
    this.counters.frames++;
    this.counters.bytes += length;
    if (length > this.#frameBytesMax) {
      this.counters.oversized++;
      this.#place = PLACE.done;
      return;
    }
    this.#event.load(bytes, start, end);
    this.#place = PLACE.start;
    // `[{`, as nearly every frame begins.
    if (bytes[start] === 91 && bytes[start + 1] === 123 && length > 1) {
      this.#depth = 1;
      this.#pos = 1;
      this.#place = PLACE.firstElement;
    }
  }

  /** Appends events until the batch is full (true: drain it and call again) or the frame is finished (false). */
  fill(batch: EventBatch): boolean {
    const bytes = this.#event.bytes;
    const isPlainPossible = this.#event.isInRoom;
    while (batch.length < batch.capacity) {
      const at = this.#pos;
      if (this.#place === PLACE.afterElement && bytes[at] === COMMA && bytes[at + 1] === 123) this.#pos = at + 1;
      else if (this.#place === PLACE.firstElement && bytes[at] === 123) this.#place = PLACE.element;
      else if (!this.#toNextEvent()) return false;
      if (isPlainPossible && this.#readPlain(batch)) continue;
      const start = this.#pos;
      const after = this.#readEvent(start);
      if (after < 0) {
        this.counters.malformed++;
        this.#resumeAt = start + 1;
        this.#resync();
        continue;
      }
      this.#pos = after;
      this.#resumeAt = after;
      this.#place = this.#depth === 0 ? PLACE.tail : PLACE.afterElement;
      this.#writer.write(batch);
      if (isPlainPossible) this.#known.learn(start, after);
    }
    return this.#place !== PLACE.done;
  }

  /** Reads the events at hand the short way; false when already the first is none for it. */
  #readPlain(batch: EventBatch): boolean {
    const rows = this.#known.read(this.#pos, this.#depth === 0 ? 1 : batch.capacity - batch.length, batch);
    if (rows === 0) return false;
    const trades = this.#known.tradesRead;
    this.counters.trades += trades;
    this.counters.quotes += rows - trades;
    this.#resumeAt = this.#pos = this.#known.next;
    this.#place = this.#depth === 0 ? PLACE.tail : PLACE.afterElement;
    return true;
  }

  /** The statuses met since the last call, oldest first; at most 256 are kept. */
  takeStatuses(): readonly VendorStatus[] {
    return this.#writer.takeStatuses();
  }

  /** Moves to the opening brace of the next event. False at the end of the frame. */
  #toNextEvent(): boolean {
    const b = this.#event.bytes;
    while (this.#place !== PLACE.done) {
      this.#pos = skipSpace(b, this.#pos);
      if (this.#pos >= this.#end) {
        if (this.#place !== PLACE.tail) this.counters.truncated++;
        this.#place = PLACE.done;
        return false;
      }
      const c = b[this.#pos] as number;
      const wantsValue = this.#place <= PLACE.element;
      if (wantsValue && c === 123) return true;
      if (!this.#step(c, wantsValue)) {
        this.counters.malformed++;
        this.#resync();
      }
    }
    return false;
  }

  /** Passes one separator, bracket or non-event element. False when it may not stand here. */
  #step(c: number, wantsValue: boolean): boolean {
    if (wantsValue && c === 91) {
      this.#depth++;
      this.#pos++;
      this.#place = PLACE.firstElement;
      return true;
    }
    if (c === 93 && (this.#place === PLACE.firstElement || this.#place === PLACE.afterElement)) {
      if (this.#depth > 0) this.#depth--;
      this.#pos++;
      this.#place = this.#depth === 0 ? PLACE.tail : PLACE.afterElement;
      return true;
    }
    if (c === COMMA && this.#place === PLACE.afterElement) {
      this.#pos++;
      this.#place = PLACE.element;
      return true;
    }
    if (!wantsValue) return false;
    const after = skipValue(this.#event.bytes, this.#pos);
    if (after < 0) return false;
    this.counters.notEvents++;
    this.#pos = after;
    this.#place = this.#depth === 0 ? PLACE.tail : PLACE.afterElement;
    return true;
  }

  /** After broken bytes: stands at the next event after what was surely read, or ends the frame. */
  #resync(): void {
    const found = findNextEvent(this.#event.bytes, this.#resumeAt, this.#end);
    if (found >= 0) {
      if (this.#depth === 0) this.#depth = 1;
      this.#pos = found;
      this.#place = PLACE.element;
      return;
    }
    const last = this.#event.bytes[this.#end - 1];
    if (last !== 93 && last !== 125) this.counters.truncated++;
    this.#place = PLACE.done;
  }

  /**
   * Collects the fields of the object at `start`. The position after it, or -1 when it is not JSON. One long function on
   * purpose: this loop runs a dozen times an event, and every call in it costs more than the work it would hide.
   */
  // oxlint-disable-next-line max-lines-per-function -- the hot loop of the whole engine: a call per field would cost more than the field
  #readEvent(start: number): number {
    const event = this.#event;
    const b = event.bytes;
    const view = event.view;
    let numbers = 0;
    let strings = 0;
    let escaped = 0;
    let arrays = 0;
    let odd = 0;
    let seen = 0;
    const values = event.values;
    let pos = start + 1;
    if (b[pos] !== QUOTE) {
      pos = skipSpace(b, pos);
      if (b[pos] === 125) {
        event.strings = 0;
        return pos + 1;
      }
    } else if (b[pos + 1] === 101 && b[pos + 2] === 118 && b[pos + 3] === QUOTE && b[pos + 4] === COLON) {
      // The vendor's own beginning, `{"ev":"Q",`, without the general machinery.
      const letter = b[pos + 6] as number;
      if (b[pos + 5] === QUOTE && b[pos + 7] === QUOTE && b[pos + 8] === COMMA && letter >= 65 && letter <= 90) {
        event.from[FIELD.ev] = pos + 6;
        event.to[FIELD.ev] = pos + 7;
        strings = seen = 1 << FIELD.ev;
        pos += 9;
        if (b[pos] !== QUOTE) pos = skipSpace(b, pos);
      }
    }
    for (;;) {
      if (b[pos] !== QUOTE) return -1;
      const keyAt = pos;
      // The key: four bytes after its quote at once. `":` is 0x3a22.
      const word = view.getInt32(pos + 1, true);
      let field: number = FIELD.unknown;
      if (word >>> 16 === 0x3a22) {
        if ((word & 0x8080) === 0) field = SHORT_KEY_FIELDS[(word & 0x7f) | ((word >>> 1) & 0x3f80)] as number;
        pos += 4;
      } else if (((word >>> 8) & 0xffff) === 0x3a22) {
        if ((word & 0x80) === 0) field = SHORT_KEY_FIELDS[word & 0x7f] as number;
        pos += 3;
      } else if (word === 0x226d7973 && b[pos + 5] === COLON) {
        field = FIELD.sym;
        pos += 5;
      } else if ((word & 0xffffff) === 0x667274 && b[pos + 5] === QUOTE && b[pos + 6] === COLON) {
        // `trfi` and `trft`
        const last = word >>> 24;
        field = last === 105 ? FIELD.trfi : last === 116 ? FIELD.ignored : FIELD.unknown;
        pos += 6;
      }
      if (field === FIELD.unknown) {
        const after = this.#coldKey(keyAt);
        if (after < 0) return -1;
        pos = after;
        field = this.#coldField;
      }
      let c = b[++pos] as number;
      if (c <= 32) {
        pos = skipSpace(b, pos);
        c = b[pos] as number;
      }
      // The value. The last of two equal keys wins, as in JSON.parse.
      const bit = 1 << field;
      if ((seen & bit) !== 0) {
        numbers &= ~bit;
        strings &= ~bit;
        odd &= ~bit;
        arrays &= ~bit;
      }
      seen |= bit;
      if (c >= 48 && c <= 57) {
        const from = pos;
        const raw = view.getInt32(pos, true);
        if (
          raw === event.stampA &&
          view.getInt32(pos + 4, true) === event.stampB &&
          view.getInt32(pos + 8, true) === event.stampC
        ) {
          // Stamps of neighbouring events differ in their last digit, if at all.
          const last = (b[pos + 12] as number) - 48;
          c = b[pos + 13] as number;
          if (last >= 0 && last <= 9 && (c === COMMA || c === 125)) {
            values[field] = event.stampTens + last;
            numbers |= bit;
            pos += 13;
            if (c === COMMA) {
              if (b[++pos] !== QUOTE) pos = skipSpace(b, pos);
              continue;
            }
            break;
          }
          c = b[pos] as number;
        }
        // Four bytes at once: find how many are digits, push them to the high end, add them up pairwise.
        let quad = raw ^ 0x30303030;
        let stop = ((quad + 0x76767676) | quad) & 0x80808080;
        let count = stop === 0 ? 4 : (31 - Math.clz32(stop & (~stop + 1))) >>> 3;
        quad <<= (4 - count) << 3;
        let pairs = ((Math.imul(quad, 10) | 0) + ((quad >>> 8) | 0)) & 0x00ff00ff;
        let value = (pairs & 0xff) * 100 + (pairs >>> 16);
        pos += count;
        while (count === 4) {
          quad = view.getInt32(pos, true) ^ 0x30303030;
          stop = ((quad + 0x76767676) | quad) & 0x80808080;
          if ((stop & 0x80) !== 0) break;
          count = stop === 0 ? 4 : (31 - Math.clz32(stop & (~stop + 1))) >>> 3;
          quad <<= (4 - count) << 3;
          pairs = ((Math.imul(quad, 10) | 0) + ((quad >>> 8) | 0)) & 0x00ff00ff;
          value = value * (POWERS_OF_TEN[count] as number) + ((pairs & 0xff) * 100 + (pairs >>> 16));
          pos += count;
        }
        let digits = pos - from;
        if (c === 48 && digits > 1) return -1;
        c = b[pos] as number;
        if (c === 46) {
          quad = view.getInt32(pos + 1, true) ^ 0x30303030;
          stop = ((quad + 0x76767676) | quad) & 0x80808080;
          if ((stop & 0x80) !== 0) return -1;
          count = stop === 0 ? 4 : (31 - Math.clz32(stop & (~stop + 1))) >>> 3;
          quad <<= (4 - count) << 3;
          pairs = ((Math.imul(quad, 10) | 0) + ((quad >>> 8) | 0)) & 0x00ff00ff;
          const scale = POWERS_OF_TEN[count] as number;
          value = (value * scale + ((pairs & 0xff) * 100 + (pairs >>> 16))) / scale;
          pos += count + 1;
          digits += count;
          c = b[pos] as number;
        }
        values[field] = value;
        if (digits === 13 && pos - from === 13) {
          event.stampA = raw;
          event.stampB = view.getInt32(from + 4, true);
          event.stampC = view.getInt32(from + 8, true);
          event.stampTens = value - ((b[from + 12] as number) - 48);
        }
        // More than 15 digits or four places, an exponent, a space: read again with care.
        if (digits > 15 || (c !== COMMA && c !== 125)) {
          pos = readNumberInto(event, from, field);
          if (pos < 0) return -1;
        }
        numbers |= bit;
      } else if (c === 45) {
        pos = readNumberInto(event, pos, field);
        if (pos < 0) return -1;
        numbers |= bit;
      } else if (c === QUOTE) {
        let at = pos + 1;
        // Four bytes at once: the first quote, backslash or control character.
        let hit = 0;
        for (;;) {
          const four = view.getInt32(at, true);
          const quotes = four ^ 0x22222222;
          const slashes = four ^ 0x5c5c5c5c;
          hit = ((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes) | ((four - 0x20202020) & ~four);
          hit &= 0x80808080;
          if (hit !== 0) break;
          at += 4;
        }
        at += (31 - Math.clz32(hit & (~hit + 1))) >>> 3;
        c = b[at] as number;
        escaped &= ~bit;
        if (c !== QUOTE) {
          at = skipString(b, pos) - 1;
          if (at < 0) return -1;
          escaped |= bit;
        }
        event.from[field] = pos + 1;
        event.to[field] = at;
        strings |= bit;
        pos = at + 1;
      } else if (c === 91 && (field === FIELD.c || field === FIELD.i)) {
        pos = readIds(event, pos, field);
        if (pos < 0) {
          pos = skipValue(b, -2 - pos);
          if (pos < 0) return -1;
          odd |= bit;
        } else arrays |= bit;
      } else {
        const isNull = c === 110;
        pos = isNull ? skipWord(b, pos) : skipValue(b, pos);
        if (pos < 0) return -1;
        if (!isNull) odd |= bit;
      }
      c = b[pos] as number;
      if (c <= 32) {
        pos = skipSpace(b, pos);
        c = b[pos] as number;
      }
      if (c === COMMA) {
        if (b[++pos] !== QUOTE) pos = skipSpace(b, pos);
        continue;
      }
      if (c !== 125) return -1;
      break;
    }
    event.numbers = numbers;
    event.strings = strings;
    event.escaped = escaped;
    event.arrays = arrays;
    event.odd = odd;
    return pos + 1;
  }

  /**
   * Reads a key that the table does not know: long, escaped, foreign, or with spaces before the colon. The position of
   * the colon, or -1; the field is in #coldField.
   */
  #coldKey(at: number): number {
    const b = this.#event.bytes;
    const after = skipString(b, at);
    if (after < 0) return -1;
    const length = after - at - 2;
    // No text is made of a key that cannot be known: a new key of the vendor must not cost garbage.
    let needsText = length <= 7;
    for (let i = at + 1; i < after && !needsText; i++) needsText = b[i] === 92;
    this.#coldField = needsText ? fieldOfKey(readText(b, at + 1, after - 1)) : FIELD.unknown;
    if (this.#coldField === FIELD.unknown) this.counters.unknownKeys++;
    const colon = skipSpace(b, after);
    return b[colon] === COLON ? colon : -1;
  }
}
