/** Places on the distance bar. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExitView } from '#protocol';
import { exitWords } from '../../format/exit-words.ts';
import { distanceScale, exitKind } from './distance-scale.ts';

function exit(rule: string, price: number | null): ExitView {
  return {
    rule,
    price,
    atUs: null,
    distance: null,
    distancePercent: null,
    distanceSpreads: null,
    netIfFires: null,
    isNext: false,
  };
}

describe('distance bar', () => {
  it('places stop, trail, entry, price and target between the outermost of them', () => {
    const scale = distanceScale(64_000_000, 64.5, [
      exit('take-profit', 65_000_000),
      exit('stop-loss', 63_000_000),
      exit('trailing percent', 64_200_000),
      exit('time-stop', null),
    ]);
    expect(scale).toEqual({ low: 63e6, high: 65e6, stop: 0, trail: 0.6, target: 1, entry: 0.5, price: 0.75 });
  });

  it('shows what there is when exits are missing, and nothing without a price', () => {
    expect(distanceScale(64_000_000, 64, [])).toMatchObject({ stop: null, target: null, entry: 0.5, price: 0.5 });
    expect(distanceScale(64_000_000, 0, [])).toBeNull();
    expect(distanceScale(64_000_000, NaN, [])).toBeNull();
  });

  it('takes the stop that fires first when there are two', () => {
    const scale = distanceScale(10e6, 10, [exit('stop-loss', 8e6), exit('stop-loss', 9e6), exit('take-profit', 11e6)]);
    expect(scale?.low).toBe(9e6);
  });

  it('keeps every mark on the bar', () => {
    const price = fc.integer({ min: 1, max: 1e9 });
    fc.assert(
      fc.property(price, price, price, price, price, (entry, bid, stop, trail, target) => {
        const scale = distanceScale(entry, bid / 1e6, [
          exit('stop-loss', stop),
          exit('trailing spreads', trail),
          exit('take-profit', target),
        ]);
        for (const place of [scale?.entry, scale?.price, scale?.stop, scale?.trail, scale?.target]) {
          expect(place).toBeGreaterThanOrEqual(0);
          expect(place).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('calls rules by their trader names', () => {
    expect(['stop-loss', 'take-profit', 'trailing percent', 'time-stop', 'regime adr'].map(exitWords)).toEqual([
      'stop',
      'target',
      'trail (percent)',
      'time',
      'regime adr',
    ]);
    expect(['give-back', 'phase-end', 'regime adr'].map(exitKind)).toEqual(['trail', 'time', 'other']);
  });
});
