/** The same day through the socket's frames and through the files: the same market state, the same bars, bit for bit. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readMarketDay } from '../adapters/flatfiles/market-day.ts';
import { FrameDecoder } from '../feeds/frame-decoder.ts';
import { hashMarket } from '../market/market-hash.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { createEventBatch, EventKind } from '../model/event-batch.ts';
import { generateDay } from '../testing/generated-day.ts';
import { MarketRig } from '../testing/market-rig.ts';
import { HAS_SHARED_DATA, SHARED_DATA } from '../testing/shared-data.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'drover-live-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One event as the vendor's websocket sends it. */
function frameOf(rig: MarketRig, b: EventBatch, i: number): string {
  const common = {
    sym: rig.symbols.name(b.symbol[i] as number),
    t: (b.timeUs[i] as number) / 1000,
    q: b.sequence[i],
    z: b.tape[i],
  };
  const ids = rig.conditions.get(b.conditions[i] as number);
  if (b.kind[i] === EventKind.trade) {
    const size = b.size[i] as number;
    return JSON.stringify({
      ev: 'T',
      ...common,
      x: b.venue[i],
      i: '1',
      p: b.price[i],
      s: Math.floor(size),
      ds: String(size),
      ...(ids.length > 0 ? { c: ids } : {}),
    });
  }
  return JSON.stringify({
    ev: 'Q',
    ...common,
    bx: b.venue[i],
    bp: b.price[i],
    bs: b.size[i],
    ax: b.venue2[i],
    ap: b.price2[i],
    as: b.size2[i],
    c: ids[0],
  });
}

async function both(dir: string, day: string): Promise<{ files: MarketRig; live: MarketRig; events: number }> {
  const [files, live] = [new MarketRig({ tradesPerBar: 10 }), new MarketRig({ tradesPerBar: 10 })];
  const decoder = new FrameDecoder(live.symbols, live.conditions);
  const batch = createEventBatch(64);
  let events = 0;
  for await (const read of readMarketDay(dir, day, { symbols: files.symbols, conditions: files.conditions })) {
    files.apply(read);
    const frames: string[] = [];
    for (let i = 0; i < read.length; i++) frames.push(frameOf(files, read, i));
    events += read.length;
    // Frames of five events, batches of at most 64: other cuts than the files'.
    for (let at = 0; at < frames.length; at += 5) {
      const bytes = Buffer.from(`[${frames.slice(at, at + 5).join(',')}]`);
      decoder.start(bytes, 0, bytes.length);
      let isMore = true;
      while (isMore) {
        batch.length = 0;
        isMore = decoder.fill(batch);
        batch.receivedUs = batch.length > 0 ? (batch.timeUs[batch.length - 1] as number) + 5000 : 0;
        if (batch.length > 0) live.apply(batch);
        if (batch.length > 0) live.view.advance(batch.receivedUs);
      }
    }
  }
  for (const rig of [files, live]) rig.bars.finish();
  return { files, live, events };
}

describe('live equals files', () => {
  it('BAR16 VIEW12 on a generated day', async () => {
    const day = {
      dir: folder,
      day: '2024-01-10',
      symbols: ['AA', 'BRK.B', 'C'],
      seed: 31,
      trades: 600,
      isMillisecond: true,
    };
    generateDay(day);
    const { files, live, events } = await both(day.dir, day.day);
    expect(events).toBeGreaterThan(4000);
    expect(hashMarket(live.view)).toBe(hashMarket(files.view));
    for (const symbol of day.symbols) {
      const bars = (rig: MarketRig): readonly object[] => rig.closed(symbol).map((bar) => ({ ...bar, symbol }));
      expect(bars(files).length).toBeGreaterThan(10);
      expect(bars(live)).toEqual(bars(files));
    }
  });

  it.skipIf(!HAS_SHARED_DATA)('BAR16 VIEW12 on a real day', async () => {
    const { files, live, events } = await both(SHARED_DATA, '2018-01-02');
    expect(events).toBe(39_470 + 124_496);
    expect(hashMarket(live.view)).toBe(hashMarket(files.view));
    expect(live.closed('XXX')).toEqual(files.closed('XXX'));
    expect(files.closed('XXX').length).toBeGreaterThan(1000);
  });
});
