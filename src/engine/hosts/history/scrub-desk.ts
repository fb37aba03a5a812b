/**
 * The market as of any second of the recorded day, for windows that look back (docs/specs/tape.md, SCR1 to SCR4). Lives on
 * a history worker's thread: it follows the tape while the engine runs, lays anchors, and builds past views from them.
 */
import { ScrubFiles } from '../../adapters/store/scrub-files.ts';
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import { columnsByteLength } from '../../lib/columns.ts';
import type { ReferenceRow } from '../../kernel/reference.ts';
import { dayFacts } from '../../market/day-facts.ts';
import { MarketView } from '../../market/market-view.ts';
import { VIEW_COLUMNS } from '../../market/view-columns.ts';
import { ConditionSets } from '../../model/conditions.ts';
import { SYMBOL_CAPACITY, SymbolTable } from '../../model/symbols.ts';
import type { InputNo } from '../../model/units.ts';
import type { UserCommand } from '../../kernel/input.ts';
import type { IndexerOptions, ScrubHooks } from '../../tape/market-scrub.ts';
import { MarketScrub, ScrubIndexer } from '../../tape/market-scrub.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { SessionClock } from '../../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';

export interface ScrubDeskOptions {
  readonly dataDir: string;
  readonly day: string;
  /** Reference rows the day was begun with: their order decides the symbol ids. */
  readonly reference: readonly ReferenceRow[];
  readonly indexer?: IndexerOptions;
  readonly capacity?: number;
}

export interface PastView {
  /** Columns of the view, laid out by VIEW_COLUMNS; a copy that nobody changes. */
  readonly buffer: SharedArrayBuffer;
  readonly rows: number;
  readonly atUs: number;
  /** The instants the tape spans so far. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly eventsReplayed: number;
}

/** The day up to an input: rows of DAY_FACT_COLUMNS by name. */
export interface EarlierFigures {
  readonly rows: readonly (readonly [string, readonly (number | null)[]])[];
  /** When the recorded day began. */
  readonly fromUs: number;
}

interface Source {
  readonly reader: TapeReader;
  readonly hooks: ScrubHooks<MarketView>;
}

export class ScrubDesk {
  readonly #options: ScrubDeskOptions;
  readonly #files: ScrubFiles;
  readonly #follower: Source;
  readonly #indexer: ScrubIndexer<MarketView>;
  readonly #scrub: MarketScrub<MarketView>;
  readonly #asked: Source;
  #hasAll = false;
  #fromUs = 0;
  #toUs = 0;

  constructor(options: ScrubDeskOptions) {
    this.#options = options;
    this.#files = new ScrubFiles(options.dataDir, options.day);
    this.#follower = this.#source();
    this.#indexer = new ScrubIndexer(this.#files, this.#follower.hooks, options.indexer);
    this.#follower.reader.seek({ fromInputNo: this.#indexer.resume(), live: true });
    this.#asked = this.#source();
    this.#scrub = new MarketScrub(this.#files, this.#asked.reader, this.#asked.hooks);
    this.#fromUs = this.#firstUs();
    this.#toUs = this.#files.list().at(-1)?.us ?? this.#fromUs;
  }

  /** Reads on for about so many milliseconds. True when there is more on the tape already. */
  follow(budgetMs: number, nowMs: () => number): boolean {
    const deadline = nowMs() + budgetMs;
    const { reader } = this.#follower;
    for (let input = reader.next(); input !== null; input = reader.next()) {
      this.#indexer.take(input, reader.batch);
      if (this.#fromUs === 0 && input.kind === 'market') this.#fromUs = input.receivedUs;
      this.#toUs = Math.max(this.#toUs, input.receivedUs);
      if (nowMs() >= deadline) return true;
    }
    this.#hasAll = true;
    return false;
  }

  /** The view as of `us`; instants outside the day so far are moved to its ends. */
  at(us: number): PastView {
    const atUs = Math.min(Math.max(us, this.#fromUs), Math.max(this.#toUs, this.#fromUs));
    const { view, eventsReplayed } = this.#scrub.at(atUs);
    return {
      buffer: (view.columns.version.buffer as SharedArrayBuffer).slice(0),
      rows: view.size,
      atUs,
      fromUs: this.#fromUs,
      toUs: this.#toUs,
      eventsReplayed,
    };
  }

  /** The follower has read the tape up to this input. */
  hasFollowed(inputNo: InputNo): boolean {
    return this.#indexer.lastInputNo >= inputNo || this.#hasAll;
  }

  /** What the day came to up to and with this input, by name; symbols in which nothing happened are left out. */
  figuresUntil(inputNo: InputNo): EarlierFigures {
    const { view } = this.#scrub.until(inputNo);
    const rows: [string, readonly (number | null)[]][] = [];
    for (let symbol = 0; symbol < view.size; symbol++) {
      const facts = dayFacts(view.columns, symbol);
      if (facts !== null) rows.push([view.symbols.name(symbol), facts]);
    }
    return { rows, fromUs: this.#fromUs };
  }

  close(): void {
    this.#follower.reader.close();
    this.#asked.reader.close();
  }

  #source(): Source {
    const { dataDir, day, reference, capacity = SYMBOL_CAPACITY } = this.#options;
    const symbols = new SymbolTable(capacity);
    const conditions = new ConditionSets();
    // As the kernel: reference symbols first, then those that the market brings.
    for (const row of reference) symbols.intern(row.name);
    const makeView = (): MarketView => {
      const buffer = new SharedArrayBuffer(columnsByteLength(VIEW_COLUMNS, symbols.capacity));
      const sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
      const view = new MarketView({ symbols, conditions, sessions, buffer });
      setReference(view, reference);
      return view;
    };
    const onCommand = (view: MarketView, body: unknown): void => {
      const command = body as UserCommand;
      if (command.name === 'setReference')
        setReference(view, (command.args as { readonly rows: readonly ReferenceRow[] }).rows);
    };
    return { reader: new TapeReader({ dataDir, day, symbols, sets: conditions }), hooks: { makeView, onCommand } };
  }

  #firstUs(): number {
    const { dataDir, day } = this.#options;
    const reader = new TapeReader({ dataDir, day });
    reader.seek({});
    let firstUs = 0;
    for (let input = reader.next(); input !== null && firstUs === 0; input = reader.next())
      if (input.kind === 'market') firstUs = input.receivedUs;
    reader.close();
    return firstUs;
  }
}

function setReference(view: MarketView, rows: readonly ReferenceRow[]): void {
  for (const { name, previousClose, averageVolume } of rows)
    view.setReference(view.symbols.intern(name), { previousClose, averageVolume });
}
