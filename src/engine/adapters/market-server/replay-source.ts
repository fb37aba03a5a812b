/** Recorded days as a source: one day after the other, in SIP time order, corrections left out. */
import { existsSync } from 'node:fs';
import type { EventSink } from '../../sim/market/event-sink.ts';
import { FrameWriter } from '../../sim/market/frame-writer.ts';
import { ConditionSets } from '../../model/conditions.ts';
import { BarAggregator } from '../../sim/market/bar-aggregator.ts';
import { marketDay } from '../../sim/market/market-days.ts';
import type { SortedDay } from './day-rows.ts';
import { Row, flatFile, recordedDays, sortDay } from './day-rows.ts';
import type { MarketSource } from './market-source.ts';

export interface Replay {
  readonly source: ReplaySource;
  readonly writer: FrameWriter;
  readonly names: readonly string[];
  readonly tapes: readonly number[];
  readonly conditions: ConditionSets;
}

/** Opens recorded days for replay, or says in one sentence why that cannot be. */
export async function openReplay(
  dir: string,
  days: readonly string[],
  options: { timeOffsetMs?: number } = {},
): Promise<Replay | string> {
  if (!existsSync(dir)) return `there is no folder '${dir}'; name the folder that holds trades_v1 and quotes_v1.`;
  const missing = days.find(
    (day) => flatFile(dir, 'trades_v1', day) === undefined && flatFile(dir, 'quotes_v1', day) === undefined,
  );
  if (days.length === 0 || missing !== undefined) {
    const known = recordedDays(dir);
    return `there are no flat files of ${missing ?? 'any day'} in '${dir}'${known.length === 0 ? '' : `; it has ${known.slice(0, 8).join(', ')}`}.`;
  }
  const conditions = new ConditionSets();
  const names: string[] = [];
  const tapes: number[] = [];
  const indexes = new Map<string, number>();
  const writer = new FrameWriter([], conditions, options);
  const index = (name: string, tape: number): number => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    const next = writer.addSymbol(name, tape);
    indexes.set(name, next);
    names.push(name);
    tapes.push(tape);
    return next;
  };
  const source = new ReplaySource(days, (day) => sortDay(dir, day, { index }, conditions));
  await source.open();
  return { source, writer, names, tapes, conditions };
}

export class ReplaySource implements MarketSource {
  readonly #days: readonly string[];
  readonly #sort: (day: string) => Promise<SortedDay>;
  #next = 0;
  #day: SortedDay | null = null;
  rows = 0;
  corrections = 0;
  malformed = 0;

  constructor(days: readonly string[], sort: (day: string) => Promise<SortedDay>) {
    this.#days = days;
    this.#sort = sort;
  }

  /** The day under replay, for status lines. */
  get dayName(): string {
    return this.#days[this.#next - 1] ?? '';
  }

  /** Reads the next day that has rows. */
  async open(): Promise<void> {
    while (this.#day === null && this.#next < this.#days.length) {
      const day = await this.#sort(this.#days[this.#next++] as string);
      this.rows += day.counts.rows;
      this.corrections += day.counts.corrections;
      this.malformed += day.counts.malformed;
      if (day.hasRow) this.#day = day;
      else day.close();
    }
  }

  next(untilUs: number, sink: EventSink): void | Promise<void> {
    const day = this.#day;
    if (day === null) return;
    while (day.hasRow && (day.row[Row.timeUs] as number) < untilUs) {
      sendRow(day.row, sink);
      day.shift();
    }
    if (day.hasRow) return;
    day.close();
    this.#day = null;
    if (this.#next < this.#days.length) return this.open();
  }

  quietUntilUs(nowUs: number): number {
    if (this.#day === null) return Infinity;
    return Math.max(nowUs, this.#day.row[Row.timeUs] as number);
  }

  async close(): Promise<void> {
    this.#day?.close();
    this.#day = null;
  }
}

function sendRow(row: Float64Array, sink: EventSink): void {
  const timeMs = Math.floor((row[Row.timeUs] as number) / 1000);
  const participantMs = (row[Row.participantMs] as number) || timeMs;
  const sequence = row[Row.sequence] as number;
  const symbol = row[Row.symbol] as number;
  if (((row[Row.fine] as number) & 1) === 0) {
    sink.quote(
      symbol,
      timeMs,
      participantMs,
      row[Row.venue] as number,
      row[Row.price] as number,
      row[Row.size] as number,
      row[Row.venue2] as number,
      row[Row.price2] as number,
      row[Row.size2] as number,
      row[Row.conditions] as number,
      row[Row.id] as number,
      sequence,
    );
    return;
  }
  sink.trade(
    symbol,
    timeMs,
    participantMs,
    row[Row.venue] as number,
    row[Row.price] as number,
    row[Row.size] as number,
    row[Row.conditions] as number,
    row[Row.id] as number,
    sequence,
    row[Row.trfId] as number,
    (row[Row.trfMs] as number) || timeMs,
  );
}

export interface RecordedBar {
  readonly name: string;
  readonly tape: number;
  /** Dollars, regular session; `close` is the last print that was allowed to set it. 0 when there was none. */
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Shares of the whole day. */
  readonly volume: number;
}

/** The folder's latest day before `day`, which is where previous closes come from. */
export function recordedDayBefore(dir: string, day: string): string | undefined {
  return recordedDays(dir).findLast((recorded) => recorded < day);
}

/** Day bars out of a recorded day's prints; empty when the folder does not hold the day. */
export async function recordedBars(dir: string, day: string | undefined): Promise<readonly RecordedBar[]> {
  const hours = day === undefined ? undefined : marketDay(day);
  if (day === undefined || hours === undefined || flatFile(dir, 'trades_v1', day) === undefined) return [];
  const conditions = new ConditionSets();
  const names: string[] = [];
  const tapes: number[] = [];
  const indexes = new Map<string, number>();
  const index = (name: string, tape: number): number => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    indexes.set(name, names.length);
    tapes.push(tape);
    return names.push(name) - 1;
  };
  const sorted = await sortDay(dir, day, { index }, conditions);
  try {
    const bars = new BarAggregator(names.length, conditions, () => undefined);
    bars.beginDay(hours.openUs / 1000, hours.closeUs / 1000);
    for (; sorted.hasRow; sorted.shift()) sendRow(sorted.row, bars);
    return names.map((name, i) => ({
      name,
      tape: tapes[i] as number,
      open: bars.day.open[i] as number,
      high: bars.day.high[i] as number,
      low: bars.day.low[i] as number,
      close: bars.day.regularClose[i] as number,
      volume: bars.day.volume[i] as number,
    }));
  } finally {
    sorted.close();
  }
}
