/** Entry of the process a drill kills: one argument, its plan as JSON. */
import type { DrillPlan } from '../drill/drill-plan.ts';
import { warmEngineThreads } from '../kernel-host/early-threads.ts';

warmEngineThreads();
const { runDrillChild } = await import('../drill/drill-child.ts');
process.exit(await runDrillChild(JSON.parse(process.argv[2] as string) as DrillPlan));
