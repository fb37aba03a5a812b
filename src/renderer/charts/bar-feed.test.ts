/** The feed of a chart against a small engine: every closed bar arrives once and in order, under delays and faults. */
import { describe, expect, it } from 'vitest';
import type { BarView, EngineCommands, SymbolValue } from '#protocol';
import { createBarBook } from './bar-book.ts';
import { createBarFeed, PAGE_BARS } from './bar-feed.ts';
import { testBar, testBars } from './test-bars.ts';
import type { TickChart } from './tick-chart.ts';

/** The part of a chart the feed talks to, on the real book. */
function bookChart() {
  const book = createBarBook();
  const chart = {
    setBars: (bars: readonly BarView[]) => {
      book.clear();
      book.take(bars);
    },
    prepend: (bars: readonly BarView[]) => void book.take(bars),
    append: (bars: readonly BarView[]) => void book.take(bars),
    updateForming: (bar: BarView | null) => void book.setForming(bar),
    get bars() {
      return book.closed;
    },
  };
  return { book, chart: chart as unknown as TickChart };
}

function smallEngine(first = 0) {
  const state = { bars: testBars(first, 0), asks: [] as { from: number; count: number }[], failNext: 0 };
  const commands = {
    bars: (ask: Parameters<EngineCommands['bars']>[0]) => {
      state.asks.push({ from: ask.from, count: ask.count });
      if (state.failNext-- > 0) return Promise.reject(new Error('engine-stopped'));
      const bars = state.bars.filter((bar) => bar.index >= ask.from && bar.index < ask.from + ask.count);
      return Promise.resolve({ total: (state.bars.at(-1)?.index ?? -1) + 1, bars });
    },
  } as never;
  return { state, commands };
}

const value = (barCount: number, forming: BarView | null = null): SymbolValue =>
  ({ symbol: 'ABC', barCount, forming }) as SymbolValue;
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const indices = (bars: readonly BarView[]): readonly number[] => bars.map(({ index }) => index);

describe('bar feed', () => {
  it('shows the newest page first, then each bar as it closes', async () => {
    const { state, commands } = smallEngine();
    const { book, chart } = bookChart();
    const feed = createBarFeed({ commands, symbol: 'ABC', chart });
    state.bars = testBars(0, 4_000);
    feed.symbol(value(4_000, testBar(4_000, { isForming: true })));
    await settle();
    expect(state.asks).toEqual([{ from: 1_500, count: 2_500 }]);
    expect([book.first, book.end, book.forming?.index]).toEqual([1_500, 4_000, 4_000]);
    for (let total = 4_001; total <= 4_020; total++) {
      state.bars = testBars(0, total);
      feed.symbol(value(total, testBar(total, { isForming: true })));
      // The next one closes while the answer is still under way.
      if (total % 3 === 0) await settle();
    }
    await settle();
    expect(book.end).toBe(4_020);
    expect(indices(book.closed)).toEqual(indices(testBars(1_500, 2_520)));
  });

  it('fetches older pages until the first bar, and not beyond', async () => {
    const { state, commands } = smallEngine();
    const { book, chart } = bookChart();
    const feed = createBarFeed({ commands, symbol: 'ABC', chart });
    state.bars = testBars(0, PAGE_BARS + 4_000);
    feed.symbol(value(PAGE_BARS + 4_000));
    await settle();
    for (let i = 0; i < 5; i++) {
      feed.older();
      await settle();
    }
    expect([book.first, book.closed.length]).toEqual([0, PAGE_BARS + 4_000]);
    expect(state.asks).toHaveLength(3);
  });

  it('does not ask again for bars the engine no longer keeps', async () => {
    const { state, commands } = smallEngine();
    const { book, chart } = bookChart();
    const feed = createBarFeed({ commands, symbol: 'ABC', chart });
    state.bars = testBars(3_000, 3_000);
    feed.symbol(value(6_000));
    await settle();
    for (let i = 0; i < 4; i++) {
      feed.older();
      await settle();
    }
    expect(book.first).toBe(3_000);
    expect(state.asks).toHaveLength(2);
  });

  it('starts anew when the engine has fewer bars than before', async () => {
    const { state, commands } = smallEngine();
    const { book, chart } = bookChart();
    const feed = createBarFeed({ commands, symbol: 'ABC', chart });
    state.bars = testBars(0, 50);
    feed.symbol(value(50));
    await settle();
    state.bars = testBars(0, 3);
    feed.symbol(value(3));
    await settle();
    expect(indices(book.closed)).toEqual([0, 1, 2]);
  });

  it('keeps a bar that closed on screen until the closed one has come', async () => {
    const { state, commands } = smallEngine();
    const { book, chart } = bookChart();
    const feed = createBarFeed({ commands, symbol: 'ABC', chart });
    state.bars = testBars(0, 5);
    feed.symbol(value(5, testBar(5, { isForming: true })));
    await settle();
    state.bars = testBars(0, 6);
    feed.symbol(value(6, null));
    expect(book.forming?.index).toBe(5);
    await settle();
    expect([book.forming, book.end]).toEqual([null, 6]);
  });

  it('asks again after a failure, and stops when told', async () => {
    const { state, commands } = smallEngine();
    const { book, chart } = bookChart();
    const faults: string[] = [];
    const feed = createBarFeed({ commands, symbol: 'ABC', chart, onFault: (message) => faults.push(message) });
    state.bars = testBars(0, 5);
    state.failNext = 1;
    feed.symbol(value(5));
    await settle();
    expect([faults, book.end]).toEqual([['engine-stopped'], 0]);
    feed.symbol(value(5));
    await settle();
    expect(book.end).toBe(5);
    feed.stop();
    const asked = state.asks.length;
    state.bars = testBars(0, 9);
    feed.symbol(value(9));
    await settle();
    expect([state.asks.length, book.end]).toEqual([asked, 5]);
  });

  it('asks about bars of another kind until the engine has caught up, then polls', async () => {
    let closed = 0;
    let behind = 2;
    const asks: Parameters<EngineCommands['bars']>[0][] = [];
    const commands = {
      bars: (ask: Parameters<EngineCommands['bars']>[0]) => {
        asks.push(ask);
        const isBehind = behind-- > 0;
        const total = isBehind ? 10 : closed;
        const bars = testBars(0, total).filter((bar) => bar.index >= ask.from && bar.index < ask.from + ask.count);
        return Promise.resolve({ total, bars, forming: testBar(total, { isForming: true }), isBehind });
      },
    } as never;
    const { book, chart } = bookChart();
    const counts: number[] = [];
    let now = 0;
    const kind = { kind: 'time', size: 5 } as const;
    closed = 3_000;
    const feed = createBarFeed({
      commands,
      symbol: 'ABC',
      chart,
      kind,
      nowMs: () => now,
      onCount: (held) => counts.push(held),
    });
    // The number of standard bars says nothing about these.
    feed.symbol(value(7));
    await settle();
    expect(asks.map(({ from, count }) => [from, count])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [500, 2_500],
    ]);
    expect(asks.every((ask) => ask.kind === 'time' && ask.size === 5)).toBe(true);
    expect([book.first, book.end, book.forming?.index, counts.at(-1)]).toEqual([500, 3_000, 3_000, 2_500]);
    closed = 3_002;
    // Within the pause nothing is asked.
    feed.symbol(value(8));
    await settle();
    expect(asks).toHaveLength(4);
    now += 300;
    feed.symbol(value(9));
    await settle();
    expect([asks.length, book.end, book.forming?.index]).toEqual([5, 3_002, 3_002]);
    // The engine began a new day.
    closed = 2;
    now += 300;
    feed.symbol(value(1));
    await settle();
    await settle();
    expect(indices(book.closed)).toEqual([0, 1]);
  });
});
