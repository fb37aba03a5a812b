/**
 * LED the ledger against brute force: at random instants of a recorded market the ledger says of a symbol exactly what the
 * rules say when they are judged again from the recorded frames by other code. `DROVER_LEDGER_POINTS=1000
 * DROVER_LEDGER_MINUTES=20` for the long run.
 */
import { describe, expect, it } from 'vitest';
import { openFeed } from '../adapters/market-server/sim-feed-host.ts';
import { FrameDecoder } from '../feeds/frame-decoder.ts';
import { TEST_TICKERS } from '../feeds/test-tickers.ts';
import { createOfflineKernel } from '../hosts/kernel-host/offline-kernel.ts';
import { loadReference } from '../hosts/kernel-host/reference.ts';
import { FrameRing } from '../lib/frame-ring.ts';
import { createRng } from '../lib/rng.ts';
import { createEventBatch } from '../model/event-batch.ts';
import type { Outcome } from '../model/outcome.ts';
import { FeedTag } from '../ports/feed.ts';
import type { RuleResult, Signal } from '../model/signal.ts';
import { HAS_SHARED_DATA, SHARED_DATA } from '../testing/shared-data.ts';
import type { SimInput, SimStretch } from '../testing/sim-inputs.ts';
import { drive, simStretch } from '../testing/sim-inputs.ts';
import type { SlowJudgement } from '../testing/slow-ledger.ts';
import { SlowLedger } from '../testing/slow-ledger.ts';
import { newYorkInstant, marketDay } from '../sim/market/market-days.ts';
import { defaultConfig } from './kernel-config.ts';

const POINTS = Number(process.env['DROVER_LEDGER_POINTS'] ?? 100);
const MINUTES = Number(process.env['DROVER_LEDGER_MINUTES'] ?? 1);

interface Compared {
  readonly points: number;
  readonly judged: number;
  readonly fired: number;
  readonly judgements: number;
}

/** Runs both over the frames side by side and compares at `points` random (symbol, instant). */
function compare(stretch: SimStretch, points: number, seed: number, excluded: ReadonlySet<string>): Compared {
  const fired: Outcome[] = [];
  const signals = new Map<string, Signal>();
  let intent = 0;
  const offline = createOfflineKernel(stretch.config, {
    append: (record) => {
      if (record.kind === 'intent') intent = record.seq;
      if (record.kind === 'signal') signals.set(record.id, (record.body as { signal: Signal }).signal);
      const outcome = record.body as Partial<Outcome>;
      if (record.kind === 'decision' && outcome.code === 'fired') fired.push(outcome as Outcome);
    },
  });
  const { kernel } = offline;
  const decoder = new FrameDecoder(offline.symbols, offline.conditions, { excluded });
  const batch = createEventBatch();
  const strategies = kernel.strategies.slots.filter((slot) => slot.mode !== 'off');
  const slow = new SlowLedger(stretch.config, strategies, excluded);
  const rng = createRng(`ledger-points/${seed}`);
  const stops = Array.from({ length: points }, () => rng.below(stretch.inputs.length)).toSorted((a, b) => a - b);
  let judged = 0;
  let told = 0;
  let at = 0;
  for (const stop of stops) {
    for (; at < stop; at++) {
      const input = stretch.inputs[at] as SimInput;
      const before = kernel.inputNo;
      drive(offline, stretch.inputs, at, at + 1, () => intent, decoder, batch);
      if (input.tag !== FeedTag.vendorJson) slow.time(kernel.nowUs, before + 1);
      else slow.frame(Buffer.from(input.bytes).toString('utf8'), input.stampUs, before + 1);
      for (; told < fired.length; told++) {
        const { strategy, symbol, atUs, signalId } = fired[told] as Outcome;
        const name = kernel.symbols.name(symbol);
        expectSame(signals.get(signalId), slow.latest(strategy, name), `signal ${signalId} of ${strategy} in ${name}`);
        slow.fired(strategy, name, atUs);
      }
    }
    const symbol = rng.below(kernel.symbols.size);
    const name = kernel.symbols.name(symbol);
    for (const { definition } of strategies) {
      const [fast] = kernel.ledger.latest(symbol, definition.name);
      const brute = slow.latest(definition.name, name);
      const where = `seed ${seed}, input ${stop}, ${name}, ${definition.name}`;
      expect(fast === undefined, where).toBe(brute === undefined);
      if (fast === undefined || brute === undefined) continue;
      judged++;
      expect({ atUs: fast.atUs, inputNo: fast.inputNo, pass: fast.pass }, where).toEqual({
        atUs: brute.atUs,
        inputNo: brute.inputNo,
        pass: brute.pass,
      });
      expect(fast.gates.map(shapeOf), where).toEqual(brute.gates.map(shapeOf));
      for (const [i, gate] of fast.gates.entries()) expectClose(gate, brute.gates[i] as RuleResult, where);
    }
  }
  console.info(`${points} points: ${judged} judgements compared, ${fired.length} fired, ${slow.judgements} in all`);
  return { points: stops.length, judged, fired: fired.length, judgements: slow.judgements };
}

/** Every signal that fired comes out again from the recorded frames: same moment, same rules with the same values, same plan. */
function expectSame(signal: Signal | undefined, brute: SlowJudgement | undefined, where: string): void {
  expect(brute?.pass, where).toBe(true);
  expect(signal?.atUs, where).toBe(brute?.atUs);
  expect(signal?.inputNo, where).toBe(brute?.inputNo);
  expect(signal?.gates.map(shapeOf), where).toEqual(brute?.gates.map(shapeOf));
  for (const [i, gate] of (signal?.gates ?? []).entries()) expectClose(gate, brute?.gates[i] as RuleResult, where);
  expect(
    signal?.exits.map((exit) => exit.kind),
    where,
  ).toEqual(brute?.plan?.exits.map((exit) => exit.kind));
  expect(signal?.expectedMove, where).toBeCloseTo(brute?.plan?.expectedMove ?? Number.NaN, 9);
}

const shapeOf = ({ name, operator, threshold, pass, unit }: RuleResult): unknown => [
  name,
  operator,
  pass,
  unit,
  Number.isNaN(threshold) ? 'NaN' : Math.fround(threshold),
];

/** Sums in another order differ in the last bits; nothing else may. */
function expectClose(fast: RuleResult, slow: RuleResult, where: string): void {
  const text = `${where}, ${fast.name}: ${fast.value} against ${slow.value}`;
  if (Number.isNaN(slow.value)) expect(fast.value, text).toBeNaN();
  else if (!Number.isFinite(slow.value)) expect(fast.value, text).toBe(slow.value);
  else expect(Math.abs(fast.value - slow.value), text).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(slow.value)));
}

describe('LED the ledger equals a brute-force judgement from the tape', () => {
  it(`at ${POINTS} random points of a simulated opening`, { timeout: 600_000 }, async () => {
    const stretch = await simStretch({ seed: 31, symbols: 30, rate: 900, start: '09:32', minutes: MINUTES });
    const compared = compare(stretch, POINTS, 31, new Set());
    expect(compared.points).toBe(POINTS);
    // Four strategies a symbol; most symbols have closed a bar by a random moment.
    expect(compared.judged).toBeGreaterThan(POINTS / 2);
    expect(compared.fired).toBeGreaterThan(0);
  });

  it.skipIf(!HAS_SHARED_DATA)(`at ${POINTS} random points of a recorded day`, { timeout: 600_000 }, async () => {
    const stretch = await realStretch('2013-10-07', '09:30', MINUTES);
    const compared = compare(stretch, POINTS, 77, TEST_TICKERS);
    expect(compared.points).toBe(POINTS);
    expect(compared.judged).toBeGreaterThan(POINTS / 4);
  });
});

/** The frames of a recorded day from `start` on. */
async function realStretch(day: string, start: string, minutes: number): Promise<SimStretch> {
  const spec = { kind: 'replay', dir: SHARED_DATA, day, speed: 0 } as const;
  const hours = marketDay(day);
  if (hours === undefined) throw new RangeError(day);
  const [hour, minute] = start.split(':').map(Number) as [number, number];
  const endUs = newYorkInstant(hours, hour * 60 + minute + minutes);
  const ring = new FrameRing(8 << 20);
  const feed = await openFeed(spec, ring, { nowUs: 0 });
  if (typeof feed === 'string') throw new Error(feed);
  const running = feed.run();
  const inputs: SimInput[] = [];
  for (let isOver = false; !isOver;) {
    while (ring.next()) {
      if (ring.stampUs > endUs) isOver = true;
      else inputs.push({ tag: ring.tag, stampUs: ring.stampUs, bytes: ring.bytes.slice(ring.start, ring.end) });
      ring.release();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  feed.control({ kind: 'stop' });
  while (ring.next()) ring.release();
  await running;
  const config = { ...defaultConfig('LB', day, 1), isAuto: true, reference: await loadReference(spec, 0) };
  return { config, inputs };
}
