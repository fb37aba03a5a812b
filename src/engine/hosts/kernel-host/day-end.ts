/** One console line when the day is over: what it came to. Said once, when the post-market or the recorded data has ended. */
import type { Kernel } from '../../kernel/kernel.ts';
import { PHASE_CODE } from '../../market/view-columns.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import { tradeFigures } from '../report/day-report.ts';
import { reportSentence } from '../report/report-text.ts';
import type { ConsoleLog } from './console-log.ts';

export class DayEnd {
  #isFeedOver = false;
  #wasPost = false;
  #isTold = false;

  notice(notice: FeedNotice): void {
    if (notice.kind === 'state' && notice.state === 'stopped' && notice.detail === 'end of data')
      this.#isFeedOver = true;
  }

  pulse(kernel: Kernel, log: ConsoleLog): void {
    const sentence = this.look(kernel);
    if (sentence !== '') log.add(kernel.nowUs, 'day', 'notice', sentence);
  }

  /** The sentence, '' when it is not the time for it. Reads the kernel and changes nothing. */
  look(kernel: Kernel): string {
    if (this.#isTold || kernel.nowUs === 0) return '';
    const isPost = kernel.sessions.phaseAt(kernel.nowUs) === PHASE_CODE.post;
    const isOver = this.#isFeedOver || (this.#wasPost && !isPost);
    this.#wasPost = isPost;
    if (!isOver) return '';
    this.#isTold = true;
    const { summaries } = kernel.main.desk;
    const closed = summaries.closedTrades().toSorted((a, b) => a.closedUs - b.closedUs);
    return reportSentence(tradeFigures(closed), summaries.positions(kernel.nowUs).length);
  }
}
