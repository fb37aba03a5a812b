/**
 * Limit up, limit down (the tiers and percentages of facts D1: reference over five minutes, Tier 1 and 2, doubled
 * in the last 25 minutes for Tier 1 and for Tier 2 at or below $3). What a quote pinned at its band leads to is in
 * halting.ts.
 */
import type { EventSink } from './event-sink.ts';
import type { World } from './world.ts';
import { AgendaKind } from './world.ts';

const LIMIT_STATE_US = 15_000_000;
const REFERENCE_US = 300_000_000;
const BAND_HOLD_US = 30_000_000;
const DOUBLED_US = 25 * 60_000_000;

export const LuldIndicator = { intraday: 15, restated: 16, halt: 17, reopening: 18, band: 21 } as const;
/** The distance of a band from its reference, micro-dollars. */
export function bandWidth(
  referenceMicros: number,
  previousCloseDollars: number,
  tier: number,
  isDoubled: boolean,
): number {
  if (previousCloseDollars < 0.75) {
    const width = Math.min(150_000, 0.75 * referenceMicros);
    return isDoubled ? width * 2 : width;
  }
  const percent = previousCloseDollars <= 3 ? 0.2 : tier === 1 ? 0.05 : 0.1;
  const doubles = isDoubled && (tier === 1 || previousCloseDollars <= 3);
  return referenceMicros * percent * (doubles ? 2 : 1);
}

/** Sets the bands around the reference and publishes them. */
export function publishBands(world: World, i: number, timeUs: number, indicator: number, sink: EventSink): void {
  const { state, traits } = world;
  if (traits.tier[i] === 0) return;
  const reference = state.reference[i] as number;
  const isDoubled = timeUs >= world.day.closeUs - DOUBLED_US;
  const width = bandWidth(reference, state.previousClose[i] as number, traits.tier[i] as number, isDoubled);
  // Bands are published in whole cents; ours never come closer than two of them.
  state.bandHigh[i] = Math.round(Math.max(reference + width, reference + 20_000) / 10_000) * 10_000;
  state.bandLow[i] = Math.max(0, Math.round((reference - width) / 10_000) * 10_000);
  state.bandReference[i] = reference;
  state.bandUs[i] = timeUs;
  sendBands(world, i, timeUs, indicator, sink);
}

/** States the standing bands with an indicator. */
export function sendBands(world: World, i: number, timeUs: number, indicator: number, sink: EventSink): void {
  const { state } = world;
  const sequence = (state.luldSequence[i] as number) + 1 + world.draw.below(900);
  state.luldSequence[i] = sequence;
  const subNs = world.draw.below(1000) * 1000 + world.draw.below(1000);
  world.events++;
  sink.luld(
    i,
    Math.floor(timeUs / 1000),
    subNs,
    state.bandLow[i] as number,
    state.bandHigh[i] as number,
    indicator,
    sequence,
  );
}

/** Feeds an eligible print into the reference price and publishes new bands when it moved by a percent. */
export function followReference(world: World, i: number, timeUs: number, priceMicros: number, sink: EventSink): void {
  const { state } = world;
  const elapsedUs = timeUs - (state.referenceUs[i] as number);
  if (elapsedUs <= 0) return;
  state.referenceUs[i] = timeUs;
  const reference = state.reference[i] as number;
  const next = reference + (priceMicros - reference) * (elapsedUs >= REFERENCE_US ? 1 : elapsedUs / REFERENCE_US);
  state.reference[i] = next;
  // Before its opening auction a symbol has no bands.
  if (state.bandHigh[i] === 0) return;
  const published = state.bandReference[i] as number;
  if (timeUs - (state.bandUs[i] as number) < BAND_HOLD_US || Math.abs(next - published) < 0.01 * published) return;
  publishBands(world, i, timeUs, LuldIndicator.intraday, sink);
}

export function enterLimitState(world: World, i: number, timeUs: number): void {
  world.state.limitSinceUs[i] = timeUs;
  world.agenda.add(timeUs + LIMIT_STATE_US, AgendaKind.limitCheck, i, timeUs);
}
