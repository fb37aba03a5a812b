/** The plain functions of the trade page and its time machine. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BarView, CostView, FillView, RuleView, TimelineItem } from '#protocol';
import { trailAbout } from './trade-marks.ts';
import { barsAround, closedBy, nextInstant } from './time-machine.ts';
import { causeOf, costRows, holdingAt, percentOf, planAt, rulePairs } from './trade-words.ts';

const rule = (name: string, value: number): RuleView => ({
  name,
  value,
  operator: '<=',
  threshold: 5,
  unit: 'bps',
  pass: value <= 5,
});
const fill = (atUs: number, side: 'buy' | 'sell', quantity: number, price: number): FillView => ({
  atUs,
  side,
  quantity,
  price,
  executionId: `e${atUs}`,
});
const bar = (index: number, closeTimeUs: number, openTimeUs = closeTimeUs - 1): BarView =>
  ({ index, openTimeUs, closeTimeUs }) as BarView;

describe('rules at fire and now', () => {
  it('match by name, twins in order, null where not judged now', () => {
    const pairs = rulePairs([rule('a', 1), rule('b', 2), rule('a', 3)], [rule('a', 10), rule('c', 9), rule('a', 30)]);
    expect(pairs.map(({ fired, now }) => [fired.value, now?.value ?? null])).toEqual([
      [1, 10],
      [2, null],
      [3, 30],
    ]);
  });
});

describe('economics', () => {
  const cost = (spread: number, commission: number): CostView => ({
    spread,
    commission,
    fees: 0,
    slippage: 0,
    tax: 0,
    data: 0,
    total: spread + commission,
  });
  it('is over zero where it cost more than thought, and says nothing of what is not known', () => {
    const rows = costRows(cost(10, 5), cost(12, 4));
    expect(rows.map(({ difference }) => difference)).toEqual([2, -1, 0, 0, 0, 0, 1]);
    expect(
      costRows(cost(10, 5), null).every(({ difference, realised }) => difference === null && realised === null),
    ).toBe(true);
  });
  it('is in percent of what was paid', () => {
    expect(percentOf({ pnlNet: 6_310_000, entry: 64_120_000, quantity: 24 })).toBeCloseTo(0.41, 3);
    expect(percentOf({ pnlNet: 0, entry: null, quantity: 0 })).toBeNaN();
  });
});

describe('causes', () => {
  const item = (id: string, cause: string, inputNo: number): TimelineItem => ({
    id,
    cause,
    inputNo,
    atUs: inputNo,
    kind: 'order',
    text: '',
  });
  it('lead to the newest item before that carries the id, and end where the cause lies outside', () => {
    const items = [
      item('s1', '', 1),
      item('t1', 's1', 2),
      item('o1', 't1', 3),
      item('o1', 't1', 4),
      item('f1', 'o1', 5),
    ];
    expect(causeOf(items[4] as TimelineItem, items)).toBe(items[3]);
    expect(causeOf(items[1] as TimelineItem, items)).toBe(items[0]);
    expect(causeOf(items[0] as TimelineItem, items)).toBeUndefined();
    expect(causeOf(item('x', 'elsewhere', 9), items)).toBeUndefined();
  });
});

describe('holding at an instant', () => {
  const fills = [fill(10, 'buy', 10, 1_000_000), fill(20, 'buy', 14, 2_000_000), fill(30, 'sell', 24, 3_000_000)];
  it('is the fold of the fills up to it', () => {
    expect(holdingAt(fills, 9, 5)).toEqual({ held: 0, entry: 0, gross: 0 });
    expect(holdingAt(fills, 10, 1.5)).toEqual({ held: 10, entry: 1_000_000, gross: 5_000_000 });
    expect(holdingAt(fills, 25, 2).held).toBe(24);
    expect(holdingAt(fills, 25, 2).entry).toBe(Math.round(38_000_000 / 24));
    // 24 x 3 - (10 x 1 + 14 x 2); the bid no longer matters.
    expect(holdingAt(fills, 30, 99)).toEqual({ held: 0, entry: 1_583_333, gross: 34_000_000 });
  });
  it('has the plan that was in force', () => {
    const plans = [
      { atUs: 5, rules: [] },
      { atUs: 15, rules: [] },
    ];
    expect([4, 5, 14, 15, 99].map((atUs) => planAt(plans, atUs)?.atUs)).toEqual([undefined, 5, 5, 15, 15]);
  });
});

describe('time machine', () => {
  it('shows five minutes before the signal, but never fewer bars than asked for', () => {
    const second = 1_000_000;
    const bars = Array.from({ length: 100 }, (_, i) => bar(i, (i + 1) * 10 * second, i * 10 * second));
    const around = barsAround(bars, 600 * second, 700 * second, 4);
    expect(around[0]?.index).toBe(30);
    expect(around.at(-1)?.index).toBe(82);
    expect(barsAround(bars, 600 * second, 700 * second, 50)[0]?.index).toBe(9);
    expect(barsAround([], 1, 2)).toEqual([]);
    expect(barsAround(bars, 5_000 * second, 5_000 * second, 4)[0]?.index).toBe(96);
  });

  it('steps over every instant once, forward and back the same', () => {
    const bars = [bar(0, 10), bar(1, 20), bar(2, 20), bar(3, 40)];
    const fills = [fill(15, 'buy', 1, 1), fill(40, 'sell', 1, 1)];
    const walk = (fromUs: number, way: 1 | -1): number[] => {
      const seen: number[] = [];
      for (let at: number | undefined = fromUs; at !== undefined; at = nextInstant(bars, fills, at, way)) seen.push(at);
      return seen;
    };
    expect(walk(0, 1)).toEqual([0, 10, 15, 20, 40]);
    expect(walk(50, -1)).toEqual([50, 40, 20, 15, 10]);
    expect([9, 10, 20, 39, 40].map((at) => closedBy(bars, at))).toEqual([0, 1, 3, 3, 4]);
  });

  it('never skips and never stands still, whatever the bars', () => {
    const times = fc.array(fc.nat(500), { maxLength: 30 });
    fc.assert(
      fc.property(times, times, (closes, fillTimes) => {
        const bars = closes.toSorted((a, b) => a - b).map((close, i) => bar(i, close));
        const fills = fillTimes.map((at) => fill(at, 'buy', 1, 1));
        const wanted = [...new Set([...closes, ...fillTimes])].toSorted((a, b) => a - b);
        const seen: number[] = [];
        for (let at = nextInstant(bars, fills, -1, 1); at !== undefined; at = nextInstant(bars, fills, at, 1))
          seen.push(at);
        expect(seen).toEqual(wanted);
        const back: number[] = [];
        for (let at = nextInstant(bars, fills, 501, -1); at !== undefined; at = nextInstant(bars, fills, at, -1))
          back.push(at);
        expect(back.toReversed()).toEqual(wanted);
      }),
    );
  });
});

describe('a trail in the past', () => {
  const bars = [10, 20, 30].map((at, i) => ({ ...bar(i, at), bidAtClose: [9, 10, 8][i] as number }));
  it('follows the best bid at a close since the first fill', () => {
    const trail = { trailPercent: 10, trailPrice: null };
    expect([9, 10, 20, 30].map((at) => trailAbout(trail, bars, 5, at))).toEqual([
      null,
      8_100_000,
      9_000_000,
      9_000_000,
    ]);
    expect(trailAbout({ trailPercent: null, trailPrice: 500_000 }, bars, 15, 30)).toBe(9_500_000);
    expect(trailAbout({ trailPercent: null, trailPrice: null }, bars, 5, 30)).toBeNull();
    expect(trailAbout(trail, bars, 0, 30)).toBeNull();
  });
});
