/** What the health board keeps and says: gaps by id, lag by window, alarms by the hour. */
import { describe, expect, it } from 'vitest';
import { GAPS_TOLD } from '#protocol';
import { PHASE_CODE } from '../../market/view-columns.ts';
import type { Checkpoints } from './checkpoints.ts';
import { HealthBoard } from './health-board.ts';
import { PauseMeter } from './pause-meter.ts';

const CHECKPOINTS = { writtenUs: 7, pauseMs: 3, pauseMaxMs: 9 } as Checkpoints;

describe('health board', () => {
  it('tells a gap once, open and then with its end, and keeps the newest', () => {
    const board = new HealthBoard(0);
    const gap = (id: number, endUs: number | null): void =>
      board.notice({ kind: 'gap', id, startUs: id, endUs, reason: 'disconnect', framesLost: 0 });
    gap(1, null);
    expect(board.detail(0, new PauseMeter(), CHECKPOINTS).gaps).toEqual([
      { startUs: 1, endUs: null, reason: 'disconnect', framesLost: 0 },
    ]);
    gap(1, 50);
    expect(board.detail(0, new PauseMeter(), CHECKPOINTS).gaps.map(({ endUs }) => endUs)).toEqual([50]);
    for (let id = 2; id <= GAPS_TOLD + 5; id++) gap(id, id + 1);
    const { gaps } = board.detail(0, new PauseMeter(), CHECKPOINTS);
    expect(gaps).toHaveLength(GAPS_TOLD);
    expect(gaps.at(-1)?.startUs).toBe(GAPS_TOLD + 5);
  });

  it('reports the lag of the last whole window', () => {
    const board = new HealthBoard(0);
    for (let i = 1; i <= 100; i++) board.lag(1_000_000 + i * 1_000, 1_000_000);
    const lag = board.detail(10_000, new PauseMeter(), CHECKPOINTS).lag;
    expect(lag?.maxUs).toBe(100_000);
    expect(lag?.p50Us).toBeGreaterThan(45_000);
    expect(lag?.p50Us).toBeLessThan(60_000);
    expect(board.detail(20_000, new PauseMeter(), CHECKPOINTS).lag).toBeNull();
  });

  it('is silent about silence at night and says so in the session', () => {
    const board = new HealthBoard(0);
    board.notice({ kind: 'state', state: 'live', atUs: 0, detail: '' });
    expect(board.alarm(PHASE_CODE.closed, 60e6, 1)).toBe('');
    expect(board.alarm(PHASE_CODE.regular, 60e6, 59e6)).toBe('');
    expect(board.alarm(PHASE_CODE.regular, 60e6, 10e6)).toBe('No market data for 50 s.');
  });

  it('says what is wrong with the store', () => {
    const board = new HealthBoard(0);
    expect(board.detail(0, new PauseMeter(), CHECKPOINTS).store).toBeNull();
    expect(board.detail(0, new PauseMeter(), CHECKPOINTS).checkpoint).toEqual({ atUs: 7, pauseMs: 3, pauseMaxMs: 9 });
  });
});

describe('pause meter', () => {
  it('adds up all, and apart those of the last minute', () => {
    const meter = new PauseMeter();
    meter.add(0, 5);
    meter.add(50_000, 2);
    expect(meter.read(59_000)).toEqual({ pauses: 2, totalMs: 7, maxMs: 5, lastMinuteMs: 7 });
    expect(meter.read(100_000)).toEqual({ pauses: 2, totalMs: 7, maxMs: 5, lastMinuteMs: 2 });
  });

  it('hears of real pauses', async () => {
    const meter = new PauseMeter();
    const leave = meter.observe();
    const kept: object[][] = [];
    while (meter.read(0).pauses === 0) {
      for (let i = 0; i < 200_000; i++) kept[i % 500] = [{ i }];
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    leave();
    expect(meter.read(0).totalMs).toBeGreaterThan(0);
  });
});
