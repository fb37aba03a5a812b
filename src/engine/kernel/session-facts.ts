/** What a strategy may know of the hour: phase, minutes in and left, and a symbol's opening range, from its closed bars. */
import { Slot } from '../bars/bar-slots.ts';
import type { BarStore } from '../bars/bar-store.ts';
import { PHASES } from '../market/view-columns.ts';
import type { EpochUs, SymbolId } from '../model/units.ts';
import { US_PER_MINUTE } from '../model/units.ts';
import type { SessionFacts } from '../strategies/api.ts';
import type { SessionClock } from '../time/session-clock.ts';

interface Range {
  readonly high: number;
  readonly low: number;
}
const NONE: Range = { high: Number.NaN, low: Number.NaN };

export class SessionFactsReader {
  readonly #sessions: SessionClock;
  readonly #bars: BarStore;
  /** minutes * capacity + symbol -> range, kept once the range is over. */
  readonly #ranges = new Map<number, Range>();
  #date = '';
  #day = 0;
  #regularStartUs = 0;

  constructor(sessions: SessionClock, bars: BarStore) {
    this.#sessions = sessions;
    this.#bars = bars;
  }

  read(symbol: SymbolId, nowUs: EpochUs): SessionFacts {
    const code = this.#sessions.phaseAt(nowUs);
    const startUs = this.#sessions.fromUs;
    const endUs = this.#sessions.toUs;
    this.#enterDay(nowUs);
    return {
      day: this.#day,
      phase: PHASES[code] ?? 'closed',
      minutesSinceStart: (nowUs - startUs) / US_PER_MINUTE,
      minutesToEnd: (endUs - nowUs) / US_PER_MINUTE,
      openingRange: (minutes) => this.#openingRange(symbol, minutes, nowUs),
    };
  }

  #enterDay(nowUs: EpochUs): void {
    const day = this.#sessions.dayOf(nowUs);
    if (day.date === this.#date) return;
    this.#date = day.date;
    this.#day = Number(day.date.replaceAll('-', ''));
    this.#regularStartUs = day.phases.find((span) => span.phase === 'regular')?.fromUs ?? Number.POSITIVE_INFINITY;
    this.#ranges.clear();
  }

  #openingRange(symbol: SymbolId, minutes: number, nowUs: EpochUs): Range {
    const untilUs = this.#regularStartUs + minutes * US_PER_MINUTE;
    if (!(nowUs >= untilUs)) return NONE;
    const key = Math.round(minutes) * this.#bars.capacity + symbol;
    const known = this.#ranges.get(key);
    if (known !== undefined) return known;
    let high = Number.NaN;
    let low = Number.NaN;
    const count = this.#bars.count(symbol);
    for (let index = this.#bars.firstIndex(symbol); index < count; index++) {
      if (this.#bars.value(symbol, index, Slot.openTimeUs) < this.#regularStartUs) continue;
      // A bar that reaches past the range would bring later prices into it.
      if (this.#bars.value(symbol, index, Slot.closeTimeUs) >= untilUs) break;
      const barHigh = this.#bars.value(symbol, index, Slot.high);
      const barLow = this.#bars.value(symbol, index, Slot.low);
      if (!(barHigh <= high)) high = barHigh;
      if (!(barLow >= low)) low = barLow;
    }
    const range = { high, low };
    this.#ranges.set(key, range);
    return range;
  }
}
