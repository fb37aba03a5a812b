/**
 * A trade while it lives: the mutable record behind the read-only Trade. Numbers that change on every tick are plain fields,
 * so that watching a position makes no garbage. Everything in it is plain data and survives a checkpoint as it is.
 */
import type { CostEstimate } from '../model/economics.ts';
import type { Fill } from '../model/fill.ts';
import type { ExitRule, RuleResult } from '../model/signal.ts';
import type { EntryEnd, Trade, TradePosition, TradeState } from '../model/trade.ts';
import type { EpochUs, InputNo, Micros, SymbolId } from '../model/units.ts';
import { FLAT } from './trade-fold.ts';

/** How the entry is going. */
export interface EntryProgress {
  /** The entry order; '' once it has ended. */
  orderId: string;
  deadlineUs: EpochUs;
  repricesLeft: number;
  /** Above this the price has run away. */
  priceMax: Micros;
  /** NBBO spread at the decision. */
  spread: Micros;
  pricedUs: EpochUs;
  /** Why it is being given up; '' while it is wanted. */
  giveUp: EntryEnd | '';
  /** It waits at the user's own price under the offer: not chased, not given up because the market is elsewhere. */
  isResting?: boolean;
}

/** How the exit is going. */
export interface ExitProgress {
  /** exitLabel() of the rule that fired; '' while the position is wanted. */
  reason: string;
  /** Lower is more urgent; 99 while none. */
  precedence: number;
  firedUs: EpochUs;
  /** Index into the ladder. */
  step: number;
  steppedUs: EpochUs;
  /** Working exit order; '' when none. */
  orderId: string;
  pricedUs: EpochUs;
  /** Never sell below this while only a take-profit has fired; 0 otherwise. */
  floor: Micros;
  /** Re-prices at the last step so far; widens the reach through the bid. */
  reach: number;
  rejects: number;
  /** No new exit order before this time, after a reject. */
  retryUs: EpochUs;
  wantsMarket: boolean;
  /** Since when the bid has been too far from the offer to be believed, 0 when it is not (EXI27). */
  hollowSinceUs: EpochUs;
  /** Why nothing is being sent although a rule fired: halt, blind, closed ...; '' when nothing holds it. */
  heldBack: string;
  /** The rule being confirmed: its index, since when, and how many quotes so far. */
  confirmRule: number;
  confirmCount: number;
  confirmSinceUs: EpochUs;
}

export interface TradeRecord {
  readonly id: string;
  readonly strategy: string;
  /** Of the strategy's source and parameters whose exits it runs; set anew when the user moves it to a newer one. */
  version: string;
  symbol: SymbolId;
  readonly ticker: string;
  readonly signalId: string;
  readonly signalledUs: EpochUs;
  readonly inputNo: InputNo;
  exits: readonly ExitRule[];
  readonly gates: readonly RuleResult[];
  readonly tags: readonly string[];
  readonly predicted: CostEstimate | null;
  readonly manual: boolean;
  readonly entryMid: Micros;
  readonly entryAsk: Micros;
  state: TradeState;
  openedUs: EpochUs;
  closedUs: EpochUs;
  /** End of the session phase in which the first fill came; 0 before. */
  phaseEndUs: EpochUs;
  fills: Fill[];
  orders: string[];
  position: TradePosition;
  entryEnd: EntryEnd | null;
  exitMid: Micros;
  exitBid: Micros;
  notes: string[];
  entry: EntryProgress;
  exit: ExitProgress;
  // Per tick.
  peakBid: Micros;
  peakUs: EpochUs;
  troughBid: Micros;
  troughUs: EpochUs;
  /** The previous valid bid and the quote it came with. */
  bidBefore: Micros;
  quoteCount: number;
  /** The last computable trailing distance, so that a trail never disappears because a measure does. */
  trailDistance: Micros;
}

export const NO_EXIT: Readonly<ExitProgress> = {
  reason: '',
  precedence: 99,
  firedUs: 0,
  step: 0,
  steppedUs: 0,
  orderId: '',
  pricedUs: 0,
  floor: 0,
  reach: 0,
  rejects: 0,
  retryUs: 0,
  wantsMarket: false,
  hollowSinceUs: 0,
  heldBack: '',
  confirmRule: -1,
  confirmCount: 0,
  confirmSinceUs: 0,
};

type Given = Pick<
  TradeRecord,
  | 'id'
  | 'strategy'
  | 'version'
  | 'symbol'
  | 'ticker'
  | 'signalId'
  | 'signalledUs'
  | 'inputNo'
  | 'exits'
  | 'gates'
  | 'tags'
  | 'predicted'
  | 'manual'
  | 'entryMid'
  | 'entryAsk'
  | 'entry'
>;

export function createTradeRecord(given: Given): TradeRecord {
  return {
    ...given,
    state: 'opening',
    openedUs: 0,
    closedUs: 0,
    phaseEndUs: 0,
    fills: [],
    orders: [],
    position: FLAT,
    entryEnd: null,
    exitMid: 0,
    exitBid: 0,
    notes: [],
    exit: { ...NO_EXIT },
    peakBid: 0,
    peakUs: 0,
    troughBid: 0,
    troughUs: 0,
    bidBefore: 0,
    quoteCount: 0,
    trailDistance: 0,
  };
}

/** The read-only form. */
export function toTrade(record: TradeRecord): Trade {
  return {
    id: record.id,
    strategy: record.strategy,
    version: record.version,
    symbol: record.symbol,
    ticker: record.ticker,
    signalId: record.signalId,
    state: record.state,
    signalledUs: record.signalledUs,
    inputNo: record.inputNo,
    openedUs: record.openedUs,
    closedUs: record.closedUs,
    position: record.position,
    marks: { peakBid: record.peakBid, troughBid: record.troughBid, peakUs: record.peakUs, troughUs: record.troughUs },
    exits: record.exits,
    gates: record.gates,
    tags: record.tags,
    predicted: record.predicted,
    entryEnd: record.entryEnd,
    exitReason: record.exit.reason,
    orders: [...record.orders],
    fills: [...record.fills],
    entryMid: record.entryMid,
    entryAsk: record.entryAsk,
    exitMid: record.exitMid,
    exitBid: record.exitBid,
    manual: record.manual,
    notes: [...record.notes],
  };
}
