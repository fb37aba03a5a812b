/** RET: old days become Parquet and then go, never the current one, never before they were counted. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createEventBatch } from '../../model/event-batch.ts';
import { queryParquet } from './parquet.ts';
import { applyRetention, dataUsage, planRetention } from './retention.ts';
import { createSampleMarket, SAMPLE_OPEN_US, temporaryFolder, writeBatch } from './store-samples.ts';
import { TapeWriter } from './tape-writer.ts';

const dataDir = temporaryFolder('retention');
afterAll(() => fs.rmSync(dataDir, { recursive: true, force: true }));
const DAYS = ['2026-02-26', '2026-02-27', '2026-03-02', '2026-03-03'];

function recordDay(day: string): void {
  const writer = new TapeWriter({ dataDir, day, nowUs: () => SAMPLE_OPEN_US });
  const market = createSampleMarket(1, 10);
  writer.addSymbols(Array.from({ length: 10 }, (_, i) => `R${i}`));
  writer.addSets([[1], [2], [3]]);
  const batch = createEventBatch(400);
  for (let inputNo = 1; inputNo <= 10; inputNo++) {
    market.fill(batch, 400);
    writeBatch(writer, inputNo, batch);
  }
  writer.close();
}

describe('retention', () => {
  it('RET1 RET2 RET3 keeps the newest days, compacts the others, and says what it freed', async () => {
    for (const day of DAYS) recordDay(day);
    const before = dataUsage(dataDir);
    expect(before.days.map(({ day, tapeBytes }) => [day, tapeBytes > 1000])).toEqual(DAYS.map((day) => [day, true]));
    const policy = { tapeDays: 2, scrubDays: 2, parquetDays: null };
    const steps = planRetention(before, policy, '2026-03-03');
    expect(steps.map(({ kind, day }) => `${kind} ${day}`)).toEqual(['compact 2026-02-27', 'compact 2026-02-26']);
    expect(planRetention(before, { ...policy, tapeDays: 0 }, '2026-03-03').map(({ day }) => day)).not.toContain(
      '2026-03-03',
    );
    const done = await applyRetention(dataDir, steps);
    expect(done.map(({ ok, message }) => [ok, message])).toEqual([
      [true, ''],
      [true, ''],
    ]);
    const after = dataUsage(dataDir);
    expect(after.days.map(({ day, tapeBytes, parquetBytes }) => [day, tapeBytes > 0, parquetBytes > 0])).toEqual([
      ['2026-02-26', false, true],
      ['2026-02-27', false, true],
      ['2026-03-02', true, false],
      ['2026-03-03', true, false],
    ]);
    const folder = path.join(dataDir, 'parquet', '2026-02-26');
    const [rows] = await queryParquet(
      `SELECT (SELECT count(*) FROM '${folder}/trades.parquet')::INT + (SELECT count(*) FROM '${folder}/quotes.parquet')::INT AS n`,
    );
    expect(rows).toEqual({ n: 4000 });
    const removal = planRetention(after, { ...policy, parquetDays: 3 }, '2026-03-03');
    expect(removal.map(({ kind, day }) => `${kind} ${day}`)).toEqual(['remove-parquet 2026-02-26']);
    await applyRetention(dataDir, removal);
    expect(fs.existsSync(folder)).toBe(false);
  });

  it('RET4 a tape that cannot be turned into Parquet stays', async () => {
    const aborted = AbortSignal.abort();
    expect(await applyRetention(dataDir, [{ kind: 'compact', day: '2026-03-02', bytes: 1 }], aborted)).toEqual([]);
    fs.rmSync(path.join(dataDir, 'parquet'), { recursive: true });
    fs.writeFileSync(path.join(dataDir, 'parquet'), 'a file where the folder should be');
    const done = await applyRetention(dataDir, [{ kind: 'compact', day: '2026-03-02', bytes: 1 }]);
    expect(done[0]?.ok).toBe(false);
    expect(dataUsage(dataDir).days.find(({ day }) => day === '2026-03-02')?.tapeBytes).toBeGreaterThan(1000);
  });
});
