import { describe, expect, it } from 'vitest';
import { createRng } from '../lib/rng.ts';
import { LagMeter } from './lag-meter.ts';

const NOW = 1_772_461_800_000_000;

describe('LagMeter', () => {
  it('FEED44 reads quantiles within a tenth of the exact ones, and the exact extremes', () => {
    const seed = 3;
    const rng = createRng(seed);
    const meter = new LagMeter();
    const lags: number[] = [];
    for (let n = 0; n < 20_000; n++) {
      const lag = Math.floor(Math.exp(rng.normal() * 2 + 9));
      lags.push(lag);
      meter.add(NOW + lag, NOW);
    }
    lags.sort((a, b) => a - b);
    const reading = meter.read();
    for (const [q, got] of [
      [0.5, reading.p50Us],
      [0.99, reading.p99Us],
    ] as const) {
      const exact = lags[Math.ceil(q * lags.length) - 1] as number;
      expect(Math.abs(got / exact - 1), `seed ${seed} q ${q}`).toBeLessThan(0.1);
    }
    expect([reading.count, reading.maxUs, reading.minUs]).toEqual([20_000, lags.at(-1), lags[0]]);
  });

  it('FEED45 starts over after a reset and takes a clock that is behind', () => {
    const meter = new LagMeter();
    expect(meter.read()).toEqual({ count: 0, p50Us: NaN, p99Us: NaN, maxUs: NaN, minUs: NaN });
    meter.addLag(-5000, 3);
    expect(meter.read()).toEqual({ count: 3, p50Us: -5000, p99Us: -5000, maxUs: -5000, minUs: -5000 });
    meter.reset();
    expect(meter.read().count).toBe(0);
    meter.addLag(2 ** 60, 1);
    expect(meter.read().p99Us).toBe(2 ** 42.125);
  });
});
