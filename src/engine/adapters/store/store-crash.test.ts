/** JRN1, GRP3, DMG3, CKP4 together: a process that writes everything at once is killed at random instants. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/rng.ts';
import { newestCheckpoint } from './checkpoint-files.ts';
import { readExits } from './exits-file.ts';
import { openJournalReader } from './journal-sqlite.ts';
import type { StoreBundle } from './store-bundle.ts';
import { bundleStore } from './store-bundle.ts';
import { SAMPLE_DAY, temporaryFolder } from './store-samples.ts';
import { foldFrontIfIdle } from './tape-fold.ts';
import { TapeReader } from './tape-reader.ts';

let bundle: StoreBundle;
beforeAll(async () => {
  bundle = await bundleStore('crash', {
    'store-worker': 'hosts/entries/store-worker.ts',
    child: 'adapters/store/store-crash-child.ts',
  });
});
afterAll(() => bundle.remove());

/** Runs the victim for a while after it is open, kills it, and returns what it had been told. */
async function runAndKill(
  dataDir: string,
  seed: number,
  afterMs: number,
): Promise<{ seq: number; inputNo: number; errors: string }> {
  const child = spawn(
    process.execPath,
    [bundle.file('child'), dataDir, SAMPLE_DAY, bundle.file('store-worker'), String(seed)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes('safe')) resolve();
    });
  });
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  await ended;
  // A line that was cut off by the kill was not told.
  const lines = output
    .slice(0, output.lastIndexOf('\n'))
    .split('\n')
    .filter((line) => line.startsWith('safe '));
  const [, seq, inputNo] = (lines.at(-1) ?? 'safe 0 0').split(' ');
  return { seq: Number(seq), inputNo: Number(inputNo), errors };
}

describe('store under kill -9', () => {
  it('loses no acknowledged record and no input before it, over restarts of the same day', async () => {
    const dataDir = temporaryFolder('crash');
    const rng = createRng(12);
    let promised = { seq: 0, inputNo: 0 };
    let safeRecords = 0;
    for (let k = 0; k < 5; k++) {
      const afterMs = 100 + rng.below(700);
      const told = await runAndKill(dataDir, k, afterMs);
      const where = `kill ${k} after ${afterMs} ms`;
      expect(told.errors, where).toBe('');
      expect(told.seq, where).toBeGreaterThan(promised.seq);
      promised = told;
      const journal = openJournalReader(dataDir);
      expect(journal?.lastSeq(SAMPLE_DAY), where).toBeGreaterThanOrEqual(promised.seq);
      expect(journal?.gaps(SAMPLE_DAY), where).toEqual([]);
      const rows = [...(journal?.read({ day: SAMPLE_DAY }) ?? [])];
      expect(journal?.damagedRows).toEqual([]);
      safeRecords = rows.length;
      const lastRecordInput = rows.at(-1)?.inputNo ?? 0;
      journal?.close();
      foldFrontIfIdle(dataDir, SAMPLE_DAY);
      const tape = new TapeReader({ dataDir, day: SAMPLE_DAY });
      let last = 0;
      for (let input = tape.next(); input !== null; input = tape.next()) {
        expect(input.inputNo, where).toBe(last + 1);
        last = input.inputNo;
      }
      tape.close();
      // Nothing is durable in the journal whose cause is not on the tape (GRP3).
      expect(last, where).toBeGreaterThanOrEqual(lastRecordInput);
      expect(last, where).toBeGreaterThanOrEqual(promised.inputNo);
      expect(
        tape.damage.filter(({ kind }) => kind !== 'tail'),
        where,
      ).toEqual([]);
      const exits = readExits(dataDir);
      expect(exits.problems, where).toEqual([]);
      if (exits.content !== null) expect(exits.content.seq, where).toBeLessThanOrEqual(safeRecords);
      const { checkpoint, rejected } = newestCheckpoint(dataDir);
      expect(rejected, where).toEqual([]);
      if (checkpoint !== null)
        expect(new Float64Array((checkpoint.section('n') ?? new Uint8Array(8)).slice().buffer)[0]).toBe(
          checkpoint.meta.inputNo,
        );
    }
    expect(safeRecords).toBeGreaterThan(20);
    fs.rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);
});
