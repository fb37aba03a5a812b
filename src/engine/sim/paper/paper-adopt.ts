/** Books of the paper account after a restart that lost inputs: executions that only our side remembers are booked again. */
import { chargesOf, totalCharges } from '../../economics/commission.ts';
import type { FeeTables } from '../../economics/fee-tables.ts';
import type { Fill } from '../../model/fill.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import { fillKey } from '../../orders/execution-id.ts';
import type { PaperSettings, PaperState } from './paper-types.ts';

/** Execution numbers continue so far beyond the highest known one that no id can come twice. */
const NUMBER_STEP = 100_000;

export function adoptFills(
  state: PaperState,
  settings: PaperSettings,
  fees: FeeTables,
  symbols: SymbolTable,
  fills: readonly Fill[],
): void {
  const known = new Set(state.executions.map(({ executionId }) => fillKey(executionId)));
  let highest = state.executionNumber;
  for (const fill of fills) {
    highest = Math.max(highest, numberOf(fill.key));
    if (known.has(fill.key)) continue;
    const value = fill.quantity * fill.price;
    const added = fill.liquidity === 'added' ? fill.quantity : 0;
    const commission =
      fill.commission ??
      totalCharges(
        chargesOf(
          fees,
          settings.plan,
          state.date,
          { side: fill.side, shares: fill.quantity, value, addedShares: added },
          state.monthShares,
        ),
      );
    const { executionId, orderId, symbol, side, quantity, price, atUs, venue, liquidity } = fill;
    const execution = { executionId, clientOrderId: orderId, symbol, side, quantity, price, atUs, venue, liquidity };
    state.executions.push({ ...execution, commission });
    state.monthShares += quantity;
    state.cash += (side === 'buy' ? 0 - value : value) - commission;
    const ticker = symbols.name(symbol);
    const position = (state.positions[ticker] ??= { shares: 0, cost: 0 });
    const average = position.shares > 0 ? position.cost / position.shares : 0;
    position.shares += side === 'buy' ? quantity : 0 - quantity;
    position.cost = side === 'buy' ? position.cost + value : Math.round(average * Math.max(0, position.shares));
    if (position.shares === 0) delete state.positions[ticker];
  }
  state.executionNumber = (Math.floor(highest / NUMBER_STEP) + 1) * NUMBER_STEP;
}

/** ACCOUNT.00000z -> 35; 0 for ids of another make. */
function numberOf(key: string): number {
  const value = Number.parseInt(key.slice(key.lastIndexOf('.') + 1), 36);
  return Number.isSafeInteger(value) ? value : 0;
}
