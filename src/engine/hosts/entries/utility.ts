/** Entry of the engine's utility process under Electron. */
import { assert } from '../../lib/assert.ts';
import { startEngineEarly } from '../kernel-host/engine-runtime.ts';
import { runUtilityEngine } from '../utility-engine.ts';
import type { ParentPort } from '../utility-messages.ts';

const { parentPort } = process as { readonly parentPort?: ParentPort };
assert(parentPort !== undefined, 'this entry runs as a utility process of Electron only');
runUtilityEngine(parentPort, startEngineEarly);
