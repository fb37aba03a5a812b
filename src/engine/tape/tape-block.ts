/**
 * A block of the tape: a run of consecutive kernel inputs, with the symbols and condition sets they use defined ahead of
 * them (docs/specs/tape.md, BLK1..). The builder is the writer's side, the opener the reader's; compression, checksums
 * and files are the adapter's.
 */
import { ByteSink, ByteSource } from '../lib/byte-sink.ts';
import { decodeText } from '../lib/text-bytes.ts';
import type { ConditionSets } from '../model/conditions.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { createEventBatch } from '../model/event-batch.ts';
import type { SymbolTable } from '../model/symbols.ts';
import { decodeUtf8, encodeUtf8 } from '../model/symbols.ts';
import type { EpochUs, InputNo } from '../model/units.ts';
import { EventDecoder, EventEncoder } from './event-codec.ts';
import type { TapeInput, TapeKind } from './tape-input.ts';
import { TAPE_KIND_CODE, TAPE_KINDS, unpackMarketRows } from './tape-input.ts';

const BLOCK_VERSION = 1;
const ODD_TIME = 128;
const TIME_MAX_US = 2 ** 51;
const DEFINITIONS_MAX = 1 << 22;

/** Names and sets in order of id, as far as the tape has heard of them. Set 0 is the empty set and is implied. */
export class TapeDictionary {
  readonly symbols: string[] = [];
  readonly sets: (readonly number[])[] = [[]];
}

export interface BlockFacts {
  readonly firstInputNo: InputNo;
  readonly lastInputNo: InputNo;
  readonly firstUs: EpochUs;
  readonly lastUs: EpochUs;
  readonly inputs: number;
  readonly events: number;
  /** Readable without its predecessors: no event state from before, and the whole dictionary. */
  readonly isKey: boolean;
}

export class TapeBlockBuilder {
  readonly dictionary = new TapeDictionary();
  readonly #encoder = new EventEncoder();
  readonly #inputs = new ByteSink(4096);
  readonly #payloads = new ByteSink(4096);
  readonly #out = new ByteSink(1 << 18);
  #events: EventBatch = createEventBatch(32_768);
  #inputCount = 0;
  #firstInputNo = 0;
  #lastInputNo = 0;
  #firstUs = 0;
  #lastUs = 0;
  #symbolsWritten = 0;
  #setsWritten = 1;
  #isKey = true;

  get inputCount(): number {
    return this.#inputCount;
  }

  get eventCount(): number {
    return this.#events.length;
  }

  get firstUs(): EpochUs {
    return this.#firstUs;
  }

  get lastInputNo(): InputNo {
    return this.#lastInputNo;
  }

  /** The next block can be read without its predecessors. */
  startKey(): void {
    this.#isKey = true;
    this.#encoder.reset();
    this.#symbolsWritten = 0;
    this.#setsWritten = 1;
  }

  addMarket(inputNo: InputNo, receivedUs: EpochUs, doubles: Float64Array, words: Uint32Array, rows: number): void {
    if (this.#events.length + rows > this.#events.capacity) this.#growEvents(rows);
    unpackMarketRows(doubles, words, rows, this.#events);
    this.#addHead(inputNo, 'market', receivedUs);
    this.#inputs.putUnsigned(rows);
  }

  /** `seq` for `durable`; `payload` is JSON in UTF-8 for the kinds that have one. */
  addInput(
    inputNo: InputNo,
    kind: Exclude<TapeKind, 'market'>,
    receivedUs: EpochUs,
    seq: number,
    payload: Uint8Array | null,
  ): void {
    this.#addHead(inputNo, kind, receivedUs);
    if (kind === 'durable') this.#inputs.putUnsigned(seq);
    else if (kind !== 'time') {
      this.#inputs.putUnsigned(payload?.length ?? 0);
      if (payload !== null) this.#payloads.putBytes(payload);
    }
  }

  /** The block's bytes, valid until the next call, and what is in it. The builder starts the next block. */
  finish(): { readonly bytes: Uint8Array; readonly facts: BlockFacts } {
    const out = this.#out;
    out.clear();
    out.reserve(64);
    out.putByte(BLOCK_VERSION);
    this.#putDefinitions(out);
    out.reserve(16);
    out.putUnsigned(this.#inputCount);
    out.putUnsigned(this.#inputs.length);
    out.putBytes(this.#inputs.bytes, 0, this.#inputs.length);
    out.reserve(16);
    out.putUnsigned(this.#payloads.length);
    out.putBytes(this.#payloads.bytes, 0, this.#payloads.length);
    this.#encoder.encode(this.#events, 0, this.#events.length, out);
    const facts: BlockFacts = {
      firstInputNo: this.#firstInputNo,
      lastInputNo: this.#lastInputNo,
      firstUs: this.#firstUs,
      lastUs: this.#lastUs,
      inputs: this.#inputCount,
      events: this.#events.length,
      isKey: this.#isKey,
    };
    this.#inputs.clear();
    this.#payloads.clear();
    this.#events.length = 0;
    this.#inputCount = 0;
    this.#isKey = false;
    return { bytes: out.view(), facts };
  }

  #addHead(inputNo: InputNo, kind: TapeKind, receivedUs: EpochUs): void {
    const inputs = this.#inputs;
    inputs.reserve(48);
    const isFirst = this.#inputCount === 0;
    if (isFirst) {
      this.#firstInputNo = inputNo;
      this.#lastInputNo = inputNo;
      this.#firstUs = receivedUs;
      this.#lastUs = 0;
    }
    const delta = receivedUs - this.#lastUs;
    const isOdd =
      !(receivedUs >= 0 && receivedUs < TIME_MAX_US) ||
      Math.floor(receivedUs) !== receivedUs ||
      Object.is(receivedUs, -0);
    inputs.putByte(TAPE_KIND_CODE[kind] | (isOdd ? ODD_TIME : 0));
    inputs.putSigned(inputNo - (isFirst ? 0 : this.#lastInputNo));
    if (isOdd) inputs.putDouble(receivedUs);
    else {
      inputs.putSigned(delta);
      this.#lastUs = receivedUs;
    }
    this.#lastInputNo = inputNo;
    this.#inputCount++;
  }

  #putDefinitions(out: ByteSink): void {
    const { symbols, sets } = this.dictionary;
    out.putUnsigned(this.#symbolsWritten);
    out.putUnsigned(symbols.length - this.#symbolsWritten);
    for (let id = this.#symbolsWritten; id < symbols.length; id++) {
      const name = symbols[id] as string;
      const bytes = new Uint8Array(name.length * 3);
      const length = encodeUtf8(name, bytes);
      out.reserve(16);
      out.putUnsigned(length);
      out.putBytes(bytes, 0, length);
    }
    out.reserve(24);
    out.putUnsigned(this.#setsWritten);
    out.putUnsigned(sets.length - this.#setsWritten);
    for (let id = this.#setsWritten; id < sets.length; id++) {
      const set = sets[id] as readonly number[];
      out.reserve(16 + set.length * 8);
      out.putUnsigned(set.length);
      for (const condition of set) out.putSigned(condition);
    }
    this.#symbolsWritten = symbols.length;
    this.#setsWritten = sets.length;
  }

  #growEvents(rows: number): void {
    const before = this.#events;
    const grown = createEventBatch(Math.max(before.capacity * 2, before.length + rows));
    for (const key of [
      'kind',
      'symbol',
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
      'conditions',
    ] as const)
      grown[key].set(before[key]);
    grown.length = before.length;
    this.#events = grown;
  }
}

export type BlockFault = 'version' | 'definitions' | 'inputs' | 'events' | 'unknown-symbol';

/** Reads blocks in order. Ids are mapped to the tables handed in; with fresh tables they come out as they were. */
export class TapeBlockOpener {
  readonly #symbols: SymbolTable;
  readonly #sets: ConditionSets;
  readonly #decoder = new EventDecoder();
  readonly #source = new ByteSource();
  readonly #inputs = new ByteSource();
  readonly #payloads = new ByteSource();
  #symbolMap = new Int32Array(1024).fill(-1);
  #setMap = new Int32Array(1024).fill(-1);
  #isSameIds = true;
  #inputsLeft = 0;
  #eventsLeft = 0;
  #lastInputNo = 0;
  #lastUs = 0;
  fault: BlockFault | null = null;

  constructor(symbols: SymbolTable, sets: ConditionSets) {
    this.#symbols = symbols;
    this.#sets = sets;
    this.#setMap[0] = 0;
  }

  /** Forgets event state and, with `names`, the dictionary: at a key block, and at the start of a run. */
  reset(names: boolean): void {
    this.#decoder.reset();
    if (!names) return;
    this.#symbolMap.fill(-1);
    this.#setMap.fill(-1);
    this.#setMap[0] = 0;
    this.#isSameIds = true;
  }

  /** Opens a decompressed block. False, with `fault` set, when it is not one. */
  open(bytes: Uint8Array): boolean {
    const source = this.#source;
    source.open(bytes, 0, bytes.length);
    this.fault = null;
    this.#inputsLeft = 0;
    if (source.byte() !== BLOCK_VERSION) return this.#fail('version');
    if (!this.#takeDefinitions(source)) return this.#fail('definitions');
    const count = source.unsigned();
    const heads = source.take(source.unsigned());
    const payloads = source.take(source.unsigned());
    if (source.isBroken) return this.#fail('inputs');
    this.#inputs.open(heads, 0, heads.length);
    this.#payloads.open(payloads, 0, payloads.length);
    this.#eventsLeft = this.#decoder.open(source);
    if (this.#eventsLeft < 0) return this.#fail('events');
    this.#inputsLeft = count;
    this.#lastInputNo = 0;
    this.#lastUs = 0;
    return true;
  }

  /**
   * The next input, null at the end of the block or at a fault. Market rows go to batches from `batchOf(rows)`, which
   * must have the capacity; their length and receive time are set here.
   */
  next(batchOf: (rows: number) => EventBatch): TapeInput | null {
    if (this.#inputsLeft === 0) return null;
    this.#inputsLeft--;
    const inputs = this.#inputs;
    const head = inputs.byte();
    const kind = TAPE_KINDS[head & 127];
    this.#lastInputNo += inputs.signed();
    if ((head & ODD_TIME) === 0) this.#lastUs += inputs.signed();
    const receivedUs = (head & ODD_TIME) === 0 ? this.#lastUs : inputs.double();
    if (inputs.isBroken || kind === undefined || kind === '') return this.#stop('inputs');
    const inputNo = this.#lastInputNo;
    if (kind === 'market') {
      const batch = this.#takeRows(inputs.unsigned(), batchOf);
      if (batch === null) return this.#stop(this.fault ?? 'events');
      batch.receivedUs = receivedUs;
      return { inputNo, kind, receivedUs, seq: 0, body: undefined };
    }
    if (kind === 'time') return { inputNo, kind, receivedUs, seq: 0, body: undefined };
    if (kind === 'durable') return { inputNo, kind, receivedUs, seq: inputs.unsigned(), body: undefined };
    const bytes = this.#payloads.take(inputs.unsigned());
    if (inputs.isBroken || this.#payloads.isBroken) return this.#stop('inputs');
    return { inputNo, kind, receivedUs, seq: 0, body: parseJson(bytes) };
  }

  #takeRows(rows: number, batchOf: (rows: number) => EventBatch): EventBatch | null {
    if (rows > this.#eventsLeft || this.#inputs.isBroken) return null;
    const batch = batchOf(rows);
    batch.length = rows;
    if (!this.#decoder.read(batch, 0, rows)) return null;
    this.#eventsLeft -= rows;
    if (this.#isSameIds) return this.#check(batch, rows);
    for (let i = 0; i < rows; i++) {
      const symbol = this.#symbolMap[batch.symbol[i] as number] ?? -1;
      const set = this.#setMap[batch.conditions[i] as number] ?? -1;
      if (symbol < 0 || set < 0) return this.#unknown();
      batch.symbol[i] = symbol;
      batch.conditions[i] = set;
    }
    return batch;
  }

  #check(batch: EventBatch, rows: number): EventBatch | null {
    for (let i = 0; i < rows; i++) {
      if ((this.#symbolMap[batch.symbol[i] as number] ?? -1) < 0) return this.#unknown();
      if ((this.#setMap[batch.conditions[i] as number] ?? -1) < 0) return this.#unknown();
    }
    return batch;
  }

  #unknown(): null {
    this.fault = 'unknown-symbol';
    return null;
  }

  #takeDefinitions(source: ByteSource): boolean {
    const firstSymbol = source.unsigned();
    const symbolCount = source.unsigned();
    if (firstSymbol > DEFINITIONS_MAX || symbolCount > source.left) return false;
    for (let id = firstSymbol; id < firstSymbol + symbolCount; id++) {
      const bytes = source.take(source.unsigned());
      if (source.isBroken) return false;
      this.#symbolMap = room(this.#symbolMap, id);
      const known = this.#symbols.intern(decodeUtf8(bytes, 0, bytes.length));
      this.#symbolMap[id] = known;
      if (known !== id) this.#isSameIds = false;
    }
    const firstSet = source.unsigned();
    const setCount = source.unsigned();
    if (firstSet > DEFINITIONS_MAX || setCount > source.left) return false;
    for (let id = firstSet; id < firstSet + setCount; id++) {
      const length = source.unsigned();
      if (length > source.left) return false;
      const set: number[] = [];
      for (let k = 0; k < length; k++) set.push(source.signed());
      this.#setMap = room(this.#setMap, id);
      const known = this.#sets.intern(set);
      this.#setMap[id] = known;
      if (known !== id) this.#isSameIds = false;
    }
    return !source.isBroken;
  }

  #fail(fault: BlockFault): false {
    this.fault = fault;
    return false;
  }

  #stop(fault: BlockFault): null {
    this.fault = fault;
    this.#inputsLeft = 0;
    return null;
  }
}

function room(map: Int32Array<ArrayBuffer>, id: number): Int32Array<ArrayBuffer> {
  if (id < map.length) return map;
  const grown = new Int32Array(Math.max(id + 1, map.length * 2)).fill(-1);
  grown.set(map);
  return grown;
}

/** Undefined for text that is not JSON; the checksum has passed, so this says that the writer was wrong. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeText(bytes, 0, bytes.length));
  } catch {
    return undefined;
  }
}
