/**
 * A whole market out of one seed. Events come in time order, in bounded steps, into a sink; the same seed, symbols, day,
 * start and rate give the same events to the last digit, on every machine and however the steps are cut. Numbered rules:
 * docs/specs/sim-market.md.
 */
import { assert } from '../../lib/assert.ts';
import type { ConditionSets } from '../../model/conditions.ts';
import { AliasTable } from './alias-table.ts';
import { Bursts } from './bursts.ts';
import { naturalRate, spreadFactor, volatilityFactor } from './day-curve.ts';
import type { EventSink, ListedSymbol, MarketDay } from './event-sink.ts';
import { LuldIndicator, publishBands } from './bands.ts';
import { HaltCondition, checkLimitState, halt, resume } from './halting.ts';
import { printAtQuote, printClose, printOpen } from './printing.ts';
import { moveFair, requote, resize, sendQuote } from './quoting.ts';
import { SECTORS, closeMicros, closeOf, createTraits, openPrice, overnightJump } from './symbol-traits.ts';
import type { World } from './world.ts';
import { AgendaKind, BOOK_EMPTY, BOOK_OPEN, createWorld } from './world.ts';

export interface MarketOptions {
  readonly seed: number;
  /** In order of activity, most active first. */
  readonly symbols: readonly ListedSymbol[];
  readonly day: MarketDay;
  /** Where in the day the stream begins, epoch microseconds. */
  readonly startUs: number;
  /** Average events a second at any time of day; null or absent for the natural, U-shaped day. */
  readonly rate?: number | null;
  /** The trading day after another: the market goes on there when a day ends. */
  readonly nextDay: (day: MarketDay) => MarketDay;
  readonly conditions: ConditionSets;
}

/** Rates, factors and bursts are looked at this often. */
const STEP_US = 100_000;
const TRADE_SHARE = 0.25;
const BURST_TRADE_SHARE = 0.45;
const MINUTE_US = 60_000_000;

export class MarketGenerator {
  readonly #world: World;
  readonly #bursts = new Bursts();
  readonly #alias: AliasTable;
  readonly #options: MarketOptions;
  readonly #listShare: number;
  #nowUs: number;
  #stepUs: number;
  #arrivalUs = Infinity;
  /** Arrivals a microsecond. */
  #arrivalRate = 0;
  #arrivals = 1000;
  #flowEvents = 1400;
  /** Events owed or ahead under a stated rate. */
  #wanted = 0;

  constructor(options: MarketOptions) {
    const { seed, symbols, day, startUs } = options;
    assert(symbols.length > 0, 'a market has symbols');
    this.#options = options;
    const traits = createTraits(seed, symbols);
    this.#world = createWorld(seed, traits, day, options.conditions);
    this.#alias = new AliasTable(traits.weight);
    this.#listShare = traits.weight.reduce((sum, weight) => sum + weight, 0);
    this.#nowUs = Math.max(startUs, day.preOpenUs);
    this.#stepUs = this.#nowUs;
    this.#beginDay(this.#nowUs);
  }

  /** Everything before this instant has been sent. */
  get nowUs(): number {
    return this.#nowUs;
  }

  get day(): MarketDay {
    return this.#world.day;
  }

  /** Events sent so far. */
  get events(): number {
    return this.#world.events;
  }

  /** Sends all events in [now, untilUs), in time order. */
  next(untilUs: number, sink: EventSink): void {
    const { agenda } = this.#world;
    for (;;) {
      const agendaUs = agenda.nextUs();
      const arrivalUs = this.#arrivalUs;
      if (this.#stepUs <= agendaUs && this.#stepUs <= arrivalUs) {
        if (this.#stepUs >= untilUs) break;
        this.#step(this.#stepUs);
      } else if (agendaUs <= arrivalUs) {
        if (agendaUs >= untilUs) break;
        this.#runAgenda(agendaUs, sink);
      } else {
        if (arrivalUs >= untilUs) break;
        this.#arrive(arrivalUs, sink);
        this.#arrivalUs = arrivalUs + this.#world.draw.exponential() / this.#arrivalRate;
      }
    }
    this.#nowUs = Math.max(this.#nowUs, untilUs);
  }

  /** For demonstrations: something happens to a symbol now. Not part of the seed's market. */
  inject(kind: 'halt' | 'jump', symbol: number, log: number = 0): void {
    if (kind === 'halt') this.#world.agenda.add(this.#nowUs, AgendaKind.newsHalt, symbol, 0);
    else this.#world.agenda.add(this.#nowUs, AgendaKind.jump, symbol, log);
  }

  #beginDay(fromUs: number): void {
    const world = this.#world;
    const { traits, state, day, seed, agenda } = world;
    const progress = fromUs <= day.openUs ? 0 : Math.min(1, (fromUs - day.openUs) / (day.closeUs - day.openUs));
    agenda.clear();
    this.#bursts.clear(world);
    world.marketLog = 0;
    world.sectorLog.fill(0);
    for (let i = 0; i < traits.count; i++) {
      const close = closeOf(seed, traits, i, day.dayNumber);
      const open = openPrice(seed, traits, i, day);
      state.previousClose[i] = closeMicros(seed, traits, i, day.previousDayNumber) / 1_000_000;
      state.targetLog[i] = Math.log(close);
      state.fair[i] = Math.exp(Math.log(open) * (1 - progress) + Math.log(close) * progress);
      state.fairUs[i] = fromUs;
      state.marketSeen[i] = 0;
      state.sectorSeen[i] = 0;
      state.bid[i] = 0;
      state.ask[i] = 0;
      state.bidShares[i] = 0;
      state.askShares[i] = 0;
      state.bidVenue[i] = 0;
      state.askVenue[i] = 0;
      state.bandHigh[i] = 0;
      state.bandLow[i] = 0;
      state.limitSinceUs[i] = 0;
      state.reference[i] = (state.fair[i] as number) * 1_000_000;
      state.referenceUs[i] = fromUs;
      state.quoteSequence[i] = 0;
      state.tradeSequence[i] = 0;
      state.luldSequence[i] = 0;
      state.tradeId[i] = 0;
      state.book[i] = BOOK_EMPTY;
      state.isHalted[i] = 0;
    }
    this.#planDay(fromUs);
    this.#stepUs = fromUs;
    this.#arrivalUs = Infinity;
  }

  /** Puts the day's fixed points on the agenda; those before the start are left out. */
  #planDay(fromUs: number): void {
    const { traits, day, agenda, draw, seed } = this.#world;
    const plan = (timeUs: number, kind: number, symbol: number, value: number): void => {
      if (timeUs >= fromUs) agenda.add(timeUs, kind, symbol, value);
    };
    const rate = this.#options.rate ?? null;
    const spreadUs = Math.max(1_000_000, rate === null ? 0 : (2_000_000 * traits.count) / rate);
    const isMidDay = fromUs > day.preOpenUs;
    for (let i = 0; i < traits.count; i++) {
      // Within the second of the cross the active names go first.
      const within = 1000 + 900_000 * ((i / traits.count) * 0.7 + 0.3 * draw.unit());
      plan(day.openUs + within, AgendaKind.open, i, 0);
      plan(day.closeUs + within, AgendaKind.close, i, 0);
      if (traits.tier[i] === 1) plan(day.closeUs - 25 * MINUTE_US + within, AgendaKind.bands, i, 0);
      if (isMidDay) plan(fromUs + draw.unit() * spreadUs, AgendaKind.firstQuote, i, 0);
      else if (draw.below(10) < 6) plan(fromUs + draw.unit() * 2 * spreadUs, AgendaKind.emptyBook, i, 0);
      const jump = overnightJump(seed, traits, i, day.dayNumber);
      if (jump !== 0 && fromUs < day.openUs)
        plan(fromUs + 10 * MINUTE_US * draw.unit(), AgendaKind.jump, i, -10 - jump);
    }
    for (let k = draw.below(4); k > 0; k--) {
      plan(
        day.openUs + (day.closeUs - day.openUs) * (0.05 + 0.8 * draw.unit()),
        AgendaKind.newsHalt,
        draw.below(Math.min(3000, traits.count)),
        0,
      );
    }
  }

  #step(timeUs: number): void {
    const world = this.#world;
    if (timeUs >= world.day.endUs) {
      const next = this.#options.nextDay(world.day);
      assert(next.preOpenUs > world.day.preOpenUs, 'days go forward');
      world.day = next;
      this.#beginDay(next.preOpenUs);
      return;
    }
    const { day, draw } = world;
    world.isRegular = timeUs >= day.openUs && timeUs < day.closeUs;
    world.volatility = volatilityFactor(timeUs, day);
    world.spread = spreadFactor(timeUs, day);
    const root = Math.sqrt(STEP_US / 23_400_000_000) * world.volatility;
    world.marketLog += 0.008 * root * draw.normal();
    for (let k = 0; k < SECTORS; k++)
      world.sectorLog[k] = (world.sectorLog[k] as number) + 0.006 * root * draw.normal();
    this.#bursts.expire(world, timeUs);
    if (world.isRegular) this.#maybeBurst(timeUs);
    this.#setRate(timeUs);
    // No step may straddle the open or the close: prints change their conditions there.
    const next = timeUs + STEP_US;
    this.#stepUs =
      timeUs < day.openUs && next > day.openUs
        ? day.openUs
        : timeUs < day.closeUs && next > day.closeUs
          ? day.closeUs
          : next;
  }

  #setRate(timeUs: number): void {
    const rate = this.#options.rate ?? null;
    let eventsPerSecond: number;
    if (rate === null)
      eventsPerSecond = naturalRate(timeUs, this.#world.day) * this.#listShare * (1 + this.#bursts.totalShare);
    else {
      // What the auctions sent in one second is paid back over the next ones.
      const owed = this.#wanted - this.#world.events;
      eventsPerSecond = rate + Math.max(-0.4 * rate, Math.min(0.5 * rate, owed / 5));
      this.#wanted += (rate * STEP_US) / 1e6;
    }
    this.#arrivalRate = eventsPerSecond / 1e6 / (this.#flowEvents / this.#arrivals);
    this.#arrivalUs = timeUs + this.#world.draw.exponential() / this.#arrivalRate;
  }

  #maybeBurst(timeUs: number): void {
    const { draw, day, traits } = this.#world;
    const leftUs = day.closeUs - timeUs;
    if (leftUs < 20 * MINUTE_US) return;
    const chance = draw.bits() >>> 0;
    const candidates = Math.min(2000, traits.count);
    if (chance < 4294967296 / 200) {
      // Every 20 seconds or so: a trend worth finding.
      const symbol = draw.below(candidates);
      const sigma = traits.dailyVolatility[symbol] as number;
      const move = (draw.below(5) < 3 ? 1 : -1) * sigma * (0.3 + 0.9 * draw.unit());
      const share = 0.002 + 0.004 * draw.unit() + 4 * (traits.weight[symbol] as number);
      this.#bursts.start(this.#world, symbol, timeUs, 40e6 + 260e6 * draw.unit(), move, Math.min(0.05, share), true);
    } else if (chance < 4294967296 / 200 + 4294967296 / 6000) {
      // Every ten minutes or so: a run that ends in a pause.
      const symbol = draw.below(candidates);
      if (traits.isFund[symbol] === 1) return;
      const move = (draw.below(3) < 2 ? 1 : -1) * (0.16 + 0.12 * draw.unit());
      this.#bursts.start(this.#world, symbol, timeUs, 60e6 + 60e6 * draw.unit(), move, 0.01, false);
    } else if (chance < 4294967296 / 200 + 4294967296 / 6000 + 4294967296 / 300) {
      // Every 30 seconds or so: a spike, which more often than not comes back.
      const symbol = draw.below(candidates);
      const log = (draw.below(2) === 0 ? 1 : -1) * (0.003 + 0.012 * draw.unit());
      this.#world.agenda.add(timeUs, AgendaKind.jump, symbol, log);
      if (draw.below(5) < 3)
        this.#world.agenda.add(timeUs + 200_000 + 4e6 * draw.unit(), AgendaKind.jump, symbol, -log);
    }
  }

  #runAgenda(timeUs: number, sink: EventSink): void {
    const world = this.#world;
    const { agenda, state, traits } = world;
    const kind = agenda.kind();
    const i = agenda.symbol();
    const value = agenda.value();
    agenda.drop();
    const isHalted = state.isHalted[i] === 1;
    switch (kind) {
      case AgendaKind.open:
        if (!isHalted) this.#openSymbol(i, timeUs, sink);
        return;
      case AgendaKind.close:
        this.#closeSymbol(i, timeUs, sink);
        return;
      case AgendaKind.bands:
        if (!isHalted) publishBands(world, i, timeUs, LuldIndicator.restated, sink);
        return;
      case AgendaKind.resume:
        resume(world, i, timeUs, sink);
        return;
      case AgendaKind.limitCheck:
        checkLimitState(world, i, timeUs, value, sink);
        return;
      case AgendaKind.emptyBook:
        if (state.book[i] === BOOK_EMPTY) sendQuote(world, i, timeUs, 0, sink);
        return;
      case AgendaKind.firstQuote:
        if (isHalted) return;
        if (state.book[i] === BOOK_EMPTY) {
          state.book[i] = BOOK_OPEN;
          requote(world, i, timeUs, sink);
        }
        // Mid-session the bands stand already; they are stated once.
        if (world.isRegular && state.bandHigh[i] === 0) publishBands(world, i, timeUs, LuldIndicator.band, sink);
        return;
      case AgendaKind.jump:
        if (value < -5) this.#bursts.start(world, i, timeUs, 3 * 3600e6, (-10 - value) * 0.15, 0.012, false);
        else if (!isHalted) {
          state.fair[i] = Math.max(0.01, (state.fair[i] as number) * Math.exp(value));
          if (state.book[i] === BOOK_OPEN) requote(world, i, timeUs, sink);
        }
        return;
      case AgendaKind.newsHalt:
        if (world.isRegular && !isHalted && traits.tier[i] !== 0)
          halt(world, i, timeUs, HaltCondition.news, (10 + world.draw.below(20)) * MINUTE_US, sink);
        return;
    }
  }

  #openSymbol(i: number, timeUs: number, sink: EventSink): void {
    const world = this.#world;
    const { state, traits } = world;
    moveFair(world, i, timeUs);
    state.book[i] = BOOK_OPEN;
    requote(world, i, timeUs, sink);
    const price = insideQuote(world, i);
    if (traits.hasAuction[i] === 1) printOpen(world, i, timeUs, price, sink);
    state.reference[i] = price;
    state.referenceUs[i] = timeUs;
    publishBands(world, i, timeUs, LuldIndicator.band, sink);
  }

  #closeSymbol(i: number, timeUs: number, sink: EventSink): void {
    const world = this.#world;
    const { state, traits } = world;
    state.isHalted[i] = 0;
    state.bandHigh[i] = 0;
    state.limitSinceUs[i] = 0;
    state.fair[i] = Math.exp(state.targetLog[i] as number);
    state.fairUs[i] = timeUs;
    requote(world, i, timeUs, sink);
    if (traits.hasAuction[i] === 1)
      printClose(world, i, timeUs, closeMicros(world.seed, traits, i, world.day.dayNumber), sink);
  }

  /** Somebody acts in one symbol: a trade (after the quote that explains it) or a quote. */
  #arrive(timeUs: number, sink: EventSink): void {
    const world = this.#world;
    const { state, draw } = world;
    const before = world.events;
    const share = draw.unit() * (1 + this.#bursts.totalShare);
    const isBurst = share >= 1;
    const i = isBurst ? this.#bursts.pick(share - 1) : this.#alias.pick(share);
    if (state.isHalted[i] === 0) {
      moveFair(world, i, timeUs);
      const r = draw.bits();
      const bid = state.bid[i] as number;
      const ask = state.ask[i] as number;
      const fairMicros = (state.fair[i] as number) * 1_000_000;
      const isOutside = fairMicros < bid || (ask !== 0 && fairMicros > ask);
      const trades = (r & 0xff) < 256 * (isBurst ? BURST_TRADE_SHARE : TRADE_SHARE);
      if (state.book[i] !== BOOK_OPEN) requote(world, i, timeUs, sink);
      else if (trades) {
        if (isOutside) requote(world, i, timeUs, sink);
        printAtQuote(world, i, timeUs, sink);
      } else if (isOutside || (r & 0x300) === 0) requote(world, i, timeUs, sink);
      else resize(world, i, timeUs, sink);
    }
    this.#arrivals++;
    this.#flowEvents += world.events - before;
    if (this.#arrivals >= 1_000_000) {
      this.#arrivals /= 2;
      this.#flowEvents /= 2;
    }
  }

  /** Everything the rest of the stream depends on. */
  save(): SavedMarket {
    const world = this.#world;
    return {
      numbers: [
        this.#nowUs,
        this.#stepUs,
        this.#arrivalUs,
        this.#arrivalRate,
        this.#arrivals,
        this.#flowEvents,
        this.#wanted,
        world.events,
        world.marketLog,
        world.isRegular ? 1 : 0,
        world.volatility,
        world.spread,
      ],
      day: world.day,
      state: world.stateBuffer.slice(0),
      draw: world.drawWords.slice(),
      agenda: world.agenda.save(),
      sectorLog: world.sectorLog.slice(),
      bursts: this.#bursts.rows.slice(),
    };
  }

  /** Continues a market saved by a generator of the same seed, symbols and rate. */
  restore(saved: SavedMarket): void {
    const world = this.#world;
    assert(
      saved.state.byteLength === world.stateBuffer.byteLength,
      'a saved market fits the symbols it was saved with',
    );
    const [now, step, arrival, rate, arrivals, flow, wanted, events, market, regular, volatility, spread] =
      saved.numbers as readonly [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
    this.#nowUs = now;
    this.#stepUs = step;
    this.#arrivalUs = arrival;
    this.#arrivalRate = rate;
    this.#arrivals = arrivals;
    this.#flowEvents = flow;
    this.#wanted = wanted;
    world.events = events;
    world.marketLog = market;
    world.isRegular = regular === 1;
    world.volatility = volatility;
    world.spread = spread;
    world.day = saved.day;
    new Uint8Array(world.stateBuffer).set(new Uint8Array(saved.state));
    world.drawWords.set(saved.draw);
    world.agenda.restore(saved.agenda);
    world.sectorLog.set(saved.sectorLog);
    this.#bursts.restore(saved.bursts);
  }
}

export interface SavedMarket {
  readonly numbers: readonly number[];
  readonly day: MarketDay;
  readonly state: ArrayBuffer;
  readonly draw: Int32Array;
  readonly agenda: Float64Array;
  readonly sectorLog: Float64Array;
  readonly bursts: Float64Array;
}

/** The fair price on the grid, inside the standing quote. */
function insideQuote(world: World, i: number): number {
  const bid = world.state.bid[i] as number;
  const ask = world.state.ask[i] as number;
  const fair = (world.state.fair[i] as number) * 1_000_000;
  if (bid === 0) return ask;
  return ask === 0 || fair - bid < ask - fair ? bid : ask;
}
