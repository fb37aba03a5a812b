import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

describe('socket bench', () => {
  it('carries every event from another process through worker and ring into the market state', () => {
    const root = path.resolve(import.meta.dirname, '..');
    const args = [path.join(root, 'scripts/bench.mjs'), 'socket', '--rate', '5000', '--seconds', '1.5', '--json'];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      timeout: 100_000,
    });
    expect(status, stderr).toBe(0);
    const result = JSON.parse(stdout) as Record<string, number>;
    expect(result['sent']).toBeGreaterThan(1000);
    expect(result['received']).toBe(result['sent']);
    expect(result['dropped']).toBe(0);
    expect(result['lagMsP99']).toBeGreaterThan(-1000);
  }, 120_000);
});
