// npm run check: the static part of npm test.
import { ensureInstalled } from './lib/install.mjs';
import { runScript } from './lib/project.mjs';
import { STATIC_STAGES, runStages } from './lib/stages.mjs';

await runScript(async () => {
  await ensureInstalled();
  const results = await runStages(STATIC_STAGES, { ...process.env, NO_COLOR: '1' });
  process.exitCode = results.some((result) => result.failed > 0) ? 1 : 0;
});
