/**
 * The kernel: synchronous, single-threaded, deterministic. Everything that can influence a decision enters `accept` as a
 * numbered input; the same inputs give the same decisions, to the byte. No clock, no chance, no I/O, no promise.
 */
import { TradeTape } from '../tape/trade-tape.ts';
import { assertNever } from '../lib/assert.ts';
import { encodeText } from '../lib/json-bytes.ts';
import { MarketView } from '../market/market-view.ts';
import type { Anomaly } from '../market/scanner.ts';
import { Scanner } from '../market/scanner.ts';
import type { BarKind } from '../model/bar.ts';
import type { ConditionSets } from '../model/conditions.ts';
import type { Signal } from '../model/signal.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { EpochUs, InputNo, SymbolId } from '../model/units.ts';
import type { BrokerCommand } from '../ports/broker.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import type { FeedNotice } from '../ports/feed.ts';
import type { JournalSink } from '../ports/journal.ts';
import { DEFAULT_PAPER_SETTINGS } from '../sim/paper/paper-types.ts';
import type { SessionClock } from '../time/session-clock.ts';
import type { LedgerSink } from '../strategies/ledger.ts';
import { DecisionLedger } from '../strategies/ledger.ts';
import { StrategyHost } from '../strategies/strategy-host.ts';
import type { Adoption, AdoptionResult, EarlierDay, EarlierRanges } from './adoption.ts';
import { BarKinds } from './bar-kinds.ts';
import { StoredBarSeries } from './bar-series.ts';
import { DeskSessions } from './desk-sessions.ts';
import { EarlierPart } from './earlier-day.ts';
import { FeedWatch, noticeTime } from './feed-watch.ts';
import type { KernelInput } from './input.ts';
import type { KernelConfig } from './kernel-config.ts';
import { MarketStage } from './market-stage.ts';
import { noteMemory, takeMemories } from './memory-notes.ts';
import { prefixed } from './prefixed-sections.ts';
import type { ReferenceRow } from './reference.ts';
import { SessionFactsReader } from './session-facts.ts';
import type { CompileStrategy } from './strategy-shelf.ts';
import { StrategyShelf } from './strategy-shelf.ts';
import { JournalWriter } from './trading/journal-writer.ts';
import { TradingPair } from './trading-pair.ts';
import { runCommand, TAKEN_DETACHED } from './user-commands.ts';
import type { CommandAnswer } from './user-commands.ts';
import { LATE_REPORTS_US, TIDY_EVERY_US } from './timing.ts';

export interface KernelDeps {
  readonly config: KernelConfig;
  readonly symbols: SymbolTable;
  readonly conditions: ConditionSets;
  readonly sessions: SessionClock;
  readonly journal: JournalSink;
  readonly ledgerSink?: LedgerSink | null;
  /** Shared memory for the view's columns; private memory when absent. */
  readonly viewBuffer?: SharedArrayBuffer;
  /** Trades kept in memory; 0 = no tape. */
  readonly tapeTrades: number;
  readonly compile: CompileStrategy;
  readonly guard: { readonly reset: (strategy: string) => void; readonly fault: () => string };
  /** An outside broker's lane; never called with the paper exchange. */
  readonly send: (command: BrokerCommand) => void;
}

export class Kernel implements Checkpointable {
  readonly config: KernelConfig;
  readonly symbols: SymbolTable;
  readonly view: MarketView;
  readonly bars: BarKinds;
  readonly tape: TradeTape | null;
  readonly journal: JournalWriter;
  readonly ledger: DecisionLedger;
  readonly strategies: StrategyHost;
  readonly shelf: StrategyShelf;
  readonly scanner: Scanner;
  readonly main: TradingPair;
  readonly shadow: TradingPair;
  readonly sessions: SessionClock;
  inputNo: InputNo = 0;
  nowUs: EpochUs = 0;
  readonly #stage: MarketStage;
  readonly #facts: SessionFactsReader;
  readonly #feedWatch: FeedWatch;
  #signals = 0;
  #tidyUs = 0;
  #wantsTicks = false;
  #latePhase = 0;
  #isDetached = false;
  #sleptUs: EpochUs = 0;
  readonly #earlier = new EarlierPart();
  readonly #scanned: Uint32Array;
  readonly #anomalies: Anomaly[] = [];

  constructor(deps: KernelDeps) {
    const { config, symbols } = deps;
    this.config = config;
    this.symbols = symbols;
    this.sessions = deps.sessions;
    this.view = new MarketView({
      symbols,
      conditions: deps.conditions,
      sessions: deps.sessions,
      ...(deps.viewBuffer === undefined ? {} : { buffer: deps.viewBuffer }),
    });
    this.#feedWatch = new FeedWatch(this.view);
    this.bars = new BarKinds(symbols.capacity);
    this.tape = deps.tapeTrades > 0 ? new TradeTape({ capacity: symbols.capacity, maxTrades: deps.tapeTrades }) : null;
    this.journal = new JournalWriter(deps.journal);
    this.ledger = new DecisionLedger(symbols.capacity, deps.ledgerSink ?? null);
    this.scanner = new Scanner(this.view.columns);
    this.#scanned = new Uint32Array(symbols.capacity);
    this.#facts = new SessionFactsReader(deps.sessions, this.bars.standard.closed);
    const sessions = new DeskSessions(deps.sessions);
    const pair = {
      view: this.view.columns,
      symbols,
      sessions,
      journal: this.journal,
      seed: config.seed,
      send: deps.send,
    };
    const desk = { ...config.desk, isAuto: config.isAuto };
    this.main = new TradingPair({ ...pair, run: config.run, config: desk, paper: config.paper });
    this.shadow = new TradingPair({
      ...pair,
      run: `${config.run}S`,
      config: { ...desk, isAuto: true },
      paper: config.paper ?? DEFAULT_PAPER_SETTINGS,
    });
    this.strategies = new StrategyHost({
      view: this.view.columns,
      symbols,
      ledger: this.ledger,
      seed: config.seed,
      nextSignalId: () => `${config.run}-s${++this.#signals}`,
      session: (symbol, nowUs) => this.#facts.read(symbol, nowUs),
      account: () => this.#account(),
      bars: (kind, symbol) => new StoredBarSeries(this.bars.of(kind).closed, symbol),
      guard: deps.guard,
      onSignal: (signal) => this.#onSignal(signal),
      onFault: (strategy, message) =>
        void this.journal.write({
          kind: 'note',
          atUs: this.nowUs,
          id: strategy,
          cause: '',
          symbol: '',
          body: { code: 'strategy-fault', strategy, message },
        }),
    });
    this.shelf = new StrategyShelf(this.strategies, deps.compile);
    this.#stage = new MarketStage(this.view, this.bars, this.tape, this.#watchers());
    this.#begin();
  }

  /** What the configuration says is in place before the first event. */
  #begin(): void {
    this.setReference(this.config.reference);
    this.#takeCarried();
    for (const choice of this.config.strategies) this.shelf.choose(choice);
    for (const kind of this.strategies.barKinds()) this.bars.of(kind);
    this.#wantsTicks = this.strategies.wantsTicks();
  }

  /** The account of the day before: cash, positions and exit plans, locks. Ids and the journal begin anew. */
  #takeCarried(): void {
    const { carried } = this.config;
    const section = (name: string): Uint8Array | undefined => {
      const text = Object.hasOwn(carried, name) ? carried[name] : undefined;
      return text === undefined ? undefined : encodeText(text);
    };
    if (Object.keys(carried).length > 0) this.main.carry({ section }, this.config.isAuto);
  }

  /** Reference data known from now on; names get their ids in this order. */
  setReference(rows: readonly ReferenceRow[]): void {
    for (const row of rows) {
      const symbol = this.symbols.intern(row.name);
      if (symbol < 0) return;
      this.view.setReference(symbol, { previousClose: row.previousClose, averageVolume: row.averageVolume });
    }
  }

  #watchers(): ConstructorParameters<typeof MarketStage>[3] {
    const { main, shadow } = this;
    const nobody = new Uint8Array(this.symbols.capacity);
    const wantsTicks = (): boolean => this.#wantsTicks;
    return {
      watched: [
        main.desk.watched,
        main.paper?.interest ?? nobody,
        shadow.desk.watched,
        shadow.paper?.interest ?? nobody,
      ],
      get wantsTicks() {
        return wantsTicks();
      },
      onTrade: (symbol, price, size) => {
        if (this.#isDetached) return;
        main.onTrade(symbol, price, size, this.nowUs);
        shadow.onTrade(symbol, price, size, this.nowUs);
      },
      onQuote: (symbol) => {
        if (this.#isDetached) return;
        main.onQuote(symbol, this.nowUs);
        shadow.onQuote(symbol, this.nowUs);
      },
      onBar: (kind: BarKind, symbol: SymbolId) => {
        if (this.#isJudging()) this.strategies.onBar(kind, symbol, this.nowUs, this.inputNo);
      },
      onTick: (symbol: SymbolId) => {
        if (this.#isJudging()) this.strategies.onTick(symbol, this.nowUs, this.inputNo);
      },
      onNewDay: () => {
        this.strategies.startDay();
        this.scanner.startDay();
      },
    };
  }

  /** Takes one input. The answer is for commands; everything else answers undefined. */
  accept(input: KernelInput): CommandAnswer | undefined {
    this.inputNo++;
    this.journal.inputNo = this.inputNo;
    switch (input.kind) {
      case 'market':
        this.#feedWatch.data(input.batch.receivedUs);
        this.#advance(input.batch.receivedUs);
        this.#stage.apply(input.batch);
        return undefined;
      case 'feed':
        this.#advance(noticeTime(input.notice));
        this.#feed(input.notice);
        return undefined;
      case 'time':
        this.#advance(input.nowUs);
        return undefined;
      case 'durable':
        if (this.#isDetached) return undefined;
        this.main.durable(input.seq, this.nowUs);
        this.shadow.durable(input.seq, this.nowUs);
        return undefined;
      case 'broker':
        this.#advance(input.atUs);
        if (this.#isDetached) return undefined;
        this.main.desk.onBroker(input.event, this.nowUs);
        return undefined;
      case 'command': {
        // Time moves on without deciding anything: what was decided meanwhile is about to be said.
        if (input.command.name === 'adopt') this.detach();
        this.#advance(input.atUs);
        if (this.#isDetached && !TAKEN_DETACHED.has(input.command.name)) return undefined;
        const answer = runCommand(this, input.command);
        this.#wantsTicks = this.strategies.wantsTicks();
        return answer;
      }
      default:
        return assertNever(input);
    }
  }

  #advance(nowUs: EpochUs): void {
    if (nowUs > this.nowUs) {
      this.nowUs = nowUs;
      this.view.advance(nowUs);
      this.#stage.checkDay();
    }
    if (!this.#isDetached) {
      this.main.advance(this.nowUs);
      this.shadow.advance(this.nowUs);
    }
    if (this.nowUs >= this.#tidyUs) this.#tidy();
  }

  /** Once a second: bars that the clock ends, symbols that fell silent, and the scanner. */
  #tidy(): void {
    this.#tidyUs = this.nowUs + TIDY_EVERY_US;
    const lateUs = this.nowUs - LATE_REPORTS_US;
    const phase = this.sessions.phaseAt(lateUs);
    const ended = phase === this.#latePhase ? -1 : this.#latePhase;
    this.#latePhase = phase;
    for (const { kind, builder } of this.bars.list) {
      if (kind.kind === 'time') this.#barsClosed(kind, builder.advance(lateUs));
      if (ended > 0) this.#barsClosed(kind, builder.endPhase(ended));
    }
    this.#feedWatch.look(this.main.desk.watched, this.nowUs);
    this.#scan();
  }

  #barsClosed(kind: BarKind, count: number): void {
    if (!this.#isJudging()) return;
    const { closedSymbols } = this.bars.of(kind);
    for (let k = 0; k < count; k++) this.strategies.onBar(kind, closedSymbols[k] as number, this.nowUs, this.inputNo);
  }

  #scan(): void {
    const { version } = this.view.columns;
    const size = this.view.size;
    for (let symbol = 0; symbol < size; symbol++) {
      if (version[symbol] === this.#scanned[symbol]) continue;
      this.#scanned[symbol] = version[symbol] as number;
      for (const anomaly of this.scanner.scan(symbol, this.nowUs)) this.#anomalies.push(anomaly);
    }
  }

  /** What the scanner found since the last call: for windows only. */
  takeAnomalies(): readonly Anomaly[] {
    return this.#anomalies.splice(0);
  }

  #feed(notice: FeedNotice): void {
    if (notice.kind !== 'gap') return;
    const { list } = this.bars;
    const change = this.#feedWatch.gap(notice);
    if (change === 'began') {
      this.view.beginGap();
      for (const { builder } of list) builder.beginGap();
    } else if (change === 'ended') {
      this.view.endGap();
      for (const { builder } of list) builder.endGap();
    }
    this.journal.write({ kind: 'gap', atUs: this.nowUs, id: `gap-${notice.id}`, cause: '', symbol: '', body: notice });
  }

  /** Strategies judge nothing on half a day. */
  #isJudging(): boolean {
    return !this.#isDetached && this.#earlier.lacksUntil === 0;
  }

  /** The last input of the part of the day that is still to be given back; 0 when nothing is missing. */
  get lacksUntil(): InputNo {
    return this.#earlier.lacksUntil;
  }

  giveBack(part: EarlierDay): void {
    this.#earlier.take(part, this.view, this.#feedWatch, this.journal);
  }

  /** The last input whose opening ranges are still to be given back; 0 when none is missing. */
  get lacksRangesUntil(): InputNo {
    return this.#facts.lacksUntil;
  }

  giveRanges({ rows, isLast }: EarlierRanges): void {
    for (const [name, steps] of rows) this.#facts.giveBack(this.symbols.intern(name), steps);
    if (isLast) this.#facts.isAllBack();
  }

  get isDetached(): boolean {
    return this.#isDetached;
  }

  /**
   * Inputs are missing from here on: what comes next is market to be seen, and nothing is decided or written, until `adopt`
   * says what was decided then (docs/specs/recovery.md, GAP1).
   */
  detach(): void {
    if (this.#isDetached) return;
    this.#isDetached = true;
    this.journal.isMuted = true;
    this.#missSomething();
  }

  /** Bars carry the gap, and no symbol is trusted before its next quote. */
  #missSomething(): void {
    this.view.beginGap();
    this.view.endGap();
    for (const { builder } of this.bars.list) {
      builder.beginGap();
      builder.endGap();
    }
  }

  /** The machine is about to sleep; what follows the waking is a gap from here on. */
  sleep(): void {
    this.#sleptUs = this.nowUs;
  }

  /** The machine woke: what happened meanwhile was not seen, and what the broker did is asked. */
  wake(): void {
    const startUs = this.#sleptUs === 0 ? this.nowUs : this.#sleptUs;
    this.#sleptUs = 0;
    this.#missSomething();
    const body = { kind: 'gap', id: 0, startUs, endUs: this.nowUs, reason: 'suspend', framesLost: 0 };
    const id = `gap-suspend-${this.inputNo}`;
    this.journal.write({ kind: 'gap', atUs: this.nowUs, id, cause: 'power', symbol: '', body });
    this.main.desk.doubt(this.nowUs);
  }

  /** Takes over what journal and exits file know beyond the inputs. Auto trading is off afterwards, ids start afresh. */
  adopt(adoption: Adoption): AdoptionResult {
    const { afresh, idsFrom, nextSeq } = adoption;
    const isAfresh = afresh !== undefined;
    if (isAfresh) {
      for (const name of afresh.names) this.symbols.intern(name);
      this.#earlier.lacksUntil = afresh.afterInputNo;
      this.#facts.beginAnew(this.nowUs, afresh.afterInputNo);
    }
    this.#isDetached = false;
    this.journal.isMuted = false;
    this.journal.skipTo(nextSeq);
    this.#signals = Math.max(this.#signals, idsFrom);
    this.shadow.desk.raiseIds(idsFrom);
    takeMemories(adoption.records, this.strategies, this.symbols);
    const { orders, fills, problems } = this.main.adopt(adoption, this.nowUs);
    const { gapFromUs } = adoption;
    if (gapFromUs !== null) {
      const id = `gap-recovery-${this.inputNo}`;
      const body = { kind: 'gap', id: 0, startUs: gapFromUs, endUs: this.nowUs, reason: 'disconnect', framesLost: 0 };
      this.journal.write({ kind: 'gap', atUs: this.nowUs, id, cause: 'recovery', symbol: '', body });
    }
    this.journal.write({
      kind: 'risk',
      atUs: this.nowUs,
      id: 'recovery',
      cause: '',
      symbol: '',
      body: { code: 'adopted', orders, fills: fills.length, idsFrom, problems, isAfresh, fromSeq: nextSeq },
    });
    return { orders, fills: fills.length, problems };
  }

  /** Highest journal sequence of an intent that waits to hear that it is on disk; 0 when none does. */
  waitingIntentSeq(): number {
    return Math.max(this.main.desk.waitingIntentSeq(), this.shadow.desk.waitingIntentSeq());
  }

  /** The highest number that any id of this run carries. */
  highestId(): number {
    return Math.max(this.#signals, this.main.desk.highestId(), this.shadow.desk.highestId());
  }

  #onSignal(signal: Signal): void {
    noteMemory(signal, this.strategies, this.symbols, this.journal, this.nowUs);
    // The shadow desk trades its signals as if they were real; its ids carry its own run, so nothing can be mixed up.
    const outcome = signal.shadow
      ? this.shadow.desk.onSignal(
          { ...signal, shadow: false, id: `${this.config.run}S${signal.id.slice(this.config.run.length)}` },
          this.nowUs,
        )
      : this.main.desk.onSignal(signal, this.nowUs);
    if (outcome.code === 'fired') this.strategies.touched(signal.strategy, signal.symbol, this.nowUs);
  }

  #account(): { equity: number; buyingPower: number; openPositions: number; dayPnl: number } {
    const account = this.main.desk.summaries.account(this.nowUs);
    return {
      equity: account.equity / 1e6,
      buyingPower: account.buyingPower / 1e6,
      openPositions: account.openPositions,
      dayPnl: account.dayPnl / 1e6,
    };
  }

  save(writer: CheckpointWriter): void {
    const times = [this.nowUs, this.#signals, this.#tidyUs, this.#latePhase, this.#sleptUs];
    const head = Float64Array.of(this.inputNo, ...times, this.lacksUntil);
    writer.section('kernel', new Uint8Array(head.buffer));
    this.view.save(writer);
    for (const { builder } of this.bars.list) builder.save(writer);
    this.#feedWatch.save(writer);
    this.journal.save(writer);
    this.scanner.save(writer);
    this.shelf.save(writer);
    this.strategies.save(writer);
    this.#facts.save(writer);
    this.ledger.save(writer);
    this.main.save(prefixed(writer, 'main/'));
    this.shadow.save(prefixed(writer, 'shadow/'));
  }

  restore(reader: CheckpointReader): void {
    const head = reader.section('kernel');
    if (head === undefined) return;
    // A checkpoint of an earlier program does not have the last ones.
    const values = new Float64Array(head.slice().buffer);
    const [inputNo = 0, nowUs = 0, signals = 0, tidyUs = 0, latePhase = 0, sleptUs = 0, lacksUntil = 0] = values;
    this.#latePhase = latePhase;
    this.#sleptUs = sleptUs;
    this.#earlier.lacksUntil = lacksUntil;
    this.inputNo = inputNo;
    this.nowUs = nowUs;
    this.#signals = signals;
    this.#tidyUs = tidyUs;
    this.shelf.restore(reader);
    this.view.restore(reader);
    for (const kind of this.strategies.barKinds()) this.bars.of(kind);
    for (const { builder } of this.bars.list) builder.restore(reader);
    this.#feedWatch.restore(reader);
    this.journal.restore(reader);
    this.scanner.restore(reader);
    this.strategies.restore(reader);
    this.#facts.restore(reader);
    this.ledger.restore(reader);
    this.main.restore(prefixed(reader, 'main/'));
    this.shadow.restore(prefixed(reader, 'shadow/'));
    this.#stage.resumeDay();
    this.#wantsTicks = this.strategies.wantsTicks();
  }
}
