/** What trading needs to know of the session calendar. The session clock in time/ satisfies it. */
import type { SessionPhase } from './bar.ts';
import type { EpochUs } from './units.ts';

export interface Sessions {
  phaseAt(atUs: EpochUs): SessionPhase;
  /** First instant after the phase that holds `atUs`. */
  phaseEndUs(atUs: EpochUs): EpochUs;
  /** New York date of the session `atUs` belongs to, as YYYY-MM-DD. */
  dateAt(atUs: EpochUs): string;
  /** The trading day `days` trading days after `date`. */
  addTradingDays(date: string, days: number): string;
}
