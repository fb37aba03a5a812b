/**
 * Pauses and halts: a quote pinned at its band for 15 seconds pauses the symbol for five minutes, news stops it for longer.
 * Everybody sees a last quote with a halt condition and then silence; only Nasdaq listings announce it on the LULD channel.
 */
import { LuldIndicator, publishBands, sendBands } from './bands.ts';
import type { EventSink } from './event-sink.ts';
import { printReopening } from './printing.ts';
import { requote, sendQuote } from './quoting.ts';
import { onGrid } from './symbol-traits.ts';
import type { World } from './world.ts';
import { AgendaKind, BOOK_OPEN } from './world.ts';

const PAUSE_US = 300_000_000;
const NASDAQ_TAPE = 3;

/** Quote conditions: 21 news dissemination, 43 LULD trading pause. */
export const HaltCondition = { news: 21, pause: 43 } as const;

/** The fifteen seconds are over: pause when the quote never left the band. */
export function checkLimitState(world: World, i: number, timeUs: number, sinceUs: number, sink: EventSink): void {
  if (world.state.limitSinceUs[i] !== sinceUs || world.state.isHalted[i] === 1 || !world.isRegular) return;
  halt(world, i, timeUs, HaltCondition.pause, PAUSE_US + (world.draw.below(10) === 0 ? PAUSE_US : 0), sink);
}

/** Stops a symbol: one last quote with nothing in it, the announcement, then silence. */
export function halt(
  world: World,
  i: number,
  timeUs: number,
  condition: number,
  durationUs: number,
  sink: EventSink,
): void {
  const { state } = world;
  if (state.isHalted[i] === 1) return;
  state.isHalted[i] = 1;
  state.limitSinceUs[i] = 0;
  state.bid[i] = 0;
  state.ask[i] = 0;
  state.bidShares[i] = 0;
  state.askShares[i] = 0;
  sendQuote(world, i, timeUs, condition, sink);
  if (world.traits.tape[i] === NASDAQ_TAPE && world.traits.tier[i] !== 0)
    sendBands(world, i, timeUs, LuldIndicator.halt, sink);
  // A pause that reaches into the close is not reopened: the closing auction does that.
  if (timeUs + durationUs < world.day.closeUs - 1_000_000)
    world.agenda.add(timeUs + durationUs, AgendaKind.resume, i, 0);
}

/** The auction after a pause: quote, announcement, one print, fresh bands. */
export function resume(world: World, i: number, timeUs: number, sink: EventSink): void {
  const { state } = world;
  if (state.isHalted[i] === 0) return;
  state.isHalted[i] = 0;
  state.book[i] = BOOK_OPEN;
  state.drift[i] = 0;
  state.fairUs[i] = timeUs;
  const price = onGrid((state.fair[i] as number) * 1_000_000 * (1 + 0.01 * world.draw.normal()));
  state.fair[i] = price / 1_000_000;
  state.bandHigh[i] = 0;
  state.reference[i] = price;
  state.referenceUs[i] = timeUs;
  requote(world, i, timeUs, sink);
  if (world.traits.tape[i] === NASDAQ_TAPE && world.traits.tier[i] !== 0) {
    publishBands(world, i, timeUs, LuldIndicator.reopening, sink);
    sendBands(world, i, timeUs, LuldIndicator.band, sink);
  } else publishBands(world, i, timeUs, LuldIndicator.band, sink);
  printReopening(world, i, timeUs, price, sink);
}
