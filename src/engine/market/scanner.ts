/**
 * Anomalies as named rules over the market view, each reported with the numbers that fired it. The scanner looks when it is
 * told to; what it reports depends on the rows and the told time alone. Rules SCAN1.. in docs/specs/market-view.md.
 */
import { assertNever } from '../lib/assert.ts';
import type { DurationUs, EpochUs, SymbolId } from '../model/units.ts';
import { US_PER_MINUTE, US_PER_SECOND } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import { changeOf, gapOf, spreadBpsOf, spreadOf, spreadRatioOf } from './readings.ts';
import type { ViewColumns } from './view-columns.ts';
import { HALT_REASONS, HaltState, PHASE_CODE, QuoteFlag } from './view-columns.ts';

export const SCAN_RULES = [
  'volume-surge',
  'velocity',
  'spread-blow-out',
  'gap',
  'new-high-on-volume',
  'halt',
  'resume',
  'crossed-market',
] as const;
export type ScanRule = (typeof SCAN_RULES)[number];

export interface Anomaly {
  readonly rule: ScanRule;
  readonly symbol: SymbolId;
  readonly atUs: EpochUs;
  /** The numbers that fired the rule, by name; units in the names. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Words that go with it (a halt's reason); '' mostly. */
  readonly detail: string;
}

export interface ScanThresholds {
  /** Volume so far as a multiple of usual by this minute. */
  readonly relativeVolume: number;
  /** Trades a second over 10 s, and as a multiple of the 60 s rate. */
  readonly tradesPerSecond: number;
  readonly accelerationRatio: number;
  /** Spread as a multiple of its own typical, and in basis points. */
  readonly spreadRatio: number;
  readonly spreadBps: number;
  /** Open against previous close, as a fraction either way. */
  readonly gapFraction: number;
  readonly highRelativeVolume: number;
  /** The same rule speaks again about the same symbol only after this long. */
  readonly quietUs: DurationUs;
}

export const SCAN_DEFAULTS: ScanThresholds = {
  relativeVolume: 3,
  tradesPerSecond: 5,
  accelerationRatio: 3,
  spreadRatio: 5,
  spreadBps: 20,
  gapFraction: 0.04,
  highRelativeVolume: 1.5,
  quietUs: 5 * US_PER_MINUTE,
};

const RULES = SCAN_RULES.length;
const HALT = SCAN_RULES.indexOf('halt');
const RESUME = SCAN_RULES.indexOf('resume');
/** A crossed market for an instant is ordinary; one that stands is not. */
const CROSSED_US = US_PER_SECOND;
/** A rate is told by an average over 10 s: with fewer trades it is noise. */
const TRADES_MIN = 50;

export class Scanner implements Checkpointable {
  readonly #columns: ViewColumns;
  readonly #thresholds: ScanThresholds;
  /** When each rule last spoke about each symbol. */
  readonly #spokenUs: Float64Array;
  readonly #seenHigh: Float64Array;
  readonly #seenHalt: Uint8Array;
  /** Symbols below this were ever judged: what lies above is as it was made. */
  #used = 0;

  constructor(columns: ViewColumns, thresholds: Partial<ScanThresholds> = {}) {
    this.#columns = columns;
    this.#thresholds = { ...SCAN_DEFAULTS, ...thresholds };
    const capacity = columns.last.length;
    this.#spokenUs = new Float64Array(capacity * RULES);
    this.#seenHigh = new Float64Array(capacity);
    this.#seenHalt = new Uint8Array(capacity);
  }

  /** Judges every rule for one symbol. Returns what fired, in the order of SCAN_RULES; mostly the same empty list. */
  scan(symbol: SymbolId, nowUs: EpochUs): readonly Anomaly[] {
    if (symbol >= this.#used) this.#used = symbol + 1;
    let found: Anomaly[] | undefined;
    for (let rule = 0; rule < RULES; rule++) {
      const name = SCAN_RULES[rule] as ScanRule;
      const numbers = this.#judge(name, symbol, nowUs);
      if (numbers === undefined || !this.#maySpeak(rule, symbol, nowUs)) continue;
      const detail = name === 'halt' ? (HALT_REASONS[this.#columns.haltReason[symbol] as number] ?? '') : '';
      found ??= [];
      found.push({ rule: name, symbol, atUs: nowUs, numbers, detail });
    }
    return found ?? NOTHING;
  }

  /** A new day: highs and quiet times begin anew. */
  startDay(): void {
    this.#spokenUs.fill(0);
    this.#seenHigh.fill(0);
    this.#seenHalt.fill(0);
  }

  save(writer: CheckpointWriter): void {
    for (const [name, column] of this.#sections()) {
      const perSymbol = column.byteLength / this.#seenHigh.length;
      writer.section(`scanner/${name}`, new Uint8Array(column.buffer, column.byteOffset, perSymbol * this.#used));
    }
  }

  restore(reader: CheckpointReader): void {
    for (const [name, column] of this.#sections()) {
      const bytes = reader.section(`scanner/${name}`);
      if (bytes === undefined || bytes.length > column.byteLength) continue;
      column.fill(0);
      new Uint8Array(column.buffer, column.byteOffset, column.byteLength).set(bytes);
      this.#used = Math.max(this.#used, (bytes.length * this.#seenHigh.length) / column.byteLength);
    }
  }

  #sections(): readonly (readonly [string, Float64Array | Uint8Array])[] {
    return [
      ['spoken', this.#spokenUs],
      ['high', this.#seenHigh],
      ['halt', this.#seenHalt],
    ];
  }

  #maySpeak(rule: number, symbol: SymbolId, nowUs: EpochUs): boolean {
    const at = symbol * RULES + rule;
    const spokenUs = this.#spokenUs[at] as number;
    // Halts and resumes are changes, not states: two of them are two pieces of news.
    const quietUs =
      rule === HALT || rule === RESUME
        ? Math.min(this.#thresholds.quietUs, 10 * US_PER_SECOND)
        : this.#thresholds.quietUs;
    if (spokenUs > 0 && nowUs - spokenUs < quietUs) return false;
    this.#spokenUs[at] = nowUs;
    return true;
  }

  #judge(rule: ScanRule, s: SymbolId, nowUs: EpochUs): Readonly<Record<string, number>> | undefined {
    const c = this.#columns;
    const t = this.#thresholds;
    const relativeVolume = c.relativeVolume[s] as number;
    switch (rule) {
      case 'volume-surge':
        return relativeVolume >= t.relativeVolume ? { relativeVolume, volume: c.volume[s] as number } : undefined;
      case 'velocity': {
        const rate10s = c.tickRate10s[s] as number;
        const ratio = rate10s / (c.tickRate60s[s] as number);
        if ((c.tradeCount[s] as number) < TRADES_MIN || rate10s < t.tradesPerSecond || !(ratio >= t.accelerationRatio))
          return undefined;
        return { tradesPerSecond10s: rate10s, tradesPerSecond60s: c.tickRate60s[s] as number, ratio };
      }
      case 'spread-blow-out': {
        const ratio = spreadRatioOf(c, s);
        const bps = spreadBpsOf(c, s);
        if (c.phase[s] !== PHASE_CODE.regular || !(ratio >= t.spreadRatio) || bps < t.spreadBps) return undefined;
        return { spread: spreadOf(c, s), spreadBps: bps, ratio };
      }
      case 'gap': {
        const gap = gapOf(c, s);
        return Math.abs(gap) >= t.gapFraction
          ? { gapFraction: gap, open: c.dayOpen[s] as number, previousClose: c.previousClose[s] as number }
          : undefined;
      }
      case 'new-high-on-volume':
        return this.#newHigh(s, relativeVolume);
      case 'halt':
      case 'resume':
        return this.#haltChange(rule, s);
      case 'crossed-market':
        return this.#crossed(s, nowUs);
      default:
        return assertNever(rule);
    }
  }

  #newHigh(s: SymbolId, relativeVolume: number): Readonly<Record<string, number>> | undefined {
    const high = this.#columns.dayHigh[s] as number;
    const before = this.#seenHigh[s] as number;
    this.#seenHigh[s] = high;
    if (before === 0 || high <= before || !(relativeVolume >= this.#thresholds.highRelativeVolume)) return undefined;
    return { high, before, relativeVolume, changeFraction: changeOf(this.#columns, s) };
  }

  /** Both rules look at the same change: `resume` runs last and remembers it. */
  #haltChange(rule: 'halt' | 'resume', s: SymbolId): Readonly<Record<string, number>> | undefined {
    const c = this.#columns;
    const isHalted = c.halt[s] === HaltState.halted || c.halt[s] === HaltState.quoting ? 1 : 0;
    const before = this.#seenHalt[s] as number;
    if (rule === 'resume') this.#seenHalt[s] = isHalted;
    if (rule === 'halt' && isHalted > before)
      return { last: c.last[s] as number, sinceUs: c.haltSinceUs[s] as number, halts: c.haltCount[s] as number };
    if (rule === 'resume' && isHalted < before) return { last: c.last[s] as number, halts: c.haltCount[s] as number };
    return undefined;
  }

  #crossed(s: SymbolId, nowUs: EpochUs): Readonly<Record<string, number>> | undefined {
    const c = this.#columns;
    if (((c.quoteFlags[s] as number) & QuoteFlag.crossed) === 0) return undefined;
    const forUs = nowUs - (c.crossedSinceUs[s] as number);
    return forUs >= CROSSED_US ? { bid: c.bid[s] as number, ask: c.ask[s] as number, forUs } : undefined;
  }
}

const NOTHING: readonly Anomaly[] = Object.freeze([]);
