/**
 * The process that is killed in a drill: a whole engine (kernel, store and feed threads) over a simulated morning, as fast
 * as it goes, until engine time reaches the end. Exits 0 then; the parent kills it before that again and again.
 */
import { startEngine } from '../kernel-host/engine-runtime.ts';
import type { HealthValue } from '#protocol';
import type { DrillPlan } from './drill-plan.ts';

export async function runDrillChild(plan: DrillPlan): Promise<number> {
  const engine = await startEngine(plan.options);
  return await new Promise<number>((resolve) => {
    engine.onExit((reason) => {
      if (reason.kind === 'exit') return;
      process.stderr.write(`the drilled engine ended by itself: ${reason.message}\n`);
      resolve(1);
    });
    engine.onValue((topic, _key, value) => {
      if (topic !== 'health') return;
      const { nowUs } = value as HealthValue;
      process.stdout.write(`${nowUs}\n`);
      if (nowUs >= plan.untilUs) void engine.stop().then(() => resolve(0));
    });
  });
}
