/**
 * Market events to compact bytes and back, every column bit for bit (docs/specs/tape.md, EVT1..). An event is written
 * against the previous event of the same symbol and kind: a mask says which of seven fields changed, and each field has
 * a stream of its own, so that a general compressor finds like beside like. State runs on from block to block until
 * `reset`, which encoder and decoder do at the same places (key blocks).
 */
import { ByteSink, ByteSource } from '../lib/byte-sink.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { EventFlag } from '../model/event-batch.ts';

const KINDS = 4;
const FIELDS = 7;
/** Most bytes that one event can put into one stream. */
const EVENT_BYTES_MAX = 12;
const HEAD_ODD = 64;
const HEAD_ODD_TIME = 128;
const MASK_ODD_SEQUENCE = 128;
/** Integers up to here survive scaling, folding and tagging in a double. */
const SAFE = 2 ** 46;
const BIG_SYMBOL = 65_536;

const STREAM = { head: 0, mask: 1, symbolLow: 2, symbolHigh: 3, time: 4, sequence: 5, odd: 6, fields: 7 } as const;
export const EVENT_STREAMS = STREAM.fields + KINDS * FIELDS;

/** How sequences are predicted in a block: from the symbol's previous event of the kind, or from the listing tape's. */
const SEQUENCE_BY_SYMBOL = 0;
const SEQUENCE_BY_TAPE = 1;

/** What both sides remember of every (symbol, kind). */
class Memory {
  slots = 0;
  price = new Float64Array(0);
  size = new Float64Array(0);
  price2 = new Float64Array(0);
  size2 = new Float64Array(0);
  /** The prices in units of 1/10,000, rounded: what price differences are taken from. */
  ticks = new Float64Array(0);
  ticks2 = new Float64Array(0);
  sequence = new Float64Array(0);
  venue = new Uint8Array(0);
  venue2 = new Uint8Array(0);
  conditions = new Uint16Array(0);
  readonly tapeSequence = new Float64Array(256 * KINDS);

  /** Room for every slot below `slots`; what is remembered stays. */
  ensure(slots: number): void {
    if (slots <= this.slots) return;
    const size = Math.max(slots, this.slots * 2, 1024);
    for (const name of ['price', 'size', 'price2', 'size2', 'ticks', 'ticks2', 'sequence'] as const) {
      const grown = new Float64Array(size);
      grown.set(this[name]);
      this[name] = grown;
    }
    this.venue = growBytes(this.venue, size);
    this.venue2 = growBytes(this.venue2, size);
    const conditions = new Uint16Array(size);
    conditions.set(this.conditions);
    this.conditions = conditions;
    this.slots = size;
  }

  clear(): void {
    for (const name of ['price', 'size', 'price2', 'size2', 'ticks', 'ticks2', 'sequence'] as const) this[name].fill(0);
    this.venue.fill(0);
    this.venue2.fill(0);
    this.conditions.fill(0);
    this.tapeSequence.fill(0);
  }
}

export class EventEncoder {
  readonly #memory = new Memory();
  readonly #streams: ByteSink[] = Array.from({ length: EVENT_STREAMS }, () => new ByteSink());

  /** Forgets everything: the next block can be read without its predecessors. */
  reset(): void {
    this.#memory.clear();
  }

  /** Appends rows [from, to) of the batch to `out`. */
  encode(batch: EventBatch, from: number, to: number, out: ByteSink): void {
    const count = to - from;
    for (const stream of this.#streams) {
      stream.clear();
      stream.reserve(count * EVENT_BYTES_MAX);
    }
    (this.#streams[STREAM.odd] as ByteSink).reserve(count * 64);
    let highest = 0;
    for (let i = from; i < to; i++) if ((batch.symbol[i] as number) > highest) highest = batch.symbol[i] as number;
    this.#memory.ensure((Math.min(highest, BIG_SYMBOL) + 1) * KINDS);
    const unit = timeUnit(batch, from, to);
    const mode = this.#sequenceMode(batch, from, to);
    this.#encodeRows(batch, from, to, unit, mode);
    out.reserve(24 + EVENT_STREAMS * 8);
    out.putUnsigned(count);
    out.putUnsigned(unit);
    out.putByte(mode);
    let bytes = 0;
    for (const stream of this.#streams) {
      out.putUnsigned(stream.length);
      bytes += stream.length;
    }
    out.reserve(bytes);
    for (const stream of this.#streams) out.putBytes(stream.bytes, 0, stream.length);
  }

  #encodeRows(batch: EventBatch, from: number, to: number, unit: number, mode: number): void {
    const memory = this.#memory;
    const streams = this.#streams;
    const heads = streams[STREAM.head] as ByteSink;
    const masks = streams[STREAM.mask] as ByteSink;
    const low = streams[STREAM.symbolLow] as ByteSink;
    const high = streams[STREAM.symbolHigh] as ByteSink;
    const times = streams[STREAM.time] as ByteSink;
    const sequences = streams[STREAM.sequence] as ByteSink;
    const odd = streams[STREAM.odd] as ByteSink;
    let beforeUs = 0;
    for (let i = from; i < to; i++) {
      const symbol = batch.symbol[i] as number;
      const kind = batch.kind[i] as number;
      const flags = batch.flags[i] as number;
      const tape = batch.tape[i] as number;
      let head: number;
      let slot: number;
      if (kind < 4 && flags < 4 && tape < 4 && symbol >= 0 && symbol < BIG_SYMBOL) {
        head = kind | (flags << 2) | (tape << 4);
        slot = symbol * KINDS + kind;
      } else {
        head = HEAD_ODD;
        slot = 0;
        odd.putByte(kind);
        odd.putByte(flags);
        odd.putByte(tape);
        odd.putU32(symbol);
      }
      low.putByte(symbol & 255);
      high.putByte((symbol >>> 8) & 255);

      const timeUs = batch.timeUs[i] as number;
      const delta = (timeUs - beforeUs) / unit;
      if (timeUs > -SAFE * 32 && timeUs < SAFE * 32 && Math.floor(timeUs) === timeUs && !Object.is(timeUs, -0)) {
        times.putSigned(delta);
        beforeUs = timeUs;
      } else {
        head |= HEAD_ODD_TIME;
        odd.putDouble(timeUs);
      }
      heads.putByte(head);

      const sequence = batch.sequence[i] as number;
      let mask = 0;
      if ((flags & EventFlag.noSequence) === 0 || sequence !== 0 || Object.is(sequence, -0)) {
        const expected =
          mode === SEQUENCE_BY_SYMBOL
            ? (memory.sequence[slot] as number)
            : (memory.tapeSequence[tape * KINDS + (kind & 3)] as number);
        if (
          sequence >= 0 &&
          sequence < SAFE &&
          Math.floor(sequence) === sequence &&
          !Object.is(sequence, -0) &&
          (flags & EventFlag.noSequence) === 0
        ) {
          sequences.putSigned(sequence - expected);
          memory.sequence[slot] = sequence;
          memory.tapeSequence[tape * KINDS + (kind & 3)] = sequence;
        } else {
          mask = MASK_ODD_SEQUENCE;
          odd.putDouble(sequence);
        }
      }
      masks.putByte(mask | this.#encodeFields(batch, i, slot, STREAM.fields + (kind & 3) * FIELDS));
    }
  }

  /** Writes the changed fields and returns their mask. */
  #encodeFields(batch: EventBatch, i: number, slot: number, stream: number): number {
    const memory = this.#memory;
    const streams = this.#streams;
    const odd = streams[STREAM.odd] as ByteSink;
    let mask = 0;
    const price = batch.price[i] as number;
    if (!same(price, memory.price[slot] as number)) {
      mask |= 1;
      memory.ticks[slot] = putPrice(streams[stream] as ByteSink, odd, price, memory.ticks[slot] as number);
      memory.price[slot] = price;
    }
    const size = batch.size[i] as number;
    if (!same(size, memory.size[slot] as number)) {
      mask |= 2;
      putSize(streams[stream + 1] as ByteSink, odd, size);
      memory.size[slot] = size;
    }
    const venue = batch.venue[i] as number;
    if (venue !== memory.venue[slot]) {
      mask |= 4;
      (streams[stream + 2] as ByteSink).putByte(venue);
      memory.venue[slot] = venue;
    }
    const price2 = batch.price2[i] as number;
    if (!same(price2, memory.price2[slot] as number)) {
      mask |= 8;
      memory.ticks2[slot] = putPrice(streams[stream + 3] as ByteSink, odd, price2, memory.ticks2[slot] as number);
      memory.price2[slot] = price2;
    }
    const size2 = batch.size2[i] as number;
    if (!same(size2, memory.size2[slot] as number)) {
      mask |= 16;
      putSize(streams[stream + 4] as ByteSink, odd, size2);
      memory.size2[slot] = size2;
    }
    const venue2 = batch.venue2[i] as number;
    if (venue2 !== memory.venue2[slot]) {
      mask |= 32;
      (streams[stream + 5] as ByteSink).putByte(venue2);
      memory.venue2[slot] = venue2;
    }
    const conditions = batch.conditions[i] as number;
    if (conditions !== memory.conditions[slot]) {
      mask |= 64;
      (streams[stream + 6] as ByteSink).putUnsigned(conditions);
      memory.conditions[slot] = conditions;
    }
    return mask;
  }

  /** Takes the prediction that is nearer on average over a sample of the block. */
  #sequenceMode(batch: EventBatch, from: number, to: number): number {
    const memory = this.#memory;
    const lastOf = new Map<number, number>();
    const lastOnTape = Float64Array.from(memory.tapeSequence.subarray(0, 64));
    let bySymbol = 0;
    let byTape = 0;
    const end = Math.min(to, from + 512);
    for (let i = from; i < end; i++) {
      const sequence = batch.sequence[i] as number;
      if (!(sequence > 0) || (batch.tape[i] as number) > 3) continue;
      const kind = (batch.kind[i] as number) & 3;
      const slot = Math.min(batch.symbol[i] as number, BIG_SYMBOL) * KINDS + kind;
      const tape = (batch.tape[i] as number) * KINDS + kind;
      bySymbol += Math.log2(1 + Math.abs(sequence - (lastOf.get(slot) ?? (memory.sequence[slot] as number))));
      byTape += Math.log2(1 + Math.abs(sequence - (lastOnTape[tape] as number)));
      lastOf.set(slot, sequence);
      lastOnTape[tape] = sequence;
    }
    return byTape < bySymbol ? SEQUENCE_BY_TAPE : SEQUENCE_BY_SYMBOL;
  }
}

export class EventDecoder {
  readonly #memory = new Memory();
  readonly #streams: ByteSource[] = Array.from({ length: EVENT_STREAMS }, () => new ByteSource());
  #count = 0;
  #done = 0;
  #unit = 1;
  #mode = 0;
  #beforeUs = 0;

  reset(): void {
    this.#memory.clear();
  }

  /** Opens what `encode` wrote; the source then stands behind it. Returns the row count, -1 when the bytes are bad. */
  open(source: ByteSource): number {
    this.#count = source.unsigned();
    this.#unit = source.unsigned();
    this.#mode = source.byte();
    this.#done = 0;
    this.#beforeUs = 0;
    const lengths: number[] = [];
    for (let s = 0; s < EVENT_STREAMS; s++) lengths.push(source.unsigned());
    for (let s = 0; s < EVENT_STREAMS; s++) {
      const bytes = source.take(lengths[s] as number);
      (this.#streams[s] as ByteSource).open(bytes, 0, bytes.length);
    }
    const heads = this.#streams[STREAM.head] as ByteSource;
    if (source.isBroken || heads.left !== this.#count) {
      this.#count = 0;
      return -1;
    }
    return this.#count;
  }

  /**
   * Decodes the next `count` rows into batch rows from `at` on; the caller has made sure that they fit. False when the
   * bytes do not add up, which a checksum should have found before.
   */
  read(batch: EventBatch, at: number, count: number): boolean {
    if (this.#done + count > this.#count) return false;
    const memory = this.#memory;
    const streams = this.#streams;
    const heads = streams[STREAM.head] as ByteSource;
    const masks = streams[STREAM.mask] as ByteSource;
    const low = streams[STREAM.symbolLow] as ByteSource;
    const high = streams[STREAM.symbolHigh] as ByteSource;
    const times = streams[STREAM.time] as ByteSource;
    const sequences = streams[STREAM.sequence] as ByteSource;
    const odd = streams[STREAM.odd] as ByteSource;
    for (let i = at; i < at + count; i++) {
      const head = heads.byte();
      let kind = head & 3;
      let flags = (head >> 2) & 3;
      let tape = (head >> 4) & 3;
      let symbol = low.byte() | (high.byte() << 8);
      let slot = symbol * KINDS + kind;
      if ((head & HEAD_ODD) !== 0) {
        kind = odd.byte();
        flags = odd.byte();
        tape = odd.byte();
        symbol = odd.u32() | 0;
        slot = 0;
      }
      if (slot >= memory.slots) memory.ensure(slot + 1);
      batch.kind[i] = kind;
      batch.flags[i] = flags;
      batch.tape[i] = tape;
      batch.symbol[i] = symbol;
      if ((head & HEAD_ODD_TIME) === 0) this.#beforeUs += times.signed() * this.#unit;
      batch.timeUs[i] = (head & HEAD_ODD_TIME) === 0 ? this.#beforeUs : odd.double();
      const mask = masks.byte();
      batch.sequence[i] = this.#sequence(mask, flags, slot, tape * KINDS + (kind & 3), sequences, odd);
      this.#fields(batch, i, slot, STREAM.fields + (kind & 3) * FIELDS, mask);
    }
    this.#done += count;
    for (const stream of streams) if (stream.isBroken) return false;
    return true;
  }

  #sequence(mask: number, flags: number, slot: number, onTape: number, sequences: ByteSource, odd: ByteSource): number {
    if ((mask & MASK_ODD_SEQUENCE) !== 0) return odd.double();
    if ((flags & EventFlag.noSequence) !== 0) return 0;
    const memory = this.#memory;
    const expected = this.#mode === SEQUENCE_BY_SYMBOL ? memory.sequence[slot] : memory.tapeSequence[onTape];
    const sequence = (expected as number) + sequences.signed();
    memory.sequence[slot] = sequence;
    memory.tapeSequence[onTape] = sequence;
    return sequence;
  }

  #fields(batch: EventBatch, i: number, slot: number, stream: number, mask: number): void {
    const memory = this.#memory;
    const streams = this.#streams;
    const odd = streams[STREAM.odd] as ByteSource;
    if ((mask & 1) !== 0) {
      const price = takePrice(streams[stream] as ByteSource, odd, memory.ticks[slot] as number);
      memory.ticks[slot] = ticksOf(price);
      memory.price[slot] = price;
    }
    if ((mask & 2) !== 0) memory.size[slot] = takeSize(streams[stream + 1] as ByteSource, odd);
    if ((mask & 4) !== 0) memory.venue[slot] = (streams[stream + 2] as ByteSource).byte();
    if ((mask & 8) !== 0) {
      const price = takePrice(streams[stream + 3] as ByteSource, odd, memory.ticks2[slot] as number);
      memory.ticks2[slot] = ticksOf(price);
      memory.price2[slot] = price;
    }
    if ((mask & 16) !== 0) memory.size2[slot] = takeSize(streams[stream + 4] as ByteSource, odd);
    if ((mask & 32) !== 0) memory.venue2[slot] = (streams[stream + 5] as ByteSource).byte();
    if ((mask & 64) !== 0) memory.conditions[slot] = (streams[stream + 6] as ByteSource).unsigned();
    batch.price[i] = memory.price[slot] as number;
    batch.size[i] = memory.size[slot] as number;
    batch.venue[i] = memory.venue[slot] as number;
    batch.price2[i] = memory.price2[slot] as number;
    batch.size2[i] = memory.size2[slot] as number;
    batch.venue2[i] = memory.venue2[slot] as number;
    batch.conditions[i] = memory.conditions[slot] as number;
  }
}

/** 1000 when every time of the rows is a whole millisecond, else 1. */
function timeUnit(batch: EventBatch, from: number, to: number): number {
  for (let i = from; i < to; i++) if ((batch.timeUs[i] as number) % 1000 !== 0) return 1;
  return 1000;
}

function same(a: number, b: number): boolean {
  return a === b && (a !== 0 || 1 / a === 1 / b);
}

/** A price in units of 1/10,000, rounded; 0 for what cannot serve as a reference. */
function ticksOf(price: number): number {
  const ticks = Math.round(price * 10_000);
  return ticks > -SAFE && ticks < SAFE ? ticks + 0 : 0;
}

/**
 * A price as a difference to the reference, the tag in the low two bits: 0 whole cents, 1 units of 1/10,000,
 * 2 units of 1/1,000,000, 3 the double itself. Every form is taken only if it gives the same double back.
 */
function putPrice(stream: ByteSink, odd: ByteSink, price: number, reference: number): number {
  const ticks = Math.round(price * 10_000);
  if (ticks > -SAFE && ticks < SAFE && ticks / 10_000 === price && !Object.is(price, -0)) {
    const delta = ticks - reference;
    const isCents = delta % 100 === 0;
    const units = isCents ? delta / 100 : delta;
    stream.putUnsigned((units >= 0 ? units * 2 : -units * 2 - 1) * 4 + (isCents ? 0 : 1));
    return ticks + 0;
  }
  const fine = Math.round(price * 1_000_000);
  if (
    fine > -SAFE &&
    fine < SAFE &&
    reference < SAFE / 100 &&
    reference > -SAFE / 100 &&
    fine / 1_000_000 === price &&
    !Object.is(price, -0)
  ) {
    const units = fine - reference * 100;
    stream.putUnsigned((units >= 0 ? units * 2 : -units * 2 - 1) * 4 + 2);
  } else {
    stream.putUnsigned(3);
    odd.putDouble(price);
  }
  return ticksOf(price);
}

function takePrice(stream: ByteSource, odd: ByteSource, reference: number): number {
  const code = stream.unsigned();
  const tag = code % 4;
  if (tag === 3) return odd.double();
  const folded = (code - tag) / 4;
  const units = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  if (tag === 0) return (reference + units * 100) / 10_000;
  if (tag === 1) return (reference + units) / 10_000;
  return (reference * 100 + units) / 1_000_000;
}

/** A size, the tag in the low two bits: 0 round hundreds, 1 whole shares, 2 units of 1/1,000,000, 3 the double itself. */
function putSize(stream: ByteSink, odd: ByteSink, size: number): void {
  if (size >= 0 && size < SAFE && Math.floor(size) === size && !Object.is(size, -0)) {
    if (size % 100 === 0) stream.putUnsigned((size / 100) * 4);
    else stream.putUnsigned(size * 4 + 1);
    return;
  }
  const fine = Math.round(size * 1_000_000);
  if (fine > 0 && fine < SAFE && fine / 1_000_000 === size) stream.putUnsigned(fine * 4 + 2);
  else {
    stream.putUnsigned(3);
    odd.putDouble(size);
  }
}

function takeSize(stream: ByteSource, odd: ByteSource): number {
  const code = stream.unsigned();
  const tag = code % 4;
  const units = (code - tag) / 4;
  if (tag === 0) return units * 100;
  if (tag === 1) return units;
  return tag === 2 ? units / 1_000_000 : odd.double();
}

function growBytes(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(size);
  grown.set(bytes);
  return grown;
}
