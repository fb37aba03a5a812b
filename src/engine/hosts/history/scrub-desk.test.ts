/** Looking back while the day is still being written, and what retention must leave alone. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createSampleMarket,
  SAMPLE_DAY,
  SAMPLE_OPEN_US,
  temporaryFolder,
  writeBatch,
} from '../../adapters/store/store-samples.ts';
import { writeExits } from '../../adapters/store/exits-file.ts';
import { DEFAULT_RETENTION, planRetention } from '../../adapters/store/retention.ts';
import { TapeWriter } from '../../adapters/store/tape-writer.ts';
import { createColumns } from '../../lib/columns.ts';
import { VIEW_COLUMNS } from '../../market/view-columns.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import { tidyDays } from './days.ts';
import { retentionPolicy, unreconciledDays } from './retention-settings.ts';
import { ScrubDesk } from './scrub-desk.ts';

const folders: string[] = [];
const folder = (name: string): string => {
  const made = temporaryFolder(name);
  folders.push(made);
  return made;
};
afterAll(() => folders.forEach((made) => fs.rmSync(made, { recursive: true, force: true })));

describe('looking back', () => {
  it('HIS1 gives the same market whether the day was indexed, grows, or is asked for out of order', () => {
    const dataDir = folder('scrub-desk');
    const writer = new TapeWriter({ dataDir, day: SAMPLE_DAY, nowUs: () => SAMPLE_OPEN_US });
    const symbols = 40;
    const market = createSampleMarket(3, symbols, 500);
    const batch = createEventBatch(300);
    writer.addSets([[1], [2], [3]]);
    writer.addSymbols(Array.from({ length: symbols }, (_, i) => `M${i}`));
    const stamps: number[] = [];
    const write = (from: number, to: number): void => {
      for (let inputNo = from; inputNo <= to; inputNo++) {
        market.fill(batch, 300);
        writeBatch(writer, inputNo, batch);
        stamps.push(batch.receivedUs);
      }
      writer.flush();
    };
    write(1, 60);
    const options = { dataDir, day: SAMPLE_DAY, reference: [], capacity: 256, indexer: { everyEvents: 4000 } };
    const desk = new ScrubDesk(options);
    const read = (at: ScrubDesk, us: number): number[] => {
      const { buffer } = at.at(us);
      const view = createColumns(VIEW_COLUMNS, 256, buffer);
      return [...view.last.subarray(0, symbols), ...view.volume.subarray(0, symbols)];
    };
    while (desk.follow(1000, () => 0));
    const early = read(desk, stamps[20] as number);
    write(61, 120);
    // The day has grown while it was looked at.
    while (desk.follow(1000, () => 0));
    const late = desk.at(stamps[110] as number);
    expect(late.atUs).toBe(stamps[110]);
    expect(late.eventsReplayed).toBeLessThanOrEqual(4300);
    expect(read(desk, stamps[20] as number)).toEqual(early);
    expect(early.some((value) => value > 0)).toBe(true);
    // A desk opened afterwards, in any order, agrees; an instant outside is moved to the end of the day.
    const fresh = new ScrubDesk(options);
    while (fresh.follow(1000, () => 0));
    expect(read(fresh, stamps[110] as number)).toEqual(read(desk, stamps[110] as number));
    expect(read(fresh, stamps[20] as number)).toEqual(early);
    expect(fresh.at(Number.MAX_SAFE_INTEGER).atUs).toBe(stamps.at(-1));
    desk.close();
    fresh.close();
    writer.close();
  });
});

describe('old days', () => {
  it('HIS2 leaves the current date, every recording of it, and a day with open positions alone', async () => {
    const dataDir = folder('tidy');
    const usage = {
      days: ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-20-b'].map((day) => ({
        day,
        tapeBytes: 10,
        scrubBytes: 10,
        parquetBytes: 0,
        journalRecords: 0,
      })),
      journalBytes: 0,
      checkpointBytes: 0,
      totalBytes: 0,
      freeBytes: 0,
    };
    const steps = planRetention(usage, { tapeDays: 2, scrubDays: 1, parquetDays: null }, '2026-11-20-b');
    expect(steps.filter(({ day }) => day.startsWith('2026-11-20'))).toEqual([]);
    expect(steps.filter(({ kind }) => kind === 'compact').map(({ day }) => day)).toEqual(['2026-11-18', '2026-11-17']);

    const scrub = (day: string): string => path.join(dataDir, 'scrub', day);
    for (const day of ['2026-11-17', '2026-11-18', '2026-11-20']) {
      fs.mkdirSync(scrub(day), { recursive: true });
      fs.writeFileSync(path.join(scrub(day), 'x'), 'x'.repeat(100));
    }
    const state = { books: { trades: [{ position: { held: 5 } }], orders: [] } };
    writeExits(dataDir, { day: '2026-11-18', inputNo: 1, atUs: 1, seq: 1, state });
    expect(unreconciledDays(dataDir)).toContain('2026-11-18');
    const policy = { tapeDays: 1, scrubDays: 1, parquetDays: null };
    const lines = await tidyDays({ dataDir, day: '2026-11-20', keepDays: unreconciledDays(dataDir), policy });
    expect(lines[0]?.text).toMatch(/2026-11-17: look-back files removed, 100 bytes freed/);
    expect([
      fs.existsSync(scrub('2026-11-17')),
      fs.existsSync(scrub('2026-11-18')),
      fs.existsSync(scrub('2026-11-20')),
    ]).toEqual([false, true, true]);
  });

  it('takes the policy from the settings, and the default from a damaged file', () => {
    const dataDir = folder('policy');
    const file = path.join(dataDir, 'settings.json');
    fs.writeFileSync(file, JSON.stringify({ retention: { tapeDays: 12, parquetDays: 90 } }));
    expect(retentionPolicy(dataDir)).toEqual({ ...DEFAULT_RETENTION, tapeDays: 12, parquetDays: 90 });
    fs.writeFileSync(file, '{"retention": {"tapeDays": 0');
    expect(retentionPolicy(dataDir)).toEqual(DEFAULT_RETENTION);
  });
});
