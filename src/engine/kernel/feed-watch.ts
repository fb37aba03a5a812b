/**
 * What the kernel itself concludes about the feed: which gaps are open, whether the whole market or a single symbol is
 * silent beyond what is usual at this hour. It only marks symbols as blind. Engine time and the view are all it looks at,
 * so a replay concludes the same. docs/specs/feed.md, FEED40 and following.
 */
import { isStale, SILENCE_US } from '../market/feed-health.ts';
import type { MarketView } from '../market/market-view.ts';
import type { EpochUs } from '../model/units.ts';
import { US_PER_MINUTE, US_PER_SECOND } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import type { FeedNotice } from '../ports/feed.ts';

type GapNotice = Extract<FeedNotice, { readonly kind: 'gap' }>;

/** A thin market (few symbols, a slow replay) is silent only after this many of its usual intervals. */
const MARKET_INTERVALS = 60;
/** So long after the open the usual rate is counted from the open; before, from the day's first data. */
const SETTLED_US = 5 * US_PER_MINUTE;
const SECTION = 'kernel/feed-watch';

/** When a notice was made, by the clock of the feed. */
export function noticeTime(notice: FeedNotice): EpochUs {
  return notice.kind === 'gap' ? (notice.endUs ?? notice.startUs) : notice.atUs;
}

export class FeedWatch implements Checkpointable {
  readonly #view: MarketView;
  readonly #openGaps = new Set<number>();
  #lastDataUs: EpochUs = 0;
  /** When data of the shown day began, and the events applied until then. */
  #sinceUs: EpochUs = 0;
  #eventsBefore = 0;
  #day = -1;

  constructor(view: MarketView) {
    this.#view = view;
  }

  /** Market data is about to be applied. */
  data(receivedUs: EpochUs): void {
    if (receivedUs > this.#lastDataUs) this.#lastDataUs = receivedUs;
  }

  /** Counts were added that go back to `fromUs`. */
  reachBack(fromUs: EpochUs): void {
    if (fromUs <= 0) return;
    this.#sinceUs = this.#sinceUs === 0 ? fromUs : Math.min(this.#sinceUs, fromUs);
    this.#eventsBefore = 0;
  }

  /** Keeps the account of open gaps. Says whether data is being missed from now on, is complete again, or neither changed. */
  gap(notice: GapNotice): 'began' | 'ended' | 'unchanged' {
    if (notice.endUs === null) {
      // A feed that starts anew knows nothing of the gaps its predecessor left open, and numbers its own from one.
      if (notice.reason === 'connect') this.#openGaps.clear();
      this.#openGaps.add(notice.id);
      return this.#view.isGapOpen ? 'unchanged' : 'began';
    }
    this.#openGaps.delete(notice.id);
    return this.#openGaps.size === 0 ? 'ended' : 'unchanged';
  }

  /** Marks the symbols in which something is at stake and that have fallen silent; takes the mark off the others. */
  look(watched: Uint8Array, nowUs: EpochUs): void {
    const view = this.#view;
    if (view.dayIndex !== this.#day) this.#startDay();
    const phase = view.sessions.phaseAt(nowUs);
    const isSilent = this.#isSilent(phase, nowUs);
    const sinceUs = this.#usualSinceUs(nowUs);
    for (let symbol = 0; symbol < view.size; symbol++)
      view.setBlind(
        symbol,
        (watched[symbol] as number) !== 0 && (isSilent || isStale(view.columns, symbol, phase, sinceUs, nowUs)),
      );
  }

  #startDay(): void {
    this.#day = this.#view.dayIndex;
    this.#sinceUs = this.#lastDataUs;
    this.#eventsBefore = this.#events();
  }

  #events(): number {
    const { trades, quotes } = this.#view.totals;
    return trades + quotes;
  }

  #isSilent(phase: keyof typeof SILENCE_US, nowUs: EpochUs): boolean {
    if (this.#lastDataUs === 0) return false;
    const seconds = (this.#lastDataUs - this.#sinceUs) / US_PER_SECOND;
    const perSecond = seconds > 0 ? (this.#events() - this.#eventsBefore) / seconds : 0;
    const usualUs = perSecond > 0 ? (MARKET_INTERVALS / perSecond) * US_PER_SECOND : Infinity;
    return nowUs - this.#lastDataUs > Math.max(SILENCE_US[phase], usualUs);
  }

  /** Rates counted from the open once it is a while ago; the hours before are quieter and would hide a silence. */
  #usualSinceUs(nowUs: EpochUs): EpochUs {
    const regular = this.#view.sessions.dayOf(nowUs).phases.find((span) => span.phase === 'regular');
    const openUs = regular === undefined ? 0 : regular.fromUs;
    return nowUs - openUs >= SETTLED_US ? Math.max(openUs, this.#sinceUs) : this.#sinceUs;
  }

  save(writer: CheckpointWriter): void {
    const state = [this.#lastDataUs, this.#sinceUs, this.#eventsBefore, this.#day, ...this.#openGaps];
    writer.section(SECTION, new Uint8Array(Float64Array.from(state).buffer));
  }

  restore(reader: CheckpointReader): void {
    const bytes = reader.section(SECTION);
    if (bytes === undefined) return;
    const [lastDataUs = 0, sinceUs = 0, eventsBefore = 0, day = -1, ...gaps] = new Float64Array(bytes.slice().buffer);
    this.#lastDataUs = lastDataUs;
    this.#sinceUs = sinceUs;
    this.#eventsBefore = eventsBefore;
    this.#day = day;
    this.#openGaps.clear();
    for (const id of gaps) this.#openGaps.add(id);
  }
}
