/**
 * A trading desk with the broker it talks to. With the paper exchange both live in the kernel and see every event; with an
 * outside broker commands leave through `send` and reports come back as inputs. Shadow trading is a second pair over the
 * same market: same code, its own books, nothing real.
 */
import type { ViewColumns } from '../market/view-columns.ts';
import type { Sessions } from '../model/sessions.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { EpochUs, SymbolId } from '../model/units.ts';
import type { BrokerCommand } from '../ports/broker.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import { PaperExchange } from '../sim/paper/paper-exchange.ts';
import type { PaperSettings } from '../sim/paper/paper-types.ts';
import { createRng } from '../lib/rng.ts';
import type { Adoption } from './adoption.ts';
import type { Adopted } from './trading/adopt.ts';
import type { DeskConfig } from './trading/desk-config.ts';
import type { JournalWriter } from './trading/journal-writer.ts';
import { TradingDesk } from './trading/trading-desk.ts';

export interface TradingPairDeps {
  readonly view: ViewColumns;
  readonly symbols: SymbolTable;
  readonly sessions: Sessions;
  readonly run: string;
  readonly journal: JournalWriter;
  readonly config: DeskConfig;
  /** Settings of the paper exchange; null when an outside broker is used. */
  readonly paper: PaperSettings | null;
  readonly seed: number;
  readonly send: (command: BrokerCommand) => void;
}

/** Reports the exchange makes while its reports are being handled; more rounds than this is a loop of our own making. */
const ROUNDS_MAX = 1000;

export class TradingPair implements Checkpointable {
  readonly desk: TradingDesk;
  readonly paper: PaperExchange | null;
  #nowUs: EpochUs = 0;

  constructor(deps: TradingPairDeps) {
    const { paper } = deps;
    this.paper =
      paper === null
        ? null
        : new PaperExchange({
            view: deps.view,
            symbols: deps.symbols,
            sessions: deps.sessions,
            rng: createRng(`${deps.seed}/paper`),
            settings: paper,
          });
    const send =
      this.paper === null ? deps.send : (command: BrokerCommand): void => this.paper?.command(command, this.#nowUs);
    this.desk = new TradingDesk({
      view: deps.view,
      symbols: deps.symbols,
      sessions: deps.sessions,
      run: deps.run,
      journal: deps.journal,
      config: deps.config,
      send,
    });
  }

  /** Moves time; handles what came due on either side. */
  advance(nowUs: EpochUs): void {
    if (this.#nowUs === 0) this.paper?.connect(nowUs);
    this.#nowUs = nowUs;
    if (this.paper !== null && this.paper.nextTimerUs() <= nowUs) this.paper.advance(nowUs);
    this.#deliver(nowUs);
    if (this.desk.nextTimerUs() <= nowUs) this.desk.advance(nowUs);
    this.#deliver(nowUs);
  }

  onTrade(symbol: SymbolId, price: number, size: number, nowUs: EpochUs): void {
    this.#nowUs = nowUs;
    this.paper?.onTrade(symbol, price, size, nowUs);
    this.#deliver(nowUs);
    this.desk.onMarket(symbol, nowUs);
  }

  onQuote(symbol: SymbolId, nowUs: EpochUs): void {
    this.#nowUs = nowUs;
    this.paper?.onQuote(symbol, nowUs);
    this.#deliver(nowUs);
    this.desk.onMarket(symbol, nowUs);
  }

  durable(seq: number, nowUs: EpochUs): void {
    this.#nowUs = nowUs;
    this.desk.onDurable(seq, nowUs);
    this.#deliver(nowUs);
  }

  /** See TradingDesk.adopt; the paper exchange follows the desk's books. */
  adopt(adoption: Adoption, nowUs: EpochUs): Adopted {
    this.#nowUs = nowUs;
    const adopted = this.desk.adopt(adoption, nowUs);
    this.paper?.adopt(adopted.fills, nowUs);
    this.#deliver(nowUs);
    return adopted;
  }

  #deliver(nowUs: EpochUs): void {
    if (this.paper === null) return;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const events = this.paper.takeEvents();
      if (events.length === 0) return;
      for (const event of events) this.desk.onBroker(event, nowUs);
    }
  }

  /** Begins a day with what is left of another: the broker is asked before anything is sent. */
  carry(reader: CheckpointReader, isAuto: boolean): void {
    this.desk.restore(reader);
    this.desk.beginDay(isAuto);
    this.paper?.restore(reader);
  }

  save(writer: CheckpointWriter): void {
    writer.section('pair', new Uint8Array(Float64Array.of(this.#nowUs).buffer));
    this.desk.save(writer);
    this.paper?.save(writer);
  }

  restore(reader: CheckpointReader): void {
    const head = reader.section('pair');
    if (head !== undefined) this.#nowUs = new Float64Array(head.slice().buffer)[0] as number;
    this.desk.restore(reader);
    this.paper?.restore(reader);
  }
}
