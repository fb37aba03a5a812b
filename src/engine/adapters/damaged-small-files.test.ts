/**
 * The small files of the data folder with flipped bytes: folder lock, settings, window layouts' container, reference data. Each
 * ends in what was there, or in a told loss; never in a throw, never in something else read as if it were right.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRng } from '../lib/rng.ts';
import { LOCK_FILE, openDataFolder } from './data-folder.ts';
import { ReferenceCache } from './rest/reference-cache.ts';
import { openVersionedFile } from './versioned-file.ts';

const SEED = Number(process.env['DROVER_TEST_SEED'] ?? 31);
const rng = createRng(`small-files/${SEED}`);
const tmp = fs.mkdtempSync(path.join(tmpdir(), 'drover-small-files-'));
afterAll(() => fs.rmSync(tmp, { recursive: true, force: true }));

/** One to four bytes changed, or the end cut off. */
function damaged(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (rng.below(4) === 0) return bytes.subarray(0, rng.below(bytes.length));
  for (let n = 1 + rng.below(4); n > 0; n--) {
    const at = rng.below(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 + rng.below(255));
  }
  return bytes;
}

describe(`damaged small files, seed ${SEED}`, () => {
  it('the lock of a holder that is gone never keeps anybody out', async () => {
    const dir = path.join(tmp, 'lock');
    fs.mkdirSync(dir);
    const mark = { pid: 2 ** 22 + 1, started: 'long ago' };
    for (let n = 0; n < 25; n++) {
      fs.writeFileSync(path.join(dir, LOCK_FILE), damaged(JSON.stringify({ holder: mark, supervisor: mark })));
      const opened = await openDataFolder(dir);
      if ('code' in opened) throw new Error(`attempt ${n}: ${opened.message}`);
      opened.release();
    }
    expect(fs.existsSync(path.join(dir, LOCK_FILE))).toBe(false);
  });

  it('settings and layouts are what was chosen, or the defaults with a sentence', () => {
    const file = path.join(tmp, 'settings.json');
    const schema = z.looseObject({
      theme: z.enum(['dark', 'light']),
      panels: z.array(z.strictObject({ id: z.string() })),
    });
    const defaults = { theme: 'dark' as const, panels: [] };
    const options = { file, version: 1, schema, defaults, now: () => new Date(1_700_000_000_000) };
    openVersionedFile(options).set({ theme: 'light', panels: [{ id: 'a' }, { id: 'b' }] });
    const good = fs.readFileSync(file, 'utf8');
    let told = 0;
    for (let n = 0; n < 200; n++) {
      fs.writeFileSync(file, damaged(good));
      const opened = openVersionedFile(options);
      if (opened.problem === undefined) expect(schema.safeParse(opened.get()).success).toBe(true);
      else told++;
    }
    expect(told).toBeGreaterThan(100);
  });

  it('reference data is what the vendor said or is not there, and a damaged file is named', () => {
    const dir = path.join(tmp, 'reference');
    const rows = Array.from({ length: 40 }, (_, i) => ({ ticker: `S${i}`, close: 10 + i / 8, volume: 1000 * i }));
    new ReferenceCache(dir, 'here').write('closes', rows, 5);
    const file = path.join(dir, 'closes.json');
    const good = fs.readFileSync(file, 'utf8');
    expect(new ReferenceCache(dir, 'here').read('closes')).toEqual({ value: rows, asOfMs: 5 });
    for (let n = 0; n < 400; n++) {
      const bytes = damaged(good);
      fs.writeFileSync(file, bytes);
      const cache = new ReferenceCache(dir, 'here');
      const read = cache.read('closes');
      if (read !== null) expect(read).toEqual({ value: rows, asOfMs: 5 });
      else expect(cache.damaged, bytes.toString('latin1')).toEqual(['closes.json']);
    }
    // Another vendor's answers, or none, are no damage.
    fs.writeFileSync(file, good);
    const other = new ReferenceCache(dir, 'there');
    expect([other.read('closes'), other.read('tickers'), other.damaged]).toEqual([null, null, []]);
  });
});
