/** Near misses: what came closest to firing in the last minute, and the gate that stopped it. */
import { Crosshair } from 'lucide-react';
import { useRef, useState } from 'react';
import type { NearMissRow } from '#protocol';
import { useServices } from '../../app/services.ts';
import { timeExplained, timeText } from '../../format/time.ts';
import { timeCell } from '../../parts/desk-file.ts';
import { DeskTable, type DeskColumn } from '../../parts/desk-table.tsx';
import { useOnScreen, useSeenRows } from '../../parts/seen-topic.ts';
import { SymbolLink } from '../../parts/symbol-link.tsx';
import type { Sort } from '../../parts/table-sort.ts';
import type { PanelDefinition } from '../panel.ts';
import { nearness, ruleComparison } from '../symbol/rule-words.ts';
import './near-misses.css';

export const nearMissesPanel: PanelDefinition = {
  kind: 'near-misses',
  title: 'Near misses',
  explain: 'What came closest to firing in the last minute, and the gate that stopped it',
  icon: Crosshair,
  component: NearMissesPanel,
};

function NearMissesPanel() {
  const host = useRef<HTMLElement>(null);
  const isSeen = useOnScreen(host);
  const rows = useSeenRows<NearMissRow>('near-misses', isSeen);
  const { symbols } = useServices();
  const [sort, setSort] = useState<Sort | null>(null);
  return (
    <section ref={host} className="desk-panel" aria-label="Near misses">
      <DeskTable
        label="Near misses"
        testId="near-misses"
        columns={COLUMNS}
        rows={rows ?? []}
        rowKey={({ symbol, strategy }) => `${symbol} ${strategy}`}
        sort={sort}
        onSort={setSort}
        onPick={({ symbol }) => symbols.pick(symbol)}
        empty={
          rows === undefined ? (
            <p>Asking the engine …</p>
          ) : (
            <>
              <h2>Nothing came close in the last minute</h2>
              <p>
                When all but one or two gates of a strategy pass for a symbol, it stands here with the gate that stopped
                it. Enable a strategy, or wait for the session it trades in.
              </p>
            </>
          )
        }
      />
    </section>
  );
}

function NearBar({ share }: { readonly share: number | null }) {
  if (share === null) return <span className="quiet">–</span>;
  return (
    <span className="near-bar">
      <b className="figure">{Math.floor(share * 100)} %</b>
      <i aria-hidden="true">
        <i style={{ width: `${share * 100}%` }} />
      </i>
    </span>
  );
}

const COLUMNS: readonly DeskColumn<NearMissRow>[] = [
  {
    id: 'at',
    title: 'Judged',
    explain: 'When the strategy was last asked, New York time',
    width: 68,
    isText: true,
    value: ({ atUs }) => atUs,
    csv: ({ atUs }) => timeCell(atUs),
    cell: ({ atUs }) => (
      <time className="figure quiet" title={timeExplained(atUs)}>
        {timeText(atUs, 'second')}
      </time>
    ),
  },
  {
    id: 'symbol',
    title: 'Symbol',
    explain: 'Ticker',
    width: 70,
    isText: true,
    value: ({ symbol }) => symbol,
    cell: ({ symbol }) => <SymbolLink symbol={symbol} />,
  },
  {
    id: 'strategy',
    title: 'Strategy',
    explain: 'Which strategy nearly bought it',
    width: 110,
    dropsBelow: 600,
    isText: true,
    value: ({ strategy }) => strategy,
    cell: ({ strategy }) => <span className="quiet">{strategy}</span>,
  },
  {
    id: 'passed',
    title: 'Passed',
    explain: 'Gates that passed, of all; filled marks passed',
    width: 124,
    dropsBelow: 420,
    isText: true,
    value: ({ failed, gates }) => gates - failed,
    csv: ({ failed, gates }) => `${gates - failed}/${gates}`,
    cell: ({ failed, gates }) => (
      <span className="gate-dots" role="img" aria-label={`${gates - failed} of ${gates} gates passed`}>
        {Array.from({ length: Math.min(gates, 12) }, (_, i) => (
          <i key={i} data-pass={i < gates - failed || undefined} />
        ))}
      </span>
    ),
  },
  {
    id: 'gate',
    title: 'Stopped by',
    explain: 'The gate that failed, its value against its threshold',
    width: 180,
    grow: 1,
    isText: true,
    value: ({ gate }) => gate.name,
    csv: ({ gate }) => `${gate.name} ${ruleComparison(gate)}`,
    cell: ({ gate }) => (
      <span className="gate-words">
        <span title={gate.name}>{gate.name}</span>
        <b className="figure">{ruleComparison(gate)}</b>
      </span>
    ),
  },
  {
    id: 'near',
    title: 'How near',
    explain: 'The value against its threshold: at 100 % the gate would pass',
    width: 180,
    grow: 1,
    dropsBelow: 900,
    isText: true,
    value: ({ gate }) => nearness(gate) ?? -1,
    csv: ({ gate }) => nearness(gate),
    cell: ({ gate }) => <NearBar share={nearness(gate)} />,
  },
];
