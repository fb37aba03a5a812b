/** Settings and state of the paper exchange; the state is plain data and survives restarts as it is. */
import type { CommissionPlan } from '../../economics/commission.ts';
import type { EpochUs, Micros, SymbolId } from '../../model/units.ts';
import type { BrokerCommand, Execution } from '../../ports/broker.ts';
import type { FaultRates } from './faults.ts';
import { NO_FAULTS } from './faults.ts';
import type { OrderLines } from './message-luck.ts';
import { freshLines } from './message-luck.ts';
import type { PendingReport } from './report-queue.ts';

export interface PaperSettings {
  readonly account: string;
  readonly cash: Micros;
  readonly leverage: number;
  readonly plan: CommissionPlan;
  readonly faults: FaultRates;
  /** Least and most time a command, a report, a commission report takes. */
  readonly commandUs: readonly [number, number];
  readonly reportUs: readonly [number, number];
  readonly commissionUs: readonly [number, number];
  readonly workingPerSide: number;
  readonly allowShort: boolean;
  /** Beyond the displayed size: each further level holds this share of it, half a spread further away. */
  readonly depthFactor: number;
  readonly depthLevels: number;
}

export const DEFAULT_PAPER_SETTINGS: PaperSettings = {
  account: 'DPAPER1',
  cash: 100_000_000_000,
  leverage: 1,
  plan: 'ibkr-fixed',
  faults: NO_FAULTS,
  commandUs: [15_000, 60_000],
  reportUs: [15_000, 60_000],
  commissionUs: [50_000, 400_000],
  workingPerSide: 20,
  allowShort: false,
  depthFactor: 0.6,
  depthLevels: 4,
};

export interface PaperOrder {
  readonly id: string;
  readonly brokerId: string;
  symbol: SymbolId;
  readonly ticker: string;
  readonly side: 'buy' | 'sell';
  readonly type: 'limit' | 'market';
  readonly timeInForce: 'day' | 'ioc' | 'gtc';
  readonly outside: boolean;
  quantity: number;
  limit: Micros;
  filled: number;
  value: Micros;
  added: number;
  /** Charged so far, over all its fills. */
  charged: Micros;
  /** It has met the book once and rests now. */
  isResting: boolean;
  /** Shares before us at our price; -1 while our price is not the touch and nobody knows. */
  queueAhead: number;
  isOpen: boolean;
}

export interface PaperExecution extends Execution {
  commission: Micros;
}

export interface PaperState {
  /** Where every message's chance is drawn from; it never moves. */
  rng: readonly [number, number, number, number];
  cash: Micros;
  /** By ticker: shares and what they cost. */
  positions: Record<string, { shares: number; cost: Micros }>;
  orders: PaperOrder[];
  executions: PaperExecution[];
  commands: { dueUs: EpochUs; command: BrokerCommand }[];
  reports: PendingReport[];
  corrections: { dueUs: EpochUs; key: string }[];
  reportNumber: number;
  orderNumber: number;
  executionNumber: number;
  lastCommandUs: EpochUs;
  lastReportUs: EpochUs;
  isLinkUp: boolean;
  linkUpUs: EpochUs;
  nowUs: EpochUs;
  phase: string;
  date: string;
  month: string;
  monthShares: number;
  lines: OrderLines;
}

export function freshState(cash: Micros, rng: PaperState['rng']): PaperState {
  return {
    rng,
    cash,
    positions: {},
    orders: [],
    executions: [],
    commands: [],
    reports: [],
    corrections: [],
    reportNumber: 0,
    orderNumber: 0,
    executionNumber: 0,
    lastCommandUs: 0,
    lastReportUs: 0,
    isLinkUp: false,
    linkUpUs: 0,
    nowUs: 0,
    phase: '',
    date: '',
    month: '',
    monthShares: 0,
    lines: freshLines(),
  };
}
