// npm run -s drover -- COMMAND [options]: the command line. Runs the built engine in this very process, so that signals,
// exit codes and streams are the command's own; what has to be installed or built first reports on stderr.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './lib/build-state.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { out, runScript } from './lib/project.mjs';

await runScript(async () => {
  await ensureInstalled();
  ensureBuilt(['engine']);
  const program = path.join(out, 'engine', 'drover.js');
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
});
