/** The engine's bars against an independent slow model, on a generated day always and on real days where there are any. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { flatFilePath } from '../adapters/flatfiles/flat-file-path.ts';
import { readSymbolDay } from '../adapters/flatfiles/symbol-day.ts';
import { barLine } from '../cli/commands/bars.ts';
import { generateDay } from '../testing/generated-day.ts';
import { MarketRig } from '../testing/market-rig.ts';
import { HAS_SHARED_DATA, SHARED_DATA } from '../testing/shared-data.ts';
import type { SlowBar } from '../testing/slow-bars.ts';
import { slowBars, slowEvents, slowLines } from '../testing/slow-bars.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'drover-bars-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Compared {
  readonly bars: number;
  readonly prints: number;
}

/** Lines of the day that is compared now: unpacked once for all of its symbols. */
const remembered = new Map<string, readonly string[]>();

function linesOf(file: string): readonly string[] {
  const lines = remembered.get(file) ?? slowLines(file);
  remembered.set(file, lines);
  return lines;
}
afterEach(() => remembered.clear());

async function compare(dir: string, day: string, symbol: string, tradesList: readonly number[]): Promise<Compared> {
  const events = slowEvents(flatFilePath(dir, 'trades', day), flatFilePath(dir, 'quotes', day), symbol, linesOf);
  let bars = 0;
  for (const trades of tradesList) {
    const rig = new MarketRig({ capacity: 1, tradesPerBar: trades });
    for await (const batch of readSymbolDay(dir, day, symbol, { symbols: rig.symbols, conditions: rig.conditions }))
      rig.apply(batch);
    rig.bars.finish();
    const slow = slowBars(symbol, events, trades);
    const fast = rig
      .closed(symbol)
      .map((bar) => JSON.parse(barLine(symbol, bar)) as SlowBar & { gap?: boolean; halt?: boolean });
    for (const bar of fast) {
      delete bar.gap;
      delete bar.halt;
    }
    expect(fast.length).toBe(slow.bars.length);
    for (const [i, bar] of fast.entries()) expect(bar).toEqual(slow.bars[i]);
    const outside = rig.bars.outsideBars(0);
    expect(outside.prints).toBe(slow.outsidePrints);
    expect(outside.volume).toBeCloseTo(slow.outsideVolume, 6);
    bars += fast.length;
  }
  return { bars, prints: events.filter((event) => event.kind === 'trade').length };
}

describe('tick bars equal the slow model', () => {
  for (const seed of [1, 2, 3]) {
    it(`BAR1 to BAR12 on a generated day, seed ${seed}`, async () => {
      const day = {
        dir: path.join(folder, String(seed)),
        day: '2024-01-10',
        symbols: ['AAA', 'BRK.B', 'ZZ'],
        seed,
        trades: 1500,
      };
      generateDay(day);
      for (const symbol of day.symbols) {
        const compared = await compare(day.dir, day.day, symbol, [1, 7, 100]);
        expect(compared.prints).toBeGreaterThan(1000);
        expect(compared.bars).toBeGreaterThan(500);
      }
    });
  }

  const days = process.env['DROVER_BAR_DAYS']?.split(',') ?? ['2013-10-07'];
  for (const day of days) {
    it.skipIf(!HAS_SHARED_DATA)(
      `on the real day ${day}`,
      async () => {
        const found: Record<string, number> = {};
        for (const symbol of ['AIG', 'BAC', 'IBM', 'SPY'])
          found[symbol] = (await compare(SHARED_DATA, day, symbol, [100])).prints;
        expect(Math.min(...Object.values(found))).toBeGreaterThan(20_000);
      },
      120_000,
    );
  }

  it.skipIf(!HAS_SHARED_DATA)('on the anonymised real day 2018-01-02', async () => {
    expect((await compare(SHARED_DATA, '2018-01-02', 'XXX', [100])).prints).toBe(39_470);
  });
});
