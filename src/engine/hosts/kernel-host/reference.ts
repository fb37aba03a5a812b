/** Reference data a day starts with: names in the order of their ids, previous closes, usual volumes. */
import { recordedBars, recordedDayBefore } from '../../adapters/market-server/replay-source.ts';
import type { ScaledOptions } from '../../adapters/market-server/scaled-source.ts';
import { openScaled } from '../../adapters/market-server/scaled-source.ts';
import { simStart } from '../../adapters/market-server/sim-start.ts';
import { loadSymbols } from '../../adapters/market-server/symbol-resource.ts';
import { FailureError } from '../../cli/command.ts';
import type { ReferenceRow } from '../../kernel/reference.ts';
import type { FeedSpec } from '../../ports/feed.ts';
import { simReference } from '../../sim/market/reference.ts';

/** `nowUs` decides the simulated day, as it does for the feed. */
export async function loadReference(
  feed: FeedSpec,
  nowUs: number,
  options: { readonly simDay?: string; readonly start?: string } = {},
): Promise<readonly ReferenceRow[]> {
  switch (feed.kind) {
    case 'sim': {
      const start = simStart(nowUs, options.simDay, options.start);
      if (typeof start === 'string') throw new FailureError(start);
      return simReference(feed.seed, loadSymbols(feed.symbols), start.day, feed.rate).map(
        ({ name, type, tape, previousClose, averageVolume }) => ({ name, type, tape, previousClose, averageVolume }),
      );
    }
    case 'replay':
      return feed.scaled === undefined
        ? replayReference(feed.dir, feed.day)
        : scaledReference(feed.dir, feed.day, feed.scaled);
    case 'massive':
      // The vendor's comes over REST and may come late: vendor-market.ts.
      return [];
  }
}

async function scaledReference(dir: string, day: string, scaled: ScaledOptions): Promise<readonly ReferenceRow[]> {
  const market = await openScaled(dir, day, scaled);
  if (typeof market === 'string') throw new FailureError(market);
  return market.reference();
}

/** The recorded day before gives the previous closes, and its volume stands for a usual day's. */
async function replayReference(dir: string, day: string): Promise<readonly ReferenceRow[]> {
  const bars = await recordedBars(dir, recordedDayBefore(dir, day));
  return bars
    .map((bar) => ({ name: bar.name, type: '', tape: bar.tape, previousClose: bar.close, averageVolume: bar.volume }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
