/** Entry of the process a drill kills: DATA_DIR SEED MINUTES. */
import { runDrillChild } from '../drill/drill-child.ts';
import { drillPlan } from '../drill/drill-plan.ts';

const [dataDir, seed, minutes] = process.argv.slice(2);
process.exit(await runDrillChild(drillPlan(dataDir as string, Number(seed), Number(minutes))));
