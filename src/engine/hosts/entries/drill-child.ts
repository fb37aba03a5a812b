/** Entry of the process a drill kills: one argument, its plan as JSON. */
import { runDrillChild } from '../drill/drill-child.ts';
import type { DrillPlan } from '../drill/drill-plan.ts';

process.exit(await runDrillChild(JSON.parse(process.argv[2] as string) as DrillPlan));
