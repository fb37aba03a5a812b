// Runs one bundled bench in a process of its own: node --expose-gc bench-runner.mjs FILE [options].
import { pathToFileURL } from 'node:url';
import { say } from './project.mjs';

const [file = '', ...args] = process.argv.slice(2);
const bench = await import(pathToFileURL(file).href);
try {
  await bench.run(args);
} catch (error) {
  const name = error instanceof Error ? error.name : '';
  if (!(error instanceof Error) || (name !== 'UsageError' && name !== 'FailureError')) throw error;
  say(`bench: ${error.message}`);
  process.exitCode = name === 'UsageError' ? 2 : 1;
}
