/** POS1 to POS4, ACC1 to ACC4: positions are the sum of fills and cash is conserved to the micro-dollar. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEE_TABLES } from '../economics/fee-tables.ts';
import type { Fill } from '../model/fill.ts';
import type { Sessions } from '../model/sessions.ts';
import { AccountLedger } from './account-ledger.ts';
import { AccountNotes } from './notes.ts';
import { foldFills, openGain } from './trade-fold.ts';

const DAY_US = 86_400_000_000;
/** Days count from Thursday 2026-01-01; every day trades. */
const sessions: Sessions = {
  phaseAt: () => 'regular',
  phaseEndUs: (atUs) => (Math.floor(atUs / DAY_US) + 1) * DAY_US,
  dateAt: (atUs) => `2026-01-${String(Math.floor(atUs / DAY_US) + 1).padStart(2, '0')}`,
  addTradingDays: (date, days) => `2026-01-${String(Number(date.slice(8)) + days).padStart(2, '0')}`,
};

function fill(
  key: string,
  side: 'buy' | 'sell',
  quantity: number,
  price: number,
  commission: number | null = 0,
  atUs = 1,
): Fill {
  return {
    key,
    executionId: `${key}.01`,
    orderId: 'o',
    tradeId: 't',
    symbol: 0,
    side,
    quantity,
    price,
    atUs,
    venue: 'X',
    liquidity: 'unknown',
    commission,
    corrections: 0,
  };
}

describe('POS fold', () => {
  it('POS2 uses up purchases first in, first out', () => {
    const position = foldFills(
      [
        fill('a', 'buy', 100, 10_000_000),
        fill('b', 'buy', 100, 11_000_000),
        fill('c', 'sell', 150, 12_000_000, 1_500_000),
      ],
      0,
    );
    expect(position).toMatchObject({ held: 50, costBasis: 550_000_000, averageCost: 11_000_000, charges: 1_500_000 });
    // 150 x 12 less 100 x 10 and 50 x 11.
    expect(position.realisedGross).toBe(1_800_000_000 - 1_000_000_000 - 550_000_000);
    expect(openGain(position, 12_500_000)).toBe(250_000_000 + 75_000_000 - 1_500_000);
  });

  it('POS1 held is the sum of fills, and result plus cost is what cash says, for any fills', () => {
    const anyFill = fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      quantity: fc.integer({ min: 1, max: 5000 }),
      price: fc.integer({ min: 1, max: 900_000_000 }),
      commission: fc.integer({ min: 0, max: 9_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(anyFill, { maxLength: 20 }), (raw) => {
        const fills: Fill[] = [];
        let held = 0;
        let cash = 0;
        for (const [index, one] of raw.entries()) {
          if (one.side === 'sell' && one.quantity > held) continue;
          held += one.side === 'buy' ? one.quantity : -one.quantity;
          cash += (one.side === 'buy' ? -1 : 1) * one.quantity * one.price - one.commission;
          fills.push(fill(`k${index}`, one.side, one.quantity, one.price, one.commission));
        }
        const position = foldFills(fills, 0);
        expect(position.held).toBe(held);
        expect(position.lots.reduce((sum, lot) => sum + lot.quantity, 0)).toBe(held);
        expect(position.realisedGross - position.costBasis - position.charges).toBe(cash);
      }),
    );
  });
});

describe('ACC ledger', () => {
  it('ACC1 conserves cash through fills, corrections and late commissions', () => {
    const ledger = new AccountLedger(FEE_TABLES, sessions);
    ledger.open('D1', 1_000_000_000, 1);
    const first = fill('a', 'buy', 10, 50_000_000, null);
    ledger.applyFill(first, undefined);
    expect(ledger.cash).toBe(500_000_000);
    const charged = { ...first, commission: 1_000_000 };
    ledger.applyFill(charged, first);
    expect(ledger.cash).toBe(499_000_000);
    ledger.applyFill({ ...charged, price: 49_990_000 }, charged);
    expect(ledger.cash).toBe(499_100_000);
    expect(ledger.monthShares).toBe(10);
  });

  it('ACC3 proceeds settle a day later; purchases leave settled cash at once', () => {
    const ledger = new AccountLedger(FEE_TABLES, sessions);
    ledger.open('D1', 1_000_000_000, 1);
    ledger.applyFill(fill('a', 'buy', 10, 50_000_000), undefined);
    ledger.applyFill(fill('b', 'sell', 10, 60_000_000), undefined);
    expect(ledger.cash).toBe(1_100_000_000);
    expect(ledger.settledCash('2026-01-01')).toBe(500_000_000);
    expect(ledger.settledCash('2026-01-02')).toBe(1_100_000_000);
  });

  it('ACC7 notes wash sales for 30 days and the day-trade rule by its date', () => {
    const notes = new AccountNotes(FEE_TABLES);
    notes.closed('ABC', '2026-01-01', true, true, 1);
    expect(notes.onPurchase('ABC', 29 * DAY_US)).toContain('wash sale');
    expect(notes.onPurchase('ABC', 31 * DAY_US)).toBe('');
    expect(notes.onPurchase('XYZ', 2)).toBe('');
    expect(notes.dayTradingNote('2026-06-03')).toContain('1 day trades');
    expect(notes.dayTradingNote('2026-06-04')).toContain('ended');
  });
});
