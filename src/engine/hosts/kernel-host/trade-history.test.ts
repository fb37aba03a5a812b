/** The history of a trade from journal records: order of its items, and every exit plan it had. */
import { describe, expect, it } from 'vitest';
import type { ExitRule } from '../../model/signal.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { planSteps } from './exit-plan-view.ts';
import { TradeHistory } from './trade-history.ts';

let number = 0;
function record(kind: JournalRecord['kind'], id: string, cause: string, body: unknown): JournalRecord {
  number += 1;
  return { kind, atUs: number * 1000, inputNo: number, id, cause, symbol: 'ABC', body } as JournalRecord;
}

const PLAN: readonly ExitRule[] = [
  { kind: 'take-profit', price: 64_700_000 },
  { kind: 'stop-loss', price: 63_800_000 },
  { kind: 'trailing', by: { unit: 'percent', amount: 0.4 } },
  { kind: 'time-stop', afterUs: 600_000_000 },
];

function historyOfOneTrade(): TradeHistory {
  const history = new TradeHistory();
  history.record(record('signal', 's1', '', { signal: { strategy: 'x', version: 'v1', atUs: 5, exits: PLAN } }));
  history.record(
    record('intent', 'o1', 's1', { tradeId: 't1', side: 'buy', quantity: 24, limit: 1, purpose: 'entry' }),
  );
  history.record(record('decision', 's1', 's1', { code: 'fired', tradeId: 't1' }));
  return history;
}

describe('trade history', () => {
  it('begins with the signal although the intent was journalled before the outcome', () => {
    const { items, signal } = historyOfOneTrade().of('t1');
    expect(items.map(({ kind }) => kind)).toEqual(['signal', 'decision', 'intent']);
    expect(signal?.exits).toBe(PLAN);
  });

  it('keeps the plan of the signal and every change made by hand', () => {
    const history = historyOfOneTrade();
    history.record(record('command', 't1', 'exits', { exits: [{ kind: 'stop-loss', price: 64_000_000 }] }));
    history.record(record('command', 'auto', '', { auto: true }));
    const { items, signal, changes } = history.of('t1');
    expect(items.at(-1)?.text).toBe('exits changed by hand');
    const steps = planSteps(signal, changes);
    expect(steps).toHaveLength(2);
    expect(
      steps[0]?.rules.map(({ kind, price, trailPercent, afterUs }) => [kind, price, trailPercent, afterUs]),
    ).toEqual([
      ['take-profit', 64_700_000, null, null],
      ['stop-loss', 63_800_000, null, null],
      ['trailing', null, 0.4, null],
      ['time-stop', null, null, 600_000_000],
    ]);
    expect(steps[1]?.rules.map(({ price }) => price)).toEqual([64_000_000]);
    expect(steps[1]?.atUs).toBe(number * 1000 - 1000);
  });

  it('names the rule of an exit, and tells late costs apart from the closing', () => {
    const history = historyOfOneTrade();
    history.record(record('decision', 't1', 'stop-loss', { exit: 'stop-loss', bid: 63_800_000 }));
    history.record(record('trade', 't1', 's1', { net: -8_410_000, exitReason: 'stop-loss' }));
    history.record(record('trade', 't1', 's1', { net: -8_430_000, exitReason: 'stop-loss' }));
    expect(
      history
        .of('t1')
        .items.slice(3)
        .map(({ text }) => text),
    ).toEqual([
      'exit decided by stop-loss, bid $63.80',
      'flat, -$8.41 net, by stop-loss',
      'costs reported: -$8.43 net',
    ]);
  });

  it('knows nothing of a trade it was not told of', () => {
    expect(new TradeHistory().of('t9')).toEqual({ items: [], changes: [], signal: null });
  });
});
