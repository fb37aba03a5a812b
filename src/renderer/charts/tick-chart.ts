/**
 * A chart of tick bars: candles with VWAP, LULD band, levels and fills; volume and spread in panes below. Nothing here knows
 * of the engine: bars are handed in, and one new bar costs one update. The user's zoom and place are kept while bars come;
 * at the live edge it follows.
 */
import { createChartEx, type IChartApiBase } from 'lightweight-charts';
import type { BarView } from '#protocol';
import { createBarBook, type BarBook } from './bar-book.ts';
import { placeAt } from './bar-points.ts';
import { onColours } from './chart-colours.ts';
import { extendFacts, noFacts, restartFacts, type LayerFacts } from './chart-facts.ts';
import { createLayer, paintBands, paintFaults, paintMarks, paintPhases } from './chart-layers.ts';
import { createChartLevels } from './chart-levels.ts';
import { chartLook } from './chart-look.ts';
import type { BandStep, ChartLine, ChartMarker, ChartMoment } from './chart-marks.ts';
import { createChartSeries, type ChartSeries, type RenderedBars } from './chart-series.ts';
import { createOrdinalScale } from './ordinal-scale.ts';

export interface TickChartOptions {
  /** One pane without an axis of time, for walls of many charts. */
  readonly isMini?: boolean;
  /** The bar under the crosshair, null when it leaves. */
  readonly onHover?: (bar: BarView | null) => void;
  /** The oldest bars shown have come into sight: older ones may be prepended. */
  readonly onOldestInSight?: (firstIndex: number) => void;
  /** Whether the newest bar is in sight, at each change. */
  readonly onFollowing?: (isFollowing: boolean) => void;
}

export interface TickChart {
  /** Replaces every bar. Indices must follow on one another; times may be equal. Shows the newest ones. */
  setBars(bars: readonly BarView[]): void;
  /** Older bars, the last one just before the oldest shown. The place on screen stays. */
  prepend(bars: readonly BarView[]): void;
  /** Newly closed bars, the first one just after the newest shown (what is known is skipped, a hole refused). */
  append(bars: readonly BarView[]): void;
  /** The bar being formed, updated in place; null when there is none. */
  updateForming(bar: BarView | null): void;
  setLines(lines: readonly ChartLine[]): void;
  setMarkers(markers: readonly ChartMarker[]): void;
  setMoments(moments: readonly ChartMoment[]): void;
  /** Steps in ascending index. */
  setBands(steps: readonly BandStep[]): void;
  /** Shows every bar, as far as the least width of a bar allows. */
  fit(): void;
  /** Shows the newest bars at the usual width. */
  toLive(): void;
  /** Puts an instant in the middle, `bars` around it (as many as now when absent). */
  showTime(atUs: number, bars?: number): void;
  /** What the series hold now: the rendered truth, for checks. */
  rendered(): RenderedBars;
  /** Closed bars it was given. */
  readonly bars: readonly BarView[];
  destroy(): void;
}

type Chart = IChartApiBase<number>;

const SPACING = { full: 6, mini: 3 } as const;
/** Empty bars right of the newest one. */
const MARGIN_BARS = { full: 6, mini: 2 } as const;
/** More new bars than this at once are set, not updated one by one. */
const UPDATES_MOST = 300;

/** The element the chart lives in carries it, so that checks can read what is drawn. */
export interface ChartHost extends HTMLElement {
  tickChart?: TickChart;
}

export function createTickChart(element: HTMLElement, options: TickChartOptions = {}): TickChart {
  const isMini = options.isMini ?? false;
  const book = createBarBook();
  const chart: Chart = createChartEx<number, ReturnType<typeof createOrdinalScale>>(
    element,
    createOrdinalScale((index) => closeTimeOf(book, index)),
    chartLook(isMini),
  );
  const series = createChartSeries(chart, isMini);
  const levels = createChartLevels(series.candles);
  series.setAutoscale((base) => levels.stretch(base));
  const facts = noFacts();
  const repaint = paintLayers(chart, series, facts, isMini);
  let markers: readonly ChartMarker[] = [];
  let moments: readonly ChartMoment[] = [];

  const place = (): void => {
    facts.first = book.first;
    facts.end = book.end + (book.forming === null ? 0 : 1);
    const indexAt = (atUs: number): number => book.first + placeAt(book.closed, atUs);
    facts.markers = markers.map((marker) => ({ ...marker, index: indexAt(marker.atUs) }));
    facts.moments = moments.map((moment) => ({ ...moment, index: indexAt(moment.atUs) }));
    element.dataset['barFirst'] = String(book.first);
    element.dataset['barEnd'] = String(book.end);
  };
  const drawAll = (): void => {
    restartFacts(facts, book.closed);
    place();
    series.setAll(book);
  };
  const toLive = (): void => {
    const size = isMini ? 'mini' : 'full';
    chart.timeScale().applyOptions({ barSpacing: SPACING[size] });
    chart.timeScale().scrollToPosition(MARGIN_BARS[size], false);
  };
  const take = (bars: readonly BarView[]): void => {
    const change = book.take(bars);
    if (change.kind === 'none') return;
    const fresh = change.kind === 'appended' ? book.closed.slice(change.from) : [];
    if (change.kind !== 'appended' || fresh.length > UPDATES_MOST) {
      drawAll();
      if (change.kind === 'replaced') toLive();
      return;
    }
    extendFacts(facts, fresh);
    place();
    series.add(fresh, book);
  };
  watchRange(chart, facts, book, options);
  watchCrosshair(chart, book, options);
  const leaveColours = onColours(() => {
    chart.applyOptions(chartLook(isMini));
    series.recolour(book);
    levels.recolour();
  });

  const made: TickChart = {
    setBars: (bars) => {
      book.clear();
      facts.bands = [];
      book.take(bars);
      drawAll();
      toLive();
    },
    prepend: take,
    append: take,
    updateForming: (bar) => {
      const had = book.forming !== null;
      if (!book.setForming(bar)) return;
      if (book.forming === null) {
        // The series cannot take a point back; when the bar went away without closing they are set anew.
        if (had) drawAll();
        return;
      }
      place();
      series.drawForming(book);
    },
    setLines: (lines) => levels.set(lines),
    setMarkers: (given) => {
      markers = given;
      place();
      repaint();
    },
    setMoments: (given) => {
      moments = given;
      place();
      repaint();
    },
    setBands: (steps) => {
      facts.bands = steps;
      repaint();
    },
    fit: () => chart.timeScale().fitContent(),
    toLive,
    showTime: (atUs, bars) => {
      const at = placeAt(book.closed, atUs);
      const range = chart.timeScale().getVisibleLogicalRange();
      const half = (bars ?? (range === null ? 120 : range.to - range.from)) / 2;
      chart.timeScale().setVisibleLogicalRange({ from: at - half, to: at + half });
    },
    rendered: () => series.rendered(),
    get bars() {
      return book.closed;
    },
    destroy: () => {
      leaveColours();
      chart.remove();
      delete (element as ChartHost).tickChart;
    },
  };
  (element as ChartHost).tickChart = made;
  return made;
}

function closeTimeOf(book: BarBook, index: number): number {
  const bar = book.closed[index - book.first] ?? (index === book.end ? book.forming : undefined);
  return bar?.closeTimeUs ?? 0;
}

/** Hangs the layers on their panes; returns what asks for a new painting of them. */
function paintLayers(chart: Chart, series: ChartSeries, facts: LayerFacts, isMini: boolean): () => void {
  const [price, ...lower] = chart.panes();
  const repaints: (() => void)[] = [];
  const hang = (pane: typeof price, order: 'bottom' | 'top', paint: Parameters<typeof createLayer>[3]): void => {
    const layer = createLayer(chart, facts, order, paint);
    pane?.attachPrimitive(layer.primitive);
    repaints.push(layer.repaint);
  };
  hang(price, 'bottom', paintPhases(!isMini));
  hang(price, 'bottom', paintFaults(!isMini));
  hang(price, 'bottom', paintBands(series.candles));
  hang(price, 'top', paintMarks(series.candles, !isMini));
  for (const pane of lower) {
    hang(pane, 'bottom', paintPhases(false));
    hang(pane, 'bottom', paintFaults(false));
  }
  return () => repaints[0]?.();
}

/** Bars left of sight at which older ones are asked for. */
const OLDER_WITHIN_BARS = 200;

function watchRange(chart: Chart, facts: LayerFacts, book: BarBook, options: TickChartOptions): void {
  let isFollowing = true;
  chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
    if (range === null || book.closed.length === 0) return;
    const now = range.to >= facts.end - facts.first - 1.5;
    if (now !== isFollowing) options.onFollowing?.(now);
    isFollowing = now;
    if (range.from < OLDER_WITHIN_BARS && book.first > 0) options.onOldestInSight?.(book.first);
  });
}

function watchCrosshair(chart: Chart, book: BarBook, options: TickChartOptions): void {
  if (!options.onHover) return;
  let hovered: BarView | null = null;
  chart.subscribeCrosshairMove(({ point, logical }) => {
    const at = point === undefined || logical === undefined ? -1 : Math.round(logical);
    const bar = book.closed[at] ?? (at === book.closed.length ? book.forming : null);
    if (bar === hovered) return;
    hovered = bar;
    options.onHover?.(bar);
  });
}
