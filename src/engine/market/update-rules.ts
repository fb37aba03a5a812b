/**
 * What a print or a quote may change, precomputed per condition set so that an event costs one table read. Every condition
 * of a set must say yes; one no wins. Rules UPD1.. in docs/specs/market-view.md.
 */
import type { ConditionSets } from '../model/conditions.ts';
import type { ConditionTable, QuoteClass, TradeCondition, TradeMark } from './condition-table.ts';
import { US_CONDITIONS } from './condition-table.ts';
import { HALT_REASONS } from './view-columns.ts';

/** What `MarketView.applyTrade` and `applyQuote` answer. The phase code of the event stands in bits 8 to 10. */
export const Eligibility = {
  /** May set last: counts towards tick bars. */
  counts: 1,
  highLow: 2,
  volume: 4,
  /** Seen already; nothing was applied. */
  duplicate: 8,
  /** Its sequence is lower than one seen before. */
  late: 16,
  /** Outside every open phase. */
  outside: 32,
  /** Of another day, from the future, or of a symbol there is no room for; nothing was applied. Comes with `outside`. */
  refused: 64,
} as const;
export const PHASE_SHIFT = 8;
export const PHASE_MASK = 7;

/** The phase code inside an answer of `applyTrade` or `applyQuote`. */
export function phaseOfResult(result: number): number {
  return (result >> PHASE_SHIFT) & PHASE_MASK;
}

/** Further bits of a trade's rule word; the low three are Eligibility's counts, highLow and volume. */
export const TRADE_MARK_BIT: Readonly<Record<TradeMark, number>> = {
  openingCross: 1 << 3,
  closingCross: 1 << 4,
  officialOpen: 1 << 5,
  officialClose: 1 << 6,
  correctedClose: 1 << 7,
  reopening: 1 << 8,
  oddLot: 1 << 9,
  averagePrice: 1 << 10,
  shortSaleOn: 1 << 11,
  shortSaleOff: 1 << 12,
};
export const UNKNOWN_CONDITION = 1 << 13;

/** Bits of a quote's rule word. */
export const QuoteBit = {
  /** Not to be traded on: indicative, non-firm, closed, cancelled, settlement, auction. */
  nonFirm: 1,
  halted: 2,
  resume: 4,
  /** Firm but not automatically executable on a side. */
  manual: 8,
  /** A HALT_REASONS index stands in bits 8 to 12. */
  reasonShift: 8,
  reasonMask: 31,
} as const;

const READY = 1 << 15;
const ALL = Eligibility.counts | Eligibility.highLow | Eligibility.volume;
const NON_FIRM: ReadonlySet<QuoteClass> = new Set<QuoteClass>([
  'closed',
  'indicative',
  'non-firm',
  'auction',
  'settlement',
  'cancel',
]);

export class UpdateRules {
  readonly #conditions: ConditionSets;
  #table: ConditionTable;
  readonly #trades = new Map<number, TradeCondition>();
  readonly #quotes = new Map<number, number>();
  readonly #regular = new Uint16Array(65_536);
  readonly #extended = new Uint16Array(65_536);
  readonly #quoteWords = new Uint16Array(65_536);

  constructor(conditions: ConditionSets, table: ConditionTable = US_CONDITIONS) {
    this.#conditions = conditions;
    this.#table = table;
    this.replaceTable(table);
  }

  get table(): ConditionTable {
    return this.#table;
  }

  /** Takes another table into use for every later event. */
  replaceTable(table: ConditionTable): void {
    this.#table = table;
    this.#trades.clear();
    this.#quotes.clear();
    for (const condition of table.trades) this.#trades.set(condition.id, condition);
    for (const condition of table.quotes)
      this.#quotes.set(condition.id, quoteWord(condition.class, condition.haltReason ?? 'quote'));
    this.forgetSets();
  }

  /** Must follow whenever the meaning of set ids may have changed (a restored ConditionSets). */
  forgetSets(): void {
    this.#regular.fill(0);
    this.#extended.fill(0);
    this.#quoteWords.fill(0);
  }

  /** The rule word of a trade's condition set; `isRegular` tells the regular session from every other. */
  trade(set: number, isRegular: boolean): number {
    const words = isRegular ? this.#regular : this.#extended;
    const word = words[set] as number;
    return word !== 0 ? word : this.#tradeWord(set, isRegular);
  }

  /** The rule word of a quote's condition set. */
  quote(set: number): number {
    const word = this.#quoteWords[set] as number;
    return word !== 0 ? word : this.#quoteSetWord(set);
  }

  #tradeWord(set: number, isRegular: boolean): number {
    let allowed: number = ALL;
    let marks = 0;
    for (const id of this.#conditions.get(set)) {
      const condition = this.#trades.get(id);
      if (condition === undefined) {
        // An id nobody has described yet: dropping its prints would blind the bars, so it is let through and counted.
        marks |= UNKNOWN_CONDITION;
        continue;
      }
      if (isRegular || condition.yesOutsideRegular !== true) {
        if (!condition.openClose) allowed &= ~Eligibility.counts;
        if (!condition.highLow) allowed &= ~Eligibility.highLow;
        if (!condition.volume) allowed &= ~Eligibility.volume;
      }
      if (condition.mark !== undefined) marks |= TRADE_MARK_BIT[condition.mark];
    }
    const word = READY | marks | allowed;
    (isRegular ? this.#regular : this.#extended)[set] = word;
    return word;
  }

  #quoteSetWord(set: number): number {
    let word = READY;
    for (const id of this.#conditions.get(set)) {
      const one = this.#quotes.get(id) ?? 0;
      // The first halting condition names the reason.
      word |= (word & QuoteBit.halted) !== 0 ? one & 0xff : one;
    }
    this.#quoteWords[set] = word;
    return word;
  }
}

function quoteWord(quoteClass: QuoteClass, haltReason: string): number {
  if (quoteClass === 'halted')
    return (
      QuoteBit.halted |
      QuoteBit.nonFirm |
      (Math.max(0, HALT_REASONS.indexOf(haltReason as 'quote')) << QuoteBit.reasonShift)
    );
  if (quoteClass === 'resume') return QuoteBit.resume;
  if (quoteClass === 'manual') return QuoteBit.manual;
  return NON_FIRM.has(quoteClass) ? QuoteBit.nonFirm : 0;
}
