/**
 * What the feed thread tells the kernel, beside market data. Market bytes and these notices travel through the same
 * FrameRing in the order they happened; the ring's tag says which is which.
 */
import type { EpochUs } from '../model/units.ts';

export const FeedTag = {
  /** One websocket message of the vendor's protocol: a JSON array (or object) in UTF-8. */
  vendorJson: 1,
  /** A FeedNotice as JSON in UTF-8. */
  notice: 2,
} as const;

export type GapReason =
  | 'connect' // from session start or last shutdown until the first data
  | 'disconnect'
  | 'half-open'
  | 'overflow' // our ring was full
  | 'stall'
  | 'suspend' // the machine slept
  | 'max-connections';

export type FeedState =
  | 'idle'
  | 'connecting'
  | 'authenticating'
  | 'subscribing'
  | 'live'
  | 'waiting'
  | 'failed'
  | 'stopped';

export type FeedNotice =
  | { readonly kind: 'state'; readonly state: FeedState; readonly atUs: EpochUs; readonly detail: string }
  /** A vendor status by name: auth_success, auth_failed, max_connections, error, success ... */
  | { readonly kind: 'status'; readonly status: string; readonly message: string; readonly atUs: EpochUs }
  | {
      readonly kind: 'subscribed';
      readonly asked: number;
      readonly acknowledged: number;
      readonly missing: readonly string[];
      readonly atUs: EpochUs;
    }
  /** endUs is null while the gap is open. A gap is shown and stored, never smoothed. */
  | {
      readonly kind: 'gap';
      readonly id: number;
      readonly startUs: EpochUs;
      readonly endUs: EpochUs | null;
      readonly reason: GapReason;
      readonly framesLost: number;
    }
  | { readonly kind: 'heartbeat'; readonly atUs: EpochUs; readonly frames: number; readonly bytes: number };

/** `sim`, `massive`, `massive:ws://host:port`, `replay:DIR@DAY`, `scaled:DIR@DAY`, after parsing. */
export type FeedSpec =
  | {
      readonly kind: 'sim';
      readonly seed: number;
      readonly symbols: number;
      readonly rate: number | null;
      readonly speed: number;
    }
  | { readonly kind: 'massive'; readonly url: string; readonly restUrl: string }
  | {
      readonly kind: 'replay';
      readonly dir: string;
      readonly day: string;
      readonly speed: number;
      /** The real streams under many names, for load; absent for the day as it was. */
      readonly scaled?: { readonly symbols: number; readonly rate: number | null };
    };
