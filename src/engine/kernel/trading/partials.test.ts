/** What becomes of partial fills under each policy, and what a cash account may buy. */
import { describe, expect, it } from 'vitest';
import type { EntrySettings } from './desk-config.ts';
import { DEFAULT_DESK_CONFIG } from './desk-config.ts';
import { TradingRig } from '../../testing/auditor-rig.ts';

const DAY = [2026, 6, 10] as const;
const REGULAR = 10 * 60;

/** 199 shares wanted, 60 on offer and a few at the levels behind; nothing more comes for `seconds`. */
function partial(entry: Partial<EntrySettings>, seconds: number, size = 60): TradingRig {
  const rig = new TradingRig({
    day: DAY,
    minute: REGULAR,
    config: {
      sizing: { ...DEFAULT_DESK_CONFIG.sizing, shareOfDisplayed: 0 },
      entry: { ...DEFAULT_DESK_CONFIG.entry, reprices: 0, ...entry },
    },
  });
  rig.prime('AAA', 10, 10.02, size);
  expect(rig.signal('AAA').code).toBe('fired');
  rig.wait(seconds);
  return rig;
}

describe('BUY6 partial fills', () => {
  it('keep: what was bought stays when the time is up', () => {
    const rig = partial({ partial: 'keep' }, 8);
    const held = rig.held('AAA');
    expect(held).toBeGreaterThanOrEqual(60);
    expect(held).toBeLessThan(199);
    expect(rig.desk.summaries.positions(rig.nowUs)[0]).toMatchObject({ entryEnd: 'partial-kept', exitReason: '' });
    rig.wait(5);
    expect(rig.placed('sell')).toHaveLength(0);
  });

  it('complete: it is given more time, once, and filled in it', () => {
    const rig = partial({ partial: 'complete', completeUs: 5_000_000 }, 6);
    expect(rig.desk.summaries.workingOrders(rig.nowUs)).toHaveLength(1);
    rig.quote('AAA', 10, 10.02, 1000);
    rig.wait(1);
    expect(rig.held('AAA')).toBe(199);
    expect(rig.desk.summaries.positions(rig.nowUs)[0]).toMatchObject({ entryEnd: 'filled' });
  });

  it('complete: what does not come in the added time is kept, and the order is gone', () => {
    const rig = partial({ partial: 'complete', completeUs: 5_000_000 }, 12);
    expect(rig.desk.summaries.workingOrders(rig.nowUs)).toHaveLength(0);
    expect(rig.held('AAA')).toBeGreaterThanOrEqual(60);
    expect(rig.desk.summaries.positions(rig.nowUs)[0]).toMatchObject({ entryEnd: 'partial-kept' });
  });

  it('unwind: sold again at once', () => {
    const rig = partial({ partial: 'unwind' }, 6);
    rig.quote('AAA', 10, 10.02, 1000);
    rig.wait(6);
    expect(rig.held('AAA')).toBe(0);
    expect(rig.desk.summaries.closedTrades()[0]).toMatchObject({ entryEnd: 'partial-unwound', exitReason: 'unwind' });
  });

  it('keep: a crumb is not worth keeping', () => {
    const rig = partial({ partial: 'keep' }, 6, 4);
    rig.quote('AAA', 10, 10.02, 1000);
    rig.wait(6);
    expect(rig.desk.summaries.closedTrades()[0]).toMatchObject({ entryEnd: 'partial-unwound' });
  });
});

describe('ACC2 and ACC3 a cash account', () => {
  it('buys with settled money only: proceeds of today are not spent before they settle', () => {
    const rig = new TradingRig({
      day: DAY,
      minute: REGULAR,
      config: { accountType: 'cash' },
      paper: { cash: 2_500_000_000 },
    });
    rig.prime('AAA', 10, 10.02);
    expect(rig.signal('AAA').code).toBe('fired');
    rig.wait(1);
    rig.desk.flatten('all', rig.nowUs);
    rig.quote('AAA', 10, 10.02);
    rig.wait(3);
    expect(rig.held('AAA')).toBe(0);
    const after = rig.desk.summaries.account(rig.nowUs);
    // Sold for about 1,990; what is left of 2,500 settled dollars after the purchase is about 505.
    expect(after.cash).toBeGreaterThan(2_480_000_000);
    expect(after.settledCash).toBeLessThan(510_000_000);
    expect(after.buyingPower).toBeLessThanOrEqual(after.settledCash);
    rig.prime('BBB', 10, 10.02);
    const small = rig.signal('BBB');
    // A fraction of the wish, from settled money alone.
    expect(small).toMatchObject({ code: 'fired' });
    expect(small.shares * 10.02).toBeLessThan(510);
    rig.wait(1);
    rig.prime('CCC', 10, 10.02);
    expect(rig.signal('CCC')).toMatchObject({ code: 'size', gate: 'buying-power' });
    // The next business day the sale has settled.
    rig.wait(24 * 3600);
    rig.prime('CCC', 10, 10.02);
    expect(rig.signal('CCC')).toMatchObject({ code: 'fired', shares: expect.any(Number) });
    expect(rig.desk.summaries.account(rig.nowUs).settledCash).toBeGreaterThan(1_900_000_000);
  });
});
