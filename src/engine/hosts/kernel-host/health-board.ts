/** Collects the figures of the health topic: feed, kernel, memory, as they stand now. */
import type { HealthValue } from '#protocol';
import type { StoreReport, StoreStats } from '../../adapters/store/store-report.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import { RateMeter } from './rate-meter.ts';

export class HealthBoard {
  readonly rate: RateMeter;
  #state = 'connecting';
  #detail = '';
  #gaps = 0;
  #openGap = false;
  #dropped = 0;
  #lagMs = 0;
  #lagMaxMs = 0;
  #load = 0;
  #lastBusyMs = 0;
  #lastMs: number;
  storeStats: StoreStats | null = null;

  constructor(nowMs: number) {
    this.rate = new RateMeter(nowMs);
    this.#lastMs = nowMs;
  }

  notice(notice: FeedNotice): void {
    if (notice.kind === 'state') {
      this.#state = notice.state;
      this.#detail = notice.detail;
    } else if (notice.kind === 'gap') {
      this.#openGap = notice.endUs === null;
      if (notice.endUs === null) this.#gaps++;
      else this.#dropped += notice.reason === 'overflow' ? notice.framesLost : 0;
    }
  }

  /** The store's figures, for the health page. */
  store(report: StoreReport): void {
    if (report.kind === 'stats') this.storeStats = report.stats;
  }

  /** Lag of a batch: receive time minus the newest event time in it. */
  lag(receivedUs: number, eventUs: number): void {
    const ms = (receivedUs - eventUs) / 1000;
    this.#lagMs += (ms - this.#lagMs) * 0.05;
    if (ms > this.#lagMaxMs) this.#lagMaxMs = ms;
  }

  get feed(): Pick<HealthValue['feed'], 'state' | 'detail' | 'gaps' | 'openGap' | 'dropped' | 'lagMs' | 'lagMaxMs'> {
    return {
      state: this.#state,
      detail: this.#detail,
      gaps: this.#gaps,
      openGap: this.#openGap,
      dropped: this.#dropped,
      lagMs: this.#lagMs,
      lagMaxMs: this.#lagMaxMs,
    };
  }

  /** Share of wall time the kernel worked since the last call, smoothed. */
  load(nowMs: number, busyMs: number): number {
    const elapsed = nowMs - this.#lastMs;
    if (elapsed >= 200) {
      const now = Math.min(1, (busyMs - this.#lastBusyMs) / elapsed);
      this.#load += (now - this.#load) * Math.min(1, elapsed / 1000);
      this.#lastMs = nowMs;
      this.#lastBusyMs = busyMs;
    }
    return this.#load;
  }
}
