/** A market that can be stepped through time: simulated from a seed or replayed from files. */
import type { EventSink } from '../../sim/market/event-sink.ts';

export interface MarketSource {
  /** Sends everything before `untilUs`, in order of time. A promise only when bytes had to be waited for. */
  next(untilUs: number, sink: EventSink): void | Promise<void>;
  /** Nothing happens before this instant; Infinity at the end of the data. */
  quietUntilUs(nowUs: number): number;
  close(): Promise<void>;
}
