/** PQT: a recorded day comes out of Parquet as it went into the store; and the commands that do it. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliCommand, CliValues } from '../../cli/command.ts';
import { FailureError, UsageError } from '../../cli/command.ts';
import { exportCommand } from '../../cli/commands/export.ts';
import { tapeCommand } from '../../cli/commands/tape.ts';
import { createEventBatch, EventKind } from '../../model/event-batch.ts';
import { exportDay } from './day-export.ts';
import { openJournal } from './journal-sqlite.ts';
import { queryParquet } from './parquet.ts';
import { createSampleMarket, SAMPLE_DAY, SAMPLE_OPEN_US, temporaryFolder, writeBatch } from './store-samples.ts';
import { TapeWriter } from './tape-writer.ts';

const dataDir = temporaryFolder('export');
const outDir = path.join(dataDir, 'out');
const totals = { trades: 0, quotes: 0, volume: 0, bidSum: 0 };

beforeAll(() => {
  const writer = new TapeWriter({ dataDir, day: SAMPLE_DAY, nowUs: () => SAMPLE_OPEN_US });
  const market = createSampleMarket(1, 30);
  writer.addSymbols(Array.from({ length: 30 }, (_, i) => `P${i}`));
  writer.addSets([[1], [12, 37], [3]]);
  const batch = createEventBatch(500);
  for (let inputNo = 1; inputNo <= 40; inputNo++) {
    market.fill(batch, 500);
    for (let i = 0; i < 500; i++) {
      if (batch.kind[i] === EventKind.trade) {
        totals.trades++;
        totals.volume += batch.size[i] as number;
      } else {
        totals.quotes++;
        totals.bidSum += Math.round((batch.price[i] as number) * 100);
      }
    }
    writeBatch(writer, inputNo, batch);
  }
  writer.close();
  const opened = openJournal({ dataDir, nowUs: () => SAMPLE_OPEN_US });
  if (!opened.ok) throw new Error(opened.message);
  const kinds = ['intent', 'order', 'fill', 'decision', 'trade', 'note'] as const;
  const rows = Array.from({ length: 60 }, (_, i) => ({
    seq: i + 1,
    inputNo: i + 1,
    atUs: SAMPLE_OPEN_US + i,
    kind: kinds[i % 6] ?? 'note',
    id: `x-${i}`,
    cause: '',
    symbol: 'P1',
    bodyJson: JSON.stringify({ i, quote: "it's" }),
  }));
  opened.journal.append(SAMPLE_DAY, rows);
  // One trade is told twice more, as when commissions arrive late, and one entry was given up.
  const told = rows.find(({ kind }) => kind === 'trade');
  const more = [{ i: 4, net: 1 }, { i: 4, net: 2 }, { notEntered: 'stale' }].map((body, n) => ({
    seq: 61 + n,
    inputNo: 61 + n,
    atUs: SAMPLE_OPEN_US + 60 + n,
    kind: 'trade' as const,
    id: n < 2 ? (told?.id ?? '') : 'x-never',
    cause: '',
    symbol: 'P1',
    bodyJson: JSON.stringify(body),
  }));
  opened.journal.append(SAMPLE_DAY, more);
  opened.journal.close();
});
afterAll(() => fs.rmSync(dataDir, { recursive: true, force: true }));

async function run(command: CliCommand, values: CliValues, json = false): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await command.run(values, {
    stdout: (line) => void lines.push(line),
    stderr: (line) => void lines.push(line),
    json,
    signal: new AbortController().signal,
  });
  return { code, lines };
}

describe('export', () => {
  it('PQT1 every trade, quote, bar and record is in the files, values exact', async () => {
    const result = await exportDay({ dataDir, day: SAMPLE_DAY, outDir, tradesPerBar: 10 });
    expect(result).toMatchObject({ tapeDamage: [], journalDamage: 0 });
    const from = (name: string): string => `'${path.join(outDir, `${name}.parquet`)}'`;
    const [trades] = await queryParquet(
      `SELECT count(*)::INT AS n, sum(size) AS volume, min(time)::VARCHAR AS first, count(DISTINCT symbol)::INT AS symbols FROM ${from('trades')}`,
    );
    expect(trades).toMatchObject({ n: totals.trades, volume: totals.volume });
    expect(String(trades?.['first'])).toMatch(/^2026-03-02 14:30:00/);
    const [quotes] = await queryParquet(
      `SELECT count(*)::INT AS n, sum(round(bid * 100)) AS bids FROM ${from('quotes')}`,
    );
    expect(quotes).toEqual({ n: totals.quotes, bids: totals.bidSum });
    const [sets] = await queryParquet(`SELECT count(*)::INT AS n FROM ${from('trades')} WHERE conditions = '12,37'`);
    expect(sets?.['n']).toBeGreaterThan(100);
    // What the bars count and what they leave out is all there is.
    const [bars] = await queryParquet(
      `SELECT sum(trades + ineligible_prints)::INT AS prints, max(trades)::INT AS most FROM ${from('bars')}`,
    );
    expect(bars).toEqual({ prints: totals.trades, most: 10 });
    const [orders] = await queryParquet(
      `SELECT count(*)::INT AS n, sum((body ->> 'i')::INT)::INT AS total, max(body ->> 'quote') AS quote FROM ${from('orders')}`,
    );
    expect(orders).toEqual({
      n: 20,
      total: Array.from({ length: 60 }, (_, i) => (i % 6 < 2 ? i : 0)).reduce((a, b) => a + b),
      quote: "it's",
    });
    const counts = Object.fromEntries(result.files.map(({ name, rows }) => [name, rows]));
    // Every record is in one table, a closed trade once more as it was told last.
    expect(counts).toMatchObject({ orders: 20, fills: 10, decisions: 10, events: 23, closed_trades: 10, luld: 0 });
    const [closed] = await queryParquet(
      `SELECT count(DISTINCT id)::INT AS ids, sum((body ->> 'net')::INT)::INT AS net FROM ${from('closed_trades')}`,
    );
    expect(closed).toEqual({ ids: 10, net: 2 });
    expect(fs.readdirSync(outDir).filter((name) => name.startsWith('.export'))).toEqual([]);
  });

  it('the export command says what it wrote, and one clear sentence when it cannot', async () => {
    const { code, lines } = await run(
      exportCommand,
      { 'data-dir': dataDir, day: SAMPLE_DAY, out: path.join(dataDir, 'out2') },
      true,
    );
    expect([code, JSON.parse(lines[0] ?? '').files.length]).toEqual([0, 9]);
    await expect(run(exportCommand, { 'data-dir': dataDir, day: '2026-03-03', out: outDir })).rejects.toBeInstanceOf(
      FailureError,
    );
    await expect(run(exportCommand, { 'data-dir': dataDir, day: 'March', out: outDir })).rejects.toBeInstanceOf(
      UsageError,
    );
    await expect(
      run(exportCommand, { 'data-dir': `${dataDir}/none`, day: SAMPLE_DAY, out: outDir }),
    ).rejects.toBeInstanceOf(UsageError);
  });

  it('the tape command counts, verifies, and ends with 1 on damage', async () => {
    const stat = await run(tapeCommand, { 'data-dir': dataDir });
    expect(stat.code).toBe(0);
    expect(stat.lines[0]).toContain('40 inputs  20000 events');
    const verified = await run(tapeCommand, { 'data-dir': dataDir, day: SAMPLE_DAY, verify: true }, true);
    expect(JSON.parse(verified.lines[0] ?? '')).toMatchObject({
      day: SAMPLE_DAY,
      events: 20_000,
      decoded: { inputs: 40, events: 20_000, damage: 0 },
    });
    const file = path.join(dataDir, 'tape', SAMPLE_DAY, '000001.seg');
    const bytes = fs.readFileSync(file);
    bytes[5000] = (bytes[5000] as number) ^ 1;
    fs.writeFileSync(file, bytes);
    const damaged = await run(tapeCommand, { 'data-dir': dataDir, day: SAMPLE_DAY, verify: true });
    expect(damaged.code).toBe(1);
    expect(damaged.lines.join('\n')).toMatch(/(hole|tail): \d+ bytes/);
    await expect(run(tapeCommand, { 'data-dir': dataDir, day: '2020-01-02' })).rejects.toBeInstanceOf(FailureError);
  });
});
