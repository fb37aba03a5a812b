/** The bench of a restart, small: what it measures must be there to be measured. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { useEngineBundle } from '../src/engine/testing/live-engine.ts';
import { measureRestore } from './restore.ts';

it('RCV5 RCV6 restores a killed day from its checkpoint and from the tape alone', { timeout: 120_000 }, async () => {
  const unbundle = await useEngineBundle('drover-restore-test');
  const dataDir = mkdtempSync(path.join(tmpdir(), 'drover-restore-'));
  try {
    const options = { events: 60_000, symbols: 200, rate: 4_000, seed: 1, starts: 1, cold: 1 };
    const { dayEvents, warm, cold } = await measureRestore(dataDir, options, () => undefined);
    expect(dayEvents).toBeGreaterThanOrEqual(60_000);
    expect(cold?.tailEvents).toBeGreaterThanOrEqual(60_000);
    expect(warm[0]?.tailEvents).toBeLessThan(cold?.tailEvents ?? 0);
    for (const one of [...warm, cold]) {
      expect(one?.positions).toBeGreaterThan(0);
      expect(one?.exitsFileMs).toBeLessThanOrEqual(one?.exitCheckMs ?? 0);
      expect(one?.peakRssBytes).toBeGreaterThan(0);
    }
  } finally {
    unbundle();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
});
