/** TWIN: every difference between a recorded day and its twin has one cause of the closed list. */
import { describe, expect, it } from 'vitest';
import type { ClosedTrade } from '../../model/trade.ts';
import type { Attempt, DayTrading } from '../report/day-trading.ts';
import type { TwinCause } from './twin-causes.ts';
import { compareTwin, pairUp } from './twin-causes.ts';
import type { TwinRecording } from './twin-recording.ts';

const MINUTE = 60_000_000;
const START = 1_000 * MINUTE;

function attempt(atUs: number, changes: Partial<Attempt> = {}, trade: Partial<ClosedTrade> | null = {}): Attempt {
  const closed =
    trade === null
      ? null
      : ({
          id: `T${atUs}`,
          openedUs: atUs + 100_000,
          closedUs: atUs + MINUTE,
          shares: 100,
          averageBuy: 10_000_000,
          averageSell: 10_100_000,
          charges: 2_000_000,
          net: 8_000_000,
          exitReason: 'take-profit',
          orders: [`O${atUs}`],
          ...trade,
        } as ClosedTrade);
  return {
    signalId: `s${atUs}`,
    strategy: 'trend',
    ticker: 'AAA',
    atUs,
    code: 'fired',
    gate: '',
    tradeId: `T${atUs}`,
    notEntered: '',
    trade: closed,
    ...changes,
  };
}

const day = (attempts: readonly Attempt[], gaps: DayTrading['gaps'] = []): DayTrading => ({
  run: 'R',
  attempts,
  gaps,
  risks: [],
  notes: [],
  orders: 0,
  fills: 0,
  rejected: 0,
  unknown: 0,
});

const COUNTS = new Map([['AAA', 10]]);
const RECORDING: TwinRecording = {
  firstUs: START,
  lastUs: START + 390 * MINUTE,
  events: 10,
  eventsBySymbol: COUNTS,
  setup: [],
  acts: [],
  autoOff: [],
  missing: [],
};

function causes(
  live: readonly Attempt[],
  twin: readonly Attempt[],
  recording: Partial<TwinRecording> = {},
  gaps: DayTrading['gaps'] = [],
): readonly TwinCause[] {
  const market = { eventsBySymbol: COUNTS };
  return compareTwin(day(live, gaps), day(twin), { ...RECORDING, ...recording }, market).differences.map(
    ({ cause }) => cause,
  );
}

describe('TWIN1 pairs', () => {
  it('are the nearest signals of a strategy in a symbol, each taken once', () => {
    const [a, b] = [attempt(START), attempt(START + 3_000_000)];
    const [c, d] = [attempt(START + 2_900_000), attempt(START + 20_000_000)];
    expect(pairUp([a, b], [c, d])).toEqual([
      [a, c],
      [b, null],
      [null, d],
    ]);
    expect(pairUp([b, a], [c]).length).toBe(2);
  });

  it('that are equal are no difference', () => {
    const both = [attempt(START), attempt(START + MINUTE, { ticker: 'BBB' })];
    expect(compareTwin(day(both), day(both), RECORDING, { eventsBySymbol: COUNTS })).toEqual({
      attempts: 2,
      equal: 2,
      differences: [],
    });
  });
});

describe('TWIN2 causes', () => {
  const at = START + 60 * MINUTE;
  const one = attempt(at);

  it.each<[TwinCause, () => readonly TwinCause[]]>([
    ['not-running', () => causes([], [attempt(START - MINUTE)])],
    ['not-running', () => causes([], [attempt(START + 391 * MINUTE)])],
    ['not-recorded', () => causes([], [one], { missing: [{ fromUs: at - MINUTE, toUs: at }] })],
    [
      'gap',
      () => causes([], [one], {}, [{ id: 'g', reason: 'disconnect', startUs: at - 2 * MINUTE, endUs: at - MINUTE }]),
    ],
    ['auto-off', () => causes([attempt(at, { code: 'auto-off' }, null)], [one])],
    ['auto-off', () => causes([], [one], { autoOff: [{ fromUs: 0, toUs: at + 1 }] })],
    ['user-act', () => causes([attempt(at, { strategy: 'manual' })], [])],
    [
      'user-act',
      () =>
        causes([attempt(at, {}, { exitReason: 'manual', closedUs: at + 5_000_000 })], [one], {
          acts: [{ atUs: at + 4_000_000, name: 'flatten', about: 'AAA' }],
        }),
    ],
    ['user-act', () => causes([], [one], { acts: [{ atUs: START, name: 'setRiskLimit', about: '' }] })],
    ['other-data', () => causes([], [one], { eventsBySymbol: new Map([['AAA', 9]]) })],
    ['clock-step', () => causes([attempt(at + 7_000, {}, { openedUs: at + 110_000 })], [one])],
    ['latency', () => causes([attempt(at, {}, { openedUs: at + 400_000, averageBuy: 10_010_000 })], [one])],
    ['latency', () => causes([attempt(at, { notEntered: 'stale' }, null)], [one])],
    ['unexplained', () => causes([], [one])],
    ['unexplained', () => causes([attempt(at, { code: 'risk' }, null)], [one])],
  ])('%s', (cause, run) => {
    expect(run()).toEqual([cause]);
  });

  it('a gap that came later, or an act in another symbol, explains nothing', () => {
    const gap = { id: 'g', reason: 'disconnect', startUs: at + 5 * MINUTE, endUs: null };
    expect(causes([], [one], {}, [gap])).toEqual(['unexplained']);
    const acts = [{ atUs: at + 1, name: 'flatten', about: 'BBB' }];
    expect(causes([], [one], { acts })).toEqual(['unexplained']);
  });

  it('what an earlier difference led to follows from it', () => {
    const later = attempt(at + 10 * MINUTE);
    const off = { autoOff: [{ fromUs: 0, toUs: at + 1 }] };
    expect(causes([], [one, later], off)).toEqual(['auto-off', 'follows']);
  });
});
