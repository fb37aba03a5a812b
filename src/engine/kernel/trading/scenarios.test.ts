/** BUY, EXI, RSK: what happens on bad days, through the public interface of the desk and a real paper exchange. */
import { describe, expect, it } from 'vitest';
import type { ExitRule } from '../../model/signal.ts';
import { RELEASE_TEXT } from '../../risk/kill-switch.ts';
import { ALL_FAULTS, NO_FAULTS } from '../../sim/paper/faults.ts';
import { TradingRig } from '../../testing/auditor-rig.ts';
import { DEFAULT_DESK_CONFIG } from './desk-config.ts';

const DAY = [2026, 6, 10] as const;
const REGULAR = 10 * 60;
const stop = (price: number): ExitRule => ({ kind: 'stop-loss', price: Math.round(price * 1e6) });
const target = (price: number): ExitRule => ({ kind: 'take-profit', price: Math.round(price * 1e6) });

function bought(rig: TradingRig, ticker: string, exits: readonly ExitRule[], bid = 10, ask = 10.02): void {
  rig.prime(ticker, bid, ask);
  expect(rig.signal(ticker, { exits }).code).toBe('fired');
  rig.wait(1);
  expect(rig.held(ticker)).toBeGreaterThan(0);
}

describe('BUY loop', () => {
  it('BUY1 fires, fills at the ask and keeps the estimate on the order', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    bought(rig, 'AAA', []);
    const [order] = rig.placed('buy');
    expect(order).toMatchObject({ limit: 10_020_000, quantity: 199, outsideRegularHours: false });
    expect(order?.clientOrderId.length).toBeLessThanOrEqual(30);
    const kept = rig.desk.summaries.order(order?.clientOrderId ?? '');
    expect(kept?.state).toBe('filled');
    // 199 shares at half a cent are $0.995: the minimum of $1.00 applies both ways.
    expect(kept?.costs?.entry.commission).toBe(1_000_000);
    expect(kept?.costs?.entry.spread).toBe(199 * 10_000);
  });

  it('BUY2 sends nothing before the intent is on disk', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    rig.prime('AAA', 10, 10.02);
    rig.signal('AAA');
    expect(rig.placed('buy')).toHaveLength(0);
    rig.wait(0.0019);
    expect(rig.placed('buy')).toHaveLength(0);
    rig.wait(0.0002);
    expect(rig.placed('buy')).toHaveLength(1);
  });

  it('BUY3 refuses by the first gate that fails, each with its code', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    rig.prime('AAA', 10, 10.02);
    expect(rig.signal('AAA', { expectedMove: 0.03 })).toMatchObject({ code: 'economics', gate: 'gain' });
    expect(rig.signal('AAA', { shadow: true }).code).toBe('shadow');
    expect(rig.signal('AAA', { atUs: rig.nowUs - 6_000_000 }).code).toBe('expired');
    rig.halt('AAA', true);
    expect(rig.signal('AAA').code).toBe('halt');
    rig.halt('AAA', false);
    rig.blind('AAA', true);
    expect(rig.signal('AAA').code).toBe('blind');
    rig.blind('AAA', false);
    rig.quote('AAA', 10.05, 10.02);
    expect(rig.signal('AAA').code).toBe('crossed');
    rig.quote('AAA', 10, 10.2);
    expect(rig.signal('AAA')).toMatchObject({ code: 'risk', gate: 'spread-cap' });
    rig.quote('AAA', 10, 10.02);
    rig.wait(16);
    expect(rig.signal('AAA')).toMatchObject({ code: 'stale', gate: 'quote-age' });
    rig.quote('AAA', 10, 10.02);
    expect(rig.signal('AAA').code).toBe('fired');
    expect(rig.signal('AAA').code).toBe('already-owned');
    rig.desk.setAuto(false, rig.nowUs);
    expect(rig.signal('AAA').code).toBe('auto-off');
    const decisions = rig.records.filter((record) => record.kind === 'decision');
    expect(new Set(decisions.map((record) => record.id)).size).toBe(decisions.length);
  });

  it('BUY4 chases the ask within its budget and lets a price that ran away go', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    rig.prime('AAA', 100, 100.02);
    expect(rig.signal('AAA').code).toBe('fired');
    rig.quote('AAA', 100.04, 100.06, 0);
    rig.wait(0.5);
    const replaces = rig.commands.filter(({ command }) => command.kind === 'replace');
    expect(replaces.length).toBeGreaterThan(0);
    rig.quote('AAA', 100.5, 100.52);
    rig.wait(1);
    expect(rig.held('AAA')).toBe(0);
    const [trade] = [...rig.records].filter((record) => record.kind === 'trade');
    expect(trade?.body).toEqual({ notEntered: 'ran-away' });
  });

  it('BUY5 gives up a stale entry and keeps what has filled', () => {
    const rig = new TradingRig({
      day: DAY,
      minute: REGULAR,
      config: { sizing: { ...DEFAULT_DESK_CONFIG.sizing, shareOfDisplayed: 0 } },
    });
    rig.prime('AAA', 10, 10.02, 60);
    expect(rig.signal('AAA').code).toBe('fired');
    rig.wait(1);
    const held = rig.held('AAA');
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(199);
    rig.wait(10);
    expect(rig.desk.summaries.workingOrders(rig.nowUs)).toHaveLength(0);
    expect(rig.desk.summaries.positions(rig.nowUs)[0]).toMatchObject({ entryEnd: 'partial-kept' });
  });

  it('BUY6 buying-power shortage: sized to what is there, then refused', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR, paper: { cash: 500_000_000 } });
    rig.prime('AAA', 10, 10.02);
    rig.prime('BBB', 50, 50.02);
    expect(rig.signal('AAA').code).toBe('fired');
    rig.wait(1);
    // 5 % of $500 stay in reserve: 475 / 10.02 = 47 shares.
    expect(rig.held('AAA')).toBe(47);
    rig.quote('BBB', 50, 50.02);
    expect(rig.signal('BBB')).toMatchObject({ code: 'size', gate: 'buying-power' });
    expect(rig.paper.cash).toBe(rig.desk.summaries.cash());
  });

  it('ACC8 a day turns the account over many times: what was sold again does not count against buying power', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR, paper: { cash: 5_000_000_000 } });
    for (let round = 0; round < 8; round++) {
      rig.prime('AAA', 10, 10.02);
      expect(rig.signal('AAA').code, `round ${round}`).toBe('fired');
      rig.wait(1);
      rig.quote('AAA', 10, 10.02);
      rig.desk.flatten('all', rig.nowUs);
      rig.wait(2);
      expect(rig.held('AAA')).toBe(0);
      rig.wait(130);
    }
  });
});

describe('SELL loop', () => {
  it('EXI a lone bad quote fires nothing; two quotes do', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    bought(rig, 'AAA', [stop(9.8)]);
    rig.quote('AAA', 8, 10.02);
    rig.quote('AAA', 10, 10.02);
    rig.wait(1);
    expect(rig.placed('sell')).toHaveLength(0);
    rig.quote('AAA', 9.79, 9.81);
    rig.quote('AAA', 9.79, 9.81);
    rig.wait(1);
    expect(rig.held('AAA')).toBe(0);
    expect(rig.desk.summaries.closedTrades()[0]).toMatchObject({ exitReason: 'stop-loss', result: 'loss' });
  });

  it('EXI27 a hollow bid fires no stop and is not sold into, unless it lasts', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    bought(rig, 'AAA', [stop(9.8)]);
    // The bid is gone, the offer stays: again and again, for less than two seconds.
    for (let i = 0; i < 6; i++) {
      rig.quote('AAA', 8 + i / 100, 10.02, 1000, 0.02);
      rig.wait(0.25);
    }
    expect(rig.placed('sell')).toHaveLength(0);
    // By hand: offered where the bid usually is, and bought there when the bid is back.
    rig.desk.flatten('all', rig.nowUs);
    rig.wait(0.3);
    expect(rig.sellLimits()).toEqual([9.98]);
    expect(rig.held('AAA')).toBeGreaterThan(0);
    rig.quote('AAA', 10, 10.02);
    rig.wait(0.5);
    expect(rig.held('AAA')).toBe(0);
    expect((rig.desk.summaries.closedTrades()[0]?.averageSell ?? 0) / 1e6).toBeGreaterThanOrEqual(9.98);
  });

  /** A hollow bid for three seconds, then another three. */
  function hollow(rig: TradingRig, print: number | null): void {
    bought(rig, 'AAA', [stop(9.8)]);
    for (let i = 0; i < 12; i++) {
      rig.quote('AAA', 8, 10.02, 1000, 0.02);
      rig.wait(0.25);
    }
    if (print !== null) rig.trade('AAA', print);
    rig.quote('AAA', 8, 10.02, 1000, 0.02);
    rig.wait(3);
  }

  it('EXI27 a hollow bid that lasts two seconds and is traded at is the market: the stop fires and sells at it', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    hollow(rig, 8.01);
    expect(rig.held('AAA')).toBe(0);
    expect(rig.desk.summaries.closedTrades()[0]).toMatchObject({ averageSell: 8_000_000, exitReason: 'stop-loss' });
  });

  it.each([null, 9.5])(
    'EXI27 a hollow bid that only stands there is gone down to in ten seconds, print %s',
    (print) => {
      const rig = new TradingRig({ day: DAY, minute: REGULAR });
      hollow(rig, print);
      expect(rig.held('AAA')).toBeGreaterThan(0);
      const limits = rig.sellLimits();
      expect(limits.length).toBeGreaterThan(1);
      expect(limits).toEqual(limits.toSorted((a, b) => b - a));
      expect(limits.at(-1)).toBeGreaterThan(8.5);
      for (let i = 0; i < 8; i++) {
        rig.quote('AAA', 8, 10.02, 1000, 0.02);
        rig.wait(1);
      }
      // Nobody came between: it is sold all the same.
      expect(rig.held('AAA')).toBe(0);
      expect(rig.desk.summaries.closedTrades()[0]).toMatchObject({ averageSell: 8_000_000, exitReason: 'stop-loss' });
    },
  );

  it('EXI halt: holds, and leaves at the first quotes of the resumed market', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    bought(rig, 'AAA', [stop(9.8)]);
    rig.halt('AAA', true);
    rig.quote('AAA', 9, 9.1);
    rig.quote('AAA', 9, 9.1);
    rig.wait(60);
    expect(rig.placed('sell')).toHaveLength(0);
    rig.desk.flatten('all', rig.nowUs);
    rig.wait(5);
    expect(rig.desk.summaries.positions(rig.nowUs)[0]?.heldBack).toBe('halt');
    rig.halt('AAA', false);
    rig.quote('AAA', 8, 8.05);
    rig.wait(1);
    expect(rig.held('AAA')).toBe(0);
    expect(rig.desk.summaries.closedTrades()[0]?.averageSell).toBe(8_000_000);
  });

  it('EXI gap open: a stop gapped through is handled at the next quotes, at the bid that is there', () => {
    const rig = new TradingRig({ day: DAY, minute: 9 * 60 + 29 });
    bought(rig, 'AAA', [stop(9.8)]);
    expect(rig.placed('buy')[0]?.outsideRegularHours).toBe(true);
    rig.wait(60);
    rig.trade('AAA', 9.2);
    rig.quote('AAA', 9.2, 9.22);
    rig.wait(1);
    expect(rig.held('AAA')).toBe(0);
    expect(rig.desk.summaries.closedTrades()[0]).toMatchObject({ averageSell: 9_200_000, exitReason: 'stop-loss' });
  });

  it('EXI half day: the end of the phase is 13:00 on the day after Thanksgiving', () => {
    const rig = new TradingRig({ day: [2026, 11, 27], minute: 12 * 60 + 50 });
    bought(rig, 'AAA', [{ kind: 'phase-end', beforeUs: 5 * 60_000_000 }]);
    rig.wait(280);
    rig.quote('AAA', 10, 10.02);
    expect(rig.held('AAA')).toBeGreaterThan(0);
    rig.wait(25);
    rig.quote('AAA', 10, 10.02);
    rig.wait(8);
    rig.quote('AAA', 10, 10.02);
    rig.wait(1);
    expect(rig.held('AAA')).toBe(0);
    expect(rig.desk.summaries.closedTrades()[0]?.exitReason).toBe('phase-end');
  });

  it('EXI session end with a position: sold after the bell with a limit order allowed outside regular hours', () => {
    const rig = new TradingRig({ day: DAY, minute: 15 * 60 + 58 });
    bought(rig, 'AAA', [stop(9.8)]);
    rig.wait(180);
    rig.quote('AAA', 9.7, 9.75);
    rig.quote('AAA', 9.7, 9.75);
    rig.wait(1);
    const [order] = rig.placed('sell');
    expect(order).toMatchObject({ type: 'limit', outsideRegularHours: true });
    expect(rig.held('AAA')).toBe(0);
  });

  it('EXI after the last session a fired exit waits for the next one', () => {
    const rig = new TradingRig({ day: DAY, minute: 19 * 60 + 59 });
    bought(rig, 'AAA', [stop(9.8)]);
    rig.wait(120);
    rig.desk.flatten('all', rig.nowUs);
    rig.wait(60);
    expect(rig.placed('sell')).toHaveLength(0);
    expect(rig.desk.summaries.positions(rig.nowUs)[0]?.heldBack).toBe('closed');
    rig.wait(8 * 3600);
    rig.quote('AAA', 9.9, 9.95);
    rig.wait(3);
    expect(rig.held('AAA')).toBe(0);
  });

  it('EXI a take-profit never sells below its price, and is taken back when the price goes away', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    bought(rig, 'AAA', [target(10.5), stop(9)]);
    rig.quote('AAA', 10.5, 10.52, 10);
    rig.wait(0.5);
    rig.quote('AAA', 10.2, 10.22);
    rig.wait(3);
    expect(Math.min(...rig.sellLimits())).toBeGreaterThanOrEqual(10.5);
    rig.quote('AAA', 10.2, 10.22);
    rig.wait(3);
    expect(rig.desk.summaries.positions(rig.nowUs)[0]?.exitReason).toBe('');
    rig.quote('AAA', 8.9, 8.92);
    rig.quote('AAA', 8.9, 8.92);
    rig.wait(1);
    expect(rig.held('AAA')).toBe(0);
  });

  it('EXI forecast: price, distance and net of every rule', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    bought(rig, 'AAA', [target(10.5), stop(9.8), { kind: 'time-stop', afterUs: 60_000_000 }]);
    const [position] = rig.desk.summaries.positions(rig.nowUs);
    const rows = rig.desk.summaries.forecast(position?.id ?? '', rig.nowUs);
    expect(rows.map((row) => row.kind)).toEqual(['stop-loss', 'time-stop', 'take-profit']);
    expect(rows[0]).toMatchObject({ price: 9_800_000, distance: -200_000, isArmed: true });
    expect(rows[0]?.distancePercent).toBeCloseTo(-2);
    expect(rows[0]?.distanceSpreads).toBeCloseTo(-10, 1);
    expect(rows[1]?.inUs).toBeGreaterThan(58_000_000);
    // 199 x (10.50 - 10.02) less two minimum commissions, fees and expected slippage.
    const net = (rows[2]?.net ?? 0) / 1e6;
    expect(net).toBeLessThan(199 * 0.48 - 2);
    expect(net).toBeGreaterThan(199 * 0.48 - 3);
  });
});

describe('the pre-market spike of 40 % that comes back', () => {
  it('EXI re-prices the exit down with the market, and the loss from the peak is bounded', () => {
    const rig = new TradingRig({ day: DAY, minute: 8 * 60 });
    bought(rig, 'SPK', [{ kind: 'trailing', by: { unit: 'percent', amount: 3 } }, stop(9.7)]);
    const trace: string[] = [];
    const say = (): void =>
      void trace.push(`${rig.view.bid[0]} sells ${rig.sellLimits().join(' ')} held ${rig.held('SPK')}`);
    for (let i = 1; i <= 40; i++) {
      rig.quote('SPK', 10 + i * 0.1, 10.05 + i * 0.1, 100);
      rig.trade('SPK', 10 + i * 0.1, 100);
      rig.wait(0.5);
    }
    expect(rig.signal('SPK', { strategy: 'other' })).toMatchObject({ code: 'risk', gate: 'extended-jump' });
    // Down again a percent every quarter of a second, on 20 shares a quote.
    let bid = 14;
    for (let i = 0; i < 40 && rig.held('SPK') > 0; i++) {
      bid = Math.round(bid * 99) / 100;
      rig.quote('SPK', bid, Math.round((bid + 0.05) * 100) / 100, 20);
      rig.wait(0.25);
      say();
    }
    const limits = rig.sellLimits();
    expect(limits.length, trace.join('\n')).toBeGreaterThan(3);
    for (const order of rig.placed('sell')) expect(order).toMatchObject({ type: 'limit', outsideRegularHours: true });
    for (let i = 1; i < limits.length; i++) expect(limits[i]).toBeLessThan(limits[i - 1] as number);
    expect(rig.held('SPK'), trace.join('\n')).toBe(0);
    const [closed] = rig.desk.summaries.closedTrades();
    // Bought at 10.02, peak 14.00: what came back at least keeps most of the spike.
    expect(closed?.result).toBe('win');
    expect((closed?.averageSell ?? 0) / 1e6).toBeGreaterThan(12.5);
  });
});

describe('risk', () => {
  it('RSK reject storm: pauses grow, nothing runs away, and it sells when the broker takes orders again', () => {
    const paper = { faults: { ...NO_FAULTS } };
    const rig = new TradingRig({ day: DAY, minute: REGULAR, paper });
    bought(rig, 'AAA', [stop(9.8)]);
    Object.assign(paper.faults, { reject: 1 });
    for (let i = 0; i < 60; i++) {
      rig.quote('AAA', 9.5, 9.52);
      rig.wait(1);
    }
    expect(rig.placed('sell').length).toBeGreaterThan(3);
    expect(rig.placed('sell').length).toBeLessThan(12);
    expect(rig.held('AAA')).toBe(199);
    Object.assign(paper.faults, { reject: 0 });
    for (let i = 0; i < 40; i++) {
      rig.quote('AAA', 9.5, 9.52);
      rig.wait(1);
    }
    expect(rig.held('AAA')).toBe(0);
  });

  it('RSK kill switch: says what is left while halted, ends flat and confirmed, and takes typed words to undo', () => {
    const rig = new TradingRig({ day: DAY, minute: REGULAR });
    bought(rig, 'AAA', []);
    bought(rig, 'BBB', []);
    rig.halt('BBB', true);
    expect(rig.desk.summaries.risk().isAuto).toBe(true);
    rig.desk.kill('test', rig.nowUs);
    expect(rig.desk.summaries.risk().isAuto).toBe(false);
    rig.wait(3);
    rig.quote('AAA', 10, 10.02);
    rig.wait(3);
    expect(rig.held('AAA')).toBe(0);
    expect(rig.desk.summaries.risk().kill.state).toBe('flattening');
    expect(rig.desk.summaries.risk().kill.left).toEqual(['BBB 199 shares (halt)']);
    expect(rig.signal('AAA').code).toBe('kill');
    rig.halt('BBB', false);
    rig.quote('BBB', 9, 9.05);
    rig.wait(3);
    const { kill } = rig.desk.summaries.risk();
    expect(kill.state).toBe('flat-confirmed');
    expect(kill.steps.map((step) => step.state)).toEqual(['cancelling', 'flattening', 'verifying', 'flat-confirmed']);
    expect(rig.desk.releaseKill('please', rig.nowUs)).toBe(false);
    expect(rig.desk.releaseKill(RELEASE_TEXT, rig.nowUs)).toBe(true);
    expect(rig.desk.summaries.risk().isAuto).toBe(false);
  });

  it('RSK daily loss: one bad tick does nothing, a real loss locks the day and flattens', () => {
    const risk = { ...DEFAULT_DESK_CONFIG.risk, dailyLossMax: 100_000_000 };
    const rig = new TradingRig({ day: DAY, minute: REGULAR, config: { risk } });
    bought(rig, 'AAA', []);
    rig.quote('AAA', 5, 10.02);
    rig.wait(1.5);
    rig.quote('AAA', 10, 10.02);
    rig.wait(5);
    expect(rig.desk.summaries.risk().locks).toHaveLength(0);
    expect(rig.held('AAA')).toBe(199);
    for (let i = 0; i < 6; i++) {
      rig.quote('AAA', 9.3, 9.32);
      rig.wait(1);
    }
    expect(rig.desk.summaries.risk().locks).toMatchObject([{ scope: 'all', code: 'daily-loss' }]);
    expect(rig.held('AAA')).toBe(0);
    rig.prime('BBB', 10, 10.02);
    expect(rig.signal('BBB')).toMatchObject({ code: 'locked', gate: 'daily-loss' });
    // The next trading day it is over.
    rig.wait(24 * 3600);
    rig.prime('BBB', 10, 10.02);
    expect(rig.signal('BBB').code).toBe('fired');
  });

  it('RSK a dropped link: nothing is sent, the books are reconciled before anything is', () => {
    const rig = new TradingRig({
      day: DAY,
      minute: REGULAR,
      paper: { faults: { ...NO_FAULTS, disconnect: ALL_FAULTS.disconnect } },
    });
    bought(rig, 'AAA', [stop(9.8)]);
    rig.desk.onBroker({ kind: 'link', up: false, dataLost: true, reason: 'test', account: 'DPAPER1' }, rig.nowUs);
    expect(rig.signal('BBB')).toMatchObject({ code: 'reconciling' });
    rig.quote('AAA', 9.5, 9.52);
    rig.quote('AAA', 9.5, 9.52);
    rig.wait(2);
    expect(rig.placed('sell')).toHaveLength(0);
    rig.desk.onBroker({ kind: 'link', up: true, dataLost: true, reason: 'test', account: 'DPAPER1' }, rig.nowUs);
    rig.wait(3);
    rig.quote('AAA', 9.5, 9.52);
    rig.wait(1);
    expect(rig.held('AAA')).toBe(0);
  });
});
