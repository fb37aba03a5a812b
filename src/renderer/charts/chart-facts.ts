/** What the layers of a chart paint, kept as stretches of bars so that painting costs by stretch, not by bar. Pure. */
import type { BarView } from '#protocol';
import { phaseRuns, runsWhere, type BarRun, type PhaseRun } from './bar-points.ts';
import type { BandStep } from './chart-marks.ts';

export interface PlacedMarker {
  readonly index: number;
  readonly price: number;
  readonly side: 'buy' | 'sell';
  readonly text: string;
}

export interface PlacedMoment {
  readonly index: number;
  readonly title: string;
}

export interface LayerFacts {
  /** Index of the chart's first bar, and of the one after its last. */
  first: number;
  end: number;
  phases: readonly PhaseRun[];
  gaps: readonly BarRun[];
  halts: readonly BarRun[];
  bands: readonly BandStep[];
  markers: readonly PlacedMarker[];
  moments: readonly PlacedMoment[];
}

export function noFacts(): LayerFacts {
  return { first: 0, end: 0, phases: [], gaps: [], halts: [], bands: [], markers: [], moments: [] };
}

/** Stretches of these bars and of no others. */
export function restartFacts(facts: LayerFacts, closed: readonly BarView[]): void {
  facts.phases = [];
  facts.gaps = [];
  facts.halts = [];
  extendFacts(facts, closed);
}

/** Adds the stretches of bars that follow on the ones known. */
export function extendFacts(facts: LayerFacts, fresh: readonly BarView[]): void {
  const always = (): boolean => true;
  facts.phases = joined(facts.phases, phaseRuns(fresh), (a, b) => a.phase === b.phase);
  facts.gaps = joined(
    facts.gaps,
    runsWhere(fresh, (bar) => bar.hasGap),
    always,
  );
  facts.halts = joined(
    facts.halts,
    runsWhere(fresh, (bar) => bar.hasHalt),
    always,
  );
}

/** Puts runs behind runs; the two at the seam become one when they touch and are of a kind. */
function joined<T extends BarRun>(
  known: readonly T[],
  more: readonly T[],
  isOneKind: (a: T, b: T) => boolean,
): readonly T[] {
  const last = known.at(-1);
  const next = more[0];
  if (next === undefined) return known;
  if (last === undefined || last.to !== next.from - 1 || !isOneKind(last, next)) return [...known, ...more];
  return [...known.slice(0, -1), { ...last, to: next.to }, ...more.slice(1)];
}
