/** The day in figures: equity and drawdown, what the trades amount to, and by strategy, symbol and hour. */
import { ChartLine } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { AccountValue } from '#protocol';
import { useServices } from '../../app/services.ts';
import { amountText, HALF_CENT, resultText, toneOf } from '../../format/money.ts';
import { countText, fixedText } from '../../format/number.ts';
import { spanText } from '../../format/span.ts';
import { engineNowUs } from '../../parts/engine-time.tsx';
import { useOnScreen, useSeenTopic } from '../../parts/seen-topic.ts';
import type { PanelDefinition } from '../panel.ts';
import { EquityCurve } from './equity-curve.tsx';
import { GroupTable } from './group-table.tsx';
import {
  equityCurve,
  groupedStatistics,
  hourOfClose,
  maximumDrawdown,
  statisticsOf,
  type TradeStatistics,
} from './trade-statistics.ts';
import './day-stats.css';

export const dayStatsPanel: PanelDefinition = {
  kind: 'day-stats',
  title: 'Day',
  explain: 'Equity curve and drawdown, win rate, profit factor, expectancy; by strategy, symbol and hour',
  icon: ChartLine,
  component: DayStatsPanel,
};

type Grouping = 'strategy' | 'symbol' | 'hour';
const GROUPINGS: readonly { readonly id: Grouping; readonly title: string }[] = [
  { id: 'strategy', title: 'By strategy' },
  { id: 'symbol', title: 'By symbol' },
  { id: 'hour', title: 'By hour' },
];

function DayStatsPanel() {
  const host = useRef<HTMLElement>(null);
  const isSeen = useOnScreen(host);
  const { closedTrades, health } = useServices();
  const all = useStore(closedTrades, (state) => state.trades);
  const account = useSeenTopic<AccountValue>('account', isSeen);
  const [grouping, setGrouping] = useState<Grouping>('strategy');
  useEffect(() => (isSeen ? closedTrades.watch() : undefined), [closedTrades, isSeen]);
  // Shadow trades cost and bring nothing: they are not part of the day.
  const trades = useMemo(() => all.filter(({ isShadow }) => !isShadow), [all]);
  const statistics = useMemo(() => statisticsOf(trades), [trades]);
  const curve = useMemo(() => equityCurve(trades), [trades]);
  const groups = useMemo(
    () => groupedStatistics(trades, (trade) => (grouping === 'hour' ? hourOfClose(trade) : trade[grouping])),
    [trades, grouping],
  );
  const net = account?.dayPnlNet ?? statistics.net;
  return (
    <section ref={host} className="desk-panel day-stats" aria-label="The day in figures" data-testid="day-stats">
      <div className="day-top">
        <div className="day-net">
          <b data-tone={toneOf(net, HALF_CENT)} data-testid="day-net">
            {resultText(net)}
          </b>
          <span className="quiet">day net, open positions at the bid</span>
        </div>
        {trades.length === 0 ? (
          <div className="day-none">
            <p>
              The curve begins with the first trade that closes. Switch AUTO on in the strip above and enable a
              strategy.
            </p>
          </div>
        ) : (
          <EquityCurve points={curve} nowUs={engineNowUs(health)} nowNet={net} />
        )}
      </div>
      <Figures statistics={statistics} drawdown={maximumDrawdown(curve)} />
      <div className="day-groups">
        <div className="day-tabs" role="tablist" aria-label="Group the trades">
          {GROUPINGS.map(({ id, title }) => (
            <button
              key={id}
              type="button"
              role="tab"
              aria-selected={id === grouping}
              className="icon-button labelled"
              onClick={() => setGrouping(id)}
            >
              {title}
            </button>
          ))}
        </div>
        <GroupTable groups={groups} grouping={grouping} />
      </div>
    </section>
  );
}

const NONE_YET = '–';
const ratioText = (value: number): string =>
  value === Infinity ? '∞' : Number.isFinite(value) ? fixedText(value, 2) : NONE_YET;
const resultOrNone = (micros: number): string => (Number.isFinite(micros) ? resultText(micros) : NONE_YET);

interface FigureSpec {
  readonly label: string;
  readonly text: string;
  readonly explain: string;
  readonly tone?: 'up' | 'down' | 'flat';
}

function figuresOf(all: TradeStatistics, drawdown: number): readonly FigureSpec[] {
  const { trades, wins, losses, flats } = all;
  return [
    {
      label: 'trades',
      text: countText(trades),
      explain: `${countText(wins)} won, ${countText(losses)} lost, ${countText(flats)} came out even`,
    },
    {
      label: 'win rate',
      text: Number.isFinite(all.winRate) ? `${fixedText(all.winRate * 100, 1)} %` : NONE_YET,
      explain: `won ÷ all = ${countText(wins)} ÷ ${countText(trades)}`,
    },
    {
      label: 'win/loss',
      text: ratioText(all.winLossRatio),
      explain: `average win ÷ average loss = ${resultOrNone(all.averageWin)} ÷ ${resultOrNone(all.averageLoss)}`,
    },
    {
      label: 'profit factor',
      text: ratioText(all.profitFactor),
      explain: 'all that was won ÷ all that was lost; over 1 the day pays',
    },
    {
      label: 'expectancy',
      text: resultOrNone(all.expectancy),
      tone: toneOf(all.expectancy, HALF_CENT),
      explain: `net ÷ trades = ${resultText(all.net)} ÷ ${countText(trades)}: what a trade brings on average, dollars`,
    },
    {
      label: 'average hold',
      text: Number.isFinite(all.averageHoldUs) ? spanText(all.averageHoldUs) : NONE_YET,
      explain: 'From the first fill to flat, on average',
    },
    { label: 'costs', text: amountText(all.costs), explain: 'Commissions and fees of all closed trades, dollars' },
    {
      label: 'best',
      text: resultOrNone(all.best),
      tone: toneOf(all.best, HALF_CENT),
      explain: 'The trade that brought most',
    },
    {
      label: 'worst',
      text: resultOrNone(all.worst),
      tone: toneOf(all.worst, HALF_CENT),
      explain: 'The trade that brought least',
    },
    {
      label: 'drawdown',
      text: amountText(drawdown),
      explain: 'Deepest fall of the closed result from its highest point of the day, dollars',
    },
  ];
}

function Figures({ statistics, drawdown }: { readonly statistics: TradeStatistics; readonly drawdown: number }) {
  return (
    <dl className="day-figures">
      {figuresOf(statistics, drawdown).map(({ label, text, explain, tone }) => (
        <div key={label} title={explain}>
          <dt>{label}</dt>
          <dd className="figure" data-tone={tone} data-figure={label}>
            {text}
          </dd>
        </div>
      ))}
    </dl>
  );
}
