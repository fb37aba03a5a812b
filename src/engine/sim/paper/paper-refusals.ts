/** What the paper exchange refuses, with stable codes (docs/specs/paper.md, PAP2, PAP3). '' is: accepted. */
import type { TickGrid } from '../../economics/tick-grid.ts';
import { isOnGrid } from '../../economics/tick-grid.ts';
import type { Micros } from '../../model/units.ts';
import type { OrderRequest } from '../../ports/broker.ts';
import type { PaperOrder, PaperSettings } from './paper-types.ts';

/** The request in itself, at this hour. */
export function refuseForm(request: OrderRequest, grid: TickGrid, phase: string): string {
  if (!Number.isInteger(request.quantity) || request.quantity <= 0) return 'bad-quantity';
  if (request.type === 'limit' && (request.limit === null || !isOnGrid(grid, request.limit))) return 'off-tick';
  if (phase === 'regular') return '';
  if (phase !== 'pre' && phase !== 'post') return 'session-closed';
  if (request.type === 'market') return 'market-outside-hours';
  return request.timeInForce === 'ioc' ? 'ioc-outside-hours' : '';
}

/** A replace of `order`; undefined when no such order is known. */
export function refuseReplace(
  order: PaperOrder | undefined,
  limit: Micros,
  quantity: number,
  grid: TickGrid,
  buyingPower: () => Micros,
): string {
  if (order === undefined) return 'not-found';
  if (!order.isOpen) return order.filled >= order.quantity ? 'filled' : 'not-found';
  if (order.type === 'market') return 'not-replaceable';
  if (!isOnGrid(grid, limit)) return 'off-tick';
  if (!Number.isInteger(quantity) || quantity <= order.filled) return 'bad-quantity';
  if (order.side === 'sell') return '';
  const added = (quantity - order.filled) * limit - (order.quantity - order.filled) * order.limit;
  return added > 0 && added > buyingPower() ? 'buying-power' : '';
}

export interface Room {
  /** Open orders in the symbol. */
  readonly open: readonly PaperOrder[];
  readonly held: number;
  readonly ask: Micros;
  readonly buyingPower: Micros;
}

/** The request beside what is open, held and affordable. */
export function refuseRoom(request: OrderRequest, settings: PaperSettings, room: Room): string {
  let sameSide = 0;
  let selling = 0;
  for (const order of room.open) {
    if (order.side === request.side) sameSide++;
    if (order.side === 'sell') selling += order.quantity - order.filled;
  }
  if (sameSide >= settings.workingPerSide) return 'too-many-orders';
  if (request.side === 'sell') return !settings.allowShort && selling + request.quantity > room.held ? 'no-shares' : '';
  return request.quantity * (request.limit ?? room.ask) > room.buyingPower ? 'buying-power' : '';
}
