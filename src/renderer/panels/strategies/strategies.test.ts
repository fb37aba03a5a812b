/** Sliders, typed parameters, and the comparison of real and shadow trades. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClosedTrade } from '#protocol';
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
