/** All settings of the trading desk: plain data, hashed into the run record. */
import type { CostSettings } from '../../economics/cost-model.ts';
import { DEFAULT_COST_SETTINGS } from '../../economics/cost-model.ts';
import type { SizingSettings } from '../../economics/sizing.ts';
import { DEFAULT_SIZING_SETTINGS } from '../../economics/sizing.ts';
import type { SlippagePrior } from '../../economics/slippage-tracker.ts';
import { DEFAULT_SLIPPAGE_PRIOR } from '../../economics/slippage-tracker.ts';
import type { ExitSettings } from '../../exits/exit-rules.ts';
import { DEFAULT_EXIT_SETTINGS } from '../../exits/exit-rules.ts';
import type { LadderSettings } from '../../exits/ladder.ts';
import { DEFAULT_LADDER } from '../../exits/ladder.ts';
import type { OrderTimeouts } from '../../orders/order-book.ts';
import { DEFAULT_ORDER_TIMEOUTS } from '../../orders/order-book.ts';
import type { RiskLimits } from '../../risk/limits.ts';
import { DEFAULT_RISK_LIMITS } from '../../risk/limits.ts';

export interface EntrySettings {
  /** Where the first limit goes. */
  readonly style: 'ask' | 'mid' | 'bid';
  /** The price has run away when the ask is so far above where the signal saw it, basis points. */
  readonly chaseBps: number;
  readonly reprices: number;
  readonly repriceUs: number;
  /** Give up when the spread is so many times what it was. */
  readonly spreadMultipleMax: number;
  /** No entry is chased longer, whatever the signal says. */
  readonly deadlineMaxUs: number;
  /** What becomes of a partial fill when the time is up. */
  readonly partial: 'keep' | 'complete' | 'unwind';
  /** With 'complete', how much longer it is chased. */
  readonly completeUs: number;
  /** A kept partial smaller than this share of the wish is unwound all the same. */
  readonly keepFractionMin: number;
  readonly cancelOnAutoOff: boolean;
}

export interface DeskConfig {
  readonly accountType: 'margin' | 'cash';
  /** Buying power per dollar of equity on a margin account. */
  readonly leverage: number;
  readonly isAuto: boolean;
  readonly costs: CostSettings;
  readonly slippagePrior: SlippagePrior;
  readonly sizing: SizingSettings;
  readonly entry: EntrySettings;
  readonly exits: ExitSettings;
  readonly ladder: LadderSettings;
  readonly risk: RiskLimits;
  readonly timeouts: OrderTimeouts;
  /** Pause between two questions to the broker while something is unknown. */
  readonly queryUs: number;
  /** A snapshot counts against an order only when asked for so long after the last request for it. */
  readonly settleUs: number;
  /** What ended longer ago leaves memory when the day turns; the journal keeps it. Fills stay, so that none is booked twice. */
  readonly forgetUs: number;
  /** What each strategy may use; absent = only the risk limits. */
  readonly budgets: Readonly<Record<string, StrategyBudget>>;
}

/** A strategy's own share of the account (docs/specs/risk.md, RSK31); null = not limited. */
export interface StrategyBudget {
  /** Most dollars at work, micro-dollars; working purchases count. */
  readonly notionalMax: number | null;
  /** Most positions at once, opening ones counted. */
  readonly positionsMax: number | null;
  /** Most entries a session day. */
  readonly entriesMax: number | null;
}

export const DEFAULT_DESK_CONFIG: DeskConfig = {
  accountType: 'margin',
  leverage: 1,
  isAuto: false,
  costs: DEFAULT_COST_SETTINGS,
  slippagePrior: DEFAULT_SLIPPAGE_PRIOR,
  sizing: DEFAULT_SIZING_SETTINGS,
  entry: {
    style: 'ask',
    chaseBps: 15,
    reprices: 5,
    repriceUs: 200_000,
    spreadMultipleMax: 3,
    deadlineMaxUs: 20_000_000,
    partial: 'keep',
    completeUs: 5_000_000,
    keepFractionMin: 0.1,
    cancelOnAutoOff: true,
  },
  exits: DEFAULT_EXIT_SETTINGS,
  ladder: DEFAULT_LADDER,
  risk: DEFAULT_RISK_LIMITS,
  timeouts: DEFAULT_ORDER_TIMEOUTS,
  queryUs: 1_000_000,
  settleUs: 1_500_000,
  forgetUs: 72_000_000_000,
  budgets: {},
};
