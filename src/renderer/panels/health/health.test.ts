/** Health in words, and gaps on the day strip. */
import { describe, expect, it } from 'vitest';
import type { HealthValue } from '#protocol';
import { createHealthHistory, HISTORY_SAMPLES } from '../../stores/health-history.ts';
import type { HealthState } from '../../stores/topic-stores.ts';
import { gapTotalUs, stripGaps, stripShare } from './day-strip.ts';
import { healthAlarms, positionsMeaning } from './health-words.ts';

/** 2026-11-20 12:00 New York, in winter time. */
const NOON_US = Date.UTC(2026, 10, 20, 17) * 1000;
const HOUR_US = 3_600e6;
const gap = (startUs: number, endUs: number | null) => ({ startUs, endUs, reason: 'disconnect', framesLost: 0 });

describe('day strip', () => {
  it('puts 04:00 left, 20:00 right and noon in the middle', () => {
    expect(stripShare(NOON_US - 8 * HOUR_US, NOON_US)).toBeCloseTo(0, 9);
    expect(stripShare(NOON_US, NOON_US)).toBeCloseTo(0.5, 9);
    expect(stripShare(NOON_US + 8 * HOUR_US, NOON_US)).toBeCloseTo(1, 9);
  });

  it('keeps the shortest gap visible, leaves other days out, and lets an open gap reach to now', () => {
    const found = stripGaps(
      [
        gap(NOON_US - 30 * HOUR_US, NOON_US - 29 * HOUR_US),
        gap(NOON_US - HOUR_US, NOON_US - HOUR_US + 1e5),
        gap(NOON_US - 4 * HOUR_US, null),
      ],
      NOON_US,
    );
    expect(found).toHaveLength(2);
    expect((found[0]?.to ?? 0) - (found[0]?.from ?? 0)).toBeCloseTo(0.003, 9);
    expect(found[1]).toMatchObject({ from: 0.25, to: 0.5 });
  });

  it('adds up what was missed', () => {
    expect(gapTotalUs([gap(0, 5), gap(10, null)], 30)).toBe(25);
  });
});

const well: HealthValue = {
  nowUs: NOON_US,
  phase: 'regular',
  phaseEndsUs: null,
  engineState: 'running',
  feed: {
    name: 'sim',
    state: 'live',
    detail: '',
    eventsPerSecond: 1,
    eventsTotal: 1,
    lagMs: 1,
    lagMaxMs: 1,
    gaps: 0,
    openGap: false,
    dropped: 0,
    badEvents: 0,
    ringUsed: 0,
    alarm: '',
  },
  kernel: { load: 0.1, inputNo: 1, laneP50Us: 1, laneP99Us: 1, queue: 0 },
  memory: { rssBytes: 1, heapBytes: 1 },
  symbols: 1,
  isAuto: true,
  broker: { name: 'paper', account: 'P', isLive: false, state: 'ready' },
  clients: 1,
};

describe('health in words', () => {
  it('is silent when all is well', () => {
    expect(healthAlarms(well)).toEqual([]);
    expect(positionsMeaning(well, 3)).toContain('every exit is watched');
  });

  it('names each trouble, danger first', () => {
    const sick: HealthValue = {
      ...well,
      feed: { ...well.feed, name: 'massive', openGap: true, dropped: 2 },
      kernel: { ...well.kernel, load: 0.95 },
      broker: { ...well.broker, state: 'disconnected' },
      detail: {
        lag: null,
        gaps: [],
        gc: { pauses: 1, totalMs: 1, maxMs: 1, lastMinuteMs: 2_000 },
        store: { tapeBytes: 1, tapeEvents: 1, freeBytes: 1e8, commits: 1, records: 1, tape: 'ok', journal: 'full' },
        checkpoint: { atUs: null, pauseMs: 0, pauseMaxMs: 900 },
      },
    };
    const alarms = healthAlarms(sick);
    expect(alarms.map(({ tone }) => tone)).toEqual([
      ...Array<string>(4).fill('danger'),
      ...Array<string>(4).fill('warn'),
    ]);
    expect(alarms.map(({ title }) => title).join('; ')).toContain('95 MB of disk are left');
  });

  it('does not blame a simulation for running as fast as the machine allows', () => {
    const busy = { ...well, feed: { ...well.feed, ringUsed: 0.95 }, kernel: { ...well.kernel, load: 0.97 } };
    expect(healthAlarms(busy)).toEqual([]);
    expect(healthAlarms({ ...busy, feed: { ...busy.feed, name: 'massive' } })).toHaveLength(2);
  });

  it('says what each trouble means for what is open', () => {
    expect(positionsMeaning({ ...well, feed: { ...well.feed, openGap: true } }, 1)).toMatch(
      /^1 open position\. .*blind/,
    );
    expect(positionsMeaning({ ...well, broker: { ...well.broker, state: 'disconnected' } }, 2)).toContain(
      'no order can be sent',
    );
  });
});

describe('health history', () => {
  it('keeps one sample a second and a bounded number of them', () => {
    let tell: (state: HealthState) => void = () => undefined;
    const history = createHealthHistory({
      subscribe: (listener) => {
        tell = (state) => listener(state, state);
        return () => undefined;
      },
    });
    for (let ms = 0; ms < (HISTORY_SAMPLES + 50) * 1_000; ms += 200) tell({ value: well, receivedMs: ms });
    expect(history.read()).toHaveLength(HISTORY_SAMPLES);
  });
});
