/**
 * The exit forecast: for every rule of an open position, at what price or when it fires, how far away that is, and what the
 * fill would bring after all costs (docs/specs/exits.md, EXI16 to EXI18).
 */
import type { ExitRule } from '../model/signal.ts';
import type { EpochUs, Micros } from '../model/units.ts';
import type { TradeRecord } from '../positions/trade-record.ts';
import type { ExitMarket, ExitSettings } from './exit-rules.ts';
import { PRECEDENCE, exitLabel, firingPrice, firingTime } from './exit-rules.ts';

export interface ForecastRow {
  readonly rule: string;
  readonly kind: ExitRule['kind'];
  /** Position in the trade's exit plan. */
  readonly index: number;
  /** Bid at which it fires; null for rules of time or while it is not armed. */
  readonly price: Micros | null;
  readonly atUs: EpochUs | null;
  /** From the bid now to the firing price: negative when the price has to fall. */
  readonly distance: Micros | null;
  readonly distancePercent: number | null;
  /** The distance in typical spreads of the symbol. */
  readonly distanceSpreads: number | null;
  readonly inUs: number | null;
  /** Expected proceeds and net result of the whole trade, exit charges and slippage included. */
  readonly proceeds: Micros | null;
  readonly net: Micros | null;
  readonly isArmed: boolean;
  /** It has fired: the exit is under way. */
  readonly isFiring: boolean;
  readonly isConfirming: boolean;
}

export interface ForecastInput {
  readonly trade: TradeRecord;
  readonly market: ExitMarket;
  readonly settings: ExitSettings;
  readonly nowUs: EpochUs;
  /** Charges of selling `shares` at `price`. */
  chargesAt(shares: number, price: Micros): Micros;
  /** Expected slippage a share at `price`. */
  slippageAt(price: Micros): Micros;
}

/** Rows in order of urgency. Empty when nothing is held. */
export function forecastExits(input: ForecastInput): readonly ForecastRow[] {
  const { trade } = input;
  if (trade.position.held <= 0) return [];
  const rows = trade.exits.map((rule, index) => forecastRow(input, rule, index));
  return rows.toSorted((a, b) => PRECEDENCE[a.kind] - PRECEDENCE[b.kind] || a.index - b.index);
}

function forecastRow(input: ForecastInput, rule: ExitRule, index: number): ForecastRow {
  const { trade, market, settings, nowUs } = input;
  const price = firingPrice(rule, trade, settings, market);
  const atUs = firingTime(rule, trade);
  const hasPrice = price > 0;
  const hasTime = Number.isFinite(atUs);
  const bid = market.bid > 0 ? market.bid : trade.bidBefore;
  // A rule of time is expected to sell at today's bid, a rule of price at its own.
  const sellAt = hasPrice ? price : bid;
  const worth = sellAt > 0 ? worthAt(input, sellAt) : null;
  const distance = hasPrice && bid > 0 ? price - bid : null;
  return {
    rule: exitLabel(rule),
    kind: rule.kind,
    index,
    price: hasPrice ? price : null,
    atUs: hasTime ? atUs : null,
    distance,
    distancePercent: distance === null ? null : (distance / bid) * 100,
    distanceSpreads: distance === null || market.typicalSpread <= 0 ? null : distance / market.typicalSpread,
    inUs: hasTime ? Math.max(0, atUs - nowUs) : null,
    proceeds: worth?.proceeds ?? null,
    net: worth?.net ?? null,
    isArmed: hasPrice || hasTime || rule.kind === 'regime',
    isFiring: trade.exit.reason === exitLabel(rule),
    isConfirming: trade.exit.confirmRule === index,
  };
}

function worthAt(input: ForecastInput, sellAt: Micros): { readonly proceeds: Micros; readonly net: Micros } {
  const { position } = input.trade;
  const price = Math.max(0, sellAt - input.slippageAt(sellAt));
  const proceeds = position.held * price - input.chargesAt(position.held, price);
  return {
    proceeds,
    net: position.realisedGross - position.costBasis - position.charges - position.chargesExpected + proceeds,
  };
}
