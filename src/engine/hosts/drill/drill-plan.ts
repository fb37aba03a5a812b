/** What a drill runs: a small busy market, random buying on, the same run id each time, so that every run can be compared. */
import { newYorkInstant, marketDay } from '../../sim/market/market-days.ts';
import type { EngineOptions } from '../runtime-port.ts';

export interface DrillPlan {
  readonly options: EngineOptions;
  /** Engine time at which a run is over. */
  readonly untilUs: number;
  /** Market events of one start after which it is over as well. */
  readonly untilEvents?: number;
}

const DAY = '2026-11-20';
const START = '09:28';
/** Minutes of market a run covers. */
export const DRILL_MINUTES = 12;

export function drillPlan(dataDir: string, seed: number, minutes: number = DRILL_MINUTES): DrillPlan {
  const day = marketDay(DAY);
  if (day === undefined) throw new RangeError(`${DAY} is a trading day`);
  return {
    options: {
      dataDir,
      feed: 'sim',
      broker: 'paper',
      seed,
      speed: 60,
      symbols: 400,
      rate: 4000,
      auto: true,
      simDay: DAY,
      start: START,
      strategyModes: { 'random-buy': 'enabled' },
      strategyParams: { 'random-buy': { oneIn: 12, minNotional: 10_000, meanHoldSeconds: 40, maxSpreadBps: 60 } },
      // Every second or two, so that kills fall into checkpoints and starts come from them.
      checkpoints: { everyMs: 1_500, everyEvents: 20_000, apartMs: 500 },
      runId: `DRILL${seed}`,
    },
    untilUs: newYorkInstant(day, 9 * 60 + 28 + minutes),
  };
}
