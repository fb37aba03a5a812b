/**
 * A chart of tick bars: candles with VWAP, LULD band, levels and fills; volume and spread in panes below. Nothing here knows
 * of the engine: bars are handed in, and one new bar costs one update. The user's zoom and place are kept while bars come;
 * at the live edge it follows.
 */
import { createChartEx, type AutoscaleInfo, type IChartApiBase } from 'lightweight-charts';
import type { BarView } from '#protocol';
import { createBarBook, type BarBook } from './bar-book.ts';
import { placeAt } from './bar-points.ts';
import { tamedRange } from './tamed-range.ts';
import { isWindowEnough, windowFor, type BarWindow } from './bar-window.ts';
import { onColours } from './chart-colours.ts';
import { extendFacts, noFacts, restartFacts, type LayerFacts } from './chart-facts.ts';
import { createLayer, paintBands, paintFaults, paintMarks, paintPhases, paintTitle } from './chart-layers.ts';
import { createChartLevels } from './chart-levels.ts';
import { chartLook, PRICE_SCALE_WIDTH, SPACING_LEAST } from './chart-look.ts';
import type { BandStep, ChartLine, ChartMarker, ChartMoment } from './chart-marks.ts';
import { createChartSeries, type ChartSeries, type RenderedBars } from './chart-series.ts';
import { beginChartDrag } from './hands-on-chart.ts';
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
  /** Ends the chart at an instant: later bars, fills and bands are not shown, and none is forming. Null: now. */
  endAt(atUs: number | null): void;
  /** Shows every bar, as far as the least width of a bar allows. */
  fit(): void;
  /** Shows the newest bars at the usual width. */
  toLive(): void;
  /** Puts an instant in the middle, `bars` around it (as many as now when absent). */
  showTime(atUs: number, bars?: number): void;
  /** What the series hold now, the bars in sight and some beside: the rendered truth, for checks. */
  rendered(): RenderedBars;
  /** Closed bars it was given, those after the instant it ends at included. */
  readonly bars: readonly BarView[];
  destroy(): void;
}

type Chart = IChartApiBase<number>;
/** Places in the book, not whole ones. */
type Sight = { readonly from: number; readonly to: number };

const SPACING = { full: 6, mini: 3 } as const;
const SPACING_ROOMY = { full: 16, mini: 9 } as const;
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
  const size = isMini ? 'mini' : 'full';
  const book = createBarBook();
  const chart: Chart = createChartEx<number, ReturnType<typeof createOrdinalScale>>(
    element,
    createOrdinalScale((index) => closeTimeOf(book, index)),
    { ...chartLook(isMini), width: element.clientWidth, height: element.clientHeight },
  );
  const series = createChartSeries(chart, isMini);
  const levels = createChartLevels(series.candles);
  series.setAutoscale((base) => levels.stretch(tamed(base, book, sight())));
  const facts = noFacts();
  const repaint = paintLayers(chart, series, facts, isMini);
  const told: Told = { markers: [], moments: [], bands: [], endUs: null };
  let window: BarWindow = { from: 0, to: 0 };
  const timeScale = chart.timeScale();

  const place = (): void => {
    facts.first = book.closed[window.from]?.index ?? book.first;
    facts.end = book.end + (book.forming === null ? 0 : 1);
    placeFacts(facts, book, told);
    element.dataset['barFirst'] = String(book.first);
    element.dataset['barEnd'] = String(book.end);
  };
  const tell = (part: Partial<Told>): void => {
    Object.assign(told, part);
    place();
    repaint();
  };
  /** Gives the series the bars round [from, to) of the book. The library keeps its place by the last point: say it anew. */
  const draw = (from: number, to: number): void => {
    window = windowFor(book.closed.length, from, to);
    place();
    series.setAll(book, window);
  };
  /** Before its first painting the library knows no width. */
  const plotWidth = (): number => timeScale.width() || Math.max(1, element.clientWidth - PRICE_SCALE_WIDTH[size]);
  /** Bars that fit the width at this spacing. */
  const barsInSight = (): number => Math.max(50, Math.ceil(plotWidth() / timeScale.options().barSpacing));
  const toLive = (spacing = usualSpacing(size, plotWidth(), book.closed.length)): void => {
    timeScale.applyOptions({ barSpacing: spacing });
    draw(book.closed.length - barsInSight(), book.closed.length);
    timeScale.scrollToPosition(MARGIN_BARS[size], false);
  };
  /** What is in sight, as places in the book. */
  const sight = (): Sight | undefined => {
    const range = timeScale.getVisibleLogicalRange();
    return range === null ? undefined : { from: range.from + window.from, to: range.to + window.from };
  };
  const show = (from: number, to: number): void => {
    draw(from, to);
    timeScale.setVisibleLogicalRange({ from: from - window.from, to: to - window.from });
  };
  const rewindow = (): void => {
    const seen = sight();
    if (seen && !isWindowEnough(window, book.closed.length, seen.from, seen.to)) show(seen.from, seen.to);
  };
  /** A chart that ends at an instant may show next to nothing of what it holds. */
  const askOlder = (): void => {
    const isShort = told.endUs !== null && book.closed.length < OLDER_WITHIN_BARS;
    if (isShort && book.first > 0) options.onOldestInSight?.(book.first);
  };
  const take = (bars: readonly BarView[]): void => {
    const seen = sight();
    const reachedEnd = window.to === book.closed.length;
    const change = book.take(bars);
    askOlder();
    if (change.kind === 'none') return;
    if (change.kind !== 'appended') restartFacts(facts, book.closed);
    if (change.kind === 'replaced') toLive();
    else if (change.kind === 'prepended') {
      window = { from: window.from + change.count, to: window.to + change.count };
      if (seen) show(seen.from + change.count, seen.to + change.count);
    } else {
      const fresh = book.closed.slice(change.from);
      extendFacts(facts, fresh);
      if (!reachedEnd) place();
      else if (fresh.length > UPDATES_MOST) toLive();
      else {
        window = { from: window.from, to: book.closed.length };
        place();
        series.add(fresh, book);
      }
    }
  };
  const leaveRange = watchRange(chart, element, {
    onSight: () => {
      const seen = sight();
      if (!seen || book.closed.length === 0) return;
      options.onFollowing?.(seen.to >= book.closed.length - 1);
      if (seen.from < OLDER_WITHIN_BARS && book.first > 0) options.onOldestInSight?.(book.first);
    },
    onRest: rewindow,
  });
  watchCrosshair(chart, book, () => window.from, options);
  const leaveSize = watchSize(chart, element);
  const leaveColours = onColours(() => {
    chart.applyOptions(chartLook(isMini));
    series.recolour(book, window);
    levels.recolour();
  });

  const made: TickChart = {
    setBars: (bars) => {
      book.clear();
      told.bands = [];
      book.take(bars);
      restartFacts(facts, book.closed);
      toLive();
      askOlder();
    },
    prepend: take,
    append: take,
    updateForming: (bar) => {
      const had = book.forming !== null;
      if (!book.setForming(bar)) return;
      place();
      if (window.to < book.closed.length) return;
      if (book.forming !== null) series.drawForming(book);
      // The series cannot take a point back; when the bar went away without closing they are set anew.
      else if (had) series.setAll(book, window);
    },
    setLines: (lines) => levels.set(lines),
    setMarkers: (markers) => tell({ markers }),
    setMoments: (moments) => tell({ moments }),
    setBands: (bands) => tell({ bands }),
    endAt: (endUs) => {
      told.endUs = endUs;
      if (book.endAt(endUs)) {
        restartFacts(facts, book.closed);
        toLive();
      } else tell({});
      askOlder();
    },
    fit: () => toLive(Math.max(SPACING_LEAST, plotWidth() / (book.closed.length + MARGIN_BARS[size] + 1))),
    toLive: () => toLive(),
    showTime: (atUs, bars) => {
      const at = placeAt(book.closed, atUs);
      const seen = sight();
      const half = (bars ?? (seen === undefined ? 120 : seen.to - seen.from)) / 2;
      show(at - half, at + half);
    },
    rendered: () => series.rendered(),
    get bars() {
      return book.all;
    },
    destroy: () => {
      leaveColours();
      leaveRange();
      leaveSize();
      chart.remove();
      delete (element as ChartHost).tickChart;
    },
  };
  (element as ChartHost).tickChart = made;
  return made;
}

/** Few bars are drawn wider, up to a limit, so that a young chart is not a sliver at the edge. */
function usualSpacing(size: 'full' | 'mini', plotWidth: number, bars: number): number {
  const roomy = plotWidth / (bars + MARGIN_BARS[size] + 1);
  return Math.min(SPACING_ROOMY[size], Math.max(SPACING[size], roomy));
}

/** What the chart was told of instants; their places change with the bars. */
interface Told {
  markers: readonly ChartMarker[];
  moments: readonly ChartMoment[];
  bands: readonly BandStep[];
  endUs: number | null;
}

/** Instants become places among the bars; what came after the instant the chart ends at is left out. */
function placeFacts(facts: LayerFacts, book: BarBook, { markers, moments, bands, endUs }: Told): void {
  const indexAt = (atUs: number): number => book.first + placeAt(book.closed, atUs);
  facts.markers = markers
    .filter(({ atUs }) => endUs === null || atUs <= endUs)
    .map((marker) => ({ ...marker, index: indexAt(marker.atUs) }));
  facts.moments = moments.map((moment) => ({ ...moment, index: indexAt(moment.atUs) }));
  facts.bands = endUs === null ? bands : bands.filter(({ index }) => index < book.end);
}

/** The library's range for what is in sight, without what single odd prints add to it. */
function tamed(base: AutoscaleInfo | null, book: BarBook, seen: Sight | undefined): AutoscaleInfo | null {
  if (base === null || base.priceRange === null || seen === undefined) return base;
  const bars = book.closed.slice(Math.max(0, Math.floor(seen.from)), Math.ceil(seen.to) + 1);
  const { low, high } = tamedRange(base.priceRange.minValue, base.priceRange.maxValue, bars);
  return { ...base, priceRange: { minValue: low, maxValue: high } };
}

function closeTimeOf(book: BarBook, index: number): number {
  const bar = book.closed[index - book.first] ?? (index === book.end ? book.forming : undefined);
  return bar?.closeTimeUs ?? 0;
}

const LOWER_TITLES = ['Volume', 'Spread, bps'];

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
  lower.forEach((pane, i) => {
    hang(pane, 'bottom', paintPhases(false));
    hang(pane, 'bottom', paintFaults(false));
    hang(pane, 'top', paintTitle(LOWER_TITLES[i] ?? ''));
  });
  return () => repaints[0]?.();
}

/** Follows the element's size with the next frame: resizing inside the observer's call would make it observe itself. */
function watchSize(chart: Chart, element: HTMLElement): () => void {
  let frame = 0;
  const fit = (): void => {
    frame = 0;
    chart.resize(element.clientWidth, element.clientHeight);
  };
  const observer = new ResizeObserver(() => {
    if (frame === 0) frame = requestAnimationFrame(fit);
  });
  observer.observe(element);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}

/** Bars left of sight at which older ones are asked for. */
const OLDER_WITHIN_BARS = 200;

/**
 * `onSight` at each change of what is in sight. `onRest` soon after, but never while a pointer is down: a drag counts from
 * the last point the library has, so that one must stay.
 */
function watchRange(
  chart: Chart,
  element: HTMLElement,
  on: { readonly onSight: () => void; readonly onRest: () => void },
): () => void {
  let endDrag: (() => void) | undefined;
  let frame = 0;
  const rest = (): void => {
    if (frame === 0)
      frame = requestAnimationFrame(() => {
        frame = 0;
        if (!endDrag) on.onRest();
      });
  };
  const down = (): void => {
    endDrag ??= beginChartDrag();
  };
  const up = (): void => {
    if (!endDrag) return;
    endDrag();
    endDrag = undefined;
    rest();
  };
  element.addEventListener('pointerdown', down, { capture: true });
  addEventListener('pointerup', up);
  addEventListener('pointercancel', up);
  chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
    on.onSight();
    rest();
  });
  return () => {
    endDrag?.();
    cancelAnimationFrame(frame);
    element.removeEventListener('pointerdown', down, { capture: true });
    removeEventListener('pointerup', up);
    removeEventListener('pointercancel', up);
  };
}

function watchCrosshair(chart: Chart, book: BarBook, windowFrom: () => number, options: TickChartOptions): void {
  if (!options.onHover) return;
  let hovered: BarView | null = null;
  chart.subscribeCrosshairMove(({ point, logical }) => {
    const at = point === undefined || logical === undefined ? -1 : Math.round(logical) + windowFrom();
    const bar = book.closed[at] ?? (at === book.closed.length ? book.forming : null);
    if (bar === hovered) return;
    hovered = bar;
    options.onHover?.(bar);
  });
}
