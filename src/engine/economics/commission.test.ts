/** ECO1 to ECO8: charges against cases computed by hand from the dated tables. */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { chargesOf, totalCharges } from './commission.ts';
import { FEE_TABLES, catFee, secFee, settlementDays, tafFee } from './fee-tables.ts';
import { isOnGrid, roundDown, roundLotOn, roundUp, tickGridOn } from './tick-grid.ts';

const DOLLAR = 1_000_000;
const buy = (shares: number, price: number, added = 0) => ({
  side: 'buy' as const,
  shares,
  value: shares * price,
  addedShares: added,
});
const sell = (shares: number, price: number, added = 0) => ({
  side: 'sell' as const,
  shares,
  value: shares * price,
  addedShares: added,
});

describe('ECO1 fixed plan', () => {
  const fixed = (filled: ReturnType<typeof buy> | ReturnType<typeof sell>, date = '2026-06-10') =>
    chargesOf(FEE_TABLES, 'ibkr-fixed', date, filled, 0);

  it('charges the minimum of $1.00 on 100 shares', () =>
    expect(fixed(buy(100, 50 * DOLLAR)).commission).toBe(1_000_000));
  it('charges half a cent a share above 200 shares', () =>
    expect(fixed(buy(1000, 50 * DOLLAR)).commission).toBe(5_000_000));
  it('is exactly the minimum at 200 shares', () => expect(fixed(buy(200, 50 * DOLLAR)).commission).toBe(1_000_000));
  it('ECO3 caps at one percent of the value, which beats the minimum', () => {
    // 10 shares at $2.00 = $20.00; one percent is $0.20.
    expect(fixed(buy(10, 2 * DOLLAR)).commission).toBe(200_000);
    // 5,000 shares at $0.20 = $1,000; per share $25.00, one percent $10.00.
    expect(fixed(buy(5000, 200_000)).commission).toBe(10_000_000);
  });
  it('includes exchange and clearing fees', () => expect(fixed(buy(1000, 50 * DOLLAR)).exchange).toBe(0));
});

describe('ECO2 tiered plan', () => {
  const tiered = (filled: ReturnType<typeof buy> | ReturnType<typeof sell>, month = 0) =>
    chargesOf(FEE_TABLES, 'ibkr-tiered', '2026-06-10', filled, month);

  it('charges 0.0035 a share with a minimum of $0.35', () => {
    expect(tiered(buy(50, 50 * DOLLAR)).commission).toBe(350_000);
    expect(tiered(buy(1000, 50 * DOLLAR)).commission).toBe(3_500_000);
  });
  it('charges each share at the rate of its tier', () => {
    // 299,500 this month: 500 shares at 0.0035 and 500 at 0.0020 = 1.75 + 1.00.
    expect(tiered(buy(1000, 50 * DOLLAR), 299_500).commission).toBe(2_750_000);
    expect(tiered(buy(1000, 50 * DOLLAR), 3_000_000).commission).toBe(1_500_000);
    expect(tiered(buy(1000, 50 * DOLLAR), 20_000_000).commission).toBe(1_000_000);
    expect(tiered(buy(1000, 50 * DOLLAR), 100_000_000).commission).toBe(500_000);
  });
  it('adds exchange, clearing and pass-through fees', () => {
    // 1,000 removed: 3.00 exchange + 0.20 clearing + 3.50 x 0.000175 (0.000613) + 3.50 x 0.00056 (0.00196) = 3.202573.
    expect(tiered(buy(1000, 50 * DOLLAR)).exchange).toBe(3_202_573);
    // 1,000 added: -2.00 + 0.20 + 0.002573 = -1.797427.
    expect(tiered(buy(1000, 50 * DOLLAR, 1000)).exchange).toBe(-1_797_427);
  });
});

describe('ECO4 SEC section 31 by date, on $1,000,000 sold', () => {
  const million = 1_000_000 * DOLLAR;
  it.each([
    ['2013-10-07', 17.4],
    ['2014-03-17', 17.4],
    ['2014-03-18', 22.1],
    ['2016-02-16', 21.8],
    ['2018-05-21', 23.1],
    ['2018-05-22', 13],
    ['2019-04-16', 20.7],
    ['2020-02-18', 22.1],
    ['2021-02-24', 22.1],
    ['2021-02-25', 5.1],
    ['2022-05-14', 22.9],
    ['2023-02-27', 8],
    ['2024-05-21', 8],
    ['2024-05-22', 27.8],
    ['2025-05-13', 27.8],
    ['2025-05-14', 0],
    ['2026-04-03', 0],
    ['2026-04-04', 20.6],
    ['2026-11-23', 20.6],
  ])('%s: $%f', (date, dollars) => expect(secFee(FEE_TABLES, date, million)).toBe(Math.round(dollars * DOLLAR)));

  it('is rounded to the micro-dollar and exact beyond 2^53', () => {
    // $10,000.00 x 20.60 / 1,000,000 = $0.206
    expect(secFee(FEE_TABLES, '2026-06-10', 10_000 * DOLLAR)).toBe(206_000);
    // $4 billion: $82,400.00
    expect(secFee(FEE_TABLES, '2026-06-10', 4_000_000_000 * DOLLAR)).toBe(82_400 * DOLLAR);
  });
});

describe('ECO5 FINRA TAF by date', () => {
  it.each([
    ['2013-10-07', 1000, 119_000],
    ['2013-10-07', 60_000, 5_950_000],
    ['2023-06-01', 1000, 145_000],
    ['2024-12-31', 1000, 166_000],
    ['2025-06-01', 100_000, 8_300_000],
    ['2025-12-31', 1000, 166_000],
    ['2026-01-01', 1000, 195_000],
    ['2026-09-30', 1_000_000, 9_790_000],
    ['2026-10-01', 1000, 0],
    ['2026-12-31', 1000, 0],
    ['2027-01-01', 1000, 232_000],
  ])('%s, %i shares: %i micro-dollars', (date, shares, micros) =>
    expect(tafFee(FEE_TABLES, date, shares)).toBe(micros),
  );
});

describe('ECO6 whole orders', () => {
  it('a sale of 1,000 at $50 on 10 June 2026, fixed: 5.00 + SEC 1.03 + TAF 0.195 + CAT 0.003', () => {
    const charges = chargesOf(FEE_TABLES, 'ibkr-fixed', '2026-06-10', sell(1000, 50 * DOLLAR), 0);
    expect(charges).toEqual({ commission: 5_000_000, exchange: 0, sec: 1_030_000, taf: 195_000, cat: 3000 });
    expect(totalCharges(charges)).toBe(6_228_000);
  });
  it('the same sale on 23 November 2026 pays no TAF', () => {
    expect(chargesOf(FEE_TABLES, 'ibkr-fixed', '2026-11-23', sell(1000, 50 * DOLLAR), 0).taf).toBe(0);
  });
  it('a purchase pays CAT alone', () => {
    expect(chargesOf(FEE_TABLES, 'ibkr-fixed', '2026-06-10', buy(1000, 50 * DOLLAR), 0)).toMatchObject({
      sec: 0,
      taf: 0,
      cat: 3000,
    });
    expect(catFee(FEE_TABLES, '2023-01-03', 1000)).toBe(0);
  });
  it('never falls while an order fills, so that the parts add up to the whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 100, max: 900_000_000 }),
        fc.constantFrom('ibkr-fixed' as const, 'ibkr-tiered' as const),
        fc.integer({ min: 0, max: 30_000_000 }),
        (first, more, price, plan, month) => {
          const before = chargesOf(FEE_TABLES, plan, '2026-06-10', sell(first, price), month);
          const after = chargesOf(FEE_TABLES, plan, '2026-06-10', sell(first + more, price), month);
          expect(after.commission).toBeGreaterThanOrEqual(before.commission);
          expect(after.commission).toBeLessThanOrEqual(Math.round(((first + more) * price) / 100) + 1);
          expect(Number.isInteger(totalCharges(after))).toBe(true);
        },
      ),
    );
  });
});

describe('ECO7, ECO8 grid, round lots, settlement', () => {
  const grid = tickGridOn(FEE_TABLES, '2026-06-10');
  it('rounds to a cent from $1 and to a hundredth of a cent below', () => {
    expect(roundDown(grid, 10_019_999)).toBe(10_010_000);
    expect(roundUp(grid, 10_010_001)).toBe(10_020_000);
    expect(roundDown(grid, 999_999)).toBe(999_900);
    expect(roundUp(grid, 999_950)).toBe(1_000_000);
    expect(isOnGrid(grid, 10_015_000)).toBe(false);
    expect(isOnGrid(grid, 500_100)).toBe(true);
  });
  it('takes the round lot of the day and price', () => {
    expect(roundLotOn(FEE_TABLES, '2025-10-31', 3000 * DOLLAR)).toBe(100);
    expect(roundLotOn(FEE_TABLES, '2025-11-03', 250 * DOLLAR)).toBe(100);
    expect(roundLotOn(FEE_TABLES, '2025-11-03', 250 * DOLLAR + 10_000)).toBe(40);
    expect(roundLotOn(FEE_TABLES, '2025-11-03', 1001 * DOLLAR)).toBe(10);
    expect(roundLotOn(FEE_TABLES, '2025-11-03', 10_001 * DOLLAR)).toBe(1);
  });
  it('settles T+2 before 28 May 2024 and T+1 from then', () => {
    expect(settlementDays(FEE_TABLES, '2024-05-27')).toBe(2);
    expect(settlementDays(FEE_TABLES, '2024-05-28')).toBe(1);
  });
});
