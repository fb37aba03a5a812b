/** MEM: the in-memory tape against a plain list of objects. */
import { describe, expect, it } from 'vitest';
import { fillHostile, SAMPLE_OPEN_US } from '../adapters/store/store-samples.ts';
import { createRng } from '../lib/rng.ts';
import { createEventBatch } from '../model/event-batch.ts';
import type { TapeTrade } from './trade-tape.ts';
import { TradeTape } from './trade-tape.ts';

function recordHostile(tape: TradeTape, seed: number, rows: number): TapeTrade[][] {
  const rng = createRng(seed);
  const batch = createEventBatch(rows);
  fillHostile(batch, rows, rng);
  const lists: TapeTrade[][] = Array.from({ length: 50 }, () => []);
  for (let i = 0; i < rows; i++) {
    if (Number.isNaN(batch.timeUs[i] as number)) batch.timeUs[i] = SAMPLE_OPEN_US;
    const bid = i % 7 === 0 ? 0 : rng.below(100_000) / 100;
    const ask = i % 11 === 0 ? rng.next() : bid + 0.0001;
    tape.append(batch, i, bid, ask);
    const symbol = batch.symbol[i] as number;
    (lists[symbol] as TapeTrade[]).push({
      symbol,
      timeUs: batch.timeUs[i] as number,
      sequence: batch.sequence[i] as number,
      price: batch.price[i] as number,
      size: batch.size[i] as number,
      venue: batch.venue[i] as number,
      tape: batch.tape[i] as number,
      flags: batch.flags[i] as number,
      conditions: batch.conditions[i] as number,
      bid,
      ask,
    });
  }
  return lists;
}

describe('trade tape', () => {
  it('MEM1 MEM2 gives every trade back exactly, by symbol and position', () => {
    const tape = new TradeTape({ capacity: 50, maxTrades: 65_536 });
    const lists = recordHostile(tape, 21, 20_000);
    expect(tape.total).toBe(20_000);
    expect(tape.inexact).toBe(0);
    lists.forEach((list, symbol) => {
      expect(tape.count(symbol)).toBe(list.length);
      list.forEach((trade, n) => expect(tape.at(symbol, n)).toEqual(trade));
      expect(tape.at(symbol, list.length)).toBeUndefined();
      expect(tape.at(symbol, -1)).toBeUndefined();
    });
    expect(tape.count(49) + tape.count(51)).toBe(lists[49]?.length);
  });

  it('MEM4 findByTime equals a walk through the list, late prints included', () => {
    const tape = new TradeTape({ capacity: 50, maxTrades: 65_536 });
    const lists = recordHostile(tape, 22, 10_000);
    const rng = createRng(1);
    let checked = 0;
    for (let k = 0; k < 2000; k++) {
      const symbol = rng.below(50);
      const us = SAMPLE_OPEN_US + rng.below(1_000_000_000) - 5_000_000;
      const list = lists[symbol] as TapeTrade[];
      const expected = list.findIndex((trade) => trade.timeUs >= us);
      expect(tape.findByTime(symbol, us)).toBe(expected < 0 ? list.length : expected);
      checked += expected > 0 ? 1 : 0;
    }
    expect(checked).toBeGreaterThan(100);
  });

  it('MEM3 full: the oldest pages go, the newest stay right, and what is gone says so', () => {
    const tape = new TradeTape({ capacity: 50, maxTrades: 65_536 });
    const lists = recordHostile(tape, 23, 200_000);
    expect(tape.total).toBe(200_000);
    let held = 0;
    lists.forEach((list, symbol) => {
      const oldest = tape.oldest(symbol);
      expect(tape.count(symbol)).toBe(list.length);
      if (oldest > 0) expect(tape.at(symbol, oldest - 1)).toBeUndefined();
      for (let n = oldest; n < list.length; n++) expect(tape.at(symbol, n)).toEqual(list[n]);
      held += list.length - oldest;
    });
    expect(tape.dropped).toBe(200_000 - held);
    expect(held).toBeLessThanOrEqual(tape.maxTrades);
    expect(held).toBeGreaterThan(60_000);
  });

  it('MEM3 a symbol whose half-filled page was given up starts a new one', () => {
    const tape = new TradeTape({ capacity: 4, maxTrades: 1 });
    const batch = createEventBatch(1);
    batch.kind[0] = 1;
    const print = (symbol: number, price: number): void => {
      batch.symbol[0] = symbol;
      batch.price[0] = price;
      batch.timeUs[0] = SAMPLE_OPEN_US;
      tape.append(batch, 0, 1, 2);
    };
    print(0, 10);
    print(0, 11);
    for (let k = 0; k < 65_536; k++) print(1, 5);
    expect(tape.oldest(0)).toBe(2);
    print(0, 12);
    expect(tape.count(0)).toBe(3);
    expect(tape.at(0, 1)).toBeUndefined();
    expect(tape.at(0, 2)?.price).toBe(12);
    expect(tape.findByTime(0, SAMPLE_OPEN_US)).toBe(2);
  });

  it('MEM6 a restored tape is the same tape and goes on the same, full or not', () => {
    for (const rows of [10_000, 150_000]) {
      const tape = new TradeTape({ capacity: 50, maxTrades: 65_536 });
      recordHostile(tape, 24, rows);
      const sections = new Map<string, Uint8Array>();
      tape.save({ section: (name, bytes) => void sections.set(name, bytes.slice()) });
      const back = new TradeTape({ capacity: 50, maxTrades: 65_536 });
      back.restore({ section: (name) => sections.get(name) });
      recordHostile(tape, 25, 5000);
      recordHostile(back, 25, 5000);
      expect([back.total, back.dropped, back.isPartial]).toEqual([tape.total, tape.dropped, false]);
      expect(back.total).toBe(rows + 5000);
      for (let symbol = 0; symbol < 50; symbol++) {
        expect(back.oldest(symbol)).toBe(tape.oldest(symbol));
        for (let n = tape.oldest(symbol); n < tape.count(symbol); n += 7)
          expect(back.at(symbol, n)).toEqual(tape.at(symbol, n));
        expect(back.findByTime(symbol, SAMPLE_OPEN_US + 5e8)).toBe(tape.findByTime(symbol, SAMPLE_OPEN_US + 5e8));
      }
    }
  });

  it('MEM6 too many trades for a checkpoint: left out, and said', () => {
    const tape = new TradeTape({ capacity: 50, maxTrades: 65_536, checkpointTradesMax: 100 });
    recordHostile(tape, 26, 200);
    const sections = new Map<string, Uint8Array>();
    tape.save({ section: (name, bytes) => void sections.set(name, bytes.slice()) });
    const back = new TradeTape({ capacity: 50, maxTrades: 65_536 });
    back.restore({ section: (name) => sections.get(name) });
    expect([...sections.keys()]).toEqual(['tape/head']);
    expect([back.total, back.isPartial]).toEqual([0, true]);
  });

  it('MEM5 keeps a full slab of trades in under 40 bytes each', () => {
    const tape = new TradeTape({ capacity: 20_480, maxTrades: 1_000_000 });
    const batch = createEventBatch(1);
    batch.kind[0] = 1;
    batch.timeUs[0] = SAMPLE_OPEN_US;
    for (let k = 0; k < 983_040; k++) {
      batch.symbol[0] = k % 3000;
      batch.price[0] = (k % 9000) / 100;
      tape.append(batch, 0, 1, 2);
    }
    expect(tape.bytesPerTrade()).toBeLessThan(40);
    expect(tape.bytesPerTrade()).toBeGreaterThan(20);
  });
});
