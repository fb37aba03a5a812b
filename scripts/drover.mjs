// npm run -s drover -- COMMAND [options]: the command line. Runs the built engine in this very process, so that signals,
// exit codes and streams are the command's own; what has to be installed or built first reports on stderr.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './lib/build-state.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { outliveReader } from './lib/pipe.mjs';
import { out, runScript } from './lib/project.mjs';

/** They go on when nobody reads what they print any more; the others end. */
const SERVICES = ['serve', 'market', 'tws'];

await runScript(async () => {
  await ensureInstalled();
  ensureBuilt(['engine']);
  const program = path.join(out, 'engine', 'drover.js');
  process.argv[1] = program;
  outliveReader(SERVICES.includes(process.argv[2] ?? ''));
  await import(pathToFileURL(program).href);
});
