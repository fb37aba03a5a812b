/** Reference data a day starts with: names in the order of their ids, previous closes, usual volumes. */
import { simStart } from '../../adapters/market-server/sim-start.ts';
import { loadSymbols } from '../../adapters/market-server/symbol-resource.ts';
import { FailureError } from '../../cli/command.ts';
import type { ReferenceRow } from '../../kernel/reference.ts';
import type { FeedSpec } from '../../ports/feed.ts';
import { simReference } from '../../sim/market/reference.ts';

/** `nowUs` decides the simulated day, as it does for the feed. */
export function loadReference(feed: FeedSpec, nowUs: number, options: { readonly simDay?: string; readonly start?: string } = {}): readonly ReferenceRow[] {
  if (feed.kind !== 'sim') return [];
  const start = simStart(nowUs, options.simDay, options.start);
  if (typeof start === 'string') throw new FailureError(start);
  return simReference(feed.seed, loadSymbols(feed.symbols), start.day, feed.rate).map((row) => ({
    name: row.name,
    type: row.type,
    tape: row.tape,
    previousClose: row.previousClose,
    averageVolume: row.averageVolume,
  }));
}
