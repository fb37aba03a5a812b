/** Collects the figures of the health topic: feed, kernel, memory, as they stand now. */
import type { GapView, HealthDetail, HealthValue } from '#protocol';
import { GAPS_TOLD } from '#protocol';
import type { StoreReport, StoreStats } from '../../adapters/store/store-report.ts';
import type { LagReading } from '../../feeds/lag-meter.ts';
import { LagMeter } from '../../feeds/lag-meter.ts';
import type { PhaseCode } from '../../market/feed-health.ts';
import { judgeFeed } from '../../market/feed-health.ts';
import type { FeedNotice, FeedState } from '../../ports/feed.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { PauseMeter } from './pause-meter.ts';
import { RateMeter } from './rate-meter.ts';

/** The lag told is that of the last whole window. */
const LAG_WINDOW_MS = 10_000;

export class HealthBoard {
  readonly rate: RateMeter;
  #state: FeedState = 'connecting';
  #detail = '';
  #gaps = 0;
  #openGap = false;
  #dropped = 0;
  #lagMs = 0;
  #lagMaxMs = 0;
  #load = 0;
  #lastBusyMs = 0;
  #lastMs: number;
  readonly #lagMeter = new LagMeter();
  #lagReading: LagReading | null = null;
  #lagWindowMs = 0;
  readonly #gapList = new Map<number, GapView>();
  #tapeState = 'ok';
  #journalState = 'ok';
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
      this.#keepGap(notice.id, notice);
      if (notice.endUs === null) this.#gaps++;
      else this.#dropped += notice.reason === 'overflow' ? notice.framesLost : 0;
    }
  }

  /** The store's figures, for the health page. */
  store(report: StoreReport): void {
    if (report.kind === 'stats') this.storeStats = report.stats;
    else if (report.kind === 'tape') this.#tapeState = told(report.state, report.message);
    else if (report.kind === 'journal') this.#journalState = told(report.state, report.message);
    else if (report.kind === 'failed') this.#tapeState = this.#journalState = report.message;
  }

  /** Lag of a batch: receive time minus the newest event time in it. */
  lag(receivedUs: number, eventUs: number): void {
    const ms = (receivedUs - eventUs) / 1000;
    this.#lagMs += (ms - this.#lagMs) * 0.05;
    if (ms > this.#lagMaxMs) this.#lagMaxMs = ms;
    this.#lagMeter.addLag(receivedUs - eventUs, 1);
  }

  /** What is wrong with the feed for this hour of day, in a sentence, or ''. */
  alarm(phase: PhaseCode, nowUs: number, lastDataUs: number): string {
    const lagP99Us = this.#lagReading?.p99Us ?? Number.NaN;
    return (
      judgeFeed({ state: this.#state, phase, nowUs, lastDataUs, lagP99Us, isGapOpen: this.#openGap })?.message ?? ''
    );
  }

  detail(nowMs: number, pauses: PauseMeter, checkpoints: Checkpoints): HealthDetail {
    if (nowMs - this.#lagWindowMs >= LAG_WINDOW_MS) {
      this.#lagReading = this.#lagMeter.read();
      this.#lagMeter.reset();
      this.#lagWindowMs = nowMs;
    }
    const lag = this.#lagReading;
    const stats = this.storeStats;
    return {
      lag: lag === null || lag.count === 0 ? null : { p50Us: lag.p50Us, p99Us: lag.p99Us, maxUs: lag.maxUs },
      gaps: [...this.#gapList.values()],
      gc: pauses.read(nowMs),
      store: stats && {
        tapeBytes: stats.tapeBytes,
        tapeEvents: stats.tapeEvents,
        freeBytes: stats.freeBytes,
        commits: stats.commits,
        records: stats.records,
        tape: this.#tapeState,
        journal: this.#journalState,
      },
      checkpoint: {
        atUs: checkpoints.writtenUs,
        pauseMs: checkpoints.pauseMs,
        pauseMaxMs: checkpoints.pauseMaxMs,
      },
    };
  }

  /** A gap is told twice: when it opens and when it ends. */
  #keepGap(id: number, { startUs, endUs, reason, framesLost }: Extract<FeedNotice, { kind: 'gap' }>): void {
    this.#gapList.set(id, { startUs, endUs, reason, framesLost });
    if (this.#gapList.size <= GAPS_TOLD) return;
    for (const oldest of this.#gapList.keys()) {
      this.#gapList.delete(oldest);
      return;
    }
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

const told = (state: string, message: string): string =>
  state === 'ok' || message === '' ? state : `${state}: ${message}`;
