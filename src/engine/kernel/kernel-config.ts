/**
 * Everything a run is made with. It is the first input of a recorded day, so a replay builds the same kernel from it. Plain
 * data only.
 */
import type { StrategyMode } from '../strategies/strategy-host.ts';
import { BUILTIN_STRATEGIES } from '../strategies/builtin/index.ts';
import type { PaperSettings } from '../sim/paper/paper-types.ts';
import { DEFAULT_PAPER_SETTINGS } from '../sim/paper/paper-types.ts';
import type { CalendarDay } from '../time/calendar-days.ts';
import type { ReferenceRow } from './reference.ts';
import type { DeskConfig } from './trading/desk-config.ts';
import { DEFAULT_DESK_CONFIG } from './trading/desk-config.ts';

export interface StrategyChoice {
  readonly name: string;
  readonly mode: StrategyMode;
  /** Values that differ from the defaults. */
  readonly params: Readonly<Record<string, number>>;
}

export interface KernelConfig {
  /** Letters and digits; new whenever ids could otherwise be given twice. */
  readonly run: string;
  /** 'YYYY-MM-DD' the recording is filed under. */
  readonly day: string;
  readonly seed: number;
  readonly feed: string;
  readonly broker: string;
  readonly isAuto: boolean;
  readonly strategies: readonly StrategyChoice[];
  readonly desk: DeskConfig;
  readonly paper: PaperSettings | null;
  readonly reference: readonly ReferenceRow[];
  /** Trading days that differ from the built-in calendar, as the vendor announced them. */
  readonly calendarDays?: readonly CalendarDay[];
  /** Checkpoint sections of the main desk carried over from an earlier day, JSON text by name; empty at the first start. */
  readonly carried: Readonly<Record<string, string>>;
  /** The day they come from. */
  readonly carriedFrom?: string;
}

export function defaultConfig(run: string, day: string, seed: number): KernelConfig {
  return {
    run,
    day,
    seed,
    feed: 'sim',
    broker: 'paper',
    isAuto: false,
    strategies: BUILTIN_STRATEGIES.map((strategy) => ({
      name: strategy.name,
      mode: strategy.name === 'random-buy' ? 'off' : 'enabled',
      params: {},
    })),
    desk: DEFAULT_DESK_CONFIG,
    paper: DEFAULT_PAPER_SETTINGS,
    reference: [],
    carried: {},
  };
}
