import { describe, expect, it } from 'vitest';
import { createColumns } from '../lib/columns.ts';
import { HaltState, PHASE_CODE, VIEW_COLUMNS } from './view-columns.ts';
import type { FeedFacts } from './feed-health.ts';
import { isBlind, isStale, judgeFeed, staleAfterUs } from './feed-health.ts';

const NOW = 1_772_461_800_000_000;
const good: FeedFacts = {
  state: 'live',
  phase: PHASE_CODE.regular,
  nowUs: NOW,
  lastDataUs: NOW - 100_000,
  lagP99Us: 50_000,
  isGapOpen: false,
};

describe('judgeFeed', () => {
  it('FEED40 knows the hour: ten seconds of silence are an alarm at 10:00, none at 03:00 and none before the open', () => {
    const silent = { ...good, lastDataUs: NOW - 10_000_000 };
    expect(judgeFeed(silent)?.code).toBe('feed-silent');
    expect(judgeFeed({ ...silent, phase: PHASE_CODE.closed })).toBe(null);
    expect(judgeFeed({ ...silent, phase: PHASE_CODE.pre })).toBe(null);
    expect(judgeFeed({ ...silent, phase: PHASE_CODE.pre, lastDataUs: NOW - 61_000_000 })?.code).toBe('feed-silent');
  });

  it('FEED41 tells a connection that is down, a hole and lateness apart, worst first', () => {
    expect(judgeFeed(good)).toBe(null);
    expect(judgeFeed({ ...good, state: 'waiting', isGapOpen: true })?.code).toBe('feed-down');
    expect(judgeFeed({ ...good, isGapOpen: true })?.code).toBe('feed-gap');
    expect(judgeFeed({ ...good, lagP99Us: 5_000_000 })).toEqual({
      code: 'feed-late',
      message: 'Market data is 5.0 s late.',
    });
    expect(judgeFeed({ ...good, lagP99Us: 905_000_000, planDelayUs: 904_000_000 })).toBe(null);
    expect(judgeFeed({ ...good, state: 'failed', phase: PHASE_CODE.closed })?.code).toBe('feed-down');
    expect(judgeFeed({ ...good, state: 'waiting', phase: PHASE_CODE.closed })).toBe(null);
  });
});

describe('staleness', () => {
  it('FEED42 waits as long as the symbol is usually silent, and only in the regular session', () => {
    expect(staleAfterUs(100, PHASE_CODE.regular)).toBe(10_000_000);
    expect(staleAfterUs(1, PHASE_CODE.regular)).toBe(60_000_000);
    expect(staleAfterUs(0.0001, PHASE_CODE.regular)).toBe(900_000_000);
    expect(staleAfterUs(0, PHASE_CODE.regular)).toBe(900_000_000);
    expect(staleAfterUs(100, PHASE_CODE.pre)).toBe(Infinity);
  });

  it('FEED43 judges symbols by the view, halted ones excepted, and marks positions blind', () => {
    const view = createColumns(VIEW_COLUMNS, 4);
    const openUs = NOW - 600_000_000;
    view.quoteCount[0] = 6000;
    view.quoteTimeUs[0] = NOW - 12_000_000;
    view.quoteCount[1] = 6000;
    view.quoteTimeUs[1] = NOW - 60_000_000;
    view.anyTradeTimeUs[1] = NOW - 2_000_000;
    view.quoteCount[2] = 6000;
    view.quoteTimeUs[2] = NOW - 60_000_000;
    view.halt[2] = HaltState.halted;
    view.quoteCount[3] = 10;
    view.quoteTimeUs[3] = NOW - 60_000_000;
    const stale = [0, 1, 2, 3].map((symbol) => isStale(view, symbol, PHASE_CODE.regular, openUs, NOW));
    expect(stale).toEqual([true, false, false, false]);
    expect(isBlind(null, true)).toBe(true);
    expect(isBlind(judgeFeed({ ...good, state: 'waiting' }), false)).toBe(true);
    expect(isBlind(judgeFeed({ ...good, lagP99Us: 5_000_000 }), false)).toBe(false);
    expect(isBlind(null, false)).toBe(false);
  });
});
