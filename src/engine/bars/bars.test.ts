/** Bars by their numbered rules, and the properties that must hold for every stream of events. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../model/bar.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { createEventBatch, EventKind } from '../model/event-batch.ts';
import { MarketRig } from '../testing/market-rig.ts';
import { MemoryCheckpoint } from '../testing/memory-checkpoint.ts';
import { PHASE_CODE } from '../market/view-columns.ts';
import { BarBuilder } from './bar-builder.ts';
import type { BarRule } from './bar-rule.ts';
import { imbalanceRule } from './imbalance-rule.ts';
import { notionalRule } from './notional-rule.ts';
import { tickRule } from './tick-rule.ts';
import { timeRule } from './time-rule.ts';
import { volumeRule } from './volume-rule.ts';

const DAY = '2024-01-10';
const second = 1_000_000;

function rigAt(time: string, tradesPerBar: number): { rig: MarketRig; t: (seconds: number) => number } {
  const rig = new MarketRig({ tradesPerBar });
  const start = rig.at(DAY, time);
  return { rig, t: (seconds) => start + Math.round(seconds * second) };
}

describe('tick bars', () => {
  it('BAR1 BAR2 BAR3 counts what may set last, moves high/low and volume by their own answers', () => {
    const { rig, t } = rigAt('10:00', 3);
    rig.trade({ atUs: t(0), price: 10, size: 7, conditions: [37] });
    rig.trade({ atUs: t(1), price: 11, size: 100 });
    rig.trade({ atUs: t(2), price: 14, size: 5, conditions: [10] });
    rig.trade({ atUs: t(3), price: 20, size: 50, conditions: [37] });
    rig.trade({ atUs: t(4), price: 10, size: 100 });
    rig.trade({ atUs: t(5), price: 1, size: 9999, conditions: [15] });
    rig.trade({ atUs: t(6), price: 12, size: 100 });
    rig.trade({ atUs: t(7), price: 12, size: 1, conditions: [37] });
    expect(rig.closed()).toMatchObject([
      {
        index: 0,
        openTimeUs: t(1),
        closeTimeUs: t(6),
        open: 11,
        high: 14,
        low: 10,
        close: 12,
        volume: 362,
        trades: 3,
        ineligiblePrints: 4,
        ineligibleVolume: 62,
        isShort: false,
      },
    ]);
    expect(rig.bars.forming(0)).toBeUndefined();
    rig.trade({ atUs: t(8), price: 13, size: 1 });
    expect(rig.bars.forming(0)).toMatchObject({ index: 1, open: 13, volume: 2, trades: 1, isForming: true });
  });

  it('BAR4 BAR5 ends with its phase and says so; the index goes on', () => {
    const { rig, t } = rigAt('09:29:58', 2);
    rig.trade({ atUs: t(0), price: 10, conditions: [12] });
    rig.trade({ atUs: t(1.9), price: 10, size: 3, conditions: [12, 37] });
    rig.trade({ atUs: t(2), price: 11 });
    rig.trade({ atUs: t(3), price: 11 });
    expect(rig.closed().map((bar) => [bar.index, bar.phase, bar.trades, bar.volume, bar.isShort])).toEqual([
      [0, 'pre', 1, 103, true],
      [1, 'regular', 2, 200, false],
    ]);
  });

  it('BAR6 keeps what is in no bar: prints of closed hours, late for their phase, of a phase without a counted print', () => {
    const { rig, t } = rigAt('03:59:59', 2);
    rig.trade({ atUs: t(0), price: 10, size: 1, conditions: [12] });
    rig.trade({ atUs: t(2), price: 10, size: 2, conditions: [12, 37] });
    rig.trade({ atUs: rig.at(DAY, '09:30'), price: 10, size: 4 });
    rig.trade({ atUs: rig.at(DAY, '09:29:59'), price: 10, size: 8, conditions: [12] });
    rig.bars.finish();
    expect(rig.closed().map((bar) => [bar.phase, bar.volume])).toEqual([['regular', 4]]);
    expect(rig.bars.outsideBars(0)).toMatchObject({ prints: 3, volume: 11 });
  });

  it('BAR7 BAR8 measures the spread in force before each counted print', () => {
    const { rig, t } = rigAt('10:00', 4);
    rig.trade({ atUs: t(0), price: 10 });
    rig.quote({ atUs: t(1), bid: 10, ask: 10.5 });
    rig.trade({ atUs: t(1), price: 10.5 });
    rig.quote({ atUs: t(2), bid: 10, ask: 10.25 });
    rig.trade({ atUs: t(2), price: 10, conditions: [37] });
    rig.trade({ atUs: t(3), price: 10 });
    rig.quote({ atUs: t(4), bid: 11, ask: 10 });
    rig.trade({ atUs: t(5), price: 10 });
    expect(rig.closed()).toMatchObject([
      {
        spreadMean: 0.375,
        spreadMin: 0.25,
        spreadMax: 0.5,
        printsAtAsk: 1,
        printsAtBid: 1,
        quotes: 3,
        bidAtClose: 11,
        askAtClose: 10,
      },
    ]);
    const bare = rigAt('10:00', 1);
    bare.rig.quote({ atUs: bare.t(0), bid: 0, ask: 10 });
    bare.rig.trade({ atUs: bare.t(1), price: 10 });
    expect(bare.rig.closed()[0]?.spreadMean).toBeNaN();
  });

  it('BAR9 flags gaps and halts on every bar they touch, and on no other', () => {
    const { rig, t } = rigAt('10:00', 2);
    const flags = (): readonly (readonly [boolean, boolean])[] =>
      rig.closed().map((bar) => [bar.hasGap, bar.hasHalt] as const);
    for (let i = 0; i < 3; i++) rig.trade({ atUs: t(i), price: 10 });
    rig.bars.beginGap();
    rig.bars.endGap();
    for (let i = 3; i < 6; i++) rig.trade({ atUs: t(i), price: 10 });
    rig.luld({ atUs: t(6), low: 9, high: 11, indicators: [17] });
    rig.luld({ atUs: t(306), low: 9, high: 11, indicators: [18] });
    for (let i = 310; i < 314; i++) rig.trade({ atUs: t(i), price: 10 });
    expect(flags()).toEqual([
      [false, false],
      [true, false],
      [false, false],
      [false, true],
      [false, false],
    ]);
  });

  it('BAR10 takes a print once', () => {
    const { rig, t } = rigAt('10:00', 2);
    rig.trade({ atUs: t(0), price: 10, sequence: 1 });
    rig.trade({ atUs: t(0), price: 10, sequence: 1 });
    expect(rig.bars.forming(0)).toMatchObject({ trades: 1, volume: 100 });
  });

  it('BAR11 ends phases by the clock with the same bars, and finds no bar for a straggler', () => {
    const { rig, t } = rigAt('09:29:00', 2);
    rig.trade({ atUs: t(0), price: 10, conditions: [12] });
    expect(rig.bars.endPhase(PHASE_CODE.pre)).toBe(1);
    expect(rig.bars.closedSymbols[0]).toBe(0);
    rig.trade({ atUs: t(59), price: 10, conditions: [12] });
    rig.quote({ atUs: t(59), bid: 9, ask: 10 });
    rig.trade({ atUs: t(60), price: 11 });
    rig.bars.finish();
    expect(rig.closed().map((bar) => [bar.phase, bar.trades, bar.quotes, bar.isShort])).toEqual([
      ['pre', 1, 0, true],
      ['regular', 1, 0, true],
    ]);
    expect(rig.bars.outsideBars(0).prints).toBe(1);
  });

  it('BAR12 gives each symbol its own number of prints and begins each day at index 0', () => {
    const { rig, t } = rigAt('10:00', 3);
    rig.bars.setTarget(rig.id('FAST'), 2);
    for (let i = 0; i < 6; i++) for (const symbol of ['FAST', 'SLOW']) rig.trade({ atUs: t(i), price: 10, symbol });
    expect([rig.closed('FAST').length, rig.closed('SLOW').length]).toEqual([3, 2]);
    const batch = createEventBatch(2);
    batch.length = 1;
    batch.kind[0] = EventKind.trade;
    batch.symbol[0] = rig.id('FAST');
    batch.timeUs[0] = rig.at('2024-01-11', '10:00');
    batch.price[0] = 10;
    batch.size[0] = 1;
    rig.apply(batch);
    expect(rig.closed('SLOW')).toEqual([]);
    expect(rig.bars.forming(rig.id('FAST'))).toMatchObject({ index: 0, trades: 1 });
  });
});

describe('other kinds of bars', () => {
  const withRule = (rule: BarRule): { rig: MarketRig; t: (seconds: number) => number } => {
    const rig = new MarketRig({ bars: new BarBuilder({ capacity: 64, rule }) });
    const start = rig.at(DAY, '10:00');
    return { rig, t: (seconds) => start + seconds * second };
  };

  it('BAR13 cuts time bars at whole multiples, skips silence, is never short', () => {
    const { rig, t } = withRule(timeRule(60));
    rig.trade({ atUs: t(59.999999), price: 10 });
    rig.quote({ atUs: t(60), bid: 9, ask: 10 });
    rig.trade({ atUs: t(60), price: 11 });
    rig.trade({ atUs: t(200), price: 12 });
    expect(rig.bars.advance(t(240))).toBe(1);
    rig.trade({ atUs: rig.at(DAY, '16:00'), price: 13 });
    rig.bars.finish();
    expect(rig.closed().map((bar) => [bar.open, bar.quotes, bar.isShort, bar.phase])).toEqual([
      [10, 0, false, 'regular'],
      [11, 1, false, 'regular'],
      [12, 0, false, 'regular'],
      [13, 0, false, 'post'],
    ]);
  });

  it('BAR14 fills volume, notional and imbalance bars', () => {
    const volume = withRule(volumeRule(250));
    for (let i = 0; i < 4; i++) volume.rig.trade({ atUs: volume.t(i), price: 10, size: 130 });
    expect(volume.rig.closed().map((bar) => bar.volume)).toEqual([260, 260]);
    const notional = withRule(notionalRule(2000));
    for (let i = 0; i < 4; i++) notional.rig.trade({ atUs: notional.t(i), price: 10, size: 100 });
    expect(notional.rig.closed().map((bar) => bar.notional)).toEqual([2000, 2000]);
    const imbalance = withRule(imbalanceRule(2));
    // Signs: none, +, + closes; -, unchanged is - again: closes.
    for (const [i, price] of [10, 11, 12, 11, 11].entries()) imbalance.rig.trade({ atUs: imbalance.t(i), price });
    expect(imbalance.rig.closed().map((bar) => [bar.open, bar.close, bar.trades])).toEqual([
      [10, 12, 3],
      [11, 11, 2],
    ]);
  });
});

describe('properties', () => {
  interface Step {
    readonly gap: number;
    readonly isTrade: boolean;
    readonly symbol: number;
    readonly cents: number;
    readonly size: number;
    readonly conditions: number;
  }
  const CONDITIONS = [[], [], [], [12], [37], [12, 37], [10], [15], [8, 41], [2], [32], [38]];
  const step = fc.record<Step>({
    gap: fc.oneof(fc.nat(3_000_000), fc.nat(900_000_000)),
    isTrade: fc.boolean(),
    symbol: fc.nat(2),
    cents: fc.integer({ min: 900, max: 1100 }),
    size: fc.nat(500),
    conditions: fc.nat(CONDITIONS.length - 1),
  });
  const steps = fc.array(step, { minLength: 20, maxLength: 250 });

  function batchOf(rig: MarketRig, list: readonly Step[]): EventBatch {
    const batch = createEventBatch(Math.max(1, list.length));
    let timeUs = rig.at(DAY, '08:00');
    for (const [i, one] of list.entries()) {
      timeUs += one.gap;
      batch.kind[i] = one.isTrade ? EventKind.trade : EventKind.quote;
      batch.symbol[i] = rig.id('ABC'[one.symbol]);
      batch.timeUs[i] = timeUs;
      batch.sequence[i] = i + 1;
      batch.price[i] = one.cents / 100;
      batch.size[i] = one.size / 7;
      batch.price2[i] = one.isTrade ? 0 : one.cents / 100 + (one.size % 9) / 100 - 0.02;
      batch.size2[i] = one.isTrade ? 0 : 100;
      batch.conditions[i] = rig.conditions.intern(one.isTrade ? (CONDITIONS[one.conditions] as number[]) : [1]);
    }
    batch.length = list.length;
    return batch;
  }
  const allBars = (rig: MarketRig): readonly Bar[] => ['A', 'B', 'C'].flatMap((symbol) => rig.closed(symbol));

  it('BAR15 conserves prints and volume: bars and the rest together are the tape', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 9 }), (list, tradesPerBar) => {
        const rig = new MarketRig({ tradesPerBar });
        rig.apply(batchOf(rig, list));
        rig.bars.finish();
        for (const symbol of ['A', 'B', 'C']) {
          const id = rig.id(symbol);
          const bars = rig.closed(symbol);
          const outside = rig.bars.outsideBars(id);
          const prints = bars.reduce((sum, bar) => sum + bar.trades + bar.ineligiblePrints, outside.prints);
          expect(prints).toBe(rig.view.columns.tradeCount[id]);
          const volume = bars.reduce((sum, bar) => sum + bar.volume, outside.volume);
          expect(volume).toBeCloseTo(rig.view.columns.volume[id] as number, 6);
          const notional = bars.reduce((sum, bar) => sum + bar.notional, outside.notional);
          expect(notional).toBeCloseTo(rig.view.columns.notional[id] as number, 4);
          expect(bars.map((bar) => bar.index)).toEqual(bars.map((_, i) => i));
          for (const bar of bars) {
            expect(bar.isShort ? bar.trades < tradesPerBar : bar.trades === tradesPerBar).toBe(true);
            expect(bar.openTimeUs <= bar.closeTimeUs).toBe(true);
            expect(bar.low <= Math.min(bar.open, bar.close) && bar.high >= Math.max(bar.open, bar.close)).toBe(true);
            if (bar.ineligiblePrints === 0 && bar.volume > 0) {
              expect(bar.vwap).toBeGreaterThanOrEqual(bar.low - 1e-9);
              expect(bar.vwap).toBeLessThanOrEqual(bar.high + 1e-9);
            }
          }
        }
      }),
      { seed: 21, numRuns: 200 },
    );
  });

  it('BAR16 gives the same bars however the events were cut into batches', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(250), { maxLength: 6 }), (list, cuts) => {
        const whole = new MarketRig({ tradesPerBar: 5 });
        whole.apply(batchOf(whole, list));
        const cut = new MarketRig({ tradesPerBar: 5 });
        const batch = batchOf(cut, list);
        const edges = [0, ...cuts.map((at) => at % (list.length + 1)).toSorted((a, b) => a - b), list.length];
        for (let i = 1; i < edges.length; i++) cut.apply(batch, edges[i - 1], edges[i]);
        expect(allBars(cut)).toEqual(allBars(whole));
        for (let s = 0; s < 3; s++) expect(cut.bars.forming(s)).toEqual(whole.bars.forming(s));
      }),
      { seed: 22, numRuns: 150 },
    );
  });

  it('BAR17 goes on after a restart in mid-bar with the same bars, for every kind of bar', () => {
    const rules = [tickRule(7), timeRule(60), volumeRule(150), notionalRule(2000), imbalanceRule(3)];
    fc.assert(
      fc.property(steps, fc.nat(250), fc.constantFrom(...rules), (list, at, rule) => {
        const make = (): MarketRig => new MarketRig({ bars: new BarBuilder({ capacity: 64, rule, barsMax: 64 }) });
        const whole = make();
        const batch = batchOf(whole, list);
        const stop = at % list.length;
        whole.apply(batch, 0, stop);
        const checkpoint = new MemoryCheckpoint();
        whole.view.save(checkpoint);
        whole.bars.save(checkpoint);
        const restored = make();
        batchOf(restored, list);
        restored.view.restore(checkpoint);
        restored.bars.restore(checkpoint);
        for (const rig of [whole, restored]) {
          rig.apply(batch, stop);
          rig.bars.finish();
        }
        expect(allBars(restored)).toEqual(allBars(whole));
        for (let s = 0; s < 3; s++) expect(restored.bars.outsideBars(s)).toEqual(whole.bars.outsideBars(s));
      }),
      { seed: 23, numRuns: 200 },
    );
  });
});

describe('store of closed bars', () => {
  it('BAR18 stays within its bound, drops the oldest first and says so', () => {
    const rig = new MarketRig({ bars: new BarBuilder({ capacity: 64, rule: tickRule(1), barsMax: 64 }) });
    const start = rig.at(DAY, '10:00');
    for (let i = 0; i < 20; i++) rig.trade({ atUs: start + i, price: 100 + i, symbol: 'OLD' });
    for (let i = 0; i < 40; i++) rig.trade({ atUs: start + 100 + i, price: 200 + i, symbol: 'NEW' });
    const store = rig.bars.closed;
    const [old, fresh] = [rig.id('OLD'), rig.id('NEW')];
    // 64 bars are four pages: OLD began two, NEW three.
    expect([
      store.count(old),
      store.firstIndex(old),
      store.count(fresh),
      store.firstIndex(fresh),
      store.evicted,
    ]).toEqual([20, 16, 40, 0, 16]);
    expect(store.get(old, 15)).toBeUndefined();
    expect(store.get(old, 16)?.open).toBe(116);
    expect(store.get(fresh, 39)?.open).toBe(239);
    for (let i = 0; i < 500; i++) rig.trade({ atUs: start + 1000 + i, price: 300 + i, symbol: 'NEW' });
    expect([store.firstIndex(old), store.count(old)]).toEqual([20, 20]);
    expect(store.count(fresh) - store.firstIndex(fresh)).toBeLessThanOrEqual(64);
    expect(store.get(fresh, store.firstIndex(fresh))?.open).toBe(300 + store.firstIndex(fresh) - 40);
    // A symbol whose pages are all gone goes on from its index.
    rig.trade({ atUs: start + 2000, price: 7, symbol: 'OLD' });
    expect([store.count(old), store.get(old, 20)?.open, store.get(old, 19)]).toEqual([21, 7, undefined]);
    const checkpoint = new MemoryCheckpoint();
    rig.bars.save(checkpoint);
    const restored = new BarBuilder({ capacity: 64, rule: tickRule(1), barsMax: 64 });
    restored.restore(checkpoint);
    for (const id of [old, fresh]) {
      expect([restored.closed.count(id), restored.closed.firstIndex(id)]).toEqual([
        store.count(id),
        store.firstIndex(id),
      ]);
      for (let index = store.firstIndex(id); index < store.count(id); index++)
        expect(restored.closed.get(id, index)).toEqual(store.get(id, index));
    }
  });
});
