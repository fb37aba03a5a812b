/**
 * Under which name a run is recorded. A day is one recording as long as it is the same market: same feed, same seed, same
 * broker. Another market on the same date gets a name of its own (2026-11-20-b, -c ...), so nothing is ever mixed or lost.
 */
import { simStart } from '../../adapters/market-server/sim-start.ts';
import { FailureError } from '../../cli/command.ts';
import type { KernelConfig } from '../../kernel/kernel-config.ts';
import type { FeedSpec } from '../../ports/feed.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { SessionClock } from '../../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import { configOnTape, hasRecords, recordedConfig } from './recovery.ts';

export interface Recording {
  readonly key: string;
  /** What it was begun with; null when it is new. */
  readonly config: KernelConfig | null;
  /** A recording of this market that cannot be read any more, in whose place this one is begun; null when there is none. */
  readonly replaces: string | null;
}

/** The trading date a feed is about now. */
export function dateOf(feed: FeedSpec, nowUs: number, simDay?: string): string {
  if (feed.kind === 'replay') return feed.day;
  if (feed.kind === 'massive') return new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR)).dayOf(nowUs).date;
  const start = simStart(nowUs, simDay);
  if (typeof start === 'string') throw new FailureError(start);
  return start.day.day;
}

/** What makes two runs the same market. */
export function marketOf(feed: FeedSpec, broker: string): string {
  switch (feed.kind) {
    case 'sim':
      return `sim seed=${feed.seed} symbols=${feed.symbols} rate=${feed.rate ?? 'natural'} broker=${broker}`;
    case 'replay':
      return feed.scaled === undefined
        ? `replay ${feed.dir}@${feed.day} broker=${broker}`
        : `scaled ${feed.dir}@${feed.day} symbols=${feed.scaled.symbols} rate=${feed.scaled.rate ?? 'natural'} broker=${broker}`;
    case 'massive':
      return `massive ${feed.url} broker=${broker}`;
  }
}

const LETTERS: readonly string[] = 'bcdefghijklmnopqrstuvwxyz'.split('');

export function findRecording(dataDir: string, date: string, market: string): Recording {
  let replaces: string | null = null;
  for (const key of [date, ...LETTERS.map((letter) => `${date}-${letter}`)]) {
    // What the killed run left in front of its tape is the store's to put there, while others work.
    const config = configOnTape(dataDir, key) ?? recordedConfig(dataDir, key);
    if (config !== null && config.feed !== market) continue;
    // Records without a beginning: input numbers and sequences of a new run must not be mixed with them.
    if (config === null && hasRecords(dataDir, key)) replaces = key;
    else return { key, config, replaces };
  }
  throw new FailureError(
    `the data folder holds ${LETTERS.length + 1} different recordings of ${date}; use another --data-dir or remove old ones from its tape folder.`,
  );
}
