/** Entry of the engine's utility process under Electron. */
import { assert } from '../../lib/assert.ts';
import { warmEngineThreads } from '../kernel-host/early-threads.ts';
import type { ParentPort } from '../utility-messages.ts';

const { parentPort } = process as { readonly parentPort?: ParentPort };
assert(parentPort !== undefined, 'this entry runs as a utility process of Electron only');
warmEngineThreads();
const { startEngineEarly } = await import('../kernel-host/engine-runtime.ts');
const { runUtilityEngine } = await import('../utility-engine.ts');
runUtilityEngine(parentPort, startEngineEarly);
