/**
 * What is painted under and over the series: session shading, halts, gaps, LULD bands, moments and our fills. One layer
 * object holds the facts, pane primitives paint them for the bars in sight only.
 */
import type { IChartApiBase, IPanePrimitive, IPrimitivePaneRenderer, ISeriesApi, Logical } from 'lightweight-charts';
import type { BarRun } from './bar-points.ts';
import { chartColours, faded, type ChartColours } from './chart-colours.ts';
import type { LayerFacts, PlacedMarker } from './chart-facts.ts';

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];

interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly colours: ChartColours;
  /** Middle of a bar, in pixels. */
  x(index: number): number;
  readonly half: number;
  readonly facts: LayerFacts;
}

type Paint = (frame: Frame) => void;

export interface ChartLayer {
  readonly primitive: IPanePrimitive<number>;
  readonly repaint: () => void;
}

/** A primitive that paints with `paint` below or above the series. */
export function createLayer(
  chart: IChartApiBase<number>,
  facts: LayerFacts,
  order: 'bottom' | 'top',
  paint: Paint,
): ChartLayer {
  let requestUpdate: (() => void) | undefined;
  const draw = (target: Target): void => {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const scale = chart.timeScale();
      const origin = scale.logicalToCoordinate(0 as Logical);
      const next = scale.logicalToCoordinate(1 as Logical);
      if (origin === null || next === null) return;
      // Its options would be copied whole for each layer of each frame.
      const spacing = next - origin;
      paint({
        context,
        width: mediaSize.width,
        height: mediaSize.height,
        colours: chartColours(),
        x: (index) => origin + (index - facts.first) * spacing,
        half: spacing / 2,
        facts,
      });
    });
  };
  const views = [{ zOrder: () => order, renderer: () => ({ draw }) }];
  return {
    primitive: {
      paneViews: () => views,
      attached: (attached) => {
        requestUpdate = attached.requestUpdate;
      },
      detached: () => {
        requestUpdate = undefined;
      },
    },
    repaint: () => requestUpdate?.(),
  };
}

const isInSight = (frame: Frame, from: number, to: number): boolean =>
  frame.x(to) + frame.half >= 0 && frame.x(from) - frame.half <= frame.width;

const SHADES: Readonly<Record<string, number>> = { pre: 0.5, post: 0.5, overnight: 0.75, closed: 0.9 };
const LABEL_FROM_PX = 46;
const HATCH_STEP = 7;

/** Phases outside regular hours are shaded, and say which they are where there is room. */
export function paintPhases(hasLabels: boolean): Paint {
  return (frame) => {
    const { context, colours, half, facts } = frame;
    for (const run of facts.phases) {
      const shade = SHADES[run.phase];
      if (shade === undefined || !isInSight(frame, run.from, run.to)) continue;
      const from = Math.max(0, frame.x(run.from) - half);
      // The last stretch goes on to the edge: that is where its next bars will stand.
      const to = run.to >= facts.end - 2 ? frame.width : Math.min(frame.width, frame.x(run.to) + half);
      context.fillStyle = faded(colours.surfaceRaised, shade);
      context.fillRect(from, 0, to - from, frame.height);
      if (!hasLabels || to - from < LABEL_FROM_PX) continue;
      context.font = `500 10px ${colours.font}`;
      context.textAlign = 'left';
      context.textBaseline = 'top';
      context.fillStyle = colours.text3;
      context.fillText(run.phase.toUpperCase(), from + 6, 6);
    }
  };
}

/** What a pane shows, in its corner. */
export function paintTitle(title: string): Paint {
  return ({ context, colours }) => {
    context.font = `500 10px ${colours.font}`;
    context.textAlign = 'left';
    context.textBaseline = 'top';
    context.fillStyle = colours.text3;
    context.fillText(title, 6, 4);
  };
}

/** Bars with a gap in their data are hatched; a bar in which trading stood still has a wall in front. */
export function paintFaults(hasLabels: boolean): Paint {
  return (frame) => {
    for (const run of frame.facts.gaps) if (isInSight(frame, run.from, run.to)) paintGap(frame, run, hasLabels);
    for (const run of frame.facts.halts) if (isInSight(frame, run.from, run.to)) paintHalt(frame, run, hasLabels);
  };
}

function paintGap(frame: Frame, run: BarRun, hasLabel: boolean): void {
  const { context, colours, half, height } = frame;
  const from = frame.x(run.from) - half;
  const width = Math.max(3, frame.x(run.to) + half - from);
  context.save();
  context.beginPath();
  context.rect(from, 0, width, height);
  context.clip();
  context.fillStyle = faded(colours.text3, 0.08);
  context.fillRect(from, 0, width, height);
  context.strokeStyle = faded(colours.text3, 0.5);
  context.lineWidth = 1;
  context.beginPath();
  for (let x = from - height; x < from + width; x += HATCH_STEP) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
  context.restore();
  if (hasLabel) paintFlag(frame, from + width / 2, 'GAP', colours.text2);
}

function paintHalt(frame: Frame, run: BarRun, hasLabel: boolean): void {
  const { context, colours, half, height } = frame;
  const from = frame.x(run.from) - half;
  const width = Math.max(2, frame.x(run.to) + half - from);
  context.fillStyle = faded(colours.warn, 0.14);
  context.fillRect(from, 0, width, height);
  context.fillStyle = colours.warn;
  context.fillRect(from - 0.75, 0, 1.5, height);
  if (hasLabel) paintFlag(frame, from + width / 2, 'HALT', colours.warn);
}

/** A small label at the top of the pane. */
function paintFlag(frame: Frame, x: number, text: string, colour: string, top = 20): void {
  const { context, colours } = frame;
  context.font = `600 9.5px ${colours.font}`;
  const width = context.measureText(text).width + 8;
  const left = Math.min(frame.width - width - 2, Math.max(2, x - width / 2));
  context.fillStyle = colours.surface;
  context.fillRect(left, top, width, 14);
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, width - 1, 13);
  context.fillStyle = colour;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, left + width / 2, top + 7.5);
}

type PriceSeries = Pick<ISeriesApi<'Candlestick', number>, 'priceToCoordinate'>;

/** The LULD band as two stepped lines; beyond them the price may not trade. */
export function paintBands(series: PriceSeries): Paint {
  return (frame) => {
    const { context, colours, half, facts } = frame;
    context.strokeStyle = colours.warn;
    context.lineWidth = 1;
    context.setLineDash([6, 3, 1, 3]);
    facts.bands.forEach((step, i) => {
      const until = facts.bands[i + 1]?.index ?? Infinity;
      const from = frame.x(Math.max(step.index, facts.first)) - half;
      const to = until === Infinity ? frame.width : frame.x(until) - half;
      if (to < 0 || from > frame.width) return;
      for (const price of [step.low, step.high]) {
        const y = price > 0 ? series.priceToCoordinate(price) : null;
        if (y === null || y < 0 || y > frame.height) continue;
        context.beginPath();
        context.moveTo(Math.max(0, from), Math.round(y) + 0.5);
        context.lineTo(Math.min(frame.width, to), Math.round(y) + 0.5);
        context.stroke();
      }
    });
    context.setLineDash([]);
  };
}

/** Moments stand across the pane, fills are triangles at the price they were made at. */
export function paintMarks(series: PriceSeries, hasLabels: boolean): Paint {
  return (frame) => {
    const { context, colours } = frame;
    for (const moment of frame.facts.moments) {
      if (!isInSight(frame, moment.index, moment.index)) continue;
      const x = Math.round(frame.x(moment.index)) + 0.5;
      context.strokeStyle = faded(colours.accent, 0.75);
      context.lineWidth = 1;
      context.setLineDash([3, 3]);
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, frame.height);
      context.stroke();
      context.setLineDash([]);
      if (hasLabels) paintFlag(frame, x, moment.title, colours.accent, 4);
    }
    for (const marker of frame.facts.markers) {
      if (!isInSight(frame, marker.index, marker.index)) continue;
      const y = series.priceToCoordinate(marker.price);
      if (y !== null) paintFill(frame, marker, y, hasLabels);
    }
  };
}

function paintFill(frame: Frame, marker: PlacedMarker, y: number, hasLabel: boolean): void {
  const { context, colours } = frame;
  const x = frame.x(marker.index);
  // Tip at the price: a buy points up from below, a sell points down from above.
  const way = marker.side === 'buy' ? 1 : -1;
  const size = hasLabel ? 8 : 6;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - size * 0.7, y + way * size * 1.3);
  context.lineTo(x + size * 0.7, y + way * size * 1.3);
  context.closePath();
  context.fillStyle = marker.side === 'buy' ? colours.entry : colours.accent;
  context.fill();
  context.strokeStyle = colours.surface;
  context.lineWidth = 1.5;
  context.stroke();
  if (!hasLabel || marker.text === '') return;
  context.font = `600 10.5px ${colours.font}`;
  context.textAlign = 'center';
  context.textBaseline = way > 0 ? 'top' : 'bottom';
  const textY = y + way * (size * 1.3 + 3);
  context.lineWidth = 3;
  context.strokeText(marker.text, x, textY);
  context.fillStyle = marker.side === 'buy' ? colours.entry : colours.accent;
  context.fillText(marker.text, x, textY);
}
