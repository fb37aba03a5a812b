/** SCL: a scaled market plays the real streams under many names, the same every time, however it is stepped. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventSink } from '../../sim/market/event-sink.ts';
import { generateDay } from '../../testing/generated-day.ts';
import { readSession } from './scaled-rows.ts';
import type { ScaledMarket } from './scaled-source.ts';
import { openScaled } from './scaled-source.ts';

const DAY = '2024-01-10';
const folder = mkdtempSync(path.join(os.tmpdir(), 'drover-scaled-'));
beforeAll(() => generateDay({ dir: folder, day: DAY, symbols: ['AA', 'BB', 'CC'], seed: 5, trades: 300 }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Seen {
  readonly symbol: number;
  readonly timeMs: number;
  readonly kind: 'T' | 'Q';
  readonly prices: readonly [number, number];
  readonly sequence: number;
}

function collector(): { readonly events: Seen[]; readonly sink: EventSink } {
  const events: Seen[] = [];
  return {
    events,
    sink: {
      trade: (symbol, timeMs, _p, _v, price, _s, _c, _id, sequence) =>
        void events.push({ symbol, timeMs, kind: 'T', prices: [price, 0], sequence }),
      quote: (symbol, timeMs, _p, _v, bid, _b, _v2, ask, _a, _c, _i, sequence) =>
        void events.push({ symbol, timeMs, kind: 'Q', prices: [bid, ask], sequence }),
      luld: () => undefined,
    },
  };
}

async function open(symbols: number, rate: number | null): Promise<ScaledMarket> {
  const market = await openScaled(folder, DAY, { symbols, rate });
  if (typeof market === 'string') throw new Error(market);
  return market;
}

/** Plays so many simulated seconds, in steps of the lengths given over and over. */
function play(market: ScaledMarket, seconds: number, stepsUs: readonly number[]): readonly Seen[] {
  const { events, sink } = collector();
  let nowUs = market.openUs;
  const endUs = nowUs + seconds * 1e6;
  for (let step = 0; nowUs < endUs; step++) {
    nowUs = Math.min(endUs, nowUs + (stepsUs[step % stepsUs.length] as number));
    market.source.next(nowUs, sink);
  }
  return events;
}

describe('a scaled market', () => {
  it('SCL1 is the same however it is stepped, and every time', async () => {
    const whole = play(await open(40, 500), 60, [10_000]);
    expect(play(await open(40, 500), 60, [3_700, 25_000, 1_100_000])).toEqual(whole);
    expect(play(await open(40, 800), 60, [10_000])).not.toEqual(whole);
  });

  it('SCL2 gives the rate asked for, in order of time, sequences rising by name', async () => {
    const market = await open(60, 1_000);
    const events = play(market, 60, [10_000]);
    expect(events.length / 60 / 1_000).toBeGreaterThan(0.9);
    expect(events.length / 60 / 1_000).toBeLessThan(1.1);
    const sequences = new Map<number, number>();
    let lastMs = 0;
    const wrong = events.filter((event) => {
      const isInOrder = event.timeMs >= lastMs && event.sequence === (sequences.get(event.symbol) ?? 0) + 1;
      lastMs = event.timeMs;
      sequences.set(event.symbol, event.sequence);
      return !isInOrder;
    });
    expect(wrong).toEqual([]);
    expect(sequences.size).toBe(60);
    expect(lastMs).toBeLessThan(market.openUs / 1000 + 60_000);
  });

  it('SCL3 says in every name what it plays, and plays it in order, round and round, times one factor', async () => {
    const session = await readSession(folder, DAY);
    if (typeof session === 'string') throw new Error(session);
    const market = await open(7, 3_000);
    expect(market.names).toEqual(['AA.S0', 'BB.S0', 'CC.S0', 'AA.S1', 'BB.S1', 'CC.S1', 'AA.S2']);
    expect(session.symbols.map(({ name }) => name)).toEqual(['AA', 'BB', 'CC']);
    const events = play(market, 5, [10_000]);
    for (let name = 0; name < 7; name++) {
      const rows = session.symbols[name % 3];
      const own = events.filter(({ symbol }) => symbol === name);
      if (rows === undefined) throw new Error('no rows');
      // More than a whole round was played.
      expect(own.length).toBeGreaterThan(rows.count);
      const kinds = own.map(({ kind }) => kind).join('');
      const real = Array.from({ length: rows.count }, (_, i) => (rows.isTrade[i] === 1 ? 'T' : 'Q')).join('');
      const shift = (real + real).indexOf(kinds.slice(0, rows.count));
      expect(shift).toBeGreaterThanOrEqual(0);
      const factors = own.flatMap(({ kind, prices }, i) => {
        const price = rows.price[(shift + i) % rows.count] as number;
        return kind === 'T' ? [prices[0] / (price * 100)] : [];
      });
      expect(Math.max(...factors) - Math.min(...factors)).toBeLessThan(0.01);
      expect(Math.min(...factors)).toBeGreaterThan(0.49);
      expect(Math.max(...factors)).toBeLessThan(2.01);
    }
  });

  it('SCL4 neither locks nor crosses a market that was not', async () => {
    const session = await readSession(folder, DAY);
    if (typeof session === 'string') throw new Error(session);
    const bad = (bid: number, ask: number): boolean => bid > 0 && ask > 0 && bid >= ask;
    const isRealBad = session.symbols.some((rows) =>
      rows.isTrade.some(
        (isTrade, i) => isTrade === 0 && i < rows.count && bad(rows.price[i] ?? 0, rows.price2[i] ?? 0),
      ),
    );
    const events = play(await open(9, 3_000), 5, [10_000]);
    expect(events.some(({ kind, prices }) => kind === 'Q' && bad(prices[0], prices[1]))).toBe(isRealBad);
    expect(events.filter(({ prices }) => prices.some((price) => price % 10_000 !== 0))).toEqual([]);
  });

  it('ends with the session, and says in a sentence what is missing', async () => {
    const market = await open(3, null);
    expect(market.source.pace).toBe(1);
    play(market, 6.5 * 3600, [60_000_000]);
    expect(market.source.quietUntilUs(market.openUs)).toBe(Infinity);
    await expect(openScaled(folder, '2024-01-11', { symbols: 3, rate: null })).resolves.toContain('no flat files');
    await expect(openScaled('/does/not/exist', DAY, { symbols: 3, rate: null })).resolves.toContain('no folder');
  });
});
