/** What screens, strategies and the command line may know of the desk: copies and read-only views, never the books themselves. */
import { chargesOf, totalCharges } from '../../economics/commission.ts';
import type { ForecastRow } from '../../exits/forecast.ts';
import { forecastExits } from '../../exits/forecast.ts';
import type { AccountSummary } from '../../model/account.ts';
import type { Order } from '../../model/order.ts';
import type { ClosedTrade, Trade } from '../../model/trade.ts';
import type { EpochUs, Micros, SymbolId } from '../../model/units.ts';
import { toTrade } from '../../positions/trade-record.ts';
import type { TradeRecord } from '../../positions/trade-record.ts';
import type { KillStatus } from '../../risk/kill-switch.ts';
import type { RiskLimits } from '../../risk/limits.ts';
import type { Lock } from '../../risk/locks.ts';
import { accountSummary, markOf, worthNow } from './account.ts';
import { gainNow, hourOf, toClosedTrade } from './booking.ts';
import type { DeskContext, DeskCounts } from './context.ts';
import { readMarket } from './context.ts';
import { budgetOf } from './buy-loop.ts';
import type { StrategyBudget } from './desk-config.ts';

export interface OpenPosition extends Trade {
  /** The bid it is valued at. */
  readonly mark: Micros;
  /** Result if sold at the mark, charges so far included. */
  readonly netNow: Micros;
  /** The same with the charges of the sale. */
  readonly netIfSold: Micros;
  readonly heldUs: number;
  /** Why a fired exit cannot be sent now; '' when nothing holds it. */
  readonly heldBack: string;
  readonly isBlind: boolean;
}

export interface WorkingOrder extends Order {
  readonly ticker: string;
  readonly ageUs: number;
  readonly repricesLeft: number;
}

export interface RiskSummary {
  readonly isAuto: boolean;
  readonly isLinkUp: boolean;
  readonly isReconciled: boolean;
  readonly locks: readonly Lock[];
  readonly drift: readonly string[];
  readonly lossConfirmations: number;
  readonly kill: KillStatus;
  readonly counts: DeskCounts;
}

export class DeskSummaries {
  readonly #ctx: DeskContext;

  constructor(ctx: DeskContext) {
    this.#ctx = ctx;
  }

  positions(nowUs: EpochUs): readonly OpenPosition[] {
    return this.#ctx.trades
      .active()
      .filter((trade) => trade.position.held !== 0)
      .map((trade) => this.#openPosition(trade, nowUs));
  }

  #openPosition(trade: TradeRecord, nowUs: EpochUs): OpenPosition {
    const mark = markOf(this.#ctx, trade);
    const netNow = gainNow(trade, mark);
    return {
      ...toTrade(trade),
      mark,
      netNow,
      netIfSold: netNow - this.#exitCharges(trade.position.held, mark),
      heldUs: nowUs - trade.openedUs,
      heldBack: trade.exit.heldBack,
      isBlind: this.#ctx.view.isBlind[trade.symbol] !== 0,
    };
  }

  #exitCharges(shares: number, price: Micros): Micros {
    if (shares <= 0) return 0;
    const ctx = this.#ctx;
    const filled = { side: 'sell' as const, shares, value: shares * price, addedShares: 0 };
    return totalCharges(chargesOf(ctx.fees, ctx.config.costs.plan, ctx.clock.date, filled, ctx.ledger.monthShares));
  }

  /** Trades that are opening or hold shares. */
  activeTrades(): readonly Trade[] {
    return this.#ctx.trades.active().map(toTrade);
  }

  trade(id: string): Trade | undefined {
    const record = this.#ctx.trades.get(id);
    return record === undefined ? undefined : toTrade(record);
  }

  workingOrders(nowUs: EpochUs): readonly WorkingOrder[] {
    return this.#ctx.orders.live().map((order) => ({
      ...order,
      ticker: this.#ctx.symbols.name(order.symbol),
      ageUs: nowUs - order.createdUs,
      repricesLeft:
        order.side === 'buy' ? Math.max(0, this.#ctx.trades.get(order.tradeId)?.entry.repricesLeft ?? 0) : -1,
    }));
  }

  order(id: string): Order | undefined {
    return this.#ctx.orders.get(id);
  }

  orders(): IterableIterator<Order> {
    return this.#ctx.orders.all();
  }

  closedTrades(): readonly ClosedTrade[] {
    const closed: ClosedTrade[] = [];
    for (const trade of this.#ctx.trades.all())
      if (trade.state === 'closed') closed.push(toClosedTrade(this.#ctx, trade));
    return closed;
  }

  account(nowUs: EpochUs): AccountSummary {
    return accountSummary(this.#ctx, nowUs);
  }

  forecast(tradeId: string, nowUs: EpochUs): readonly ForecastRow[] {
    const ctx = this.#ctx;
    const trade = ctx.trades.get(tradeId);
    if (trade === undefined) return [];
    const bps = ctx.slippage.expectedBps(trade.ticker, hourOf(ctx, nowUs), ctx.config.costs.slippagePercentile);
    return forecastExits({
      trade,
      market: readMarket(ctx, trade.symbol),
      settings: ctx.config.exits,
      nowUs,
      chargesAt: (shares, price) => this.#exitCharges(shares, price),
      slippageAt: (price) => Math.round((price * Math.max(0, bps)) / 10_000),
    });
  }

  /** Shares a strategy holds in a symbol, and whether it is on its way in. */
  owned(strategy: string, symbol: SymbolId): { readonly held: number; readonly isActive: boolean } {
    let held = 0;
    let isActive = false;
    for (const trade of this.#ctx.trades.on(symbol)) {
      if (trade.strategy !== strategy) continue;
      held += trade.position.held;
      isActive = true;
    }
    return { held, isActive };
  }

  risk(): RiskSummary {
    const { state, locks, dayLoss, kill } = this.#ctx;
    return {
      isAuto: state.isAuto,
      isLinkUp: state.isLinkUp,
      isReconciled: state.isReconciled,
      locks: locks.all(),
      drift: [...state.drift],
      lossConfirmations: dayLoss.confirmations,
      kill: kill.status(),
      counts: { ...state.counts },
    };
  }

  /** The limits as they are now, changes made while running included. */
  limits(): RiskLimits {
    return this.#ctx.config.risk;
  }

  /** What a strategy may use, and how many entries it has made today. */
  budget(strategy: string): StrategyBudget & { readonly entriesToday: number } {
    return { ...budgetOf(this.#ctx, strategy), entriesToday: this.#ctx.state.entriesToday[strategy] ?? 0 };
  }

  hasLiveOrders(): boolean {
    return this.#ctx.orders.liveCount > 0;
  }

  cash(): Micros {
    return this.#ctx.ledger.cash;
  }

  /** Shares of all our trades by symbol; symbols without shares are absent. */
  heldBySymbol(): ReadonlyMap<SymbolId, number> {
    const held = new Map<SymbolId, number>();
    for (const trade of this.#ctx.trades.active()) {
      if (trade.position.held !== 0) held.set(trade.symbol, (held.get(trade.symbol) ?? 0) + trade.position.held);
    }
    return held;
  }

  exposure(): { readonly positions: number; readonly dollars: Micros } {
    return { positions: this.#ctx.trades.activeCount, dollars: worthNow(this.#ctx).exposure };
  }

  /** Trades whose entry ended without a fill. */
  notEntered(): number {
    let count = 0;
    for (const trade of this.#ctx.trades.all()) if (trade.state === 'not-entered') count++;
    return count;
  }
}
