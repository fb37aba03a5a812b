/** `drover bars` as people and scripts meet it: lines, exit codes, sentences. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { flatFilePath } from '../../adapters/flatfiles/flat-file-path.ts';
import { generateDay } from '../../testing/generated-day.ts';
import { HAS_SHARED_DATA, SHARED_DATA } from '../../testing/shared-data.ts';
import { slowBars, slowEvents } from '../../testing/slow-bars.ts';
import { FailureError, UsageError } from '../command.ts';
import { parseOptions } from '../main.ts';
import { barsCommand } from './bars.ts';

const dir = mkdtempSync(path.join(os.tmpdir(), 'drover-bars-cli-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const day = { dir, day: '2024-07-03', symbols: ['AAA', 'BBB'], seed: 4, trades: 800 };
const KEYS = [
  'symbol',
  'phase',
  'index',
  'openTime',
  'closeTime',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'trades',
  'vwap',
  'spreadMean',
  'quotes',
  'short',
];

async function run(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const context = {
    stdout: (line: string) => void out.push(line),
    stderr: (line: string) => void err.push(line),
    json: false,
    signal: new AbortController().signal,
  };
  const code = await barsCommand.run(parseOptions(barsCommand, args), context);
  return { code, out, err };
}

describe('drover bars', () => {
  it('prints one JSON object a bar, keys in the promised order, on a half day in summer', async () => {
    generateDay({ ...day, day: '2024-07-03' });
    const { code, out } = await run('--input', dir, '--day', day.day, '--symbol', 'AAA', '--trades', '20');
    expect(code).toBe(0);
    const bars = out.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(bars.length).toBeGreaterThan(10);
    for (const [i, bar] of bars.entries()) {
      expect(Object.keys(bar).slice(0, KEYS.length)).toEqual(KEYS);
      expect([bar['symbol'], bar['index'], Number.isInteger(bar['openTime'])]).toEqual(['AAA', i, true]);
    }
    // The half day closes at 13:00 and its late session at 17:00.
    const slow = slowBars(
      'AAA',
      slowEvents(flatFilePath(dir, 'trades', day.day), flatFilePath(dir, 'quotes', day.day), 'AAA'),
      20,
      780,
      1020,
    );
    expect(bars.map((bar) => [bar['phase'], bar['openTime'], bar['volume'], bar['spreadMean'], bar['short']])).toEqual(
      slow.bars.map((bar) => [bar.phase, bar.openTime, bar.volume, bar.spreadMean, bar.short]),
    );
  });

  it.skipIf(!HAS_SHARED_DATA)('prints a symbol without quotes with spreadMean null', async () => {
    const { out } = await run('--input', SHARED_DATA, '--day', '2013-10-07', '--symbol', 'SPY', '--trades', '5000');
    const bars = out.map((line) => JSON.parse(line) as { spreadMean: unknown; quotes: number });
    expect(bars.length).toBeGreaterThan(40);
    expect(bars.every((bar) => bar.spreadMean === null && bar.quotes === 0)).toBe(true);
  });

  it('refuses bad usage with one sentence', async () => {
    const common = ['--input', dir, '--day', day.day, '--symbol', 'AAA'];
    for (const trades of ['0', '-1', '1.5', 'x', '1e3'])
      await expect(run(...common, '--trades', trades)).rejects.toBeInstanceOf(UsageError);
    await expect(run('--input', dir, '--day', '2024-02-30', '--symbol', 'AAA')).rejects.toThrow(/not a date/);
    await expect(run('--input', dir, '--day', day.day)).rejects.toBeInstanceOf(UsageError);
    await expect(run(...common, '--day', day.day)).rejects.toBeInstanceOf(UsageError);
  });

  it('fails on a missing day and an unknown symbol with one sentence', async () => {
    await expect(run('--input', dir, '--day', '2024-07-05', '--symbol', 'AAA')).rejects.toThrow(
      /2024-07-05\.csv\.gz: there is no such file/,
    );
    await expect(run('--input', dir, '--day', day.day, '--symbol', 'aaa')).rejects.toBeInstanceOf(FailureError);
    await expect(run('--input', dir, '--day', day.day, '--symbol', 'aaa')).rejects.toThrow(/holds no symbol 'aaa'/);
  });
});
