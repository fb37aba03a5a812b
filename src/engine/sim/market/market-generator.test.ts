import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConditionSets } from '../../model/conditions.ts';
import { bandWidth } from './bands.ts';
import type { EventSink } from './event-sink.ts';
import { FrameWriter } from './frame-writer.ts';
import { marketDay, newYorkInstant, nextMarketDay } from './market-days.ts';
import type { MarketOptions } from './market-generator.ts';
import { MarketGenerator } from './market-generator.ts';
import { simReference } from './reference.ts';
import { parseSymbolList, takeSymbols } from './symbol-list.ts';

const LIST = parseSymbolList(readFileSync(new URL('../../../../resources/symbols.txt', import.meta.url), 'utf8'));
const DAY = marketDay('2026-11-20');
if (DAY === undefined) throw new Error('2026-11-20 is a Friday like any other');
const at = (clock: string): number => newYorkInstant(DAY, Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)));

function generator(options: Partial<MarketOptions> & { readonly count: number }): {
  readonly market: MarketGenerator;
  readonly writer: FrameWriter;
} {
  const symbols = takeSymbols(LIST, options.count);
  const conditions = new ConditionSets();
  const market = new MarketGenerator({
    seed: 1,
    symbols,
    day: DAY as NonNullable<typeof DAY>,
    startUs: at('09:25'),
    nextDay: nextMarketDay,
    conditions,
    ...options,
  });
  return { market, writer: new FrameWriter(symbols, conditions) };
}

/** The hash of all bytes of a stretch of market, cut into steps of `stepUs`. */
function hashOf(count: number, seed: number, seconds: number, stepUs: number, rate: number | null = null): string {
  const { market, writer } = generator({ count, seed, rate });
  const hash = createHash('sha256');
  const startUs = market.nowUs;
  for (let untilUs = startUs + stepUs; untilUs <= startUs + seconds * 1e6; untilUs += stepUs) {
    market.next(untilUs, writer);
    hash.update(writer.bytes.subarray(1, writer.length));
    writer.clear();
  }
  expect(market.events).toBeGreaterThan(seconds * 10);
  return hash.digest('hex');
}

interface Trade {
  readonly symbol: number;
  readonly timeMs: number;
  readonly price: number;
  readonly size: number;
  readonly conditions: readonly number[];
  readonly venue: number;
  readonly trfId: number;
}

/** Prints that may lie away from the quote: auctions and those whose condition explains it. */
const APART = new Set([2, 7, 8, 10, 15, 16, 17, 18, 20, 22, 28, 52, 53]);

/** Checks every event as it passes and remembers what the statistics need. */
class Auditor {
  readonly sets: ConditionSets;
  readonly problems: string[] = [];
  readonly bid = new Float64Array(6000).fill(-1);
  readonly ask = new Float64Array(6000).fill(-1);
  readonly trades: Trade[] = [];
  readonly luld: {
    readonly symbol: number;
    readonly timeMs: number;
    readonly indicator: number;
    readonly low: number;
    readonly high: number;
  }[] = [];
  readonly haltQuotes: { readonly symbol: number; readonly timeMs: number; readonly condition: number }[] = [];
  readonly lastSequence = { T: new Float64Array(6000), Q: new Float64Array(6000) };
  readonly lastEventMs = new Float64Array(6000);
  readonly longestSilenceMs = new Float64Array(6000);
  quotes = 0;
  emptyQuotes = 0;
  oneSided = 0;
  crossedOnPurpose = 0;
  lastMs = 0;

  constructor(sets: ConditionSets) {
    this.sets = sets;
  }

  trade(
    symbol: number,
    timeMs: number,
    _pt: number,
    venue: number,
    price: number,
    size: number,
    set: number,
    _id: number,
    sequence: number,
    trfId: number,
  ): void {
    this.#seen('T', symbol, timeMs, sequence);
    const conditions = this.sets.get(set);
    this.trades.push({ symbol, timeMs, price, size, conditions, venue, trfId });
    if (!isOnGrid(price)) this.problems.push(`price ${price} off the grid`);
    const bid = this.bid[symbol] as number;
    const ask = this.ask[symbol] as number;
    if (bid < 0) this.problems.push(`print of ${symbol} before any quote`);
    const isOutside = (bid > 0 && price < bid) || (ask > 0 && price > ask);
    if (isOutside && !conditions.some((id) => APART.has(id)))
      this.problems.push(`print ${price} of ${symbol} outside ${bid}-${ask}`);
    if ((venue === 4) !== (trfId !== 0)) this.problems.push('a TRF id belongs to venue 4');
  }

  quote(
    symbol: number,
    timeMs: number,
    _pt: number,
    _bx: number,
    bid: number,
    bidShares: number,
    _ax: number,
    ask: number,
    askShares: number,
    condition: number,
    _i: number,
    sequence: number,
  ): void {
    this.#seen('Q', symbol, timeMs, sequence);
    this.quotes++;
    if (!isOnGrid(bid) || !isOnGrid(ask)) this.problems.push(`quote ${bid}-${ask} off the grid`);
    if ((bid === 0) !== (bidShares === 0) || (ask === 0) !== (askShares === 0))
      this.problems.push('a missing side has no size');
    if (condition === 43 || condition === 21) this.haltQuotes.push({ symbol, timeMs, condition });
    if (bid === 0 && ask === 0) this.emptyQuotes++;
    else if (bid === 0 || ask === 0) this.oneSided++;
    else if (bid >= ask) {
      if (condition === 84 || condition === 85) {
        this.crossedOnPurpose++;
        return;
      }
      this.problems.push(`crossed ${bid}-${ask}`);
    }
    this.bid[symbol] = bid;
    this.ask[symbol] = ask;
  }

  band(symbol: number, timeMs: number, low: number, high: number, indicator: number): void {
    this.luld.push({ symbol, timeMs, indicator, low, high });
  }

  #seen(kind: 'T' | 'Q', symbol: number, timeMs: number, sequence: number): void {
    if (timeMs < this.lastMs) this.problems.push(`time went back at ${timeMs}`);
    this.lastMs = timeMs;
    const sequences = this.lastSequence[kind];
    if (sequence <= (sequences[symbol] as number)) this.problems.push(`sequence of ${kind} ${symbol} went back`);
    sequences[symbol] = sequence;
    const before = this.lastEventMs[symbol] as number;
    if (before !== 0 && timeMs - before > (this.longestSilenceMs[symbol] as number))
      this.longestSilenceMs[symbol] = timeMs - before;
    this.lastEventMs[symbol] = timeMs;
  }
}

function sinkOf(auditor: Auditor): EventSink {
  return {
    trade: auditor.trade.bind(auditor),
    quote: auditor.quote.bind(auditor),
    luld: (symbol, timeMs, subNs, low, high, indicator) => {
      if (subNs < 0 || subNs >= 1_000_000) auditor.problems.push('nanoseconds out of range');
      auditor.band(symbol, timeMs, low, high, indicator);
    },
  };
}

function isOnGrid(micros: number): boolean {
  return micros % (micros >= 1_000_000 ? 10_000 : 100) === 0;
}

function audit(
  count: number,
  from: string,
  seconds: number,
  options: Partial<MarketOptions> = {},
): { readonly auditor: Auditor; readonly market: MarketGenerator } {
  const conditions = new ConditionSets();
  const { market } = generator({ count, startUs: at(from), conditions, ...options });
  const auditor = new Auditor(conditions);
  market.next(at(from) + seconds * 1e6, sinkOf(auditor));
  expect(auditor.trades.length).toBeGreaterThan(0);
  return { auditor, market };
}

describe('MarketGenerator', () => {
  it('SM1 makes the same bytes from the same seed, however the steps are cut', () => {
    expect(LIST.length).toBeGreaterThanOrEqual(5500);
    const once = hashOf(5500, 11, 3, 10_000);
    expect(hashOf(5500, 11, 3, 10_000)).toBe(once);
    expect(hashOf(5500, 11, 3, 1_000_000)).toBe(once);
    expect(hashOf(5500, 12, 3, 10_000)).not.toBe(once);
  });

  it('SM2 continues a saved market with the same bytes', () => {
    const one = generator({ count: 300, startUs: at('09:29'), rate: 3000 });
    one.market.next(at('09:29') + 75e6, one.writer);
    const saved = structuredClone(one.market.save());
    one.writer.clear();
    one.market.next(at('09:29') + 90e6, one.writer);
    const two = generator({ count: 300, startUs: at('09:29'), rate: 3000 });
    two.market.restore(saved);
    two.market.next(at('09:29') + 90e6, two.writer);
    expect(two.writer.count).toBeGreaterThan(20_000);
    expect(
      Buffer.from(two.writer.bytes.subarray(0, two.writer.length)).equals(
        one.writer.bytes.subarray(0, one.writer.length),
      ),
    ).toBe(true);
  });

  it('SM3 keeps a stated rate at any time of day', () => {
    for (const from of ['04:30', '09:29', '12:00', '17:00']) {
      const { market } = audit(500, from, 40, { rate: 4000 });
      expect(market.events / 40, from).toBeGreaterThan(3800);
      expect(market.events / 40, from).toBeLessThan(4300);
    }
  });

  it('SM4 follows a U through the natural day, near 60,000 events a second after the open', () => {
    const rate = (from: string, seconds: number): number => {
      const { market } = audit(5500, from, seconds + 2);
      return market.events / (seconds + 2);
    };
    const pre = rate('08:00', 5);
    const midday = rate('12:30', 5);
    const late = rate('15:58', 4);
    const { market, writer } = generator({ count: 5500, startUs: at('09:29') + 50e6 });
    market.next(at('09:30'), writer);
    const before = market.events;
    writer.clear();
    market.next(at('09:30') + 3e6, writer);
    const opening = (market.events - before) / 3;
    expect(opening).toBeGreaterThan(48_000);
    expect(opening).toBeLessThan(80_000);
    expect(midday).toBeLessThan(0.25 * opening);
    expect(late).toBeGreaterThan(1.5 * midday);
    expect(pre).toBeLessThan(0.5 * midday);
  });

  describe('two minutes around the open', () => {
    let auditor: Auditor;
    beforeAll(() => {
      ({ auditor } = audit(5500, '09:29', 75));
    }, 180_000);

    it('SM5 keeps prices on the grid, quotes uncrossed and in front of the trades they explain, sequences rising', () => {
      expect(auditor.problems.slice(0, 5)).toEqual([]);
      expect(auditor.quotes).toBeGreaterThan(500_000);
    });

    it('SM6 prints every opening cross twice within the second of the open', () => {
      const second = (print: Trade): boolean =>
        print.timeMs >= at('09:30') / 1000 && print.timeMs < at('09:30') / 1000 + 1000;
      const crosses = auditor.trades.filter((print) => print.conditions.join() === '17,41');
      const copies = auditor.trades.filter((print) => print.conditions.join() === '16');
      expect(crosses.length).toBeGreaterThan(5000);
      expect(crosses.every(second)).toBe(true);
      expect(copies.map((print) => [print.symbol, print.price, print.size])).toEqual(
        crosses.map((print) => [print.symbol, print.price, print.size]),
      );
    });

    it('SM7 marks extended hours with Form T and never in regular hours', () => {
      const openMs = at('09:30') / 1000;
      const formT = (print: Trade): boolean => print.conditions.includes(12);
      expect(auditor.trades.filter((print) => print.timeMs < openMs).every(formT)).toBe(true);
      expect(auditor.trades.some((print) => print.timeMs >= openMs && formT(print))).toBe(false);
    });

    it('SM8 has odd lots, most of all in expensive names, fractions of a share and off-exchange prints', () => {
      const regular = auditor.trades.filter((print) => !print.conditions.some((id) => [8, 15, 16, 17].includes(id)));
      const share = (prints: readonly Trade[], is: (print: Trade) => boolean): number =>
        prints.filter(is).length / prints.length;
      const isOdd = (print: Trade): boolean => print.conditions.includes(37);
      expect(
        share(
          regular.filter((print) => print.price > 500e6),
          isOdd,
        ),
      ).toBeGreaterThan(0.6);
      expect(
        share(
          regular.filter((print) => print.price < 20e6),
          isOdd,
        ),
      ).toBeLessThan(0.35);
      expect(share(regular, isOdd)).toBeGreaterThan(0.3);
      expect(regular.filter((print) => print.size < 1_000_000).length).toBeGreaterThan(100);
      expect(share(regular, (print) => print.venue === 4)).toBeGreaterThan(0.2);
      const lots = regular.filter((print) => !isOdd(print) && print.price <= 250e6);
      expect(lots.every((print) => print.size >= 100_000_000)).toBe(true);
    });

    it('SM9 is busy in few names and quiet in most', () => {
      const counts = new Map<number, number>();
      for (const print of auditor.trades) counts.set(print.symbol, (counts.get(print.symbol) ?? 0) + 1);
      const sorted = [...counts.values()].toSorted((a, b) => b - a);
      const top = sorted.slice(0, 100).reduce((sum, n) => sum + n, 0) / auditor.trades.length;
      expect(top).toBeGreaterThan(0.3);
      expect(sorted[Math.floor(sorted.length / 2)] as number).toBeLessThan((sorted[0] as number) / 100);
    });

    it('SM10 publishes bands for every banded symbol at its open', () => {
      const banded = new Set(auditor.luld.filter((event) => event.indicator === 21).map((event) => event.symbol));
      expect(banded.size).toBeGreaterThan(5000);
      expect(auditor.luld.every((event) => event.low >= 0 && event.high > event.low)).toBe(true);
    });
  });

  it('SM11 prints every closing cross twice at the close that the next day is measured against', () => {
    const { auditor } = audit(800, '15:59', 120);
    expect(auditor.problems.slice(0, 5)).toEqual([]);
    const crosses = auditor.trades.filter((print) => print.conditions.join() === '8,41');
    const copies = auditor.trades.filter((print) => print.conditions.join() === '15');
    expect(copies.map((print) => [print.symbol, print.price])).toEqual(
      crosses.map((print) => [print.symbol, print.price]),
    );
    expect(crosses.length).toBeGreaterThan(700);
    const next = simReference(1, takeSymbols(LIST, 800), nextMarketDay(DAY as NonNullable<typeof DAY>));
    for (const print of crosses) expect(print.price / 1e6).toBe(next[print.symbol]?.previousClose);
  });

  it('SM12 opens the day at 04:00 with empty and one-sided books', () => {
    const { auditor } = audit(2000, '04:00', 120);
    expect(auditor.emptyQuotes).toBeGreaterThan(500);
    expect(auditor.oneSided).toBeGreaterThan(20);
    expect(auditor.problems.slice(0, 5)).toEqual([]);
  });

  it('SM13 pauses a symbol that stays at its band: last quote, announcement, silence, resumption', () => {
    const conditions = new ConditionSets();
    const { market } = generator({ count: 200, startUs: at('10:00'), rate: 1500, conditions });
    const auditor = new Auditor(conditions);
    market.next(at('10:00') + 30e6, sinkOf(auditor));
    const tesla = LIST.findIndex((symbol) => symbol.name === 'TSLA');
    market.inject('jump', tesla, 0.12);
    market.next(at('10:00') + 450e6, sinkOf(auditor));
    const halted = auditor.haltQuotes.find((quote) => quote.symbol === tesla);
    expect(halted?.condition).toBe(43);
    const haltMs = halted?.timeMs ?? 0;
    expect(haltMs - at('10:00') / 1000).toBeGreaterThanOrEqual(45_000);
    const bands = auditor.luld.filter((event) => event.symbol === tesla);
    expect(bands.find((event) => event.indicator === 17)?.timeMs).toBe(haltMs);
    const resumed = bands.find((event) => event.indicator === 18);
    expect(resumed?.timeMs).toBeGreaterThanOrEqual(haltMs + 300_000);
    const inside = auditor.trades.filter(
      (print) => print.symbol === tesla && print.timeMs > haltMs && print.timeMs < (resumed?.timeMs ?? 0),
    );
    expect(inside).toEqual([]);
    expect(auditor.longestSilenceMs[tesla]).toBeGreaterThanOrEqual(299_000);
    const reopening = auditor.trades.find((print) => print.symbol === tesla && print.timeMs >= (resumed?.timeMs ?? 0));
    expect(reopening?.conditions).toEqual([28]);
  });

  it('SM14 uses the band table of the plan', () => {
    expect(bandWidth(100e6, 100, 1, false)).toBe(5e6);
    expect(bandWidth(100e6, 100, 2, false)).toBe(10e6);
    expect(bandWidth(100e6, 100, 1, true)).toBe(10e6);
    expect(bandWidth(100e6, 100, 2, true)).toBe(10e6);
    expect(bandWidth(2e6, 2, 2, false)).toBe(0.4e6);
    expect(bandWidth(2e6, 2, 2, true)).toBe(0.8e6);
    expect(bandWidth(0.5e6, 0.5, 2, false)).toBe(150_000);
    expect(bandWidth(0.1e6, 0.1, 2, false)).toBe(75_000);
  });

  it('SM15 goes on with the next trading day, from the closes of the day before', () => {
    const conditions = new ConditionSets();
    const { market } = generator({ count: 100, startUs: at('19:59'), rate: 200, conditions });
    const auditor = new Auditor(conditions);
    market.next(at('19:59') + 120e6, sinkOf(auditor));
    expect(market.day.day).toBe('2026-11-23');
    const last = auditor.lastMs;
    auditor.lastSequence.T.fill(0);
    auditor.lastSequence.Q.fill(0);
    market.next(market.day.preOpenUs + 60e6, sinkOf(auditor));
    expect(auditor.lastMs).toBeGreaterThan(last + 50 * 3600e3);
    expect(auditor.problems.slice(0, 3)).toEqual([]);
  });

  it('SM16 moves the market together', () => {
    const conditions = new ConditionSets();
    const { market } = generator({ count: 60, startUs: at('10:00'), rate: 500, conditions });
    const auditor = new Auditor(conditions);
    const logs: number[][] = [];
    for (let k = 1; k <= 41; k++) {
      market.next(at('10:00') + k * 30e6, sinkOf(auditor));
      logs.push(Array.from({ length: 60 }, (_, i) => Math.log(Math.max(1, auditor.bid[i] as number))));
    }
    const returns = Array.from({ length: 60 }, (_, i) =>
      logs.slice(1).map((row, k) => (row[i] as number) - (logs[k]?.[i] as number)),
    );
    const mean = Array.from({ length: 40 }, (_, k) => returns.reduce((sum, path) => sum + (path[k] as number), 0) / 60);
    const correlations = returns.map((path) => correlation(path, mean)).toSorted((a, b) => a - b);
    expect(correlations[30] as number).toBeGreaterThan(0.2);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]): number => x.reduce((sum, v) => sum + v, 0) / x.length;
  const ma = mean(a);
  const mb = mean(b);
  const cov = a.reduce((sum, v, k) => sum + (v - ma) * ((b[k] as number) - mb), 0);
  return cov / Math.sqrt(a.reduce((sum, v) => sum + (v - ma) ** 2, 0) * b.reduce((sum, v) => sum + (v - mb) ** 2, 0));
}
