/**
 * Where an exit order is priced: a ladder from patient to certain (docs/specs/exits.md, EXI10 to EXI15). Each rung is held for
 * a while; the last one is a limit through the bid that is priced again whenever the bid falls away from it.
 */
import type { TickGrid } from '../economics/tick-grid.ts';
import { roundDown, roundUp, tickAt } from '../economics/tick-grid.ts';
import { assertNever } from '../lib/assert.ts';
import type { Micros } from '../model/units.ts';
import type { ExitCause } from './exit-rules.ts';

export type Rung = 'bid-plus' | 'mid' | 'bid' | 'through';

export interface LadderStep {
  readonly at: Rung;
  readonly holdUs: number;
}

export interface LadderSettings {
  readonly steps: readonly LadderStep[];
  /** Rung at which each cause starts. */
  readonly start: Readonly<Record<ExitCause, Rung>>;
  /** First reach through the bid, and how far it may grow, basis points of the bid. */
  readonly throughBps: number;
  readonly throughBpsMax: number;
  /** Extended hours books are thin: their own, narrower cap on the reach of one order. */
  readonly throughBpsMaxExtended: number;
  /** An exit order is not priced again sooner than this. */
  readonly repriceUs: number;
  /** A take-profit may sell this far below its price, basis points; below that it waits or is withdrawn. */
  readonly takeProfitSlackBps: number;
  /** With the bid below the floor for so long a take-profit is withdrawn and armed again. */
  readonly withdrawUs: number;
  /** After so many re-prices at the last rung a market order follows, in regular hours only; 0 = never. */
  readonly marketAfterReach: number;
  /** Pause after a reject, doubled each time up to 30 s. */
  readonly rejectPauseUs: number;
}

export const DEFAULT_LADDER: LadderSettings = {
  steps: [
    { at: 'bid-plus', holdUs: 2_000_000 },
    { at: 'mid', holdUs: 2_000_000 },
    { at: 'bid', holdUs: 1_000_000 },
    { at: 'through', holdUs: 750_000 },
  ],
  start: {
    kill: 'through',
    manual: 'bid',
    risk: 'through',
    'stop-loss': 'through',
    trailing: 'through',
    'give-back': 'bid',
    regime: 'bid',
    'phase-end': 'mid',
    'time-stop': 'mid',
    unwind: 'mid',
    'take-profit': 'bid',
  },
  throughBps: 10,
  throughBpsMax: 200,
  throughBpsMaxExtended: 100,
  repriceUs: 150_000,
  takeProfitSlackBps: 0,
  withdrawUs: 1_500_000,
  marketAfterReach: 8,
  rejectPauseUs: 500_000,
};

/** Index of the rung at which `cause` starts. */
export function startStep(ladder: LadderSettings, cause: ExitCause): number {
  const at = ladder.steps.findIndex((step) => step.at === ladder.start[cause]);
  return at < 0 ? ladder.steps.length - 1 : at;
}

export interface RungInput {
  readonly bid: Micros;
  readonly ask: Micros;
  readonly grid: TickGrid;
  /** Re-prices at the last rung so far: each widens the reach by the first reach. */
  readonly reach: number;
  readonly isRegular: boolean;
  /** Lower LULD band, 0 when none: a limit below it would be refused or pause the stock. */
  readonly bandLow: Micros;
  readonly floor: Micros;
}

/** The limit of a sell order at a rung, on the grid. */
export function rungPrice(ladder: LadderSettings, rung: Rung, input: RungInput): Micros {
  const price = Math.max(unboundedPrice(ladder, rung, input), input.floor > 0 ? roundUp(input.grid, input.floor) : 0);
  return input.bandLow > 0 ? Math.max(price, roundUp(input.grid, input.bandLow)) : price;
}

function unboundedPrice(ladder: LadderSettings, rung: Rung, input: RungInput): Micros {
  const { bid, ask, grid } = input;
  const top = ask > bid ? ask : bid;
  switch (rung) {
    case 'bid-plus':
      return Math.min(
        roundUp(grid, bid + Math.round((top - bid) * 0.75)),
        Math.max(roundDown(grid, top), roundDown(grid, bid)),
      );
    case 'mid':
      return Math.max(roundDown(grid, bid), roundDown(grid, Math.round((bid + top) / 2)));
    case 'bid':
      return roundDown(grid, bid);
    case 'through': {
      const cap = input.isRegular ? ladder.throughBpsMax : ladder.throughBpsMaxExtended;
      const bps = Math.min(ladder.throughBps * (1 + input.reach), cap);
      const reach = Math.max(tickAt(grid, bid), Math.round((bid * bps) / 10_000));
      return roundDown(grid, Math.max(bid - reach, grid.belowOneDollar));
    }
    default:
      return assertNever(rung);
  }
}
