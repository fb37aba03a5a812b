import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConditionSets } from '../../model/conditions.ts';
import { FrameWriter, decimalText } from './frame-writer.ts';

const SYMBOLS = [
  { name: 'AAPL', tape: 3 },
  { name: 'ABDpL', tape: 1 },
  { name: 'BRK.B', tape: 1 },
  { name: 'Ü"\\x', tape: 2 },
];
const T0 = 1_795_184_942_221;

function text(writer: FrameWriter, first: number, last: number): string {
  const start = writer.frameStart(first, last);
  return new TextDecoder().decode(writer.bytes.subarray(start, writer.frameEnd(last)));
}

describe('FrameWriter', () => {
  it('FW1 writes trades with the keys and values the vendor sends', () => {
    const sets = new ConditionSets();
    const writer = new FrameWriter(SYMBOLS, sets);
    writer.trade(0, T0, T0 - 7, 4, 297_845_000, 40_000_000, 0, 143_541, 4_938_312, 202, T0 - 1);
    writer.trade(1, T0, T0, 11, 1_000, 400_000, sets.intern([12, 37]), 1, 2, 0, 0);
    expect(text(writer, 0, 2)).toBe(
      `[{"ev":"T","sym":"AAPL","i":"143541","x":4,"p":297.845,"s":40,"t":${T0},"pt":${T0 - 7},"q":4938312,"z":3,"trfi":202,"trft":${T0 - 1},"ds":"40.0"},` +
        `{"ev":"T","sym":"ABDpL","i":"1","x":11,"p":0.001,"s":0,"c":[12,37],"t":${T0},"pt":${T0},"q":2,"z":1,"ds":"0.4"}]`,
    );
  });

  it('FW2 writes quotes and bands with the keys and values the vendor sends', () => {
    const writer = new FrameWriter(SYMBOLS, new ConditionSets());
    writer.quote(2, T0, T0, 15, 0, 0, 12, 504_120_000, 80, 43, 604, 9);
    writer.luld(0, T0, 42, 446_040_000, 492_990_000, 17, 5_925_769);
    expect(text(writer, 0, 2)).toBe(
      `[{"ev":"Q","sym":"BRK.B","c":43,"i":[604],"bx":15,"ax":12,"bp":0,"ap":504.12,"bs":0,"as":80,"t":${T0},"pt":${T0},"q":9,"z":1},` +
        `{"ev":"LULD","h":492.99,"l":446.04,"i":[17],"z":3,"T":"AAPL","t":${T0}000042,"q":5925769}]`,
    );
  });

  it('FW3 writes every price and size so that JSON reads the same number back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.integer({ min: 0, max: 2 ** 45 }),
        fc.integer({ min: 0, max: 3 }),
        fc.maxSafeNat(),
        (price, size, symbol, id) => {
          const writer = new FrameWriter(SYMBOLS, new ConditionSets());
          writer.trade(symbol, T0, T0, 4, price, size, 0, id, id, 0, 0);
          const [event] = JSON.parse(text(writer, 0, 1)) as [Record<string, unknown>];
          expect(event['p']).toBe(price / 1_000_000);
          expect(event['s']).toBe(Math.floor(size / 1_000_000));
          expect(event['ds']).toBe(decimalText(size / 1_000_000));
          expect(event['i']).toBe(String(id));
          expect(event['sym']).toBe((SYMBOLS[symbol] as { name: string }).name);
        },
      ),
      { seed: 7 },
    );
  });

  it('FW4 cuts frames at the limits and loses nothing between them', () => {
    const writer = new FrameWriter(SYMBOLS, new ConditionSets());
    for (let k = 0; k < 20_000; k++) writer.trade(k % 4, T0 + k, T0, 4, k * 10_000, 1_000_000, 0, k, k, 0, 0);
    const ids: string[] = [];
    for (let first = 0; first < writer.count;) {
      const last = writer.cut(first, 300, 16_384);
      const frame = text(writer, first, last);
      expect(frame.length).toBeLessThanOrEqual(16_384 + 400);
      for (const event of JSON.parse(frame) as { i: string }[]) ids.push(event.i);
      first = last;
    }
    expect(ids).toEqual(Array.from({ length: 20_000 }, (_, k) => String(k)));
  });

  it('FW5 shifts every time by the offset', () => {
    const writer = new FrameWriter(SYMBOLS, new ConditionSets(), { timeOffsetMs: 5000 });
    for (let k = 0; k < 2; k++) writer.trade(0, T0, T0 - 1, 4, 1_000_000, 1_000_000, 0, 1, 1, 201, T0);
    const [first, second] = JSON.parse(text(writer, 0, 2)) as Record<string, number>[];
    expect(first).toMatchObject({ t: T0 + 5000, pt: T0 + 4999, trft: T0 + 5000 });
    expect(second).toEqual(first);
  });
});
