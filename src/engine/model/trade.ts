/**
 * A trade: one independent position, from its entry to flat. Several trades of different strategies may stand in one
 * symbol at once and are kept apart. Everything here is derived from its fills (docs/specs/orders.md, positions part).
 */
import type { CostEstimate, CostItems } from './economics.ts';
import type { Fill } from './fill.ts';
import type { ExitRule, RuleResult } from './signal.ts';
import type { EpochUs, InputNo, Micros, SymbolId } from './units.ts';

export type TradeState =
  /** Entry under way, nothing bought yet. */
  | 'opening'
  /** Shares are held. */
  | 'open'
  /** Bought and sold again; flat. */
  | 'closed'
  /** The entry ended without a fill. */
  | 'not-entered';

/** How the entry of a trade ended. */
export type EntryEnd =
  | 'filled'
  | 'partial-kept'
  | 'partial-unwound'
  | 'stale'
  | 'ran-away'
  | 'spread'
  | 'halt'
  | 'blind'
  | 'budget'
  | 'deadline'
  | 'rejected'
  | 'expired'
  | 'cancelled'
  | 'auto-off'
  | 'kill'
  | 'exit';

export interface Lot {
  readonly key: string;
  readonly quantity: number;
  readonly price: Micros;
  readonly atUs: EpochUs;
}

/** The position part, a pure fold of the fills in booking order. */
export interface TradePosition {
  readonly held: number;
  readonly bought: number;
  readonly sold: number;
  /** Cost of the shares still held, without commissions. */
  readonly costBasis: Micros;
  /** costBasis / held rounded; 0 when flat. */
  readonly averageCost: Micros;
  readonly boughtValue: Micros;
  readonly soldValue: Micros;
  /** Proceeds minus first-in-first-out cost of the shares sold, before commissions. */
  readonly realisedGross: Micros;
  /** Reported charges, and charges still expected for fills whose report has not come. */
  readonly charges: Micros;
  readonly chargesExpected: Micros;
  readonly lots: readonly Lot[];
}

export interface TradeMarks {
  /** Highest and lowest confirmed bid since the first fill; 0 before. */
  readonly peakBid: Micros;
  readonly troughBid: Micros;
  readonly peakUs: EpochUs;
  readonly troughUs: EpochUs;
}

export interface Trade {
  readonly id: string;
  readonly strategy: string;
  readonly version: string;
  readonly symbol: SymbolId;
  readonly ticker: string;
  readonly signalId: string;
  readonly state: TradeState;
  readonly signalledUs: EpochUs;
  readonly inputNo: InputNo;
  /** First fill; 0 before. */
  readonly openedUs: EpochUs;
  /** When it became flat; 0 before. */
  readonly closedUs: EpochUs;
  readonly position: TradePosition;
  readonly marks: TradeMarks;
  readonly exits: readonly ExitRule[];
  readonly gates: readonly RuleResult[];
  readonly tags: readonly string[];
  readonly predicted: CostEstimate | null;
  readonly entryEnd: EntryEnd | null;
  /** Rule that closed it, as exitLabel() spells it; '' while open. */
  readonly exitReason: string;
  readonly orders: readonly string[];
  readonly fills: readonly Fill[];
  /** Middle of the NBBO at the entry decision and at each exit decision, for realised economics. */
  readonly entryMid: Micros;
  readonly entryAsk: Micros;
  readonly exitMid: Micros;
  readonly exitBid: Micros;
  readonly manual: boolean;
  /** Wash-sale and day-trade notes: information, not advice. */
  readonly notes: readonly string[];
}

/** A trade that is over, with what it brought beside what was predicted. */
export interface ClosedTrade {
  readonly id: string;
  readonly strategy: string;
  readonly version: string;
  readonly symbol: SymbolId;
  readonly ticker: string;
  readonly signalId: string;
  readonly openedUs: EpochUs;
  readonly closedUs: EpochUs;
  readonly heldUs: number;
  readonly shares: number;
  readonly averageBuy: Micros;
  readonly averageSell: Micros;
  readonly gross: Micros;
  readonly charges: Micros;
  readonly net: Micros;
  readonly result: 'win' | 'loss' | 'flat';
  readonly exitReason: string;
  readonly entryEnd: EntryEnd | null;
  readonly predicted: CostEstimate | null;
  readonly realised: CostItems;
  readonly peakGain: Micros;
  readonly troughGain: Micros;
  readonly fills: readonly Fill[];
  readonly orders: readonly string[];
  readonly gates: readonly RuleResult[];
  readonly tags: readonly string[];
  readonly notes: readonly string[];
  readonly manual: boolean;
}
