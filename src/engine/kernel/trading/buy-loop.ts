/**
 * The BUY loop (docs/specs/orders.md, BUY1 to BUY14): a signal becomes exactly one outcome; a fired one becomes a trade whose
 * entry order is chased within its budget and given up when it makes no sense any more.
 */
import { estimateCosts } from '../../economics/cost-model.ts';
import { sizeOf } from '../../economics/sizing.ts';
import { roundDown, roundLotOn, roundUp } from '../../economics/tick-grid.ts';
import { ensure } from '../../lib/assert.ts';
import type { CostEstimate } from '../../model/economics.ts';
import { isTerminal } from '../../model/order.ts';
import type { Order } from '../../model/order.ts';
import type { Outcome, OutcomeCode } from '../../model/outcome.ts';
import type { Signal } from '../../model/signal.ts';
import type { EntryEnd } from '../../model/trade.ts';
import type { EpochUs, Micros } from '../../model/units.ts';
import { idOf } from '../../orders/client-order-id.ts';
import type { EntryProgress, TradeRecord } from '../../positions/trade-record.ts';
import { createTradeRecord } from '../../positions/trade-record.ts';
import { refuseMarket } from '../../risk/market-gates.ts';
import type { GateResult } from '../../risk/order-gates.ts';
import { firstFailure, judgeOrder } from '../../risk/order-gates.ts';
import { countWithinSecond, note } from '../../risk/rates.ts';
import type { Exposures } from './account.ts';
import { buyingPower, exposuresOf, worthNow } from './account.ts';
import { closeIfFlat, hourOf } from './booking.ts';
import type { DeskContext } from './context.ts';
import { isHalted, readMarket } from './context.ts';
import type { StrategyBudget } from './desk-config.ts';
import { cancelOrder, hasRoom, issueOrder, replaceOrder } from './order-desk.ts';

interface Verdict {
  readonly code: OutcomeCode;
  readonly gate: string;
  readonly value: number | null;
  readonly limit: number | null;
  readonly costs?: CostEstimate;
  readonly shares?: number;
}

export interface SignalOptions {
  /** A purchase by hand: auto trading, economics and cooldowns do not apply; every limit of risk does. */
  readonly manual?: boolean;
  /** Exact shares for a purchase by hand. */
  readonly shares?: number;
  /** Most to be paid, for a purchase by hand. Under the ask the order rests there until it fills, is cancelled, or the phase ends. */
  readonly limit?: Micros;
}

/** Judges a signal and, when nothing refuses it, puts its order on the way. */
export function takeSignal(ctx: DeskContext, signal: Signal, nowUs: EpochUs, options: SignalOptions = {}): Outcome {
  ctx.state.counts.signals++;
  const ticker = ctx.symbols.name(signal.symbol);
  const refused = refuseState(ctx, signal, ticker, nowUs, options);
  if (refused !== undefined) return outcomeOf(ctx, signal, refused, '', nowUs);
  const market = readMarket(ctx, signal.symbol);
  const { bid, ask, last } = market;
  const plan = planEntry(ctx, signal, ticker, bid, ask, nowUs, options);
  if ('code' in plan) return outcomeOf(ctx, signal, plan, '', nowUs);
  const gates = judgeOrder(ctx.config.risk, orderGateInput(ctx, signal, ticker, plan, ask, last, nowUs));
  const failed = firstFailure(gates);
  if (failed !== undefined) {
    const verdict = {
      code: failed.code,
      gate: failed.gate,
      value: failed.value,
      limit: failed.limit,
      costs: plan.costs,
      shares: plan.shares,
    };
    return outcomeOf(ctx, signal, verdict, '', nowUs);
  }
  const trade = fire(ctx, signal, ticker, plan, bid, ask, gates, nowUs, options.manual === true);
  return outcomeOf(
    ctx,
    signal,
    { code: 'fired', gate: '', value: null, limit: null, costs: plan.costs, shares: plan.shares },
    trade.id,
    nowUs,
  );
}

function refuse(code: OutcomeCode, gate = '', value: number | null = null, limit: number | null = null): Verdict {
  return { code, gate, value, limit };
}

/** State of the desk, the locks and the market: nothing here depends on size. */
function refuseState(
  ctx: DeskContext,
  signal: Signal,
  ticker: string,
  nowUs: EpochUs,
  options: SignalOptions,
): Verdict | undefined {
  const { state, config } = ctx;
  const isManual = options.manual === true;
  if (signal.shadow) return refuse('shadow');
  if (ctx.kill.isOn) return refuse('kill');
  if (!isManual && !state.isAuto) return refuse('auto-off');
  if (!state.isLinkUp || !state.isReconciled) return refuse('reconciling', state.isLinkUp ? 'snapshot' : 'link');
  if (state.drift.includes(ticker)) return refuse('reconciling', 'drift');
  const lock = ctx.locks.blocking(signal.strategy, ticker);
  if (lock !== undefined) return refuse('locked', lock.code);
  if (nowUs - signal.atUs > signal.validForUs) return refuse('expired', 'age', nowUs - signal.atUs, signal.validForUs);
  const skew = Math.abs(state.clockSkewUs);
  if (skew > config.risk.clockSkewUs) return refuse('clock-skew', 'clock', skew, config.risk.clockSkewUs);
  const market = refuseMarket(config.risk, ctx.view, signal.symbol, ctx.clock.phase, nowUs);
  if (market !== undefined) return market;
  if (!isManual) {
    const until = ctx.locks.cooldownUntil(signal.strategy, ticker, nowUs);
    if (until > 0) return refuse('cooldown', 'until', until, nowUs);
  }
  let same = 0;
  for (const trade of ctx.trades.on(signal.symbol)) if (trade.strategy === signal.strategy) same++;
  const sameMax = config.risk.positionsPerSymbolAndStrategy;
  return same >= sameMax && !isManual ? refuse('already-owned', 'positions', same, sameMax) : undefined;
}

interface EntryPlan {
  readonly shares: number;
  readonly limit: Micros;
  readonly priceMax: Micros;
  readonly costs: CostEstimate;
  /** Waits at its own price instead of following the market (BUY8). */
  readonly isResting: boolean;
}

/** Size, economics and limit price. Size comes first because the commission minimum makes costs depend on it. */
function planEntry(
  ctx: DeskContext,
  signal: Signal,
  ticker: string,
  bid: Micros,
  ask: Micros,
  nowUs: EpochUs,
  options: SignalOptions,
): EntryPlan | Verdict {
  const { config, view, clock } = ctx;
  const { grid } = clock;
  const most = options.limit === undefined ? undefined : roundDown(grid, options.limit);
  const isResting = most !== undefined && most < ask;
  const worth = worthNow(ctx);
  const budget = budgetOf(ctx, signal.strategy);
  const exposures = exposuresOf(ctx, signal.strategy, ticker);
  const overBudget = options.manual === true ? undefined : refuseBudget(ctx, signal.strategy, exposures);
  if (overBudget !== undefined) return overBudget;
  const hint =
    options.shares === undefined ? signal.sizing : { kind: 'dollars' as const, amount: options.shares * ask };
  const size = sizeOf(config.sizing, {
    hint,
    price: ask,
    equity: worth.equity,
    buyingPower: buyingPower(ctx, worth),
    // What is offered now says nothing about an order that waits under the offer.
    displayedShares: isResting ? Infinity : (view.askSize[signal.symbol] as number),
    recentVolume: recentVolume(ctx, signal.symbol),
    roundLot: roundLotOn(ctx.fees, clock.date, ask),
    budgetLeft: budget.notionalMax === null ? Infinity : Math.max(0, budget.notionalMax - exposures.strategy),
  });
  if (size.shares <= 0)
    return refuse(size.bound === 'budget' ? 'budget' : 'size', size.bound, size.shares, size.wished);
  const slippageBps = ctx.slippage.expectedBps(ticker, hourOf(ctx, nowUs), config.costs.slippagePercentile);
  const costs = estimateCosts(ctx.fees, config.costs, {
    date: clock.date,
    shares: size.shares,
    bid,
    ask,
    expectedMove: signal.expectedMove,
    confidence: signal.confidence,
    slippageBps,
    monthShares: ctx.ledger.monthShares,
  });
  if (!costs.isWorthIt && options.manual !== true) {
    return { ...refuse('economics', 'gain', costs.expectedGain, costs.required), costs, shares: size.shares };
  }
  const chaseBps =
    clock.phase === 'regular'
      ? config.entry.chaseBps
      : Math.min(config.entry.chaseBps, config.risk.extended.chaseMaxBps);
  const priceMax = most ?? roundDown(grid, Math.round(ask * (1 + chaseBps / 10_000)));
  const limit = Math.min(isResting ? most : entryPrice(ctx, bid, ask), most ?? Infinity);
  if (limit <= 0) return refuse('price', 'limit', limit, 0);
  const bandHigh = view.luldHigh[signal.symbol] as number;
  if (clock.phase === 'regular' && bandHigh > 0 && limit > Math.round(bandHigh * 1_000_000)) {
    return refuse('price', 'luld-band', limit, Math.round(bandHigh * 1_000_000));
  }
  return { shares: size.shares, limit, priceMax: Math.max(priceMax, limit), costs, isResting };
}

const NO_BUDGET: StrategyBudget = { notionalMax: null, positionsMax: null, entriesMax: null };

/** RSK31: what a strategy may use; set while running, else as configured, else only the limits of risk. */
export function budgetOf(ctx: DeskContext, strategy: string): StrategyBudget {
  return ctx.state.budgets[strategy] ?? ctx.config.budgets[strategy] ?? NO_BUDGET;
}

/** The counts of a budget; its dollars are obeyed by size. */
function refuseBudget(ctx: DeskContext, strategy: string, exposures: Exposures): Verdict | undefined {
  const { positionsMax, entriesMax } = budgetOf(ctx, strategy);
  if (positionsMax !== null && exposures.strategyPositions >= positionsMax)
    return refuse('budget', 'positions', exposures.strategyPositions, positionsMax);
  const entries = ctx.state.entriesToday[strategy] ?? 0;
  return entriesMax !== null && entries >= entriesMax ? refuse('budget', 'entries', entries, entriesMax) : undefined;
}

/** Shares of about the last minute, from the trade rate and the average print of the day. */
function recentVolume(ctx: DeskContext, symbol: number): number {
  const { view } = ctx;
  const trades = view.tradeCount[symbol] as number;
  const average = trades > 0 ? (view.volume[symbol] as number) / trades : 0;
  return (view.tickRate60s[symbol] as number) * 60 * average;
}

function entryPrice(ctx: DeskContext, bid: Micros, ask: Micros): Micros {
  const { grid } = ctx.clock;
  switch (ctx.config.entry.style) {
    case 'ask':
      return roundUp(grid, ask);
    case 'mid':
      return Math.min(roundUp(grid, Math.round((bid + ask) / 2)), roundUp(grid, ask));
    case 'bid':
      return roundDown(grid, bid);
  }
}

function orderGateInput(
  ctx: DeskContext,
  signal: Signal,
  ticker: string,
  plan: EntryPlan,
  ask: Micros,
  last: Micros,
  nowUs: EpochUs,
): Parameters<typeof judgeOrder>[1] {
  const exposures = exposuresOf(ctx, signal.strategy, ticker);
  const sameUs = ctx.state.lastEntryUs[`${signal.strategy}/${ticker}`];
  return {
    isRegular: ctx.clock.phase === 'regular',
    shares: plan.shares,
    limit: plan.limit,
    ask,
    last,
    sinceSameUs: sameUs === undefined ? Number.MAX_SAFE_INTEGER : nowUs - sameUs,
    entriesThisSecond: countWithinSecond(ctx.state.entries, nowUs),
    messagesThisSecond: countWithinSecond(ctx.state.messages, nowUs),
    workingSameSide: ctx.orders.liveOn(signal.symbol, 'buy'),
    exposure: exposures.total,
    symbolExposure: exposures.symbol,
    strategyExposure: exposures.strategy,
    positions: exposures.positions,
    strategyPositions: exposures.strategyPositions,
    buyingPower: buyingPower(ctx, worthNow(ctx)),
  };
}

/** A resting purchase is taken back this long before its phase ends, so that no fill comes with the bell. */
const RESTING_ENDS_US = 1_000_000;

function entryOf(ctx: DeskContext, signal: Signal, plan: EntryPlan, spread: Micros, nowUs: EpochUs): EntryProgress {
  const { entry } = ctx.config;
  return {
    orderId: '',
    deadlineUs: plan.isResting
      ? ctx.clock.endUs - RESTING_ENDS_US
      : signal.atUs + Math.min(signal.validForUs, entry.deadlineMaxUs),
    repricesLeft: entry.reprices,
    priceMax: plan.priceMax,
    spread,
    pricedUs: nowUs,
    giveUp: '',
    isResting: plan.isResting,
  };
}

function fire(
  ctx: DeskContext,
  signal: Signal,
  ticker: string,
  plan: EntryPlan,
  bid: Micros,
  ask: Micros,
  gates: readonly GateResult[],
  nowUs: EpochUs,
  manual: boolean,
): TradeRecord {
  const { state } = ctx;
  const trade = createTradeRecord({
    id: idOf('T', ctx.run, ++state.tradeCounter),
    strategy: signal.strategy,
    version: signal.version,
    symbol: signal.symbol,
    ticker,
    signalId: signal.id,
    signalledUs: signal.atUs,
    inputNo: signal.inputNo,
    exits: signal.exits,
    gates: signal.gates,
    tags: signal.tags,
    predicted: plan.costs,
    manual,
    entryMid: Math.round((bid + ask) / 2),
    entryAsk: ask,
    entry: entryOf(ctx, signal, plan, Math.max(ask - bid, ctx.clock.grid.belowOneDollar), nowUs),
  });
  ctx.trades.add(trade);
  state.lastEntryUs[`${signal.strategy}/${ticker}`] = nowUs;
  note(state.entries, nowUs);
  state.entriesToday[signal.strategy] = (state.entriesToday[signal.strategy] ?? 0) + 1;
  state.counts.fired++;
  trade.entry.orderId = issueOrder(
    ctx,
    trade,
    {
      purpose: manual ? 'manual-entry' : 'entry',
      side: 'buy',
      type: 'limit',
      quantity: plan.shares,
      limit: plan.limit,
      outsideRegularHours: ctx.clock.phase !== 'regular',
      cause: signal.id,
      costs: plan.costs,
    },
    nowUs,
  );
  ctx.journal.write({
    kind: 'signal',
    atUs: nowUs,
    id: signal.id,
    cause: trade.id,
    symbol: ticker,
    body: { signal, risk: gates },
  });
  return trade;
}

/** The one terminal outcome, journalled. */
function outcomeOf(ctx: DeskContext, signal: Signal, verdict: Verdict, tradeId: string, nowUs: EpochUs): Outcome {
  const outcome: Outcome = {
    signalId: signal.id,
    code: verdict.code,
    gate: verdict.gate,
    value: verdict.value,
    limit: verdict.limit,
    strategy: signal.strategy,
    symbol: signal.symbol,
    atUs: nowUs,
    tradeId,
    costs: verdict.costs ?? null,
    shares: verdict.shares ?? 0,
  };
  ctx.journal.write({
    kind: 'decision',
    atUs: nowUs,
    id: signal.id,
    cause: signal.strategy,
    symbol: ctx.symbols.name(signal.symbol),
    body: outcome,
  });
  return outcome;
}

/** Looks after the entry of a trade: re-price, give up, or settle how it ended. */
export function advanceEntry(ctx: DeskContext, trade: TradeRecord, nowUs: EpochUs): void {
  const { entry } = trade;
  if (entry.orderId === '') return;
  const order = ensure(ctx.orders.get(entry.orderId), 'entries name known orders');
  if (isTerminal(order.state)) {
    endEntry(ctx, trade, order, nowUs);
    return;
  }
  if (entry.giveUp === '') entry.giveUp = reasonToGiveUp(ctx, trade, order, nowUs);
  if (entry.giveUp !== '') {
    cancelOrder(ctx, order, entry.giveUp, nowUs);
    const now = ensure(ctx.orders.get(order.id), 'orders stay in the book');
    if (isTerminal(now.state)) endEntry(ctx, trade, now, nowUs);
    return;
  }
  chase(ctx, trade, order, nowUs);
}

/** '' while the entry is still wanted. Does not read the quote when it cannot be trusted. */
function reasonToGiveUp(ctx: DeskContext, trade: TradeRecord, order: Order, nowUs: EpochUs): EntryEnd | '' {
  const { config, view, state } = ctx;
  if (ctx.kill.isOn) return 'kill';
  if (trade.exit.reason !== '') return 'exit';
  if (!state.isAuto && config.entry.cancelOnAutoOff && !trade.manual) return 'auto-off';
  if (isHalted(ctx, trade.symbol)) return 'halt';
  if (view.isBlind[trade.symbol] !== 0) return 'blind';
  if (nowUs >= trade.entry.deadlineUs && !extend(ctx, trade, order)) return order.filled > 0 ? 'deadline' : 'stale';
  // An order of the user's own price waits for the market to come, however far it is.
  if (trade.entry.isResting === true) return '';
  const market = readMarket(ctx, trade.symbol);
  if (!market.isQuoteGood) return '';
  if (market.ask > trade.entry.priceMax) return 'ran-away';
  if (
    market.ask - market.bid > trade.entry.spread * config.entry.spreadMultipleMax &&
    market.ask - market.bid > 4 * ctx.clock.grid.atOrAboveOneDollar
  )
    return 'spread';
  return '';
}

/** With the policy 'complete' a partial fill buys more time, once. */
function extend(ctx: DeskContext, trade: TradeRecord, order: Order): boolean {
  const { entry } = ctx.config;
  if (entry.partial !== 'complete' || order.filled === 0 || trade.entry.repricesLeft < 0) return false;
  trade.entry.deadlineUs += entry.completeUs;
  trade.entry.repricesLeft = -1;
  return true;
}

/** Follows the ask upwards while the price has not run away and the budget lasts. */
function chase(ctx: DeskContext, trade: TradeRecord, order: Order, nowUs: EpochUs): void {
  if (order.state !== 'working' && order.state !== 'partially-filled') return;
  const { entry } = trade;
  if (entry.isResting === true) return;
  if (order.limit === null || nowUs - entry.pricedUs < ctx.config.entry.repriceUs) return;
  const market = readMarket(ctx, trade.symbol);
  if (!market.isQuoteGood) return;
  const wanted = Math.min(entryPrice(ctx, market.bid, market.ask), entry.priceMax);
  if (wanted <= order.limit) return;
  if (entry.repricesLeft === 0) {
    entry.giveUp = 'budget';
    cancelOrder(ctx, order, 'budget', nowUs);
    return;
  }
  if (!hasRoom(ctx, nowUs)) return;
  const added = (wanted - order.limit) * (order.quantity - order.filled);
  if (added > buyingPower(ctx, worthNow(ctx))) return;
  if (entry.repricesLeft > 0) entry.repricesLeft--;
  entry.pricedUs = nowUs;
  replaceOrder(ctx, order, wanted, order.quantity, nowUs);
}

function endEntry(ctx: DeskContext, trade: TradeRecord, order: Order, nowUs: EpochUs): void {
  const { config } = ctx;
  const wanted = trade.entry.giveUp;
  trade.entry.orderId = '';
  trade.entryEnd = entryEndOf(order, wanted);
  if (trade.position.held > 0 && order.filled < order.quantity) {
    const isCrumb = order.filled < order.quantity * config.entry.keepFractionMin;
    // What the user has bought is the user's to sell.
    const unwinds = !trade.manual && (config.entry.partial === 'unwind' || isCrumb);
    trade.entryEnd = unwinds ? 'partial-unwound' : 'partial-kept';
  }
  closeIfFlat(ctx, trade, nowUs);
}

function entryEndOf(order: Order, wanted: EntryEnd | ''): EntryEnd {
  switch (order.state) {
    case 'filled':
      return 'filled';
    case 'rejected':
      return 'rejected';
    case 'expired':
      return 'expired';
    default:
      return wanted === '' ? 'cancelled' : wanted;
  }
}
