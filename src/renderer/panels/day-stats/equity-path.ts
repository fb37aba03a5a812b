/** The day's curve as lines of a drawing. Pure: points in, path texts out. The curve is made of steps, as results are. */
import type { EquityPoint } from './trade-statistics.ts';

export interface EquityDrawing {
  readonly net: string;
  /** Closed area between the highest result so far and the result: how far it fell. */
  readonly fall: string;
  /** The same as its own strip below, hanging from the top: 0 is no fall. */
  readonly strip: string;
  readonly zeroY: number;
  readonly lowest: number;
  readonly highest: number;
  readonly x: (atUs: number) => number;
  readonly y: (micros: number) => number;
}

export interface DrawingSize {
  readonly width: number;
  readonly height: number;
  readonly stripHeight: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Needs at least one point. `nowNet` widens the scale so that the live result stays in sight. */
export function equityDrawing(
  points: readonly EquityPoint[],
  size: DrawingSize,
  endUs: number,
  nowNet: number,
): EquityDrawing {
  const startUs = points[0]?.atUs ?? 0;
  const spanUs = Math.max(1, endUs - startUs);
  let lowest = Math.min(0, nowNet);
  let highest = Math.max(0, nowNet);
  let deepest = 0;
  for (const { net, peak } of points) {
    lowest = Math.min(lowest, net);
    highest = Math.max(highest, peak);
    deepest = Math.max(deepest, peak - net);
  }
  const range = Math.max(1, highest - lowest);
  const x = (atUs: number): number => round(((atUs - startUs) / spanUs) * size.width);
  const y = (micros: number): number => round(((highest - micros) / range) * size.height);
  const down = (fall: number): number => round(deepest > 0 ? (fall / deepest) * size.stripHeight : 0);
  const edge = x(endUs);
  const step = (of: (point: EquityPoint) => number): string =>
    points.map((point, i) => (i === 0 ? `M${x(point.atUs)} ${of(point)}` : `H${x(point.atUs)}V${of(point)}`)).join('') +
    `H${edge}`;
  const back = points
    .toReversed()
    .map((point) => `V${y(point.net)}H${x(point.atUs)}`)
    .join('');
  return {
    net: step(({ net }) => y(net)),
    fall: `${step(({ peak }) => y(peak))}${back}Z`,
    strip: `${step(({ net, peak }) => down(peak - net))}V0H${x(startUs)}Z`,
    zeroY: y(0),
    lowest,
    highest,
    x,
    y,
  };
}
