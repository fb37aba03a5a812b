/**
 * The soak: random buying over a small seeded market on a simulated clock, with every fault the paper exchange knows, the real
 * desk and the independent auditor. Same options, same hash. It can stop anywhere, save desk and exchange, and go on in
 * fresh ones: the hash must not change.
 */
import { createHash } from 'node:crypto';
import { DeskSessions } from '../kernel/desk-sessions.ts';
import type { DeskConfig } from '../kernel/trading/desk-config.ts';
import { DEFAULT_DESK_CONFIG } from '../kernel/trading/desk-config.ts';
import { JournalWriter } from '../kernel/trading/journal-writer.ts';
import { TradingDesk } from '../kernel/trading/trading-desk.ts';
import { assert } from '../lib/assert.ts';
import { createColumns } from '../lib/columns.ts';
import type { Rng } from '../lib/rng.ts';
import { createRng } from '../lib/rng.ts';
import { VIEW_COLUMNS } from '../market/view-columns.ts';
import type { OutcomeCode } from '../model/outcome.ts';
import type { ExitRule, Signal } from '../model/signal.ts';
import { SymbolTable } from '../model/symbols.ts';
import { toMicros } from '../model/units.ts';
import type { BrokerCommand, BrokerEvent } from '../ports/broker.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { FaultRates } from '../sim/paper/faults.ts';
import { MarketWalk } from '../sim/paper/market-walk.ts';
import { PaperExchange } from '../sim/paper/paper-exchange.ts';
import { SessionCalendar } from '../time/calendar.ts';
import { daysFromCivil } from '../time/civil.ts';
import { newYorkToUs } from '../time/new-york.ts';
import { SessionClock } from '../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../time/us-calendar.ts';
import type { Violation } from './auditor.ts';
import { Auditor } from './auditor.ts';

export interface SoakOptions {
  readonly orders: number;
  readonly seed: number;
  readonly faults: FaultRates;
  readonly symbols?: number;
  /** Save and go on in fresh objects after every so many market events; 0 = never. */
  readonly restartEvery?: number;
  /** Breaks something on purpose between desk and exchange, to prove that the auditor sees it. */
  readonly tamper?: {
    command?(command: BrokerCommand): readonly BrokerCommand[];
    /** What the desk gets instead; the auditor sees the real event. */
    event?(event: BrokerEvent): readonly BrokerEvent[];
  };
  readonly onRecord?: (record: JournalRecord) => void;
}

export interface Scorecard {
  readonly seed: number;
  readonly orders: number;
  readonly entries: number;
  readonly exits: number;
  readonly fills: number;
  readonly partials: number;
  readonly cancels: number;
  readonly expired: number;
  readonly rejects: number;
  readonly unknowns: number;
  readonly unknownsResolved: number;
  readonly repeats: number;
  readonly corrections: number;
  readonly refusedReports: number;
  readonly queries: number;
  readonly zombies: number;
  readonly signals: number;
  readonly outcomes: Readonly<Partial<Record<OutcomeCode, number>>>;
  readonly trades: number;
  readonly notEntered: number;
  readonly wins: number;
  readonly losses: number;
  readonly netDollars: number;
  readonly costsPredictedDollars: number;
  readonly costsRealisedDollars: number;
  /** Realised over predicted costs; 1 is an honest prediction. Null without trades. */
  readonly costsRatio: number | null;
  /** What the dearest trade cost: one sale into a bad tick outweighs dozens of others. */
  readonly costsDearestDollars: number;
  readonly chargesPredictedDollars: number;
  readonly chargedDollars: number;
  readonly marketEvents: number;
  readonly simulatedSeconds: number;
  readonly restarts: number;
  readonly checks: number;
  readonly violations: readonly Violation[];
  readonly hash: string;
}

/** Times of day in New York at which buying goes on, each with its share of the orders: open, midday, close, half-day close. */
const LEGS: readonly {
  readonly day: readonly [number, number, number];
  readonly minute: number;
  readonly share: number;
}[] = [
  { day: [2026, 6, 10], minute: 9 * 60 + 15, share: 0.2 },
  { day: [2026, 6, 10], minute: 11 * 60, share: 0.4 },
  { day: [2026, 6, 10], minute: 15 * 60 + 50, share: 0.2 },
  { day: [2026, 11, 27], minute: 12 * 60 + 50, share: 0.2 },
];
/** More rounds than this between two market events is a timer that never moves on. */
const ROUNDS_MAX = 20_000;
const LEG_MAX_US = 90 * 60_000_000;
const SETTLE_MAX_US = 40 * 60_000_000;

const CONFIG: DeskConfig = {
  ...DEFAULT_DESK_CONFIG,
  isAuto: true,
  leverage: 2,
  // The scorecard counts the orders of all legs.
  forgetUs: 1e15,
  entry: { ...DEFAULT_DESK_CONFIG.entry, partial: 'keep' },
  costs: { ...DEFAULT_DESK_CONFIG.costs, plan: 'ibkr-tiered' },
  risk: {
    ...DEFAULT_DESK_CONFIG.risk,
    // Random buying loses by design: the locks that stop a losing day are tested on their own.
    dailyLossMax: 1e15,
    dailyDrawdownMax: 1e15,
    lossStreakMax: 0,
    cooldownUs: 2_000_000,
    cooldownAfterLossUs: 2_000_000,
    priceMin: 0,
    spreadMaxBps: 400,
    positionsMax: 40,
    positionsPerSymbolAndStrategy: 2,
    extended: { ...DEFAULT_DESK_CONFIG.risk.extended, spreadMaxBps: 600, volumeMin: 0, jumpMaxPercent: 50 },
  },
};

export function runSoak(options: SoakOptions): Scorecard {
  return new Soak(options).run();
}

class Soak {
  readonly #options: SoakOptions;
  readonly #symbols = new SymbolTable(512);
  readonly #view = createColumns(VIEW_COLUMNS, 512);
  readonly #sessions = new DeskSessions(new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR)));
  readonly #rng: Rng;
  readonly #walk: MarketWalk;
  readonly #auditor: Auditor;
  readonly #hash = createHash('sha256');
  readonly #exchangeFills: { symbol: number; atUs: number; executionId: string }[] = [];
  readonly #outcomes: Partial<Record<OutcomeCode, number>> = {};
  #journal!: JournalWriter;
  #desk!: TradingDesk;
  #paper!: PaperExchange;
  #nowUs = 0;
  #durableUs = Infinity;
  #signals = 0;
  #fired = 0;
  #marketEvents = 0;
  #restarts = 0;
  #simulatedUs = 0;
  #checkedSeq = 0;

  constructor(options: SoakOptions) {
    this.#options = options;
    this.#rng = createRng(`soak/${options.seed}`);
    this.#walk = new MarketWalk(this.#view, this.#symbols, this.#rng.fork('market'), options.symbols ?? 40);
    this.#build();
    this.#auditor = new Auditor(
      {
        deskCash: () => this.#desk.summaries.cash(),
        deskPositions: () => this.#desk.summaries.heldBySymbol(),
        deskOrders: () => this.#desk.summaries.orders(),
        deskOrder: (id) => this.#desk.summaries.order(id),
        deskExposure: () => this.#desk.summaries.exposure(),
        mayStillTrade: (id) => this.#paper.mayStillTrade(id),
        offered: (symbol) => this.#paper.offered(symbol),
      },
      { positionsMax: CONFIG.risk.positionsMax, exposureMax: CONFIG.risk.exposureMax * 1.5 },
    );
  }

  #build(): void {
    this.#journal = new JournalWriter({ append: (record) => this.#append(record) });
    this.#paper = new PaperExchange({
      view: this.#view,
      symbols: this.#symbols,
      sessions: this.#sessions,
      rng: this.#rng.fork('paper'),
      settings: {
        faults: this.#options.faults,
        leverage: 2,
        plan: 'ibkr-tiered',
        allowShort: true,
        cash: 250_000_000_000,
      },
    });
    this.#desk = new TradingDesk({
      view: this.#view,
      symbols: this.#symbols,
      sessions: this.#sessions,
      run: `S${this.#options.seed.toString(36)}`,
      journal: this.#journal,
      config: CONFIG,
      send: (command) => this.#send(command),
    });
  }

  #append(record: JournalRecord): void {
    this.#hash.update(JSON.stringify(record));
    this.#options.onRecord?.(record);
    if (record.kind === 'intent') this.#auditor.onIntent(record.id, record.seq);
    // The store worker commits in groups, a few milliseconds later.
    if (this.#durableUs === Infinity) this.#durableUs = this.#nowUs + 3000;
  }

  #send(command: BrokerCommand): void {
    const commands = this.#options.tamper?.command?.(command) ?? [command];
    for (const one of commands) {
      this.#auditor.onCommand(one, this.#nowUs);
      this.#paper.command(one, this.#nowUs);
    }
  }

  run(): Scorecard {
    let owed = 0;
    for (const [index, leg] of LEGS.entries()) {
      const startUs = newYorkToUs(daysFromCivil(...leg.day), leg.minute);
      this.#nowUs = startUs;
      this.#catchUp(startUs);
      this.#paper.connect(startUs);
      this.#walk.calm(startUs, this.#sessions.phaseAt(startUs));
      const isLast = index === LEGS.length - 1;
      const quota = isLast ? this.#options.orders - this.#fired : Math.round(this.#options.orders * leg.share) + owed;
      const before = this.#fired;
      this.#trade(quota, startUs + LEG_MAX_US);
      owed = quota - (this.#fired - before);
      if (isLast) break;
      // Between the legs the book stays open; after the last leg of a day it is closed.
      if (LEGS[index + 1]?.day.join() !== leg.day.join()) this.#settle();
      this.#simulatedUs += this.#nowUs - startUs;
    }
    this.#settle();
    this.#auditor.check(this.#nowUs);
    this.#auditor.finish(this.#nowUs, this.#paper.cash, this.#walk.halts, this.#exchangeFills);
    return this.#scorecard();
  }

  /** Runs the market and buys at random until enough entries have fired. */
  #trade(quota: number, untilUs: number): void {
    const rng = this.#rng;
    const target = this.#fired + quota;
    let nextBuyUs = this.#nowUs + 1_000_000;
    while (this.#fired < target && this.#nowUs < untilUs) {
      this.#marketEvent();
      if (this.#nowUs < nextBuyUs) continue;
      nextBuyUs = this.#nowUs + rng.below(1_500_000);
      this.#buy();
    }
  }

  #buy(): void {
    const rng = this.#rng;
    const symbol = rng.below(this.#walk.count);
    const ask = this.#view.ask[symbol] as number;
    const id = `${this.#options.seed}-S${++this.#signals}`;
    const signal: Signal = {
      id,
      strategy: rng.next() < 0.5 ? 'random-a' : 'random-b',
      version: 'soak',
      symbol,
      side: 'buy',
      atUs: this.#nowUs,
      inputNo: this.#marketEvents,
      expectedMove: Math.max(0.02, ask * 0.02),
      confidence: 0.9,
      validForUs: 1_000_000 + rng.below(10_000_000),
      sizing: { kind: 'dollars', amount: 500_000_000 + rng.below(6_000_000) * 1000 },
      exits: randomExits(rng, ask > 0 ? ask : 10),
      gates: [],
      tags: [],
      shadow: false,
    };
    this.#auditor.onSignal(id);
    const outcome = this.#desk.onSignal(signal, this.#nowUs);
    this.#auditor.onOutcome(outcome.signalId, this.#nowUs);
    this.#outcomes[outcome.code] = (this.#outcomes[outcome.code] ?? 0) + 1;
    if (outcome.code === 'fired') this.#fired++;
    this.#check();
  }

  #marketEvent(): void {
    const toUs = this.#nowUs + 1000 + this.#rng.below(24_000);
    this.#catchUp(toUs);
    this.#nowUs = toUs;
    const event = this.#walk.step(toUs, this.#sessions.phaseAt(toUs));
    this.#marketEvents++;
    if (event.kind === 'quote') this.#paper.onQuote(event.symbol, toUs);
    else this.#paper.onTrade(event.symbol, event.price, event.size, toUs);
    this.#desk.onMarket(event.symbol, toUs);
    this.#check();
    const { restartEvery } = this.#options;
    if (restartEvery !== undefined && restartEvery > 0 && this.#marketEvents % restartEvery === 0) this.#restart();
  }

  /** Everything that falls due on either side before `toUs`, in order of time. */
  #catchUp(toUs: number): void {
    for (let rounds = 0; ; rounds++) {
      assert(rounds < ROUNDS_MAX, 'timers move on: whoever is due does something about it');
      const nextUs = Math.min(this.#desk.nextTimerUs(), this.#paper.nextTimerUs(), this.#durableUs);
      if (!(nextUs <= toUs)) return;
      if (nextUs > this.#nowUs) this.#nowUs = nextUs;
      const nowUs = this.#nowUs;
      this.#paper.advance(nowUs);
      for (const event of this.#paper.takeEvents()) this.#deliver(event);
      if (this.#durableUs <= nowUs) {
        this.#durableUs = Infinity;
        const seq = this.#journal.nextSeq - 1;
        this.#auditor.onDurable(seq);
        this.#desk.onDurable(seq, nowUs);
      }
      if (this.#desk.nextTimerUs() <= nowUs) this.#desk.advance(nowUs);
      this.#check();
    }
  }

  #deliver(event: BrokerEvent): void {
    this.#auditor.onEvent(event, this.#nowUs);
    if (event.kind === 'execution') this.#exchangeFills.push(event.execution);
    const events = this.#options.tamper?.event?.(event) ?? [event];
    for (const one of events) this.#desk.onBroker(one, this.#nowUs);
    this.#check();
  }

  /** Nothing can have changed in the desk without a journal record. */
  #check(): void {
    if (this.#journal.nextSeq === this.#checkedSeq) return;
    this.#checkedSeq = this.#journal.nextSeq;
    this.#auditor.check(this.#nowUs);
  }

  /** Stops buying, sells everything and waits until nothing is open anywhere. */
  #settle(): void {
    const untilUs = this.#nowUs + SETTLE_MAX_US;
    this.#walk.calm(this.#nowUs, this.#sessions.phaseAt(this.#nowUs));
    this.#desk.setAuto(false, this.#nowUs);
    let askedUs = 0;
    while (this.#nowUs < untilUs) {
      this.#marketEvent();
      if (this.#nowUs - askedUs < 5_000_000) continue;
      this.#desk.flatten('all', this.#nowUs);
      const isFlat = this.#desk.summaries.positions(this.#nowUs).length === 0 && !this.#desk.summaries.hasLiveOrders();
      // A last snapshot brings commissions whose reports were lost.
      const isEven = this.#desk.summaries.cash() === this.#paper.cash;
      if (isFlat && isEven && this.#paper.isIdle) break;
      if (isFlat) this.#desk.refresh(this.#nowUs);
      askedUs = this.#nowUs;
    }
    this.#desk.setAuto(true, this.#nowUs);
  }

  #restart(): void {
    this.#restarts++;
    const sections = new Map<string, Uint8Array>();
    const writer = { section: (name: string, bytes: Uint8Array): void => void sections.set(name, bytes.slice()) };
    this.#desk.save(writer);
    this.#paper.save(writer);
    this.#journal.save(writer);
    const reader = { section: (name: string): Uint8Array | undefined => sections.get(name) };
    this.#build();
    this.#journal.restore(reader);
    this.#desk.restore(reader);
    this.#paper.restore(reader);
  }

  #scorecard(): Scorecard {
    const { summaries } = this.#desk;
    const { counts } = summaries.risk();
    const closed = summaries.closedTrades();
    const tally = { partials: 0, cancels: 0, expired: 0, exits: 0, entries: 0 };
    for (const order of summaries.orders()) {
      if (order.side === 'buy') tally.entries++;
      else tally.exits++;
      if (order.filled > 0 && order.filled < order.quantity) tally.partials++;
      if (order.state === 'cancelled') tally.cancels++;
      if (order.state === 'expired') tally.expired++;
    }
    const money = sumMoney(closed);
    return {
      seed: this.#options.seed,
      orders: counts.orders,
      ...tally,
      fills: this.#auditor.fillCount,
      rejects: counts.rejects,
      unknowns: counts.unknowns,
      unknownsResolved: counts.unknownsResolved,
      repeats: counts.repeats,
      corrections: counts.corrections,
      refusedReports: counts.refused,
      queries: counts.queries,
      zombies: counts.zombies,
      signals: this.#signals,
      outcomes: this.#outcomes,
      trades: closed.length,
      notEntered: summaries.notEntered(),
      ...money,
      chargedDollars: this.#auditor.charged() / 1e6,
      marketEvents: this.#marketEvents,
      simulatedSeconds: Math.round(this.#simulatedUs / 1e6),
      restarts: this.#restarts,
      checks: this.#auditor.checks,
      violations: this.#auditor.violations,
      hash: this.#hash.digest('hex').slice(0, 16),
    };
  }
}

type MoneyKeys =
  | 'wins'
  | 'losses'
  | 'netDollars'
  | 'costsPredictedDollars'
  | 'costsRealisedDollars'
  | 'costsRatio'
  | 'costsDearestDollars'
  | 'chargesPredictedDollars';

function sumMoney(closed: ReturnType<TradingDesk['summaries']['closedTrades']>): Pick<Scorecard, MoneyKeys> {
  const sum = { wins: 0, losses: 0, net: 0, predicted: 0, realised: 0, charges: 0, dearest: 0 };
  for (const trade of closed) {
    if (trade.result === 'win') sum.wins++;
    if (trade.result === 'loss') sum.losses++;
    sum.net += trade.net;
    const { realised, predicted } = trade;
    const cost =
      realised.spread +
      realised.slippage +
      realised.commission +
      realised.exchange +
      realised.sec +
      realised.taf +
      realised.cat;
    sum.realised += cost;
    sum.dearest = Math.max(sum.dearest, cost);
    if (predicted === null) continue;
    for (const side of [predicted.entry, predicted.exit]) {
      const charges = side.commission + side.exchange + side.sec + side.taf + side.cat;
      sum.charges += charges;
      sum.predicted += side.spread + side.slippage + charges;
    }
  }
  return {
    wins: sum.wins,
    losses: sum.losses,
    netDollars: sum.net / 1e6,
    costsPredictedDollars: sum.predicted / 1e6,
    costsRealisedDollars: sum.realised / 1e6,
    costsRatio: sum.predicted > 0 ? Number((sum.realised / sum.predicted).toFixed(3)) : null,
    costsDearestDollars: sum.dearest / 1e6,
    chargesPredictedDollars: sum.charges / 1e6,
  };
}

function randomExits(rng: Rng, price: number): readonly ExitRule[] {
  const exits: ExitRule[] = [{ kind: 'time-stop', afterUs: 2_000_000 + rng.below(60_000_000) }];
  if (rng.next() < 0.7) exits.push({ kind: 'stop-loss', price: toMicros(price * (0.985 + rng.next() * 0.012)) });
  if (rng.next() < 0.7) exits.push({ kind: 'take-profit', price: toMicros(price * (1.002 + rng.next() * 0.01)) });
  const trail = rng.next();
  if (trail < 0.15) exits.push({ kind: 'trailing', by: { unit: 'percent', amount: 0.3 } });
  else if (trail < 0.3) exits.push({ kind: 'trailing', by: { unit: 'spreads', amount: 4 } });
  else if (trail < 0.4) exits.push({ kind: 'trailing', by: { unit: 'volatility', amount: 2 } });
  if (rng.next() < 0.2) exits.push({ kind: 'give-back', fraction: 0.5, minGain: toMicros(price * 0.001) });
  if (rng.next() < 0.5) exits.push({ kind: 'phase-end', beforeUs: 60_000_000 });
  return exits;
}
