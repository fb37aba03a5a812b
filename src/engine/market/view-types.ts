/** What goes into the market view beside events, and what it counts. */
import type { ConditionSets } from '../model/conditions.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { EpochUs } from '../model/units.ts';
import type { SessionClock } from '../time/session-clock.ts';
import type { ConditionTable } from './condition-table.ts';
import type { HALT_REASONS, HaltState } from './view-columns.ts';

export interface MarketViewDeps {
  readonly symbols: SymbolTable;
  readonly conditions: ConditionSets;
  readonly sessions: SessionClock;
  /** Shared memory of `columnsByteLength(VIEW_COLUMNS, capacity)` bytes; made when absent. */
  readonly buffer?: SharedArrayBuffer;
  /** Rows; the symbol table's capacity when absent. */
  readonly capacity?: number;
  readonly conditionTable?: ConditionTable;
  /** Recent trades and quotes kept per symbol, a power of two. */
  readonly recentDepth?: number;
}

export interface SymbolReference {
  readonly previousClose?: number;
  /** Usual shares a day. */
  readonly averageVolume?: number;
}

export interface HaltNotice {
  readonly state: keyof typeof HaltState;
  readonly reason: (typeof HALT_REASONS)[number];
  readonly atUs: EpochUs;
}

export interface MarketTotals {
  trades: number;
  quotes: number;
  lulds: number;
  duplicates: number;
  late: number;
  /** Events of another day, without a row, or from the future. */
  refused: number;
  /** Prints with a condition id nobody described. */
  unknownConditions: number;
}
