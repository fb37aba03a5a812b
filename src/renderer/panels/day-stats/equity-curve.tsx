/** The equity curve of the day with its drawdown; the live result carries it on to now. Hovering reads any instant. */
import { useMemo, useRef, useState } from 'react';
import { amountText, HALF_CENT, resultText, toneOf } from '../../format/money.ts';
import { timeText } from '../../format/time.ts';
import { useSize } from '../../parts/use-size.ts';
import { equityDrawing } from './equity-path.ts';
import { maximumDrawdown, type EquityPoint } from './trade-statistics.ts';

interface EquityCurveProps {
  readonly points: readonly EquityPoint[];
  /** The engine's time now and the result with open positions, micro-dollars. */
  readonly nowUs: number;
  readonly nowNet: number;
}

/** Right of the plot: the axis. */
const AXIS = 62;
const STRIP = 26;
const TOP = 10;
const TIMES = 18;

export function EquityCurve({ points, nowUs, nowNet }: EquityCurveProps) {
  const host = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(host);
  const [hoverX, setHoverX] = useState<number>();
  const plot = useMemo(
    () => ({ width: width - AXIS, height: height - TOP - STRIP - TIMES - 6, stripHeight: STRIP }),
    [width, height],
  );
  const endUs = Math.max(nowUs, points.at(-1)?.atUs ?? 0);
  const isDrawn = plot.width > 40 && plot.height > 24 && points.length > 0;
  const drawn = useMemo(
    () => (isDrawn ? equityDrawing(points, plot, endUs, nowNet) : null),
    [isDrawn, points, plot, endUs, nowNet],
  );
  const hovered = useMemo(
    () => (drawn && hoverX !== undefined ? points.findLast(({ atUs }) => drawn.x(atUs) <= hoverX) : undefined),
    [drawn, hoverX, points],
  );
  const last = points.at(-1);
  const label = last
    ? `Equity curve: closed trades ${resultText(last.net)}, with open positions ${resultText(nowNet)}, deepest fall ${amountText(maximumDrawdown(points))} dollars`
    : 'Equity curve: no trade has closed';
  return (
    <div
      ref={host}
      className="equity-curve"
      role="img"
      aria-label={label}
      onPointerMove={(event) => setHoverX(event.clientX - event.currentTarget.getBoundingClientRect().left)}
      onPointerLeave={() => setHoverX(undefined)}
    >
      {drawn && last && (
        <svg width={width} height={height} aria-hidden="true">
          <g transform={`translate(0 ${TOP})`}>
            <line className="equity-zero" x1={0} x2={plot.width} y1={drawn.zeroY} y2={drawn.zeroY} />
            <path className="equity-fall" d={drawn.fall} />
            <path className="equity-net" d={drawn.net} />
            <line
              className="equity-live"
              x1={drawn.x(last.atUs)}
              y1={drawn.y(last.net)}
              x2={plot.width}
              y2={drawn.y(nowNet)}
            />
            <circle
              className="equity-now"
              data-tone={toneOf(nowNet, HALF_CENT)}
              cx={plot.width}
              cy={drawn.y(nowNet)}
              r={3}
            />
            <AxisText y={drawn.y(drawn.highest)} x={width} text={resultText(drawn.highest, 0)} isHidden={false} />
            <AxisText
              y={drawn.zeroY}
              x={width}
              text="0"
              isHidden={Math.min(drawn.zeroY, plot.height - drawn.zeroY) < 12}
            />
            <AxisText
              y={plot.height}
              x={width}
              text={resultText(drawn.lowest, 0)}
              isHidden={plot.height - drawn.y(drawn.highest) < 12}
            />
            {hovered && hoverX !== undefined && hoverX <= plot.width && (
              <line className="equity-cross" x1={hoverX} x2={hoverX} y1={0} y2={plot.height + STRIP + 6} />
            )}
            <g transform={`translate(0 ${plot.height + 6})`}>
              <path className="equity-strip" d={drawn.strip} />
              <text className="equity-text" x={0} y={STRIP - 8}>
                drawdown
              </text>
              <text className="equity-text" x={width - 4} y={STRIP - 8} textAnchor="end">
                {`−${amountText(maximumDrawdown(points), 0)}`}
              </text>
            </g>
            <text className="equity-text" x={4} y={plot.height + STRIP + 20}>
              {timeText(points[0]?.atUs ?? 0, 'minute')}
            </text>
            <text className="equity-text" x={plot.width} y={plot.height + STRIP + 20} textAnchor="end">
              {timeText(endUs, 'minute')}
            </text>
          </g>
        </svg>
      )}
      {hovered && (
        <div className="equity-reading">
          {timeText(hovered.atUs, 'second')} <b data-tone={toneOf(hovered.net, HALF_CENT)}>{resultText(hovered.net)}</b>
          <span className="quiet"> fall {amountText(hovered.peak - hovered.net)}</span>
        </div>
      )}
    </div>
  );
}

interface AxisTextProps {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly isHidden: boolean;
}

function AxisText({ x, y, text, isHidden }: AxisTextProps) {
  if (isHidden) return null;
  return (
    <text className="equity-text" x={x - 4} y={y + 4} textAnchor="end">
      {text}
    </text>
  );
}
