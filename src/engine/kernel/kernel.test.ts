import { beforeAll, describe, expect, it } from 'vitest';
import type { OfflineKernel } from '../hosts/kernel-host/offline-kernel.ts';
import { createOfflineKernel } from '../hosts/kernel-host/offline-kernel.ts';
import type { CheckpointReader } from '../ports/checkpoint.ts';
import type { JournalRecord } from '../ports/journal.ts';
import { hashMarket } from '../market/market-hash.ts';
import { judge } from '../strategies/rules.ts';
import { drive, simStretch } from '../testing/sim-inputs.ts';
import type { SimStretch } from '../testing/sim-inputs.ts';

interface Run extends OfflineKernel {
  readonly records: JournalRecord[];
  readonly lastIntent: () => number;
}

function open(stretch: SimStretch): Run {
  const records: JournalRecord[] = [];
  let intent = 0;
  const offline = createOfflineKernel(stretch.config, {
    append: (record) => {
      if (record.kind === 'intent') intent = record.seq;
      // As the disk would see it: later changes of the objects must not change what was written.
      records.push(JSON.parse(JSON.stringify(record)) as JournalRecord);
    },
  });
  return { ...offline, records, lastIntent: () => intent };
}

function checkpoint(run: Run): CheckpointReader & { readonly names: readonly string[] } {
  const sections = new Map<string, Uint8Array>();
  run.kernel.save({
    section: (name, bytes) => {
      expect(sections.has(name), `section ${name} is written once`).toBe(false);
      sections.set(name, bytes.slice());
    },
  });
  return { section: (name) => sections.get(name), names: [...sections.keys()] };
}

/** A fresh kernel in the state of `run`, as after a restart. */
function restart(stretch: SimStretch, run: Run): Run {
  const next = open(stretch);
  for (const name of run.symbols.names) next.symbols.intern(name);
  for (const set of run.conditions.sets) next.conditions.intern(set);
  next.kernel.restore(checkpoint(run));
  return next;
}

describe('the kernel over a simulated opening', () => {
  let stretch: SimStretch;
  let whole: Run;

  beforeAll(async () => {
    stretch = await simStretch({ seed: 11, symbols: 150, rate: 1500, start: '09:28', minutes: 5 });
    whole = open(stretch);
    drive(whole, stretch.inputs, 0, stretch.inputs.length, whole.lastIntent);
  }, 180_000);

  it('trades: signals become orders, fills and closed trades, each signal with one outcome', () => {
    const count = (kind: string): number => whole.records.filter((record) => record.kind === kind).length;
    expect(count('intent')).toBeGreaterThan(10);
    expect(count('fill')).toBeGreaterThan(10);
    expect(whole.kernel.main.desk.summaries.closedTrades().length).toBeGreaterThan(2);
    const outcomes = whole.records.filter(
      (record) => record.kind === 'decision' && (record.body as { code?: string }).code !== undefined,
    );
    expect(new Set(outcomes.map((record) => record.id)).size).toBe(outcomes.length);
    expect(outcomes.length).toBe(whole.kernel.strategies.slots.reduce((sum, slot) => sum + slot.signals, 0));
  });

  it('numbers journal records without holes and inputs in order', () => {
    whole.records.forEach((record, i) => expect(record.seq).toBe(i + 1));
    whole.records.reduce((before, record) => {
      expect(record.inputNo).toBeGreaterThanOrEqual(before);
      return record.inputNo;
    }, 0);
  });

  it('makes the same decisions from the same inputs', () => {
    const again = open(stretch);
    drive(again, stretch.inputs, 0, stretch.inputs.length, again.lastIntent);
    expect(again.records).toEqual(whole.records);
    expect(hashMarket(again.kernel.view)).toBe(hashMarket(whole.kernel.view));
  });

  it.each([0.13, 0.5, 0.87])('goes on after a restart at %s of the stretch as if nothing had happened', (share) => {
    const cut = Math.floor(stretch.inputs.length * share);
    const first = open(stretch);
    drive(first, stretch.inputs, 0, cut, first.lastIntent);
    const second = restart(stretch, first);
    drive(second, stretch.inputs, cut, stretch.inputs.length, second.lastIntent);
    expect([...first.records, ...second.records]).toEqual(whole.records);
    expect(hashMarket(second.kernel.view)).toBe(hashMarket(whole.kernel.view));
    const symbol = second.symbols.get('SPY') as number;
    expect(second.kernel.bars.standard.closed.count(symbol)).toBeGreaterThan(2);
    for (let index = 0; index < second.kernel.bars.standard.closed.count(symbol); index++) {
      expect(second.kernel.bars.standard.closed.get(symbol, index)).toEqual(
        whole.kernel.bars.standard.closed.get(symbol, index),
      );
    }
    expect(second.kernel.ledger.latest(symbol)).toEqual(whole.kernel.ledger.latest(symbol));
  });

  it('explains every fired signal from its recorded rules', () => {
    const signals = whole.records
      .filter((record) => record.kind === 'signal')
      .map(
        (record) =>
          (
            record.body as {
              signal: {
                gates: { value: number; operator: '<'; threshold: number; pass: boolean; name: string; unit: string }[];
              };
            }
          ).signal,
      );
    expect(signals.length).toBeGreaterThan(5);
    for (const signal of signals) {
      const results: never[] = [];
      expect(judge({ kind: 'all', rules: signal.gates.map((gate) => ({ kind: 'rule', ...gate })) }, results)).toBe(
        true,
      );
    }
  });

  it('obeys the one auto switch: off means no entry at all', () => {
    const off = open(stretch);
    off.kernel.accept({ kind: 'command', command: { id: 'x', name: 'setAuto', args: { on: false } }, atUs: 0 });
    drive(off, stretch.inputs, 0, stretch.inputs.length, off.lastIntent);
    expect(off.records.filter((record) => record.kind === 'intent')).toEqual([]);
    expect(
      off.records.some((record) => record.kind === 'decision' && (record.body as { code: string }).code === 'auto-off'),
    ).toBe(true);
  });

  it('keeps shadow strategies out of the real books', () => {
    const shadow = open({
      ...stretch,
      config: {
        ...stretch.config,
        strategies: stretch.config.strategies.map((choice) => ({
          ...choice,
          mode: choice.mode === 'off' ? 'off' : 'shadow',
        })),
      },
    });
    drive(shadow, stretch.inputs, 0, stretch.inputs.length, shadow.lastIntent);
    expect(shadow.kernel.main.desk.summaries.closedTrades()).toEqual([]);
    expect(shadow.kernel.shadow.desk.summaries.closedTrades().length).toBeGreaterThan(2);
  });
});
