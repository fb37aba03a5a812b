/**
 * Which trading day and which session phase an instant belongs to. Cheap enough to be asked for every event: the span in
 * which the answer stays the same is kept. Rules: docs/specs/sessions.md.
 */
import { PHASE_CODE } from '../market/view-columns.ts';
import type { DurationUs, EpochUs } from '../model/units.ts';
import { US_PER_MINUTE } from '../model/units.ts';
import type { SessionCalendar, TradingDay } from './calendar.ts';
import { newYorkOffsetUs, US_PER_DAY } from './new-york.ts';

export type PhaseCode = (typeof PHASE_CODE)[keyof typeof PHASE_CODE];

export class SessionClock {
  #calendar: SessionCalendar;
  #day: TradingDay;
  /** The span [fromUs, toUs) of the phase last asked for, within one trading day. */
  fromUs = 0;
  toUs = 0;
  phase: PhaseCode = PHASE_CODE.closed;

  constructor(calendar: SessionCalendar) {
    this.#calendar = calendar;
    this.#day = calendar.day(0);
  }

  get calendar(): SessionCalendar {
    return this.#calendar;
  }

  /** Takes a refreshed calendar into use; spans already handed out may be stale. */
  replaceCalendar(calendar: SessionCalendar): void {
    this.#calendar = calendar;
    this.#day = calendar.day(this.#day.index);
    this.fromUs = 0;
    this.toUs = 0;
  }

  /** The trading day an instant belongs to. */
  dayOf(us: EpochUs): TradingDay {
    if (us >= this.#day.startUs && us < this.#day.endUs) return this.#day;
    const civil = Math.floor((us + newYorkOffsetUs(us)) / US_PER_DAY);
    let day = this.#calendar.day(civil);
    // With overnight hours the evening already belongs to the next date.
    if (us >= day.endUs) day = this.#calendar.day(civil + 1);
    this.#day = day;
    return day;
  }

  /** PHASE_CODE of the phase in force at an instant. */
  phaseAt(us: EpochUs): PhaseCode {
    if (us >= this.fromUs && us < this.toUs) return this.phase;
    this.#locate(us);
    return this.phase;
  }

  /** The first instant after `us` at which the phase is another one. */
  nextChangeUs(us: EpochUs): EpochUs {
    const phase = this.phaseAt(us);
    let next = this.toUs;
    // A closed evening and the closed morning after it are one stretch of the same phase. The bound is for a table without hours.
    for (let spans = 0; spans < 100 && this.phaseAt(next) === phase; spans++) next = this.toUs;
    return next;
  }

  /** Whole minutes since New York midnight of the trading day; negative in an overnight session's evening. */
  minuteOfDay(us: EpochUs): number {
    return Math.floor((us - this.dayOf(us).midnightUs) / US_PER_MINUTE);
  }

  /** Time until the regular session of this trading day ends; undefined when there is none left. */
  untilRegularEnd(us: EpochUs): DurationUs | undefined {
    const regular = this.dayOf(us).phases.find(({ phase }) => phase === 'regular');
    return regular === undefined || us >= regular.toUs ? undefined : regular.toUs - us;
  }

  #locate(us: number): void {
    const day = this.dayOf(us);
    let fromUs = day.startUs;
    for (const span of day.phases) {
      if (us < span.fromUs) return this.#keep(PHASE_CODE.closed, fromUs, span.fromUs);
      if (us < span.toUs) return this.#keep(PHASE_CODE[span.phase], span.fromUs, span.toUs);
      fromUs = span.toUs;
    }
    this.#keep(PHASE_CODE.closed, fromUs, day.endUs);
  }

  #keep(phase: PhaseCode, fromUs: number, toUs: number): void {
    this.phase = phase;
    this.fromUs = fromUs;
    this.toUs = toUs;
  }
}
