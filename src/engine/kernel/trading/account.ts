/** Equity, exposure and buying power from our own books and the view (docs/specs/orders.md, ACC1 to ACC6). */
import type { AccountSummary } from '../../model/account.ts';
import type { EpochUs, Micros } from '../../model/units.ts';
import { microsOf } from '../../exits/exit-rules.ts';
import type { TradeRecord } from '../../positions/trade-record.ts';
import { gainNow } from './booking.ts';
import type { DeskContext } from './context.ts';

/** The price a holding is worth: the last good bid; without one the last trade, then its cost. */
export function markOf(ctx: DeskContext, trade: TradeRecord): Micros {
  if (trade.bidBefore > 0) return trade.bidBefore;
  const last = microsOf(ctx.view.last[trade.symbol] as number);
  return last > 0 ? last : trade.position.averageCost;
}

export interface Worth {
  equity: Micros;
  exposure: Micros;
  unrealised: Micros;
}

/** Held shares at their marks. Exposure counts working purchases too. */
export function worthNow(ctx: DeskContext): Worth {
  let value = 0;
  let unrealised = 0;
  let pendingCharges = 0;
  for (const trade of ctx.trades.active()) {
    if (trade.position.held !== 0) {
      const mark = markOf(ctx, trade);
      value += trade.position.held * mark;
      unrealised += gainNow(trade, mark);
    }
    pendingCharges += trade.position.chargesExpected;
  }
  return { equity: ctx.ledger.cash + value - pendingCharges, exposure: value + ctx.orders.reservedCash(), unrealised };
}

/** What may be bought now, working purchases held back. */
export function buyingPower(ctx: DeskContext, worth: Worth): Micros {
  const { config, state } = ctx;
  const reserved = ctx.orders.reservedCash();
  if (config.accountType === 'cash') return Math.max(0, ctx.ledger.settledCash(ctx.clock.date) - reserved);
  let power = worth.equity * config.leverage - worth.exposure;
  // The broker's own figure is up to three minutes old: what was bought since is taken off it.
  if (state.brokerBuyingPower !== null) power = Math.min(power, state.brokerBuyingPower - state.boughtSince - reserved);
  return Math.max(0, power);
}

export interface Exposures {
  total: Micros;
  symbol: Micros;
  strategy: Micros;
  positions: number;
  strategyPositions: number;
}

/** Exposure with working purchases, over all, in one symbol and of one strategy. */
export function exposuresOf(ctx: DeskContext, strategy: string, ticker: string): Exposures {
  const sum: Exposures = { total: 0, symbol: 0, strategy: 0, positions: 0, strategyPositions: 0 };
  for (const trade of ctx.trades.active()) {
    const entry = trade.entry.orderId === '' ? undefined : ctx.orders.get(trade.entry.orderId);
    const working =
      entry === undefined || entry.endedUs !== 0
        ? 0
        : Math.max(0, entry.quantity - entry.filled) * Math.max(entry.limit ?? 0, entry.pendingLimit ?? 0);
    const value = Math.max(0, trade.position.held) * markOf(ctx, trade) + working;
    sum.total += value;
    sum.positions++;
    if (trade.ticker === ticker) sum.symbol += value;
    if (trade.strategy === strategy) {
      sum.strategy += value;
      sum.strategyPositions++;
    }
  }
  return sum;
}

export function accountSummary(ctx: DeskContext, nowUs: EpochUs): AccountSummary {
  const worth = worthNow(ctx);
  const pnl = ctx.ledger.dayPnl(worth.equity);
  const exposureByStrategy: Record<string, Micros> = {};
  for (const trade of ctx.trades.active()) {
    if (trade.position.held <= 0) continue;
    exposureByStrategy[trade.strategy] =
      (exposureByStrategy[trade.strategy] ?? 0) + trade.position.held * markOf(ctx, trade);
  }
  let closedTrades = 0;
  let wins = 0;
  let losses = 0;
  for (const trade of ctx.trades.all()) {
    if (trade.state !== 'closed') continue;
    const net =
      trade.position.soldValue - trade.position.boughtValue - trade.position.charges - trade.position.chargesExpected;
    closedTrades++;
    if (net > 0) wins++;
    else if (net < 0) losses++;
  }
  return {
    account: ctx.ledger.account,
    atUs: nowUs,
    cash: ctx.ledger.cash,
    settledCash: ctx.ledger.settledCash(ctx.clock.date),
    equity: worth.equity,
    buyingPower: buyingPower(ctx, worth),
    reserved: ctx.orders.reservedCash(),
    exposure: worth.exposure,
    exposureByStrategy,
    realisedToday: pnl - worth.unrealised,
    unrealised: worth.unrealised,
    chargesToday: ctx.ledger.chargesToday,
    dayPnl: pnl,
    dayPnlPeak: ctx.ledger.dayPeakPnl,
    openPositions: ctx.trades.heldCount,
    closedTrades,
    wins,
    losses,
    dayTrades: ctx.notes.dayTradesOn(ctx.clock.date),
    notes: [ctx.notes.dayTradingNote(ctx.clock.date)],
    brokerCash: ctx.state.brokerCash,
    brokerAtUs: ctx.state.brokerAtUs,
  };
}
