/**
 * Prints: ordinary trades at the quote, odd lots, fractions of a share, off-exchange prints, sweeps, the odd print far from
 * the market that its conditions explain, and the auctions, each of which prints twice (the trade, and the listing
 * market's official copy that must not count).
 */
import type { EventSink } from './event-sink.ts';
import { followReference } from './bands.ts';
import { onGrid, roundLot } from './symbol-traits.ts';
import type { World } from './world.ts';
import { VENUES } from './world.ts';

const MICRO_SHARES = 1_000_000;
const OFF_EXCHANGE = 4;

/** One trade at the standing quote, or a sweep of several in the same millisecond. */
export function printAtQuote(world: World, i: number, timeUs: number, sink: EventSink): void {
  const { state, draw } = world;
  const bid = state.bid[i] as number;
  const ask = state.ask[i] as number;
  if (bid === 0 && ask === 0) return;
  const fairMicros = (state.fair[i] as number) * 1_000_000;
  const lean = ask > bid && bid > 0 ? (fairMicros - bid) / (ask - bid) : 0.5;
  const isBuy =
    bid === 0 ||
    (ask !== 0 &&
      draw.unit() < 0.1 + 0.8 * Math.min(1, Math.max(0, lean + ((state.drift[i] as number) > 0 ? 0.2 : 0))));
  const price = isBuy ? ask : bid;
  const r = draw.bits();
  const isSweep = (r & 7) === 0;
  const prints = isSweep ? 2 + ((r >>> 3) & 3) : 1;
  const isOffExchange = !isSweep && (r & 0xe0) < 0x60;
  if (isOffExchange && world.isRegular && (r & 0xff00) === 0) {
    printApart(world, i, timeUs, price, sink);
    return;
  }
  let last = price;
  for (let k = 0; k < prints; k++) {
    const inside = isOffExchange && bid > 0 && ask > 0 && (r & 0x10000) !== 0 ? onGrid((bid + ask) / 2) : price;
    last = inside < bid || (ask > 0 && inside > ask) ? price : inside;
    printOne(world, i, timeUs, last, isOffExchange, isSweep || (r & 0x60000) === 0, sink);
  }
  if (world.isRegular) followReference(world, i, timeUs, last, sink);
}

function printOne(
  world: World,
  i: number,
  timeUs: number,
  price: number,
  isOffExchange: boolean,
  isSweep: boolean,
  sink: EventSink,
): void {
  const { draw, sets } = world;
  const dollars = price / 1_000_000;
  const lot = roundLot(dollars);
  const u = draw.unit();
  const isOdd = u < oddShare(dollars);
  let size: number;
  if (isOdd && isOffExchange && draw.below(12) === 0) {
    const part = draw.unit();
    size = Math.max(1, Math.floor(part * part * (draw.below(3) === 0 ? 12 : 1) * MICRO_SHARES));
  } else if (isOdd && lot > 1) {
    const part = draw.unit();
    size = (1 + Math.floor((lot - 1) * part * part)) * MICRO_SHARES;
  } else
    size =
      lot *
      Math.min(120, Math.floor(1 / Math.pow(draw.unit() + 0.004, 0.75))) *
      (dollars < 5 ? 1 + draw.below(4) : 1) *
      MICRO_SHARES;
  const marksOdd = size < lot * MICRO_SHARES;
  const sweeps = isSweep && !isOffExchange;
  let set: number;
  if (world.isRegular) set = sweeps ? (marksOdd ? sets.sweepOdd : sets.sweep) : marksOdd ? sets.odd : 0;
  else set = sweeps ? (marksOdd ? sets.formTSweepOdd : sets.formTSweep) : marksOdd ? sets.formTOdd : sets.formT;
  send(world, i, timeUs, isOffExchange ? OFF_EXCHANGE : (VENUES[draw.bits() & 63] as number), price, size, set, sink);
}

/** Share of prints that are odd lots, by price. */
export function oddShare(dollars: number): number {
  if (dollars >= 400) return 0.72;
  if (dollars >= 100) return 0.58;
  return dollars >= 20 ? 0.42 : 0.25;
}

/** Mean shares of a print at a price, for reference volumes. */
export function meanPrintShares(dollars: number): number {
  const lot = roundLot(dollars);
  const odd = oddShare(dollars);
  return odd * (1 + (lot - 1) / 3) + (1 - odd) * lot * 2.6 * (dollars < 5 ? 2.5 : 1);
}

/** An off-exchange print away from the market; its condition says that it sets no price. */
function printApart(world: World, i: number, timeUs: number, near: number, sink: EventSink): void {
  const { draw, sets } = world;
  const kinds = [
    sets.averagePrice,
    sets.derivative,
    sets.priorReference,
    sets.contingent,
    sets.qualifiedContingent,
    sets.cash,
    sets.nextDay,
  ];
  const price = onGrid(near * (1 + 0.004 * draw.normal()));
  send(
    world,
    i,
    timeUs,
    OFF_EXCHANGE,
    price,
    roundLot(price / 1_000_000) * (1 + draw.below(40)) * MICRO_SHARES,
    kinds[draw.below(kinds.length)] as number,
    sink,
  );
}

/** Both prints of an opening cross: [17,41] and the official copy [16]. */
export function printOpen(world: World, i: number, timeUs: number, price: number, sink: EventSink): void {
  printAuction(world, i, timeUs, price, 1, world.sets.openCross, world.sets.officialOpen, sink);
}

/** Both prints of a closing cross: [8,41] and the official copy [15]. */
export function printClose(world: World, i: number, timeUs: number, price: number, sink: EventSink): void {
  printAuction(world, i, timeUs, price, 2.5, world.sets.closeCross, world.sets.officialClose, sink);
}

export function printReopening(world: World, i: number, timeUs: number, price: number, sink: EventSink): void {
  const set = world.traits.tape[i] === 3 ? world.sets.reopenUtp : world.sets.reopenCta;
  send(
    world,
    i,
    timeUs,
    world.traits.primaryVenue[i] as number,
    price,
    auctionShares(world, i, 0.3) * MICRO_SHARES,
    set,
    sink,
  );
}

function printAuction(
  world: World,
  i: number,
  timeUs: number,
  price: number,
  scale: number,
  cross: number,
  copy: number,
  sink: EventSink,
): void {
  const size = auctionShares(world, i, scale) * MICRO_SHARES;
  const venue = world.traits.primaryVenue[i] as number;
  send(world, i, timeUs, venue, price, size, cross, sink);
  send(world, i, timeUs, venue, price, size, copy, sink);
}

function auctionShares(world: World, i: number, scale: number): number {
  const lot = roundLot(world.state.fair[i] as number);
  return (
    lot * Math.max(1, Math.round((world.traits.weight[i] as number) * 120_000 * scale * (0.5 + world.draw.unit())))
  );
}

function send(
  world: World,
  i: number,
  timeUs: number,
  venue: number,
  price: number,
  size: number,
  set: number,
  sink: EventSink,
): void {
  const { state, draw } = world;
  const r = draw.bits();
  const timeMs = Math.floor(timeUs / 1000);
  const sequence = (state.tradeSequence[i] as number) + 1 + (r & 7);
  state.tradeSequence[i] = sequence;
  const id = (state.tradeId[i] as number) + 1;
  state.tradeId[i] = id;
  world.events++;
  if (venue === OFF_EXCHANGE) {
    const trfId = (r & 0x18) === 0 ? 203 : (r & 0x20) === 0 ? 201 : 202;
    sink.trade(
      i,
      timeMs,
      timeMs - ((r >>> 6) & 15),
      venue,
      price,
      size,
      set,
      id,
      sequence,
      trfId,
      timeMs - ((r >>> 10) & 1),
    );
  } else sink.trade(i, timeMs, timeMs - ((r >>> 6) & 1), venue, price, size, set, id, sequence, 0, 0);
}
