/** The browser host's engine process around the small test market; bundled by tests under the name `serve-engine`. */
import { runServeEngine } from '../hosts/serve-engine.ts';
import { startFakeEngine } from './fake-engine.ts';

runServeEngine(startFakeEngine);
