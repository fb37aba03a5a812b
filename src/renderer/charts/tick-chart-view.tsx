/** The chart as a React component. Bars go in through the chart itself (onChart); marks may be given as properties. */
import { useEffect, useRef, useState } from 'react';
import type { BarView } from '#protocol';
import { BarCard } from './bar-card.tsx';
import type { BandStep, ChartLine, ChartMarker, ChartMoment } from './chart-marks.ts';
import { createTickChart, type TickChart } from './tick-chart.ts';

export interface TickChartViewProps {
  readonly testId: string;
  /** Says to a screen reader what is drawn. */
  readonly label: string;
  readonly isMini?: boolean;
  readonly lines?: readonly ChartLine[];
  readonly markers?: readonly ChartMarker[];
  readonly moments?: readonly ChartMoment[];
  readonly bands?: readonly BandStep[];
  /** The instant the chart ends at; null or absent: now. */
  readonly endUs?: number | null;
  /** The chart is there: feed it. What is returned runs before it goes. Keep the function's identity stable. */
  readonly onChart: (chart: TickChart) => (() => void) | undefined;
  readonly onOldestInSight?: (firstIndex: number) => void;
}

const NOTHING: readonly never[] = [];

export function TickChartView(props: TickChartViewProps) {
  const {
    onChart,
    isMini = false,
    lines = NOTHING,
    markers = NOTHING,
    moments = NOTHING,
    bands = NOTHING,
    endUs = null,
  } = props;
  const host = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<TickChart>();
  const [hovered, setHovered] = useState<BarView | null>(null);
  const [isFollowing, setFollowing] = useState(true);
  const oldest = useRef(props.onOldestInSight);
  useEffect(() => {
    oldest.current = props.onOldestInSight;
  }, [props.onOldestInSight]);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const made = createTickChart(element, {
      isMini,
      ...(isMini ? {} : { onHover: setHovered }),
      onFollowing: setFollowing,
      onOldestInSight: (first) => oldest.current?.(first),
    });
    const stop = onChart(made);
    setChart(made);
    return () => {
      stop?.();
      setChart(undefined);
      setHovered(null);
      setFollowing(true);
      made.destroy();
    };
  }, [onChart, isMini]);
  useEffect(() => chart?.setLines(lines), [chart, lines]);
  useEffect(() => chart?.setMarkers(markers), [chart, markers]);
  useEffect(() => chart?.setMoments(moments), [chart, moments]);
  useEffect(() => chart?.setBands(bands), [chart, bands]);
  useEffect(() => chart?.endAt(endUs), [chart, endUs]);
  return (
    <div className="tick-chart" data-mini={isMini || undefined}>
      <div ref={host} className="tick-chart-canvas" data-testid={props.testId} role="img" aria-label={props.label} />
      <BarCard bar={hovered} />
      {!isMini && !isFollowing && (
        <button type="button" className="tick-chart-live" onClick={() => chart?.toLive()}>
          {endUs === null ? 'To the newest bar →' : 'To the instant shown →'}
        </button>
      )}
    </div>
  );
}
