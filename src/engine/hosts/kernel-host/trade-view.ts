/** The trade page's answer: why it fired, where it stands, when it sells, what it cost, and its life. */
import type { TradeDetail } from '#protocol';
import type { Kernel } from '../../kernel/kernel.ts';
import { addCosts } from '../../model/economics.ts';
import { costView, exitViews, ruleView } from './desk-views.ts';
import { planSteps } from './exit-plan-view.ts';
import { rulesOf } from './symbol-view.ts';
import type { TradeHistory } from './trade-history.ts';

export function tradeDetail(kernel: Kernel, history: TradeHistory, tradeId: string): TradeDetail | null {
  const isShadow = kernel.shadow.desk.summaries.trade(tradeId) !== undefined;
  const { summaries } = (isShadow ? kernel.shadow : kernel.main).desk;
  const trade = summaries.trade(tradeId);
  if (trade === undefined) return null;
  const closed =
    trade.state === 'closed' ? summaries.closedTrades().find((candidate) => candidate.id === tradeId) : undefined;
  const open = summaries.positions(kernel.nowUs).find((candidate) => candidate.id === tradeId);
  const { items, signal, changes } = history.of(tradeId);
  const { position, predicted } = trade;
  return {
    tradeId,
    symbol: trade.ticker,
    strategy: trade.strategy,
    version: trade.version,
    isOpen: trade.state === 'open' || trade.state === 'opening',
    isShadow,
    signalUs: trade.signalledUs,
    openedUs: trade.openedUs,
    closedUs: trade.closedUs === 0 ? null : trade.closedUs,
    quantity: position.bought,
    entry: position.bought > 0 ? Math.round(position.boughtValue / position.bought) : null,
    exit: position.sold > 0 ? Math.round(position.soldValue / position.sold) : null,
    pnlNet: closed?.net ?? open?.netIfSold ?? 0,
    exitReason: trade.exitReason,
    rulesAtFire: trade.gates.map(ruleView),
    rulesNow: rulesOf(kernel, trade.symbol).find((rules) => rules.strategy === trade.strategy)?.rules ?? [],
    predicted: predicted === null ? null : costView(addCosts(predicted.entry, predicted.exit)),
    realised: closed === undefined ? null : costView(closed.realised),
    expectedMove: signal?.expectedMove ?? 0,
    confidence: signal?.confidence ?? 0,
    exits: exitViews(summaries.forecast(tradeId, kernel.nowUs)),
    plans: planSteps(signal, changes),
    fills: trade.fills.map((fill) => ({
      atUs: fill.atUs,
      side: fill.side,
      quantity: fill.quantity,
      price: fill.price,
      executionId: fill.executionId,
    })),
    timeline: items,
  };
}
