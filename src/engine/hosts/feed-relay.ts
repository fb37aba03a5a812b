/**
 * Puts frames and notices into the ring in the order they happened, and says what happens when it is full: the frame is
 * counted and forgotten, an overflow gap opens, the socket is read on. The ring must drain to half before frames are
 * taken again, so that one overflow is one gap and not a flicker of many. Notices are never lost: they wait their turn.
 */
import type { GapBook } from '../feeds/gap-book.ts';
import type { FrameRing } from '../lib/frame-ring.ts';
import type { FeedNotice } from '../ports/feed.ts';
import { FeedTag } from '../ports/feed.ts';

/** Notices that wait for room. Heartbeats are dropped first; beyond the limit the oldest status goes. */
const WAITING_MAX = 4096;

export class FeedRelay {
  readonly #ring: FrameRing;
  readonly #gaps: GapBook;
  readonly #encoder = new TextEncoder();
  #waiting: { notice: FeedNotice; atUs: number }[] = [];
  #lastPushedUs = 0;
  frames = 0;
  bytes = 0;
  framesLost = 0;

  constructor(ring: FrameRing, gaps: GapBook) {
    this.#ring = ring;
    this.#gaps = gaps;
  }

  frame(bytes: Uint8Array, receivedUs: number): void {
    this.frames++;
    this.bytes += bytes.length;
    if (this.#gaps.isOverflowing && !this.#tryToEndOverflow(receivedUs)) return this.#lose(receivedUs);
    // A notice that waits belongs before this frame.
    if (this.#waiting.length > 0 && !this.flush()) return this.#lose(receivedUs);
    if (this.#ring.push(bytes, 0, bytes.length, FeedTag.vendorJson, receivedUs)) this.#lastPushedUs = receivedUs;
    else this.#lose(receivedUs);
  }

  notice(notice: FeedNotice, atUs: number): void {
    if (notice.kind === 'heartbeat' && (this.#waiting.length > 0 || this.#gaps.isOverflowing)) return;
    if (this.#waiting.length >= WAITING_MAX) {
      const oldest = this.#waiting.findIndex((waiting) => waiting.notice.kind === 'status');
      this.#waiting.splice(Math.max(0, oldest), 1);
    }
    this.#waiting.push({ notice, atUs });
    this.flush();
  }

  /** Pushes waiting notices. True when none is left. To be called now and then: a quiet feed has no frames to do it. */
  flush(): boolean {
    while (this.#waiting.length > 0) {
      const { notice, atUs } = this.#waiting[0] as { notice: FeedNotice; atUs: number };
      const bytes = this.#encoder.encode(JSON.stringify(notice));
      if (!this.#ring.push(bytes, 0, bytes.length, FeedTag.notice, atUs)) return false;
      this.#waiting.shift();
    }
    return true;
  }

  /** Ends an overflow when the consumer caught up although no frame came. */
  settle(nowUs: number): void {
    if (this.#gaps.isOverflowing) this.#tryToEndOverflow(nowUs);
    else this.flush();
  }

  #lose(receivedUs: number): void {
    this.framesLost++;
    const opened = this.#gaps.frameLost(this.#lastPushedUs === 0 ? receivedUs : this.#lastPushedUs);
    if (opened !== null) this.notice(opened, receivedUs);
  }

  #tryToEndOverflow(nowUs: number): boolean {
    const { usedBytes, capacityBytes } = this.#ring.stats();
    if (usedBytes * 2 > capacityBytes || !this.flush()) return false;
    this.notice(this.#gaps.overflowEnded(nowUs), nowUs);
    return true;
  }
}
