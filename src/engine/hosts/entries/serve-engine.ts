/** Entry of the browser host's engine process, forked by `drover serve`. */
import { warmEngineThreads } from '../kernel-host/early-threads.ts';

// First of all, and everything else behind it: the threads load their code beside this one.
warmEngineThreads();
const { startEngineEarly } = await import('../kernel-host/engine-runtime.ts');
const { runServeEngine } = await import('../serve-engine.ts');
runServeEngine(startEngineEarly);
