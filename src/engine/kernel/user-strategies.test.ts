import { beforeAll, describe, expect, it } from 'vitest';
import { prepareStrategy } from '../adapters/strategies/prepare.ts';
import { strategyViews } from '../hosts/kernel-host/desk-views.ts';
import { createOfflineKernel } from '../hosts/kernel-host/offline-kernel.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { SimStretch } from '../testing/sim-inputs.ts';
import { MemoryCheckpoint } from '../testing/memory-checkpoint.ts';
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
  }, 180_000);

  function open(): {
    run: (from: number, to: number) => void;
    load: (text: string, file?: string) => CommandAnswer | undefined;
    mode: (mode: string) => void;
    command: (name: string, args: unknown) => CommandAnswer | undefined;
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
      command,
      run: (from, to) =>
        drive(
          offline,
          stretch.inputs,
          Math.floor(stretch.inputs.length * from),
          Math.floor(stretch.inputs.length * to),
          () => intent,
        ),
      load: (text, file = 'mine.ts') => {
        const prepared = prepareStrategy(file, text);
        if (!prepared.ok) throw new Error(prepared.message);
        return command('loadStrategy', { file, ...prepared.strategy });
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
    ['compares a text', "return [rule('x', 'much', '<', 3)];", /its rule 'x' compares something that is not a number/],
  ])('switch off one that %s, with one message, and nothing else', (_what, entry, message) => {
    const { kernel, load, mode, run, records } = open();
    kernel.accept({
      kind: 'command',
      command: { id: 'm', name: 'setStrategyMode', args: { strategy: 'random-buy', mode: 'enabled' } },
      atUs: 0,
    });
    load(source(entry, 10));
    mode('enabled');
    run(0, 0.35);
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

  it.each([
    ['an exit of an unknown kind', 'exits: [', "exits: [{ kind: 'hope' }, ", /exit of an unknown kind 'hope'/],
    ['an exit without a price', 'exits: [', "exits: [{ kind: 'stop-loss' }, ", /stop-loss exit has no usable price/],
    ['no size', 'sizing: sizeDollars(1500),', '', /no usable sizing/],
    ['tags that are no texts', 'expectedMove:', 'tags: [3], expectedMove:', /tags must be/],
    ['no way out', /exits: \[[^\]]*\]/, 'exits: []', /no exit rule/],
    ['a move that is no number', 'symbol.ask * 0.02', "'up'", /'expectedMove' that is not a finite number/],
  ])('switch off one whose plan has %s, before the desk sees it', (_what, from, to, message) => {
    const { kernel, load, mode, run, records } = open();
    load(source('', 10).replace(from, to));
    mode('enabled');
    run(0, 0.3);
    const faults = records
      .filter((record) => record.kind === 'note')
      .map((record) => (record.body as { message: string }).message);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
    expect(records.some((record) => record.kind === 'intent')).toBe(false);
    expect(kernel.strategies.slots.find((slot) => slot.definition.name === 'mine')?.mode).toBe('off');
  });

  it('refuse, and do not switch off, when a number of the plan is not known', () => {
    const { kernel, load, mode, run, records } = open();
    load(
      source('', 10).replace('symbol.ask * 0.02', 'bars.close(10_000)').replace('({ symbol })', '({ symbol, bars })'),
    );
    mode('enabled');
    run(0, 0.3);
    expect(records.filter((record) => record.kind === 'note')).toEqual([]);
    const slot = kernel.strategies.slots.find((candidate) => candidate.definition.name === 'mine');
    expect(slot).toMatchObject({ mode: 'enabled', fault: '', signals: 0 });
    const names = Array.from({ length: kernel.symbols.size }, (_, symbol) => kernel.ledger.latest(symbol, 'mine'))
      .flat()
      .filter((evaluation) => !evaluation.pass)
      .map((evaluation) => evaluation.gates.at(-1)?.name);
    expect(names).toContain('plan: every number is known');
  });

  it('saved under load with positions open: every exit fires as without the save, nothing is entered twice', () => {
    const decisions = (records: readonly JournalRecord[], ids: ReadonlySet<string>): unknown[] => {
      const first = new Map<string, unknown>();
      for (const { kind, id, cause, atUs, body } of records) {
        const isExit = kind === 'decision' && (body as { exit?: string }).exit !== undefined;
        if (isExit && ids.has(id) && !first.has(id)) first.set(id, [id, cause, atUs]);
      }
      return [...first.values()].toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
    };
    const control = open();
    const saved = open();
    for (const one of [control, saved]) {
      one.load(source('', 90));
      one.mode('enabled');
      one.run(0, 0.4);
    }
    const ids = new Set(saved.kernel.main.desk.summaries.positions(saved.kernel.nowUs).map((trade) => trade.id));
    expect(ids.size).toBeGreaterThan(2);
    // Saved ten times while the market goes on: changed, broken, throwing, changed back.
    for (let n = 0; n < 10; n++) {
      const text = n % 3 === 1 ? source('if (symbol.volume > 0) throw new Error("x");', 90) : source('', 30 + n);
      saved.load(n % 3 === 2 ? text.replace("evaluateOn: 'bar'", "evaluateOn: 'no'") : text);
      saved.run(0.4 + n * 0.06, 0.46 + n * 0.06);
    }
    control.run(0.4, 1);
    const expected = decisions(control.records, ids);
    expect(expected.length).toBeGreaterThan(2);
    expect(decisions(saved.records, ids)).toEqual(expected);
    // One position of the strategy in a symbol at a time, whatever was loaded.
    const entered = new Map<string, string>();
    for (const { kind, id, symbol, body } of saved.records) {
      if (kind === 'intent' && (body as { side: string }).side === 'buy') {
        const key = `${(body as { strategy: string }).strategy}/${symbol}`;
        expect(entered.has(key), `${key} entered twice`).toBe(false);
        entered.set(key, (body as { tradeId: string }).tradeId);
      } else if (kind === 'trade') for (const [key, trade] of entered) if (trade === id) entered.delete(key);
    }
  });

  it('move open trades to the exits of the version in use when asked, and say so', () => {
    const { kernel, load, mode, run, records, command } = open();
    load(source('', 5000));
    mode('enabled');
    run(0, 0.5);
    const before = kernel.main.desk.summaries.positions(kernel.nowUs);
    expect(before.length).toBeGreaterThan(0);
    load(source('', 20));
    const version = kernel.shelf.items().find((item) => item.name === 'mine')?.version;
    expect(strategyViews(kernel).find((view) => view.name === 'mine')?.olderPositions).toBe(before.length);
    expect(command('migrateTrades', { strategy: 'nobody' })).toMatchObject({ ok: false, code: 'not-found' });
    expect(command('migrateTrades', { strategy: 'mine' })).toEqual({
      ok: true,
      value: { moved: before.length, kept: [] },
    });
    for (const { id } of before) {
      const trade = kernel.main.desk.summaries.trade(id);
      expect(trade?.version).toBe(version);
      expect(trade?.exits).toContainEqual({ kind: 'time-stop', afterUs: 20_000_000 });
    }
    expect(records.filter((record) => record.cause === 'exits').map((record) => record.body)).toEqual(
      before.map(({ id }) => ({ exits: kernel.main.desk.summaries.trade(id)?.exits, version })),
    );
    expect(strategyViews(kernel).find((view) => view.name === 'mine')?.olderPositions).toBe(0);
    // A version that cannot plan leaves the exits that are there.
    load(source('', 20).replace('symbol.ask * 0.02', 'NaN'));
    expect(command('migrateTrades', { strategy: 'mine' })).toMatchObject({ ok: true, value: { moved: 0 } });
    expect(kernel.main.desk.summaries.trade(before[0]?.id ?? '')?.version).toBe(version);
    run(0.5, 1);
    const held = new Set(kernel.main.desk.summaries.positions(kernel.nowUs).map((trade) => trade.id));
    expect(before.filter(({ id }) => held.has(id))).toEqual([]);
  });

  it('are tried beside the version in use, in shadow only, until their file is gone', () => {
    const { kernel, load, mode, run, command } = open();
    load(source('', 60));
    mode('enabled');
    expect(load(source('', 10), 'mine.next.ts')).toEqual({ ok: true, value: null });
    expect(kernel.shelf.items().find((item) => item.name === 'mine-next')).toMatchObject({
      triedFor: 'mine',
      file: 'mine.next.ts',
    });
    expect(command('setStrategyMode', { strategy: 'mine-next', mode: 'enabled' })).toMatchObject({
      ok: false,
      code: 'refused',
    });
    run(0, 0.6);
    const traders = ({ desk }: typeof kernel.main): ReadonlySet<string> =>
      new Set(
        [...desk.summaries.positions(kernel.nowUs), ...desk.summaries.closedTrades()].map((trade) => trade.strategy),
      );
    expect(traders(kernel.main)).toEqual(new Set(['mine']));
    expect(traders(kernel.shadow)).toEqual(new Set(['mine-next']));
    const copy = createOfflineKernel(kernel.config, { append: () => undefined }).kernel;
    const saved = new MemoryCheckpoint();
    kernel.save(saved);
    copy.restore(saved);
    expect(copy.shelf.items()).toEqual(
      kernel.shelf.items().map((item) => ({ ...item, definition: expect.anything() as unknown })),
    );
    command('keepTrials', { files: ['mine.next.ts'] });
    expect(kernel.strategies.slots.some((slot) => slot.definition.name === 'mine-next')).toBe(true);
    command('keepTrials', { files: [] });
    expect(kernel.strategies.slots.map((slot) => slot.definition.name)).not.toContain('mine-next');
    expect(kernel.shelf.items().map((item) => item.name)).toContain('mine');
    run(0.6, 1);
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
