/**
 * The process that is killed in a drill: a whole engine (kernel, store and feed threads) over a simulated morning, as fast
 * as it goes, until engine time or a number of events is reached. Exits 0 then; the parent kills it before that again and
 * again. Says on its output, a JSON line each, where it stands.
 */
import { startEngine } from '../kernel-host/engine-runtime.ts';
import type { AccountValue, HealthValue, StartView } from '#protocol';
import type { DrillPlan } from './drill-plan.ts';

/** A line of the child's output. */
export interface DrillLine {
  readonly nowUs: number;
  readonly events: number;
  /** Of these in blocks of the tape, told once a second. */
  readonly storedEvents: number;
  readonly start: StartView | null;
  readonly openPositions: number;
  readonly rssBytes: number;
  readonly pauseMs: number;
  readonly pauseMaxMs: number;
}

export async function runDrillChild(plan: DrillPlan): Promise<number> {
  const engine = await startEngine(plan.options);
  let openPositions = 0;
  engine.watch('account', undefined);
  return await new Promise<number>((resolve) => {
    engine.onExit((reason) => {
      if (reason.kind === 'exit') return;
      process.stderr.write(`the drilled engine ended by itself: ${reason.message}\n`);
      resolve(1);
    });
    engine.onValue((topic, _key, value) => {
      if (topic === 'account') openPositions = (value as AccountValue).openPositions;
      if (topic !== 'health') return;
      const { nowUs, feed, memory, detail } = value as HealthValue;
      const line: DrillLine = {
        nowUs,
        events: feed.eventsTotal,
        storedEvents: detail?.store?.tapeEvents ?? 0,
        start: detail?.start ?? null,
        openPositions,
        rssBytes: memory.rssBytes,
        pauseMs: detail?.checkpoint.pauseMs ?? 0,
        pauseMaxMs: detail?.checkpoint.pauseMaxMs ?? 0,
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
      const isOver = nowUs >= plan.untilUs || feed.eventsTotal >= (plan.untilEvents ?? Infinity);
      if (isOver) void engine.stop().then(() => resolve(0));
    });
  });
}
