/** The series of a chart: candles, VWAP, and in panes of their own volume and spread. One bar costs one update each. */
import {
  CandlestickSeries,
  HistogramSeries,
  LineSeries,
  LineStyle,
  type AutoscaleInfo,
  type IChartApiBase,
  type ISeriesApi,
} from 'lightweight-charts';
import type { BarView } from '#protocol';
import type { BarBook } from './bar-book.ts';
import type { BarWindow } from './bar-window.ts';
import {
  addToVwap,
  candlePoint,
  spreadPoint,
  VWAP_START,
  volumePoint,
  vwapPoint,
  type BarColours,
  type CandlePoint,
  type ValuePoint,
  type VwapSums,
} from './bar-points.ts';
import { createVwapSums } from './vwap-sums.ts';
import { chartColours, faded } from './chart-colours.ts';
import { PRICE_FORMAT, SPREAD_FORMAT, SUB_DOLLAR_FORMAT, VOLUME_FORMAT } from './chart-look.ts';

export interface RenderedBars {
  readonly candles: readonly CandlePoint[];
  readonly volumes: readonly ValuePoint[];
  readonly spreads: readonly ValuePoint[];
}

export interface ChartSeries {
  readonly candles: ISeriesApi<'Candlestick', number>;
  /** Draws the bars of the window, and the forming one when the window reaches the newest. */
  setAll(book: BarBook, window: BarWindow): void;
  /** Newly closed bars at the window's end, then the forming one as it is now. */
  add(fresh: readonly BarView[], book: BarBook): void;
  drawForming(book: BarBook): void;
  recolour(book: BarBook, window: BarWindow): void;
  setAutoscale(stretch: (base: AutoscaleInfo | null) => AutoscaleInfo | null): void;
  rendered(): RenderedBars;
}

type Histogram = ISeriesApi<'Histogram', number>;
type Line = ISeriesApi<'Line', number>;
/** The library's data types want `value` absent, not undefined; a ValuePoint is that. */
type Points = Parameters<Line['setData']>[0];
type Point = Parameters<Line['update']>[0];

const PANE_SHARE = { price: 10, volume: 2.2, spread: 1.8 } as const;

export function createChartSeries(chart: IChartApiBase<number>, isMini: boolean): ChartSeries {
  const candles = chart.addSeries(CandlestickSeries, { priceFormat: PRICE_FORMAT });
  const quiet = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false } as const;
  const vwap: Line = chart.addSeries(LineSeries, { ...quiet, lineWidth: 1, autoscaleInfoProvider: () => null });
  const volumes: Histogram | undefined = isMini
    ? undefined
    : chart.addSeries(HistogramSeries, { priceFormat: VOLUME_FORMAT, priceLineVisible: false }, 1);
  const spreads: Line | undefined = isMini
    ? undefined
    : chart.addSeries(LineSeries, { ...quiet, lastValueVisible: true, priceFormat: SPREAD_FORMAT, lineWidth: 1 }, 2);
  if (!isMini) {
    const [price, volume, spread] = chart.panes();
    price?.setStretchFactor(PANE_SHARE.price);
    volume?.setStretchFactor(PANE_SHARE.volume);
    spread?.setStretchFactor(PANE_SHARE.spread);
    for (const lower of [volumes, spreads])
      lower?.priceScale().applyOptions({ scaleMargins: { top: 0.18, bottom: 0.04 } });
  }
  let colours = barColours();
  const sumsBefore = createVwapSums();
  let sums: VwapSums = VWAP_START;
  let isSubDollar = false;

  const recolour = (): void => {
    const theme = chartColours();
    colours = barColours();
    candles.applyOptions({
      upColor: theme.up,
      downColor: theme.down,
      wickUpColor: theme.up,
      wickDownColor: theme.down,
      borderVisible: false,
      priceLineColor: theme.text2,
      priceLineStyle: LineStyle.Dotted,
    });
    vwap.applyOptions({ color: faded(theme.average, 0.85) });
    spreads?.applyOptions({ color: theme.text2 });
  };
  const draw = (bar: BarView, average: VwapSums, isWhole: boolean): void => {
    candles.update(candlePoint(bar));
    volumes?.update(volumePoint(bar, colours) as Point as never);
    spreads?.update(spreadPoint(bar) as Point);
    if (isWhole) vwap.update(vwapPoint(bar.index, average) as Point);
  };
  const drawForming = ({ forming, first }: BarBook): void => {
    if (forming !== null) draw(forming, addToVwap(sums, forming), first === 0);
  };
  recolour();
  return {
    candles,
    setAll: (book, window) => {
      const all = barsOf(book, window);
      const last = all.at(-1);
      if (last && last.close < 1 !== isSubDollar) {
        isSubDollar = last.close < 1;
        candles.applyOptions({ priceFormat: isSubDollar ? SUB_DOLLAR_FORMAT : PRICE_FORMAT });
      }
      // The day's average needs the day's every bar.
      const isWhole = book.first === 0;
      sums = isWhole ? sumsBefore(book.closed, window.from) : VWAP_START;
      const averages: ValuePoint[] = [];
      for (const bar of all) {
        const next = addToVwap(sums, bar);
        averages.push(vwapPoint(bar.index, next));
        if (bar !== book.forming) sums = next;
      }
      candles.setData(all.map(candlePoint));
      volumes?.setData(all.map((bar) => volumePoint(bar, colours)) as never);
      spreads?.setData(all.map(spreadPoint) as Points);
      vwap.setData((isWhole ? averages : []) as Points);
    },
    add: (fresh, book) => {
      for (const bar of fresh) {
        sums = addToVwap(sums, bar);
        draw(bar, sums, book.first === 0);
      }
      drawForming(book);
    },
    drawForming,
    recolour: (book, window) => {
      recolour();
      volumes?.setData(barsOf(book, window).map((bar) => volumePoint(bar, colours)) as never);
    },
    setAutoscale: (stretch) =>
      candles.applyOptions({ autoscaleInfoProvider: (base: () => AutoscaleInfo | null) => stretch(base()) }),
    rendered: () => ({
      candles: candles.data() as readonly CandlePoint[],
      volumes: (volumes?.data() ?? []) as readonly ValuePoint[],
      spreads: (spreads?.data() ?? []) as readonly ValuePoint[],
    }),
  };
}

function barsOf({ closed, forming }: BarBook, { from, to }: BarWindow): readonly BarView[] {
  const bars = closed.slice(from, to);
  if (forming !== null && to === closed.length) bars.push(forming);
  return bars;
}

function barColours(): BarColours {
  const { up, down, text3 } = chartColours();
  return { up: faded(up, 0.6), down: faded(down, 0.6), flat: faded(text3, 0.6) };
}
