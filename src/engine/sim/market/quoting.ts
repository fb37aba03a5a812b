/**
 * Moves the price of a symbol and quotes it. Every quote stands on the tick grid and is neither locked nor crossed, except
 * the rare ones that say so in their condition. Inside regular hours quotes stay within the price bands.
 */
import type { EventSink } from './event-sink.ts';
import { enterLimitState } from './bands.ts';
import { roundLot, tickAt } from './symbol-traits.ts';
import type { World } from './world.ts';
import { BOOK_EMPTY, BOOK_ONE_SIDED, BOOK_OPEN, VENUES } from './world.ts';

const REGULAR_DAY_US = 23_400_000_000;
/** Quote conditions 84 and 85: the market is crossed, locked. */
const CROSSED = 84;
const LOCKED = 85;
/** Quote indicator 604: short appendage of the NBBO. */
const NBBO_APPENDAGE = 604;

/** Lets the fair price of a symbol walk from when it was last looked at to `timeUs`. */
export function moveFair(world: World, i: number, timeUs: number): void {
  const { state, traits } = world;
  const elapsedUs = timeUs - (state.fairUs[i] as number);
  if (elapsedUs <= 0) return;
  state.fairUs[i] = timeUs;
  const sector = world.sectorLog[traits.sector[i] as number] as number;
  const own = (traits.dailyVolatility[i] as number) * world.volatility * Math.sqrt(elapsedUs / REGULAR_DAY_US);
  let log = own * world.draw.normal();
  log +=
    (traits.marketBeta[i] as number) * (world.marketLog - (state.marketSeen[i] as number)) +
    0.6 * (sector - (state.sectorSeen[i] as number));
  log += (state.drift[i] as number) * Math.min(elapsedUs, 5_000_000);
  state.marketSeen[i] = world.marketLog;
  state.sectorSeen[i] = sector;
  const fair = state.fair[i] as number;
  if (world.isRegular) {
    // A bridge to the day's close: weak all day, binding in the last minutes.
    const leftUs = Math.max(30_000_000, world.day.closeUs - timeUs);
    log += ((state.targetLog[i] as number) - Math.log(fair)) * Math.min(0.5, elapsedUs / leftUs);
  }
  const moved = fair * (1 + (log > 0.5 ? 0.5 : log < -0.4 ? -0.4 : log));
  state.fair[i] = moved < 0.01 ? 0.01 : moved;
}

/** Recomputes both sides around the fair price and sends the quote. */
export function requote(world: World, i: number, timeUs: number, sink: EventSink): void {
  const { state, traits, draw } = world;
  const fairMicros = (state.fair[i] as number) * 1_000_000;
  const r = draw.bits();
  const half = fairMicros * (traits.spreadFraction[i] as number) * world.spread * (0.3 + (r & 1023) / 1500);
  const bidTick = tickAt(fairMicros - half);
  const askTick = tickAt(fairMicros + half);
  let bid = Math.max(100, Math.floor((fairMicros - half) / bidTick) * bidTick);
  let ask = Math.max(bid + tickAt(bid), Math.ceil((fairMicros + half) / askTick) * askTick);
  if (world.isRegular && (state.bandHigh[i] as number) > 0) {
    const high = state.bandHigh[i] as number;
    const low = state.bandLow[i] as number;
    if (bid >= high || ask <= low) {
      const isUp = bid >= high;
      if ((state.limitSinceUs[i] as number) === 0) enterLimitState(world, i, timeUs);
      bid = isUp ? high : 0;
      ask = isUp ? 0 : low;
    } else {
      state.limitSinceUs[i] = 0;
      // Outside the bands nobody may display: the far side is pulled in to the band.
      if (ask > high) ask = high;
      if (bid < low) bid = low;
    }
  }
  if (state.book[i] === BOOK_EMPTY) {
    // The first orders of a day come from one side.
    state.book[i] = BOOK_ONE_SIDED;
    if (!world.isRegular && (r & 0x400) !== 0) {
      if ((r & 0x800) !== 0) ask = 0;
      else bid = 0;
    } else state.book[i] = BOOK_OPEN;
  } else state.book[i] = BOOK_OPEN;
  setSides(world, i, bid, ask, r >>> 12);
  if (world.isRegular && bid > 0 && ask > 0 && (r >>> 12) % 40_000 === 0) sendCrossed(world, i, timeUs, sink);
  sendQuote(world, i, timeUs, 0, sink);
}

/** A change of size or venue at unchanged prices: most of all quotes. */
export function resize(world: World, i: number, timeUs: number, sink: EventSink): void {
  const { state } = world;
  setSides(world, i, state.bid[i] as number, state.ask[i] as number, world.draw.bits());
  sendQuote(world, i, timeUs, 0, sink);
}

function setSides(world: World, i: number, bid: number, ask: number, r: number): void {
  const { state } = world;
  const lot = roundLot(state.fair[i] as number);
  const big = (r & 0x3c0) === 0 ? 25 : 1;
  state.bid[i] = bid;
  state.ask[i] = ask;
  state.bidShares[i] = bid === 0 ? 0 : lot * (1 + (r & 7)) * big;
  state.askShares[i] = ask === 0 ? 0 : lot * (1 + ((r >>> 3) & 7)) * big;
  const venues = world.draw.bits();
  state.bidVenue[i] = VENUES[venues & 63] as number;
  state.askVenue[i] = VENUES[(venues >>> 6) & 63] as number;
}

/** Sends the book as it stands. */
export function sendQuote(world: World, i: number, timeUs: number, condition: number, sink: EventSink): void {
  const { state } = world;
  const r = world.draw.bits();
  const timeMs = Math.floor(timeUs / 1000);
  const sequence = (state.quoteSequence[i] as number) + 1 + (r & 7);
  state.quoteSequence[i] = sequence;
  world.events++;
  sink.quote(
    i,
    timeMs,
    timeMs - ((r >>> 3) & 1),
    state.bidVenue[i] as number,
    state.bid[i] as number,
    state.bidShares[i] as number,
    state.askVenue[i] as number,
    state.ask[i] as number,
    state.askShares[i] as number,
    condition,
    (r & 0x70) === 0 ? 0 : NBBO_APPENDAGE,
    sequence,
  );
}

/** The rare quote that is crossed or locked on purpose, and says so. The true one follows at once. */
function sendCrossed(world: World, i: number, timeUs: number, sink: EventSink): void {
  const { state } = world;
  const bid = state.bid[i] as number;
  const ask = state.ask[i] as number;
  const isLocked = world.draw.below(2) === 0;
  state.bid[i] = isLocked ? ask : ask + tickAt(ask);
  sendQuote(world, i, timeUs, isLocked ? LOCKED : CROSSED, sink);
  state.bid[i] = bid;
}
