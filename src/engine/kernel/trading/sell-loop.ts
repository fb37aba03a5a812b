/**
 * The SELL loop (docs/specs/exits.md, EXI1 to EXI15 and EXI19 to EXI26): every tick of a held symbol judges the exit plan;
 * once a rule has fired, one working exit order is kept at the price the ladder asks for until nothing is held.
 */
import { ensure } from '../../lib/assert.ts';
import type { Order } from '../../model/order.ts';
import { isTerminal, openQuantity } from '../../model/order.ts';
import type { ExitRule } from '../../model/signal.ts';
import type { EpochUs, Micros } from '../../model/units.ts';
import type { ExitCause, ExitMarket } from '../../exits/exit-rules.ts';
import { PRECEDENCE, exitLabel, firingRule, firingTime, microsOf, observeQuote } from '../../exits/exit-rules.ts';
import { roundDown } from '../../economics/tick-grid.ts';
import { rungPrice, startStep } from '../../exits/ladder.ts';
import type { TradeRecord } from '../../positions/trade-record.ts';
import { NO_EXIT } from '../../positions/trade-record.ts';
import { closeIfFlat } from './booking.ts';
import type { DeskContext } from './context.ts';
import { isHalted, isTradingPhase, readMarket } from './context.ts';
import { cancelOrder, hasRoom, issueOrder, replaceOrder, roomUs } from './order-desk.ts';

const REJECT_PAUSE_MAX_US = 30_000_000;
/** While something holds an exit back the state of the world is looked at this often. */
const HELD_BACK_LOOK_US = 1_000_000;
/** A day order this close to the end of its phase must be allowed outside regular hours, or it dies at the bell. */
const NEAR_BELL_US = 60_000_000;

/** Judges the exit plan on a tick and keeps the exit order where it belongs. */
export function advanceExit(ctx: DeskContext, trade: TradeRecord, nowUs: EpochUs): void {
  const market = readMarket(ctx, trade.symbol);
  const isNewQuote = observeQuote(trade, market, nowUs);
  noteHollow(trade, market, nowUs);
  if (trade.position.held > 0) {
    unwindPartial(ctx, trade, market, nowUs);
    const rule = firingRule(trade, market, ctx.config.exits, ctx.regime, isNewQuote, nowUs);
    if (rule >= 0) {
      const fired = trade.exits[rule] as ExitRule;
      fireExit(ctx, trade, fired.kind, exitLabel(fired), fired.kind === 'take-profit' ? fired.price : 0, market, nowUs);
    }
  }
  if (trade.exit.reason !== '') work(ctx, trade, market, nowUs);
}

/** An exit asked for by the user or by risk. `cause` decides how urgent. */
export function requestExit(
  ctx: DeskContext,
  trade: TradeRecord,
  cause: ExitCause,
  label: string,
  nowUs: EpochUs,
): void {
  if (trade.state !== 'open' && trade.state !== 'opening') return;
  if (PRECEDENCE[cause] >= trade.exit.precedence) return;
  const market = readMarket(ctx, trade.symbol);
  noteHollow(trade, market, nowUs);
  fireExit(ctx, trade, cause, label, 0, market, nowUs);
  work(ctx, trade, market, nowUs);
}

/** EXI27: remembers since when the bid has been hollow. */
function noteHollow(trade: TradeRecord, market: ExitMarket, nowUs: EpochUs): void {
  const { exit } = trade;
  if (!market.isHollow) exit.hollowSinceUs = 0;
  else if (exit.hollowSinceUs === 0) exit.hollowSinceUs = nowUs;
}

/**
 * The bid to sell at: a hollow one is not sold into before it has lasted; until then the shares are offered where the bid
 * usually is, two typical spreads below the offer. What lasts and is traded at is the market. What only stands there is gone
 * down to little by little, so that whoever bids between is met first.
 */
function sellableBid(ctx: DeskContext, trade: TradeRecord, market: ExitMarket, nowUs: EpochUs): Micros {
  if (!market.isHollow) return market.bid;
  const { hollowUs, hollowDescentUs } = ctx.config.exits;
  const { hollowSinceUs } = trade.exit;
  const usual = Math.max(market.bid, market.ask - 2 * market.typicalSpread);
  const isTradedAt = market.lastTimeUs >= hollowSinceUs && market.last > 0 && market.last * 2 <= market.bid + usual;
  const lastedUs = nowUs - hollowSinceUs - hollowUs;
  if (lastedUs >= (isTradedAt ? 0 : hollowDescentUs)) return market.bid;
  const part = Math.max(0, lastedUs) / hollowDescentUs;
  return Math.max(market.bid, roundDown(ctx.clock.grid, usual - (usual - market.bid) * part));
}

function unwindPartial(ctx: DeskContext, trade: TradeRecord, market: ExitMarket, nowUs: EpochUs): void {
  if (trade.entryEnd !== 'partial-unwound' || trade.exit.reason !== '') return;
  fireExit(ctx, trade, 'unwind', 'unwind', 0, market, nowUs);
}

function fireExit(
  ctx: DeskContext,
  trade: TradeRecord,
  cause: ExitCause,
  label: string,
  floor: Micros,
  market: ExitMarket,
  nowUs: EpochUs,
): void {
  const { exit } = trade;
  const { ladder } = ctx.config;
  const isFirst = exit.reason === '';
  const slack = floor > 0 ? Math.round((floor * ladder.takeProfitSlackBps) / 10_000) : 0;
  exit.reason = label;
  exit.precedence = PRECEDENCE[cause];
  exit.floor = floor > 0 ? floor - slack : 0;
  const start = startStep(ladder, cause);
  if (isFirst || start > exit.step) {
    exit.step = start;
    exit.steppedUs = nowUs;
    // A more urgent cause does not wait for the pause between two prices of the earlier one.
    exit.pricedUs = 0;
  }
  exit.firedUs = nowUs;
  exit.confirmRule = -1;
  exit.confirmCount = 0;
  if (isFirst || trade.exitBid === 0) {
    const bid = sellableBid(ctx, trade, market, nowUs);
    trade.exitBid = bid > 0 ? bid : trade.bidBefore;
    trade.exitMid = bid > 0 && market.ask >= bid ? Math.round((bid + market.ask) / 2) : trade.exitBid;
  }
  ctx.journal.write({
    kind: 'decision',
    atUs: nowUs,
    id: trade.id,
    cause: label,
    symbol: trade.ticker,
    body: {
      exit: label,
      bid: market.bid,
      ask: market.ask,
      last: market.last,
      held: trade.position.held,
      peakBid: trade.peakBid,
    },
  });
}

/** Keeps one exit order working for what is held. */
function work(ctx: DeskContext, trade: TradeRecord, market: ExitMarket, nowUs: EpochUs): void {
  const { exit } = trade;
  market.bid = sellableBid(ctx, trade, market, nowUs);
  if (exit.orderId !== '') {
    const order = ensure(ctx.orders.get(exit.orderId), 'exits name known orders');
    if (!isTerminal(order.state)) {
      tend(ctx, trade, order, market, nowUs);
      return;
    }
    settleOrder(ctx, trade, order, nowUs);
  }
  if (trade.position.held <= 0) {
    endExit(ctx, trade, nowUs);
    return;
  }
  exit.heldBack = holdReason(ctx, trade, market, nowUs);
  if (exit.heldBack !== '' || nowUs < exit.retryUs) return;
  if (withdraws(ctx, trade, market, nowUs)) {
    resetExit(trade);
    return;
  }
  placeExit(ctx, trade, market, nowUs);
}

function settleOrder(ctx: DeskContext, trade: TradeRecord, order: Order, nowUs: EpochUs): void {
  const { exit } = trade;
  exit.orderId = '';
  if (order.state === 'rejected') {
    exit.rejects++;
    const pause = ctx.config.ladder.rejectPauseUs * 2 ** Math.min(10, exit.rejects - 1);
    exit.retryUs = nowUs + Math.min(pause, REJECT_PAUSE_MAX_US);
    // What was refused as a market order is tried as a limit again.
    exit.wantsMarket = false;
    exit.reach = 0;
  } else if (order.filled > 0) exit.rejects = 0;
}

function endExit(ctx: DeskContext, trade: TradeRecord, nowUs: EpochUs): void {
  trade.exit.heldBack = '';
  closeIfFlat(ctx, trade, nowUs);
}

/** Ready for the rules to fire again. */
function resetExit(trade: TradeRecord): void {
  Object.assign(trade.exit, NO_EXIT);
}

/** Why no order can be sent now; '' when one can. Exits wait for truth and for an open market, for nothing else. */
function holdReason(ctx: DeskContext, trade: TradeRecord, market: ExitMarket, nowUs: EpochUs): string {
  if (!isTradingPhase(ctx.clock.phase)) return 'closed';
  if (isHalted(ctx, trade.symbol)) return 'halt';
  if (!ctx.state.isLinkUp) return 'link';
  if (!ctx.state.isReconciled) return 'reconciling';
  // Shares another order of this trade may still sell must not be sold twice.
  if (ctx.orders.openSellQuantity(trade.id) > 0) return 'working';
  // An ended order whose fills are not certain may have sold more than we know.
  if (ctx.orders.isSettling(trade.id)) return 'settling';
  if (!market.isQuoteGood && !canSellBlind(ctx, trade)) return 'quote';
  if (!hasRoom(ctx, nowUs)) return 'rate';
  return ctx.orders.liveOn(trade.symbol, 'sell') >= ctx.config.risk.workingPerSide ? 'working-per-side' : '';
}

/** Without a quote to trust only the user, risk and the kill switch sell, and only at market in regular hours. */
function canSellBlind(ctx: DeskContext, trade: TradeRecord): boolean {
  return trade.exit.precedence <= PRECEDENCE.risk && ctx.clock.phase === 'regular';
}

/** A take-profit whose price has gone away is taken back. */
function withdraws(ctx: DeskContext, trade: TradeRecord, market: ExitMarket, nowUs: EpochUs): boolean {
  const { exit } = trade;
  return (
    exit.floor > 0 &&
    market.isQuoteGood &&
    market.bid < exit.floor &&
    nowUs - exit.firedUs >= ctx.config.ladder.withdrawUs
  );
}

function placeExit(ctx: DeskContext, trade: TradeRecord, market: ExitMarket, nowUs: EpochUs): void {
  const { exit } = trade;
  const { clock } = ctx;
  const isRegular = clock.phase === 'regular';
  const atMarket = isRegular && (exit.wantsMarket || !market.isQuoteGood);
  exit.orderId = issueOrder(
    ctx,
    trade,
    {
      purpose: 'exit',
      side: 'sell',
      type: atMarket ? 'market' : 'limit',
      quantity: trade.position.held,
      limit: atMarket ? null : wantedPrice(ctx, trade, market),
      outsideRegularHours: !atMarket && (!isRegular || clock.endUs - nowUs <= NEAR_BELL_US),
      cause: exit.reason,
      costs: null,
    },
    nowUs,
  );
  exit.pricedUs = nowUs;
}

function wantedPrice(ctx: DeskContext, trade: TradeRecord, market: ExitMarket): Micros {
  const { exit } = trade;
  const { ladder } = ctx.config;
  const step = ensure(ladder.steps[exit.step], 'steps stay on the ladder');
  const isRegular = ctx.clock.phase === 'regular';
  return rungPrice(ladder, step.at, {
    bid: market.bid,
    ask: market.ask,
    grid: ctx.clock.grid,
    reach: exit.reach,
    isRegular,
    bandLow: isRegular ? microsOf(ctx.view.luldLow[trade.symbol] as number) : 0,
    floor: exit.floor,
  });
}

/** Looks after the working exit order: size, rung and price. */
function tend(ctx: DeskContext, trade: TradeRecord, order: Order, market: ExitMarket, nowUs: EpochUs): void {
  const { exit } = trade;
  exit.heldBack = isHalted(ctx, trade.symbol) ? 'halt' : '';
  if (trade.position.held <= 0) {
    cancelOrder(ctx, order, 'nothing-held', nowUs);
    return;
  }
  // Not yet away from us and priced for another market: decided anew.
  if (order.state === 'intent' || order.state === 'durable') return;
  if (order.state !== 'working' && order.state !== 'partially-filled') return;
  if (exit.heldBack !== '' || !isTradingPhase(ctx.clock.phase)) return;
  // More is on offer than is held, after a correction or a sale by hand: reduce before anything else.
  if (openQuantity(order) > trade.position.held && order.limit !== null) {
    if (hasRoom(ctx, nowUs)) replaceOrder(ctx, order, order.limit, order.filled + trade.position.held, nowUs);
    return;
  }
  if (!market.isQuoteGood || order.limit === null) return;
  if (withdraws(ctx, trade, market, nowUs)) {
    cancelOrder(ctx, order, 'withdrawn', nowUs);
    exit.retryUs = 0;
    return;
  }
  climb(ctx, trade, market, nowUs);
  if (exit.wantsMarket) {
    cancelOrder(ctx, order, 'to-market', nowUs);
    return;
  }
  reprice(ctx, trade, order, market, nowUs);
}

/** The next rung when this one has been held long enough; wider and wider at the last, then the market. */
function climb(ctx: DeskContext, trade: TradeRecord, market: ExitMarket, nowUs: EpochUs): void {
  const { exit } = trade;
  const { ladder } = ctx.config;
  const step = ensure(ladder.steps[exit.step], 'steps stay on the ladder');
  if (nowUs - exit.steppedUs < step.holdUs) return;
  exit.steppedUs = nowUs;
  if (exit.step < ladder.steps.length - 1) {
    exit.step++;
    return;
  }
  exit.reach++;
  const isExhausted = ladder.marketAfterReach > 0 && exit.reach >= ladder.marketAfterReach;
  if (isExhausted && ctx.clock.phase === 'regular' && exit.floor === 0 && market.isQuoteGood) exit.wantsMarket = true;
}

/** Follows the market down at once: an exit that rests above the bid while the price falls is how money is lost. */
function reprice(ctx: DeskContext, trade: TradeRecord, order: Order, market: ExitMarket, nowUs: EpochUs): void {
  const { exit } = trade;
  const wanted = wantedPrice(ctx, trade, market);
  const quantity = order.filled + trade.position.held;
  const isLower = order.limit !== null && wanted < order.limit;
  // A limit already at or through the bid is marketable: lowering it again would only lose its place.
  const isAway = order.limit !== null && order.limit > market.bid;
  const isStuck =
    order.limit !== null && order.limit <= market.bid && nowUs - exit.pricedUs >= ctx.config.ladder.repriceUs * 4;
  const needsPrice = isLower && (isAway || isStuck);
  if (!needsPrice && quantity === order.quantity) return;
  if (nowUs - exit.pricedUs < ctx.config.ladder.repriceUs || !hasRoom(ctx, nowUs)) return;
  exit.pricedUs = nowUs;
  replaceOrder(ctx, order, needsPrice ? wanted : (order.limit as Micros), quantity, nowUs);
}

/** When the exit of a trade needs attention next although no tick comes; always later than now, Infinity when it does not. */
export function nextExitUs(ctx: DeskContext, trade: TradeRecord, nowUs: EpochUs): EpochUs {
  const next = dueExitUs(ctx, trade, nowUs);
  // Whatever is already due waits for the broker or for a quote: look again soon, not at once.
  return next <= nowUs ? nowUs + ctx.config.ladder.repriceUs : next;
}

function dueExitUs(ctx: DeskContext, trade: TradeRecord, nowUs: EpochUs): EpochUs {
  const { exit } = trade;
  const { ladder, exits } = ctx.config;
  if (trade.position.held <= 0 && exit.orderId === '') return Infinity;
  let next = Infinity;
  for (const rule of trade.exits) {
    if (PRECEDENCE[rule.kind] >= exit.precedence) continue;
    next = Math.min(next, firingTime(rule, trade));
  }
  if (exit.confirmRule >= 0) next = Math.min(next, exit.confirmSinceUs + exits.confirmUs);
  if (exit.reason === '') return next;
  if (exit.orderId === '') {
    const wait = exit.heldBack === 'rate' ? roomUs(ctx, nowUs) : nowUs + HELD_BACK_LOOK_US;
    return Math.min(next, Math.max(exit.retryUs, exit.heldBack === '' ? nowUs : wait));
  }
  const step = ensure(ladder.steps[exit.step], 'steps stay on the ladder');
  next = Math.min(next, exit.steppedUs + step.holdUs, exit.pricedUs + ladder.repriceUs);
  return exit.floor > 0 ? Math.min(next, exit.firedUs + ladder.withdrawUs) : next;
}
