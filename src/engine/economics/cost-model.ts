/**
 * The economics gate: what the round trip would cost against what it is expected to bring, before any order exists, and
 * the same items measured afterwards (docs/specs/economics.md, ECO10 to ECO14).
 */
import { mulDiv } from '../lib/exact.ts';
import type { CostEstimate, CostItems } from '../model/economics.ts';
import { totalCosts } from '../model/economics.ts';
import type { Micros } from '../model/units.ts';
import { toMicros } from '../model/units.ts';
import type { Charges, CommissionPlan } from './commission.ts';
import { chargesOf } from './commission.ts';
import type { FeeTables } from './fee-tables.ts';

export interface CostSettings {
  readonly plan: CommissionPlan;
  /** Percentile of past slippage to expect, 0..1. */
  readonly slippagePercentile: number;
  /** The user's rate on short-term gains, 0..1. */
  readonly taxRate: number;
  /** Share of the data fee that each trade carries. */
  readonly dataSharePerTrade: Micros;
  /** The gain must exceed the costs before tax by this share. */
  readonly margin: number;
  /** The least net gain after tax worth the trouble. */
  readonly minimumNet: Micros;
}

export const DEFAULT_COST_SETTINGS: CostSettings = {
  plan: 'ibkr-fixed',
  slippagePercentile: 0.6,
  taxRate: 0.24,
  // 199 dollars a month over 500 trades a day and 21 days.
  dataSharePerTrade: 18_952,
  margin: 0.1,
  minimumNet: 0,
};

export interface EstimateInput {
  readonly date: string;
  readonly shares: number;
  readonly bid: Micros;
  readonly ask: Micros;
  /** Dollars a share, before costs. */
  readonly expectedMove: number;
  readonly confidence: number;
  readonly slippageBps: number;
  readonly monthShares: number;
}

/** Costs of buying `shares` at the ask now and selling them at the bid later, both removing liquidity. */
export function estimateCosts(fees: FeeTables, settings: CostSettings, input: EstimateInput): CostEstimate {
  const { shares, bid, ask } = input;
  const mid = Math.round((bid + ask) / 2);
  const slippageBps = Math.max(0, input.slippageBps);
  const slippage = Math.round((mid * slippageBps) / 10_000) * shares;
  const bought = chargesOf(
    fees,
    settings.plan,
    input.date,
    { side: 'buy', shares, value: shares * ask, addedShares: 0 },
    input.monthShares,
  );
  const exitValue = shares * Math.max(0, bid + toMicros(input.expectedMove * input.confidence));
  const sold = chargesOf(
    fees,
    settings.plan,
    input.date,
    { side: 'sell', shares, value: exitValue, addedShares: 0 },
    input.monthShares + shares,
  );
  const entry = items(bought, (ask - mid) * shares, slippage, settings.dataSharePerTrade);
  const exit = items(sold, (mid - bid) * shares, slippage, 0);
  const beforeTax = totalCosts(entry) + totalCosts(exit);
  const expectedGain = toMicros(input.expectedMove * input.confidence) * shares;
  const tax = taxOn(settings.taxRate, expectedGain - beforeTax);
  const total = beforeTax + tax;
  const required = beforeTax + Math.round(beforeTax * settings.margin);
  const expectedNet = expectedGain - total;
  return {
    shares,
    mid,
    entry,
    exit: { ...exit, tax },
    total,
    expectedGain,
    expectedNet,
    required,
    isWorthIt: expectedGain > 0 && expectedGain >= required && expectedNet >= settings.minimumNet,
  };
}

/** A gain is taxed, a loss is not refunded here: the estimate must not make losing trades look cheaper. */
export function taxOn(rate: number, gain: Micros): Micros {
  return gain > 0 ? mulDiv(gain, Math.round(rate * 1_000_000), 1_000_000) : 0;
}

export interface RealisedInput {
  readonly shares: number;
  readonly boughtValue: Micros;
  readonly soldValue: Micros;
  /** Micro-dollars a share at the entry decision and at the exit decision. */
  readonly entryMid: Micros;
  readonly entryAsk: Micros;
  readonly exitMid: Micros;
  readonly exitBid: Micros;
  /** Charges as the broker reported them, both ways, in one sum. */
  readonly reported: Micros;
  /** The regulatory and exchange parts of it by the tables. */
  readonly byTable: Charges;
}

/**
 * Realised costs of a closed round trip. Spread and slippage are measured from the middle of the NBBO at each decision, so
 * (exitMid - entryMid) x shares minus these items (before tax) is the net result to the micro-dollar.
 */
export function realisedCosts(settings: CostSettings, input: RealisedInput): CostItems {
  const { shares, byTable } = input;
  const spread = (input.entryAsk - input.entryMid) * shares + (input.exitMid - input.exitBid) * shares;
  const slippage = input.boughtValue - input.entryAsk * shares + (input.exitBid * shares - input.soldValue);
  // The broker reports one sum: what the tables do not explain is commission.
  const commission = input.reported - byTable.exchange - byTable.sec - byTable.taf - byTable.cat;
  const net = input.soldValue - input.boughtValue - input.reported;
  return {
    spread,
    slippage,
    commission,
    exchange: byTable.exchange,
    sec: byTable.sec,
    taf: byTable.taf,
    cat: byTable.cat,
    dataShare: settings.dataSharePerTrade,
    tax: taxOn(settings.taxRate, net - settings.dataSharePerTrade),
  };
}

function items(charges: Charges, spread: Micros, slippage: Micros, dataShare: Micros): CostItems {
  return { spread, slippage, ...charges, dataShare, tax: 0 };
}
