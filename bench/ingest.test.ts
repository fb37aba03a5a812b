import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { FrameMaker } from './frames.ts';
import { generate, measureIngest, run } from './ingest.ts';

const dir = mkdtempSync(path.join(os.tmpdir(), 'drover-ingest-'));
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('ingest bench', () => {
  it('counts the same events three ways and reaches the state of the reference decoder', () => {
    const result = measureIngest(generate(20_000, 3, 30), 1);
    expect(result.events).toBeGreaterThanOrEqual(20_000);
    expect(result['decoded']).toBe(result.events);
    expect(result.hash).toBe(result.referenceHash);
    expect(result['bars']).toBeGreaterThan(0);
    for (const key of ['decodePerS', 'jsonParsePerS', 'pipelinePerS', 'bytesPerTrade', 'peakRssBytes'] as const)
      expect(result[key]).toBeGreaterThan(0);
    // The hash is of the market and not of nothing: one event less is another state.
    expect(measureIngest(generate(19_000, 3, 30), 1).hash).not.toBe(result.hash);
  });

  it('reads a file, garbled lines included, and prints one object', async () => {
    const maker = new FrameMaker({ seed: 4, symbols: 50 });
    const lines = Array.from({ length: 300 }, (_, n) => (n % 50 === 7 ? maker.next().slice(0, -25) : maker.next()));
    const file = path.join(dir, 'frames.jsonl');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const print = vi.spyOn(console, 'log').mockImplementation(() => {});
    await run(['--input', file, '--json', '--runs', '1']);
    expect(print).toHaveBeenCalledTimes(1);
    const result = JSON.parse(print.mock.calls[0]?.[0] as string) as Record<string, unknown>;
    expect(result['hash']).toBe(result['referenceHash']);
    expect(result['malformed']).toBeGreaterThan(0);
    await expect(run(['--input', path.join(dir, 'none.jsonl')])).rejects.toThrow('cannot read');
  });

  it('makes the same frames from the same seed', () => {
    const bytes = (seed: number): string => Buffer.from(generate(500, seed).bytes).toString('utf8');
    expect(bytes(9)).toBe(bytes(9));
    expect(bytes(9)).not.toBe(bytes(8));
  });
});
