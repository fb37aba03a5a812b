/**
 * The market a server plays: simulated from a seed or replayed from flat files, with the bars and the reference data that go
 * with it. The server moves its time; the stage fills a frame writer.
 */
import { ConditionSets } from '../../model/conditions.ts';
import { BarAggregator } from '../../sim/market/bar-aggregator.ts';
import type { EventSink, ListedSymbol, MarketDay } from '../../sim/market/event-sink.ts';
import type { AggregateBar } from '../../sim/market/frame-writer.ts';
import { FrameWriter } from '../../sim/market/frame-writer.ts';
import { marketDay, previousOpenDate } from '../../sim/market/market-days.ts';
import { simReference } from '../../sim/market/reference.ts';
import type { MarketSource } from './market-source.ts';
import { openReplay, recordedBars, recordedDayBefore } from './replay-source.ts';
import type { DailyBar, RestListing, RestMarket } from './rest-market.ts';
import type { ScaledOptions } from './scaled-source.ts';
import { openScaled } from './scaled-source.ts';
import { SimSource } from './sim-source.ts';

export const SYMBOLS_MAX = 20_480;

export interface Stage {
  readonly source: MarketSource;
  readonly writer: FrameWriter;
  /** Where everything is sent: bars first, then the writer. */
  readonly sink: EventSink;
  readonly names: readonly string[];
  readonly startUs: number;
  readonly rest: RestMarket;
  /** Set while somebody is subscribed to A or AM. */
  wantsBars: boolean;
  /** Tells the stage what time it is, before events of that time are drawn. */
  arrive(nowUs: number): void;
}

export interface SimStageOptions {
  readonly seed: number;
  readonly symbols: readonly ListedSymbol[];
  readonly day: MarketDay;
  readonly startUs: number;
  readonly rate: number | null;
  readonly timeOffsetMs: number;
}

export function createSimStage(options: SimStageOptions): Stage {
  const conditions = new ConditionSets();
  const source = new SimSource({ ...options, conditions });
  const writer = new FrameWriter(options.symbols, conditions, { timeOffsetMs: options.timeOffsetMs });
  const names = options.symbols.map((symbol) => symbol.name);
  return assemble({
    source,
    writer,
    names,
    conditions,
    startUs: options.startUs,
    listings: () => options.symbols,
    dayAt: () => source.generator.day.day,
    previousClose: (date) => {
      const day = marketDay(date);
      const rows = day === undefined ? [] : simReference(options.seed, options.symbols, day, options.rate);
      return (symbol) => rows[symbol]?.previousClose;
    },
    daily: (date) => simDaily(options, date, source.generator.day),
    timeOffsetMs: options.timeOffsetMs,
  });
}

/** The closes of a finished day of the simulated market: one price each, which is what previous closes are for. */
function simDaily(options: SimStageOptions, date: string, today: MarketDay): DailyBar[] {
  const day = marketDay(date);
  if (day === undefined || day.dayNumber >= today.dayNumber) return [];
  // The reference of the day after states the close of this one.
  const after = { ...day, previousDayNumber: day.dayNumber };
  return simReference(options.seed, options.symbols, after, options.rate).map((row) => ({
    name: row.name,
    open: row.previousClose,
    high: row.previousClose,
    low: row.previousClose,
    close: row.previousClose,
    volume: row.averageVolume,
  }));
}

/** The stage of recorded days, or one sentence saying why there is none. */
export async function createReplayStage(
  dir: string,
  days: readonly string[],
  timeOffsetMs: (firstUs: number) => number,
): Promise<Stage | string> {
  const probe = await openReplay(dir, days);
  if (typeof probe === 'string') return probe;
  const firstUs = probe.source.quietUntilUs(0);
  const offsetMs = timeOffsetMs(firstUs);
  let replay = probe;
  if (offsetMs !== 0) {
    await probe.source.close();
    const shifted = await openReplay(dir, days, { timeOffsetMs: offsetMs });
    if (typeof shifted === 'string') return shifted;
    replay = shifted;
  }
  const kept = new Map<string, Promise<readonly DailyBar[]>>();
  const daily = (date: string): Promise<readonly DailyBar[]> => {
    const known = kept.get(date) ?? recordedBars(dir, date);
    if (kept.size < 8) kept.set(date, known);
    return known;
  };
  const before = recordedDayBefore(dir, days[0] as string);
  const closes = new Map((before === undefined ? [] : await daily(before)).map((row) => [row.name, row.close]));
  return assemble({
    source: replay.source,
    writer: replay.writer,
    names: replay.names,
    conditions: replay.conditions,
    startUs: firstUs - (firstUs % 1_000_000),
    listings: () => replay.names.map((name, i) => listingOf(name, replay.tapes[i] as number)),
    dayAt: () => replay.source.dayName,
    previousClose: (date) => (symbol) => (date === days[0] ? closes.get(replay.names[symbol] as string) : undefined),
    daily: (date) => (date < replay.source.dayName ? daily(date) : []),
    timeOffsetMs: offsetMs,
  });
}

/** The stage of a recorded day under many names, or one sentence saying why there is none. */
export async function createScaledStage(
  dir: string,
  day: string,
  options: ScaledOptions,
  timeOffsetMs: (firstUs: number) => number,
): Promise<Stage | string> {
  const hours = marketDay(day);
  const offsetMs = hours === undefined ? 0 : timeOffsetMs(hours.openUs);
  const market = await openScaled(dir, day, options, offsetMs);
  if (typeof market === 'string') return market;
  const { source, writer, names, tapes, conditions, openUs } = market;
  const closes = new Map((await market.reference()).map((row) => [row.name, row]));
  return assemble({
    source,
    writer,
    names,
    conditions,
    startUs: openUs,
    listings: () => names.map((name, i) => listingOf(name, tapes[i] as number)),
    dayAt: () => day,
    previousClose: () => (symbol) => closes.get(names[symbol] as string)?.previousClose,
    daily: (date) =>
      date >= day
        ? []
        : names.map((name) => {
            const close = closes.get(name)?.previousClose ?? 0;
            const volume = closes.get(name)?.averageVolume ?? 0;
            return { name, open: close, high: close, low: close, close, volume };
          }),
    timeOffsetMs: offsetMs,
  });
}

function listingOf(name: string, tape: number): RestListing {
  return { name, type: 'CS', tape, mic: MIC_OF_TAPE[tape] ?? 'XNYS' };
}

const MIC_OF_TAPE: Readonly<Record<number, string>> = { 1: 'XNYS', 2: 'ARCX', 3: 'XNAS' };

interface Parts {
  readonly source: MarketSource;
  readonly writer: FrameWriter;
  readonly names: readonly string[];
  readonly conditions: ConditionSets;
  readonly startUs: number;
  readonly listings: () => readonly RestListing[];
  readonly dayAt: () => string;
  readonly previousClose: (date: string) => (symbol: number) => number | undefined;
  readonly daily: (date: string) => Promise<readonly DailyBar[]> | readonly DailyBar[];
  readonly timeOffsetMs: number;
}

function assemble(parts: Parts): Stage {
  const { writer, names } = parts;
  let nowUs = parts.startUs;
  let day = '';
  const bars = new BarAggregator(SYMBOLS_MAX, parts.conditions, (bar: AggregateBar) => {
    if (stage.wantsBars) writer.bar(bar, names[bar.symbol] as string);
  });
  const stage: Stage = {
    source: parts.source,
    writer,
    sink: tee(bars, writer),
    names,
    startUs: parts.startUs,
    wantsBars: false,
    rest: {
      get listings() {
        return parts.listings();
      },
      bars,
      nowMs: () => nowUs / 1000 + parts.timeOffsetMs,
      daily: parts.daily,
      today: parts.dayAt,
      previousDay: () => previousOpenDate(parts.dayAt()) ?? '',
    },
    arrive: (timeUs) => {
      nowUs = timeUs;
      const current = parts.dayAt();
      if (current !== day) {
        day = current;
        const hours = marketDay(current);
        const closeOf = parts.previousClose(current);
        if (hours !== undefined)
          bars.beginDay(
            hours.openUs / 1000,
            hours.closeUs / 1000,
            (symbol) => closeOf(symbol) ?? (bars.day.regularClose[symbol] as number),
          );
      }
      bars.advance(Math.floor(timeUs / 1000));
    },
  };
  return stage;
}

function tee(bars: BarAggregator, writer: FrameWriter): EventSink {
  return {
    trade(
      symbol,
      timeMs,
      participantMs,
      venue,
      priceMicros,
      sizeMicros,
      conditionSet,
      tradeId,
      sequence,
      trfId,
      trfMs,
    ) {
      bars.trade(symbol, timeMs, participantMs, venue, priceMicros, sizeMicros, conditionSet, tradeId);
      writer.trade(
        symbol,
        timeMs,
        participantMs,
        venue,
        priceMicros,
        sizeMicros,
        conditionSet,
        tradeId,
        sequence,
        trfId,
        trfMs,
      );
    },
    quote(
      symbol,
      timeMs,
      participantMs,
      bidVenue,
      bidMicros,
      bidShares,
      askVenue,
      askMicros,
      askShares,
      condition,
      indicator,
      sequence,
    ) {
      bars.quote(symbol, timeMs, participantMs, bidVenue, bidMicros, bidShares, askVenue, askMicros, askShares);
      writer.quote(
        symbol,
        timeMs,
        participantMs,
        bidVenue,
        bidMicros,
        bidShares,
        askVenue,
        askMicros,
        askShares,
        condition,
        indicator,
        sequence,
      );
    },
    luld(symbol, timeMs, timeSubNs, lowMicros, highMicros, indicator, sequence) {
      writer.luld(symbol, timeMs, timeSubNs, lowMicros, highMicros, indicator, sequence);
    },
  };
}
