import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EventFlag, EventKind, createEventBatch } from '../model/event-batch.ts';
import { ConditionSets } from '../model/conditions.ts';
import { SymbolTable } from '../model/symbols.ts';
import { createRng } from '../lib/rng.ts';
import { DecoderProbe } from './decoder-fuzz.ts';
import { refusedTotal } from './decoder-counters.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { decodeReference } from './reference-decoder.ts';
import { TEST_TICKERS } from './test-tickers.ts';

function decode(text: string, probe = new DecoderProbe(TEST_TICKERS)): ReturnType<DecoderProbe['decode']> {
  return probe.decode(Buffer.from(text, 'utf8'));
}

const T = 1_772_461_800_123;
const TRADE = `{"ev":"T","sym":"MSFT","x":4,"i":"12345","z":3,"p":114.125,"s":100,"c":[14,12],"t":${T},"pt":${T},"q":3681328}`;
const QUOTE = `{"ev":"Q","sym":"MSFT","bx":4,"bp":114.125,"bs":100,"ax":7,"ap":114.128,"as":160,"c":0,"i":[604],"t":${T},"q":50385480,"z":3}`;

describe('FrameDecoder', () => {
  it('FEED1 reads the documented trade, quote and band', () => {
    expect(decode(`[${TRADE},${QUOTE}]`)).toEqual([
      {
        kind: EventKind.trade,
        symbol: 'MSFT',
        timeUs: T * 1000,
        sequence: 3681328,
        price: 114.125,
        size: 100,
        price2: 0,
        size2: 0,
        venue: 4,
        venue2: 0,
        tape: 3,
        flags: 0,
        conditions: [14, 12],
      },
      {
        kind: EventKind.quote,
        symbol: 'MSFT',
        timeUs: T * 1000,
        sequence: 50385480,
        price: 114.125,
        size: 100,
        price2: 114.128,
        size2: 160,
        venue: 4,
        venue2: 7,
        tape: 3,
        flags: 0,
        conditions: [0, 604],
      },
    ]);
    for (const key of ['T', 'sym']) {
      const [band] = decode(
        `[{"ev":"LULD","h":3.63,"l":2.97,"i":[15],"z":3,"${key}":"ATHR","t":1788877046310003385,"q":3209681}]`,
      );
      expect(band).toMatchObject({
        kind: EventKind.luld,
        symbol: 'ATHR',
        price: 2.97,
        price2: 3.63,
        timeUs: 1788877046310003,
        conditions: [15],
      });
    }
  });

  it('FEED2 tells ns, us and ms apart by magnitude', () => {
    for (const [stamp, us] of [
      ['1764086430905642800', 1764086430905642],
      ['1764086430905642', 1764086430905642],
      ['1764086430905', 1764086430905000],
    ] as const) {
      expect(decode(`{"ev":"LULD","T":"A","h":2,"l":1,"t":${stamp}}`)[0]?.timeUs).toBe(us);
    }
  });

  it('FEED3 takes any key order, spaces, escapes, unknown keys and nested unknown values', () => {
    const [event] = decode(
      `\n[ { "q" : 5 , "deep":{"a":[{"b":"}]\\""}],"ev":"Q"}, "p":1.5e1, "t":${T}, "\\u0073ym":"BRK\\u002EB", "s":2.0E1 , "ev":"\\u0054","x":null } ]`,
    );
    expect(event).toMatchObject({ kind: EventKind.trade, symbol: 'BRK.B', price: 15, size: 20, sequence: 5, venue: 0 });
  });

  it('FEED4 takes the decimal size when it is usable, else the whole one', () => {
    const sizes = [
      '"ds":"0.4"',
      '"ds":"40.0"',
      '"ds":"4\\u0030"',
      '"ds":"1e2"',
      '"ds":0.25',
      '"ds":"x"',
      '"ds":"-1"',
      '"ds":null',
      '"z":1',
    ].map((ds) => decode(`{"ev":"T","sym":"A","p":1,"s":7,"t":${T},${ds}}`)[0]?.size);
    expect(sizes).toEqual([0.4, 40, 40, 100, 0.25, 7, 7, 7, 7]);
  });

  it('FEED5 gives a missing quote side price 0 and size 0', () => {
    const base = `"ev":"Q","sym":"A","t":${T},"q":1`;
    expect(decode(`{${base},"bp":1.5,"bs":3}`)[0]).toMatchObject({ price: 1.5, size: 3, price2: 0, size2: 0 });
    expect(decode(`{${base},"bp":0,"bs":300,"ap":2,"as":4}`)[0]).toMatchObject({
      price: 0,
      size: 0,
      price2: 2,
      size2: 4,
    });
    expect(decode(`{${base},"bp":null,"bs":null,"ap":-0,"as":1}`)[0]).toMatchObject({
      price: 0,
      size: 0,
      price2: 0,
      size2: 0,
    });
  });

  it('FEED6 refuses absurd values with a counted reason and keeps their neighbours', () => {
    const cases: [string, string][] = [
      ['"p":0', 'price'], ['"p":-5', 'price'], ['"p":1e9', 'price'], ['"p":1e400', 'price'], ['"z":1', 'price'], ['"p":"1"', 'type'], ['"p":true', 'type'],
      ['"p":1,"s":-1', 'size'], ['"p":1,"s":1e12', 'size'], ['"p":1,"t":5', 'time'], ['"p":1,"t":99999999999999', 'time'], ['"p":1,"t":null', 'time'],
      ['"p":1,"c":[1.5]', 'conditions'], ['"p":1,"c":"x"', 'conditions'], ['"p":1,"sym":5', 'symbol'], ['"p":1,"sym":""', 'symbol'], ['"p":1,"sym":"A B"', 'symbol'],
    ]; // prettier-ignore
    for (const [fields, reason] of cases) {
      const probe = new DecoderProbe();
      const got = decode(`[${TRADE},{"ev":"T","sym":"A","t":${T},${fields}},${QUOTE}]`, probe);
      expect(
        [got.length, probe.decoder.counters.refused[reason as 'price'], refusedTotal(probe.decoder.counters)],
        fields,
      ).toEqual([2, 1, 1]);
    }
  });

  it('FEED7 counts what it knows and does not want, and hands statuses out in order', () => {
    const probe = new DecoderProbe(TEST_TICKERS);
    const extras = ['A', 'AM', 'NOI', 'FMV', 'ZZ'].map((ev) => `{"ev":"${ev}","sym":"A"}`).join(',');
    const got = decode(
      `[${extras},{"ev":"status","status":"success","message":"subscribed to: T.*"},5,"x",{},${TRADE},${TRADE.replace('MSFT', 'ZVZZT')},{"ev":"status","status":"error"}]`,
      probe,
    );
    expect(got.map((event) => event.symbol)).toEqual(['MSFT']);
    expect(probe.decoder.counters).toMatchObject({
      aggregates: 2,
      imbalances: 1,
      fairValues: 1,
      unknown: 2,
      notEvents: 2,
      statuses: 2,
      excluded: 1,
      malformed: 0,
    });
    expect(probe.decoder.takeStatuses()).toEqual([
      { status: 'success', message: 'subscribed to: T.*' },
      { status: 'error', message: '' },
    ]);
    expect(probe.decoder.takeStatuses()).toEqual([]);
    expect(probe.symbols.get('ZVZZT')).toBe(undefined);
  });

  it('FEED8 loses only the broken event: cut, garbled, brackets missing, braces in strings', () => {
    const second = TRADE.replace('MSFT', 'IBM');
    const broken = [
      TRADE.slice(0, 40), TRADE.slice(0, -1), TRADE.replace('"sym"', 'sym'), TRADE.replace('"MSFT"', '"MSFT'), TRADE.replace('"12345"', '"12345'), `{"x":"},{"`, `${TRADE}}`, TRADE.replace('114.125', '114.12.5'),
      TRADE.replace('100', '0100'), TRADE.replace('[14,12]', '[14,12'), '{{{{', '"', `{"f":[[[[`, '\u0000', TRADE.replace('}', ',}'), TRADE.replace('"i":"12345"', '"i":"{\\"ev\\":\\"T\\"}"').replace('"z":3', '"z":'),
    ]; // prettier-ignore
    for (const bad of broken) {
      const probe = new DecoderProbe();
      const got = decode(`[${QUOTE},${bad},${second}]`, probe).map((event) => event.symbol + event.kind);
      expect([got[0], got.at(-1)], bad).toEqual(['MSFT2', 'IBM1']);
      expect(got.length, bad).toBeLessThanOrEqual(bad === `${TRADE}}` ? 3 : 2);
      expect(probe.decoder.counters.malformed, bad).toBeGreaterThan(0);
    }
    const probe = new DecoderProbe();
    expect(decode(`[${QUOTE},${second}`, probe)).toHaveLength(2);
    expect(probe.decoder.counters).toMatchObject({ truncated: 1, malformed: 0 });
    expect(decode(QUOTE)).toHaveLength(1);
    expect(decode('garbage')).toEqual([]);
    expect(decode('')).toEqual([]);
  });

  it('FEED10 reads every decimal as JSON.parse does', () => {
    const seed = 99;
    const rng = createRng(seed);
    const probe = new DecoderProbe();
    let read = 0;
    for (let n = 0; n < 30_000; n++) {
      const digits = (count: number): string => Array.from({ length: count }, () => rng.below(10)).join('');
      const whole = rng.below(3) === 0 ? '0' : `${1 + rng.below(9)}${digits(rng.below(12))}`;
      const text = `${whole}${rng.below(4) === 0 ? '' : `.${digits(1 + rng.below(18))}`}${rng.below(5) === 0 ? `e${rng.below(12) - 8}` : ''}`;
      const wanted = JSON.parse(text) as number;
      if (!(wanted > 0 && wanted < 1e9)) continue;
      read++;
      expect(
        decode(`[{"ev":"T","sym":"A","p":${text},"t":${T},"s":1}]`, probe)[0]?.price,
        `seed ${seed}: ${text}`,
      ).toBe(wanted);
    }
    expect(read).toBeGreaterThan(15_000);
  });

  it('FEED11 gives every symbol its own id, case and length respected, and counts what a full table refuses', () => {
    const symbols = new SymbolTable(20_480);
    const decoder = new FrameDecoder(symbols, new ConditionSets());
    const batch = createEventBatch();
    const names = Array.from({ length: 20_000 }, (_, n) =>
      n % 3 === 0 ? `S${n}` : n % 3 === 1 ? `s${n - 1}` : `LONGNAME-${n}.X`,
    );
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < names.length; at += 1000) {
        const text = `[${names.slice(at, at + 1000).map((name) => `{"ev":"T","sym":"${name}","p":1,"t":${T}}`).join(',')}]`; // prettier-ignore
        const bytes = Buffer.from(text);
        decoder.start(bytes, 0, bytes.length);
        batch.length = 0;
        expect(decoder.fill(batch)).toBe(false);
        for (let i = 0; i < 1000; i++) expect(symbols.name(batch.symbol[i] as number)).toBe(names[at + i]);
      }
    }
    const small = new FrameDecoder(new SymbolTable(1), new ConditionSets());
    const bytes = Buffer.from(`[${TRADE},${TRADE.replace('MSFT', 'IBM')},${TRADE}]`);
    batch.length = 0;
    small.start(bytes, 0, bytes.length);
    small.fill(batch);
    expect([batch.length, small.counters.tableFull]).toEqual([2, 1]);
  });

  it('FEED12 stops at a full batch and goes on where it stopped', () => {
    const decoder = new FrameDecoder(new SymbolTable(16), new ConditionSets());
    const batch = createEventBatch(3);
    const bytes = Buffer.from(
      `[${Array.from({ length: 10 }, (_, n) => TRADE.replace('3681328', String(n + 1))).join(',')}]`,
    );
    decoder.start(bytes, 0, bytes.length);
    const sequences: number[] = [];
    let more = true;
    while (more) {
      batch.length = 0;
      more = decoder.fill(batch);
      for (let i = 0; i < batch.length; i++) sequences.push(batch.sequence[i] as number);
    }
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('FEED13 marks off-exchange prints and events without a sequence', () => {
    expect(decode(`{"ev":"T","sym":"A","p":1,"t":${T},"trfi":202,"q":7}`)[0]?.flags).toBe(EventFlag.trf);
    expect(decode(`{"ev":"T","sym":"A","p":1,"t":${T}}`)[0]?.flags).toBe(EventFlag.noSequence);
  });

  it('FEED14 refuses an oversized frame whole and does not hang on hostile ones', () => {
    const decoder = new FrameDecoder(new SymbolTable(16), new ConditionSets(), { frameBytesMax: 1000 });
    const batch = createEventBatch(8);
    decoder.start(new Uint8Array(1001).fill(32), 0, 1001);
    expect([decoder.fill(batch), decoder.counters.oversized]).toEqual([false, 1]);
    const hostile = ['{"a":[', '[', '{', '{"ev":"T","f":[{"a":1},', '"\\', '{"\\u0041":', '1', ' '];
    for (const piece of hostile) expect(decode(piece.repeat(Math.floor(300_000 / piece.length)))).toEqual([]);
  });
});

const shared = process.env['DROVER_SHARED'] ?? path.resolve(import.meta.dirname, '../../../../shared');
const wire = ['ws_frames_documented.jsonl', 'ws_frames_live.jsonl'].map((name) => path.join(shared, 'data/wire', name));

describe('recorded frames', () => {
  it.skipIf(!wire.every((file) => existsSync(file)))('FEED15 decode as the reference reads them', () => {
    const probe = new DecoderProbe(new Set());
    let frames = 0;
    let events = 0;
    for (const file of wire) {
      for (const line of readFileSync(file, 'utf8')
        .split('\n')
        .filter((text) => text !== '')) {
        frames++;
        const got = decode(line, probe);
        expect(got).toEqual(decodeReference(line).events);
        events += got.length;
      }
    }
    expect([frames, events]).toEqual([14, 12]);
    expect(probe.decoder.counters).toMatchObject({
      trades: 4,
      quotes: 5,
      lulds: 3,
      aggregates: 3,
      imbalances: 1,
      malformed: 0,
      unknown: 0,
    });
    const symbols = probe.symbols.names;
    expect(symbols).toEqual(expect.arrayContaining(['MSFT', 'AAPL', 'NVDA', 'ATHR', 'IWM', 'UFO']));
  });
});
