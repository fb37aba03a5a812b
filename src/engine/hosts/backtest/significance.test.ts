/** The user's own strategy in a backtest, beside random entries under the same exits and costs. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backtest } from '../../cli/commands/backtest.ts';
import { generateDay } from '../../testing/generated-day.ts';
import type { BacktestSummary } from './backtest.ts';
import type { RunFigures } from './significance.ts';
import { judgeSignificance } from './significance.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'drover-significance-'));
const strategies = path.join(folder, 'strategies');
const DAY = '2024-01-10';
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = (name: string, entry: string): string => `
import { defineStrategy, rule, stopLoss, takeProfit, timeStop, sizeDollars } from 'drover';
export default defineStrategy({
  name: '${name}', about: 'A test.', params: { hold: { default: 60, min: 1, max: 600, unit: 's', about: 'Seconds held.' } },
  universe: () => ({ minPrice: 1 }),
  sessions: [{ phase: 'regular' }], evaluateOn: 'bar', bars: { kind: 'tick', trades: 10 }, cooldownSeconds: 1,
  entry: ({ symbol, bars, chance }) => [${entry}],
  plan: ({ symbol, p }) => ({ expectedMove: symbol.ask * 0.1, confidence: 1, validForSeconds: 20, sizing: sizeDollars(1500),
    exits: [stopLoss(symbol.ask * 0.9), takeProfit(symbol.ask * 1.1), timeStop(p.hold)] }),
});`;

beforeAll(() => {
  generateDay({ dir: folder, day: DAY, symbols: ['AAA', 'BBB', 'CCC'], seed: 4, trades: 2000 });
  mkdirSync(strategies);
  writeFileSync(path.join(strategies, 'coin.ts'), source('coin', "rule('the die', chance(), '<', 0.3)"));
});

interface Ran {
  readonly code: number;
  readonly summary: BacktestSummary;
  readonly said: readonly string[];
}

async function run(
  out: string,
  values: Record<string, string | string[]>,
  signal = new AbortController().signal,
): Promise<Ran> {
  const lines: string[] = [];
  const said: string[] = [];
  const code = await backtest.run(
    { input: folder, days: DAY, 'strategies-dir': strategies, out: path.join(folder, out), ...values },
    {
      json: false,
      signal,
      stdout: (line) => void lines.push(line),
      stderr: (line) => void said.push(line),
    } as Parameters<typeof backtest.run>[1],
  );
  return { code, summary: JSON.parse(lines.at(-1) ?? '{}') as BacktestSummary, said };
}

describe('backtest of a strategy of the user', () => {
  it('leaves no figures when it is stopped before its end, not even older ones', async () => {
    const out = path.join(folder, 'stopped');
    mkdirSync(out);
    writeFileSync(path.join(out, 'summary.json'), '{"net": 1}');
    const stopped = run('stopped', { strategy: 'coin' }, AbortSignal.abort());
    await expect(stopped).rejects.toThrow(/stopped before its end/u);
    expect(readdirSync(out)).toEqual(['ledger.jsonl']);
  });

  it('runs, takes parameters, and is compared with random entries of the same kind', { timeout: 300_000 }, async () => {
    const { code, summary, said } = await run('a', { strategy: 'coin', set: ['hold=30'], significance: '1' });
    expect(code).toBe(0);
    expect(summary.signals).toBeGreaterThan(3);
    expect(summary.trades).toBeGreaterThan(2);
    expect(summary.params).toEqual({ hold: 30 });
    const { significance } = summary;
    expect(significance?.runs).toBe(1);
    // A coin of 0.3: its twins enter about as often, and not at the same instants.
    expect(significance?.chance).toBeGreaterThan(0.15);
    expect(significance?.chance).toBeLessThan(0.5);
    for (const twin of significance?.random ?? []) {
      expect(twin.trades).toBeGreaterThan(summary.trades / 4);
      expect(twin.trades).toBeLessThan(summary.trades * 4);
    }
    expect(significance?.random.map((twin) => twin.net)).not.toEqual([summary.net]);
    expect(significance?.pValue).toBeGreaterThanOrEqual(0.5);
    expect(said.at(-1)).toMatch(/runs of random entries .* p = /u);
    const trades = readFileSync(path.join(folder, 'a', 'trades.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(trades.length).toBe(summary.trades);
    expect(JSON.parse(trades[0] ?? '{}')).toMatchObject({ strategy: 'coin', version: summary.version });
  });

  it('says in one sentence what is wrong', { timeout: 300_000 }, async () => {
    await expect(run('c', { strategy: 'nobody' })).rejects.toThrow(/no strategy 'nobody'; there are .*coin/u);
    await expect(run('c', { strategy: 'coin', significance: 'many' })).rejects.toThrow('--significance wants');
    await expect(run('c', { strategy: 'coin', 'strategies-dir': path.join(folder, 'no') })).rejects.toThrow(
      'cannot read the folder',
    );
    const broken = path.join(folder, 'broken');
    mkdirSync(broken);
    writeFileSync(path.join(broken, 'bad.ts'), 'export default {{;');
    await expect(run('c', { strategy: 'coin', 'strategies-dir': broken })).rejects.toThrow(/^bad\.ts:1: /u);
    writeFileSync(path.join(broken, 'bad.ts'), source('bad', "(() => { throw new Error('no') })()"));
    await expect(run('d', { strategy: 'bad', 'strategies-dir': broken })).rejects.toThrow(
      /switched off on .*Error: no/u,
    );
  });
});

describe('judgeSignificance', () => {
  const figures = (expectancy: number | null): RunFigures => ({
    trades: expectancy === null ? 0 : 10,
    net: (expectancy ?? 0) * 10,
    expectancy,
    averageHoldSeconds: 1,
  });

  it('counts the random runs that did at least as well', () => {
    const random = [-3, -2, -1, 0, 1, 2, 3, 4, 5].map(figures);
    expect(judgeSignificance(figures(10), random, 0.1)).toMatchObject({ percentile: 100, pValue: 0.1 });
    expect(judgeSignificance(figures(-10), random, 0.1)).toMatchObject({ percentile: 0, pValue: 1 });
    // Equal is not better.
    expect(judgeSignificance(figures(3), random, 0.1)).toMatchObject({ pValue: 0.4 });
    expect(judgeSignificance(figures(null), random, 0.1)).toMatchObject({ percentile: null, pValue: null });
    // A run without trades earned nothing, which can be better than the strategy.
    expect(judgeSignificance(figures(-1), [figures(null)], 0.1).pValue).toBe(1);
    expect(judgeSignificance(figures(1), random, 0.1).randomMeanExpectancy).toBe(1);
  });
});
