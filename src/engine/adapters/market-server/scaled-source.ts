/**
 * A scaled market: the real streams of a recorded day under many names, for load. Each name plays one real symbol's regular
 * session from a phase of its own, round and round, with prices times a factor of its own, at the pace that gives the rate
 * asked for. It is a function of the files, the number of names and the rate alone. It is no market: names that play the
 * same symbol follow one another. Every name says so: BAC.S17 is the eighteenth that plays BAC (docs/specs/market-server.md).
 */
import { existsSync } from 'node:fs';
import { assert } from '../../lib/assert.ts';
import { createRng } from '../../lib/rng.ts';
import type { ReferenceRow } from '../../kernel/reference.ts';
import type { EventSink } from '../../sim/market/event-sink.ts';
import { FrameWriter } from '../../sim/market/frame-writer.ts';
import { flatFile } from './day-rows.ts';
import type { MarketSource } from './market-source.ts';
import type { RecordedBar, Replay } from './replay-source.ts';
import { recordedBars, recordedDayBefore } from './replay-source.ts';
import type { SessionRows, SymbolRows } from './scaled-rows.ts';
import { readSession } from './scaled-rows.ts';

export interface ScaledOptions {
  /** How many names. */
  readonly symbols: number;
  /** Events a simulated second over all names; the real pace when null. */
  readonly rate: number | null;
}

export interface ScaledMarket extends Omit<Replay, 'source'> {
  readonly source: ScaledSource;
  readonly openUs: number;
  /** Previous closes and usual volumes of the names, in the order of the names. */
  reference(): Promise<readonly ReferenceRow[]>;
}

interface ScaledName {
  readonly name: string;
  readonly base: number;
  readonly factor: number;
  readonly phaseMs: number;
}

/** Or one sentence saying why there is none. */
export async function openScaled(
  dir: string,
  day: string,
  options: ScaledOptions,
  timeOffsetMs = 0,
): Promise<ScaledMarket | string> {
  if (!existsSync(dir)) return `there is no folder '${dir}'; name the folder that holds trades_v1 and quotes_v1.`;
  if (flatFile(dir, 'trades_v1', day) === undefined) return `there are no flat files of ${day} in '${dir}'.`;
  const session = await readSession(dir, day);
  if (typeof session === 'string') return session;
  const names = namesOf(session, options.symbols);
  const tapes = names.map(({ base }) => (session.symbols[base] as SymbolRows).tape);
  const writer = new FrameWriter(
    names.map(({ name }, i) => ({ name, tape: tapes[i] as number })),
    session.conditions,
    { timeOffsetMs },
  );
  const source = new ScaledSource(session, names, day, options.rate);
  return {
    source,
    writer,
    names: names.map(({ name }) => name),
    tapes,
    conditions: session.conditions,
    openUs: session.openUs,
    reference: async () => {
      const bars = new Map((await recordedBars(dir, recordedDayBefore(dir, day))).map((bar) => [bar.name, bar]));
      return names.map((name, i) => referenceOf(name, tapes[i] as number, session, bars, source.pace));
    },
  };
}

function namesOf(session: SessionRows, count: number): ScaledName[] {
  const windowMs = (session.closeUs - session.openUs) / 1000;
  return Array.from({ length: count }, (_, i) => {
    const base = i % session.symbols.length;
    const number = Math.floor(i / session.symbols.length);
    const name = `${(session.symbols[base] as SymbolRows).name}.S${number}`;
    const rng = createRng(`scaled/${name}`);
    // Twice the price at most, half of it at least: what is liquid stays liquid.
    return { name, base, factor: 0.5 + rng.next() * 1.5, phaseMs: rng.below(windowMs) };
  });
}

function referenceOf(
  { name, base, factor }: ScaledName,
  tape: number,
  session: SessionRows,
  bars: ReadonlyMap<string, RecordedBar>,
  pace: number,
): ReferenceRow {
  const bar = bars.get((session.symbols[base] as SymbolRows).name);
  const previousClose = bar === undefined ? 0 : scaledMicros(bar.close * 10_000, factor) / 1e6;
  return { name, type: '', tape, previousClose, averageVolume: Math.round((bar?.volume ?? 0) * pace) };
}

/** Micro-dollars on the grid of cents; never less than a cent for what had a price. */
function scaledMicros(hundredthsOfCents: number, factor: number): number {
  if (hundredthsOfCents <= 0) return 0;
  return Math.max(1, Math.round((hundredthsOfCents * factor) / 100)) * 10_000;
}

/** Milliseconds the wheel looks ahead; names that are quiet for longer are looked at again then. */
const WHEEL = 4096;
const CENT = 10_000;

export class ScaledSource implements MarketSource {
  /** Real seconds a simulated second. */
  readonly pace: number;
  readonly dayName: string;
  readonly #session: SessionRows;
  readonly #names: readonly ScaledName[];
  readonly #windowMs: number;
  readonly #openMs: number;
  /** By name: which row comes next, how often it has gone round, when it is due (milliseconds since the opening). */
  readonly #next: Uint32Array;
  readonly #rounds: Uint32Array;
  readonly #dueMs: Float64Array;
  readonly #sequence: Float64Array;
  /** Names due in a millisecond, as linked lists. */
  readonly #heads = new Int32Array(WHEEL).fill(-1);
  readonly #links: Int32Array;
  #nowMs = 0;
  rows = 0;

  constructor(session: SessionRows, names: readonly ScaledName[], dayName: string, rate: number | null) {
    assert(names.length > 0, 'a market has names');
    this.#session = session;
    this.#names = names;
    this.dayName = dayName;
    this.#windowMs = (session.closeUs - session.openUs) / 1000;
    this.#openMs = session.openUs / 1000;
    let eventsPerRound = 0;
    for (const { base } of names) eventsPerRound += (session.symbols[base] as SymbolRows).count;
    const naturalRate = (eventsPerRound / this.#windowMs) * 1000;
    this.pace = rate === null ? 1 : rate / naturalRate;
    this.#next = new Uint32Array(names.length);
    this.#rounds = new Uint32Array(names.length);
    this.#dueMs = new Float64Array(names.length);
    this.#sequence = new Float64Array(names.length);
    this.#links = new Int32Array(names.length);
    for (let name = names.length - 1; name >= 0; name--) this.#begin(name);
  }

  next(untilUs: number, sink: EventSink): void {
    const untilMs = Math.min(this.#windowMs, Math.ceil(untilUs / 1000 - this.#openMs));
    for (; this.#nowMs < untilMs; this.#nowMs++) this.#millisecond(this.#nowMs, sink);
  }

  quietUntilUs(nowUs: number): number {
    if (this.#nowMs >= this.#windowMs) return Infinity;
    return Math.max(nowUs, (this.#openMs + this.#nowMs) * 1000);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Every name starts where its phase falls into the recorded session. */
  #begin(name: number): void {
    const { base, phaseMs } = this.#names[name] as ScaledName;
    const { atMs, count } = this.#session.symbols[base] as SymbolRows;
    let low = 0;
    for (let high = count; low < high;) {
      const middle = (low + high) >> 1;
      if ((atMs[middle] as number) < phaseMs) low = middle + 1;
      else high = middle;
    }
    if (low === count) this.#rounds[name] = 1;
    this.#next[name] = low === count ? 0 : low;
    this.#schedule(name);
  }

  #schedule(name: number): void {
    const { base, phaseMs } = this.#names[name] as ScaledName;
    const rows = this.#session.symbols[base] as SymbolRows;
    const realMs =
      (rows.atMs[this.#next[name] as number] as number) - phaseMs + (this.#rounds[name] as number) * this.#windowMs;
    this.#dueMs[name] = Math.max(this.#nowMs, Math.floor(realMs / this.pace));
    this.#link(name);
  }

  #link(name: number): void {
    const slot = Math.min(this.#dueMs[name] as number, this.#nowMs + WHEEL - 1) % WHEEL;
    this.#links[name] = this.#heads[slot] as number;
    this.#heads[slot] = name;
  }

  #millisecond(nowMs: number, sink: EventSink): void {
    const slot = nowMs % WHEEL;
    let name = this.#heads[slot] as number;
    this.#heads[slot] = -1;
    while (name >= 0) {
      const following = this.#links[name] as number;
      if ((this.#dueMs[name] as number) > nowMs) this.#link(name);
      else this.#play(name, nowMs, sink);
      name = following;
    }
  }

  /** One row; the next one may be due in the same millisecond, which the list then reaches again. */
  #play(name: number, nowMs: number, sink: EventSink): void {
    const { base, factor } = this.#names[name] as ScaledName;
    const rows = this.#session.symbols[base] as SymbolRows;
    do {
      this.#send(name, rows, this.#next[name] as number, factor, this.#openMs + nowMs, sink);
      const at = (this.#next[name] as number) + 1;
      this.#next[name] = at === rows.count ? 0 : at;
      if (at === rows.count) this.#rounds[name] = (this.#rounds[name] as number) + 1;
    } while (this.#isDue(name, rows, nowMs));
    this.#schedule(name);
  }

  #isDue(name: number, rows: SymbolRows, nowMs: number): boolean {
    const { phaseMs } = this.#names[name] as ScaledName;
    const realMs =
      (rows.atMs[this.#next[name] as number] as number) - phaseMs + (this.#rounds[name] as number) * this.#windowMs;
    return Math.floor(realMs / this.pace) <= nowMs;
  }

  #send(name: number, rows: SymbolRows, at: number, factor: number, timeMs: number, sink: EventSink): void {
    const sequence = ((this.#sequence[name] as number) += 1);
    const price = scaledMicros(rows.price[at] as number, factor);
    const venue = rows.venue[at] as number;
    const conditions = rows.conditions[at] as number;
    this.rows++;
    if (rows.isTrade[at] === 1) {
      const micros = (rows.size[at] as number) * 1_000_000;
      sink.trade(name, timeMs, timeMs, venue, price, micros, conditions, sequence, sequence, 0, timeMs);
      return;
    }
    let ask = scaledMicros(rows.price2[at] as number, factor);
    // Rounding must not lock a market that was not.
    if (ask === price && (rows.price2[at] as number) > (rows.price[at] as number)) ask += CENT;
    const [bidShares, askShares] = [rows.size[at] as number, rows.size2[at] as number];
    const [venue2, indicator] = [rows.venue2[at] as number, rows.indicator[at] as number];
    sink.quote(name, timeMs, timeMs, venue, price, bidShares, venue2, ask, askShares, conditions, indicator, sequence);
  }
}
