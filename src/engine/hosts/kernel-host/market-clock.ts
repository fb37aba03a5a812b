/**
 * The time the kernel is told. Usually it is this machine's. A server of one's own may play another day (simulated, replayed,
 * faster than the clock); then the kernel lives in that market's time: it follows the times of the events, and between
 * them goes on as the wall clock does. The tape holds what the kernel was told, so a replay needs none of this.
 */
import type { EventBatch } from '../../model/event-batch.ts';
import type { EpochUs } from '../../model/units.ts';
import type { FeedNotice } from '../../ports/feed.ts';

/** An event further ahead of its market than this is damage, unless the next frame confirms it (a skipped night). */
const LEAP_US = 60_000_000;

export class MarketClock {
  #followsMarket = false;
  #marketUs: EpochUs = 0;
  #wallUs: EpochUs = 0;
  #leapUs = 0;

  /** `offsetUs` is the market's time less ours at `wallUs`; 0 means that the two are the same. */
  constructor(offsetUs: number, wallUs: EpochUs) {
    this.setOffset(offsetUs, wallUs);
  }

  /** For a server whose time was not known at first. */
  setOffset(offsetUs: number, wallUs: EpochUs): void {
    this.#followsMarket = offsetUs !== 0;
    this.#marketUs = wallUs + offsetUs;
    this.#wallUs = wallUs;
  }

  get followsMarket(): boolean {
    return this.#followsMarket;
  }

  /** Market time of an instant of our clock. */
  at(wallUs: EpochUs): EpochUs {
    return this.followsMarket ? this.#marketUs + (wallUs - this.#wallUs) : wallUs;
  }

  /** The receive time of a batch that was read at `wallUs`. */
  stamp(batch: EventBatch, wallUs: EpochUs): EpochUs {
    if (!this.followsMarket) return wallUs;
    let newestUs = 0;
    let leapUs = Infinity;
    for (let i = 0; i < batch.length; i++) {
      const us = batch.timeUs[i] as number;
      if (us > this.#marketUs + LEAP_US) leapUs = Math.min(leapUs, us);
      else if (us > newestUs) newestUs = us;
    }
    if (newestUs === 0 && leapUs !== Infinity) newestUs = this.#leap(leapUs, batch.length);
    else this.#leapUs = 0;
    this.#marketUs = Math.max(this.#marketUs, newestUs);
    this.#wallUs = wallUs;
    return this.#marketUs;
  }

  /** The notice with its instants in market time. */
  notice(notice: FeedNotice): FeedNotice {
    if (!this.followsMarket) return notice;
    if (notice.kind !== 'gap') return { ...notice, atUs: this.at(notice.atUs) };
    const endUs = notice.endUs === null ? null : this.at(notice.endUs);
    return { ...notice, startUs: this.at(notice.startUs), endUs };
  }

  /** A frame in which everything is far ahead moves the clock when it has several events, or when the frame before agrees. */
  #leap(us: EpochUs, events: number): EpochUs {
    const isConfirmed = events > 1 || (this.#leapUs > 0 && us >= this.#leapUs - LEAP_US);
    this.#leapUs = isConfirmed ? 0 : us;
    return isConfirmed ? us : 0;
  }
}
