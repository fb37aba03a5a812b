import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDrill } from './drill.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..');

describe('kill -9 drill', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'drover-drill-test-'));
  const engine = path.join(root, 'node_modules/.cache/drover-drill-test');
  beforeAll(async () => {
    const { bundleEngine } = (await import(path.join(root, 'scripts/engine-bundle.mjs'))) as {
      bundleEngine: (outDir: string) => Promise<void>;
    };
    await bundleEngine(engine);
    process.env['DROVER_ENGINE_DIR'] = engine;
  });
  afterAll(async () => {
    delete process.env['DROVER_ENGINE_DIR'];
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  it('RST1 RCV7 loses and doubles nothing, and decides what the calm run decided', { timeout: 240_000 }, async () => {
    const report = await runDrill(folder, 3, 5, () => undefined, 4);
    expect(report).toMatchObject({ kills: 3, differences: 0, lost: 0, doubled: 0, first: null });
    // The drill saw something: orders were placed and filled in what was compared.
    expect(report.recordsCompared).toBeGreaterThan(100);
    expect(report.fills).toBeGreaterThan(3);
  });
});
