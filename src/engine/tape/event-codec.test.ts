/** EVT: events come back bit for bit, from any columns, whatever the block boundaries. */
import { describe, expect, it } from 'vitest';
import { copyBatch, createSampleMarket, differenceOf, fillHostile } from '../adapters/store/store-samples.ts';
import { ByteSink, ByteSource } from '../lib/byte-sink.ts';
import { createRng } from '../lib/rng.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { createEventBatch } from '../model/event-batch.ts';
import { EventDecoder, EventEncoder } from './event-codec.ts';

function roundTrip(batches: readonly EventBatch[], keyEvery: number): { bytes: number; events: number } {
  const encoder = new EventEncoder();
  const decoder = new EventDecoder();
  let bytes = 0;
  let events = 0;
  batches.forEach((batch, k) => {
    const out = new ByteSink();
    if (k % keyEvery === 0) {
      encoder.reset();
      decoder.reset();
    }
    encoder.encode(batch, 0, batch.length, out);
    const source = new ByteSource(out.view());
    expect(decoder.open(source)).toBe(batch.length);
    const back = createEventBatch(Math.max(1, batch.length));
    // In two pieces, as a block with two inputs is read.
    const half = batch.length >> 1;
    expect(decoder.read(back, 0, half)).toBe(true);
    expect(decoder.read(back, half, batch.length - half)).toBe(true);
    back.length = batch.length;
    expect(differenceOf(batch, back)).toBe('');
    expect(source.left).toBe(0);
    bytes += out.length;
    events += batch.length;
  });
  return { bytes, events };
}

describe('event codec', () => {
  it('EVT1 gives a realistic tape back bit for bit, in under 20 bytes an event before compression', () => {
    const market = createSampleMarket(7, 500);
    const batches = Array.from({ length: 20 }, () => {
      const batch = createEventBatch(1000);
      market.fill(batch, 1000);
      return batch;
    });
    const { bytes, events } = roundTrip(batches, 8);
    expect(events).toBe(20_000);
    expect(bytes / events).toBeLessThan(20);
  });

  it('EVT2 gives back any doubles, kinds, flags and symbols: NaN, -0, infinities, subpennies, huge values', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const rng = createRng(seed);
      const batches = Array.from({ length: 4 }, () => {
        const batch = createEventBatch(300);
        fillHostile(batch, 1 + rng.below(300), rng);
        if (seed % 5 === 0) batch.symbol[0] = rng.below(2) === 0 ? -1 : 70_000;
        return batch;
      });
      expect(roundTrip(batches, 3).events, `seed ${seed}`).toBeGreaterThan(3);
    }
  });

  it('EVT3 sequences: absent ones stay absent and cost nothing', () => {
    const batch = createEventBatch(64);
    createSampleMarket(3, 5).fill(batch, 64);
    const with64 = roundTrip([copyBatch(batch)], 1).bytes;
    for (let i = 0; i < 64; i++) {
      batch.sequence[i] = 0;
      batch.flags[i] = (batch.flags[i] as number) | 2;
    }
    expect(roundTrip([batch], 1).bytes).toBeLessThan(with64 - 63);
  });

  it('EVT5 damaged bytes are refused or give wrong rows, but never throw', () => {
    const batch = createEventBatch(200);
    createSampleMarket(11, 20).fill(batch, 200);
    const out = new ByteSink();
    new EventEncoder().encode(batch, 0, 200, out);
    const rng = createRng(5);
    let refused = 0;
    for (let k = 0; k < 2000; k++) {
      const bytes = out.view().slice(0, k % 4 === 0 ? rng.below(out.length) : out.length);
      if (bytes.length > 0) bytes[rng.below(bytes.length)] = rng.below(256);
      const decoder = new EventDecoder();
      const count = decoder.open(new ByteSource(bytes));
      const rows = createEventBatch(256);
      if (count < 0 || count > 256 || !decoder.read(rows, 0, count)) refused++;
    }
    expect(refused).toBeGreaterThan(500);
  });
});
