/** The chart of the symbol page, fed by the engine's bars, with levels, the LULD band as it moved, and the state over it. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ClosedTrade, SymbolValue } from '#protocol';
import { useServices } from '../../app/services.ts';
import { createBarFeed, type BarFeed } from '../../charts/bar-feed.ts';
import { isStandard, kindWords, type ChartKind } from '../../charts/chart-kinds.ts';
import type { BandStep, ChartLine, ChartMarker } from '../../charts/chart-marks.ts';
import type { TickChart } from '../../charts/tick-chart.ts';
import { TickChartView } from '../../charts/tick-chart-view.tsx';
import { tradeLines, tradeMarkers } from '../../charts/trade-lines.ts';
import { addBandStep } from './band-steps.ts';
import type { Truth } from './symbol-truth.ts';

/** What the chart was told beside its bars. */
interface Drawn {
  readonly chart: TickChart | undefined;
  readonly lines: readonly ChartLine[];
  readonly markers: readonly ChartMarker[];
  readonly bands: readonly BandStep[];
}
const NOTHING_DRAWN: Drawn = { chart: undefined, lines: [], markers: [], bands: [] };

interface SymbolChartProps {
  readonly symbol: string;
  readonly kind: ChartKind;
  /** Bars closed today, of this kind. */
  readonly total: number;
  readonly value: SymbolValue | undefined;
  readonly luldLow: number;
  readonly luldHigh: number;
  readonly truth: Truth;
  /** The instant the page shows, at which the chart ends; null: now. */
  readonly pastUs: number | null;
  readonly onCount: (held: number, total: number, isPartial: boolean) => void;
}

export function SymbolChart(props: SymbolChartProps) {
  const { symbol, kind, total, value, luldLow, luldHigh, truth, pastUs, onCount } = props;
  const { closedTrades, link } = useServices();
  const feed = useRef<BarFeed>(undefined);
  const latest = useRef(value);
  const [fault, setFault] = useState('');
  const drawn = useRef<Drawn>(NOTHING_DRAWN);
  const closed = useRef<readonly ClosedTrade[]>([]);
  useEffect(() => {
    const leaveStore = closedTrades.watch();
    const read = (): void => {
      closed.current = closedTrades.getState().trades.filter((trade) => trade.symbol === symbol);
    };
    read();
    const leave = closedTrades.subscribe(read);
    return () => {
      leave();
      leaveStore();
    };
  }, [closedTrades, symbol]);
  useEffect(() => {
    latest.current = value;
    if (!value) return;
    feed.current?.symbol(value);
    const { chart, lines, markers, bands } = drawn.current;
    if (!chart) return;
    const marks = tradeMarkers(value.symbol, value.positions, closed.current);
    // The engine tells only the band of now: the steps are those this page saw.
    const next: Drawn = {
      chart,
      // Levels and orders of now have no place in a chart of the past.
      lines: pastUs === null ? tradeLines(value.positions, value.orders, lines) : NOTHING_DRAWN.lines,
      markers: marks.length === markers.length && marks.every(({ id }, i) => id === markers[i]?.id) ? markers : marks,
      // A band of the past is no band of now.
      bands:
        pastUs === null
          ? addBandStep(bands, {
              index: isStandard(kind) ? value.barCount : (chart.bars.at(-1)?.index ?? -1) + 1,
              low: luldLow,
              high: luldHigh,
            })
          : bands,
    };
    if (next.lines !== lines) chart.setLines(next.lines);
    if (next.markers !== markers) chart.setMarkers(next.markers);
    if (next.bands !== bands) chart.setBands(next.bands);
    drawn.current = next;
  }, [value, luldLow, luldHigh, kind, pastUs]);
  const moments = useMemo(
    () => (pastUs === null ? [] : [{ id: 'past', atUs: pastUs, title: 'looked back at' }]),
    [pastUs],
  );
  const onChart = useCallback(
    (chart: TickChart) => {
      const made = createBarFeed({
        commands: link.commands,
        symbol,
        chart,
        kind,
        onCount: (held, closedBars, isPartial) => {
          setFault('');
          onCount(held, closedBars, isPartial);
        },
        onFault: setFault,
      });
      feed.current = made;
      drawn.current = { ...NOTHING_DRAWN, chart };
      if (latest.current?.symbol === symbol) made.symbol(latest.current);
      return () => {
        feed.current = undefined;
        drawn.current = NOTHING_DRAWN;
        made.stop();
      };
    },
    [link, symbol, kind, onCount],
  );
  return (
    <div className="symbol-chart" data-kind={truth.kind}>
      <TickChartView
        testId="symbol-chart"
        label={`${symbol}, bars of ${kindWords(kind)}: ${total} closed`}
        moments={moments}
        endUs={pastUs}
        onChart={onChart}
        onOldestInSight={() => feed.current?.older()}
      />
      {truth.text !== '' && (
        <p className="sp-chart-state" data-kind={truth.kind} role="status">
          <b>{truth.label}</b> {truth.text}
        </p>
      )}
      {value && total === 0 && value.barCount === 0 && value.forming === null && truth.kind === 'live' && (
        <div className="sp-chart-empty">
          <h2>No bar yet</h2>
          <p>
            A bar is drawn for every {kindWords(kind)} of {symbol}. It has not traded since the engine began to watch.
          </p>
        </div>
      )}
      {fault !== '' && truth.kind !== 'disconnected' && (
        <p className="sp-chart-state" data-kind="gap">
          <b>NO BARS</b> The engine did not give the bars ({fault}). It is asked again every second.
        </p>
      )}
    </div>
  );
}
