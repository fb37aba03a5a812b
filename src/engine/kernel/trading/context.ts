/** What the parts of the trading desk share: the books, the handed-in world, and the small plain state of the desk itself. */
import type { FeeTables } from '../../economics/fee-tables.ts';
import type { SlippageTracker } from '../../economics/slippage-tracker.ts';
import type { TickGrid } from '../../economics/tick-grid.ts';
import { tickGridOn } from '../../economics/tick-grid.ts';
import type { ExitMarket } from '../../exits/exit-rules.ts';
import { isHollowBid, microsOf } from '../../exits/exit-rules.ts';
import { HaltState, QuoteFlag } from '../../market/view-columns.ts';
import type { ViewColumns } from '../../market/view-columns.ts';
import type { SessionPhase } from '../../model/bar.ts';
import type { Sessions } from '../../model/sessions.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import type { EpochUs, Micros, SymbolId } from '../../model/units.ts';
import type { FillBook } from '../../orders/fill-book.ts';
import type { OrderBook } from '../../orders/order-book.ts';
import type { BrokerCommand } from '../../ports/broker.ts';
import type { AccountLedger } from '../../positions/account-ledger.ts';
import type { AccountNotes } from '../../positions/notes.ts';
import type { TradeBook } from '../../positions/trade-book.ts';
import type { DayLossGuard } from '../../risk/day-loss.ts';
import type { KillSwitch } from '../../risk/kill-switch.ts';
import type { Locks } from '../../risk/locks.ts';
import type { RateWindow } from '../../risk/rates.ts';
import type { LimitChanges } from '../../risk/limit-changes.ts';
import type { DeskConfig, StrategyBudget } from './desk-config.ts';
import type { JournalWriter } from './journal-writer.ts';

/** Plain data: saved as it is. */
export interface DeskState {
  orderCounter: number;
  tradeCounter: number;
  queryCounter: number;
  isAuto: boolean;
  isLinkUp: boolean;
  /** A snapshot has been taken in since the link came up. Nothing is sent before. */
  isReconciled: boolean;
  /** Questions out, oldest first. */
  queries: { id: string; sentUs: EpochUs }[];
  queriedUs: EpochUs;
  /** Something is unknown: ask again at `queriedUs` + the pause. */
  wantsQuery: boolean;
  durableSeq: number;
  /** Intents waiting for the disk, in order. */
  intents: { seq: number; orderId: string }[];
  /** Durable orders waiting for the link or for room in the rate. */
  ready: string[];
  messages: RateWindow;
  entries: RateWindow;
  /** Last entry by strategy and ticker, for duplicates. */
  lastEntryUs: Record<string, EpochUs>;
  streaks: Record<string, number>;
  /** Limits changed while running, on top of the configuration. */
  limits: LimitChanges;
  /** Budgets set while running, by strategy, in place of the configured ones. */
  budgets: Record<string, StrategyBudget>;
  /** Entries of each strategy today. */
  entriesToday: Record<string, number>;
  regime: [string, number][];
  brokerCash: Micros | null;
  brokerBuyingPower: Micros | null;
  brokerAtUs: EpochUs;
  /** Bought and not sold again since the broker last told its buying power. */
  boughtSince: Micros;
  /** Tickers whose broker position disagrees with our books: no entries there. */
  drift: string[];
  clockSkewUs: number;
  counts: DeskCounts;
}

export interface DeskCounts {
  signals: number;
  fired: number;
  orders: number;
  rejects: number;
  unknowns: number;
  unknownsResolved: number;
  repeats: number;
  corrections: number;
  refused: number;
  foreign: number;
  queries: number;
  zombies: number;
}

export interface DeskContext {
  readonly view: ViewColumns;
  readonly symbols: SymbolTable;
  readonly sessions: Sessions;
  readonly fees: FeeTables;
  readonly run: string;
  /** As configured, with the limits changed since. */
  config: DeskConfig;
  readonly journal: JournalWriter;
  send(command: BrokerCommand): void;
  readonly orders: OrderBook;
  readonly fills: FillBook;
  readonly trades: TradeBook;
  readonly ledger: AccountLedger;
  readonly notes: AccountNotes;
  readonly slippage: SlippageTracker;
  readonly locks: Locks;
  readonly dayLoss: DayLossGuard;
  readonly kill: KillSwitch;
  readonly market: ExitMarket;
  readonly regime: Map<string, number>;
  state: DeskState;
  /** Session facts of the current phase, refreshed by `moveTo`. */
  readonly clock: { phase: SessionPhase; fromUs: EpochUs; endUs: EpochUs; date: string; grid: TickGrid };
}

export function createDeskState(isAuto: boolean): DeskState {
  return {
    orderCounter: 0,
    tradeCounter: 0,
    queryCounter: 0,
    isAuto,
    isLinkUp: false,
    isReconciled: false,
    queries: [],
    queriedUs: 0,
    wantsQuery: false,
    durableSeq: 0,
    intents: [],
    ready: [],
    messages: { times: [] },
    entries: { times: [] },
    lastEntryUs: {},
    streaks: {},
    limits: {},
    budgets: {},
    entriesToday: {},
    regime: [],
    brokerCash: null,
    brokerBuyingPower: null,
    brokerAtUs: 0,
    boughtSince: 0,
    drift: [],
    clockSkewUs: 0,
    counts: {
      signals: 0,
      fired: 0,
      orders: 0,
      rejects: 0,
      unknowns: 0,
      unknownsResolved: 0,
      repeats: 0,
      corrections: 0,
      refused: 0,
      foreign: 0,
      queries: 0,
      zombies: 0,
    },
  };
}

/** Brings the session facts up to `nowUs`; cheap when the phase is still the same. */
export function moveTo(ctx: DeskContext, nowUs: EpochUs): void {
  const { clock } = ctx;
  if (nowUs >= clock.fromUs && nowUs < clock.endUs) return;
  clock.phase = ctx.sessions.phaseAt(nowUs);
  clock.fromUs = nowUs;
  clock.endUs = ctx.sessions.phaseEndUs(nowUs);
  clock.date = ctx.sessions.dateAt(nowUs);
  clock.grid = tickGridOn(ctx.fees, clock.date);
}

/** Fills `ctx.market` with what the view says of `symbol`. */
export function readMarket(ctx: DeskContext, symbol: SymbolId): ExitMarket {
  const { view, market } = ctx;
  const bid = microsOf(view.bid[symbol] as number);
  const ask = microsOf(view.ask[symbol] as number);
  const flags = view.quoteFlags[symbol] as number;
  const isFlagged = (flags & (QuoteFlag.crossed | QuoteFlag.nonFirm | QuoteFlag.oneSided)) !== 0;
  market.bid = bid;
  market.ask = ask;
  market.isQuoteGood = bid > 0 && ask >= bid && !isFlagged && !isHalted(ctx, symbol) && view.isBlind[symbol] === 0;
  market.quoteCount = view.quoteCount[symbol] as number;
  market.last = microsOf(view.last[symbol] as number);
  market.lastTimeUs = view.lastTimeUs[symbol] as number;
  market.quoteTimeUs = view.quoteTimeUs[symbol] as number;
  market.typicalSpread = microsOf(view.typicalSpread[symbol] as number);
  market.isHollow = market.isQuoteGood && isHollowBid(ctx.config.exits, market.bid, market.ask, market.typicalSpread);
  market.volatility = view.volatility[symbol] as number;
  return market;
}

export function isHalted(ctx: DeskContext, symbol: SymbolId): boolean {
  const halt = ctx.view.halt[symbol];
  return halt === HaltState.halted || halt === HaltState.quoting;
}

export function isTradingPhase(phase: SessionPhase): boolean {
  return phase === 'pre' || phase === 'regular' || phase === 'post';
}

/** A risk note: locks, drift, ghosts, refused reports. */
export function noteRisk(
  ctx: DeskContext,
  nowUs: EpochUs,
  id: string,
  symbol: string,
  body: Record<string, unknown>,
): void {
  ctx.journal.write({ kind: 'risk', atUs: nowUs, id, cause: '', symbol, body });
}
