/** What windows are told: that a trade closed once, its figures as often as they change. */
import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../ports/journal.ts';
import { ConsoleLog } from './console-log.ts';

const closing = (net: number): JournalRecord =>
  ({
    kind: 'trade',
    atUs: 1,
    inputNo: 1,
    id: 't1',
    cause: 's1',
    symbol: 'ABC',
    body: { id: 't1', ticker: 'ABC', strategy: 'x', net, exitReason: 'take-profit', averageBuy: 1, shares: 1 },
  }) as unknown as JournalRecord;

describe('console log', () => {
  it('tells a closing once although its costs are reported later', () => {
    const log = new ConsoleLog();
    log.narrate(closing(5_000_000), 'shadow-run');
    log.narrate(closing(4_990_000), 'shadow-run');
    const told = Object.fromEntries(log.take());
    expect(told['console']).toHaveLength(1);
    expect(told['alerts']).toHaveLength(1);
    expect(told['trades']?.map((trade) => (trade as { pnlNet: number }).pnlNet)).toEqual([5_000_000, 4_990_000]);
  });
});
