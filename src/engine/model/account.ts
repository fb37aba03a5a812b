/** The account as our own books have it: cash to the micro-dollar, and what may be bought. */
import type { EpochUs, Micros, SymbolId } from './units.ts';

export interface AccountSummary {
  readonly account: string;
  readonly atUs: EpochUs;
  readonly cash: Micros;
  readonly settledCash: Micros;
  readonly equity: Micros;
  readonly buyingPower: Micros;
  /** Held back for working buy orders. */
  readonly reserved: Micros;
  readonly exposure: Micros;
  readonly exposureByStrategy: Readonly<Record<string, Micros>>;
  readonly realisedToday: Micros;
  readonly unrealised: Micros;
  readonly chargesToday: Micros;
  readonly dayPnl: Micros;
  readonly dayPnlPeak: Micros;
  readonly openPositions: number;
  readonly closedTrades: number;
  readonly wins: number;
  readonly losses: number;
  readonly dayTrades: number;
  readonly notes: readonly string[];
  /** Broker's own figures at the last reconciliation, for comparison. */
  readonly brokerCash: Micros | null;
  readonly brokerAtUs: EpochUs;
}

/** Where our books and the broker's snapshot disagree. */
export interface Difference {
  readonly kind: 'position' | 'cash' | 'order' | 'execution';
  readonly symbol: SymbolId | null;
  readonly id: string;
  readonly ours: number;
  readonly theirs: number;
  readonly text: string;
}
