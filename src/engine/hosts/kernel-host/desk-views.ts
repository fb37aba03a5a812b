/** The desk's summaries in the words of the protocol. */
import type {
  AccountValue,
  CostView,
  ExitView,
  OrderRow,
  PositionRow,
  RiskValue,
  RuleView,
  StrategyView,
} from '#protocol';
import type { ForecastRow } from '../../exits/forecast.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { TradingPair } from '../../kernel/trading-pair.ts';
import { HaltState } from '../../market/view-columns.ts';
import type { CostItems } from '../../model/economics.ts';
import { LIMIT_RULES } from '../../risk/limit-changes.ts';
import type { RuleResult } from '../../model/signal.ts';

export function ruleView(rule: RuleResult): RuleView {
  return {
    name: rule.name,
    value: Number.isFinite(rule.value) ? rule.value : null,
    operator: rule.operator,
    threshold: Number.isFinite(rule.threshold) ? rule.threshold : null,
    unit: rule.unit,
    pass: rule.pass,
  };
}

/** The next exit is the armed rule closest in price, or the nearest in time when no price rule is armed. */
export function exitViews(rows: readonly ForecastRow[]): ExitView[] {
  const armed = rows.filter((row) => row.isArmed && row.distance !== null);
  const nearest =
    armed.length > 0
      ? armed.reduce((a, b) => (Math.abs(b.distance as number) < Math.abs(a.distance as number) ? b : a))
      : rows.filter((row) => row.inUs !== null).toSorted((a, b) => (a.inUs as number) - (b.inUs as number))[0];
  return rows.map((row) => ({
    rule: row.rule,
    price: row.price,
    atUs: row.atUs,
    distance: row.distance,
    distancePercent: row.distancePercent,
    distanceSpreads: row.distanceSpreads,
    netIfFires: row.net,
    isNext: row === nearest,
  }));
}

export function positionRows(kernel: Kernel, symbol?: string): PositionRow[] {
  return [kernel.main, kernel.shadow].flatMap((pair) => rowsOf(kernel, pair, pair === kernel.shadow, symbol));
}

function rowsOf(kernel: Kernel, pair: TradingPair, isShadow: boolean, symbol?: string): PositionRow[] {
  const { nowUs } = kernel;
  const { columns } = kernel.view;
  return pair.desk.summaries
    .positions(nowUs)
    .filter((trade) => symbol === undefined || trade.ticker === symbol)
    .map((trade) => {
      const cost = trade.position.averageCost * trade.position.held;
      return {
        tradeId: trade.id,
        symbol: trade.ticker,
        strategy: trade.strategy,
        version: trade.version,
        isShadow,
        quantity: trade.position.held,
        entry: trade.position.averageCost,
        bid: columns.bid[trade.symbol] as number,
        last: columns.last[trade.symbol] as number,
        pnlNet: trade.netIfSold,
        pnlPercent: cost > 0 ? (trade.netIfSold / cost) * 100 : 0,
        peak: trade.marks.peakBid,
        trough: trade.marks.troughBid,
        openedUs: trade.openedUs,
        state: trade.heldBack === '' ? trade.state : trade.heldBack,
        isBlind: trade.isBlind,
        isHalted: columns.halt[trade.symbol] === HaltState.halted,
        exits: exitViews(pair.desk.summaries.forecast(trade.id, nowUs)),
      };
    });
}

export function orderRows(kernel: Kernel, symbol?: string): OrderRow[] {
  const { columns } = kernel.view;
  return [kernel.main, kernel.shadow].flatMap((pair) =>
    pair.desk.summaries
      .workingOrders(kernel.nowUs)
      .filter((order) => symbol === undefined || order.ticker === symbol)
      .map((order) => ({
        orderId: order.id,
        tradeId: order.tradeId,
        symbol: order.ticker,
        strategy: order.strategy,
        purpose: order.purpose === 'manual-entry' ? ('manual' as const) : order.purpose,
        side: order.side,
        state: order.state,
        quantity: order.quantity,
        filled: order.filled,
        limit: order.limit,
        bid: columns.bid[order.symbol] as number,
        ask: columns.ask[order.symbol] as number,
        createdUs: order.createdUs,
        repricesLeft: order.repricesLeft,
      })),
  );
}

export function accountValue(kernel: Kernel): AccountValue {
  const { summaries } = kernel.main.desk;
  const account = summaries.account(kernel.nowUs);
  const risk = summaries.limits();
  const risks = summaries.risk();
  const used = [
    account.openPositions / risk.positionsMax,
    account.exposure / risk.exposureMax,
    Math.max(0, 0 - account.dayPnl) / risk.dailyLossMax,
  ];
  return {
    cash: account.cash,
    settledCash: account.settledCash,
    buyingPower: account.buyingPower,
    equity: account.equity,
    dayPnlNet: account.dayPnl,
    realised: account.realisedToday,
    unrealised: account.unrealised,
    costs: account.chargesToday,
    exposure: account.exposure,
    openPositions: account.openPositions,
    openPositionsMax: risk.positionsMax,
    riskUsed: Math.max(0, ...used.filter(Number.isFinite)),
    isAuto: risks.isAuto,
    killState: risks.kill.state,
  };
}

export function strategyViews(kernel: Kernel): StrategyView[] {
  const trades = [...kernel.main.desk.summaries.closedTrades(), ...kernel.shadow.desk.summaries.closedTrades()];
  const open = [
    ...kernel.main.desk.summaries.positions(kernel.nowUs),
    ...kernel.shadow.desk.summaries.positions(kernel.nowUs),
  ];
  return kernel.shelf.items().map((item) => {
    const { notionalMax, positionsMax, entriesMax, entriesToday } = kernel.main.desk.summaries.budget(item.name);
    const slot = kernel.strategies.slots.find((candidate) => candidate.definition.name === item.name);
    const own = trades.filter((trade) => trade.strategy === item.name);
    return {
      name: item.name,
      about: item.definition.about,
      version: item.version,
      mode: slot?.mode ?? 'off',
      source: item.source,
      file: item.file,
      fault: item.fault === '' ? (slot?.fault ?? '') : item.fault,
      params: Object.entries(item.definition.params).map(([name, spec]) => ({
        name,
        value: item.params[name] ?? spec.default,
        default: spec.default,
        min: spec.min,
        max: spec.max,
        unit: spec.unit,
        about: spec.about,
      })),
      evaluations: slot?.evaluations ?? 0,
      signals: slot?.signals ?? 0,
      trades: own.length,
      pnlNet: own.reduce((sum, trade) => sum + trade.net, 0),
      openPositions: open.filter((trade) => trade.strategy === item.name).length,
      olderPositions: open.filter((trade) => trade.strategy === item.name && trade.version !== item.version).length,
      triedFor: item.triedFor,
      budget: { notionalMax, positionsMax, entriesMax, entriesToday },
    };
  });
}

export function riskValue(kernel: Kernel, outcomes: ReadonlyMap<string, number>): RiskValue {
  const { summaries } = kernel.main.desk;
  const risk = summaries.limits();
  const account = summaries.account(kernel.nowUs);
  const now = summaries.risk();
  const used: Readonly<Record<string, number>> = {
    positionsMax: account.openPositions,
    exposureMax: account.exposure,
    dailyLossMax: Math.max(0, 0 - account.dayPnl),
    dailyDrawdownMax: Math.max(0, account.dayPnlPeak - account.dayPnl),
  };
  return {
    limits: LIMIT_RULES.map(({ key, label, unit, min, max, tighter }) => ({
      name: label,
      value: used[key] ?? 0,
      limit: risk[key],
      unit,
      key,
      min,
      max,
      tighter,
    })),
    locks: now.locks.map((lock) => ({
      code: lock.code,
      reason: `${lock.scope}: ${lock.text}`,
      sinceUs: lock.sinceUs,
      untilUs: null,
    })),
    kill: {
      state: now.kill.state,
      steps: now.kill.steps.map((step) => ({ atUs: step.atUs, text: step.text })),
      left: now.kill.left,
    },
    outcomes: [...outcomes].map(([code, count]) => ({ code, count })),
  };
}

export function costView(items: CostItems): CostView {
  const { spread, commission, slippage, tax, dataShare } = items;
  const fees = items.exchange + items.sec + items.taf + items.cat;
  return {
    spread,
    commission,
    fees,
    slippage,
    tax,
    data: dataShare,
    total: spread + commission + fees + slippage + tax + dataShare,
  };
}
