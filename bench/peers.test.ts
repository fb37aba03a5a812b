import { describe, expect, it } from 'vitest';
import { measurePeerBars } from './peer-bars.ts';
import { measurePeerIndicators } from './peer-indicators.ts';

describe('peers on npm', () => {
  it('makes the very bars of tardis-dev out of the same trades', async () => {
    const { trades, bars, ratio } = await measurePeerBars({ trades: 12_000, seed: 5, runs: 1 });
    expect(trades).toBe(12_000);
    // Fifty symbols, none of them with a last bar that is full.
    expect(bars).toBeGreaterThan(60);
    expect(bars).toBeLessThanOrEqual(120);
    expect(ratio).toBeGreaterThan(0);
  });

  it('computes the indicators of technicalindicators over the same bars', () => {
    const { bars, compared } = measurePeerIndicators({ symbols: 3, bars: 600, seed: 5, runs: 1 });
    expect(bars).toBe(1800);
    expect(compared).toBe(3 * 150 * 4);
    expect(() => measurePeerIndicators({ symbols: 1, bars: 100, seed: 5, runs: 1 })).toThrow('more than');
  });
});
