/**
 * The decision ledger once more, the slow and obvious way: a market rebuilt event by event from the recorded frames, bars as
 * plain lists of prints, indicators computed from the first bar each time, rules asked directly. It shares the market view
 * and the strategies' own text with the engine; decoding, bars, indicators, gates and bookkeeping are written again here.
 */
import { appendReference, decodeReference } from '../feeds/reference-decoder.ts';
import { MarketView } from '../market/market-view.ts';
import { createRng } from '../lib/rng.ts';
import { ConditionSets } from '../model/conditions.ts';
import { createEventBatch, EventKind } from '../model/event-batch.ts';
import type { RuleResult } from '../model/signal.ts';
import { SymbolTable } from '../model/symbols.ts';
import type { KernelConfig } from '../kernel/kernel-config.ts';
import type {
  BarSeries,
  Context,
  Indicators,
  ParamSchema,
  SessionFacts,
  StrategyDefinition,
  TradePlan,
} from '../strategies/api.ts';
import type { RuleNode } from '../strategies/rules.ts';
import { SymbolReader } from '../strategies/symbol-reader.ts';
import { SessionCalendar } from '../time/calendar.ts';
import { SessionClock } from '../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../time/us-calendar.ts';

export interface SlowJudgement {
  readonly atUs: number;
  readonly inputNo: number;
  readonly gates: readonly RuleResult[];
  readonly pass: boolean;
  /** What the strategy planned; null unless it passed. */
  readonly plan: TradePlan | null;
}

interface Print {
  readonly timeUs: number;
  readonly price: number;
  readonly size: number;
  readonly counts: boolean;
  readonly movesHighLow: boolean;
  readonly addsVolume: boolean;
}

interface SlowBarRow {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly openTimeUs: number;
  readonly closeTimeUs: number;
}

export interface SlowStrategy {
  readonly definition: StrategyDefinition;
  readonly params: Readonly<Record<string, number>>;
}

/** As in slow-bars.ts: prints that may not set last, may not move high and low, may not add volume. */
const NO_LAST = new Set([2, 5, 7, 10, 12, 13, 15, 16, 20, 21, 22, 29, 32, 33, 37, 52, 53]);
const NO_HIGH_LOW = new Set([2, 7, 12, 13, 15, 16, 20, 21, 29, 37, 52, 53]);
const NO_VOLUME = new Set([15, 16, 38]);
const TRADES_PER_BAR = 100;
/** Late reports are waited for; the clock is looked at once a second. */
const LATE_REPORTS_US = 5_000_000;
const TIDY_EVERY_US = 1_000_000;

export class SlowLedger {
  readonly #symbols = new SymbolTable();
  readonly #conditions = new ConditionSets();
  readonly #sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
  readonly #view: MarketView;
  readonly #reader: SymbolReader;
  readonly #one = createEventBatch(1);
  readonly #config: KernelConfig;
  readonly #strategies: readonly SlowStrategy[];
  readonly #excluded: ReadonlySet<string>;
  readonly #prints = new Map<number, Print[]>();
  readonly #bars = new Map<number, SlowBarRow[]>();
  readonly #latest = new Map<string, SlowJudgement>();
  readonly #touched = new Map<string, number>();
  readonly #memory = new Map<string, Map<string, number>>();
  readonly #phases = new Map<number, number>();
  #nowUs = 0;
  #tidyUs = 0;
  #latePhase = 0;
  judgements = 0;

  constructor(config: KernelConfig, strategies: readonly SlowStrategy[], excluded: ReadonlySet<string> = new Set()) {
    this.#config = config;
    this.#strategies = strategies;
    this.#excluded = excluded;
    this.#view = new MarketView({ symbols: this.#symbols, conditions: this.#conditions, sessions: this.#sessions });
    this.#reader = new SymbolReader(this.#view.columns, this.#symbols);
    for (const row of config.reference) {
      const symbol = this.#symbols.intern(row.name);
      this.#view.setReference(symbol, { previousClose: row.previousClose, averageVolume: row.averageVolume });
    }
  }

  /** What was said last of a symbol by a strategy; undefined when nothing was. */
  latest(strategy: string, symbol: string): SlowJudgement | undefined {
    return this.#latest.get(`${strategy}/${symbol}`);
  }

  /** The desk bought: from then on the strategy leaves the symbol alone for a while. */
  fired(strategy: string, symbol: string, atUs: number): void {
    this.#touched.set(`${strategy}/${symbol}`, atUs);
  }

  /** Time went on to `nowUs`. About five seconds after the end of a phase what is left of its prints becomes a short bar. */
  time(nowUs: number, inputNo: number): void {
    this.#nowUs = Math.max(this.#nowUs, nowUs);
    this.#view.advance(this.#nowUs);
    if (this.#nowUs < this.#tidyUs) return;
    this.#tidyUs = this.#nowUs + TIDY_EVERY_US;
    const phase = this.#sessions.phaseAt(this.#nowUs - LATE_REPORTS_US);
    if (phase === this.#latePhase) return;
    const ended = this.#latePhase;
    this.#latePhase = phase;
    if (ended < 0) return;
    for (const symbol of [...this.#prints.keys()].toSorted((a, b) => a - b))
      if (this.#phases.get(symbol) === ended) this.#endBar(symbol, this.#nowUs, inputNo);
  }

  /** One recorded frame. `inputNo` is the number of the input that its batch was. */
  frame(text: string, receivedUs: number, inputNo: number): void {
    const { events } = decodeReference(text, this.#excluded);
    this.time(receivedUs, inputNo);
    for (const event of events ?? []) {
      const batch = this.#one;
      batch.length = 0;
      batch.receivedUs = receivedUs;
      if (!appendReference(batch, [event], this.#symbols, this.#conditions)) continue;
      const symbol = batch.symbol[0] as number;
      if (event.kind === EventKind.quote) {
        this.#view.applyQuote(batch, 0);
        this.#enterPhase(symbol, event.timeUs, receivedUs, inputNo);
      } else if (event.kind === EventKind.luld) this.#view.applyLuld(batch, 0);
      else {
        const before = this.#view.columns.volume[symbol] as number;
        const tradesBefore = this.#view.columns.tradeCount[symbol] as number;
        this.#view.applyTrade(batch, 0);
        // A print that changed nothing was seen before.
        const isNew =
          this.#view.columns.volume[symbol] !== before || this.#view.columns.tradeCount[symbol] !== tradesBefore;
        const isQuiet = event.conditions.some((id) => NO_VOLUME.has(id));
        if (isNew || isQuiet) this.#print(symbol, event, receivedUs, inputNo);
      }
    }
  }

  #print(
    symbol: number,
    event: { timeUs: number; price: number; size: number; conditions: readonly number[] },
    receivedUs: number,
    inputNo: number,
  ): void {
    this.#enterPhase(symbol, event.timeUs, receivedUs, inputNo);
    const isRegular = this.#phaseName(event.timeUs) === 'regular';
    const fits = (barred: ReadonlySet<number>): boolean =>
      event.conditions.every((id) => !barred.has(id) || (id === 12 && !isRegular));
    const print: Print = {
      timeUs: event.timeUs,
      price: event.price,
      size: event.size,
      counts: fits(NO_LAST),
      movesHighLow: fits(NO_HIGH_LOW),
      addsVolume: event.conditions.every((id) => !NO_VOLUME.has(id)),
    };
    const pending = this.#prints.get(symbol) ?? [];
    pending.push(print);
    this.#prints.set(symbol, pending);
    if (pending.filter((one) => one.counts).length === TRADES_PER_BAR) this.#endBar(symbol, receivedUs, inputNo);
  }

  /** The first event of a phase ends the bar of the one before, short. */
  #enterPhase(symbol: number, timeUs: number, nowUs: number, inputNo: number): void {
    const phase = this.#sessions.phaseAt(timeUs);
    const before = this.#phases.get(symbol) ?? phase;
    if (phase < before) return;
    if (phase !== before) this.#endBar(symbol, nowUs, inputNo);
    this.#phases.set(symbol, phase);
  }

  #endBar(symbol: number, nowUs: number, inputNo: number): void {
    const pending = this.#prints.get(symbol) ?? [];
    this.#prints.delete(symbol);
    const counted = pending.filter((one) => one.counts);
    if (counted.length === 0) return;
    const movers = pending.filter((one) => one.movesHighLow).map((one) => one.price);
    const bars = this.#bars.get(symbol) ?? [];
    bars.push({
      open: (counted[0] as Print).price,
      high: Math.max(...movers),
      low: Math.min(...movers),
      close: (counted.at(-1) as Print).price,
      openTimeUs: (counted[0] as Print).timeUs,
      closeTimeUs: (counted.at(-1) as Print).timeUs,
    });
    this.#bars.set(symbol, bars);
    for (const strategy of this.#strategies) this.#judge(strategy, symbol, nowUs, inputNo);
  }

  #phaseName(nowUs: number): string {
    const minute = minuteOf(nowUs);
    return minute < 240
      ? 'closed'
      : minute < 570
        ? 'pre'
        : minute < 960
          ? 'regular'
          : minute < 1200
            ? 'post'
            : 'closed';
  }

  #judge({ definition, params }: SlowStrategy, symbol: number, nowUs: number, inputNo: number): void {
    this.judgements++;
    const key = `${definition.name}/${this.#symbols.name(symbol)}`;
    const facts = this.#reader.point(symbol, nowUs);
    const session = this.#session(symbol, nowUs);
    const gates: RuleResult[] = [];
    const add = (
      name: string,
      value: number,
      operator: RuleResult['operator'],
      threshold: number,
      unit: string,
    ): void => void gates.push({ name, value, operator, threshold, pass: holds(value, operator, threshold), unit });
    const universe = definition.universe(params);
    if (universe.minPrice !== undefined) add('universe: price at least', facts.last, '>=', universe.minPrice, '$');
    if (universe.maxPrice !== undefined) add('universe: price at most', facts.last, '<=', universe.maxPrice, '$');
    if (universe.minVolume !== undefined) add('universe: volume today', facts.volume, '>=', universe.minVolume, 'sh');
    if (universe.minNotional !== undefined)
      add('universe: dollars traded today', facts.notional, '>=', universe.minNotional, '$');
    if (universe.minTrades !== undefined) add('universe: trades today', facts.trades, '>=', universe.minTrades, '');
    if (universe.maxSpreadBps !== undefined)
      add('universe: spread at most', facts.spreadBps, '<=', universe.maxSpreadBps, 'bps');
    const isInside = definition.sessions.some(
      (window) =>
        window.phase === session.phase &&
        session.minutesSinceStart >= (window.afterStartMinutes ?? 0) &&
        session.minutesToEnd >= (window.beforeEndMinutes ?? 0),
    );
    add('session: inside the trading window', isInside ? 1 : 0, '==', 1, '');
    const touchedUs = this.#touched.get(key);
    const alone = touchedUs === undefined ? 86_400 : Math.min(86_400, (nowUs - touchedUs) / 1e6);
    add('cooldown: left alone for', alone, '>=', definition.cooldownSeconds, 's');
    const context = this.#context(definition, params, symbol, facts, session);
    const isOpen = gates.every((gate) => gate.pass);
    const isEntry = definition.entry(context).map((node) => walk(node, gates));
    const isPass = isOpen && isEntry.every(Boolean);
    // A plan may keep numbers for the symbol.
    const plan = isPass ? definition.plan(context) : null;
    this.#latest.set(key, { atUs: nowUs, inputNo, gates, pass: isPass, plan });
  }

  #context(
    definition: StrategyDefinition,
    params: Readonly<Record<string, number>>,
    symbol: number,
    facts: SymbolReader,
    session: SessionFacts,
  ): Context<ParamSchema> {
    const key = `${definition.name}/${facts.name}`;
    const rng = createRng(`${this.#config.seed}/${definition.name}/${facts.name}/${facts.trades}`);
    const kept = this.#memory.get(key) ?? new Map<string, number>();
    this.#memory.set(key, kept);
    const bars = slowSeries(this.#bars.get(symbol) ?? []);
    return {
      symbol: facts,
      bars,
      indicators: slowIndicators(this.#bars.get(symbol) ?? []),
      session,
      account: { equity: 0, buyingPower: 0, openPositions: 0, dayPnl: 0 },
      memory: { get: (name) => kept.get(name) ?? Number.NaN, set: (name, value) => void kept.set(name, value) },
      chance: () => rng.next(),
      p: params as Context<ParamSchema>['p'],
    };
  }

  #session(symbol: number, nowUs: number): SessionFacts {
    const minute = minuteOf(nowUs);
    const phase = this.#phaseName(nowUs);
    const [start, end] = phase === 'pre' ? [240, 570] : phase === 'regular' ? [570, 960] : [960, 1200];
    return {
      day: Number(this.#config.day.replaceAll('-', '')),
      phase: phase as SessionFacts['phase'],
      minutesSinceStart: minute - start,
      minutesToEnd: end - minute,
      openingRange: (minutes) => {
        const within = (this.#bars.get(symbol) ?? []).filter(
          (bar) => minuteOf(bar.openTimeUs) >= 570 && minuteOf(bar.closeTimeUs) < 570 + minutes,
        );
        if (minute < 570 + minutes || within.length === 0) return { high: Number.NaN, low: Number.NaN };
        return { high: Math.max(...within.map((bar) => bar.high)), low: Math.min(...within.map((bar) => bar.low)) };
      },
    };
  }
}

const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
});
const hours = new Map<number, number>();

/** New York minutes after midnight, with their fraction. */
function minuteOf(us: number): number {
  const whole = Math.floor(us / 60e6);
  let minute = hours.get(whole);
  if (minute === undefined) {
    const [hour, rest] = clock.format(whole * 60_000).split(':');
    minute = Number(hour) * 60 + Number(rest);
    hours.set(whole, minute);
  }
  return minute + (us - whole * 60e6) / 60e6;
}

function holds(value: number, operator: RuleResult['operator'], threshold: number): boolean {
  if (Number.isNaN(value) || Number.isNaN(threshold)) return false;
  return {
    '<': value < threshold,
    '<=': value <= threshold,
    '>': value > threshold,
    '>=': value >= threshold,
    '==': value === threshold,
    '!=': value !== threshold,
  }[operator];
}

function walk(node: RuleNode, gates: RuleResult[]): boolean {
  if (node.kind === 'rule') {
    const { name, value, operator, threshold, unit } = node;
    const pass = holds(value, operator, threshold);
    gates.push({ name, value, operator, threshold, pass, unit });
    return pass;
  }
  if (node.kind === 'not') {
    const first = gates.length;
    const inner = walk(node.rule, gates);
    const isKnown = gates.slice(first).every((gate) => !Number.isNaN(gate.value) && !Number.isNaN(gate.threshold));
    return isKnown && !inner;
  }
  const passes = node.rules.map((rule) => walk(rule, gates));
  return node.kind === 'all' ? passes.every(Boolean) : passes.some(Boolean);
}

function slowSeries(bars: readonly SlowBarRow[]): BarSeries {
  const at = (ago: number, key: keyof SlowBarRow): number => bars.at(-1 - ago)?.[key] ?? Number.NaN;
  const some = (count: number, key: keyof SlowBarRow): number[] => bars.slice(-count).map((bar) => bar[key]);
  const unused = (): number => {
    throw new RangeError('the slow ledger does not know this measure of a bar');
  };
  return {
    count: bars.length,
    open: (ago = 0) => at(ago, 'open'),
    high: (ago = 0) => at(ago, 'high'),
    low: (ago = 0) => at(ago, 'low'),
    close: (ago = 0) => at(ago, 'close'),
    openTimeUs: (ago = 0) => at(ago, 'openTimeUs'),
    closeTimeUs: (ago = 0) => at(ago, 'closeTimeUs'),
    volume: unused,
    vwap: unused,
    trades: unused,
    spreadMean: unused,
    highest: (count) => (bars.length < count ? Number.NaN : Math.max(...some(count, 'high'))),
    lowest: (count) => (bars.length < count ? Number.NaN : Math.min(...some(count, 'low'))),
  };
}

/** Each from its textbook definition, over all bars of the day. */
function slowIndicators(bars: readonly SlowBarRow[]): Indicators {
  const closes = bars.map((bar) => bar.close);
  const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  /** Wilder's smoothing: the mean of the first, then one part new in `period`. */
  const wilder = (list: readonly number[], period: number): number =>
    list.length < period
      ? Number.NaN
      : list.slice(period).reduce((before, value) => before + (value - before) / period, mean(list.slice(0, period)));
  return {
    sma: (period) => (closes.length < period ? Number.NaN : mean(closes.slice(-period))),
    ema: (period) =>
      closes.length < period
        ? Number.NaN
        : closes.reduce((before, close) => before + (close - before) * (2 / (period + 1))),
    rsi: (period) => {
      const moves = closes.slice(1).map((close, at) => close - (closes[at] as number));
      const up = wilder(
        moves.map((move) => Math.max(move, 0)),
        period,
      );
      const down = wilder(
        moves.map((move) => Math.max(-move, 0)),
        period,
      );
      return down === 0 ? 100 : 100 - 100 / (1 + up / down);
    },
    atr: (period) => {
      const ranges = bars.map((bar, at) => {
        const before = bars[at - 1]?.close;
        if (before === undefined) return bar.high - bar.low;
        return Math.max(bar.high - bar.low, Math.abs(bar.high - before), Math.abs(bar.low - before));
      });
      return wilder(ranges, period);
    },
    deviation: (period) => {
      if (closes.length < period) return Number.NaN;
      const last = closes.slice(-period);
      const middle = mean(last);
      return Math.sqrt(mean(last.map((close) => (close - middle) ** 2)));
    },
  };
}
