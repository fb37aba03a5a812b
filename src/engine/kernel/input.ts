/**
 * Everything that can influence a decision enters the kernel as a numbered input. Replaying the same inputs gives the same
 * decisions, to the byte. Time is an input too: the kernel has no clock, it is told.
 */
import type { EventBatch } from '../model/event-batch.ts';
import type { EpochUs } from '../model/units.ts';
import type { BrokerEvent } from '../ports/broker.ts';
import type { FeedNotice } from '../ports/feed.ts';

export type KernelInput =
  /** Market data; also moves time to batch.receivedUs when that is later. */
  | { readonly kind: 'market'; readonly batch: EventBatch }
  | { readonly kind: 'feed'; readonly notice: FeedNotice }
  | { readonly kind: 'time'; readonly nowUs: EpochUs }
  /** Records up to and including `seq` are on disk. */
  | { readonly kind: 'durable'; readonly seq: number }
  | { readonly kind: 'broker'; readonly event: BrokerEvent; readonly atUs: EpochUs }
  | { readonly kind: 'command'; readonly command: UserCommand; readonly atUs: EpochUs };

export interface UserCommand {
  /** Chosen by the asker; the answer carries it. */
  readonly id: string;
  readonly name: string;
  /** Already validated plain data. */
  readonly args: unknown;
}
