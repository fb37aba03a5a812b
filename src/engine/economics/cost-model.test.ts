/** ECO9 to ECO16: estimate, verdict, realised items and size against hand-computed cases. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { totalCosts } from '../model/economics.ts';
import { NO_CHARGES } from './commission.ts';
import { DEFAULT_COST_SETTINGS, estimateCosts, realisedCosts, taxOn } from './cost-model.ts';
import { FEE_TABLES } from './fee-tables.ts';
import { DEFAULT_SIZING_SETTINGS, sizeOf } from './sizing.ts';
import { SlippageTracker } from './slippage-tracker.ts';

const settings = { ...DEFAULT_COST_SETTINGS, dataSharePerTrade: 20_000, taxRate: 0.25, margin: 0.1 };
const input = {
  date: '2026-06-10',
  shares: 400,
  bid: 49_980_000,
  ask: 50_020_000,
  expectedMove: 0.25,
  confidence: 0.8,
  slippageBps: 1,
  monthShares: 0,
};

describe('ECO10 estimate', () => {
  it('itemises a round trip of 400 shares at 49.98 x 50.02', () => {
    const estimate = estimateCosts(FEE_TABLES, settings, input);
    // Half a spread of 0.02 each way: $8.00. One basis point of 50.00 each way: $2.00. Commission $2.00 each way.
    expect(estimate.entry).toEqual({
      spread: 8_000_000,
      slippage: 2_000_000,
      commission: 2_000_000,
      exchange: 0,
      sec: 0,
      taf: 0,
      cat: 1200,
      dataShare: 20_000,
      tax: 0,
    });
    // Expected sale at 49.98 + 0.20 = 50.18: $20,072.00 x 20.60 per million = 0.413483; TAF 400 x 0.000195 = 0.078.
    expect(estimate.exit).toMatchObject({
      spread: 8_000_000,
      slippage: 2_000_000,
      commission: 2_000_000,
      sec: 413_483,
      taf: 78_000,
      cat: 1200,
    });
    expect(estimate.expectedGain).toBe(80_000_000);
    const beforeTax = 12_021_200 + 12_492_683;
    expect(estimate.required).toBe(beforeTax + Math.round(beforeTax * 0.1));
    expect(estimate.exit.tax).toBe(Math.round((80_000_000 - beforeTax) / 4));
    expect(estimate.total).toBe(totalCosts(estimate.entry) + totalCosts(estimate.exit));
    expect(estimate.isWorthIt).toBe(true);
  });
  it('ECO11 is not worth it when the gain does not cover costs with the margin', () => {
    expect(estimateCosts(FEE_TABLES, settings, { ...input, expectedMove: 0.08 }).isWorthIt).toBe(false);
    expect(estimateCosts(FEE_TABLES, settings, { ...input, confidence: 0 }).isWorthIt).toBe(false);
    expect(taxOn(0.25, -1)).toBe(0);
  });
});

describe('ECO13 realised', () => {
  it('mid to mid less the items is the net result, to the micro-dollar', () => {
    const money = fc.integer({ min: 1_000_000, max: 500_000_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        money,
        money,
        fc.nat(50_000),
        fc.nat(50_000),
        fc.integer({ min: -90_000, max: 90_000 }),
        fc.nat(9_000_000),
        (shares, entryMid, exitMid, half, other, slip, reported) => {
          const boughtValue = (entryMid + half + slip) * shares;
          const soldValue = (exitMid - other) * shares;
          const items = realisedCosts(
            { ...settings, taxRate: 0, dataSharePerTrade: 0 },
            {
              shares,
              boughtValue,
              soldValue,
              entryMid,
              entryAsk: entryMid + half,
              exitMid,
              exitBid: exitMid - other,
              reported,
              byTable: NO_CHARGES,
            },
          );
          expect((exitMid - entryMid) * shares - totalCosts(items)).toBe(soldValue - boughtValue - reported);
        },
      ),
    );
  });
});

describe('ECO9 slippage', () => {
  it('starts at the prior and moves to what was seen, by symbol and hour', () => {
    const tracker = new SlippageTracker();
    const prior = tracker.percentileBps('ABC', 10, 0.6);
    expect(prior).toBeGreaterThan(0);
    for (let i = 0; i < 200; i++) tracker.observe('ABC', 10, 10);
    expect(tracker.percentileBps('ABC', 10, 0.6)).toBe(12);
    expect(tracker.percentileBps('ABC', 11, 0.6)).toBe(prior);
    // Another symbol in the same hour learns a little.
    expect(tracker.percentileBps('XYZ', 10, 0.6)).toBeGreaterThan(prior);
  });

  it('ECO9 expects the mean when a few bad fills lie beyond the percentile, and counts an order once', () => {
    const tracker = new SlippageTracker();
    for (let i = 0; i < 95; i++) tracker.observe('ABC', 10, 0);
    for (let i = 0; i < 5; i++) tracker.observe('ABC', 10, 100);
    expect(tracker.percentileBps('ABC', 10, 0.6)).toBeLessThan(1);
    // 5 % of about 112 (the middle of 96 to 128), thinned by the prior and counted again by the hour.
    const expected = tracker.expectedBps('ABC', 10, 0.6);
    expect(expected).toBeGreaterThan(3.5);
    expect(expected).toBeLessThan(5.7);
    // Of those who ask for a high percentile the percentile is believed.
    expect(tracker.expectedBps('ABC', 10, 0.99)).toBe(tracker.percentileBps('ABC', 10, 0.99));
    const pieces = new SlippageTracker();
    const whole = new SlippageTracker();
    for (let i = 0; i < 40; i++) for (let piece = 0; piece < 10; piece++) pieces.observe('ABC', 10, 20, 0.1);
    for (let i = 0; i < 40; i++) whole.observe('ABC', 10, 20);
    expect(pieces.expectedBps('ABC', 10, 0.6)).toBeCloseTo(whole.expectedBps('ABC', 10, 0.6), 6);
  });
});

describe('ECO15 size', () => {
  const base = {
    price: 50_000_000,
    equity: 100_000_000_000,
    buyingPower: 100_000_000_000,
    displayedShares: 1e9,
    recentVolume: 1e9,
    roundLot: 100,
    budgetLeft: Infinity,
  };
  const open = { ...DEFAULT_SIZING_SETTINGS, dollarsMax: 1e15, sharesMax: 1e9 };
  it('follows the wish', () => {
    expect(sizeOf(open, { ...base, hint: { kind: 'percent-of-equity', percent: 2 } })).toEqual({
      shares: 40,
      wished: 40,
      bound: 'wish',
    });
    expect(sizeOf(open, { ...base, hint: { kind: 'dollars', amount: 5_049_000_000 } }).shares).toBe(100);
    expect(sizeOf(open, { ...base, hint: { kind: 'risk', amount: 100_000_000, stopDistance: 250_000 } }).shares).toBe(
      400,
    );
    expect(sizeOf(open, { ...base, hint: { kind: 'risk', amount: 100_000_000, stopDistance: 0 } }).shares).toBe(0);
  });
  it('says which cap bound', () => {
    const hint = { kind: 'dollars' as const, amount: 50_000_000_000 };
    expect(sizeOf(open, { ...base, hint, displayedShares: 150 })).toMatchObject({ shares: 300, bound: 'displayed' });
    expect(sizeOf(open, { ...base, hint, recentVolume: 2000 })).toMatchObject({ shares: 200, bound: 'recent-volume' });
    expect(sizeOf(open, { ...base, hint, budgetLeft: 1_000_000_000 })).toMatchObject({ shares: 20, bound: 'budget' });
    // $10,000 less 5 % of $100,000 leaves $5,000.
    expect(sizeOf(open, { ...base, hint, buyingPower: 10_000_000_000 })).toMatchObject({
      shares: 100,
      bound: 'buying-power',
    });
    expect(sizeOf({ ...open, roundLotsOnly: true }, { ...base, hint, recentVolume: 2570 }).shares).toBe(200);
  });
});
