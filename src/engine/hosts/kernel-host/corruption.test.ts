/** Damaged files and a whole engine: it comes up, says what was lost, and trades on (docs/specs/recovery.md). */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PositionRow } from '#protocol';
import { createRng } from '../../lib/rng.ts';
import type { JournalBooks } from '../../testing/journal-books.ts';
import { readBooks } from '../../testing/journal-books.ts';
import type { LiveEngine } from '../../testing/live-engine.ts';
import { snapshotFolder, startLiveEngine, useEngineBundle } from '../../testing/live-engine.ts';
import { drillPlan } from '../drill/drill-plan.ts';
import type { EngineOptions } from '../runtime-port.ts';

const SEED = Number(process.env['DROVER_TEST_SEED'] ?? 11);
const DAY = '2026-11-20';
const MINUTES = 4;
/** Engine time a restarted engine is watched for. */
const AFTER_US = 45_000_000;
const rng = createRng(`corruption/${SEED}`);

const optionsFor = (dataDir: string): EngineOptions => ({
  ...drillPlan(dataDir, SEED, MINUTES).options,
  speed: 600,
  symbols: 120,
  rate: 1500,
  strategyParams: { 'random-buy': { oneIn: 6, minNotional: 1000, meanHoldSeconds: 30, maxSpreadBps: 60 } },
});
const cleanTmp = fs.mkdtempSync(path.join(tmpdir(), 'drover-corruption-'));
const base = path.join(cleanTmp, 'base');

const idsOf = ({ intents }: JournalBooks): string[] => intents.map(({ id }) => id);
const booksOf = (dataDir: string): JournalBooks => readBooks(dataDir, `DRILL${SEED}`);

function positionsOf(live: LiveEngine): Map<string, number> {
  const held = new Map<string, number>();
  for (const row of live.value('positions') as readonly PositionRow[])
    held.set(row.symbol, (held.get(row.symbol) ?? 0) + row.quantity);
  return held;
}

const segments = (dir: string): string[] => {
  const folder = path.join(dir, 'tape', DAY);
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.seg'))
    .toSorted()
    .map((name) => path.join(folder, name));
};
const dropCheckpoints = (dir: string): void =>
  fs.rmSync(path.join(dir, 'checkpoints'), { recursive: true, force: true });

function cut(file: string, share: number): void {
  fs.truncateSync(file, Math.floor(fs.statSync(file).size * share));
}

/** Flips `count` bytes between two shares of the file. */
function flip(file: string, count: number, from = 0, to = 1): void {
  const bytes = fs.readFileSync(file);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(bytes.length * (from + rng.next() * (to - from)));
    bytes[at] = (bytes[at] as number) ^ (1 + rng.below(255));
  }
  fs.writeFileSync(file, bytes);
}

interface Case {
  readonly name: string;
  readonly damage: (dir: string) => void;
  /** What the console must say. */
  readonly says: RegExp;
  /** Where the truth about positions is after the damage. */
  readonly truth: 'undamaged journal' | 'none';
}

const CASES: readonly Case[] = [
  {
    name: 'tape without its end, no checkpoints',
    damage: (dir) => {
      dropCheckpoints(dir);
      cut(segments(dir).at(-1) as string, 0.5 + rng.next() * 0.3);
    },
    says: /tape lost its end; \d+ journal records behind it were taken over/,
    truth: 'undamaged journal',
  },
  {
    name: 'tape flipped in the middle, no checkpoints',
    damage: (dir) => {
      dropCheckpoints(dir);
      flip(segments(dir)[0] as string, 6, 0.3, 0.6);
    },
    says: /the tape lacks inputs from number \d+ on; \d+ journal records/,
    truth: 'undamaged journal',
  },
  {
    name: 'tape without its beginning, no checkpoints',
    damage: (dir) => {
      dropCheckpoints(dir);
      flip(segments(dir)[0] as string, 200, 0, 0.02);
    },
    says: /tape lacks inputs/,
    truth: 'undamaged journal',
  },
  {
    name: 'newest checkpoint flipped',
    damage: (dir) => {
      const folder = path.join(dir, 'checkpoints');
      // Beside them may lie the folder of those kept for questions about the past.
      const files = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
      flip(
        path.join(
          folder,
          files
            .map(({ name }) => name)
            .toSorted()
            .at(-1) as string,
        ),
        4,
      );
    },
    says: /checkpoint .* was passed over/,
    truth: 'undamaged journal',
  },
  {
    name: 'journal flipped',
    damage: (dir) => flip(path.join(dir, 'journal/drover.sqlite'), 12, 0.1, 0.9),
    says: /journal was damaged/,
    truth: 'undamaged journal',
  },
  {
    name: 'journal without its end',
    damage: (dir) => cut(path.join(dir, 'journal/drover.sqlite'), 0.6),
    says: /journal was damaged/,
    truth: 'undamaged journal',
  },
  {
    name: 'journal and tape without their ends, no checkpoints: the exits file knows',
    damage: (dir) => {
      dropCheckpoints(dir);
      cut(path.join(dir, 'journal/drover.sqlite'), 0.5);
      cut(segments(dir).at(-1) as string, 0.4);
    },
    says: /open positions newer than the journal were taken from the exits file/,
    truth: 'undamaged journal',
  },
  {
    name: 'exits file flipped',
    damage: (dir) => flip(path.join(dir, 'exits.json'), 3),
    says: /exits\.json is damaged/,
    truth: 'undamaged journal',
  },
  {
    name: 'everything of the day but the exits file',
    damage: (dir) => {
      dropCheckpoints(dir);
      for (const file of segments(dir)) cut(file, 0.001);
      fs.writeFileSync(path.join(dir, 'journal/drover.sqlite'), 'not a database');
    },
    says: /journal was damaged|taken from the exits file/,
    truth: 'none',
  },
  {
    name: 'simulated market snapshot flipped',
    damage: (dir) => {
      const folder = path.join(dir, 'sim');
      for (const name of fs.readdirSync(folder)) flip(path.join(folder, name), 3);
    },
    says: /snapshot of the simulated market .* is damaged/,
    truth: 'undamaged journal',
  },
];

describe(`damaged files, seed ${SEED}`, () => {
  let restore = (): void => undefined;
  let before: JournalBooks;
  beforeAll(async () => {
    restore = await useEngineBundle('drover-corruption-test');
    const live = await startLiveEngine(optionsFor(base));
    const endUs = drillPlan(base, SEED, MINUTES).untilUs;
    await live.until('the morning to pass', () => (live.health()?.nowUs ?? 0) >= endUs, 180_000);
    await live.stop();
    before = booksOf(base);
  }, 180_000);
  afterAll(async () => {
    restore();
    await fs.promises.rm(cleanTmp, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  it('has a day worth damaging', () => {
    expect(before.intents.length).toBeGreaterThan(10);
    expect(Object.keys(before.held).length).toBeGreaterThan(0);
    expect(fs.existsSync(path.join(base, 'exits.json'))).toBe(true);
  });

  it.each(CASES)('$name', { timeout: 180_000 }, async ({ damage, says, truth, name }) => {
    const dir = snapshotFolder(base, path.join(cleanTmp, `case-${CASES.findIndex((one) => one.name === name)}`));
    damage(dir);
    const live = await startLiveEngine({ ...optionsFor(dir), auto: false });
    live.engine.watch('positions', undefined);
    await live.until('positions', () => live.value('positions') !== undefined && live.health() !== undefined);
    const first = positionsOf(live);
    await live
      .until('the report', () => says.test(live.text()), 30_000)
      .catch(() => {
        throw new Error(`nothing like ${String(says)} was said:\n${live.text()}`);
      });
    // Nothing that the books know is forgotten. A tick of market may have passed, in which an exit sells.
    const known = truth === 'none' ? {} : before.held;
    const missing = Object.entries(known).filter(([symbol, shares]) => first.get(symbol) !== shares);
    // What was sold is on the screen a moment before it is in the journal.
    const isExplained = (): boolean => {
      const fresh = [...booksOf(dir).executions]
        .filter(([id]) => !before.executions.has(id))
        .map(([, symbol]) => symbol);
      return missing.every(([symbol]) => fresh.includes(symbol));
    };
    if (missing.length > 0)
      await live.until('fills', isExplained).catch(() => {
        throw new Error(`missing are ${JSON.stringify(missing)} of ${JSON.stringify([...first])}`);
      });
    // It trades on: exits by themselves, entries when they are switched on again.
    const fromUs = live.health()?.nowUs ?? 0;
    await live.engine.command('setAuto', { on: true });
    await live.until('trading to go on', () => (live.health()?.nowUs ?? 0) > fromUs + AFTER_US, 180_000);
    await live.stop();
    const after = booksOf(dir);
    const ids = idsOf(after);
    expect(new Set(ids).size, 'order ids given twice').toBe(ids.length);
    for (const id of ids.slice(0, 3)) expect(id).toMatch(/-O/);
    const fresh = ids.filter((id) => !idsOf(before).includes(id));
    expect(fresh.length).toBeGreaterThan(0);
    for (const shares of Object.values(after.held)) expect(shares).toBeGreaterThan(0);
  });
});
