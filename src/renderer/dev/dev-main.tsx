/** The development page: the whole window on a fake engine in the same page. Not part of the product. */
import { start } from '../app/start.tsx';
import { createFakeEngine } from '../link/fake-engine.ts';
import { createEngineLink } from '../link/link.ts';
import { onDisplayFrame } from '../link/open-link.ts';

const query = new URLSearchParams(location.search);
const engine = createFakeEngine({
  changesPerStep: Number(query.get('changes') ?? 1_500),
  symbols: Number(query.get('symbols') ?? 5_500),
});
const everyMs = Number(query.get('every') ?? 100);
if (everyMs > 0) engine.start(everyMs);
Object.assign(window, { fakeEngine: engine });
const host = document.getElementById('root');
if (host) start(host, createEngineLink({ connector: engine.server.connector, schedule: onDisplayFrame }));
