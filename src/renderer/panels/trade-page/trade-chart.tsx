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
      // A whole trade at once, unless it is long: then its newest part.
      if (atUs === null) chart.fit();
    }
    shown.current = { tradeId: detail.tradeId, first, count };
  }, [chart, bars, count, atUs, detail.tradeId]);
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
