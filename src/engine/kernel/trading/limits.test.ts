/** Limits and budgets changed while running: validated, journalled, kept over a restart, replayed to the same decisions. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createOfflineKernel } from '../../hosts/kernel-host/offline-kernel.ts';
import { sectionsFor } from '../../hosts/kernel-host/carry-over.ts';
import { LIMIT_RULES, refuseLimit } from '../../risk/limit-changes.ts';
import { DEFAULT_RISK_LIMITS } from '../../risk/limits.ts';
import type { CheckpointReader } from '../../ports/checkpoint.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import type { Kernel } from '../kernel.ts';
import { TradingRig } from '../../testing/auditor-rig.ts';
import type { SimStretch } from '../../testing/sim-inputs.ts';
import { drive, simStretch } from '../../testing/sim-inputs.ts';
import { DEFAULT_DESK_CONFIG } from './desk-config.ts';

const DAY = [2026, 6, 10] as const;
const REGULAR = 11 * 60;
const NO_BUDGET = { notionalMax: null, positionsMax: null, entriesMax: null };

describe('limits changed while running', () => {
  it('RSK28 knows sound bounds: every default lies within its own', () => {
    for (const { key, min, max } of LIMIT_RULES) {
      expect(min).toBeLessThan(max);
      expect(DEFAULT_RISK_LIMITS[key], key).toBeGreaterThanOrEqual(min);
      expect(DEFAULT_RISK_LIMITS[key], key).toBeLessThanOrEqual(max);
      expect(refuseLimit(DEFAULT_RISK_LIMITS, key, min - 1, false)).toContain('between');
      expect(refuseLimit(DEFAULT_RISK_LIMITS, key, max + 1, false)).toContain('between');
      expect(refuseLimit(DEFAULT_RISK_LIMITS, key, min, true) === '').toBe(
        LIMIT_RULES.find((rule) => rule.key === key)?.tighter === 'lower' || DEFAULT_RISK_LIMITS[key] === min,
      );
    }
    expect(refuseLimit(DEFAULT_RISK_LIMITS, 'staleUs', 1, false)).toContain('there is no limit');
    expect(refuseLimit(DEFAULT_RISK_LIMITS, 'toString', 1, false)).toContain('there is no limit');
    for (const value of [1.5, Number.NaN, Infinity])
      expect(refuseLimit(DEFAULT_RISK_LIMITS, 'positionsMax', value, false)).toContain('whole number');
  });

  it('RSK29 tightens at once, loosens within bounds, and is in the journal', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    rig.prime('AAA', 10, 10.02);
    rig.prime('BBB', 10, 10.02);
    expect(rig.signal('AAA').code).toBe('fired');
    expect(rig.desk.setLimit('open positions', 1, rig.nowUs)).toBe('');
    expect(rig.signal('BBB')).toMatchObject({ code: 'risk', gate: 'positions', limit: 1 });
    expect(rig.desk.setLimit('positionsMax', 5, rig.nowUs)).toBe('');
    expect(rig.signal('BBB').code).toBe('fired');
    const commands = rig.records.filter((record) => record.kind === 'command').map((record) => record.body);
    expect(commands).toEqual([
      { limit: 'positionsMax', from: 60, to: 1 },
      { limit: 'positionsMax', from: 1, to: 5 },
    ]);
  });

  it('RSK30 cannot be argued with: no loosening while a lock holds or the kill switch is on, tightening always', () => {
    const risk = { ...DEFAULT_DESK_CONFIG.risk, dailyLossMax: 100_000_000 };
    const rig = new TradingRig({ day: DAY, minute: REGULAR, config: { risk } });
    rig.prime('AAA', 10, 10.02);
    expect(rig.signal('AAA').code).toBe('fired');
    rig.wait(1);
    for (let i = 0; i < 6; i++) {
      rig.quote('AAA', 9.3, 9.32);
      rig.wait(1);
    }
    expect(rig.desk.summaries.risk().locks).toMatchObject([{ code: 'daily-loss' }]);
    expect(rig.desk.setLimit('dailyLossMax', 200_000_000, rig.nowUs)).toContain('may not be loosened');
    expect(rig.desk.setLimit('cooldownUs', 0, rig.nowUs)).toContain('may not be loosened');
    expect(rig.desk.setLimit('dailyLossMax', 50_000_000, rig.nowUs)).toBe('');
    rig.prime('BBB', 10, 10.02);
    expect(rig.signal('BBB').code).toBe('locked');
    const killed = new TradingRig({ day: DAY, minute: REGULAR });
    killed.desk.kill('test', killed.nowUs);
    expect(killed.desk.setLimit('exposureMax', 300_000_000_000, killed.nowUs)).toContain('may not be loosened');
  });

  it('RSK29 a tighter daily loss locks by the new number', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    rig.prime('AAA', 10, 10.02);
    rig.signal('AAA');
    rig.wait(1);
    expect(rig.desk.setLimit('dailyLossMax', 100_000_000, rig.nowUs)).toBe('');
    for (let i = 0; i < 6; i++) {
      rig.quote('AAA', 9.3, 9.32);
      rig.wait(1);
    }
    expect(rig.desk.summaries.risk().locks).toMatchObject([{ code: 'daily-loss' }]);
  });
});

describe('budgets', () => {
  it('RSK31 obeys dollars, positions and entries of each strategy apart, under the gate budget', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    for (const ticker of ['AAA', 'BBB', 'CCC', 'DDD', 'EEE', 'FFF']) rig.prime(ticker, 10, 10.02);
    rig.desk.setBudget('a', { ...NO_BUDGET, notionalMax: 3_000_000_000 }, rig.nowUs);
    rig.desk.setBudget('b', { ...NO_BUDGET, positionsMax: 1 }, rig.nowUs);
    rig.desk.setBudget('c', { ...NO_BUDGET, entriesMax: 1 }, rig.nowUs);
    const shares = (outcome: { shares: number }): number => outcome.shares;
    expect(shares(rig.signal('AAA', { strategy: 'a' }))).toBe(199);
    // What is left of $3,000 is bought, then nothing is.
    expect(shares(rig.signal('BBB', { strategy: 'a' }))).toBe(100);
    expect(rig.signal('CCC', { strategy: 'a' })).toMatchObject({ code: 'budget', gate: 'budget' });
    expect(rig.signal('CCC', { strategy: 'b' }).code).toBe('fired');
    expect(rig.signal('DDD', { strategy: 'b' })).toMatchObject({
      code: 'budget',
      gate: 'positions',
      value: 1,
      limit: 1,
    });
    expect(rig.signal('DDD', { strategy: 'c' }).code).toBe('fired');
    rig.wait(1);
    rig.desk.flatten('all', rig.nowUs);
    rig.wait(3);
    for (const ticker of ['EEE', 'FFF']) rig.quote(ticker, 10, 10.02);
    // A place is free again, an entry of the day is not.
    expect(rig.signal('EEE', { strategy: 'b' }).code).toBe('fired');
    expect(rig.signal('FFF', { strategy: 'c' })).toMatchObject({ code: 'budget', gate: 'entries' });
    expect(rig.signal('FFF', { strategy: 'd' }).code).toBe('fired');
  });
});

describe('limits and budgets over restarts and replays', () => {
  let stretch: SimStretch;
  beforeAll(async () => {
    stretch = await simStretch({ seed: 12, symbols: 60, rate: 1200, start: '09:31', minutes: 2 });
  }, 180_000);

  interface Run {
    readonly offline: ReturnType<typeof createOfflineKernel>;
    readonly records: JournalRecord[];
    intent: number;
  }
  const open = (): Run => {
    const run: Run = {
      records: [],
      intent: 0,
      offline: createOfflineKernel(stretch.config, {
        append: (record) => {
          if (record.kind === 'intent') run.intent = record.seq;
          run.records.push(JSON.parse(JSON.stringify(record)) as JournalRecord);
        },
      }),
    };
    return run;
  };
  const change = ({ offline: { kernel } }: Run): void => {
    const ask = (name: string, args: unknown): void =>
      expect(kernel.accept({ kind: 'command', command: { id: name, name, args }, atUs: kernel.nowUs })?.ok).toBe(true);
    ask('setRiskLimit', { name: 'positionsMax', limit: 2 });
    ask('setStrategyBudget', { strategy: 'random-buy', ...NO_BUDGET, entriesMax: 6 });
  };
  const run = (from: Run, first: number, last: number): void =>
    drive(from.offline, stretch.inputs, first, last, () => from.intent);

  it('RSK29 decide the same again from the same inputs, and after a restart in between', () => {
    const half = Math.floor(stretch.inputs.length / 2);
    const third = Math.floor(stretch.inputs.length / 3);
    const whole = open();
    run(whole, 0, third);
    change(whole);
    run(whole, third, stretch.inputs.length);
    expect(whole.records.some((record) => (record.body as { gate?: string }).gate === 'positions')).toBe(true);
    const first = open();
    run(first, 0, third);
    change(first);
    run(first, third, half);
    const sections = new Map<string, Uint8Array>();
    first.offline.kernel.save({ section: (name, bytes) => void sections.set(name, bytes.slice()) });
    const second = open();
    for (const name of first.offline.symbols.names) second.offline.symbols.intern(name);
    for (const set of first.offline.conditions.sets) second.offline.conditions.intern(set);
    second.offline.kernel.restore({ section: (name) => sections.get(name) } satisfies CheckpointReader);
    expect(second.offline.kernel.main.desk.summaries.limits().positionsMax).toBe(2);
    expect(second.offline.kernel.main.desk.summaries.budget('random-buy').entriesMax).toBe(6);
    second.intent = first.intent;
    run(second, half, stretch.inputs.length);
    expect([...first.records, ...second.records]).toEqual(whole.records);
  });

  it('RSK32 hold on the next day, whose journal has them too', () => {
    const first = open();
    run(first, 0, Math.floor(stretch.inputs.length / 4));
    change(first);
    const sections = new Map<string, Uint8Array>();
    first.offline.kernel.main.save({ section: (name, bytes) => void sections.set(name, bytes.slice()) });
    const carried = sectionsFor(sections);
    const begin = (given: Readonly<Record<string, string>>): { records: JournalRecord[]; kernel: Kernel } => {
      const records: JournalRecord[] = [];
      const config = { ...stretch.config, run: 'NEXT', carried: given };
      const { kernel } = createOfflineKernel(config, {
        append: (record) => void records.push(JSON.parse(JSON.stringify(record)) as JournalRecord),
      });
      const command = { id: 'configure', name: 'configure', args: config };
      kernel.accept({ kind: 'command', command, atUs: kernel.nowUs });
      return { records, kernel };
    };
    const next = begin(carried);
    expect(next.kernel.main.desk.summaries.limits().positionsMax).toBe(2);
    expect(next.kernel.main.desk.summaries.budget('random-buy')).toMatchObject({ entriesMax: 6, entriesToday: 0 });
    expect(next.records.filter(({ kind }) => kind === 'command').map(({ body }) => body)).toEqual([
      { limit: 'positionsMax', from: 60, to: 2, isCarried: true },
      { ...NO_BUDGET, entriesMax: 6 },
    ]);
    // The tape and the configuration with it are lost: the journal of that day alone.
    const anew = begin({});
    expect(anew.kernel.main.desk.summaries.limits().positionsMax).toBe(60);
    const records = next.records.filter(({ kind }) => kind === 'command');
    const adoption = { records, nextSeq: 10, idsFrom: 100_000, exits: null, gapFromUs: null };
    anew.kernel.accept({
      kind: 'command',
      command: { id: 'recovery', name: 'adopt', args: adoption },
      atUs: stretch.inputs[0]?.stampUs ?? 0,
    });
    expect(anew.kernel.main.desk.summaries.limits().positionsMax).toBe(2);
    expect(anew.kernel.main.desk.summaries.budget('random-buy').entriesMax).toBe(6);
    // A number that today's bounds do not allow is not a limit.
    const state = JSON.parse(carried['desk/state'] ?? '') as object;
    const wild = JSON.stringify({ ...state, limits: { positionsMax: 1e9, staleUs: 1, exposureMax: 5_000_000_000 } });
    const limits = begin({ ...carried, 'desk/state': wild }).kernel.main.desk.summaries.limits();
    expect(limits).toEqual({ ...DEFAULT_RISK_LIMITS, exposureMax: 5_000_000_000 });
  });

  it('refuses what it does not know', () => {
    const { kernel } = open().offline;
    const ask = (name: string, args: unknown) =>
      kernel.accept({ kind: 'command', command: { id: name, name, args }, atUs: kernel.nowUs });
    expect(ask('setRiskLimit', { name: 'sky', limit: 1 })).toMatchObject({ ok: false, code: 'refused' });
    expect(ask('setStrategyBudget', { strategy: 'nobody', ...NO_BUDGET })).toMatchObject({ code: 'not-found' });
  });
});
