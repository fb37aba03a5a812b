import { describe, expect, it } from 'vitest';
import { GapBook } from '../feeds/gap-book.ts';
import { FrameRing } from '../lib/frame-ring.ts';
import type { FeedNotice } from '../ports/feed.ts';
import { FeedTag } from '../ports/feed.ts';
import { FeedRelay } from './feed-relay.ts';

function drain(ring: FrameRing, most = Infinity): (FeedNotice | number)[] {
  const out: (FeedNotice | number)[] = [];
  while (out.length < most && ring.next()) {
    const bytes = ring.bytes.slice(ring.start, ring.end);
    out.push(
      ring.tag === FeedTag.notice
        ? (JSON.parse(Buffer.from(bytes).toString('utf8')) as FeedNotice)
        : (bytes[0] as number),
    );
    ring.release();
  }
  return out;
}

describe('FeedRelay', () => {
  it('FEED31 counts what a full ring refuses, opens one gap, and closes it with the count when there is room', () => {
    const ring = new FrameRing(4096);
    const relay = new FeedRelay(ring, new GapBook());
    const frame = new Uint8Array(200);
    for (let n = 0; n < 60; n++) {
      frame[0] = n;
      relay.frame(frame, 1000 + n);
    }
    const lost = relay.framesLost;
    expect(lost).toBeGreaterThan(30);
    const before = drain(ring, 5);
    expect(before).toEqual([0, 1, 2, 3, 4]);
    // A little room is not enough: the ring must drain to half, so that one overflow stays one gap.
    frame[0] = 77;
    relay.frame(frame, 2000);
    expect(relay.framesLost).toBe(lost + 1);
    const held = drain(ring);
    const lastGood = held.filter((entry) => typeof entry === 'number').length + 5 - 1;
    frame[0] = 99;
    relay.frame(frame, 3000);
    const after = drain(ring);
    const notices = [...held, ...after].filter((entry) => typeof entry !== 'number');
    expect(notices).toEqual([
      { kind: 'gap', id: 1, startUs: 1000 + lastGood, endUs: null, reason: 'overflow', framesLost: 1 },
      { kind: 'gap', id: 1, startUs: 1000 + lastGood, endUs: 3000, reason: 'overflow', framesLost: lost + 1 },
    ]);
    expect(after.at(-1)).toBe(99);
    expect(relay.frames).toBe(62);
  });

  it('FEED32 ends an overflow without a frame once the consumer has caught up', () => {
    const ring = new FrameRing(2048);
    const gaps = new GapBook();
    const relay = new FeedRelay(ring, gaps);
    for (let n = 0; n < 20; n++) relay.frame(new Uint8Array(200), n + 1);
    expect(gaps.isOverflowing).toBe(true);
    relay.settle(50);
    expect(gaps.isOverflowing).toBe(true);
    drain(ring);
    relay.settle(60);
    expect(gaps.isOverflowing).toBe(false);
    expect(drain(ring).at(-1)).toMatchObject({ kind: 'gap', endUs: 60, framesLost: relay.framesLost });
  });
});
