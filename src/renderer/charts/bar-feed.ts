/**
 * Keeps a chart supplied with the engine's bars of one symbol: the newest page first, then what closes, in order and
 * without holes, and older pages as they come into sight. One question is under way at a time.
 */
import type { BarView, SymbolValue } from '#protocol';
import type { EngineLink } from '../link/engine-link.ts';
import { isStandard, STANDARD_KIND, type ChartKind } from './chart-kinds.ts';
import type { TickChart } from './tick-chart.ts';

/** The most bars the engine answers with at once. */
export const PAGE_BARS = 5_000;
/** Bars of the first page: enough to fill any screen. */
const FIRST_BARS = 2_500;
const MINI_BARS = 240;
const RETRY_MS = 1_000;
/** The engine's standard tick bar. */
export const STANDARD_TRADES = STANDARD_KIND.size;
/** The engine tells of standard bars by itself; about others it is asked so often while the symbol trades. */
const POLL_MS = 250;

export interface BarFeed {
  /** Take in what the 'symbol' topic says. */
  readonly symbol: (value: SymbolValue) => void;
  /** Fetch the page before the oldest bar. */
  readonly older: () => void;
  readonly stop: () => void;
}

export interface BarFeedOptions {
  readonly commands: Pick<EngineLink['commands'], 'bars'>;
  readonly symbol: string;
  readonly chart: TickChart;
  readonly isMini?: boolean;
  /** Standard bars when absent. */
  readonly kind?: ChartKind;
  /** Closed bars the chart has, of all the engine has closed; whether the day's first ones are gone. */
  readonly onCount?: (held: number, total: number, isPartial: boolean) => void;
  readonly nowMs?: () => number;
  /** A question failed; it is asked again. */
  readonly onFault?: (message: string) => void;
}

export function createBarFeed(options: BarFeedOptions): BarFeed {
  const { commands, symbol, chart, isMini = false, kind = STANDARD_KIND, onCount, onFault } = options;
  const nowMs = options.nowMs ?? (() => performance.now());
  const isTold = isStandard(kind);
  let isPollDue = false;
  let polledMs = Number.NEGATIVE_INFINITY;
  let isPartial = false;
  let isStopped = false;
  let isAsking = false;
  let wantsOlder = false;
  /** Closed bars the engine has, by the newest word of it. */
  let total = 0;
  let oldest: number | undefined;
  let forming: BarView | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const end = (): number => (chart.bars.at(-1)?.index ?? -1) + 1;
  const first = (): number => chart.bars[0]?.index ?? 0;
  const nextAsk = (): { readonly from: number; readonly count: number } | undefined => {
    if (isPollDue) return chart.bars.length === 0 ? { from: 0, count: 0 } : { from: end(), count: PAGE_BARS };
    if (chart.bars.length === 0) {
      const count = Math.min(total, isMini ? MINI_BARS : FIRST_BARS);
      return count > 0 ? { from: total - count, count } : undefined;
    }
    if (total > end()) return { from: end(), count: Math.min(PAGE_BARS, total - end()) };
    if (!wantsOlder || first() <= (oldest ?? 0)) return undefined;
    const from = Math.max(0, first() - PAGE_BARS);
    return { from, count: first() - from };
  };
  const ask = async (): Promise<void> => {
    if (isStopped || isAsking) return;
    const wanted = nextAsk();
    if (wanted === undefined) return;
    isAsking = true;
    const isPoll = isPollDue;
    isPollDue = false;
    const isOlder = chart.bars.length > 0 && wanted.from < first();
    try {
      const answer = await commands.bars({ symbol, ...kind, ...wanted });
      if (isStopped) return;
      isPartial = answer.isPartial ?? false;
      if (!isTold) {
        if (answer.total < end()) chart.setBars([]);
        isPollDue = answer.isBehind ?? false;
        // While the engine catches up nothing is drawn: the newest page is the one it will have then.
        total = isPollDue && chart.bars.length === 0 ? 0 : answer.total;
        forming = answer.forming ?? null;
      }
      if (!isPoll) take(answer.bars, isOlder, wanted.from);
      else if (answer.bars.length > 0) chart.append(answer.bars);
      showForming();
      onCount?.(chart.bars.length, total, isPartial);
      isAsking = false;
      void ask();
    } catch (fault) {
      if (isStopped) return;
      isAsking = false;
      onFault?.((fault as { readonly message?: string } | null)?.message ?? 'The engine did not answer.');
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), RETRY_MS);
    }
  };
  const take = (bars: readonly BarView[], isOlder: boolean, from: number): void => {
    if (isOlder) {
      wantsOlder = false;
      chart.prepend(bars);
    } else if (bars.length === 0 || (chart.bars.length > 0 && (bars[0] as BarView).index > end())) {
      // Bars between were dropped by the engine: begin anew from what it has.
      total = 0;
      chart.setBars([]);
    } else if (chart.bars.length === 0) chart.setBars(bars);
    else chart.append(bars);
    // What the engine no longer keeps is not asked for again.
    const got = bars[0]?.index ?? first();
    if (got > from) oldest = got;
  };
  /** A forming bar that is gone has closed: it stays as it is until the closed one has come. */
  const showForming = (): void => {
    if (forming !== null || total <= end()) chart.updateForming(forming);
  };
  return {
    symbol: (value) => {
      if (!isTold) {
        if (nowMs() - polledMs < POLL_MS) return;
        polledMs = nowMs();
        isPollDue = true;
        void ask();
        return;
      }
      // Fewer bars than before: the engine began a new day, or began anew.
      if (value.barCount < end()) chart.setBars([]);
      total = value.barCount;
      forming = value.forming;
      showForming();
      onCount?.(chart.bars.length, total, isPartial);
      void ask();
    },
    older: () => {
      wantsOlder = true;
      void ask();
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
