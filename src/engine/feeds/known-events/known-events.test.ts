import { execFileSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConditionSets } from '../../model/conditions.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import { SymbolTable } from '../../model/symbols.ts';
import { DecoderProbe } from '../decoder-fuzz.ts';
import { FrameDecoder } from '../frame-decoder.ts';
import { decodeReference } from '../reference-decoder.ts';
import { KnownEvents } from './known-events.ts';

const stamp = fc.integer({ min: 1_772_461_800_000, max: 1_772_461_800_120 }).map(String);
const digits = fc.oneof(
  fc.integer({ min: 0, max: 999 }).map(String),
  fc.maxSafeNat().map(String),
  fc.constantFrom('0', '7', '10', '100', '12345678', '123456789012345', '1234567890123456', '01', '1e3', '-4', '12x'),
);
const decimal = fc.oneof(
  digits,
  fc.tuple(fc.integer({ min: 0, max: 99_999 }), fc.stringMatching(/^[0-9]{1,9}$/)).map((both) => both.join('.')),
  fc.constantFrom('1.', '0.5', '00.5', '3.1415926535', '1.5e2', '999999999.999999'),
);
const text = fc.constantFrom(
  '"A"',
  '"MSFT"',
  '"BRK.B"',
  '"LONGNAMES"',
  '"\\u0041"',
  '"ab\\"c"',
  '""',
  '"é"',
  '"52983525029461"',
);
const ids = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 1023 }), { maxLength: 4 }).map((list) => JSON.stringify(list)),
  fc.constantFrom('[14, 41]', '[007]', '[65535]', '[null]', '12', '"12"', '[]', '[70000]'),
);
const number = fc.oneof(digits, decimal, text);
/** What the vendor writes, and now and then what it does not. */
const FIELDS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  sym: text,
  T: text,
  p: decimal,
  s: digits,
  ds: fc.oneof(
    decimal.map((value) => `"${value}"`),
    number,
  ),
  t: fc.oneof(stamp, stamp, digits),
  c: ids,
  i: fc.oneof(ids, text),
  x: number,
  z: number,
  q: number,
  trfi: digits,
  trft: stamp,
  pt: stamp,
  bp: decimal,
  bs: digits,
  bx: digits,
  ap: decimal,
  as: decimal,
  ax: digits,
  novel: number,
};
const plainDecimal = fc.oneof(
  fc.integer({ min: 0, max: 99_999 }).map((cents) => String(cents / 100)),
  fc.integer({ min: 0, max: 99_999_999 }).map((parts) => String(parts / 10_000)),
  fc.constantFrom('0', '00.5', '999999999.9', '1000000000'),
);
const plainDigits = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.constantFrom('999999999999', '1000000000000', '010'),
);
const plainIds = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 3 }).map((list) => JSON.stringify(list));
const PLAIN: Readonly<Record<string, fc.Arbitrary<string>>> = {
  sym: fc.constantFrom('"B"', '"MSFT"', '"BRK.B"', '"TICKERS8"'),
  p: plainDecimal.map((value) => (value === '0' ? '1' : value)),
  s: plainDigits,
  ds: fc.oneof(plainDigits, plainDecimal).map((value) => `"${value}"`),
  t: stamp,
  c: fc.oneof(plainIds, plainDigits),
  i: fc.oneof(plainIds, plainDigits),
  x: plainDigits,
  z: plainDigits,
  q: fc.oneof(plainDigits, fc.integer({ min: 0, max: 2 ** 31 - 1 }).map(String), plainDecimal),
  trfi: plainDigits,
  bp: plainDecimal,
  bs: plainDigits,
  bx: plainDigits,
  ap: plainDecimal,
  as: plainDigits,
  ax: plainDigits,
};
const OF_KIND = {
  T: ['p', 's', 'ds', 'c', 'i', 'x', 'z', 'q', 'trfi', 'trft', 'pt'],
  Q: ['bp', 'bs', 'bx', 'ap', 'as', 'ax', 'c', 'i', 'z', 'q', 'pt'],
};

function spelled(ev: string, isEvFirst: boolean, fields: readonly (readonly [string, string])[]): string {
  const pairs = fields.map(([key, value]) => `"${key}":${value}`);
  pairs.splice(isEvFirst ? 0 : 1, 0, `"ev":"${ev}"`);
  return `{${pairs.join(',')}}`;
}

function valued(keys: readonly string[], values: Readonly<Record<string, fc.Arbitrary<string>>>) {
  return fc.tuple(
    ...keys.map((key) => fc.tuple(fc.constant(key), (values[key] ?? FIELDS[key]) as fc.Arbitrary<string>)),
  );
}

/** An event with nothing odd but its values at their limits: the short way takes nearly all of them. */
const plainEvent = fc.tuple(fc.constantFrom('T' as const, 'Q' as const), fc.boolean()).chain(([ev, isEvFirst]) =>
  fc
    .shuffledSubarray(OF_KIND[ev], { minLength: 4 })
    .chain((keys) => fc.shuffledSubarray(['sym', 't', ...keys], { minLength: keys.length + 2 }))
    .chain((keys) => valued(keys, PLAIN))
    .map((fields) => spelled(ev, isEvFirst, fields)),
);
const oddEvent = fc.tuple(fc.constantFrom('T', 'Q', 'LULD', 'X'), fc.boolean()).chain(([ev, isEvFirst]) =>
  fc
    .shuffledSubarray(Object.keys(FIELDS), { minLength: 6 })
    .chain((keys) => valued(keys, FIELDS))
    .map((fields) => spelled(ev, isEvFirst, fields)),
);
const event = fc.oneof({ weight: 3, arbitrary: plainEvent }, { weight: 1, arbitrary: oddEvent });

describe('KnownEvents', () => {
  it('FEED9 reads what it has learnt as the general way and the reference do', () => {
    const own = new DecoderProbe(new Set(['A']), 0);
    const copied = new DecoderProbe(new Set(['A']));
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 3 }), (events) => {
        const frame = `[${events.join(',')}]`;
        const bytes = Buffer.from(frame, 'utf8');
        // Whatever is new is read the general way and learnt; the second time nothing is new.
        const first = own.decode(bytes);
        expect(own.decode(bytes)).toEqual(first);
        expect(copied.decode(bytes)).toEqual(first);
        const expected = decodeReference(frame, new Set(['A'])).events;
        if (expected !== null) expect(first).toEqual(expected);
        // Where the reference has no opinion, a decoder that knows nothing has.
        else expect(new DecoderProbe(new Set(['A'])).decode(bytes)).toEqual(first);
      }),
      { numRuns: 2500 },
    );
  });

  it('FEED9 leaves every odd value of a known layout to the general way', () => {
    const values = [
      '01',
      '00.5',
      '0',
      '0.5',
      '1.',
      '.5',
      '1e3',
      '-1',
      '1 ',
      '+1',
      '1a',
      '',
      '"1"',
      'null',
      '1.0000000000001',
      '9'.repeat(17),
    ];
    const usual = {
      p: '1.5',
      s: '3',
      x: '4',
      q: '17',
      z: '3',
      c: '[14]',
      ds: '"3.5"',
      t: '1772461800000',
      sym: '"MSFT"',
    };
    const odd = { ...usual, c: '[12,14,37,41,2]', ds: '"03.5"', t: '1772461800000000', sym: '"\\u004dSFT"' };
    const learnt = new DecoderProbe(new Set(), 0);
    const spell = (of: Readonly<Record<string, string>>): Buffer =>
      Buffer.from(`[${spelled('T', true, Object.entries(of))}]`);
    learnt.decode(spell(usual));
    for (const key of Object.keys(usual) as (keyof typeof usual)[])
      for (const value of [...values, odd[key]]) {
        const frame = spell({ ...usual, [key]: value });
        expect(learnt.decode(frame), frame.toString()).toEqual(new DecoderProbe(new Set()).decode(frame));
      }
  });

  it('takes the vendor’s own layouts from the second event on, in either kind of batch', () => {
    const trade = (n: number): string =>
      `{"ev":"T","sym":"MSFT","i":"14${n}","x":4,"p":114.1${n},"s":${n},"c":[14,41],"t":1772461800${100 + n},"pt":1772461800100,"q":${n},"z":3,"trfi":202,"trft":1772461800100,"ds":"${n}.0"}`;
    const quote = (n: number): string =>
      `{"ev":"Q","sym":"MSFT","i":[604],"bx":4,"ax":7,"bp":114.1${n},"ap":114.2,"bs":100,"as":160,"t":1772461800${100 + n},"pt":1772461800100,"q":5${n},"z":3}`;
    const known = new KnownEvents();
    const other = createEventBatch(8);
    const load = (frame: string): number => {
      known.frame.fill(0, 0, 4096);
      known.frame.set(Buffer.from(frame, 'utf8'));
      return frame.length;
    };
    for (const one of [trade(1), quote(1)]) {
      const length = load(one);
      expect(known.read(0, 1, known.batch)).toBe(0);
      known.learn(0, length);
      // The layout is known now, the ticker is not.
      expect(known.read(0, 1, known.batch)).toBe(0);
    }
    const decoder = new FrameDecoder(new SymbolTable(), new ConditionSets());
    const frame = Buffer.from(`[${[1, 2, 3].flatMap((n) => [trade(n), quote(n)]).join(',')}]`, 'utf8');
    for (const batch of [decoder.batch, other]) {
      decoder.start(frame, 0, frame.length);
      batch.length = 0;
      expect(decoder.fill(batch)).toBe(false);
      expect([...batch.kind.subarray(0, batch.length)]).toEqual([1, 2, 1, 2, 1, 2]);
      expect([...batch.price.subarray(0, 6)]).toEqual([114.11, 114.11, 114.12, 114.12, 114.13, 114.13]);
      expect([...batch.sequence.subarray(0, 6)]).toEqual([1, 51, 2, 52, 3, 53]);
    }
  });

  it('is compiled from the source beside it', () => {
    const root = path.resolve(import.meta.dirname, '../../../..');
    const run = (): string =>
      execFileSync(process.execPath, ['scripts/reader-module.mjs', '--check'], { cwd: root, encoding: 'utf8' });
    expect(run).not.toThrow();
  }, 180_000);
});
