/** Every closed trade of the day, newest first, with filters and a way out as a table. */
import { Download, History } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ClosedTrade } from '#protocol';
import { useServices } from '../../app/services.ts';
import { downloadText } from '../../format/csv.ts';
import { amountText, HALF_CENT, microPriceText, toneOf } from '../../format/money.ts';
import { countText, signedText } from '../../format/number.ts';
import { spanText } from '../../format/span.ts';
import { dateText, timeExplained, timeText } from '../../format/time.ts';
import { dollarsCell, timeCell } from '../../parts/desk-file.ts';
import { DeskTable, type DeskColumn } from '../../parts/desk-table.tsx';
import { Result } from '../../parts/figure.tsx';
import { useOnScreen } from '../../parts/seen-topic.ts';
import { SymbolLink } from '../../parts/symbol-link.tsx';
import type { Sort } from '../../parts/table-sort.ts';
import type { PanelDefinition } from '../panel.ts';
import { exitWords } from '../../format/exit-words.ts';
import { usePickedTrade } from '../positions/positions-panel.tsx';
import { EVERY_TRADE, filteredTrades, tradesCsv, type TradeFilter } from './trade-filter.ts';

export const closedTradesPanel: PanelDefinition = {
  kind: 'closed-trades',
  title: 'Closed trades',
  explain: 'Every trade that closed today, newest first; filters and CSV',
  icon: History,
  component: ClosedTradesPanel,
};

function ClosedTradesPanel() {
  const host = useRef<HTMLElement>(null);
  const isSeen = useOnScreen(host);
  const { closedTrades, trades: bus } = useServices();
  const { trades, isWhole, fault } = useStore(closedTrades);
  const picked = usePickedTrade();
  const [filter, setFilter] = useState(EVERY_TRADE);
  const [sort, setSort] = useState<Sort | null>(null);
  useEffect(() => (isSeen ? closedTrades.watch() : undefined), [closedTrades, isSeen]);
  const shown = useMemo(() => filteredTrades(trades, filter), [trades, filter]);
  const net = useMemo(() => shown.reduce((sum, { pnlNet }) => sum + pnlNet, 0), [shown]);
  return (
    <section ref={host} className="desk-panel" aria-label="Closed trades">
      <FilterBar trades={trades} shown={shown} filter={filter} onFilter={setFilter} net={net} />
      <DeskTable
        label="Closed trades"
        testId="closed-trades"
        columns={COLUMNS}
        rows={shown}
        rowKey={({ tradeId }) => tradeId}
        sort={sort}
        onSort={setSort}
        onPick={({ tradeId }) => bus.pick(tradeId)}
        picked={picked}
        rowState={({ isShadow }) => (isShadow ? 'shadow' : 'closed')}
        empty={<NoTrades isWhole={isWhole} isFiltered={trades.length > 0} fault={fault} />}
      />
    </section>
  );
}

interface FilterBarProps {
  readonly trades: readonly ClosedTrade[];
  readonly shown: readonly ClosedTrade[];
  readonly filter: TradeFilter;
  readonly onFilter: (filter: TradeFilter) => void;
  readonly net: number;
}

function FilterBar({ trades, shown, filter, onFilter, net }: FilterBarProps) {
  const strategies = useMemo(() => [...new Set(trades.map(({ strategy }) => strategy))].toSorted(), [trades]);
  return (
    <div className="panel-bar">
      <input
        className="text-input trades-symbol"
        value={filter.symbol}
        placeholder="Symbol"
        aria-label="Only symbols that start with"
        spellCheck={false}
        onChange={(event) => onFilter({ ...filter, symbol: event.target.value })}
      />
      <select
        className="text-input"
        aria-label="Only this strategy"
        value={filter.strategy}
        onChange={(event) => onFilter({ ...filter, strategy: event.target.value })}
      >
        <option value="">All strategies</option>
        {strategies.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <select
        className="text-input"
        aria-label="Only this result"
        value={filter.result}
        onChange={(event) => onFilter({ ...filter, result: event.target.value as TradeFilter['result'] })}
      >
        <option value="all">Won and lost</option>
        <option value="won">Won</option>
        <option value="lost">Lost</option>
      </select>
      <label className="check" title="Trades of strategies that only pretend; no order was sent for them">
        <input
          type="checkbox"
          checked={filter.hasShadows}
          onChange={(event) => onFilter({ ...filter, hasShadows: event.target.checked })}
        />
        Shadow
      </label>
      <span className="row-count" title="Trades shown, of all that closed today">
        <b>{countText(shown.length)}</b>
        {shown.length === trades.length ? ' trades' : ` of ${countText(trades.length)}`}
      </span>
      <span className="bar-space" />
      <Result micros={net} className="trades-net" />
      <button
        type="button"
        className="icon-button labelled"
        title="Save the trades shown as comma-separated text"
        disabled={shown.length === 0}
        onClick={() => downloadText(`drover-trades-${dateText(shown[0]?.closedUs ?? 0)}.csv`, tradesCsv(shown))}
      >
        <Download size={13} aria-hidden="true" />
        <span>CSV</span>
      </button>
    </div>
  );
}

const COLUMNS: readonly DeskColumn<ClosedTrade>[] = [
  {
    id: 'closed',
    title: 'Closed',
    explain: 'When it became flat, New York time',
    width: 94,
    isText: true,
    value: ({ closedUs }) => closedUs,
    csv: ({ closedUs }) => timeCell(closedUs),
    cell: ({ closedUs }) => (
      <time className="figure quiet" title={timeExplained(closedUs)}>
        {timeText(closedUs)}
      </time>
    ),
  },
  {
    id: 'opened',
    title: 'Opened',
    explain: 'When its first share was bought, New York time',
    width: 94,
    dropsBelow: 930,
    isText: true,
    value: ({ openedUs }) => openedUs,
    csv: ({ openedUs }) => timeCell(openedUs),
    cell: ({ openedUs }) => (
      <time className="figure quiet" title={timeExplained(openedUs)}>
        {timeText(openedUs)}
      </time>
    ),
  },
  {
    id: 'symbol',
    title: 'Symbol',
    explain: 'Ticker',
    width: 72,
    isText: true,
    value: ({ symbol }) => symbol,
    cell: ({ symbol, isShadow }) => (
      <span className="position-name">
        <SymbolLink symbol={symbol} />
        {isShadow && <span className="tag">shadow</span>}
      </span>
    ),
  },
  {
    id: 'strategy',
    title: 'Strategy',
    explain: 'The strategy that bought it',
    width: 98,
    isText: true,
    value: ({ strategy }) => strategy,
    cell: ({ strategy, version }) => (
      <span className="quiet" title={`version ${version}`}>
        {strategy}
      </span>
    ),
  },
  {
    id: 'quantity',
    title: 'Qty',
    explain: 'Shares bought and sold',
    width: 50,
    value: ({ quantity }) => quantity,
    cell: ({ quantity }) => countText(quantity),
  },
  {
    id: 'entry',
    title: 'Entry',
    explain: 'Average price paid',
    width: 70,
    value: ({ entry }) => entry,
    csv: ({ entry }) => dollarsCell(entry),
    cell: ({ entry }) => <span className="entry-price">{microPriceText(entry)}</span>,
  },
  {
    id: 'paid',
    title: 'Paid',
    explain: 'Shares times the average price paid, dollars',
    width: 84,
    dropsBelow: 1020,
    value: ({ entry, quantity }) => entry * quantity,
    csv: ({ entry, quantity }) => dollarsCell(entry * quantity),
    cell: ({ entry, quantity }) => <span className="figure quiet">{amountText(entry * quantity)}</span>,
  },
  {
    id: 'exit',
    title: 'Exit',
    explain: 'Average price sold at',
    width: 70,
    value: ({ exit }) => exit,
    csv: ({ exit }) => dollarsCell(exit),
    cell: ({ exit }) => microPriceText(exit),
  },
  {
    id: 'held',
    title: 'Held',
    explain: 'From the first fill to flat',
    width: 66,
    dropsBelow: 640,
    value: ({ closedUs, openedUs }) => closedUs - openedUs,
    csv: ({ closedUs, openedUs }) => (closedUs - openedUs) / 1e6,
    cell: ({ closedUs, openedUs }) => <span className="figure">{spanText(closedUs - openedUs)}</span>,
  },
  {
    id: 'costs',
    title: 'Costs',
    explain: 'Commissions and fees of both ways, dollars',
    width: 56,
    dropsBelow: 700,
    value: ({ costs }) => costs,
    csv: ({ costs }) => dollarsCell(costs),
    cell: ({ costs }) => <span className="figure quiet">{amountText(costs)}</span>,
  },
  {
    id: 'net',
    title: 'Net',
    explain: 'What it brought in dollars after commissions and fees',
    width: 72,
    value: ({ pnlNet }) => pnlNet,
    csv: ({ pnlNet }) => dollarsCell(pnlNet),
    cell: ({ pnlNet }) => <Result micros={pnlNet} />,
  },
  {
    id: 'percent',
    title: '%',
    explain: 'The same in percent of what was paid',
    width: 56,
    value: ({ pnlPercent }) => pnlPercent,
    cell: ({ pnlPercent, pnlNet }) => (
      <span className="figure" data-tone={toneOf(pnlNet, HALF_CENT)}>
        {signedText(pnlPercent)}
      </span>
    ),
  },
  {
    id: 'reason',
    title: 'Exit by',
    explain: 'The rule or the person that closed it',
    width: 92,
    grow: 1,
    isText: true,
    value: ({ exitReason }) => exitReason,
    cell: ({ exitReason }) => exitWords(exitReason),
  },
];

interface NoTradesProps {
  readonly isWhole: boolean;
  readonly isFiltered: boolean;
  readonly fault: string;
}

function NoTrades({ isWhole, isFiltered, fault }: NoTradesProps) {
  if (fault !== '')
    return (
      <>
        <h2>The trades of the day could not be fetched</h2>
        <p>The engine said: {fault}. It is asked again every two seconds; open positions are not affected.</p>
      </>
    );
  if (!isWhole) return <p>Asking the engine …</p>;
  if (isFiltered)
    return (
      <>
        <h2>No trade matches</h2>
        <p>Clear the symbol, or choose all strategies and results, to see the others.</p>
      </>
    );
  return (
    <>
      <h2>No trade has closed today</h2>
      <p>
        A trade appears here when its last share is sold. Switch AUTO on in the strip above and enable a strategy; a
        click on a row then shows why it fired and what it cost.
      </p>
    </>
  );
}
