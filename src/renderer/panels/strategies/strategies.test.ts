/** Sliders, typed parameters, and the comparison of real and shadow trades. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClosedTrade } from '#protocol';
import { BUDGET_FIELDS, budgetField, budgetText, isSameBudget, readBudget } from './budget-words.ts';
import { paramText, paramWords, readParam, SLIDER_STEPS, sliderOf, valueOf } from './param-scale.ts';
import { compareBooks } from './shadow-comparison.ts';

const range = fc
  .tuple(
    fc.double({ min: 0, max: 1e4, noNaN: true }),
    fc.double({ min: 0.01, max: 1e9, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom('', '$', 'x', 'bars', 's'),
  )
  .map(([min, span, at, unit]) => ({ min, max: min + span, default: min + span * at, unit }));

describe('parameter sliders', () => {
  it('never leave the bounds, reach both ends, and go up when moved up', () => {
    fc.assert(
      fc.property(range, fc.nat(SLIDER_STEPS), fc.nat(SLIDER_STEPS), (spec, a, b) => {
        for (const slider of [a, b]) {
          expect(valueOf(spec, slider)).toBeGreaterThanOrEqual(spec.min);
          expect(valueOf(spec, slider)).toBeLessThanOrEqual(spec.max);
        }
        expect(valueOf(spec, 0)).toBe(spec.min);
        expect(valueOf(spec, SLIDER_STEPS)).toBe(spec.max);
        if (a <= b) expect(valueOf(spec, a)).toBeLessThanOrEqual(valueOf(spec, b));
      }),
    );
  });

  it('stand near the value they were set to', () => {
    for (const spec of [
      { min: 0, max: 1e10, default: 5e6, unit: '$' },
      { min: 0.1, max: 200, default: 6, unit: 'bps' },
      { min: 1, max: 60, default: 35, unit: '' },
    ]) {
      const back = valueOf(spec, sliderOf(spec, spec.default));
      expect(Math.abs(back / spec.default - 1)).toBeLessThan(0.06);
    }
  });

  it('give whole numbers where halves mean nothing', () => {
    const bars = { min: 2, max: 50, default: 4, unit: 'bars' };
    for (let slider = 1; slider < SLIDER_STEPS; slider += 7) expect(Number.isInteger(valueOf(bars, slider))).toBe(true);
  });
});

describe('typed parameters', () => {
  const spec = { min: 0.1, max: 200, default: 6, unit: 'bps' };
  it('say what is wrong with them', () => {
    expect(readParam(spec, '1,50')).toEqual({ value: 150, fault: '' });
    expect(readParam(spec, 'x')).toEqual({ value: undefined, fault: 'Type a number.' });
    expect(readParam(spec, '500')).toEqual({ value: 500, fault: 'Outside its bounds: 0.1 bps to 200 bps.' });
  });
  it('are written as people say them', () => {
    expect([paramText(5e6, '$'), paramText(1.4, 'x'), paramText(35, '')]).toEqual(['$5,000,000', '1.4 x', '35']);
    expect(paramWords('minRelativeVolume')).toBe('min relative volume');
    expect(paramWords('maxRsi')).toBe('max RSI');
  });
});

describe('shadow comparison', () => {
  const trade = (strategy: string, isShadow: boolean, pnlNet: number): ClosedTrade => ({
    tradeId: `${strategy}${pnlNet}`,
    symbol: 'A',
    strategy,
    version: 'v',
    isShadow,
    quantity: 1,
    entry: 1,
    exit: 1,
    openedUs: 0,
    closedUs: 10,
    pnlNet,
    pnlPercent: 0,
    costs: 2,
    exitReason: '',
  });
  it('keeps the books apart and other strategies out', () => {
    const { real, shadow } = compareBooks(
      [trade('a', false, 5), trade('a', false, -3), trade('a', true, 7), trade('b', false, 100)],
      'a',
    );
    expect(real).toEqual({ trades: 2, wins: 1, net: 2, costs: 4, best: 5, worst: -3, hold: 10 });
    expect(shadow).toMatchObject({ trades: 1, wins: 1, net: 7 });
  });
  it('has no best of nothing', () => {
    expect(compareBooks([], 'a').real.best).toBeNaN();
  });
});

describe('budgets', () => {
  const field = (key: string) => BUDGET_FIELDS.find((row) => row.key === key) as (typeof BUDGET_FIELDS)[number];
  const NONE = { notionalMax: null, positionsMax: null, entriesMax: null, entriesToday: 2 };

  it('read what is typed in dollars and counts, nothing as no bound', () => {
    expect(readBudget(field('notionalMax'), ' $12,500.50 ')).toEqual({ value: 12_500_500_000, fault: '' });
    expect(readBudget(field('positionsMax'), '0')).toEqual({ value: 0, fault: '' });
    for (const row of BUDGET_FIELDS) {
      expect(readBudget(row, ' ')).toEqual({ value: null, fault: '' });
      for (const value of [null, 0, 7, 1_000]) {
        const micros = value === null || row.unit === '' ? value : value * 1_000_000;
        expect(readBudget(row, budgetField(row, micros)).value).toBe(micros);
      }
    }
  });

  it('say what is wrong, in the units of the page', () => {
    expect(readBudget(field('notionalMax'), '10000001').fault).toBe(
      'Dollars at work must be from $0.00 to $10,000,000, or empty for no bound.',
    );
    expect(readBudget(field('positionsMax'), '-1').fault).toContain('from 0 to 1,000');
    expect(readBudget(field('entriesMax'), '1.5').fault).toBe('Entries a day must be a whole number.');
    expect(readBudget(field('entriesMax'), 'many').fault).toContain('type a number');
  });

  it('are told in words, and compared', () => {
    expect(budgetText(NONE)).toBe('');
    expect(budgetText({ ...NONE, positionsMax: 1, entriesMax: 10 })).toBe(
      'at most 1 position, 10 entries a day (2 today)',
    );
    expect(isSameBudget(NONE, { ...NONE, entriesMax: 0 })).toBe(false);
    expect(isSameBudget(NONE, { ...NONE, entriesToday: 5 } as never)).toBe(true);
  });
});
