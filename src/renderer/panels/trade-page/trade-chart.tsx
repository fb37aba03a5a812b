/** The chart of a trade: tick bars from before the signal, the entry line, fills, exits; in the past only what was known. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { BarView, TradeDetail } from '#protocol';
import type { TickChart } from '../../charts/tick-chart.ts';
import { TickChartView } from '../../charts/tick-chart-view.tsx';
import { closedBy } from './time-machine.ts';
import { tradeMarks } from './trade-marks.ts';

interface TradeChartProps {
  readonly detail: TradeDetail;
  readonly bars: readonly BarView[];
  /** The instant shown; null: now. */
  readonly atUs: number | null;
}

export function TradeChart({ detail, bars, atUs }: TradeChartProps) {
  const [chart, setChart] = useState<TickChart>();
  const onChart = useCallback((made: TickChart) => {
    setChart(made);
    return () => setChart(undefined);
  }, []);
  const shown = useRef<{ readonly tradeId: string; readonly first: number; count: number }>(undefined);
  const { signalUs, closedUs } = detail;
  const count = atUs === null ? bars.length : closedBy(bars, atUs);
  useEffect(() => {
    if (!chart) return;
    const first = bars[0]?.index ?? 0;
    const known = shown.current;
    const isSame = known?.tradeId === detail.tradeId && known.first === first && chart.bars.length === known.count;
    if (isSame && count >= known.count) {
      if (count > known.count) chart.append(bars.slice(known.count, count));
    } else {
      chart.setBars(bars.slice(0, count));
      if (atUs === null) showWhole(chart, bars, signalUs, closedUs);
    }
    shown.current = { tradeId: detail.tradeId, first, count };
  }, [chart, bars, count, atUs, detail.tradeId, signalUs, closedUs]);
  const marks = useMemo(() => tradeMarks(detail, atUs, bars), [detail, atUs, bars]);
  return (
    <TickChartView
      testId="trade-chart"
      label={`Tick bars of ${detail.symbol} around the trade, with its entry, fills and exits`}
      lines={marks.lines}
      markers={marks.markers}
      moments={marks.moments}
      onChart={onChart}
    />
  );
}

/** Bars shown at least, and at most: more would be too thin to tell apart. */
const SHOWN_LEAST = 60;
const SHOWN_MOST = 400;

/** The trade from a little before its signal to a little after its end; the newest part when it is long. */
function showWhole(chart: TickChart, bars: readonly BarView[], signalUs: number, closedUs: number | null): void {
  if (bars.length === 0) return;
  const from = closedBy(bars, signalUs);
  const to = closedUs === null ? bars.length : Math.min(bars.length, closedBy(bars, closedUs) + 1);
  const margin = Math.max(10, Math.round((to - from) * 0.2));
  const count = Math.min(SHOWN_MOST, Math.max(SHOWN_LEAST, to - from + margin * 2));
  const middle = Math.max(0, Math.min(bars.length - 1, Math.round(to + margin - count / 2)));
  chart.showTime(bars[middle]?.closeTimeUs ?? signalUs, count);
}
