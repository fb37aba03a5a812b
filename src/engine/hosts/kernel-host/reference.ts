/** Reference data a day starts with: names in the order of their ids, previous closes, usual volumes. */
import { simStart } from '../../adapters/market-server/sim-start.ts';
import { loadSymbols } from '../../adapters/market-server/symbol-resource.ts';
import { FailureError } from '../../cli/command.ts';
import type { ReferenceRow } from '../../kernel/reference.ts';
import type { FeedSpec } from '../../ports/feed.ts';
import { simReference } from '../../sim/market/reference.ts';

/** `nowUs` decides the simulated day, as it does for the feed. */
export function loadReference(feed: FeedSpec, nowUs: number): readonly ReferenceRow[] {
  if (feed.kind !== 'sim') return [];
  const start = simStart(nowUs);
  if (typeof start === 'string') throw new FailureError(start);
  return simReference(feed.seed, loadSymbols(feed.symbols), start.day, feed.rate).map((row) => ({
    name: row.name,
    type: row.type,
    tape: row.tape,
    previousClose: row.previousClose,
    averageVolume: row.averageVolume,
  }));
}
