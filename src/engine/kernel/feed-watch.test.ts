import { describe, expect, it } from 'vitest';
import type { CheckpointReader } from '../ports/checkpoint.ts';
import type { GapReason } from '../ports/feed.ts';
import { HaltState } from '../market/view-columns.ts';
import { MarketRig } from '../testing/market-rig.ts';
import { FeedWatch } from './feed-watch.ts';

const DAY = '2024-01-10';

function gap(id: number, isOpen: boolean, reason: GapReason = 'disconnect') {
  return { kind: 'gap', id, startUs: 1, endUs: isOpen ? null : 2, reason, framesLost: 0 } as const;
}

/** Ten minutes of the regular session: A is quoted ten times a second, B once in ten seconds. */
function morning() {
  const rig = new MarketRig();
  const watch = new FeedWatch(rig.view);
  const startUs = rig.at(DAY, '10:00');
  const t = (seconds: number): number => startUs + seconds * 1e6;
  const watched = new Uint8Array(rig.view.capacity);
  watched[rig.id('A')] = 1;
  watched[rig.id('B')] = 1;
  rig.id('C');
  const quote = (symbol: string, seconds: number): void => {
    watch.data(t(seconds));
    rig.quote({ symbol, atUs: t(seconds), bid: 10, ask: 10.01 });
  };
  const look = (seconds: number): readonly number[] => {
    rig.view.advance(t(seconds));
    watch.look(watched, t(seconds));
    return [...rig.view.columns.isBlind.subarray(0, 3)];
  };
  watch.data(t(0));
  rig.quote({ symbol: 'C', atUs: t(0), bid: 10, ask: 10.01 });
  look(0);
  for (let tenth = 1; tenth <= 6000; tenth++) {
    quote('A', tenth / 10);
    if (tenth % 100 === 0) quote('B', tenth / 10);
  }
  return { rig, watch, watched, look, quote, t };
}

describe('FeedWatch', () => {
  it('FEED42 marks a watched symbol that is silent beyond its own habit, and nothing else, until it is seen again', () => {
    const { rig, look, quote, watched } = morning();
    expect(look(600)).toEqual([0, 0, 0]);
    // The market goes on in B; A, quoted ten times a second until now, is silent for eleven seconds.
    for (let second = 601; second <= 611; second++) quote('B', second);
    expect(look(609)).toEqual([0, 0, 0]);
    expect(look(611)).toEqual([1, 0, 0]);
    rig.view.columns.halt[0] = HaltState.halted;
    expect(look(611)).toEqual([0, 0, 0]);
    rig.view.columns.halt[0] = HaltState.suspected;
    expect(look(611)).toEqual([1, 0, 0]);
    quote('A', 611.5);
    expect(look(612)).toEqual([0, 0, 0]);
    // Nothing at stake, nothing marked.
    watched[0] = 0;
    for (let second = 613; second <= 640; second++) quote('B', second);
    expect(look(640)).toEqual([0, 0, 0]);
  });

  it('FEED43 marks everything watched when the whole market is silent in the regular session, and not in the evening', () => {
    const { look, rig } = morning();
    expect(look(604)).toEqual([0, 0, 0]);
    expect(look(607)).toEqual([1, 1, 0]);
    const evening = (rig.at(DAY, '20:30') - rig.at(DAY, '10:00')) / 1e6;
    expect(look(evening)).toEqual([0, 0, 0]);
  });

  it('keeps the feed holed until the last of several gaps has ended, across a restart and a new feed', () => {
    const { rig, watch } = morning();
    expect(watch.gap(gap(3, true))).toBe('began');
    rig.view.beginGap();
    expect(watch.gap(gap(4, true, 'overflow'))).toBe('unchanged');
    expect(watch.gap(gap(4, false, 'overflow'))).toBe('unchanged');
    const sections = new Map<string, Uint8Array>();
    watch.save({ section: (name, bytes) => void sections.set(name, bytes.slice()) });
    const reader: CheckpointReader = { section: (name) => sections.get(name) };
    const later = new FeedWatch(rig.view);
    later.restore(reader);
    expect(later.gap(gap(4, true, 'overflow'))).toBe('unchanged');
    expect(later.gap(gap(3, false))).toBe('unchanged');
    // A new feed counts from one and never ends what the one before left open.
    expect(later.gap(gap(1, true, 'connect'))).toBe('unchanged');
    expect(later.gap(gap(1, false, 'connect'))).toBe('ended');
  });
});
