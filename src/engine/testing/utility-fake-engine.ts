/** Electron's engine process around the small test market; bundled by tests under the name `utility`. */
import { runUtilityEngine } from '../hosts/utility-engine.ts';
import type { ParentPort } from '../hosts/utility-messages.ts';
import { startFakeEngine } from './fake-engine.ts';

runUtilityEngine((process as unknown as { readonly parentPort: ParentPort }).parentPort, startFakeEngine);
