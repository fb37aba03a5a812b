import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StrategyFolder } from './folder.ts';

const SOURCE = (name: string): string => `import { defineStrategy, rule, stopLoss, sizeDollars } from 'drover';
export default defineStrategy({ name: '${name}', about: 'x', params: {}, universe: () => ({}), sessions: [{ phase: 'regular' }], evaluateOn: 'bar',
  bars: { kind: 'tick', trades: 100 }, cooldownSeconds: 0, entry: () => [rule('r', 1, '>', 0)],
  plan: () => ({ expectedMove: 1, confidence: 1, validForSeconds: 1, sizing: sizeDollars(1), exits: [stopLoss(1)] }) });`;

describe('the strategy folder', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'drover-strategies-'));
  let folder: StrategyFolder | null = null;
  afterEach(() => {
    folder?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('loads what is there, then every save; a broken save keeps the version before', async () => {
    writeFileSync(path.join(path.dirname(dir), path.basename(dir), 'a.ts'), SOURCE('a'));
    writeFileSync(path.join(dir, 'notes.txt'), 'not a strategy');
    const ready: string[] = [];
    const broken: string[] = [];
    const trials: (readonly string[])[] = [];
    folder = new StrategyFolder(dir, {
      onReady: (file) => ready.push(`${file.file} ${file.hash}`),
      onTrials: (files) => trials.push(files),
      onBroken: (message) => broken.push(message),
    });
    folder.start();
    expect(ready.length).toBe(1);
    writeFileSync(path.join(dir, 'b.ts'), SOURCE('b'));
    await until(() => ready.length === 2);
    expect(ready[1]).toMatch(/^b\.ts [0-9a-f]{12}$/);
    writeFileSync(path.join(dir, 'b.ts'), `${SOURCE('b')}\nconst x = ;`);
    await until(() => broken.length === 1);
    expect(broken[0]).toMatch(/^b\.ts:5: .*the version before stays in use$/);
    expect(ready.length).toBe(2);
    writeFileSync(path.join(dir, 'b.next.ts'), SOURCE('b'));
    await until(() => ready.length === 3);
    expect(ready[2]).toMatch(/^b\.next\.ts /);
    renameSync(path.join(dir, 'b.next.ts'), path.join(dir, 'b.ts'));
    // The file of the tried version is gone; under its new name it replaces the broken one.
    await until(() => trials.length === 2 && ready.length === 4);
    expect(trials).toEqual([[], []]);
    expect(ready[3]).toMatch(/^b\.ts /);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
