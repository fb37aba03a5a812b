/** Entry of the browser host's engine process, forked by `drover serve`. */
import { startEngineEarly } from '../kernel-host/engine-runtime.ts';
import { runServeEngine } from '../serve-engine.ts';

runServeEngine(startEngineEarly);
