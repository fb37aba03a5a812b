/**
 * Any file, any place: random flips and cuts in every kind of file of the data folder, also of one that was cut off in the
 * middle of its work. Each ends in a report and an engine that trades (docs/specs/recovery.md). DROVER_CORRUPTION_RUNS makes
 * it long, DROVER_TEST_SEED makes it another.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PositionRow } from '#protocol';
import { createRng } from '../../lib/rng.ts';
import type { JournalBooks } from '../../testing/journal-books.ts';
import { readBooks } from '../../testing/journal-books.ts';
import type { LiveEngine } from '../../testing/live-engine.ts';
import { snapshotFolder, snapshotLiving, startLiveEngine, useEngineBundle } from '../../testing/live-engine.ts';
import { drillPlan } from '../drill/drill-plan.ts';
import type { EngineOptions } from '../runtime-port.ts';

const SEED = Number(process.env['DROVER_TEST_SEED'] ?? 21);
const RUNS = Number(process.env['DROVER_CORRUPTION_RUNS'] ?? 2);
const MINUTES = 4;
const rng = createRng(`corruption-any/${SEED}`);
const tmp = fs.mkdtempSync(path.join(tmpdir(), 'drover-corruption-any-'));

const optionsFor = (dataDir: string, auto: boolean): EngineOptions => ({
  ...drillPlan(dataDir, SEED, MINUTES).options,
  speed: 600,
  symbols: 80,
  rate: 1200,
  auto,
  strategyParams: { 'random-buy': { oneIn: 6, minNotional: 1000, meanHoldSeconds: 40, maxSpreadBps: 60 } },
});

/** Kinds of files by what their names look like, relative to the data folder. */
const KINDS: Readonly<Record<string, RegExp>> = {
  'tape front': /^tape\/.*\/front-[01]$/,
  tape: /^tape\/.*\.seg$/,
  checkpoint: /^checkpoints\/[^/]*\.ckpt$/,
  anchor: /^checkpoints\/anchors\//,
  exits: /^exits\.json$/,
  'exits before': /^exits\.previous\.json$/,
  journal: /^journal\/drover\.sqlite$/,
  'journal log': /^journal\/drover\.sqlite-wal$/,
  'journal index': /^journal\/drover\.sqlite-shm$/,
  watermark: /^journal\/committed$/,
  'market snapshot': /^sim\//,
  settings: /^settings\.json$/,
  lock: /^store\.lock$/,
  strategy: /^strategies\//,
};

function filesOf(dir: string): string[] {
  return fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .toSorted();
}

/** Damages one file; says what it did. */
function damage(dir: string): { kind: string; said: string } {
  const files = filesOf(dir);
  const kinds = Object.keys(KINDS).filter((kind) => files.some((file) => KINDS[kind]?.test(file)));
  const kind = kinds[rng.below(kinds.length)] as string;
  const candidates = files.filter((file) => KINDS[kind]?.test(file));
  const name = candidates[rng.below(candidates.length)] as string;
  const file = path.join(dir, name);
  // Not through a second name of the same file.
  const bytes = fs.readFileSync(file);
  fs.rmSync(file);
  if (rng.below(3) === 0) {
    const length = Math.floor(bytes.length * rng.next());
    fs.writeFileSync(file, bytes.subarray(0, length));
    return { kind, said: `${name} cut to ${length} of ${bytes.length} bytes` };
  }
  const flips = 1 + rng.below(4);
  const places: number[] = [];
  for (let n = 0; n < flips && bytes.length > 0; n++) {
    const at = rng.below(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 + rng.below(255));
    places.push(at);
  }
  fs.writeFileSync(file, bytes);
  return { kind, said: `${name} flipped at ${places.join(', ')} of ${bytes.length}` };
}

const idsOf = ({ intents }: JournalBooks): string[] => intents.map(({ day, id }) => `${day} ${id}`);
const booksOf = (dataDir: string): JournalBooks => readBooks(dataDir, `DRILL${SEED}`);

function positionsOf(live: LiveEngine): Record<string, number> {
  const held: Record<string, number> = {};
  for (const row of (live.value('positions') ?? []) as readonly PositionRow[])
    if (!row.isShadow) held[row.symbol] = (held[row.symbol] ?? 0) + row.quantity;
  return held;
}

/** What a start says about damage. */
const REPORT = /damaged|passed over|lacks|lost|cannot be read|not whole|wrong|salvag/;

describe(`damage anywhere, seed ${SEED}`, () => {
  let restore = (): void => undefined;
  const bases = [path.join(tmp, 'stopped'), path.join(tmp, 'torn')] as const;
  beforeAll(async () => {
    restore = await useEngineBundle('drover-corruption-any-test');
    fs.mkdirSync(bases[0], { recursive: true });
    fs.writeFileSync(path.join(bases[0], 'settings.json'), '{"retention":{"tapeDays":5}}\n');
    const live = await startLiveEngine(optionsFor(bases[0], true));
    const { untilUs } = drillPlan(bases[0], SEED, MINUTES);
    await live.until('half of it', () => (live.health()?.nowUs ?? 0) >= untilUs - 60_000_000, 180_000);
    snapshotLiving(bases[0], bases[1]);
    await live.until('the rest', () => (live.health()?.nowUs ?? 0) >= untilUs, 180_000);
    await live.stop();
  }, 120_000);
  afterAll(async () => {
    restore();
    await fs.promises.rm(tmp, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  it.each(Array.from({ length: RUNS }, (_, n) => n))('run %i', { timeout: 240_000 }, async (n) => {
    const base = bases[n % 2] as string;
    const intact = booksOf(snapshotFolder(base, path.join(tmp, 'look')));
    const dir = snapshotFolder(base, path.join(tmp, `run-${n}`));
    const { kind, said } = damage(dir);
    const live = await startLiveEngine(optionsFor(dir, false));
    live.engine.watch('positions', undefined);
    await live.until(said, () => live.health()?.engineState === 'running' && live.value('positions') !== undefined);
    // The exits may have sold since, and what was decided before may have been bought; what appeared from nowhere, or is more
    // than that, would be wrong without a word.
    const isSilent = !REPORT.test(live.text());
    const now = positionsOf(live);
    if (isSilent) {
      for (const [symbol, shares] of Object.entries(now))
        expect(shares, `${kind}: ${said}\n${live.text()}`).toBeLessThanOrEqual(
          (intact.held[symbol] ?? 0) + (intact.coming[symbol] ?? 0),
        );
    }
    const fromUs = live.health()?.nowUs ?? 0;
    await live.engine.command('setAuto', { on: true });
    await live.until(`trading after ${said}`, () => (live.health()?.nowUs ?? 0) > fromUs + 40_000_000, 120_000);
    await live.stop();
    const after = booksOf(dir);
    const ids = idsOf(after);
    expect(new Set(ids).size, `${said}: order ids given twice`).toBe(ids.length);
    const fresh = ids.filter((id) => !idsOf(intact).includes(id));
    expect(fresh.length, `${said}: nothing was traded\n${live.text()}`).toBeGreaterThan(0);
    for (const [symbol, shares] of Object.entries(after.held))
      expect(shares, `${said}: ${symbol} short`).toBeGreaterThan(0);
    await fs.promises.rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
});
