import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

describe('long bench', () => {
  it('runs the product for some seconds, loses nothing, and audits what it wrote', () => {
    const root = path.resolve(import.meta.dirname, '..');
    const options = { minutes: 0.05, rate: 2_000, symbols: 100, every: 1, share: 0 };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [path.join(root, 'scripts/bench.mjs'), 'long', ...args, '--json'],
      { cwd: root, encoding: 'utf8', timeout: 100_000 },
    );
    expect(status, stderr).toBe(0);
    const result = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
      readonly events: number;
      readonly dropped: number;
      readonly samples: readonly { readonly rssMb: number }[];
      readonly audit: { readonly records: number; readonly violations: number };
    };
    expect(result.events).toBeGreaterThan(100);
    expect(result.dropped).toBe(0);
    expect(result.samples.length).toBeGreaterThan(0);
    for (const { rssMb } of result.samples) expect(rssMb).toBeGreaterThan(20);
    // The configuration of the day at least.
    expect(result.audit.records).toBeGreaterThan(0);
    expect(result.audit.violations).toBe(0);
  }, 120_000);
});
