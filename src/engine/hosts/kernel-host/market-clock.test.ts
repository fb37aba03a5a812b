import { describe, expect, it } from 'vitest';
import { createEventBatch } from '../../model/event-batch.ts';
import { MarketClock } from './market-clock.ts';

const WALL = 1_795_000_000_000_000;
const MARKET = 1_381_150_000_000_000;

function batchOf(...timesUs: number[]) {
  const batch = createEventBatch(8);
  batch.length = timesUs.length;
  batch.timeUs.set(timesUs);
  return batch;
}

describe('MarketClock', () => {
  it('is the wall clock when the market lives now', () => {
    const clock = new MarketClock(0, WALL);
    expect(clock.stamp(batchOf(MARKET), WALL + 5)).toBe(WALL + 5);
    expect(clock.at(WALL + 7)).toBe(WALL + 7);
    const notice = { kind: 'state', state: 'live', atUs: WALL, detail: '' } as const;
    expect(clock.notice(notice)).toBe(notice);
  });

  it('follows the events of a market at another time, goes on between them, and never back', () => {
    const clock = new MarketClock(MARKET - WALL, WALL);
    expect(clock.at(WALL + 1e6)).toBe(MARKET + 1e6);
    // Twenty times as fast as the wall clock.
    expect(clock.stamp(batchOf(MARKET + 20e6, MARKET + 19e6), WALL + 2e6)).toBe(MARKET + 20e6);
    expect(clock.at(WALL + 3e6)).toBe(MARKET + 21e6);
    expect(clock.stamp(batchOf(MARKET + 1e6), WALL + 4e6)).toBe(MARKET + 20e6);
    const gap = { kind: 'gap', id: 1, startUs: WALL + 3e6, endUs: null, reason: 'stall', framesLost: 0 } as const;
    expect(clock.notice(gap)).toEqual({ ...gap, startUs: MARKET + 19e6 });
    expect(clock.notice({ ...gap, endUs: WALL + 5e6 })).toEqual({
      ...gap,
      startUs: MARKET + 19e6,
      endUs: MARKET + 21e6,
    });
  });

  it('does not believe one damaged time, and does believe a skipped night', () => {
    const clock = new MarketClock(MARKET - WALL, WALL);
    expect(clock.stamp(batchOf(MARKET + 1e6, MARKET + 9e15, MARKET + 2e6), WALL + 1)).toBe(MARKET + 2e6);
    expect(clock.stamp(batchOf(MARKET + 9e15), WALL + 2)).toBe(MARKET + 2e6);
    expect(clock.stamp(batchOf(MARKET + 3e6), WALL + 3)).toBe(MARKET + 3e6);
    const morning = MARKET + 60_000e6;
    expect(clock.stamp(batchOf(morning), WALL + 4)).toBe(MARKET + 3e6);
    expect(clock.stamp(batchOf(morning + 1e6), WALL + 5)).toBe(morning + 1e6);
    expect(clock.stamp(batchOf(morning + 1e12, morning + 1e12 + 5), WALL + 6)).toBe(morning + 1e12);
  });
});
