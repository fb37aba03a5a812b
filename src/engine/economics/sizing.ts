/** How many shares: the wish of the signal, then every cap, and which of them bound (docs/specs/economics.md, ECO15, ECO16). */
import { assertNever } from '../lib/assert.ts';
import type { SizingHint } from '../model/signal.ts';
import type { Micros } from '../model/units.ts';

export interface SizingSettings {
  /** Of the shares displayed at the ask, 0 = no cap. */
  readonly shareOfDisplayed: number;
  /** Of the shares traded in the last minute, 0 = no cap. */
  readonly shareOfRecentVolume: number;
  readonly roundLotsOnly: boolean;
  readonly sharesMax: number;
  readonly dollarsMax: Micros;
  /** Of equity, never used: room for stale figures of the broker and for charges. */
  readonly buyingPowerReservePercent: number;
}

export const DEFAULT_SIZING_SETTINGS: SizingSettings = {
  shareOfDisplayed: 2,
  shareOfRecentVolume: 0.1,
  roundLotsOnly: false,
  sharesMax: 10_000,
  dollarsMax: 25_000_000_000,
  buyingPowerReservePercent: 5,
};

export interface SizingInput {
  readonly hint: SizingHint;
  readonly price: Micros;
  readonly equity: Micros;
  readonly buyingPower: Micros;
  readonly displayedShares: number;
  readonly recentVolume: number;
  readonly roundLot: number;
  /** What the strategy's budget still allows, micro-dollars; Infinity without one. */
  readonly budgetLeft: Micros;
}

export type SizeBound =
  | 'wish'
  | 'displayed'
  | 'recent-volume'
  | 'shares-max'
  | 'dollars-max'
  | 'buying-power'
  | 'budget';

export interface Size {
  readonly shares: number;
  readonly wished: number;
  /** What decided the number. */
  readonly bound: SizeBound;
}

export function sizeOf(settings: SizingSettings, input: SizingInput): Size {
  const wished = wish(input);
  let shares = wished;
  let bound: SizeBound = 'wish';
  const cap = (most: number, name: SizeBound): void => {
    if (most < shares) {
      shares = Math.max(0, Math.floor(most));
      bound = name;
    }
  };
  if (settings.shareOfDisplayed > 0) cap(input.displayedShares * settings.shareOfDisplayed, 'displayed');
  if (settings.shareOfRecentVolume > 0) cap(input.recentVolume * settings.shareOfRecentVolume, 'recent-volume');
  cap(settings.sharesMax, 'shares-max');
  cap(settings.dollarsMax / input.price, 'dollars-max');
  cap(input.budgetLeft / input.price, 'budget');
  const reserve = Math.max(0, input.equity) * (settings.buyingPowerReservePercent / 100);
  cap((input.buyingPower - reserve) / input.price, 'buying-power');
  if (settings.roundLotsOnly) shares -= shares % input.roundLot;
  return { shares, wished, bound };
}

function wish(input: SizingInput): number {
  const { hint, price } = input;
  switch (hint.kind) {
    case 'percent-of-equity':
      return whole(((input.equity * hint.percent) / 100 / price) as number);
    case 'dollars':
      return whole(hint.amount / price);
    case 'risk':
      return hint.stopDistance > 0 ? whole(hint.amount / hint.stopDistance) : 0;
    default:
      return assertNever(hint);
  }
}

function whole(shares: number): number {
  return Number.isFinite(shares) && shares > 0 ? Math.floor(shares) : 0;
}
