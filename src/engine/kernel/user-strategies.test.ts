import { beforeAll, describe, expect, it } from 'vitest';
import { prepareStrategy } from '../adapters/strategies/prepare.ts';
import { createOfflineKernel } from '../hosts/kernel-host/offline-kernel.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { SimStretch } from '../testing/sim-inputs.ts';
import { drive, simStretch } from '../testing/sim-inputs.ts';
import type { CommandAnswer } from './user-commands.ts';

const source = (entry: string, hold: number): string => `
import { defineStrategy, rule, stopLoss, takeProfit, timeStop, sizeDollars } from 'drover';
export default defineStrategy({
  name: 'mine', about: 'A test.', params: {},
  universe: () => ({ minPrice: 2, minNotional: 10000, maxSpreadBps: 80 }),
  sessions: [{ phase: 'regular' }, { phase: 'pre' }], evaluateOn: 'bar', bars: { kind: 'tick', trades: 50 }, cooldownSeconds: 10,
  entry: ({ symbol, chance }) => { ${entry} return [rule('the die', chance(), '<', 0.2), rule('there is a price', symbol.last, '>', 0)]; },
  plan: ({ symbol }) => ({ expectedMove: symbol.ask * 0.02, confidence: 1, validForSeconds: 5, sizing: sizeDollars(1500),
    exits: [stopLoss(symbol.ask * 0.97), takeProfit(symbol.ask * 1.03), timeStop(${hold})] }),
});`;

describe("the user's own strategies in the kernel", () => {
  let stretch: SimStretch;
  beforeAll(async () => {
    stretch = await simStretch({ seed: 3, symbols: 60, rate: 1200, start: '09:29', minutes: 4 });
  }, 60_000);

  function open(): {
    run: (from: number, to: number) => void;
    load: (text: string) => CommandAnswer | undefined;
    mode: (mode: string) => void;
    records: JournalRecord[];
    kernel: ReturnType<typeof createOfflineKernel>['kernel'];
  } {
    const records: JournalRecord[] = [];
    let intent = 0;
    const config = {
      ...stretch.config,
      strategies: stretch.config.strategies.map((choice) => ({ ...choice, mode: 'off' as const })),
    };
    const offline = createOfflineKernel(config, {
      append: (record) => {
        if (record.kind === 'intent') intent = record.seq;
        records.push(record);
      },
    });
    const { kernel } = offline;
    const command = (name: string, args: unknown): CommandAnswer | undefined =>
      kernel.accept({ kind: 'command', command: { id: name, name, args }, atUs: kernel.nowUs });
    return {
      kernel,
      records,
      run: (from, to) =>
        drive(
          offline,
          stretch.inputs,
          Math.floor(stretch.inputs.length * from),
          Math.floor(stretch.inputs.length * to),
          () => intent,
        ),
      load: (text) => {
        const prepared = prepareStrategy('mine.ts', text);
        if (!prepared.ok) throw new Error(prepared.message);
        return command('loadStrategy', { file: 'mine.ts', ...prepared.strategy });
      },
      mode: (mode) => void command('setStrategyMode', { strategy: 'mine', mode }),
    };
  }

  it('load in shadow first, trade when switched on, and keep the exits of the version that opened', () => {
    const { kernel, load, mode, run, records } = open();
    expect(load(source('', 5000))).toEqual({ ok: true, value: null });
    expect(kernel.strategies.slots.find((slot) => slot.definition.name === 'mine')?.mode).toBe('shadow');
    mode('enabled');
    run(0, 0.5);
    const before = kernel.main.desk.summaries.positions(kernel.nowUs);
    expect(before.length).toBeGreaterThan(0);
    const [oldVersion] = new Set(before.map((trade) => trade.version));
    expect(load(source('', 20))).toEqual({ ok: true, value: null });
    run(0.5, 1);
    const trades = [
      ...kernel.main.desk.summaries.positions(kernel.nowUs),
      ...kernel.main.desk.summaries.closedTrades(),
    ];
    const versions = new Set(trades.map((trade) => trade.version));
    expect(versions.size).toBe(2);
    for (const { id } of before) {
      const trade = kernel.main.desk.summaries.trade(id);
      expect(trade?.version).toBe(oldVersion);
      expect(trade?.exits.find((exit) => exit.kind === 'time-stop')).toEqual({
        kind: 'time-stop',
        afterUs: 5_000_000_000,
      });
    }
    // No order was placed twice over the change.
    const intents = records.filter((record) => record.kind === 'intent').map((record) => record.id);
    expect(new Set(intents).size).toBe(intents.length);
  });

  it.each([
    ['throws', 'if (symbol.volume > 0) throw new Error("oops");', /Error: oops/],
    ['never ends', 'for (;;) {}', /more than 200,000 steps/],
    ['returns nonsense', 'return 7;', /TypeError/],
  ])('switch off one that %s, with one message, and nothing else', (_what, entry, message) => {
    const { kernel, load, mode, run, records } = open();
    kernel.accept({
      kind: 'command',
      command: { id: 'm', name: 'setStrategyMode', args: { strategy: 'random-buy', mode: 'enabled' } },
      atUs: 0,
    });
    load(source(entry, 10));
    mode('enabled');
    run(0, 0.6);
    const faults = records
      .filter((record) => record.kind === 'note')
      .map((record) => (record.body as { message: string }).message);
    expect(faults.length).toBe(1);
    expect(faults[0]).toMatch(message);
    expect(kernel.strategies.slots.find((slot) => slot.definition.name === 'mine')?.mode).toBe('off');
    expect(kernel.strategies.slots.find((slot) => slot.definition.name === 'random-buy')?.evaluations).toBeGreaterThan(
      100,
    );
    expect(records.some((record) => record.kind === 'fill')).toBe(true);
  });

  it('keep the version in use when the next one is refused', () => {
    const { kernel, load } = open();
    load(source('', 10));
    const before = kernel.shelf.items().find((item) => item.name === 'mine');
    const answer = load(source('', 10).replace("evaluateOn: 'bar'", "evaluateOn: 'never'"));
    expect(answer).toMatchObject({ ok: false, code: 'refused' });
    const after = kernel.shelf.items().find((item) => item.name === 'mine');
    expect(after?.version).toBe(before?.version);
    expect(after?.fault).toMatch(/evaluateOn/);
  });
});
