/** What a strategy may know of the hour: phase, minutes in and left, and a symbol's opening range, from its closed bars. */
import { Slot } from '../bars/bar-slots.ts';
import type { BarStore } from '../bars/bar-store.ts';
import { decodeJson, encodeJson } from '../lib/json-bytes.ts';
import { PHASES } from '../market/view-columns.ts';
import type { EpochUs, InputNo, SymbolId } from '../model/units.ts';
import { US_PER_MINUTE } from '../model/units.ts';
import type { CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import type { SessionFacts } from '../strategies/api.ts';
import type { SessionClock } from '../time/session-clock.ts';

interface Range {
  readonly high: number;
  readonly low: number;
}
const NONE: Range = { high: Number.NaN, low: Number.NaN };

/** Longer ranges of a part of the day that nobody here saw are not given back. */
export const RANGE_MINUTES_MAX = 60;
/** How a symbol's range grew from the open on: closing time of a bar, highest and lowest so far; and so on. */
export type RangeSteps = readonly number[];

interface Saved {
  readonly beganUs: EpochUs;
  readonly lacksUntil: InputNo;
  readonly steps: readonly (readonly [SymbolId, RangeSteps])[];
}

export class SessionFactsReader {
  readonly #sessions: SessionClock;
  readonly #bars: BarStore;
  /** minutes * capacity + symbol -> range, kept once the range is over. */
  readonly #ranges = new Map<number, Range>();
  /** Bars of before this are not here: the kernel began anew. 0 when it did not. */
  #beganUs: EpochUs = 0;
  readonly #earlier = new Map<SymbolId, RangeSteps>();
  #lacksUntil: InputNo = 0;
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

  /** From here on there are bars; a range that began before is not known until it is given back. */
  beginAnew(nowUs: EpochUs, lacksUntil: InputNo): void {
    this.#beganUs = nowUs;
    this.#lacksUntil = lacksUntil;
    this.#earlier.clear();
    this.#ranges.clear();
  }

  /** The last input whose ranges are still to be given back; 0 when none is missing. */
  get lacksUntil(): InputNo {
    return this.#lacksUntil;
  }

  giveBack(symbol: SymbolId, steps: RangeSteps): void {
    this.#earlier.set(symbol, steps);
  }

  isAllBack(): void {
    this.#lacksUntil = 0;
  }

  save(writer: CheckpointWriter): void {
    if (this.#beganUs === 0) return;
    const saved: Saved = { beganUs: this.#beganUs, lacksUntil: this.#lacksUntil, steps: [...this.#earlier] };
    writer.section('session/ranges', encodeJson(saved));
  }

  restore(reader: CheckpointReader): void {
    const bytes = reader.section('session/ranges');
    if (bytes === undefined) return;
    const { beganUs, lacksUntil, steps } = decodeJson<Saved>(bytes);
    this.beginAnew(beganUs, lacksUntil);
    for (const [symbol, range] of steps) this.giveBack(symbol, range);
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
    let { high, low } = NONE;
    if (this.#beganUs > this.#regularStartUs) {
      // Half a range is none: it would be traded on as if it were whole.
      if (this.#lacksUntil > 0 || minutes > RANGE_MINUTES_MAX) return NONE;
      ({ high, low } = earlierRange(this.#earlier.get(symbol), untilUs));
    }
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

/** The range that the bars of before a new beginning came to. */
function earlierRange(steps: RangeSteps = [], untilUs: EpochUs): Range {
  let range = NONE;
  for (let at = 0; at < steps.length; at += 3) {
    if ((steps[at] as number) >= untilUs) break;
    range = { high: steps[at + 1] as number, low: steps[at + 2] as number };
  }
  return range;
}
