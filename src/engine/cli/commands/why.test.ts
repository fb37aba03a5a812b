/** `why` from a checkpoint answers what `why` from the beginning of the day answers. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drillPlan } from '../../hosts/drill/drill-plan.ts';
import { rulesOf } from '../../hosts/kernel-host/symbol-view.ts';
import type { EngineOptions } from '../../hosts/runtime-port.ts';
import { startLiveEngine, useEngineBundle } from '../../testing/live-engine.ts';
import { kernelAt } from './why.ts';

const DAY = '2026-11-20';
const folder = fs.mkdtempSync(path.join(tmpdir(), 'drover-why-'));
const options: EngineOptions = {
  ...drillPlan(folder, 4, 4).options,
  speed: 600,
  symbols: 80,
  rate: 1500,
  strategyParams: { 'random-buy': { oneIn: 6, minNotional: 1000, meanHoldSeconds: 30, maxSpreadBps: 60 } },
};
let restore = (): void => undefined;

beforeAll(async () => void (restore = await useEngineBundle('drover-why-test')), 60_000);
afterAll(() => {
  restore();
  fs.rmSync(folder, { recursive: true, force: true });
});

it(
  'RST2 CKP7 gives the same answer from the nearest checkpoint as from the beginning',
  { timeout: 90_000 },
  async () => {
    const stops: number[] = [];
    for (const seconds of [100, 200]) {
      const live = await startLiveEngine(options);
      const fromUs = drillPlan(folder, 4, 0).untilUs;
      await live.until('some market', () => (live.health()?.nowUs ?? 0) >= fromUs + seconds * 1e6, 60_000);
      stops.push(live.health()?.nowUs ?? 0);
      await live.stop();
    }
    // The first run left an anchor, the second the newest checkpoint; asked about are instants after either.
    for (const atUs of [(stops[0] as number) + 20_000_000, (stops[1] as number) + 1_000_000]) {
      const quick = kernelAt(folder, DAY, atUs);
      const slow = kernelAt(folder, DAY, atUs, false);
      expect(quick.inputs).toBeLessThan(slow.inputs);
      expect(quick.kernel.inputNo).toBe(slow.kernel.inputNo);
      let judged = 0;
      for (const name of slow.kernel.symbols.names) {
        const [a, b] = [quick.kernel.symbols.get(name) ?? -1, slow.kernel.symbols.get(name) ?? -1];
        expect(rulesOf(quick.kernel, a), name).toEqual(rulesOf(slow.kernel, b));
        expect(quick.outcomes.of(name), name).toEqual(slow.outcomes.of(name));
        judged += rulesOf(slow.kernel, b).length;
      }
      expect(judged).toBeGreaterThan(20);
      expect([...slow.outcomes.counts.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);
      expect(Object.fromEntries(quick.outcomes.counts)).toEqual(Object.fromEntries(slow.outcomes.counts));
    }
  },
);
