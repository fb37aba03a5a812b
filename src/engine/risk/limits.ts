/** Every limit of risk in one place, with the defaults of a small account (docs/specs/risk.md). Money in micro-dollars. */
import type { Micros } from '../model/units.ts';

export interface RiskLimits {
  // One order.
  readonly notionalMax: Micros;
  readonly sharesMax: number;
  /** Limit price against the touch and against the last trade, percent. */
  readonly collarPercent: number;
  readonly collarLastPercent: number;
  /** The same strategy, symbol and side again within this time is a duplicate. */
  readonly duplicateUs: number;
  readonly priceMin: Micros;
  // Rates.
  readonly ordersPerSecond: number;
  /** All messages to the broker in one second; entries stop at half of it so that exits always find room. */
  readonly messagesPerSecond: number;
  readonly workingPerSide: number;
  // Exposure.
  readonly exposureMax: Micros;
  readonly symbolExposureMax: Micros;
  readonly strategyExposureMax: Micros;
  readonly positionsMax: number;
  readonly strategyPositionsMax: number;
  /** Independent positions of one strategy in one symbol. */
  readonly positionsPerSymbolAndStrategy: number;
  // Losses.
  readonly dailyLossMax: Micros;
  /** Fall of the day's result from its peak. */
  readonly dailyDrawdownMax: Micros;
  readonly lossConfirmations: number;
  readonly lossCheckUs: number;
  readonly flattenOnDailyLoss: boolean;
  /** Losing trades running before the strategy is locked until the next session; 0 = never. */
  readonly lossStreakMax: number;
  // Cooldowns after a trade in the same symbol by the same strategy.
  readonly cooldownUs: number;
  readonly cooldownAfterLossUs: number;
  // Market state.
  readonly staleUs: number;
  readonly staleExtendedUs: number;
  readonly spreadMaxBps: number;
  readonly clockSkewUs: number;
  readonly extended: ExtendedHoursLimits;
}

export interface ExtendedHoursLimits {
  readonly isAllowed: boolean;
  readonly spreadMaxBps: number;
  /** Distance of the ask from the phase's volume-weighted price, percent. */
  readonly jumpMaxPercent: number;
  readonly notionalMax: Micros;
  /** Shares traded in the phase before an entry is allowed. */
  readonly volumeMin: number;
  /** How far an entry may chase, basis points. */
  readonly chaseMaxBps: number;
}

const DOLLAR = 1_000_000;

export const DEFAULT_RISK_LIMITS: RiskLimits = {
  notionalMax: 25_000 * DOLLAR,
  sharesMax: 10_000,
  collarPercent: 1,
  collarLastPercent: 5,
  duplicateUs: 1_000_000,
  priceMin: DOLLAR,
  ordersPerSecond: 10,
  messagesPerSecond: 40,
  workingPerSide: 20,
  exposureMax: 200_000 * DOLLAR,
  symbolExposureMax: 50_000 * DOLLAR,
  strategyExposureMax: 150_000 * DOLLAR,
  positionsMax: 60,
  strategyPositionsMax: 50,
  positionsPerSymbolAndStrategy: 1,
  dailyLossMax: 1_500 * DOLLAR,
  dailyDrawdownMax: 2_000 * DOLLAR,
  lossConfirmations: 3,
  lossCheckUs: 1_000_000,
  flattenOnDailyLoss: true,
  lossStreakMax: 8,
  cooldownUs: 30_000_000,
  cooldownAfterLossUs: 120_000_000,
  staleUs: 15_000_000,
  staleExtendedUs: 120_000_000,
  spreadMaxBps: 60,
  clockSkewUs: 2_000_000,
  extended: {
    isAllowed: true,
    spreadMaxBps: 80,
    jumpMaxPercent: 8,
    notionalMax: 8_000 * DOLLAR,
    volumeMin: 10_000,
    chaseMaxBps: 25,
  },
};
