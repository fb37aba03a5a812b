/** The session clock in the words the trading desk uses. */
import { PHASES } from '../market/view-columns.ts';
import type { SessionPhase } from '../model/bar.ts';
import type { Sessions } from '../model/sessions.ts';
import type { EpochUs } from '../model/units.ts';
import type { SessionClock } from '../time/session-clock.ts';

export class DeskSessions implements Sessions {
  readonly #clock: SessionClock;

  constructor(clock: SessionClock) {
    this.#clock = clock;
  }

  phaseAt(atUs: EpochUs): SessionPhase {
    return PHASES[this.#clock.phaseAt(atUs)] ?? 'closed';
  }

  phaseEndUs(atUs: EpochUs): EpochUs {
    this.#clock.phaseAt(atUs);
    return this.#clock.toUs;
  }

  dateAt(atUs: EpochUs): string {
    return this.#clock.dayOf(atUs).date;
  }

  addTradingDays(date: string, days: number): string {
    const calendar = this.#clock.calendar;
    const day = calendar.dayOfDate(date);
    if (day === undefined) return date;
    let at = day;
    for (let left = days; left > 0; left--) at = calendar.nextOpenDay(at.index);
    return at.date;
  }
}
