/** The paper account: cash, positions and executions with what the real broker would charge (docs/specs/paper.md, PAP10, PAP11). */
import { chargesOf, totalCharges } from '../../economics/commission.ts';
import type { FeeTables } from '../../economics/fee-tables.ts';
import type { ViewColumns } from '../../market/view-columns.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import type { EpochUs, Micros, SymbolId } from '../../model/units.ts';
import { toMicros } from '../../model/units.ts';
import type { BrokerSnapshot } from '../../ports/broker.ts';
import type { PaperExecution, PaperOrder, PaperSettings, PaperState } from './paper-types.ts';

/** Books a fill of an order and returns its execution. */
export function bookPaperFill(
  state: PaperState,
  settings: PaperSettings,
  fees: FeeTables,
  order: PaperOrder,
  shares: number,
  price: Micros,
  liquidity: 'added' | 'removed',
  nowUs: EpochUs,
): PaperExecution {
  order.filled += shares;
  order.value += shares * price;
  if (liquidity === 'added') order.added += shares;
  const month = state.date.slice(0, 7);
  if (month !== state.month) {
    state.month = month;
    state.monthShares = 0;
  }
  const filled = { side: order.side, shares: order.filled, value: order.value, addedShares: order.added };
  const before = state.monthShares - (order.filled - shares);
  const total = totalCharges(chargesOf(fees, settings.plan, state.date, filled, Math.max(0, before)));
  const commission = total - order.charged;
  order.charged = total;
  state.monthShares += shares;
  const execution: PaperExecution = {
    executionId: `${settings.account}.${(++state.executionNumber).toString(36).padStart(6, '0')}.01`,
    clientOrderId: order.id,
    symbol: order.symbol,
    side: order.side,
    quantity: shares,
    price,
    atUs: nowUs,
    venue: 'PAPER',
    liquidity,
    commission,
  };
  state.executions.push(execution);
  move(state, order.ticker, order.side, shares, price, commission);
  return execution;
}

/** The corrected form of an execution, booked in its place; the price moves by `tick`. */
export function correctExecution(state: PaperState, at: number, ticker: string, tick: Micros): PaperExecution {
  const old = state.executions[at] as PaperExecution;
  const price = old.price > tick ? old.price + (old.quantity % 2 === 0 ? tick : 0 - tick) : old.price;
  const dot = old.executionId.lastIndexOf('.');
  const revision = Number(old.executionId.slice(dot + 1)) + 1;
  const execution: PaperExecution = {
    ...old,
    price,
    executionId: `${old.executionId.slice(0, dot)}.${String(revision).padStart(2, '0')}`,
  };
  state.executions[at] = execution;
  const delta = (price - old.price) * old.quantity;
  state.cash += old.side === 'buy' ? 0 - delta : delta;
  const position = state.positions[ticker];
  if (position !== undefined && old.side === 'buy') position.cost += delta;
  return execution;
}

function move(
  state: PaperState,
  ticker: string,
  side: 'buy' | 'sell',
  shares: number,
  price: Micros,
  commission: Micros,
): void {
  const value = shares * price;
  state.cash += (side === 'buy' ? 0 - value : value) - commission;
  const position = (state.positions[ticker] ??= { shares: 0, cost: 0 });
  if (side === 'buy') {
    position.shares += shares;
    position.cost += value;
  } else {
    const costOut =
      position.shares > 0 ? Math.round((position.cost * Math.min(shares, position.shares)) / position.shares) : 0;
    position.shares -= shares;
    position.cost -= costOut;
  }
  if (position.shares === 0) delete state.positions[ticker];
}

/** Shares that open sell orders in a symbol, and those on their way, may still sell. */
export function offeredShares(state: PaperState, open: readonly PaperOrder[], symbol: SymbolId): number {
  let shares = 0;
  for (const order of open) if (order.side === 'sell') shares += order.quantity - order.filled;
  for (const { command } of state.commands) {
    if (command.kind !== 'place') continue;
    const { order } = command;
    if (order.symbol === symbol && order.side === 'sell') shares += order.quantity;
  }
  return shares;
}

/** What may be bought: leverage on equity at the bid, less holdings and open purchases. */
export function buyingPowerOf(
  state: PaperState,
  settings: PaperSettings,
  symbols: SymbolTable,
  view: ViewColumns,
): Micros {
  let value = 0;
  for (const [ticker, position] of Object.entries(state.positions)) {
    const symbol = symbols.get(ticker);
    const bid = symbol === undefined ? 0 : toMicros(view.bid[symbol] as number);
    value += position.shares * (bid > 0 ? bid : Math.round(position.cost / position.shares));
  }
  const reserved = reservedCash(state, (order) => toMicros(view.ask[order.symbol] as number));
  return Math.max(0, (state.cash + value) * settings.leverage - value - reserved);
}

/** Cash that open purchases may still take. */
function reservedCash(state: PaperState, askOf: (order: PaperOrder) => Micros): Micros {
  let reserved = 0;
  for (const order of state.orders) {
    if (!order.isOpen || order.side !== 'buy') continue;
    reserved += (order.quantity - order.filled) * (order.type === 'market' ? askOf(order) : order.limit);
  }
  return reserved;
}

export function snapshotOf(
  state: PaperState,
  settings: PaperSettings,
  buyingPower: Micros,
  symbolOf: (ticker: string) => number,
): BrokerSnapshot {
  return {
    account: settings.account,
    openOrders: state.orders
      .filter((order) => order.isOpen)
      .map((order) => ({
        clientOrderId: order.id,
        symbol: order.symbol,
        side: order.side,
        quantity: order.quantity,
        filled: order.filled,
        limit: order.type === 'market' ? null : order.limit,
      })),
    executions: state.executions.map(({ commission: _commission, ...execution }) => execution),
    positions: Object.entries(state.positions).map(([ticker, position]) => ({
      symbol: symbolOf(ticker),
      quantity: position.shares,
      averageCost: position.shares === 0 ? 0 : Math.round(position.cost / position.shares),
    })),
    cash: state.cash,
    buyingPower,
    commissions: state.executions.map(({ executionId, commission }) => ({ executionId, commission })),
  };
}
