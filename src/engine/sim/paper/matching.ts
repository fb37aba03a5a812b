/** How much of an order fills, and where: pure arithmetic over the NBBO (docs/specs/paper.md, PAP4 to PAP9). */
import type { TickGrid } from '../../economics/tick-grid.ts';
import { roundDown, roundUp, tickAt } from '../../economics/tick-grid.ts';
import type { Micros } from '../../model/units.ts';

export interface Touch {
  readonly bid: Micros;
  readonly ask: Micros;
  /** Shares still there: displayed less what we took of this very quote. */
  readonly bidSize: number;
  readonly askSize: number;
}

export interface Slice {
  readonly price: Micros;
  readonly shares: number;
}

/** What an incoming order takes: the displayed size at the touch, then thinner levels further away, within its limit. */
export function takeLiquidity(
  side: 'buy' | 'sell',
  shares: number,
  limit: Micros | null,
  touch: Touch,
  grid: TickGrid,
  depthFactor: number,
  depthLevels: number,
): Slice[] {
  const isBuy = side === 'buy';
  const best = isBuy ? touch.ask : touch.bid;
  const displayed = isBuy ? touch.askSize : touch.bidSize;
  if (best <= 0 || displayed <= 0) return [];
  const step = Math.max(tickAt(grid, best), Math.round((touch.ask - touch.bid) / 2));
  const slices: Slice[] = [];
  let left = shares;
  let size = displayed;
  for (let level = 0; level <= depthLevels && left > 0; level++) {
    const away = best + (isBuy ? step : 0 - step) * level;
    const price = isBuy ? roundUp(grid, away) : roundDown(grid, away);
    if (price <= 0 || (limit !== null && (isBuy ? price > limit : price < limit))) break;
    const taken = Math.min(left, Math.floor(size));
    if (taken > 0) slices.push({ price, shares: taken });
    left -= taken;
    size = displayed * depthFactor ** (level + 1);
  }
  return slices;
}

/** Shares before a limit order that starts to rest: the displayed size when it joins the touch, none when it improves it. */
export function queueOnArrival(side: 'buy' | 'sell', limit: Micros, touch: Touch): number {
  const own = side === 'buy' ? touch.bid : touch.ask;
  if (own <= 0) return 0;
  if (limit === own) return side === 'buy' ? touch.bidSize : touch.askSize;
  const improves = side === 'buy' ? limit > own : limit < own;
  return improves ? 0 : -1;
}

/** The queue after a quote: cancels ahead of us shorten it, and when the touch has left our price nobody is ahead. */
export function queueOnQuote(side: 'buy' | 'sell', limit: Micros, queueAhead: number, touch: Touch): number {
  const own = side === 'buy' ? touch.bid : touch.ask;
  const ownSize = side === 'buy' ? touch.bidSize : touch.askSize;
  if (own <= 0) return queueAhead;
  if (own === limit) return queueAhead < 0 ? ownSize : Math.min(queueAhead, ownSize);
  const isAlone = side === 'buy' ? own < limit : own > limit;
  return isAlone ? 0 : queueAhead;
}

/** What a resting order gets from a print, and the queue left: through our price all of it, at our price what the queue leaves. */
export function fillOnPrint(
  side: 'buy' | 'sell',
  limit: Micros,
  queueAhead: number,
  remaining: number,
  price: Micros,
  size: number,
): { readonly shares: number; readonly queueAhead: number } {
  const isThrough = side === 'buy' ? price < limit : price > limit;
  const whole = Math.floor(size);
  if (isThrough) return { shares: Math.min(remaining, whole), queueAhead: 0 };
  if (price !== limit || queueAhead < 0) return { shares: 0, queueAhead };
  const reaches = Math.max(0, whole - queueAhead);
  return { shares: Math.min(remaining, reaches), queueAhead: Math.max(0, queueAhead - whole) };
}
