/** The day by strategy, symbol or hour: who earns and who costs, with a bar for the net result. */
import { useState } from 'react';
import { amountText } from '../../format/money.ts';
import { countText, fixedText } from '../../format/number.ts';
import { spanText } from '../../format/span.ts';
import { dollarsCell } from '../../parts/desk-file.ts';
import { DeskTable, type DeskColumn } from '../../parts/desk-table.tsx';
import { Result } from '../../parts/figure.tsx';
import { SymbolLink } from '../../parts/symbol-link.tsx';
import type { Sort } from '../../parts/table-sort.ts';
import type { StatisticsGroup } from './trade-statistics.ts';

interface GroupTableProps {
  readonly groups: readonly StatisticsGroup[];
  readonly grouping: 'strategy' | 'symbol' | 'hour';
}

export function GroupTable({ groups, grouping }: GroupTableProps) {
  const [sort, setSort] = useState<Sort | null>(null);
  const widest = groups.reduce((most, { statistics }) => Math.max(most, Math.abs(statistics.net)), 1);
  const shown = sort ?? (grouping === 'hour' ? null : { column: 'net', isDescending: true });
  return (
    <DeskTable
      label={`The day by ${grouping}`}
      testId="day-groups"
      columns={columnsOf(grouping, widest)}
      rows={groups}
      rowKey={({ key }) => key}
      sort={shown}
      onSort={setSort}
      empty={<p>Groups appear with the first trade that closes.</p>}
    />
  );
}

const TITLES = { strategy: 'Strategy', symbol: 'Symbol', hour: 'Hour' } as const;

function columnsOf(grouping: GroupTableProps['grouping'], widest: number): readonly DeskColumn<StatisticsGroup>[] {
  return [
    {
      id: 'key',
      title: TITLES[grouping],
      explain: grouping === 'hour' ? 'New York hour in which the trade closed' : TITLES[grouping],
      width: 108,
      isText: true,
      value: ({ key }) => key,
      cell: ({ key }) => (grouping === 'symbol' ? <SymbolLink symbol={key} /> : key),
    },
    {
      id: 'trades',
      title: 'Trades',
      explain: 'Closed trades',
      width: 58,
      value: ({ statistics }) => statistics.trades,
      cell: ({ statistics }) => countText(statistics.trades),
    },
    {
      id: 'net',
      title: 'Net',
      explain: 'What they brought after commissions and fees, dollars',
      width: 84,
      value: ({ statistics }) => statistics.net,
      csv: ({ statistics }) => dollarsCell(statistics.net),
      cell: ({ statistics }) => <Result micros={statistics.net} />,
    },
    {
      id: 'bar',
      title: '',
      explain: 'Net result against the largest of the list',
      width: 70,
      grow: 1,
      isText: true,
      cell: ({ statistics }) => (
        <span className="group-bar" aria-hidden="true">
          <i
            data-tone={statistics.net >= 0 ? 'up' : 'down'}
            style={{ width: `${(Math.abs(statistics.net) / widest) * 50}%` }}
          />
        </span>
      ),
    },
    {
      id: 'rate',
      title: 'Win rate',
      explain: 'Trades won, of all',
      width: 66,
      value: ({ statistics }) => statistics.winRate,
      cell: ({ statistics }) => <span className="figure">{fixedText(statistics.winRate * 100, 0)} %</span>,
    },
    {
      id: 'factor',
      title: 'PF',
      explain: 'Profit factor: all that was won ÷ all that was lost',
      width: 52,
      value: ({ statistics }) => statistics.profitFactor,
      cell: ({ statistics }) => (
        <span className="figure">
          {statistics.profitFactor === Infinity ? '∞' : fixedText(statistics.profitFactor, 2)}
        </span>
      ),
    },
    {
      id: 'expectancy',
      title: 'A trade',
      explain: 'Net result of a trade on average',
      width: 66,
      value: ({ statistics }) => statistics.expectancy,
      csv: ({ statistics }) => dollarsCell(statistics.expectancy),
      cell: ({ statistics }) => <Result micros={statistics.expectancy} />,
    },
    {
      id: 'hold',
      title: 'Hold',
      explain: 'Average time held',
      width: 70,
      value: ({ statistics }) => statistics.averageHoldUs,
      csv: ({ statistics }) => statistics.averageHoldUs / 1e6,
      cell: ({ statistics }) => <span className="figure quiet">{spanText(statistics.averageHoldUs)}</span>,
    },
    {
      id: 'costs',
      title: 'Costs',
      explain: 'Commissions and fees, dollars',
      width: 66,
      value: ({ statistics }) => statistics.costs,
      csv: ({ statistics }) => dollarsCell(statistics.costs),
      cell: ({ statistics }) => <span className="figure quiet">{amountText(statistics.costs)}</span>,
    },
  ];
}
