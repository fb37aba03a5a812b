/**
 * Structured fuzzing of the frame decoder: frames of known events, shuffled, salted with odd values and then damaged in
 * known places. Whatever JSON.parse accepts must decode exactly as the reference does; whatever it refuses must still
 * give every event that the damage did not touch. The small run is a test, the long one a bench.
 */
import type { Rng } from '../lib/rng.ts';
import { ConditionSets } from '../model/conditions.ts';
import { createEventBatch } from '../model/event-batch.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { SymbolTable, encodeUtf8 } from '../model/symbols.ts';
import { FrameDecoder } from './frame-decoder.ts';
import type { ReferenceEvent } from './reference-decoder.ts';
import { decodeReference, referenceOfRow } from './reference-decoder.ts';

export interface FuzzReport {
  readonly frames: number;
  readonly accepted: number;
  readonly garbled: number;
  readonly events: number;
}

/** What went wrong, with the frame that shows it. */
export interface FuzzFailure {
  readonly frame: string;
  readonly reason: string;
}

const KEYS_BY_EV: Readonly<Record<string, readonly string[]>> = {
  T: ['sym', 'i', 'x', 'p', 's', 'c', 't', 'pt', 'q', 'z', 'trfi', 'trft', 'ds'],
  Q: ['sym', 'c', 'i', 'bx', 'ax', 'bp', 'ap', 'bs', 'as', 't', 'pt', 'q', 'z'],
  LULD: ['T', 'h', 'l', 'i', 'z', 't', 'q'],
  A: ['sym', 'v', 'av', 'op', 'vw', 'o', 'c', 'h', 'l', 'a', 'z', 's', 'e', 'dv', 'dav'],
  NOI: ['T', 't', 'at', 'a', 'i', 'x', 'o', 'p', 'b'],
  status: ['status', 'message'],
};
const EVS = ['T', 'T', 'T', 'T', 'Q', 'Q', 'Q', 'Q', 'Q', 'LULD', 'A', 'NOI', 'status', 'X'] as const;
const SYMBOLS = [
  'A',
  'MSFT',
  'BRK.B',
  'ABDpL',
  'BCATrw',
  'AAPL',
  'LONGERNAME',
  'T',
  'ZVZZT',
  'GOOG',
  'A\\u0042C',
  'B\\/C',
];
const ODD_VALUES = [
  'null', 'true', 'false', '-1', '0', '-0', '1e3', '1E-2', '12.5e+1', '1e400', '-1e400', '123456789012345678901', '0.1234567890123456789',
  '9007199254740993', '"text"', '"5"', '""', '"\\u0041\\n{\\"ev\\":"', '[]', '[1,2]', '[null]', '[1,null,3]', '[1.5]', '["a"]', '{}', '{"ev":"T"}',
  '{"a":[{"b":"}]"}]}', '[[[]]]', '1000000000', '999999999.9999', '1e12', '70000', '0.000001', '"}{"', '"],["', '[12,37,41,14]', '99999999999999999999e5', '" 12"',
] as const; // prettier-ignore
const INSERTS = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '{"',
  '":',
  '},{',
  '{"ev":"T",',
  '\u0000',
  '\n',
  ' ',
  '9',
  'é',
  '\\u00',
  '-',
  '.',
  'e',
  '"ev":',
  '[[',
  'null',
];

const EXCLUDED: ReadonlySet<string> = new Set(['ZVZZT']);

function pick<T>(rng: Rng, from: readonly T[]): T {
  return from[rng.below(from.length)] as T;
}

function plainValue(rng: Rng, ev: string, key: string): string {
  switch (key) {
    case 'sym':
    case 'T':
      return `"${pick(rng, SYMBOLS)}"`;
    case 't':
      return ev === 'LULD'
        ? `${1_788_877_046_310 + rng.below(9)}${pick(rng, ['', '003', '003385'])}`
        : String(1_772_461_800_000 + rng.below(5000));
    case 'pt':
    case 'trft':
      return String(1_772_461_800_000 + rng.below(5000));
    case 'p':
    case 'bp':
    case 'ap':
    case 'h':
    case 'l':
      return pick(rng, [
        String(rng.below(50_000) / 100),
        String(rng.below(5_000_000) / 10_000),
        String(rng.next() * 1000),
        String(rng.below(900)),
      ]);
    case 'ds':
      return `"${pick(rng, [`${rng.below(500)}.0`, `${rng.next()}`, '0.4', '100.000000', '.5', '5.', '-3', '1e2', 'x', ''])}"`;
    case 'c':
      return ev === 'T'
        ? pick(rng, ['[37]', '[12,37]', '[]', '14', '[14, 41 ,37]', '[0,12]', '[601,41,2,3]'])
        : pick(rng, ['1', '0', '[1]']);
    case 'i':
      return ev === 'T' ? `"${rng.below(1e9)}"` : pick(rng, ['[604]', '[1]', '[602,604]', '17', '[]', '[ 604 ]']);
    case 'status':
    case 'message':
      return pick(rng, ['"auth_success"', '"subscribed to: T.*"', '"say \\"no\\" {to} [that]"']);
    default:
      return String(rng.below(10 ** (1 + rng.below(8))));
  }
}

function makeEvent(rng: Rng): string {
  const ev = pick(rng, EVS);
  const parts = [`"ev":"${ev}"`];
  for (const key of KEYS_BY_EV[ev] ?? ['sym', 'p']) {
    const luck = rng.below(100);
    if (luck < 2) continue;
    parts.push(`"${key}":${luck < 5 ? pick(rng, ODD_VALUES) : plainValue(rng, ev, key)}`);
    if (luck === 99) parts.push(`"${key}":${plainValue(rng, ev, key)}`);
    if (luck === 98)
      parts.push(`"${pick(rng, ['zz', 'unknown', 'e\\u0076x', 'longer key', '', 'é'])}":${pick(rng, ODD_VALUES)}`);
  }
  if (rng.below(4) === 0) {
    for (let i = parts.length - 1; i > 0; i--) {
      const j = rng.below(i + 1);
      [parts[i], parts[j]] = [parts[j] as string, parts[i] as string];
    }
  }
  const space = rng.below(8) === 0 ? ' ' : '';
  return `{${space}${parts.join(space === '' ? ',' : ' , ').replaceAll('":', `"${space}:`)}${space}}`;
}

interface Frame {
  readonly bytes: Uint8Array;
  /** Byte range of each event. */
  readonly ranges: readonly (readonly [number, number])[];
}

function makeFrame(rng: Rng): Frame {
  const count = rng.below(12) === 0 ? 1 : 1 + rng.below(6);
  const isSingle = count === 1 && rng.below(2) === 0;
  const events = Array.from({ length: count }, () => makeEvent(rng));
  const text = isSingle ? (events[0] as string) : `[${events.join(',')}]`;
  const ranges: [number, number][] = [];
  const bytes = utf8(text);
  let at = isSingle ? 0 : 1;
  for (const event of events) {
    const length = utf8(event).length;
    ranges.push([at, at + length]);
    at += length + 1;
  }
  return { bytes, ranges };
}

function utf8(text: string): Uint8Array {
  const buffer = new Uint8Array(text.length * 3);
  return buffer.slice(0, encodeUtf8(text, buffer));
}

interface Damage {
  readonly bytes: Uint8Array;
  /** Bytes [from, to) of the original were changed or removed. */
  readonly from: number;
  readonly to: number;
}

function damage(rng: Rng, bytes: Uint8Array): Damage {
  const at = rng.below(bytes.length);
  const kind = rng.below(5);
  if (kind === 0) {
    const changed = bytes.slice();
    changed[at] = rng.below(2) === 0 ? rng.below(256) : (bytes[at] as number) ^ (1 << rng.below(8));
    return { bytes: changed, from: at, to: at + 1 };
  }
  if (kind === 1) return { bytes: bytes.slice(0, at), from: at, to: bytes.length };
  const to = kind === 2 ? Math.min(bytes.length, at + 1 + rng.below(rng.below(4) === 0 ? 120 : 4)) : at;
  const inserted = kind === 2 ? new Uint8Array(0) : utf8(pick(rng, INSERTS));
  const joined = new Uint8Array(at + inserted.length + bytes.length - to);
  joined.set(bytes.subarray(0, at));
  joined.set(inserted, at);
  joined.set(bytes.subarray(to), at + inserted.length);
  return { bytes: joined, from: at, to };
}

/** A decoder with its tables, decoding whole frames to plain events. */
export class DecoderProbe {
  readonly symbols = new SymbolTable(2048);
  readonly conditions = new ConditionSets();
  readonly decoder: FrameDecoder;
  readonly #batch: EventBatch;

  /** `batchCapacity` 0 stands for the decoder's own batch. */
  constructor(excluded: ReadonlySet<string> = EXCLUDED, batchCapacity = 4) {
    this.decoder = new FrameDecoder(this.symbols, this.conditions, { excluded });
    this.#batch = batchCapacity === 0 ? this.decoder.batch : createEventBatch(batchCapacity);
  }

  decode(bytes: Uint8Array): ReferenceEvent[] {
    const events: ReferenceEvent[] = [];
    const batch = this.#batch;
    this.decoder.start(bytes, 0, bytes.length);
    for (let more = true; more;) {
      batch.length = 0;
      more = this.decoder.fill(batch);
      for (let row = 0; row < batch.length; row++)
        events.push(referenceOfRow(batch, row, this.symbols, this.conditions));
    }
    return events;
  }
}

function spell(event: ReferenceEvent): string {
  const { kind, symbol, timeUs, sequence, price, size, price2, size2, venue, venue2, tape, flags, conditions } = event;
  return [
    kind,
    symbol,
    timeUs,
    sequence,
    price,
    size,
    price2,
    size2,
    venue,
    venue2,
    tape,
    flags,
    conditions.join('/'),
  ].join('|');
}

function isFinite(event: ReferenceEvent): boolean {
  const sum = event.price + event.size + event.price2 + event.size2 + event.timeUs + event.sequence;
  return sum - sum === 0;
}

const COUNTED = [
  'trades',
  'quotes',
  'lulds',
  'statuses',
  'aggregates',
  'imbalances',
  'fairValues',
  'unknown',
  'notEvents',
  'excluded',
] as const;

/** Bytes to text with U+FFFD for what is malformed, as TextDecoder does it. */
export type ToText = (bytes: Uint8Array) => string;

/** Decodes `frames` mutated frames; the first failure ends the run. */
export function fuzzDecoder(rng: Rng, frames: number, toText: ToText): FuzzReport | FuzzFailure {
  let probe = new DecoderProbe();
  let accepted = 0;
  let garbled = 0;
  let events = 0;
  for (let n = 0; n < frames; n++) {
    // Damaged names would fill the symbol table in time.
    if (n % 5000 === 4999) probe = new DecoderProbe();
    const frame = makeFrame(rng);
    let hurt: Damage = { bytes: frame.bytes, from: 0, to: 0 };
    if (rng.below(4) !== 0) hurt = damage(rng, frame.bytes);
    const text = toText(hurt.bytes);
    const before = { ...probe.decoder.counters, refused: { ...probe.decoder.counters.refused } };
    const got = probe.decode(hurt.bytes);
    probe.decoder.takeStatuses();
    events += got.length;
    for (const event of got) if (!isFinite(event)) return { frame: text, reason: `not finite: ${spell(event)}` };
    const expected = decodeReference(text, EXCLUDED);
    const spelled = got.map(spell);
    if (expected.events !== null) {
      accepted++;
      const wanted = expected.events.map(spell);
      if (wanted.join('\n') !== spelled.join('\n'))
        return { frame: text, reason: `got\n${spelled.join('\n')}\nwanted\n${wanted.join('\n')}` };
      const after = probe.decoder.counters;
      for (const key of COUNTED) {
        if (after[key] - before[key] !== expected.counters[key])
          return {
            frame: text,
            reason: `counter ${key}: ${after[key] - before[key]}, wanted ${expected.counters[key]}`,
          };
      }
      if (after.malformed !== before.malformed) return { frame: text, reason: 'a good frame was called malformed' };
      continue;
    }
    garbled++;
    const missing = firstMissing(frame, hurt, spelled, toText);
    if (missing !== null) return { frame: text, reason: `lost ${missing}; got\n${spelled.join('\n')}` };
  }
  return { frames, accepted, garbled, events };
}

/** The first event outside the damage that is not among `got`, in order. */
function firstMissing(frame: Frame, hurt: Damage, got: readonly string[], toText: ToText): string | null {
  let next = 0;
  for (const [from, to] of frame.ranges) {
    // An insertion (from === to) at an event's edge leaves it whole.
    const isTouched = hurt.from === hurt.to ? hurt.from > from && hurt.from < to : hurt.from < to && hurt.to > from;
    if (isTouched) continue;
    const alone = decodeReference(toText(frame.bytes.subarray(from, to)), EXCLUDED).events ?? [];
    for (const event of alone) {
      const wanted = spell(event);
      while (next < got.length && got[next] !== wanted) next++;
      if (next === got.length) return wanted;
      next++;
    }
  }
  return null;
}
