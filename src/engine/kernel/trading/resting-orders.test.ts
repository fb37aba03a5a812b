/** BUY8: purchases by hand that wait under the offer at the user's own price. */
import { describe, expect, it } from 'vitest';
import type { Signal } from '../../model/signal.ts';
import type { Outcome } from '../../model/outcome.ts';
import { TradingRig } from '../../testing/auditor-rig.ts';

const DAY = [2026, 6, 10] as const;
const REGULAR = 10 * 60;

const BASE_SIGNAL: Signal = {
  id: '',
  strategy: 'test',
  version: 'v1',
  symbol: 0,
  side: 'buy',
  atUs: 0,
  inputNo: 1,
  expectedMove: 1,
  confidence: 1,
  validForUs: 5_000_000,
  sizing: { kind: 'dollars', amount: 2_000_000_000 },
  exits: [],
  gates: [],
  tags: [],
  shadow: false,
};

describe('BUY8 a purchase by hand with a limit under the offer', () => {
  const manual: Partial<Signal> = {
    expectedMove: 0,
    strategy: 'manual',
    exits: [{ kind: 'stop-loss', price: 9_500_000 }],
  };
  const buy = (rig: TradingRig, limit: number, shares = 100): Outcome => {
    const symbol = rig.symbols.intern('AAA');
    const signal = { ...BASE_SIGNAL, ...manual, symbol, atUs: rig.nowUs, id: `M${rig.nowUs}` };
    return rig.desk.onSignal(signal, rig.nowUs, { manual: true, shares, limit: Math.round(limit * 1e6) });
  };

  it('rests at its price, is not chased, and fills when the market comes', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    rig.prime('AAA', 10, 10.02);
    expect(buy(rig, 9.9).code).toBe('fired');
    rig.wait(1);
    expect(rig.placed('buy')).toMatchObject([{ limit: 9_900_000, quantity: 100 }]);
    // The market goes away, spreads blow out, minutes pass: it waits.
    for (let i = 0; i < 20; i++) {
      rig.quote('AAA', 10.2, 10.4);
      rig.wait(15);
    }
    expect(rig.desk.summaries.workingOrders(rig.nowUs)).toMatchObject([{ limit: 9_900_000, state: 'working' }]);
    rig.quote('AAA', 9.88, 9.9);
    rig.wait(1);
    expect(rig.held('AAA')).toBe(100);
    expect(rig.commands.filter(({ command }) => command.kind === 'replace')).toHaveLength(0);
    const [position] = rig.desk.summaries.positions(rig.nowUs);
    expect(position?.position.averageCost).toBe(9_900_000);
  });

  it('never pays more than the limit, also when the limit is over the offer', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    rig.prime('AAA', 10, 10.02);
    expect(buy(rig, 10.03).code).toBe('fired');
    rig.quote('AAA', 10.05, 10.07, 0);
    rig.wait(3);
    for (const { command } of rig.commands) {
      if (command.kind === 'replace') expect(command.limit).toBeLessThanOrEqual(10_030_000);
      if (command.kind === 'place') expect(command.order.limit).toBeLessThanOrEqual(10_030_000);
    }
  });

  it('BUY7 passes every gate of risk, ends with a halt, by hand, and before its phase ends', () => {
    const rig = new TradingRig({ day: DAY, minute: 15 * 60 + 55 });
    rig.prime('AAA', 10, 10.02);
    expect(buy(rig, 9).code).toBe('risk');
    expect(buy(rig, 9.9, 20_000)).toMatchObject({ shares: 2495 });
    rig.wait(1);
    rig.halt('AAA', true);
    rig.wait(1);
    expect(rig.desk.summaries.workingOrders(rig.nowUs)).toHaveLength(0);
    rig.halt('AAA', false);
    rig.quote('AAA', 10, 10.02);
    rig.wait(2);
    expect(buy(rig, 9.8).code).toBe('fired');
    rig.wait(1);
    const [order] = rig.desk.summaries.workingOrders(rig.nowUs);
    expect(rig.desk.cancel(order?.id ?? '', rig.nowUs)).toBe(true);
    rig.wait(2);
    rig.quote('AAA', 10, 10.02);
    expect(buy(rig, 9.7).code).toBe('fired');
    rig.wait(280);
    expect(rig.desk.summaries.workingOrders(rig.nowUs)).toHaveLength(1);
    rig.wait(20);
    expect(rig.desk.summaries.workingOrders(rig.nowUs)).toHaveLength(0);
    expect(rig.held('AAA')).toBe(0);
  });

  it('keeps a partial fill, however small, and guards it while the rest waits', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    rig.prime('AAA', 10, 10.02);
    expect(buy(rig, 9.9).code).toBe('fired');
    rig.wait(1);
    rig.quote('AAA', 9.89, 9.9, 5);
    rig.wait(0.5);
    expect(rig.held('AAA')).toBeGreaterThan(0);
    const held = rig.held('AAA');
    rig.quote('AAA', 10, 10.02);
    const [order] = rig.desk.summaries.workingOrders(rig.nowUs);
    rig.desk.cancel(order?.id ?? '', rig.nowUs);
    rig.wait(5);
    expect(rig.held('AAA')).toBe(held);
    rig.quote('AAA', 9.4, 9.42);
    rig.quote('AAA', 9.4, 9.42);
    rig.wait(1);
    expect(rig.held('AAA')).toBe(0);
  });
});
