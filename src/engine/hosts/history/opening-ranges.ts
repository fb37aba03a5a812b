/**
 * How the opening ranges of a day grew, read from the tape for a kernel that began anew in the middle of it (docs/specs/recovery.md,
 * AFR7). The bars are those the kernel would have closed: the same builder over the same events.
 */
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import { Slot } from '../../bars/bar-slots.ts';
import { TickBars } from '../../bars/tick-bars.ts';
import type { RangeSteps } from '../../kernel/session-facts.ts';
import { RANGE_MINUTES_MAX } from '../../kernel/session-facts.ts';
import { MarketView } from '../../market/market-view.ts';
import { Eligibility } from '../../market/update-rules.ts';
import { ConditionSets } from '../../model/conditions.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import { EventKind } from '../../model/event-batch.ts';
import { SymbolTable } from '../../model/symbols.ts';
import type { EpochUs, InputNo, SymbolId } from '../../model/units.ts';
import { US_PER_MINUTE } from '../../model/units.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { SessionClock } from '../../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';

/** So much before the open is read with it: prints that come twice, and the first quotes. */
const BEFORE_US = 2 * US_PER_MINUTE;
/** Reports of the last minute that come late. */
const AFTER_US = US_PER_MINUTE;
const IGNORED = Eligibility.duplicate | Eligibility.refused;

export class OpeningRanges {
  readonly #reader: TapeReader;
  readonly #view: MarketView;
  readonly #bars: TickBars;
  readonly #steps = new Map<SymbolId, number[]>();
  readonly #startUs: EpochUs;

  constructor(dataDir: string, day: string, untilInputNo: InputNo) {
    const symbols = new SymbolTable();
    const conditions = new ConditionSets();
    const calendar = new SessionCalendar(US_EQUITY_CALENDAR);
    const phases = calendar.dayOfDate(day.slice(0, 10))?.phases ?? [];
    this.#startUs = phases.find(({ phase }) => phase === 'regular')?.fromUs ?? Number.POSITIVE_INFINITY;
    this.#view = new MarketView({ symbols, conditions, sessions: new SessionClock(calendar) });
    this.#bars = new TickBars({ capacity: symbols.capacity });
    this.#reader = new TapeReader({ dataDir, day, symbols, sets: conditions });
    if (Number.isFinite(this.#startUs))
      this.#reader.seek({
        fromUs: this.#startUs - BEFORE_US,
        toUs: this.#startUs + RANGE_MINUTES_MAX * US_PER_MINUTE + AFTER_US,
        toInputNo: untilInputNo,
      });
  }

  /** Reads on for about so many milliseconds; true when there is more. */
  read(budgetMs: number, nowMs: () => number): boolean {
    const deadline = nowMs() + budgetMs;
    const reader = this.#reader;
    if (!Number.isFinite(this.#startUs)) return false;
    for (let input = reader.next(); input !== null; input = reader.next()) {
      this.#view.advance(input.receivedUs);
      if (input.kind === 'market') this.#apply(reader.batch);
      if (nowMs() >= deadline) return true;
    }
    return false;
  }

  /** By name; symbols without a print in regular hours are left out. */
  rows(): readonly (readonly [string, RangeSteps])[] {
    const { symbols } = this.#view;
    for (let symbol = 0; symbol < symbols.size; symbol++) {
      const bar = this.#bars.forming(symbol);
      // What the cut left unfinished was printed all the same.
      if (bar !== undefined) this.#take(symbol, bar.openTimeUs, bar.closeTimeUs, bar.high, bar.low);
    }
    return [...this.#steps].map(([symbol, steps]) => [symbols.name(symbol), steps] as const);
  }

  close(): void {
    this.#reader.close();
  }

  #apply(batch: EventBatch): void {
    const view = this.#view;
    for (let i = 0; i < batch.length; i++) {
      const kind = batch.kind[i];
      if (kind !== EventKind.trade && kind !== EventKind.quote) {
        view.applyLuld(batch, i);
        continue;
      }
      const result = kind === EventKind.trade ? view.applyTrade(batch, i) : view.applyQuote(batch, i);
      if ((result & IGNORED) !== 0) continue;
      const closed =
        kind === EventKind.trade
          ? this.#bars.applyTrade(batch, i, result, view)
          : this.#bars.applyQuote(batch, i, result);
      if (closed > 0) this.#closed(batch.symbol[i] as number, closed);
    }
  }

  #closed(symbol: SymbolId, closed: number): void {
    const bars = this.#bars.closed;
    const count = bars.count(symbol);
    const at = (index: number, slot: number): number => bars.value(symbol, index, slot);
    for (let index = count - closed; index < count; index++)
      this.#take(
        symbol,
        at(index, Slot.openTimeUs),
        at(index, Slot.closeTimeUs),
        at(index, Slot.high),
        at(index, Slot.low),
      );
  }

  #take(symbol: SymbolId, openUs: EpochUs, closeUs: EpochUs, high: number, low: number): void {
    if (openUs < this.#startUs) return;
    const steps = this.#steps.get(symbol);
    if (steps === undefined) {
      this.#steps.set(symbol, [closeUs, high, low]);
      return;
    }
    const [highest, lowest] = [steps.at(-2) as number, steps.at(-1) as number];
    if (high > highest || low < lowest) steps.push(closeUs, Math.max(high, highest), Math.min(low, lowest));
  }
}
